# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at each write of an apply: what stands in the box afterwards, and what the answer says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.behaviour.registry import ABSENT, KEY
from lab.behaviour.requests import JOURNAL, RF, add, apply, reads, registry_set, set_, value
from lab.behaviour.situation import APPLICATION_HOST, JOURNALS
from lab.box import Box
from lab.engine import Crashed, WriteFault
from lab.engine_python import PythonEngine, iis

MAX_URL = set_("requestLimits", "maxUrl", 9, None, 4096)
ON = registry_set(KEY, "On", "DWord", 1, ABSENT)
GIT = add("hiddenSegments", {"segment": ".git"}, ("segment",))
TIME = "2026-11-24T21:15:02Z"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return boxes.build("default2022", tmp_path / "box")


def run(box: Box, *steps: Any, fault: WriteFault | None = None, **more: Any) -> dict[str, Any]:
    return PythonEngine(lambda: TIME).answer(box, "windows_iis", apply(*steps, **more), fault)


def lines(box: Box) -> list[dict[str, Any]]:
    file = box.path(f"{JOURNALS}\\{JOURNAL}.jsonl")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def written(box: Box) -> tuple[bool, bool]:
    """Whether the configuration and the registry hold what the steps write."""
    found = PythonEngine().answer(box, "windows_iis", reads(value(KEY, "On")))["observations"][0]["value"]
    return b'maxUrl="9"' in box.path(APPLICATION_HOST).read_bytes(), found["exists"]


@pytest.mark.parametrize(
    ("fault", "expected", "journal"),
    [
        (WriteFault(1, "before", kind="journal"), (False, False), 0),
        (WriteFault(1, "after", kind="journal"), (False, False), 1),
        (WriteFault(1, "before"), (False, False), 1),
        (WriteFault(1, "after"), (True, False), 1),
        (WriteFault(2, "before", kind="journal"), (True, False), 1),
        (WriteFault(2, "before"), (True, False), 2),
        (WriteFault(2, "after"), (True, True), 2),
        (WriteFault(3, "before"), (True, True), 3),
        (WriteFault(4, "after", kind="journal"), (True, True), 4),
    ],
    ids=lambda item: item.as_text() if isinstance(item, WriteFault) else str(item),
)
def test_a_crash_leaves_what_was_written(box: Box, fault: WriteFault, expected: tuple[bool, bool], journal: int) -> None:
    with pytest.raises(Crashed):
        run(box, MAX_URL, ON, restarts=["W3SVC"], fault=fault)

    assert written(box) == expected
    assert len(lines(box)) == journal


@pytest.mark.parametrize("effect", ["collide", "sharing"])
def test_one_collision_is_tried_again(box: Box, effect: str) -> None:
    answer = run(box, MAX_URL, fault=WriteFault(1, "before", effect))

    assert [step["state"] for step in answer["steps"]] == ["done"]
    assert written(box)[0]


@pytest.mark.parametrize(("kind", "hresult"), [("commit_collision", None), ("sharing_violation", "0x80070020")])
def test_five_collisions_are_given_up(box: Box, monkeypatch: pytest.MonkeyPatch, kind: str, hresult: str | None) -> None:
    tries = []

    def collide(*arguments: Any) -> None:
        tries.append(arguments)
        raise iis.Collision(kind)

    monkeypatch.setattr(iis, "commit", collide)
    answer = run(box, MAX_URL, GIT, ON)

    assert [step["state"] for step in answer["steps"]] == ["failed", "not_written", "not_attempted"]
    assert (answer["steps"][0]["error"]["kind"], answer["steps"][0]["error"]["hresult"]) == (kind, hresult)
    assert len(tries) == 5
    assert lines(box)[-1] == {"at": TIME, "finished": "failed"}


def test_a_change_on_disk_between_the_tries_is_noticed(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = iis.commit

    def meanwhile(configuration: Any, writes: Any) -> None:
        content = box.path(APPLICATION_HOST).read_bytes()
        box.replace_file(APPLICATION_HOST, content.replace(b"<requestFiltering>", b'<requestFiltering><requestLimits maxUrl="7" />'))
        monkeypatch.setattr(iis, "commit", commit)
        commit(configuration, writes)

    monkeypatch.setattr(iis, "commit", meanwhile)
    answer = run(box, MAX_URL)

    assert answer["steps"][0]["state"] == "failed"
    assert answer["steps"][0]["error"]["kind"] == "changed_meanwhile"
    assert b'maxUrl="7"' in box.path(APPLICATION_HOST).read_bytes()


def test_a_journal_that_cannot_be_written_refuses_the_apply(box: Box) -> None:
    answer = run(box, MAX_URL, fault=WriteFault(1, "before", "sharing", "journal"))

    assert (answer["failed"], answer["error"]["kind"]) == (True, "journal")
    assert written(box) == (False, False)


def test_a_file_that_nothing_changed_in_is_not_written(box: Box) -> None:
    box.path(APPLICATION_HOST).chmod(0o444)
    stamp = box.path(APPLICATION_HOST).stat()
    same = set_("hiddenSegments", "applyToWebDAV", True, "true", True)

    answer = run(box, same)

    assert answer["steps"] == [{"state": "done", "error": None}]
    assert (box.path(APPLICATION_HOST).stat().st_ino, box.path(APPLICATION_HOST).stat().st_mtime_ns) == (stamp.st_ino, stamp.st_mtime_ns)


def test_the_journal_as_specified(box: Box) -> None:
    run(box, MAX_URL, ON)

    header, *rest = lines(box)
    account = box.host["account"]
    assert header == {
        "protocol": 1,
        "id": JOURNAL,
        "started": TIME,
        "account": {"name": account["name"], "sid": account["sid"]},
        "steps": [MAX_URL, ON],
    }
    assert rest == [{"at": TIME, "done": [0]}, {"at": TIME, "done": [1]}, {"at": TIME, "finished": "applied"}]


def test_a_guard_whose_undo_fails(box: Box) -> None:
    box.replace_file(
        "C:\\inetpub\\wwwroot\\web.config",
        b'<configuration><system.webServer><security><requestFiltering maxUri="1" /></security></system.webServer></configuration>',
    )
    step = {"operation": MAX_URL["operation"], "undo": {**MAX_URL["undo"], "attribute": "nothing"}}
    guard = {"provider": "iis", "section": RF, "paths": [["Default Web Site", "/"]]}

    answer = run(box, step, guard=[guard])

    assert [(item["state"], item["error"]["kind"]) for item in answer["steps"]] == [("done", "guard_undo_failed")]
    assert lines(box)[-1] == {"at": TIME, "finished": "failed"}
    assert answer["changed"] is True


def test_a_guard_takes_back_the_registry_too(box: Box) -> None:
    box.replace_file(
        "C:\\inetpub\\wwwroot\\web.config",
        b'<configuration><system.webServer><security><requestFiltering maxUri="1" /></security></system.webServer></configuration>',
    )
    guard = {"provider": "iis", "section": RF, "paths": [["Default Web Site", "/"]]}

    answer = run(box, ON, MAX_URL, guard=[guard])

    assert [item["state"] for item in answer["steps"]] == ["undone", "undone"]
    assert written(box) == (False, False)
