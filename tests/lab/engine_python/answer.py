# SPDX-License-Identifier: GPL-3.0-or-later
"""The default engine: one request of docs/protocol.md answered on a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from lab.box import Box
from lab.engine import WriteFault

from . import iis, journal, service
from .errors import Refusal
from .facts import facts
from .providers import observe, writer
from .request import validate
from .writes import Collision, Writes

CONSTRAINED = "The PowerShell session is in {} mode: the payload needs Full Language mode and looked at nothing."
CHECK_MODE = "apply is refused under check mode."


def utc_now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class PythonEngine:
    """Answers reads and operations on a box, with Python only. Holds the box's lock while it answers."""

    name = "python"

    def __init__(self, clock: Callable[[], str] = utc_now) -> None:
        self.clock = clock

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: WriteFault | None = None) -> dict[str, Any]:
        with box.lock():
            try:
                _refuse(box, entry, arguments)
                if arguments["operation"] == "read":
                    return _read(box, arguments, self.clock)
                return Apply(box, arguments, Writes(fault), self.clock).answer()
            except Refusal as refusal:
                return refused(refusal)


def _refuse(box: Box, entry: str, arguments: dict[str, Any]) -> None:
    mode = (box.host.get("powershell") or {}).get("language_mode", "FullLanguage")
    if mode != "FullLanguage":
        raise Refusal("constrained_language", CONSTRAINED.format(mode))
    if arguments.get("operation") == "apply" and arguments.get("_ansible_check_mode"):
        raise Refusal("check_mode", CHECK_MODE)
    validate(entry, arguments)


def refused(refusal: Refusal) -> dict[str, Any]:
    """The answer to a request that was refused as a whole."""
    return {"protocol": 1, "failed": True, "msg": refusal.message, "error": refusal.as_error()}


def _read(box: Box, arguments: dict[str, Any], clock: Callable[[], str]) -> dict[str, Any]:
    observations = _observe(box, arguments["batch"], clock)
    return {"protocol": 1, "changed": False, "facts": facts(box), "observations": observations}


