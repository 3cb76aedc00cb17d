# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: what would change, why, in which stages, and what a person must know about it."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from .controls import ControlResult, join_results
from .errors import HardeningError
from .observation import Observations
from .operations import Operation, Read

# How a change says that something is not there before, or not there after.
ABSENT = "absent"


@dataclass(frozen=True)
class Change:
    """One difference on a host.

    place: what a diff groups by, such as V(applicationHost.config, server). target: the path below it that a person understands.
    before, after: readable text. operation makes the change, undo takes it back. controls: ids of the controls that ask for it.
    parts: where one operation writes several things at once, each of them as a change of its own for a person to read.
    last: whether it relies on what the other changes of its stage make, whichever resource wants those, so that it comes after them.
    """

    place: str
    target: str
    before: str
    after: str
    operation: Operation
    undo: Operation
    controls: tuple[str, ...] = ()
    parts: tuple[Change, ...] = ()
    last: bool = False

    @property
    def reversed(self) -> Change:
        """The change that takes this one back."""
        parts = tuple(part.reversed for part in self.parts)
        return Change(self.place, self.target, self.after, self.before, self.undo, self.operation, self.controls, parts)

    @property
    def shown(self) -> tuple[Change, ...]:
        """What a person is shown of it, a line each."""
        return self.parts or (self,)

    @property
    def path(self) -> str:
        return f"{self.place}: {self.target}"

    def as_result(self) -> dict[str, t.Any]:
        return {"target": self.path, "before": self.before, "after": self.after, "controls": list(self.controls)}

    def as_step(self) -> dict[str, t.Any]:
        return {"operation": self.operation.as_request(), "undo": self.undo.as_request()}


