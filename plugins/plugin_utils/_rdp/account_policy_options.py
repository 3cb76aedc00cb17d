# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of account_policy: their spec, the numbers they stand for, and what cannot be together."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .account_policy_table import (
    BY_KEY,
    COUNT,
    LEGACY_LENGTH,
    LENGTH_KEY,
    LOCK_MINUTES,
    MAXIMUM_AGE_KEY,
    MINIMUM_AGE_KEY,
    NEVER,
    RESET_MINUTES,
    SETTINGS,
    PolicySetting,
)
from .setting import value_at

Numbers = t.Mapping[str, int]


def argument_spec() -> dict[str, t.Any]:
    """One option for each setting of the table, grouped where its name has a dot."""
    spec: dict[str, t.Any] = {}
    for setting in SETTINGS:
        group, _, name = setting.option.rpartition(".")
        below = spec.setdefault(group, {"type": "dict", "options": {}})["options"] if group else spec
        below[name] = {"type": setting.type}
    return spec


def wanted_numbers(options: t.Mapping[str, t.Any]) -> dict[str, int]:
    """What the options ask for, by secedit's names. Raises HardeningError for what Windows does not take."""
    given = {setting: value_at(options, setting.option) for setting in SETTINGS}
    return {setting.key: _number(setting, value) for setting, value in given.items() if value is not None}


def _number(setting: PolicySetting, value: t.Any) -> int:
    for word, stored in setting.words:
        if value == word or str(value) == str(word):
            return stored
    number = int(value) if isinstance(value, int) or str(value).isdecimal() else None
    if number is None or not setting.low <= number <= setting.high:
        word = next((f", or {word}" for word, _stored in setting.words if word), "")
        raise HardeningError(
            f"Nothing was changed: {setting.option} is {value}; it is a whole number from {setting.low} to {setting.high}{word}."
        )
    return number


def check_together(numbers: Numbers, relaxed: bool | None, where: str) -> None:
    """Raises HardeningError for values that Windows refuses together; a value that is not there is not judged.

    relaxed: whether lengths over 14 are taken, None where that is not known. where: what they are the values of.
    """
    for problem in (_lockout_problem(numbers), _age_problem(numbers), _length_problem(numbers, relaxed)):
        if problem:
            raise HardeningError(f"Nothing was changed: {where}, {problem}")


def _lockout_problem(numbers: Numbers) -> str | None:
    times = [BY_KEY[key].option for key in (LOCK_MINUTES, RESET_MINUTES) if key in numbers]
    if numbers.get(COUNT) == 0 and times:
        return (
            f"{' and '.join(times)} cannot be set while lockout.threshold is 0: Windows has no such values then. Give a lockout.threshold."
        )
    duration, reset = numbers.get(LOCK_MINUTES), numbers.get(RESET_MINUTES)
    if duration is None or reset is None or duration == NEVER or reset <= duration:
        return None
    return (
        f"lockout.reset_after ({reset} minutes) is longer than lockout.duration ({duration} minutes), which Windows refuses. "
        "Give both, with reset_after at most as long as duration."
    )


def _age_problem(numbers: Numbers) -> str | None:
    least, most = numbers.get(MINIMUM_AGE_KEY), numbers.get(MAXIMUM_AGE_KEY)
    if least is None or most is None or most in (NEVER, 0) or least < most:
        return None
    return (
        f"minimum_password_age ({least} days) is not below maximum_password_age ({most} days): a password would expire before it may be "
        "changed. Give both, with a smaller minimum."
    )


def _length_problem(numbers: Numbers, relaxed: bool | None) -> str | None:
    length = numbers.get(LENGTH_KEY)
    if length is None or length <= LEGACY_LENGTH or relaxed is not False:
        return None
    return (
        f"minimum_password_length is {length}, and without relax_minimum_password_length_limits Windows takes at most {LEGACY_LENGTH}. "
        "Set relax_minimum_password_length_limits to true (Server 2022 and later), or a smaller length."
    )
