# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal as it lies on the host: what a run did, and how each step is taken back."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .errors import whole
from .operations import Operation, Read

# How a journal that was taken back, or that nobody wants taken back, is closed.
UNDONE = "undone"
SUPERSEDED = "superseded"


@dataclass(frozen=True)
class JournalStep:
    """state: done, undone or unknown (the run was interrupted before it could say)."""

    operation: Operation
    undo: Operation
    state: str


@dataclass(frozen=True)
class Journal:
    """finished: when the run ended, None where it never said. result: how."""

    id: str
    file: str
    started: str
    finished: str | None
    result: str | None
    account: str
    steps: tuple[JournalStep, ...]

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> Journal:
        with whole("the journal"):
            return cls._from_value(value)

    @classmethod
    def _from_value(cls, value: t.Mapping[str, t.Any]) -> Journal:
        return cls(
            id=value["id"],
            file=value["file"],
            started=value["started"],
            finished=value.get("finished"),
            result=value.get("result"),
            account=str(value.get("account") or ""),
            steps=tuple(JournalStep(_operation(step["operation"]), _operation(step["undo"]), step["state"]) for step in value["steps"]),
        )


def _operation(value: t.Mapping[str, t.Any]) -> Operation:
    parameters = {name: item for name, item in value.items() if name not in ("provider", "operation")}
    return Operation(value["provider"], value["operation"], parameters)


def journal_read(journal_id: str) -> Read:
    return Read("journal", "journal", {"id": journal_id})


def close_operation(journal_id: str, result: str) -> Operation:
    return Operation("journal", "close", {"id": journal_id, "result": result, "planned": {"finished": None}})
