# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found of a zone's settings against what is wanted, and the controls that a wanted value satisfies."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .addresses import same
from .requests import Record, listed
from .zone_changes import Piece, aging_piece, reach_piece, update_piece
from .zone_observed import Zone
from .zone_options import Wish
from .zone_table import AGED, AGING, DIRECTORY_UPDATES, FILE_UPDATES, NOTIFIED, PRIMARY_TRANSFERS, SECONDARY_TRANSFERS, STRICTEST_UPDATES


@dataclass(frozen=True)
class Finding:
    """One setting of a zone.

    piece: what it is, what it should be, and how it is written. controls: what the wanted value satisfies.
    stricter: the controls that what is there satisfies, where that asks more than what is wanted; else None.
    """

    piece: Piece
    controls: tuple[Control, ...]
    differs: bool
    stricter: tuple[Control, ...] | None = None


def served(setting: str, wish: Wish, zone: Zone) -> tuple[Control, ...]:
    """The controls that a wish satisfies on a zone, each with the references that the value meets."""
    if setting == "transfers" and wish.transfers and wish.transfers.mode.option != "any":
        return (PRIMARY_TRANSFERS if zone.primary else SECONDARY_TRANSFERS,)
    if setting == "notify" and wish.notify and wish.notify.mode.option != "none":
        return (NOTIFIED,)
    if setting == "dynamic_update" and wish.dynamic_update in ("none", "secure"):
        return (DIRECTORY_UPDATES.met_by(wish.dynamic_update) if zone.directory else FILE_UPDATES,)
    return (AGED,) if setting == "aging" and wish.aging and wish.aging.get("enabled") else ()


def reach_findings(zone: Zone, wish: Wish) -> list[Finding]:
    """Transfers and notification."""
    found = []
    for now, wanted in ((zone.transfers, wish.transfers), (zone.notify, wish.notify)):
        if wanted:
            controls = served(now.reach.option, wish, zone)
            stricter = controls if now.is_stricter(wanted) else None
            found.append(Finding(reach_piece(zone, now, wanted, _ids(controls)), controls, not now.is_wanted(wanted), stricter))
    return found


def update_findings(zone: Zone, wish: Wish) -> list[Finding]:
    wanted, now = wish.dynamic_update, zone.dynamic_update
    if wanted is None:
        return []
    controls = served("dynamic_update", wish, zone)
    stricter = now is not None and STRICTEST_UPDATES.index(now) < STRICTEST_UPDATES.index(wanted)
    met = served("dynamic_update", Wish(dynamic_update=now), zone) if stricter and controls else ()
    return [Finding(update_piece(zone, wanted, _ids(controls)), controls, now != wanted, met if stricter else None)]


def aging_findings(zone: Zone, wish: Wish) -> list[Finding]:
    """One for each option that was given; only whether records grow old at all is what a control asks for."""
    now = zone.aging or {}
    return [_aging_finding(zone, wish, option, value, now) for option, value in (wish.aging or {}).items()]


def _aging_finding(zone: Zone, wish: Wish, option: str, value: t.Any, now: Record) -> Finding:
    controls = served("aging", wish, zone) if option == "enabled" else ()
    current = now.get(AGING[option][0])
    differs = not same(listed(current), value) if option == "scavenge_servers" else current != value
    return Finding(aging_piece(now, option, value, _ids(controls)), controls, differs)


def _ids(controls: t.Iterable[Control]) -> tuple[str, ...]:
    return tuple(control.id for control in controls)
