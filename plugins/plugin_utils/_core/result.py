# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a task, as Ansible returns it."""

from __future__ import annotations

import typing as t

from .diff import render_diff
from .run import Outcome


def task_result(outcome: Outcome, check: bool, diff: bool) -> dict[str, t.Any]:
    """RETURN of every resource module. changed is what a run would do (check mode) or did."""
    plan = outcome.plan
    result: dict[str, t.Any] = {
        "changed": not plan.empty if check else outcome.written,
        "changes": [part.as_result() for change in plan.changes for part in change.shown],
        "controls": [control.as_result() for control in plan.controls],
        "overrides": [override.as_result() for override in plan.overrides],
        "restarts": outcome.restarts or [{"service": name, "state": "planned"} for stage in plan.stages for name in stage.restarts],
        "reboot_required": plan.reboot_required,
        "journal": outcome.journals,
        "round_trips": outcome.round_trips,
    }
    if outcome.warnings:
        result["warnings"] = outcome.warnings
    if diff:
        result["diff"] = render_diff(plan.changes)
    if outcome.failures:
        result |= {"failed": True, "msg": " ".join(outcome.failures)}
    return result