def _observe(box: Box, reads: list[dict[str, Any]], clock: Callable[[], str]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    for read in reads:
        try:
            results.append({"value": observe(box, read, clock)})
        except Refusal as refusal:
            results.append({"error": refusal.as_error()})
    return results


@dataclass
class Failure(Exception):
    """The step of the batch at which the apply stopped."""

    number: int
    refusal: Refusal
    worked: int = 0


@dataclass
class Step:
    operation: dict[str, Any]
    undo: dict[str, Any]
    state: str = "not_attempted"
    error: dict[str, Any] | None = None


@dataclass
class Apply:
    """One apply: journal, checks, steps, restarts, reads."""

    box: Box
    arguments: dict[str, Any]
    writes: Writes
    clock: Callable[[], str]
    guard: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = [Step(step["operation"], step["undo"]) for step in self.arguments["batch"]]
        self.journal = journal.Writer(self.box, self.arguments["journal"], self.writes, self.clock)

    def answer(self) -> dict[str, Any]:
        account = {name: (self.box.host.get("account") or {}).get(name) for name in ("name", "sid")}
        try:
            self.journal.create(self.arguments["journal"], account, self.arguments["batch"])
        except Refusal as refusal:
            return refused(refusal)
        result = self._run()
        restarts = self._restart() if result == "applied" else []
        self._note({"finished": result})
        journal.prune(self.box)
        return {
            "protocol": 1,
            "changed": any(step.state == "done" for step in self.steps),
            "facts": facts(self.box),
            "observations": _observe(self.box, self.arguments["reads"], self.clock),
            "journal": self.journal.file,
            "steps": [{"state": step.state, "error": step.error} for step in self.steps],
            "guard": self.guard,
            "restarts": restarts,
        }

    def _run(self) -> str:
        groups = _groups(self.steps)
        try:
            later = _on_same_entry(self.steps)
            for numbers in groups:
                if numbers[0] not in later:
                    self._check(numbers)
            for numbers in groups:
                if numbers[0] in later:
                    self._check(numbers)
                self._write(numbers)
                error = self._guard_failure() if self.steps[numbers[0]].operation["provider"] == "iis" else None
                if error:
                    return self._take_back(error)
        except Failure as failure:
            step = self.steps[failure.number]
            step.state, step.error = "failed", failure.refusal.as_error()
            self._note({"failed": failure.number, "error": step.error})
            return "failed"
        return "applied"

    def _note(self, line: dict[str, Any]) -> None:
        """A line after the first; what was applied stays applied where it cannot be written."""
        try:
            self.journal.line(line)
        except (Collision, OSError):
            return

    def _check(self, numbers: list[int]) -> None:
        """Every planned value is checked before the first write."""
        operations = [self.steps[number].operation for number in numbers]
        provider = operations[0]["provider"]
        if provider == "iis":
            with _failing(numbers):
                iis.check_group(self.box, operations)
            return
        with _failing(numbers):
            writer(provider, self.clock).check(self.box, operations[0])

    def _write(self, numbers: list[int]) -> None:
        operations = [self.steps[number].operation for number in numbers]
        try:
            with _failing(numbers):
                self._perform(operations)
        except Failure as failure:
            for number in numbers[: failure.worked]:
                self.steps[number].state = "not_written"
            raise
        for number in numbers:
            self.steps[number].state = "done"
        self._note({"done": numbers})

    def _perform(self, operations: list[dict[str, Any]], planned: bool = True) -> None:
        provider = operations[0]["provider"]
        if provider == "iis":
            iis.commit_group(self.box, operations, self.writes, planned)
        else:
            writer(provider, self.clock).write(self.box, operations[0], self.writes)

    def _guard_failure(self) -> dict[str, Any] | None:
        """Why what the guard names does not work, or cannot be looked at."""
        try:
            self.guard = iis.guard_errors(self.box, self.arguments["guard"])
        except Refusal as refusal:
            return refusal.as_error()
        return self.guard[0]["error"] if self.guard else None

    def _take_back(self, error: dict[str, Any]) -> str:
        """Undoes every step that is done, the last one first; how the apply ends then. Those before one that cannot be undone stay done."""
        done = [number for number, step in enumerate(self.steps) if step.state == "done"][::-1]
        undo = [Step(self.steps[number].undo, {}) for number in done]
        try:
            for numbers in _groups(undo):
                with _failing(numbers):
                    self._perform([undo[number].operation for number in numbers], planned=False)
                undone = sorted(done[number] for number in numbers)
                self._mark(undone, "undone", {**error, "kind": "guard"})
                self._note({"undone": undone})
        except Failure as failure:
            left = [number for number in done if self.steps[number].state == "done"]
            self._mark(left, "done", {**failure.refusal.as_error(), "kind": "guard_undo_failed"})
            return "failed"
        return "undone"

    def _mark(self, numbers: list[int], state: str, error: dict[str, Any]) -> None:
        for number in numbers:
            self.steps[number].state, self.steps[number].error = state, error

    def _restart(self) -> list[dict[str, Any]]:
        return [service.restart(self.box, name, self.writes) for name in self.arguments["restarts"]]


class _failing:  # noqa: N801 - reads as a word in the with statement
    """Turns what a provider raises into the failure of a step of the batch."""

    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, iis.StepFailed):
            raise Failure(self.numbers[error.number], error.refusal, error.worked) from error
        if isinstance(error, Refusal):
            raise Failure(self.numbers[0], error) from error
        if isinstance(error, Collision):
            raise Failure(self.numbers[0], Refusal(error.kind, str(error))) from error


def _on_same_entry(steps: list[Step]) -> set[int]:
    """Steps that add or remove an entry that an earlier one adds or removes; they are planned on what that one leaves."""
    seen: set[tuple[str, ...]] = set()
    later = set()
    for number, step in enumerate(steps):
        verb, _, noun = str(step.operation.get("cmdlet", "")).partition("-")
        if verb not in ("Add", "Remove"):
            continue
        named = step.operation["parameters"]
        entry = (noun, *(str(named.get(name, "")).lower() for name in ("Name", "NameServer", "ZoneName")))
        if entry in seen:
            later.add(number)
        seen.add(entry)
    return later


def _groups(steps: list[Step]) -> list[list[int]]:
    """Neighbouring iis steps are one group, every other step is one of its own."""
    groups: list[list[int]] = []
    for is_iis, numbers in groupby(range(len(steps)), key=lambda number: steps[number].operation["provider"] == "iis"):
        listed = list(numbers)
        groups += [listed] if is_iis else [[number] for number in listed]
    return groups
