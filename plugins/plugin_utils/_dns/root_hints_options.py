# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for root hints, taken apart and checked before any host is asked."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .._core.controls import Selection
from .._core.errors import HardeningError
from .addresses import parsed_addresses
from .root_hints_table import CHOSEN, CURRENT, ONCE
from .writer import WRITER_SPEC

Options = t.Mapping[str, t.Any]
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")

HINTS_SPEC: dict[str, t.Any] = {
    "hints": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "addresses": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
    },
    "mode": {"type": "str", "choices": ["merge", "replace"], "default": "merge"},
    "copy_from": {"type": "str"},
    "compare_with_internet": {"type": "bool"},
    "heal_duplicates": {"type": "bool"},
    **WRITER_SPEC,
}


@dataclass(frozen=True)
class HintWishes:
    """present: name to addresses, in the order given. absent: names. Names in small letters, with the dot at the end.

    closed: there are to be no others. copy_from: the address of a server whose hints are added. compared, healed: as the options say.
    """

    present: t.Mapping[str, tuple[str, ...]]
    absent: frozenset[str]
    closed: bool
    copy_from: str | None
    compared: bool
    healed: bool

    @property
    def empty(self) -> bool:
        return not (self.present or self.absent or self.closed or self.copy_from or self.compared or self.healed)


def parsed_hints(options: Options, selection: Selection) -> HintWishes:
    """The wishes that the selection of controls leaves. Raises HardeningError for what no host could take."""
    closed = options.get("mode") == "replace"
    _check_mode(options, closed)
    present, absent = _named(options.get("hints", ()))
    if closed and absent:
        raise HardeningError("Nothing was changed: mode replace removes every hint that is not named; leave out those with state absent.")
    wanted = selection.selects((CHOSEN,) if closed else ())
    source = options.get("copy_from")
    copy_from = parsed_addresses([source], "copy_from")[0] if source else None
    return HintWishes(
        present if wanted else {},
        frozenset(absent if wanted else ()),
        closed and wanted,
        copy_from if selection.selects(()) else None,
        bool(options.get("compare_with_internet")) and selection.selects((CURRENT,)),
        bool(options.get("heal_duplicates")) and selection.selects((ONCE,)),
    )


def _check_mode(options: Options, closed: bool) -> None:
    if closed and "hints" not in options:
        raise HardeningError("Nothing was changed: mode replace needs hints. An empty list removes them all.")
    if closed and options.get("copy_from"):
        raise HardeningError(
            "Nothing was changed: copy_from adds hints, and mode replace removes those that are not named. Use mode merge."
        )


def _named(items: t.Iterable[Options]) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    present: dict[str, tuple[str, ...]] = {}
    absent: set[str] = set()
    for item in items:
        name = hint_name(item["name"])
        if name in present or name in absent:
            raise HardeningError(f"Nothing was changed: hints names {item['name']} twice. Give all its addresses in one item.")
        addresses = parsed_addresses(item.get("addresses", ()), f"hints: {item['name']}")
        if item.get("state") == "absent":
            _refuse_addresses(item, addresses)
            absent.add(name)
        else:
            _refuse_no_address(item, addresses)
            present[name] = addresses
    return present, absent


def _refuse_addresses(item: Options, addresses: tuple[str, ...]) -> None:
    if addresses:
        raise HardeningError(
            f"Nothing was changed: hints: {item['name']} is to be absent and has addresses. Leave them out, or give those it keeps with "
            "state present."
        )


def _refuse_no_address(item: Options, addresses: tuple[str, ...]) -> None:
    if not addresses:
        raise HardeningError(f"Nothing was changed: hints: {item['name']} has no addresses; a root hint is of no use without one.")


def hint_name(name: str) -> str:
    """A name server's name as names compare: in small letters, with the dot at the end. Raises HardeningError where it is none."""
    plain = name.strip().lower().removesuffix(".")
    if len(plain) > 253 or not all(_LABEL.match(label) for label in plain.split(".")):
        raise HardeningError(f"Nothing was changed: hints has {name!r}, which is no name of a server, such as a.root-servers.net.")
    return f"{plain}."
