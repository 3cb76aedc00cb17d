# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall rules of a moving port: opened so that whoever may use the present port may use the wanted one, and closed afterwards."""

from __future__ import annotations

import ipaddress
import itertools
import typing as t
from dataclasses import dataclass
from functools import partial

from .._core.errors import HardeningError
from .._core.plan import Change
from .firewall import BUILT_IN, BUILT_IN_PORT, OWN_GROUP, Firewall, Rule, add_change, copied, enable_change, new_rule, own_name
from .firewall_profiles import PROFILES
from .port_checks import check_copy

# Makes a rule of protocol, port and number.
Make = t.Callable[[str, int, int], dict[str, t.Any]]


@dataclass(frozen=True)
class PortRules:
    """present, port: the port that Remote Desktop is set to, and the wanted one. remote_addresses: who may come in; empty copies the present rules."""

    firewall: Firewall
    present: int
    port: int
    remote_addresses: tuple[str, ...]

    @property
    def profiles(self) -> tuple[str, ...]:
        """Where the rules of the wanted port count; V(Any) is everywhere."""
        if self.remote_addresses:
            return ("Any",)
        return tuple(profile for rule in self.firewall.allowing("TCP", self.present) for profile in rule.profiles) or ("Any",)

    def opening(self) -> tuple[Change, ...]:
        """Rules to add or to enable. Raises HardeningError where nobody knows whom to let in, or a rule cannot be copied whole."""
        return tuple(change for protocol in ("TCP", "UDP") for change in self._opened(protocol))

    def closing(self) -> tuple[Change, ...]:
        """The listener's rules of other ports are disabled: never deleted, and never given another port, which would hide it from the next
        reader.
        """
        rules = [rule for rule in self.firewall.rules if rule.enabled and _is_listeners(rule)]
        return tuple(enable_change(rule, False) for rule in rules if not rule.covers(rule.protocol or "", self.port))

    def left_alone(self) -> tuple[str, ...]:
        """Warnings of rules that let the port in already, for others than remote_addresses; they are never narrowed or widened."""
        protocols = [protocol for protocol in ("TCP", "UDP") if self._stands(protocol)]
        rules = [rule for protocol in protocols for rule in self.firewall.allowing(protocol, self.port) if rule.ports]
        wanted = _canonical(self.remote_addresses)
        return tuple(
            f"The firewall rule {rule.name} lets {', '.join(rule.remote_addresses) or 'Any'} in on port {self.port} ({rule.protocol}) already. It "
            f"was left alone, so remote_addresses ({', '.join(self.remote_addresses)}) does not hold for it: change or delete that rule yourself."
            for rule in rules
            if self.remote_addresses and _canonical(rule.remote_addresses or ("Any",)) != wanted
        )

    def _stands(self, protocol: str) -> bool:
        """Whether enabled rules let the port in already, so that no new one is made."""
        allowing = self.firewall.allowing(protocol, self.port)
        return any(rule.ports and (self.present == self.port or _opens(rule)) for rule in allowing)

    def _opened(self, protocol: str) -> list[Change]:
        built_in = self._built_in(protocol)
        if (built_in and built_in.enabled) or self._stands(protocol):
            return []
        if self.remote_addresses:
            return self._made(protocol, [partial(new_rule, remote_addresses=self.remote_addresses)])
        sources = self._sources(protocol)
        return self._made(protocol, [partial(copied, old) for old in sources]) if sources else self._only_one(protocol)

    def _built_in(self, protocol: str) -> Rule | None:
        """Windows' own rule, where it is one of the wanted port: somebody may have given it another."""
        found = self.firewall.local(BUILT_IN[protocol])
        return found if found and self.port == BUILT_IN_PORT and found.covers(protocol, self.port) else None

    def _sources(self, protocol: str) -> list[Rule]:
        """The rules that let people in now."""
        sources = [rule for rule in self.firewall.allowing(protocol, self.present) if rule.ports] or [
            rule for rule in self.firewall.rules if rule.enabled and rule.protocol == protocol and _is_listeners(rule)
        ]
        for rule in sources:
            check_copy(rule)
        return sources

    def _made(self, protocol: str, wanted: t.Iterable[Make]) -> list[Change]:
        """For each wanted rule one that is there, disabled, and lets in the same people, else a new one under the next free name."""
        built_in, changes = self._built_in(protocol), []
        left = [*([built_in] if built_in else []), *self._disabled(protocol)]
        free = (number for number in itertools.count(1) if not self.firewall.local(own_name(protocol, self.port, number)))
        for make in wanted:
            fitting = next((rule for rule in left if _lets_in_the_same(rule, make(protocol, self.port, 1))), None)
            if fitting:
                left.remove(fitting)
                changes.append(enable_change(fitting, True))
            else:
                number = next(free)
                changes.append(add_change(own_name(protocol, self.port, number), make(protocol, self.port, number)))
        return changes

    def _disabled(self, protocol: str) -> list[Rule]:
        """The rules that an earlier move to this port left."""
        own = [rule for rule in self.firewall.rules if _is_own(rule) and not rule.enabled and not rule.blocks]
        return [rule for rule in own if rule.protocol == protocol and rule.ports == (str(self.port),)]

    def _only_one(self, protocol: str) -> list[Change]:
        """The rule to enable where none tells who may come in: Windows' own, or the only one that this collection made for the present port."""
        own = self._disabled(protocol) if self.present == self.port else []
        found = self._built_in(protocol) or (own[0] if len(own) == 1 else None)
        if found is None and protocol == "TCP" and not self.firewall.is_open:
            raise HardeningError(
                f"Nothing was changed: no enabled firewall rule lets anybody in on port {self.present}, so there is none to copy for port "
                f"{self.port}. Give remote_addresses (Any for everybody), so that it is known who may come in."
            )
        return [enable_change(found, True)] if found else []


def _canonical(addresses: t.Iterable[str]) -> set[str]:
    """Addresses in one spelling: Windows stores V(10.1.0.0/16) with a mask."""
    return {_spelled(address.strip()) for address in addresses}


def _spelled(address: str) -> str:
    low, _separator, high = address.partition("-")
    try:
        return str(ipaddress.ip_network(low if low == high else address, strict=False))
    except ValueError:
        return "any" if address == "*" else address.lower()


def _opens(rule: Rule) -> bool:
    """Whether a rule of a port that is not the present one is enough: the listener's own, or one for everybody. Others may let in too few."""
    limited = rule.remote_addresses or rule.interface_types or set(rule.profiles) != set(PROFILES)
    return _is_listeners(rule) or not limited


def _is_listeners(rule: Rule) -> bool:
    """Whether a rule is one of the local ones that carry the listener's port: built-in, or this collection's own."""
    names = {name.lower() for name in BUILT_IN.values()}
    return not rule.blocks and (_is_own(rule) or (rule.store == "local" and rule.name.lower() in names))


def _is_own(rule: Rule) -> bool:
    return rule.store == "local" and rule.first("embedctxt") == OWN_GROUP


def _lets_in_the_same(rule: Rule, wanted: t.Mapping[str, t.Any]) -> bool:
    """Whether a rule that is there has the addresses, profiles and interfaces of one that would be made, and no further limit."""
    profiles = PROFILES if wanted["profiles"] == ["Any"] else wanted["profiles"]
    interfaces = [kind for kind in wanted["interface_types"] if kind != "Any"]
    return (
        not rule.foreign
        and _canonical(rule.remote_addresses or ("Any",)) == _canonical(wanted["remote_addresses"])
        and set(rule.profiles) == set(profiles)
        and set(rule.interface_types) == set(interfaces)
    )
