# SPDX-License-Identifier: GPL-3.0-or-later
"""A control that is proved from outside, and what a probe may say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"
NO_ANSWER, NOT_OBSERVABLE, NOT_TESTED, NOT_APPLICABLE = "no_answer", "not_observable", "not_tested", "not_applicable"
# A control that rests on several others has the first of these that one of them has.
SEVERITY = (FAIL, NO_ANSWER, INCONCLUSIVE, NOT_TESTED, NOT_OBSERVABLE, PASS)
# What a probe cannot know from where it stands; it is no reason to fail where everything is asked for.
UNKNOWABLE = frozenset({NOT_OBSERVABLE, NOT_TESTED, NOT_APPLICABLE})


@dataclass(frozen=True)
class Control:
    """One requirement. id: this project's own. references: ids elsewhere. source: where it is asked for or follows from."""

    id: str
    title: str
    reason: str
    source: str
    references: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset((self.id, *self.references))


@dataclass(frozen=True)
class Verdict:
    """How a control stands. verdict: one of SEVERITY. evidence: readable lines."""

    control: Control
    verdict: str
    evidence: tuple[str, ...]

    def as_result(self) -> dict[str, Any]:
        return {
            "id": self.control.id,
            "references": list(self.control.references),
            "title": self.control.title,
            "verdict": self.verdict,
            "evidence": list(self.evidence),
        }
