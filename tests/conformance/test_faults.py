# SPDX-License-Identifier: GPL-3.0-or-later
"""What both engines make of a commit that collides, and of an entry's attribute among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import boxes
from lab.behaviour.requests import RF, add, apply, section, set_
from lab.engine import Engine, WriteFault

VERBS = (add("verbs", {"verb": "TRACE", "allowed": False}, ("verb",)), add("verbs", {"verb": "PUT", "allowed": False}, ("verb",)))


@pytest.mark.parametrize("effect", ["collide", "sharing"])
def test_a_commit_that_is_refused_once_is_tried_again(engine: Engine, tmp_path: Path, effect: str) -> None:
    box = boxes.build("default2022", tmp_path / "box")
    answer = engine.answer(box, "windows_iis", apply(*VERBS, read=(section(),)), WriteFault(1, "before", effect))
    assert [step["state"] for step in answer["steps"]] == ["done", "done"]
    tree = answer["observations"][0]["value"]["trees"][0]
    assert [entry["attributes"]["verb"] for entry in tree["elements"]["verbs"]["entries"]] == ["TRACE", "PUT"]


def test_an_attribute_of_the_second_entry_is_planned_on_its_own_text(engine: Engine, tmp_path: Path) -> None:
    box = boxes.build("default2022", tmp_path / "box")
    engine.answer(box, "windows_iis", apply(*VERBS, journal="20261124T000000Z-00000001"))
    change = set_(["verbs", {"verb": "PUT"}], "allowed", True, "false", False)
    answer = engine.answer(box, "windows_iis", apply(change, read=(section(RF),), journal="20261124T000000Z-00000002"))
    assert answer["steps"] == [{"state": "done", "error": None}]
    entries = answer["observations"][0]["value"]["trees"][0]["elements"]["verbs"]["entries"]
    assert [entry["attributes"]["allowed"] for entry in entries] == [False, True]
