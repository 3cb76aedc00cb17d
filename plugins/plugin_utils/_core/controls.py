# SPDX-License-Identifier: GPL-3.0-or-later
"""Controls: one requirement each, with its ids, its reason and its source; and which of them a task asks for."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .errors import HardeningError

COMPLIANT = "compliant"
CHANGED = "changed"
NOT_APPLICABLE = "not_applicable"
NO_EFFECT = "no_effect"
OVERRIDDEN = "overridden"
ACCEPTED = "accepted"
SKIPPED = "skipped"
# Looked at only: it does not hold, and this task does not change it.
NON_COMPLIANT = "non_compliant"

# When several settings belong to one control, the control shows the first of these that any of them has.
SEVERITY = (NON_COMPLIANT, OVERRIDDEN, SKIPPED, CHANGED, ACCEPTED, NO_EFFECT, NOT_APPLICABLE, COMPLIANT)


@dataclass(frozen=True)
class Control:
    """One requirement.

    id: this project's own. references: ids elsewhere, such as V(CIS-IIS10-4.5) or V(V-218757).
    reason: why it is asked for. source: the document that asks. thresholds: by reference, the values that meet it, as the resource stores
    them; a reference that is not among them is met by every value that satisfies the control.
    """

    id: str
    title: str
    reason: str
    source: str
    references: tuple[str, ...] = ()
    thresholds: t.Mapping[str, t.Container[t.Any]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset((self.id, *self.references))

    def met_by(self, value: t.Any) -> Control:
        """With the references alone whose threshold a value meets: auditors read those of a result as evidence."""
        return self.claiming(one for one in self.references if one not in self.thresholds or value in self.thresholds[one])

    def claiming(self, references: t.Iterable[str]) -> Control:
        kept = frozenset(references)
        return replace(self, references=tuple(one for one in self.references if one in kept))


@dataclass(frozen=True)
class ControlResult:
    """How one control stands on one target: status is one of SEVERITY, evidence a readable line each."""

    control: Control
    status: str
    evidence: tuple[str, ...]

    def as_result(self) -> dict[str, t.Any]:
        return {
            "id": self.control.id,
            "references": list(self.control.references),
            "title": self.control.title,
            "status": self.status,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Selection:
    """Which controls a task is about: all, or those named by O(only), without those named by O(skip)."""

    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    def selects(self, controls: t.Iterable[Control]) -> bool:
        """Whether a setting that serves these controls is wanted. A setting without controls is only left out by O(only)."""
        ids: set[str] = set()
        for control in controls:
            ids |= control.ids
        if ids & self.skip:
            return False
        return not self.only or bool(ids & self.only)

    def check(self, known: t.Iterable[Control]) -> None:
        """Raises HardeningError for an id that no control has: a misspelled O(skip) must not go unnoticed."""
        ids = {one for control in known for one in control.ids}
        unknown = sorted((self.only | self.skip) - ids)
        if unknown:
            raise HardeningError(
                f"Nothing was changed: no control has the id {', '.join(unknown)} (options only and skip). "
                "The ids are listed in the guide to controls and in the result of every run."
            )


def join_results(results: t.Iterable[ControlResult]) -> tuple[ControlResult, ...]:
    """One result for each control, in order of first appearance: the most severe status, all evidence, the references that every part meets."""
    groups: dict[str, list[ControlResult]] = {}
    for result in results:
        groups.setdefault(result.control.id, []).append(result)
    return tuple(_joined(group) for group in groups.values())


def _joined(results: t.Sequence[ControlResult]) -> ControlResult:
    status = min((result.status for result in results), key=SEVERITY.index)
    evidence = dict.fromkeys(line for result in results for line in result.evidence)
    shared = frozenset.intersection(*(frozenset(result.control.references) for result in results))
    return ControlResult(results[0].control.claiming(shared), status, tuple(evidence))
