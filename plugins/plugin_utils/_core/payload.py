# SPDX-License-Identifier: GPL-3.0-or-later
"""The two requests of docs/protocol.md and their answers, as data. No connection here."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .errors import NEXT, HardeningError, Refused, whole
from .facts import HostFacts
from .observation import Failure, Observation, Observations
from .operations import Read
from .packing import packed, unpacked
from .plan import Stage

PROTOCOL = 1

# Sends one request to a payload entry and gives back the answer it parsed.
Send = t.Callable[[str, dict[str, t.Any]], t.Mapping[str, t.Any]]


@dataclass(frozen=True)
class StepResult:
    """What became of one step: done, failed, not_attempted, not_written or undone."""

    state: str
    failure: Failure | None


@dataclass(frozen=True)
class Answer:
    """A payload's answer. steps, journal and guard are empty after a read."""

    facts: HostFacts
    observations: Observations
    steps: tuple[StepResult, ...] = ()
    journal: str | None = None
    guard: tuple[t.Mapping[str, t.Any], ...] = ()
    restarts: tuple[t.Mapping[str, t.Any], ...] = ()


def entry_for(family: str, operation: str) -> str:
    """The payload entry that a request goes to: a read needs half of the scripts, and most runs are nothing but a read."""
    return f"{family}_read" if operation == "read" else family


def read_request(reads: t.Sequence[Read]) -> dict[str, t.Any]:
    return {"protocol": PROTOCOL, "operation": "read", "batch": packed(reads)}


def apply_request(stage: Stage, reads: t.Sequence[Read], journal: str, restart_now: bool) -> dict[str, t.Any]:
    return {
        "protocol": PROTOCOL,
        "operation": "apply",
        "batch": [change.as_step() for change in stage.changes],
        "reads": packed(reads),
        "guard": [dict(guard) for guard in stage.guard],
        "restarts": list(stage.restarts) if restart_now else [],
        "journal": journal,
    }


def parse_answer(answer: t.Mapping[str, t.Any], reads: t.Sequence[Read]) -> Answer:
    """The answer to a request with these reads. Raises HardeningError when the payload refused or answered something else."""
    if answer.get("protocol") != PROTOCOL:
        raise HardeningError(_unreadable(answer))
    if answer.get("failed"):
        raise Refused(_refusal(answer))
    with whole("its frame"):
        return _parsed(answer, reads)


def _parsed(answer: t.Mapping[str, t.Any], reads: t.Sequence[Read]) -> Answer:
    return Answer(
        facts=HostFacts.from_answer(answer["facts"]),
        observations=Observations(reads, [Observation.from_answer(result) for result in unpacked(reads, answer["observations"])]),
        steps=tuple(StepResult(step["state"], _failure(step.get("error"))) for step in answer.get("steps") or ()),
        journal=answer.get("journal"),
        guard=tuple(
            {"site": item["site"], "path": item["path"], "error": Failure.from_answer(item["error"])} for item in answer.get("guard") or ()
        ),
        restarts=tuple({"service": item["service"], "error": _failure(item.get("error"))} for item in answer.get("restarts") or ()),
    )


def _failure(error: t.Mapping[str, t.Any] | None) -> Failure | None:
    return Failure.from_answer(error) if error else None


_REFUSALS = {
    "constrained_language": (
        "PowerShell on the host runs in Constrained Language mode (application control is on), where the payload cannot work. "
        "Nothing was changed. Allow the account to run trusted scripts in Full Language mode, or sign the collection's scripts."
    ),
    "check_mode": "The payload was told to write under check mode and refused. Nothing was changed.",
}


def _refusal(answer: t.Mapping[str, t.Any]) -> str:
    error = answer.get("error")
    failure = Failure.from_answer(error if isinstance(error, t.Mapping) else {"kind": "internal", "message": error or answer.get("msg")})
    return _REFUSALS.get(failure.kind) or f"The payload refused the request, nothing was changed: {failure.describe()}"


def _unreadable(answer: t.Mapping[str, t.Any]) -> str:
    """A sentence for what came back instead of an answer, without a traceback."""
    text = " ".join(str(answer.get("msg") or "").split())
    # Where Ansible's own wrapper fails already, the error's id (5.1, every language) or text (7) stands on the error stream.
    if any(mark in f"{text} {answer.get('module_stderr')}" for mark in ("ConstrainedLanguage", "in this language mode")):
        return _REFUSALS["constrained_language"]
    shown = " ".join(str(answer.get("module_stdout") or answer.get("stdout") or "").split())[:200]
    said = f" It began with: {shown}" if shown else ""
    why = f" ({text[:300]})" if text else ""
    return f"The host did not give a whole answer{why}.{said} {NEXT}"
