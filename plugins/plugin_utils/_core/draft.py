# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan while it is being made."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .controls import Control, ControlResult
from .plan import Change, Override, Plan, Stage


@dataclass
class PlanDraft:
    """Collects what a resource finds; C(plan) is the result."""

    changes: list[Change] = field(default_factory=list)
    controls: list[ControlResult] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    wanted: list[tuple[str, str]] = field(default_factory=list)
    closed: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    reboot_required: bool = False

    def judge(self, controls: t.Iterable[Control], status: str, evidence: str) -> None:
        """The same status and evidence for every control that a setting serves."""
        self.controls += [ControlResult(control, status, (evidence,)) for control in controls]

    def want(self, change: Change, needed: bool) -> None:
        """Notes what is wanted at the change's target, and the change itself where it is needed."""
        self.wanted.append((change.path, change.after))
        if needed:
            self.changes.append(change)

    def plan(self) -> Plan:
        stage = Stage(tuple(self.changes), restarts=tuple(dict.fromkeys(self.restarts)))
        return Plan(
            stages=(stage,) if self.changes else (),
            controls=tuple(self.controls),
            warnings=tuple(self.warnings),
            failures=tuple(self.failures),
            overrides=tuple(self.overrides),
            wanted=tuple(self.wanted),
            closed=tuple(self.closed),
            reboot_required=self.reboot_required and bool(self.changes),
        )
