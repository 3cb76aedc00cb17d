# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written to a zone, and what takes it back: several settings of one zone in one call.

ReplicationScope is never given: a call with it makes the zone anew and resets the transfers on every other domain controller (KB4050194).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.operations import Operation
from .._core.plan import Change
from .requests import Record, call, dnscmd, get_read, planned_one, planned_zone
from .zone_observed import Reached, Zone, reach_text
from .zone_options import Servers, Wish
from .zone_table import AGING, HOUR, LISTED, UPDATES, Mode


@dataclass(frozen=True)
class Piece:
    """One setting of a zone that changes.

    before, after: for a person. parameters: what the cmdlet is given; back: to take it back. planned, left: the properties that the write
    finds, and those that it leaves.
    """

    setting: str
    before: str
    after: str
    controls: tuple[str, ...]
    parameters: Record
    back: Record
    planned: Record
    left: Record


def reach_piece(zone: Zone, now: Reached, wanted: Servers, controls: tuple[str, ...]) -> Piece:
    """Transfers or notification of a primary zone. The list is given with the mode listed only: an empty one cannot be given."""
    reach = now.reach
    return Piece(
        reach.option,
        now.text,
        reach_text(wanted.mode, wanted.addresses),
        controls,
        _reach_parameters(now, wanted.mode, wanted.addresses),
        _reach_parameters(now, *_way_back(now, wanted)),
        _reach_state(now, now.stored, zone.record.get(reach.servers), _is_listed(now.mode)),
        _reach_state(now, wanted.mode.cmdlet, list(wanted.addresses), _is_listed(wanted.mode)),
    )


def _is_listed(mode: Mode | None) -> bool:
    return mode is not None and mode.option == LISTED


def _way_back(now: Reached, wanted: Servers) -> tuple[Mode, tuple[str, ...]]:
    """The mode and list to go back to. A list that was empty cannot be given back once it is not: nobody is the same as an empty list."""
    nobody = now.reach.by_option("none")
    emptied = _is_listed(now.mode) and not now.servers and _is_listed(wanted.mode)
    return (nobody, ()) if emptied or now.mode is None else (now.mode, now.servers)


def _reach_parameters(now: Reached, mode: Mode, servers: tuple[str, ...]) -> Record:
    given: dict[str, t.Any] = {now.reach.mode: mode.cmdlet}
    return given | ({now.reach.servers: list(servers)} if _is_listed(mode) and servers else {})


def _reach_state(now: Reached, mode: t.Any, servers: t.Any, listed: bool) -> Record:
    return {now.reach.mode: mode} | ({now.reach.servers: servers} if listed else {})


def update_piece(zone: Zone, wanted: str, controls: tuple[str, ...]) -> Piece:
    stored = zone.record.get("DynamicUpdate")
    word = UPDATES[wanted]
    return Piece(
        "dynamic_update",
        zone.dynamic_update or str(stored),
        wanted,
        controls,
        {"DynamicUpdate": word},
        {"DynamicUpdate": stored},
        {"DynamicUpdate": stored},
        {"DynamicUpdate": word},
    )


def aging_piece(now: Record, option: str, wanted: t.Any, controls: tuple[str, ...]) -> Piece:
    """One setting of a zone's aging. wanted: what the cmdlet is given; seconds, addresses, yes or no."""
    name, parameter = AGING[option]
    value = list(wanted) if isinstance(wanted, tuple) else wanted
    back = [] if isinstance(value, list) and now.get(name) is None else now.get(name)
    # CIM gives null for an empty list
    left = None if value == [] else value
    return Piece(
        f"aging.{option}",
        aging_text(now.get(name), option),
        aging_text(wanted, option),
        controls,
        {parameter: value},
        {parameter: back},
        {name: now.get(name)},
        {name: left},
    )


def aging_text(value: t.Any, option: str) -> str:
    """A value of a zone's aging for a person."""
    if option == "scavenge_servers":
        return ", ".join(value or ()) or "every server"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value / HOUR:g} h" if isinstance(value, int) else "not known"


