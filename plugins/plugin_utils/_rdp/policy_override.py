# SPDX-License-Identifier: GPL-3.0-or-later
"""What Group Policy owns and is therefore left alone, for things that are no registry values."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import OVERRIDDEN, Control
from .._core.draft import PlanDraft
from .._core.plan import Override

_REFRESH = (
    "It was left alone, because the next policy refresh would write it again; change the policy object, or take the host out of its scope."
)


@dataclass(frozen=True)
class Overrider:
    """Notes overrides in a draft. fail: whether they fail the task at its end, or warn."""

    draft: PlanDraft
    fail: bool

    def note(
        self, setting: str, place: str, owner: str, found: str, wanted: str, controls: t.Sequence[Control] = (), why: str = _REFRESH
    ) -> None:
        self.draft.overrides.append(Override(site="", path=place, file=owner, line=None, setting=setting, wanted=wanted, found=found))
        sentence = f"Overridden by Group Policy: {setting} is {found} instead of {wanted} ({place}, from {owner}). {why}"
        (self.draft.failures if self.fail else self.draft.warnings).append(sentence)
        self.draft.judge(controls, OVERRIDDEN, sentence)
