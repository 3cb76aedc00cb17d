# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: paths that must still work after a write."""

from __future__ import annotations

from lab.behaviour.expectation import InAnswer, JournalLines, Level, Path, PathError, Steps
from lab.behaviour.iis_changes import AFTER, GIT, JOURNAL_FILE, max_url
from lab.behaviour.iis_names import PROTOCOL, SITE, WEB_CONFIG, below
from lab.behaviour.requests import RF, apply, guard
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

ROWS = (
    Row(
        "a guarded path that still works",
        below('<hiddenSegments><add segment="x" /></hiddenSegments>'),
        apply(GIT, guard=[guard((SITE, "/"))], read=AFTER),
        (Steps(("done",)), InAnswer("guard", []), Path(SITE, "/", "hiddenSegments/*segment", ["web.config", ".git", "x"])),
        PROTOCOL,
        "P",
    ),
    Row(
        "a guarded path that breaks takes the write back",
        below('<hiddenSegments><add segment=".GIT" /></hiddenSegments>'),
        apply(max_url(9), GIT, guard=[guard((SITE, "/"))], read=AFTER),
        (
            Steps(("undone:guard", "undone:guard")),
            InAnswer("changed", False),
            InAnswer("guard", [{"site": SITE, "path": "/", "error": {"kind": "duplicate", "file": WEB_CONFIG}}]),
            Level("", "hiddenSegments/*segment", ["web.config"]),
            Level("", "requestLimits/@maxUrl", 4096),
            Path(SITE, "/", "hiddenSegments/*segment", ["web.config", ".GIT"]),
            JournalLines(
                (("protocol", "id", "started", "account", "steps"), ("at", "done"), ("at", "undone"), ("at", "finished")), JOURNAL_FILE
            ),
        ),
        PROTOCOL + "; KB 942055",
        "M",
    ),
    Row(
        "a path that is not guarded may break",
        below('<hiddenSegments><add segment=".git" /></hiddenSegments>'),
        apply(GIT, read=AFTER),
        (Steps(("done",)), PathError(SITE, "/", "duplicate"), InAnswer("changed", True)),
        "KB 942055",
        "M",
    ),
    Row(
        "a path that stays broken breaks the guard",
        below('<requestLimits maxUrl="x" />'),
        apply(GIT, guard=[guard((SITE, "/"))]),
        (Steps(("undone:guard",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a guard that cannot be looked at takes the write back",
        Situation(),
        apply(GIT, guard=[guard((SITE, "/"), name=RF + "/nothing")], read=AFTER),
        (
            Steps(("undone:guard",)),
            InAnswer("changed", False),
            InAnswer("guard", []),
            Level("", "hiddenSegments/*segment", ["web.config"]),
            JournalLines(
                (("protocol", "id", "started", "account", "steps"), ("at", "done"), ("at", "undone"), ("at", "finished")), JOURNAL_FILE
            ),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "an applied journal is finished",
        Situation(),
        apply(GIT),
        (
            Steps(("done",)),
            InAnswer("facts/unfinished_journals", []),
            InAnswer("journal", JOURNAL_FILE),
            JournalLines((("protocol", "id", "started", "account", "steps"), ("at", "done"), ("at", "finished")), JOURNAL_FILE),
        ),
        PROTOCOL,
        "P",
    ),
)
