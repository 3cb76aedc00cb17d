# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of steps that may have been written in part, and of what the guard could or could not take back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import Answer, StepResult
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Stage
from ansible_collections.hardening.windows.plugins.plugin_utils._core.verdict import may_be_written, stage_problem
from unit.core.samples import FACTS, JOURNAL, change

BROKEN = {"site": "Shop", "path": "/", "error": Failure("malformed", "not well formed")}


def step(state: str, kind: str | None = None) -> StepResult:
    return StepResult(state, Failure(kind, "why") if kind else None)


def said(*steps: StepResult, guard: tuple[dict[str, Any], ...] = ()) -> str:
    stage = Stage(tuple(change(name) for name in "abc"[: len(steps)]))
    answer = Answer(HostFacts.from_answer(FACTS), Observations([], []), steps, JOURNAL, guard)
    return stage_problem(stage, answer) or ""


@pytest.mark.parametrize(
    ("found", "perhaps"),
    [
        (step("done"), True),
        (step("done", "guard_undo_failed"), True),
        (step("failed", "not_applied"), True),
        (step("failed", "command_failed"), True),
        (step("failed", "locked"), False),
        (step("failed", "changed_meanwhile"), False),
        (step("not_attempted"), False),
        (step("not_written"), False),
        (step("undone", "guard"), False),
    ],
)
def test_which_steps_may_be_written(found: StepResult, perhaps: bool) -> None:
    assert may_be_written(found) is perhaps


@pytest.mark.parametrize("kind", ["not_applied", "command_failed"])
def test_a_step_that_failed_after_it_wrote_may_have_been_made_in_part(kind: str) -> None:
    first = said(step("failed", kind), step("not_attempted"))
    second = said(step("done"), step("failed", kind), step("not_attempted"))

    assert first.endswith(f"why It may have been made in part. Written before: nothing. Not written: 2. Journal: {JOURNAL}.")
    assert second.endswith(f"It may have been made in part. Written before: store: a. Not written: 2. Journal: {JOURNAL}.")


def test_what_could_not_be_taken_back_is_named() -> None:
    text = said(step("done", "guard_undo_failed"), step("done", "guard_undo_failed"), step("undone", "guard"), guard=(BROKEN,))

    assert "sites stopped working after the write, and taking it back failed (why)." in text
    assert text.endswith(
        f"Taken back: store: c. Still written: store: a, store: b. Journal: {JOURNAL}. Stopped working meanwhile: Shop/: not well formed."
    )


def test_a_guard_that_could_not_be_looked_at_says_so() -> None:
    text = said(step("undone", "guard"))

    assert "whether the sites still work could not be found out, so everything was taken back in the same trip (why)." in text
    assert text.endswith("1 change(s) were written and taken back.")
