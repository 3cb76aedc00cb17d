# SPDX-License-Identifier: GPL-3.0-or-later
"""Client subnets: networks by name, for policies and exceptions."""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.errors import HardeningError
from .._core.plan import Change
from .named_entries import EntryKind, Wanted, check_names
from .requests import Record, call, listed, planned_one
from .setting import PLACE

# option: the cmdlets' parameter and the getter's property, the version
Networks = t.Mapping[str, list[str]]
_BACK = {"REPLACE": "REPLACE", "ADD": "REMOVE", "REMOVE": "ADD"}
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
        """Never empty meanwhile, and every write on what is there now, for the families that it is about."""
        now = {name: listed(found.get(name)) for name, _version in _FAMILIES.values()}
        wanted = {name: wish.get(option, now[name]) for option, (name, _version) in _FAMILIES.items()}
        differing = [name for name in now if _text(now[name]) != _text(wanted[name])]
        filled = [name for name in differing if not now[name]]
        emptied = [name for name in differing if not wanted[name]]
        replaced = [name for name in differing if now[name] and wanted[name]]
        if replaced and not filled and not emptied:
            # both, because replacing takes what is not given away
            replaced = [name for name in now if now[name]]
        orders = [("REMOVE", emptied), ("REPLACE", replaced), ("ADD", filled)] if replaced else [("ADD", filled), ("REMOVE", emptied)]
        return [self._step(found["Name"], action, names, now, wanted) for action, names in orders if names]

    def _step(self, subnet: str, action: str, names: list[str], now: Networks, wanted: Networks) -> Change:
        was, will = ({name: state[name] for name in names} for state in (now, wanted))
        given = {"REPLACE": (will, was), "ADD": (will, will), "REMOVE": (was, was)}[action]
        do = call(f"Set-{self.noun}", {"Name": subnet, **given[0], "Action": action}, self._planned(subnet, was))
        undo = call(f"Set-{self.noun}", {"Name": subnet, **given[1], "Action": _BACK[action]}, self._planned(subnet, will))
        return Change(PLACE, self.target(subnet), _networks(was), _networks(will), do, undo, self.ids)

    def _planned(self, subnet: str, state: Networks) -> dict[str, t.Any]:
        return planned_one(self.read, {"Name": subnet}, {name: some or None for name, some in state.items()})


def networks_after(wishes: t.Iterable[Wanted], present: t.Iterable[Record], replaces: bool) -> dict[str, list[str]]:
    """The networks of each client subnet as they will be, by its name in small letters."""
    given = {
        str(wish["name"]).lower(): {name: wish[option] for option, (name, _v) in _FAMILIES.items() if option in wish} for wish in wishes
    }
    found = {str(one["Name"]).lower(): {name: listed(one.get(name)) for name, _v in _FAMILIES.values()} for one in present}
    kept = {name: state for name, state in found.items() if name in given or not replaces}
    return {name: [one for some in (kept.get(name, {}) | given.get(name, {})).values() for one in some] for name in {*kept, *given}}


def _networks(state: Networks) -> str:
    return _text(one for some in state.values() for one in some)


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
