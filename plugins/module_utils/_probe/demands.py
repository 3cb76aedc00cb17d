# SPDX-License-Identifier: GPL-3.0-or-later
"""What every probe's options have in common: controls that a task demands or leaves out, and the way to the host."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .control import PASS, UNKNOWABLE, Control, Verdict

# In the option require: every control that could be tested.
ALL = "all"
_LONGEST_TIMEOUT = 3600


class OptionsError(ValueError):
    """An option that cannot be meant; the text is for the person who wrote it."""


def check_demands(probe: str, controls: Sequence[Control], require: Collection[str], skip: Collection[str]) -> None:
    """Raises OptionsError for a misspelled id, which must not go unnoticed, and for one that is demanded and left out."""
    for option, ids in (("require", set(require) - {ALL}), ("skip", set(skip))):
        unknown = sorted(ids - {one for control in controls for one in control.ids})
        if unknown:
            known = ", ".join(control.id for control in controls)
            raise OptionsError(f"No control of {probe} has the id {', '.join(unknown)} (option {option}). There are: {known}.")
    both = [control.id for control in controls if control.ids & set(require) and control.ids & set(skip)]
    if both:
        raise OptionsError(f"{', '.join(both)} stands in both require and skip. What is skipped cannot be required: take it out of one.")


def check_numbers(port: int, timeout: float) -> None:
    """timeout: seconds. Raises OptionsError."""
    if not 1 <= port <= 65535:
        raise OptionsError(f"port has to be from 1 to 65535; it is {port}.")
    if not 0 < timeout <= _LONGEST_TIMEOUT:
        raise OptionsError(f"timeout has to be above 0 and at most {_LONGEST_TIMEOUT} seconds; it is {timeout}.")


def unmet(verdicts: Iterable[Verdict], required: Collection[str]) -> tuple[Verdict, ...]:
    """Those of the verdicts that a demand fails on: named ones have to be pass, with `all` those that could be tested."""
    return tuple(
        verdict
        for verdict in verdicts
        if verdict.verdict != PASS and (verdict.control.ids & set(required) or (ALL in required and verdict.verdict not in UNKNOWABLE))
    )


def shortcomings(where: str, failures: Iterable[Verdict]) -> str:
    """What demanded controls failed on, for the task's message."""
    lines = [f"{one.control.id} ({one.control.title}): {one.verdict}; {'; '.join(one.evidence)}" for one in failures]
    return f"{where} does not show what is required. " + ". ".join(lines)
