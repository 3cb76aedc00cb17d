# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of several resources in one, and the diff that a person reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import ControlResult
from ansible_collections.hardening.windows.plugins.plugin_utils._core.diff import render_diff
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Override, Plan, Stage, merge_plans
from unit.core.samples import FIRST, change


def test_no_plans_make_an_empty_plan() -> None:
    assert merge_plans([]).empty
    assert merge_plans([Plan(), Plan()]) == Plan()


def test_two_wants_at_one_target_are_refused() -> None:
    plans = [Plan(wanted=(("store: a", "1"),)), Plan(wanted=(("store: b", "1"), ("store: a", "2")))]
    with pytest.raises(HardeningError, match="disagree on store: a: one wants 1, another 2"):
        merge_plans(plans)


def test_one_want_at_one_target_is_planned_once() -> None:
    plan = Plan(stages=(Stage((change("a"),), restarts=("S",), guard=({"g": 1},)),), wanted=(("store: a", "2"),))
    assert merge_plans([plan, plan]) == plan


def test_stages_stand_side_by_side() -> None:
    one = Plan(stages=(Stage((change("a"),)), Stage((change("b"),))))
    two = Plan(stages=(Stage((change("c"),), restarts=("S",), guard=({"g": 1},)),))
    merged = merge_plans([one, two])
    assert [[each.target for each in stage.changes] for stage in merged.stages] == [["a", "c"], ["b"]]
    assert merged.stages[0].restarts == ("S",)
    assert merged.stages[0].guard == ({"g": 1},)


def test_everything_else_is_joined() -> None:
    override = Override("s", "/", "f", 1, "x", "a", "b")
    one = Plan(warnings=("w", "v"), failures=("f",), overrides=(override,), controls=(ControlResult(FIRST, "compliant", ("a",)),))
    two = Plan(warnings=("v", "u"), reboot_required=True, controls=(ControlResult(FIRST, "changed", ("b",)),))
    merged = merge_plans([one, two])
    assert merged.warnings == ("w", "v", "u")
    assert (merged.failures, merged.overrides, merged.reboot_required) == (("f",), (override,), True)
    assert [(result.status, result.evidence) for result in merged.controls] == [("changed", ("a", "b"))]
    assert not merge_plans([one]).reboot_required


def test_an_override_is_found_by_its_description() -> None:
    override = Override("Site", "/app", "C:\\web.config", 7, "maxUrl", "1", "2")
    assert override.describe() == "Site/app: maxUrl is 2 instead of 1 (C:\\web.config, line 7)"
    assert replace(override, line=None).describe().endswith("(C:\\web.config)")
    assert override.as_result()["accepted"] is None


def test_a_diff_has_one_entry_for_each_place_and_the_plans_order() -> None:
    entries = render_diff([change("z", place="p"), change("y", place="q"), change("a", "3", "4", place="p")])
    assert [entry["before_header"] for entry in entries] == ["p", "q"]
    assert entries[0] == {"before_header": "p", "after_header": "p", "before": "z: 1\na: 3\n", "after": "z: 2\na: 4\n"}


def test_what_is_absent_has_no_line() -> None:
    (entry,) = render_diff([change("new", "absent", "1"), change("old", "1", "absent")])
    assert (entry["before"], entry["after"]) == ("old: 1\n", "new: 1\n")


def test_no_change_has_no_diff() -> None:
    assert render_diff([]) == []
