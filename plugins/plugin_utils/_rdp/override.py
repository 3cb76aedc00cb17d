# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said where Group Policy owns something that is not as wanted: it is named, and left alone."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import OVERRIDDEN, Control
from .._core.draft import PlanDraft
from .._core.plan import Override
from .._core.registry import Place

_REFRESH = (
    "It was left alone, because the next policy refresh would write it again; change the policy object, or take the host out of its scope."
)


@dataclass(frozen=True)
class Overrider:
    """Notes overrides in a draft. fail: whether they fail the task at its end, or warn."""

    draft: PlanDraft
    fail: bool

    def note(
        self, setting: str, where: str, owner: str, found: str, wanted: str, controls: t.Iterable[Control] = (), why: str = _REFRESH
    ) -> None:
        self.draft.overrides.append(Override(site="", path=where, file=owner, line=None, setting=setting, wanted=wanted, found=found))
        sentence = f"Overridden by Group Policy: {setting} is {found} instead of {wanted} ({where}, from {owner}). {why}"
        (self.draft.failures if self.fail else self.draft.warnings).append(sentence)
        self.draft.judge(controls, OVERRIDDEN, sentence)


@dataclass(frozen=True)
class Disagreement:
    """An option, what it wants and what a registry value is instead, as readable text; and who owns that."""

    option: str
    wanted: str
    found: str
    place: Place
    owner: str


def report_override(draft: PlanDraft, one: Disagreement, controls: t.Iterable[Control], fail: bool) -> None:
    """Adds the override with its sentence: a failure or a warning; the controls are overridden."""
    Overrider(draft, fail).note(one.option, f"{one.place.path}: {one.place.name}", one.owner, one.found, one.wanted, controls)
