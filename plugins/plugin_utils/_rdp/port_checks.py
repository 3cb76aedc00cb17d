# SPDX-License-Identifier: GPL-3.0-or-later
"""What forbids a port for Remote Desktop on a host, before anything is written."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.connection import Connection
from .._core.errors import HardeningError, whole
from .._core.observation import Observations
from .._core.operations import Read
from .firewall import INTERFACES, Firewall, Rule
from .firewall_reach import firewall_obstacle
from .terminal_services import SERVICE

# Where Windows hands out ports by itself from (netsh int ipv4 show dynamicport tcp, default of every Server since 2008).
FIRST_DYNAMIC_PORT = 49152

# Ports of other services that a server is managed or found by (IANA service names; WinRM's are Microsoft's).
TAKEN = {
    22: "SSH",
    53: "DNS",
    80: "HTTP",
    88: "Kerberos",
    135: "RPC",
    139: "NetBIOS",
    389: "LDAP",
    443: "HTTPS",
    445: "SMB",
    636: "LDAPS",
    3268: "the global catalogue",
    5985: "WinRM",
    5986: "WinRM over HTTPS",
    47001: "WinRM",
}


@dataclass(frozen=True)
class Listeners:
    """sockets: as the host lists them. excluded: port ranges that Windows keeps for itself, ends included."""

    sockets: tuple[t.Mapping[str, t.Any], ...]
    excluded: tuple[tuple[int, int], ...]

    @classmethod
    def from_value(cls, value: t.Any) -> Listeners:
        with whole("the list of sockets"):
            return cls(tuple(value["sockets"]), tuple((low, high) for low, high in value["excluded"]))

    def holders(self, protocol: str, port: int) -> list[t.Mapping[str, t.Any]]:
        return [one for one in self.sockets if one["protocol"] == protocol and one["port"] == port]

    def serves(self, port: int) -> bool:
        """Whether Remote Desktop has this TCP port."""
        return any(SERVICE in one["services"] for one in self.holders("tcp", port))


def listeners_read(port: int | None = None, seconds: int = 30) -> Read:
    """With a port: looks until Remote Desktop has it, or the seconds are over."""
    wait = None if port is None else {"protocol": "tcp", "port": port, "service": SERVICE, "seconds": seconds}
    return Read("listener", "listeners", {"wait": wait})


def observed_listeners(observations: Observations, read: Read) -> Listeners:
    return Listeners.from_value(observations.value(read))


def check_number(port: int) -> None:
    """Raises HardeningError for a number that no host can take."""
    if not 1 <= port <= 65535:
        raise _refusal(port, "it is no port", "give a number from 1 to 65535")
    if port in TAKEN:
        raise _refusal(port, f"it belongs to {TAKEN[port]}", "choose another")


def check_free(port: int, listeners: Listeners, connection: Connection | None) -> None:
    """Raises HardeningError where the port is another's on this host, or the connection's own."""
    if connection and connection.port == port:
        raise _refusal(port, f"this connection ({connection.transport}) comes in on it", "choose another")
    for low, high in listeners.excluded:
        if low <= port <= high:
            raise _refusal(port, f"Windows keeps the ports {low} to {high} for itself (excluded port range)", "choose another")
    for one in listeners.holders("tcp", port):
        if SERVICE not in one["services"]:
            who = ", ".join(one["services"]) or f"process {one['process']}"
            raise _refusal(port, f"{who} listens on it ({one['address']})", "choose another, or stop that service first")


def check_firewall(port: int, firewall: Firewall, profiles: t.Iterable[str]) -> None:
    """Raises HardeningError where a new rule for this port would let nobody in."""
    found = firewall_obstacle(port, firewall, profiles)
    if found:
        raise _refusal(port, found.why, found.advice)


def check_copy(old: Rule) -> None:
    """Raises HardeningError for a rule whose limits cannot be carried over to the new port: nothing unknown may fall away."""
    kinds = [kind for kind in old.fields.get("iftype", ()) if kind.lower() not in INTERFACES]
    if old.foreign or kinds:
        what = ", ".join([*old.foreign, *(f"iftype {kind}" for kind in kinds)])
        raise HardeningError(
            f"Nothing was changed: the firewall rule {old.name} of the present port has limits that are not copied ({what}), so a copy would let "
            "in more than it does. Make the rule for the new port by hand, or give remote_addresses."
        )


def _refusal(port: int, why: str, advice: str) -> HardeningError:
    return HardeningError(f"Nothing was changed: Remote Desktop cannot move to port {port}: {why}; {advice}.")