@dataclass(frozen=True)
class Override:
    """A file or location that undoes a wanted setting for a part of the host, named so that a person finds it."""

    site: str
    path: str
    file: str
    line: int | None
    setting: str
    wanted: str
    found: str
    accepted: str | None = None

    def describe(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{self.site}{self.path}: {self.setting} is {self.found} instead of {self.wanted} ({where})"

    def as_result(self) -> dict[str, t.Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Sight:
    """What is looked at on the host, and a sentence for what is wrong with it, or None."""

    reads: tuple[Read, ...]
    problem: t.Callable[[Observations], str | None]


@dataclass(frozen=True)
class Proof:
    """What must be seen after a stage before the next one begins; where it is not, changes are taken back.

    reads, problem: what is looked at on the host, and a sentence for what is wrong with it, or None.
    knock: a TCP port on which a vantage point must get an answer; None where nobody knocks.
    changes, restarts: what is taken back first, and what restarts then; tidy: what is taken back once that is done.
    kept: what holds then, as a sentence. otherwise: what holds where it cannot be taken back.
    regained: what must be seen once the changes are taken back, before anything is tidied; None where nothing is looked at.
    """

    reads: tuple[Read, ...]
    problem: t.Callable[[Observations], str | None]
    knock: int | None
    changes: tuple[Change, ...]
    restarts: tuple[str, ...]
    tidy: tuple[Change, ...]
    kept: str
    otherwise: str
    regained: Sight | None = None


@dataclass(frozen=True)
class Stage:
    """Changes that are applied together, then proved.

    guard: what works now and must still work afterwards. lost: sentences for what may hold where nobody hears of the stage again.
    """

    changes: tuple[Change, ...] = ()
    restarts: tuple[str, ...] = ()
    guard: tuple[t.Mapping[str, t.Any], ...] = ()
    proofs: tuple[Proof, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything a task would do to a host, and what it found. Empty of changes when the host complies.

    wanted: target to wanted value, also where nothing changes, so that two resources can be seen to disagree.
    closed: lists that may hold nothing else: the beginning of their entries' targets, and the targets they may hold.
    added: entry and location of everything that is added; the same entry at a location and below it would be there twice.
    failures: sentences; what they are about is left out of the stages, the rest is done, and the task fails at the end.
    """

    stages: tuple[Stage, ...] = ()
    controls: tuple[ControlResult, ...] = ()
    warnings: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    wanted: tuple[tuple[str, str], ...] = ()
    closed: tuple[tuple[str, frozenset[str]], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    reboot_required: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for stage in self.stages for change in stage.changes)

    @property
    def empty(self) -> bool:
        return not self.changes


def merge_plans(plans: t.Sequence[Plan]) -> Plan:
    """One plan for resources that are converged together: stages side by side, everything else joined.

    Raises HardeningError when two resources want different values at one target.
    """
    _refuse_disagreement(plans)
    depth = max((len(plan.stages) for plan in plans), default=0)
    return Plan(
        stages=tuple(_merge_stages([plan.stages[n] for plan in plans if n < len(plan.stages)]) for n in range(depth)),
        controls=join_results(result for plan in plans for result in plan.controls),
        warnings=_unique(plan.warnings for plan in plans),
        failures=_unique(plan.failures for plan in plans),
        overrides=tuple(override for plan in plans for override in plan.overrides),
        wanted=tuple(dict(item for plan in plans for item in plan.wanted).items()),
        closed=tuple(item for plan in plans for item in plan.closed),
        added=tuple(item for plan in plans for item in plan.added),
        reboot_required=any(plan.reboot_required for plan in plans),
    )


def _merge_stages(stages: t.Sequence[Stage]) -> Stage:
    # Two resources may want the same; only what is the same to the last value is written once.
    changes = {json.dumps(change.as_step(), sort_keys=True): change for stage in stages for change in stage.changes}
    return Stage(
        changes=tuple(sorted(changes.values(), key=lambda change: change.last)),
        restarts=_unique(stage.restarts for stage in stages),
        guard=_unique_guards(stages),
        proofs=tuple(proof for stage in stages for proof in stage.proofs),
        lost=_unique(stage.lost for stage in stages),
    )


def _unique_guards(stages: t.Sequence[Stage]) -> tuple[t.Mapping[str, t.Any], ...]:
    found: list[t.Mapping[str, t.Any]] = []
    for stage in stages:
        found.extend(guard for guard in stage.guard if guard not in found)
    return tuple(found)


def _unique(groups: t.Iterable[t.Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


def _refuse_disagreement(plans: t.Sequence[Plan]) -> None:
    wanted: dict[str, str] = {}
    for plan in plans:
        for target, value in plan.wanted:
            if wanted.setdefault(target, value) != value:
                raise HardeningError(
                    f"Nothing was changed: two resources of this task disagree on {target}: one wants {wanted[target]}, another {value}. "
                    "Give the value once (resources of IIS may also be restricted to different sites)."
                )
    for plan in plans:
        _refuse_entries_outside(plan, wanted)
    _refuse_nested_entries(plans)


def _refuse_entries_outside(plan: Plan, wanted: t.Mapping[str, str]) -> None:
    for beginning, allowed in plan.closed:
        for target, value in wanted.items():
            if target.startswith(beginning) and target not in allowed and value != ABSENT:
                raise HardeningError(
                    f"Nothing was changed: two resources of this task disagree on {target}: one wants {value}, another replaces the whole "
                    "list without it. Give the entry in the list that replaces, or use mode merge."
                )


def _refuse_nested_entries(plans: t.Sequence[Plan]) -> None:
    locations: dict[str, set[str]] = {}
    for plan in plans:
        for entry, location in plan.added:
            locations.setdefault(entry, set()).add(location)
    for entry, found in locations.items():
        for above in found:
            below = next((one for one in found if one != above and (not above or one.startswith(above + "/"))), None)
            if below is not None:
                raise HardeningError(
                    f"Nothing was changed: {entry} would be added at {above or 'the server'} and again at {below}, where it would then be "
                    "there twice and take the site down. Use two tasks, the one for the server first, or leave it out below."
                )