def zone_change(zone: Zone, pieces: t.Sequence[Piece]) -> Change:
    """Transfers, notification and dynamic updates of a primary zone, in one call."""
    return _joined(zone, pieces, *_calls("DnsServerZone", "Set-DnsServerPrimaryZone", zone, pieces))


def aging_change(zone: Zone, pieces: t.Sequence[Piece]) -> Change:
    return _joined(zone, pieces, *_calls("DnsServerZoneAging", "Set-DnsServerZoneAging", zone, pieces))


def _calls(noun: str, cmdlet: str, zone: Zone, pieces: t.Sequence[Piece]) -> tuple[Operation, Operation]:
    read = get_read(noun, Name=zone.name)
    name = {"Name": zone.name}
    there = call(cmdlet, name | _merged(piece.parameters for piece in pieces), planned_one(read, {}, _merged(p.planned for p in pieces)))
    back = call(cmdlet, name | _merged(piece.back for piece in pieces), planned_one(read, {}, _merged(p.left for p in pieces)))
    return there, back


def _merged(records: t.Iterable[Record]) -> dict[str, t.Any]:
    return {name: value for record in records for name, value in record.items()}


def secondary_change(zone: Zone, wish: Wish, pieces: t.Sequence[Piece]) -> Change:
    """Transfers and notification of a secondary zone, which dnscmd sets together: what does not change is given as it is.

    What was not set cannot be taken away again; nobody is what it goes back to.
    """
    changed = {piece.setting for piece in pieces}
    asked = ((zone.transfers, wish.transfers), (zone.notify, wish.notify))
    pairs = [(now, wanted if now.reach.option in changed else None) for now, wanted in asked]
    there = [switch for now, wanted in pairs for switch in _switches(now, wanted)]
    back = [switch for now, _wanted in pairs for switch in _switches(now, None)]
    seen = [planned_zone(zone.name, {name: value for now, _wanted in pairs for name, value in now.registered.items()})]
    left = [planned_zone(zone.name, {name: value for now, wanted in pairs for name, value in _registered(now, wanted).items()})]
    return _joined(zone, pieces, _reset(zone, there, seen), _reset(zone, back, left))


def _reset(zone: Zone, switches: list[str], planned: list[dict[str, t.Any]]) -> Operation:
    return dnscmd("ZoneResetSecondaries", [zone.name, *switches], *planned)


def _registered(now: Reached, wanted: Servers | None) -> Record:
    """What dnscmd leaves in the registry. A list that nobody looks at may be absent or empty, so that it is not held to."""
    switch, *servers = _switches(now, wanted)
    mode = next(mode for mode in now.reach.modes if mode.switch == switch)
    return {now.reach.level: mode.number} | ({now.reach.addresses: servers} if servers else {})


def _switches(now: Reached, wanted: Servers | None) -> list[str]:
    """dnscmd's switch with its list. A list must have a server, and an empty one serves nobody."""
    mode, servers = (wanted.mode, wanted.addresses) if wanted else (now.mode, now.servers)
    if mode is None or (_is_listed(mode) and not servers):
        return [now.reach.by_option("none").switch]
    return [mode.switch, *(servers if _is_listed(mode) else ())]


def _joined(zone: Zone, pieces: t.Sequence[Piece], operation: Operation, undo: Operation) -> Change:
    """One change, with a part for each piece where there are several."""
    place = f"DNS zone {zone.name}"
    parts = tuple(Change(place, one.setting, one.before, one.after, operation, undo, one.controls) for one in pieces)
    if len(parts) == 1:
        return parts[0]
    return Change(
        place,
        ", ".join(one.setting for one in pieces),
        "; ".join(one.before for one in pieces),
        "; ".join(one.after for one in pieces),
        operation,
        undo,
        tuple(dict.fromkeys(control for one in pieces for control in one.controls)),
        parts,
    )
