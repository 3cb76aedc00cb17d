# SPDX-License-Identifier: GPL-3.0-or-later
"""A diff that a person reads: one before and after per place, a line per change."""

from __future__ import annotations

import typing as t

from .plan import ABSENT, Change


def render_diff(changes: t.Iterable[Change]) -> list[dict[str, str]]:
    """Ansible's diff structure for these changes: one entry for each place, lines in the plan's order.

    What does not exist before (or after) has no line on that side, so that the diff shows it as added (or removed).
    """
    places: dict[str, list[Change]] = {}
    for change in changes:
        for part in change.shown:
            places.setdefault(part.place, []).append(part)
    return [_entry(place, group) for place, group in places.items()]


def _entry(place: str, changes: t.Sequence[Change]) -> dict[str, str]:
    return {
        "before_header": place,
        "after_header": place,
        "before": _side((change.target, change.before) for change in changes),
        "after": _side((change.target, change.after) for change in changes),
    }


def _side(lines: t.Iterable[tuple[str, str]]) -> str:
    return "".join(f"{target}: {text}\n" for target, text in lines if text != ABSENT)
