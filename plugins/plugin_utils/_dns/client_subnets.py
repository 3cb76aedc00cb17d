# SPDX-License-Identifier: GPL-3.0-or-later
"""Client subnets: networks by name, for policies and exceptions."""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.errors import HardeningError
from .._core.plan import ABSENT, Change
from .named_entries import EntryKind, Wanted, check_names
from .requests import Record, call, listed, planned_one
from .setting import PLACE

# option: the cmdlets' parameter and the getter's property, the version
_FAMILIES = {"ipv4": ("IPv4Subnet", 4), "ipv6": ("IPv6Subnet", 6)}


class ClientSubnets(EntryKind):
    option = "client_subnets"
    noun = "DnsServerClientSubnet"

    def texts(self, wish: Wanted) -> dict[str, str]:
        return {name: _text(wish[option]) for option, (name, _version) in _FAMILIES.items() if option in wish}

    def found_texts(self, found: Record) -> dict[str, str]:
        return {name: _text(listed(found.get(name))) for name, _version in _FAMILIES.values()}

    def parameters(self, wish: Wanted) -> dict[str, t.Any]:
        return {name: wish[option] for option, (name, _version) in _FAMILIES.items() if wish.get(option)}

    def restored(self, found: Record) -> dict[str, t.Any]:
        return {name: listed(found[name]) for name, _version in _FAMILIES.values() if listed(found.get(name))}

    def changed(self, wish: Wanted, found: Record) -> list[Change]:
        """What is missing comes before what is too much goes, so that the subnet is never empty."""
        missing: dict[str, list[str]] = {}
        surplus: dict[str, list[str]] = {}
        for option, (name, _version) in _FAMILIES.items():
            now = listed(found.get(name))
            wanted = wish.get(option, now)
            missing[name] = [one for one in wanted if _normal(one) not in {_normal(other) for other in now}]
            surplus[name] = [one for one in now if _normal(one) not in {_normal(other) for other in wanted}]
        steps = (("ADD", "REMOVE", missing), ("REMOVE", "ADD", surplus))
        needed = [(action, back, networks) for action, back, networks in steps if any(networks.values())]
        return [self._step(found, action, back, networks, place == 0) for place, (action, back, networks) in enumerate(needed)]

    def _step(self, found: Record, action: str, back: str, networks: t.Mapping[str, list[str]], first: bool) -> Change:
        given = {name: some for name, some in networks.items() if some}
        text = ", ".join(one for some in given.values() for one in some)
        there = planned_one(self.read, {"Name": found["Name"]}, {})
        do = call(f"Set-{self.noun}", {"Name": found["Name"], **given, "Action": action}, self.holds(found) if first else there)
        undo = call(f"Set-{self.noun}", {"Name": found["Name"], **given, "Action": back}, there)
        before, after = (ABSENT, text) if action == "ADD" else (text, ABSENT)
        return Change(PLACE, self.target(found["Name"]), before, after, do, undo, self.ids)


def _text(networks: t.Iterable[str]) -> str:
    return ", ".join(sorted(_normal(one) for one in networks)) or "none"


def _normal(network: str) -> str:
    try:
        return str(ipaddress.ip_network(network, strict=False))
    except ValueError:
        return network


def checked_subnets(wishes: t.Sequence[Wanted]) -> list[dict[str, t.Any]]:
    """The wishes with their networks in one spelling. Raises HardeningError for what is no network of its family."""
    check_names(ClientSubnets.option, wishes)
    return [_checked(wish) for wish in wishes]


def _checked(wish: Wanted) -> dict[str, t.Any]:
    found = dict(wish)
    for option, (_name, version) in _FAMILIES.items():
        if option in found:
            found[option] = [_network(text, version, f"client_subnets, {wish['name']}: {option}") for text in found[option]]
    if not any(found.get(option) for option in _FAMILIES):
        raise HardeningError(f"Nothing was changed: client_subnets, {wish['name']} has no network. Give ipv4 or ipv6.")
    return found


def _network(text: str, version: int, where: str) -> str:
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError as problem:
        raise HardeningError(
            f"Nothing was changed: {where} has {text!r}, which is no network ({problem}). Write it as 10.0.0.0/24."
        ) from None
    if network.version != version:
        raise HardeningError(f"Nothing was changed: {where} has {text}, which is of the other family.")
    return str(network)
