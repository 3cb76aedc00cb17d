# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for zones: the options, taken apart and checked before any host is asked."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._core.controls import Selection
from .._core.errors import HardeningError
from .addresses import parsed_addresses
from .requests import zone_key
from .writer import WRITER_SPEC
from .zone_table import AGING, HOUR, LISTED, MOST_HOURS, NOTIFY, SETTING_CONTROLS, TRANSFERS, UPDATES, Mode, Reach

Options = t.Mapping[str, t.Any]


def _reach_spec(reach: Reach) -> dict[str, t.Any]:
    return {
        "type": "dict",
        "options": {
            "mode": {"type": "str", "required": True, "choices": [mode.option for mode in reach.modes]},
            "addresses": {"type": "list", "elements": "str"},
        },
    }


_SETTINGS_SPEC: dict[str, t.Any] = {
    "transfers": _reach_spec(TRANSFERS),
    "notify": _reach_spec(NOTIFY),
    "dynamic_update": {"type": "str", "choices": list(UPDATES)},
    "aging": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool"},
            "refresh_interval": {"type": "int"},
            "no_refresh_interval": {"type": "int"},
            "scavenge_servers": {"type": "list", "elements": "str"},
        },
    },
}
ZONE_SPEC: dict[str, t.Any] = {
    "zones": {"type": "list", "elements": "dict", "options": {"name": {"type": "str", "required": True}, **_SETTINGS_SPEC}},
    "all_zones": {"type": "dict", "options": _SETTINGS_SPEC},
    **WRITER_SPEC,
    "stricter": {"type": "str", "choices": ["keep", "replace"], "default": "keep"},
}


@dataclass(frozen=True)
class Servers:
    """Whom to serve. addresses: normalised, each once, in the order given; only with the mode listed."""

    mode: Mode
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """What is asked for one zone, or for all; None is left alone. aging: the options that were given.

    named: the settings that stand in the wish itself, and are not taken from the one for all.
    """

    transfers: Servers | None = None
    notify: Servers | None = None
    dynamic_update: str | None = None
    aging: t.Mapping[str, t.Any] | None = None
    named: frozenset[str] = frozenset()

    def given(self, setting: str) -> bool:
        return getattr(self, setting) is not None

    def over(self, general: Wish) -> Wish:
        """This one, with what it does not say taken from the wish for all zones."""
        missing = {setting: getattr(general, setting) for setting in SETTING_CONTROLS if not self.given(setting)}
        return replace(self, **missing)


@dataclass(frozen=True)
class Wishes:
    """general: for all zones. named: by the zone's name in small letters, with the name as it was given."""

    general: Wish
    named: t.Mapping[str, tuple[str, Wish]]

    @property
    def all(self) -> tuple[Wish, ...]:
        return (self.general, *(wish for _name, wish in self.named.values()))


def parsed_wishes(options: Options, selection: Selection) -> Wishes:
    """The wishes that the selection of controls leaves. Raises HardeningError for what no host could take."""
    named: dict[str, tuple[str, Wish]] = {}
    for item in options.get("zones", ()):
        name = zone_key(item["name"])
        if not name:
            raise HardeningError("Nothing was changed: an item of zones has an empty name. The root zone is not set by this module.")
        if name in named:
            raise HardeningError(f"Nothing was changed: zones names {item['name']} twice. Give all its settings in one item.")
        named[name] = (item["name"], _wish(item, f"zone {item['name']}", selection))
    return Wishes(_wish(options.get("all_zones", {}), "all_zones", selection), named)


def _wish(item: Options, where: str, selection: Selection) -> Wish:
    given = [name for name in SETTING_CONTROLS if name in item]
    found = {name: _PARSERS[name](item[name], f"{where}: {name}") for name in given}
    kept = {name: value for name, value in found.items() if value is not None and selection.selects(SETTING_CONTROLS[name])}
    return Wish(**kept, named=frozenset(kept))


def _servers(reach: Reach) -> t.Callable[[Options, str], Servers]:
    def parse(given: Options, where: str) -> Servers:
        mode = reach.by_option(given["mode"])
        addresses = parsed_addresses(given.get("addresses", ()), f"{where}.addresses")
        if mode.option == LISTED and not addresses:
            raise HardeningError(
                f"Nothing was changed: {where} has mode listed and no addresses, so it would be for nobody. Use mode none, or name servers."
            )
        if mode.option != LISTED and addresses:
            raise HardeningError(f"Nothing was changed: {where} has addresses, which count with mode listed only, not {mode.option}.")
        return Servers(mode, addresses)

    return parse


def _aging(given: Options, where: str) -> Options | None:
    for name in ("refresh_interval", "no_refresh_interval"):
        hours = given.get(name)
        if hours is not None and not 1 <= hours <= MOST_HOURS:
            raise HardeningError(f"Nothing was changed: {where}.{name} is {hours}; it takes 1 to {MOST_HOURS} hours, which is a year.")
    found = {name: given[name] * HOUR if name.endswith("_interval") else given[name] for name in AGING if name in given}
    if "scavenge_servers" in found:
        found["scavenge_servers"] = parsed_addresses(found["scavenge_servers"], f"{where}.scavenge_servers")
    return found or None


_PARSERS: dict[str, t.Callable[[t.Any, str], t.Any]] = {
    "transfers": _servers(TRANSFERS),
    "notify": _servers(NOTIFY),
    "dynamic_update": lambda given, where: given,
    "aging": _aging,
}
