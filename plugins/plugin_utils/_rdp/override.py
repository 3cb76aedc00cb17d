# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said where Group Policy owns a registry value that is not as wanted: it is named, and left alone."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import OVERRIDDEN, Control
from .._core.draft import PlanDraft
from .._core.plan import Override
from .registry import Place


@dataclass(frozen=True)
class Disagreement:
    """An option, what it wants and what is found instead, as readable text; and who owns that."""

    option: str
    wanted: str
    found: str
    place: Place
    owner: str


def report_override(draft: PlanDraft, one: Disagreement, controls: t.Iterable[Control], fail: bool) -> None:
    """Adds the override with its sentence: a failure or a warning; the controls are overridden."""
    where = f"{one.place.path}: {one.place.name}"
    draft.overrides.append(Override("", where, one.owner, None, one.option, one.wanted, one.found))
    sentence = (
        f"Overridden by Group Policy: {one.option} is {one.found} instead of {one.wanted} ({where}, from {one.owner}). "
        "It was left alone, because the next policy refresh would write it again; change the policy object, or take the host out of its scope."
    )
    (draft.failures if fail else draft.warnings).append(sentence)
    draft.judge(controls, OVERRIDDEN, sentence)
