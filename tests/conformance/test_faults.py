# SPDX-License-Identifier: GPL-3.0-or-later
"""What both engines make of a commit that collides, and of an entry's attribute among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import boxes
from lab.behaviour.iis_names import SITE, below
from lab.behaviour.requests import JOURNAL, RF, add, apply, guard, registry_set, section, set_
from lab.engine import Engine, WriteFault

VERBS = (add("verbs", {"verb": "TRACE", "allowed": False}, ("verb",)), add("verbs", {"verb": "PUT", "allowed": False}, ("verb",)))


@pytest.mark.parametrize("effect", ["collide", "sharing"])
def test_a_commit_that_is_refused_once_is_tried_again(engine: Engine, tmp_path: Path, effect: str) -> None:
    box = boxes.build("default2022", tmp_path / "box")
    answer = engine.answer(box, "windows_iis", apply(*VERBS, read=(section(),)), WriteFault(1, "before", effect))
    assert [step["state"] for step in answer["steps"]] == ["done", "done"]
    tree = answer["observations"][0]["value"]["trees"][0]
    assert [entry["attributes"]["verb"] for entry in tree["elements"]["verbs"]["entries"]] == ["TRACE", "PUT"]


# The guard fails after both commits; the fifth write takes the registry's value back, and somebody is in its way.
BETWEEN = registry_set(r"SOFTWARE\Lab\Values", "On", "DWord", 1, {"exists": False})
BREAKS = add("hiddenSegments", {"segment": ".git"}, ("segment",))


def test_what_was_taken_back_before_the_undo_failed_is_undone(engine: Engine, tmp_path: Path) -> None:
    box = below('<hiddenSegments><add segment=".GIT" /></hiddenSegments>').build(tmp_path / "box")
    request = apply(
        VERBS[0], BETWEEN, BREAKS, guard=[guard((SITE, "/"))], read=({"provider": "journal", "read": "journal", "id": JOURNAL},)
    )

    answer = engine.answer(box, "windows_iis", request, WriteFault(5, "before", "sharing"))

    assert [(step["state"], step["error"]["kind"]) for step in answer["steps"]] == [
        ("done", "guard_undo_failed"),
        ("done", "guard_undo_failed"),
        ("undone", "guard"),
    ]
    assert answer["changed"] is True
    found = answer["observations"][0]["value"]
    assert ([step["state"] for step in found["steps"]], found["result"]) == (["done", "done", "undone"], "failed")
    assert box.registry["HKLM"][r"SOFTWARE\Lab\Values"]["On"]["value"] == 1


def test_an_attribute_of_the_second_entry_is_planned_on_its_own_text(engine: Engine, tmp_path: Path) -> None:
    box = boxes.build("default2022", tmp_path / "box")
    engine.answer(box, "windows_iis", apply(*VERBS, journal="20261124T000000Z-00000001"))
    change = set_(["verbs", {"verb": "PUT"}], "allowed", True, "false", False)
    answer = engine.answer(box, "windows_iis", apply(change, read=(section(RF),), journal="20261124T000000Z-00000002"))
    assert answer["steps"] == [{"state": "done", "error": None}]
    entries = answer["observations"][0]["value"]["trees"][0]["elements"]["verbs"]["entries"]
    assert [entry["attributes"]["allowed"] for entry in entries] == [False, True]
