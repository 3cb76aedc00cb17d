# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a stage: sentences for what was not made, not restarted or not proved."""

from __future__ import annotations

import typing as t

from .errors import HardeningError
from .payload import Answer, StepResult
from .plan import Proof, Stage

# Asks from outside whether a TCP port answers: a sentence for why it does not, or None.
Knock = t.Callable[[int], str | None]


def stage_problems(stage: Stage, answer: Answer, knock: Knock) -> list[str]:
    """Everything that is wrong after a stage; empty where it was made whole and its proofs hold."""
    problem = stage_problem(stage, answer)
    if problem:
        return [problem]
    return [found for proof in stage.proofs if (found := _disproved(proof, answer, knock))]


def _disproved(proof: Proof, answer: Answer, knock: Knock) -> str | None:
    try:
        problem = proof.problem(answer.observations)
    except HardeningError as unseen:
        return str(unseen).removeprefix("Nothing was changed: ")
    if problem or proof.knock is None:
        return problem
    return knock(proof.knock)


def stage_problem(stage: Stage, answer: Answer) -> str | None:
    """A sentence for a stage that was not made whole, saying what was done and what was not; None when all is done."""
    if len(answer.steps) != len(stage.changes):
        return f"The host reported {len(answer.steps)} of {len(stage.changes)} changes. Its journal {answer.journal} says what was done."
    failed = [(change, step) for change, step in zip(stage.changes, answer.steps, strict=True) if step.failure]
    if not failed:
        return _restart_problem(answer)
    change, step = failed[0]
    return f"{change.path} was not changed to {change.after}: {_reason(step, answer)} {_count(stage, answer)}"


def may_be_written(step: StepResult) -> bool:
    """Whether a step may have changed the host: it is done, or it failed in a way that does not say how far it had come."""
    return step.state == "done" or (step.state == "failed" and step.failure is not None and step.failure.kind in _PERHAPS_IN_PART)


# A program that ended with an error or was ended may have done part of its work; what is read back and is not there was written before.
# Source: docs/protocol.md "Error kinds"
_PERHAPS_IN_PART = frozenset({"command_failed", "not_applied"})

_REASONS = {
    "changed_meanwhile": "the value is no longer the one that was planned on ({text}); something else changed it meanwhile. Run the task again.",
    "commit_collision": "the file was changed by something else at every try ({text}). Close IIS Manager, wait for other deployments, and run again.",
    "sharing_violation": "another process holds the file ({text}). Look for antivirus or backup, and run again.",
    "locked": "the section is locked ({text}). Unlock it for this location, or set it where it is locked.",
    "guard": "the sites below stopped working, so everything was taken back in the same trip. {text}",
    "guard_undo_failed": "sites stopped working after the write, and taking it back failed ({text}).",
}
_UNSEEN = "whether the sites still work could not be found out, so everything was taken back in the same trip ({text})."


def _reason(step: StepResult, answer: Answer) -> str:
    if step.failure is None:
        return ""
    known = _UNSEEN if step.failure.kind == "guard" and not answer.guard else _REASONS.get(step.failure.kind, "{text}")
    return known.format(text=step.failure.describe())


def _count(stage: Stage, answer: Answer) -> str:
    done, undone, failed = (_paths(stage, answer, state) for state in ("done", "undone", "failed"))
    broken = "; ".join(f"{item['site']}{item['path']}: {item['error'].describe()}" for item in answer.guard)
    stopped = f" Stopped working meanwhile: {broken}." if broken else ""
    if undone and not done:
        return f"{len(undone)} change(s) were written and taken back.{stopped}"
    if broken:
        return f"Taken back: {', '.join(undone) or 'nothing'}. Still written: {', '.join(done)}. Journal: {answer.journal}.{stopped}"
    if failed and any(step.state == "failed" and may_be_written(step) for step in answer.steps):
        return f"It may have been made in part. {_written(stage, answer, done)}"
    if not done:
        return f"Nothing was written ({len(stage.changes)} change(s) were planned)."
    return _written(stage, answer, done)


def _paths(stage: Stage, answer: Answer, state: str) -> list[str]:
    return [change.path for change, step in zip(stage.changes, answer.steps, strict=True) if step.state == state]


def _written(stage: Stage, answer: Answer, done: list[str]) -> str:
    return f"Written before: {', '.join(done) or 'nothing'}. Not written: {len(stage.changes) - len(done)}. Journal: {answer.journal}."


def _restart_problem(answer: Answer) -> str | None:
    failed = [item for item in answer.restarts if item.get("error")]
    if not failed:
        return None
    names = ", ".join(str(item["service"]) for item in failed)
    return f"All changes were written, but {names} did not restart: {failed[0]['error'].describe()}. They are not in force yet."
