# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: journals, read and closed."""

from __future__ import annotations

from lab.behaviour.expectation import Bytes, InAnswer, JournalLines, Part, ReadError, Steps
from lab.behaviour.registry import ABSENT, KEY
from lab.behaviour.requests import JOURNAL, apply, close, reads, registry_set
from lab.behaviour.row import Row
from lab.behaviour.situation import JOURNALS, Situation, journal_text

PROTOCOL = "docs/protocol.md"
OLD, NEW = "20261001T080000Z-00000001", "20261002T080000Z-00000002"
AT = "2026-10-01T08:00:05Z"
ALL = {"provider": "journal", "read": "journals"}
LINES = (("protocol", "id", "started", "account", "steps"), ("at", "done"), ("at", "finished"))


def file(identity: str) -> str:
    return f"{JOURNALS}\\{identity}.jsonl"


def one(identity: str) -> dict[str, str]:
    return {"provider": "journal", "read": "journal", "id": identity}


DONE = journal_text(OLD, {"at": AT, "done": [0]}, {"at": AT, "finished": "applied"})
OPEN = journal_text(NEW, {"at": AT, "done": [0]}, steps=2)
CUT = journal_text(NEW, {"at": AT, "done": [0]})[:-9]
BOTH = Situation(files={file(OLD): DONE, file(NEW): OPEN})
MANY = Situation(
    files={
        file(f"202601{number // 24 + 1:02}T{number % 24:02}0000Z-0000000a"): journal_text(
            f"202601{number // 24 + 1:02}T{number % 24:02}0000Z-0000000a", *([{"at": AT, "finished": "applied"}] if number else [])
        )
        for number in range(53)
    }
)

ROWS = (
    Row("journal: none yet", Situation(), reads(ALL), (Part("", []), InAnswer("facts/unfinished_journals", [])), PROTOCOL, "P"),
    Row(
        "journal: newest first",
        BOTH,
        reads(ALL),
        (
            Part(
                "",
                [
                    {
                        "id": NEW,
                        "file": file(NEW),
                        "finished": None,
                        "result": None,
                        "steps": 2,
                        "account": "WEB2022\\deploy",
                        "started": "2026-11-24T21:15:02Z",
                    },
                    {"id": OLD, "file": file(OLD), "finished": AT, "result": "applied", "steps": 1},
                ],
            ),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "journal: an unfinished one is a fact",
        BOTH,
        reads(ALL),
        (
            InAnswer(
                "facts/unfinished_journals",
                [{"id": NEW, "file": file(NEW), "started": "2026-11-24T21:15:02Z", "account": "WEB2022\\deploy"}],
            ),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "journal: what is known of each step",
        BOTH,
        reads(one(NEW)),
        (Part("steps", [{"state": "done"}, {"state": "unknown"}]), Part("steps/0/undo/operation", "delete"), Part("finished", None)),
        PROTOCOL,
        "P",
    ),
    Row(
        "journal: steps that were undone",
        Situation(
            files={file(OLD): journal_text(OLD, {"at": AT, "done": [0]}, {"at": AT, "undone": [0]}, {"at": AT, "finished": "undone"})}
        ),
        reads(one(OLD)),
        (Part("steps", [{"state": "undone"}]), Part("result", "undone")),
        PROTOCOL,
        "P",
    ),
    Row(
        "journal: a line that was cut off says nothing",
        Situation(files={file(NEW): CUT}),
        reads(one(NEW)),
        (Part("steps", [{"state": "unknown"}]), Part("finished", None)),
        PROTOCOL,
        "I",
    ),
    Row(
        "journal: a first line that was cut off",
        Situation(files={file(NEW): OPEN[:40]}),
        reads(ALL),
        (Part("", [{"id": NEW, "file": file(NEW), "started": None, "finished": None, "account": None, "steps": 0}]),),
        PROTOCOL,
        "I",
    ),
    Row("journal: one that is not there", Situation(), reads(one(OLD)), (ReadError("not_found"),), PROTOCOL, "P"),
    Row(
        "journal: an apply writes and finishes its own",
        Situation(),
        apply(registry_set(KEY, "On", "DWord", 1, ABSENT), read=(one(JOURNAL),)),
        (
            Steps(("done",)),
            JournalLines(LINES, file(JOURNAL)),
            Bytes('"finished"', file=file(JOURNAL)),
            Part("result", "applied"),
            Part("steps", [{"state": "done"}]),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "journal: each registry write is a line",
        Situation(),
        apply(registry_set(KEY, "a", "DWord", 1, ABSENT), registry_set(KEY, "b", "DWord", 1, ABSENT)),
        (Steps(("done", "done")), JournalLines((LINES[0], ("at", "done"), ("at", "done"), ("at", "finished")), file(JOURNAL))),
        PROTOCOL,
        "I",
    ),
    Row(
        "journal: close finishes another one",
        BOTH,
        apply(close(NEW), read=(one(NEW),)),
        (Steps(("done",)), Part("result", "superseded"), InAnswer("facts/unfinished_journals", [])),
        PROTOCOL,
        "P",
    ),
    *(
        Row(
            f"journal: close finishes one whose {what} line was cut off",
            Situation(files={file(NEW): text}),
            apply(close(NEW), read=(one(NEW),)),
            (Steps(("done",)), Part("result", "superseded"), Part("steps", states), InAnswer("facts/unfinished_journals", [])),
            PROTOCOL,
            "I",
        )
        for what, text, states in (("last", CUT, [{"state": "unknown"}]), ("only", OPEN[:40], []))
    ),
    Row("journal: close of a finished one", BOTH, apply(close(OLD)), (Steps(("failed:changed_meanwhile",)),), PROTOCOL, "P"),
    Row(
        "journal: fifty finished ones are kept, an unfinished one always",
        MANY,
        apply(registry_set(KEY, "On", "DWord", 1, ABSENT), read=(ALL,)),
        (Part("50/id", "20260101T000000Z-0000000a"), Part("49/id", "20260101T040000Z-0000000a"), Part("51", "(missing)")),
        PROTOCOL,
        "P",
    ),
)
