# SPDX-License-Identifier: GPL-3.0-or-later
"""Several values that one call writes together, each shown to a person by itself."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.draft import PlanDraft
from .._core.operations import Operation
from .._core.plan import Change
from .setting import PLACE


@dataclass(frozen=True)
class Wish:
    """option: its full name. name: the getter's property. now, wanted: its values. before, after: the same as text."""

    option: str
    name: str
    now: t.Any
    wanted: t.Any
    before: str
    after: str
    ids: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        return self.before != self.after


def note_joined(target: str, wishes: t.Sequence[Wish], operation: Operation, undo: Operation, draft: PlanDraft) -> None:
    """Notes all that is wanted, and one change for what differs."""
    draft.wanted += [(f"{PLACE}: {one.option}", one.after) for one in wishes]
    parts = tuple(Change(PLACE, one.option, one.before, one.after, operation, undo, one.ids) for one in wishes if one.differs)
    if len(parts) == 1:
        draft.changes.append(parts[0])
    elif parts:
        ids = tuple(dict.fromkeys(id_ for part in parts for id_ in part.controls))
        before, after = "; ".join(one.before for one in parts), "; ".join(one.after for one in parts)
        draft.changes.append(Change(PLACE, target, before, after, operation, undo, ids, parts))
