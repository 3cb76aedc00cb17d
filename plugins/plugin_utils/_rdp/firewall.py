# SPDX-License-Identifier: GPL-3.0-or-later
"""Inbound firewall rules as Windows stores them, what they let through, and the changes that open and close them.

Text of a rule: MS-GPFAS 2.2.2.19 and the values of ...\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import whole
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change
from .._core.registry import Registry
from .firewall_profiles import PROFILES, admitting, merge_off, profile_reads, switched_off
from .terminal_services import SERVICE

# The built-in rules of the group Remote Desktop that carry the listener's port (values of a Server's registry).
GROUP = "@FirewallAPI.dll,-28752"
BUILT_IN = {"TCP": "RemoteDesktop-UserMode-In-TCP", "UDP": "RemoteDesktop-UserMode-In-UDP"}
BUILT_IN_PORT = 3389
OWN_GROUP = "hardening.windows Remote Desktop"
PLACE = "firewall, inbound rules"
SWITCHED = {True: "enabled", False: "disabled"}

PROTOCOLS = {"6": "TCP", "17": "UDP"}
INTERFACES = {"lan": "Wired", "wireless": "Wireless", "remoteaccess": "RemoteAccess"}
# What a rule may consist of to be copied: everything else limits it (RUAuth, RA42, LA4, RPort, Security, If ...), and would fall away.
COPIED = frozenset(
    (
        "action",
        "active",
        "dir",
        "protocol",
        "profile",
        "lport",
        "lport2_10",
        "ra4",
        "ra6",
        "iftype",
        "app",
        "svc",
        "name",
        "desc",
        "embedctxt",
        "edge",
    )
)

Fields = t.Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Rule:
    """One inbound rule. fields: what stands in its text, names in small letters, every value of a name."""

    name: str
    fields: Fields
    store: str

    @classmethod
    def parse(cls, name: str, text: str, store: str) -> Rule:
        fields: dict[str, tuple[str, ...]] = {}
        for part in text.split("|"):
            key, separator, value = part.partition("=")
            if separator:
                fields[key.lower()] = (*fields.get(key.lower(), ()), value)
        return cls(name, fields, store)

    def first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    @property
    def enabled(self) -> bool:
        return self.first("active").lower() == "true"

    @property
    def blocks(self) -> bool:
        return self.first("action").lower() == "block"

    @property
    def protocol(self) -> str | None:
        """TCP or UDP; the number for another; None for every protocol."""
        number = self.first("protocol")
        return PROTOCOLS.get(number, number or None)

    @property
    def profiles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value.capitalize() for value in self.fields.get("profile", ()))) or PROFILES

    @property
    def remote_addresses(self) -> tuple[str, ...]:
        """A keyword such as LocalSubnet stands for both families and is named once."""
        return tuple(dict.fromkeys((*self.fields.get("ra4", ()), *self.fields.get("ra6", ()))))

    @property
    def interface_types(self) -> tuple[str, ...]:
        return tuple(INTERFACES.get(value.lower(), value) for value in self.fields.get("iftype", ()))

    @property
    def ports(self) -> tuple[str, ...]:
        return (*self.fields.get("lport", ()), *self.fields.get("lport2_10", ()))

    def covers(self, protocol: str, port: int) -> bool:
        """Whether traffic of Remote Desktop to this port meets the rule (its remote side and its profiles are not looked at)."""
        service, program = self.first("svc").lower(), self.first("app").lower()
        if service not in ("", "*", SERVICE.lower()) or (program and not program.endswith(("svchost.exe", "system"))):
            return False
        return self.protocol in (None, protocol) and (not self.ports or any(_in_range(part, port) for part in self.ports))

    def admits(self, protocol: str, port: int) -> bool:
        """Whether the rule lets people in to this port while it is enabled: one for every port that is limited otherwise is about others."""
        return not self.blocks and self.covers(protocol, port) and bool(self.ports or not self.is_limited)

    @property
    def is_limited(self) -> bool:
        """Whether the rule is about some addresses, interfaces, users or the like only (its profiles are not looked at)."""
        return bool(self.remote_addresses or self.interface_types or self.foreign)

    @property
    def foreign(self) -> list[str]:
        """The names of fields that limit the rule in a way that a rule of this collection cannot be limited."""
        return sorted(set(self.fields) - COPIED)


def _in_range(part: str, port: int) -> bool:
    low, _separator, high = part.partition("-")
    return low.isdecimal() and int(low) <= port <= (int(high) if high.isdecimal() else int(low))


@dataclass(frozen=True)
class Firewall:
    """The rules that were read, and what holds in whole profiles.

    active_profiles: those of the connected networks; None where that cannot be told. merge_off: where a policy makes local rules void.
    off: where the firewall is off. admitting: where it lets in whom no rule blocks.
    """

    rules: tuple[Rule, ...]
    active_profiles: tuple[str, ...] | None
    merge_off: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    admitting: tuple[str, ...] = ()

    @classmethod
    def observed(cls, observations: Observations, registry: Registry) -> Firewall:
        value = observations.value(rules_read())
        with whole("the firewall's rules"):
            rules = tuple(Rule.parse(name, text, store) for store in ("policy", "local") for name, text in sorted(value[store].items()))
            active = None if value["active_profiles"] is None else tuple(value["active_profiles"])
        return cls(rules, active, merge_off(registry), switched_off(registry), admitting(registry))

    @property
    def in_use(self) -> tuple[str, ...]:
        """The profiles in use; all where that is not known."""
        return self.active_profiles or PROFILES

    @property
    def open_profiles(self) -> tuple[str, ...]:
        """Of those in use the ones in which no rule is needed to come in."""
        return tuple(profile for profile in self.in_use if profile in (*self.off, *self.admitting))

    @property
    def is_open(self) -> bool:
        """Whether no rule is needed to come in, in any profile in use."""
        return set(self.in_use) == set(self.open_profiles)

    def local(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.store == "local" and rule.name.lower() == name.lower()), None)

    def blocking(self, protocol: str, port: int) -> tuple[Rule, ...]:
        """The rules that block, for whomever and in whichever profile."""
        return tuple(rule for rule in self.rules if rule.blocks and rule.enabled and rule.covers(protocol, port))

    def allowing(self, protocol: str, port: int) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.enabled and rule.admits(protocol, port))


def rules_read() -> Read:
    return Read("firewall", "rules", {"names": list(BUILT_IN.values()), "groups": [GROUP, OWN_GROUP]})


def firewall_reads() -> list[Read]:
    return [rules_read(), *profile_reads()]


def own_name(protocol: str, port: int, number: int) -> str:
    """The fixed name of a rule of this collection; the first has no number."""
    return f"HardeningWindows-RemoteDesktop-{protocol}-{port}" + (f"-{number}" if number > 1 else "")


def copied(old: Rule, protocol: str, port: int, number: int) -> dict[str, t.Any]:
    """A rule for another port that lets in whom the old one lets in."""
    return new_rule(
        protocol,
        port,
        number,
        profiles=old.fields.get("profile") and old.profiles,
        remote_addresses=old.remote_addresses,
        interface_types=old.interface_types,
    )


def new_rule(
    protocol: str,
    port: int,
    number: int,
    remote_addresses: t.Iterable[str] = (),
    profiles: t.Iterable[str] | None = None,
    interface_types: t.Iterable[str] = (),
) -> dict[str, t.Any]:
    return {
        "display_name": f"Remote Desktop on port {port} ({protocol}-In)" + (f" {number}" if number > 1 else ""),
        "description": "Made by hardening.windows when the port of Remote Desktop was set.",
        "group": OWN_GROUP,
        "protocol": protocol,
        "local_port": str(port),
        "program": r"%SystemRoot%\system32\svchost.exe",
        "service": SERVICE,
        "profiles": list(profiles or ["Any"]),
        "remote_addresses": list(remote_addresses) or ["Any"],
        "interface_types": list(interface_types) or ["Any"],
        "enabled": True,
    }


def add_change(name: str, rule: t.Mapping[str, t.Any]) -> Change:
    add = Operation("firewall", "add", {"name": name, "rule": dict(rule), "planned": {"exists": False}})
    remove = Operation("firewall", "remove", {"name": name, "planned": {"exists": True, "enabled": True}})
    text = f"allow {rule['protocol']} {rule['local_port']} from {', '.join(rule['remote_addresses'])} ({', '.join(rule['profiles'])})"
    return Change(PLACE, name, ABSENT, text, add, remove)


def enable_change(rule: Rule, enabled: bool) -> Change:
    switch = {
        state: Operation("firewall", "enable", {"name": rule.name, "enabled": state, "planned": _is(not state)}) for state in (True, False)
    }
    return Change(PLACE, rule.name, SWITCHED[not enabled], SWITCHED[enabled], switch[enabled], switch[not enabled])


def _is(enabled: bool) -> dict[str, bool]:
    return {"exists": True, "enabled": enabled}
