# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether policies would leave the host itself without answers: one that denies or ignores it, or sends it to a scope that does not recurse.

What is judged is an ordinary query of the host to itself: it comes from the address that it goes to, over UDP, and is for the address of a
name that no criterion has. A policy for some names, for other types or for a time of the day takes some answers, not all.
Source: Add-DnsServerQueryResolutionPolicy (the first policy that matches decides; DENY refuses, IGNORE does not answer; with ApplyOnRecursion
RecursionScope decides whether the server recurses, and without a policy the scope V(.)).
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .criteria import meaning
from .policies import Policy
from .recursion_loss import bare
from .recursion_scopes import DEFAULT

Networks = t.Mapping[str, t.Sequence[str]]
_EVERY_NAME = "*"


@dataclass(frozen=True)
class Policies:
    """The server's own, for one kind of queries, in their order. networks: of each client subnet, by its name in small letters."""

    policies: t.Sequence[Policy]
    networks: Networks

    def denying(self, address: str) -> Policy | None:
        """The policy by which no query of this address is answered; None where there is none, or nobody can say."""
        found = self.deciding(address)
        return None if found is None or allows(found) else found

    def deciding(self, address: str) -> Policy | None:
        """The first policy whose criteria an ordinary query of the address meets for certain."""
        return next((one for one in self.policies if not one.parameters.get("Disable") and self._meets(one, address)), None)

    def _meets(self, policy: Policy, address: str) -> bool:
        tests: dict[str, t.Callable[[str], bool | None]] = {
            "ClientSubnet": lambda name: self._is_in(name, address),
            "ServerInterfaceIP": lambda other: bare(other) == address,
            "InternetProtocol": lambda version: version == f"ipv{ipaddress.ip_address(address).version}",
            "TransportProtocol": lambda protocol: protocol == "udp",
            "Fqdn": lambda name: name == _EVERY_NAME,
            "QType": lambda kind: kind == "a",
            "TimeOfDay": lambda _time: None,
        }
        given = policy.parameters
        found = [_holds(given[name], test) for name, test in tests.items() if given.get(name)]
        if str(given.get("Condition") or "AND").upper() == "OR":
            return True in found
        return all(found)

    def _is_in(self, subnet: str, address: str) -> bool | None:
        networks = self.networks.get(subnet)
        return None if networks is None else any(_contains(one, address) for one in networks)


@dataclass(frozen=True)
class Recursion:
    """policies: those on recursion. scopes: whether each recurses, by its name in small letters; one that nobody knows counts as one that does."""

    policies: Policies
    scopes: t.Mapping[str, bool]

    def refusing(self, address: str) -> str | None:
        """Why nothing is resolved for this address, as a part of a sentence; None where it is."""
        policy = self.policies.deciding(address)
        if policy and not allows(policy):
            return _denied(policy, address)
        scope = str(policy.parameters.get("RecursionScope", DEFAULT)) if policy else DEFAULT
        if self.scopes.get(scope.lower(), True):
            return None
        way = f"the query policy {policy.name} sends it to" if policy else "no query policy sends it to another than"
        return (
            f"the host would resolve nothing any more: it resolves through itself ({address}), and {way} the recursion scope {scope}, which does "
            "not recurse. Let a policy with a scope that recurses decide for that address"
        )


def allows(policy: Policy) -> bool:
    return str(policy.parameters["Action"]).upper() == "ALLOW"


def _holds(criterion: t.Any, test: t.Callable[[str], bool | None]) -> bool | None:
    """None where that depends on values whose own answer is not known."""
    found = [_stated(word == "EQ", [test(value) for value in values]) for word, values in meaning(criterion)]
    return False if False in found else None if None in found else True


def _stated(wanted: bool, found: t.Collection[bool | None]) -> bool | None:
    if True in found:
        return wanted
    return None if None in found else not wanted


def _contains(network: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def refuse_silence(before: Policies, after: Policies, own: t.Iterable[str], zone: str | None = None) -> None:
    """own: addresses of the host that it resolves through. zone: whose policies these are; None for the server's.

    Raises HardeningError where the host would be denied what it is answered now.
    """
    for address in own:
        policy = after.denying(address)
        if policy and not before.denying(address):
            raise _refusal(_denied(policy, address, f" for the zone {zone}" if zone else ""), "allow_address_loss")


def refuse_recursion_loss(before: Recursion, after: Recursion, own: t.Iterable[str]) -> None:
    """own: addresses of the host that it resolves through. Raises HardeningError where nothing would be resolved for one for which it is now."""
    for address in own:
        why = after.refusing(address)
        if why and not before.refusing(address):
            raise _refusal(why, "allow_recursion_loss")


def _denied(policy: Policy, address: str, where: str = "") -> str:
    return (
        f"the query policy {policy.name} would {policy.parameters['Action'].lower()} the host's own queries{where}: it resolves through itself "
        f"({address}), and that address meets the policy's criteria. Take it into a client subnet that the policy leaves out"
    )


def _refusal(why: str, word: str) -> HardeningError:
    return HardeningError(f"Nothing was changed: {why}, or say {word} true.")
