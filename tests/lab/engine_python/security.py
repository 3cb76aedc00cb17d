# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `security`: account policy, as secedit.exe exports and configures it."""

from __future__ import annotations

import re
from typing import Any

from lab import inf
from lab.box import Box

from .errors import Refusal
from .planned import expect
from .writes import Writes

COUNT, DURATION, RESET, ADMINISTRATOR = "LockoutBadCount", "LockoutDuration", "ResetLockoutCount", "AllowAdministratorLockout"
WHILE_LOCKING = (DURATION, RESET)
FOR_EVER = -1
# minutes that Windows takes where nobody said: since the update of October 2022, which brought AllowAdministratorLockout, and before
DEFAULT_NEW, DEFAULT_OLD = 10, 30
# What secedit knows of numbers in this section, beside AllowAdministratorLockout, which not every host knows.
KNOWN = frozenset(
    (
        "MinimumPasswordAge MaximumPasswordAge MinimumPasswordLength PasswordComplexity PasswordHistorySize LockoutBadCount "
        "ResetLockoutCount LockoutDuration RequireLogonToChangePassword ForceLogoffWhenHourExpire ClearTextPassword "
        "LSAAnonymousNameLookup EnableAdminAccount EnableGuestAccount"
    ).split()
)
NOT_ELEVATED = "secedit.exe ended with exit code 1: You do not have sufficient permissions to perform this command."
PARAMETER = "secedit.exe /configure ended with exit code 1: Error 87: The parameter is incorrect. Error setting {}."


def _value(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?\d+", text) else text.removeprefix('"').removesuffix('"')


def _text(value: int | str) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


def exported(section: dict[str, str]) -> dict[str, int | str]:
    """What the export has: nothing of the lockout's times while nobody is locked out."""
    values = {name: _value(text) for name, text in section.items()}
    hidden = WHILE_LOCKING if values.get(COUNT, 0) == 0 else ()
    return {name: value for name, value in values.items() if name not in hidden}


def read_policy(box: Box, read: dict[str, Any]) -> dict[str, int | str]:
    if box.host.get("elevated") is False:
        raise Refusal("command_failed", NOT_ELEVATED)
    return exported(inf.read(box)[inf.ACCESS])


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    expect(read_policy(box, operation), operation["planned"]["values"])


def configured(now: dict[str, int | str], wanted: dict[str, int]) -> dict[str, int | str]:
    """What the host has after `/configure` of these values. Refusal `command_failed` where Windows takes none of them."""
    taken = {name: value for name, value in wanted.items() if name in KNOWN or (name == ADMINISTRATOR and name in now)}
    after = now | taken
    if after.get(COUNT, 0) == 0:
        _refuse(next((name for name in WHILE_LOCKING if name in taken), None))
        return {name: value for name, value in after.items() if name not in WHILE_LOCKING}
    default = DEFAULT_NEW if ADMINISTRATOR in now else DEFAULT_OLD
    after |= {name: default for name in WHILE_LOCKING if name not in after}
    _refuse(RESET if _number(after[RESET]) > _number(after[DURATION]) != FOR_EVER else None)
    return after


def _number(value: int | str) -> int:
    return value if isinstance(value, int) else 0


def _refuse(name: str | None) -> None:
    if name is not None:
        raise Refusal("command_failed", PARAMETER.format(name))


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    def change() -> None:
        values = configured(read_policy(box, operation), operation["values"])
        access = {name: _text(value) for name, value in values.items()}
        inf.write(box, inf.read(box) | {inf.ACCESS: access})

    writes.make("write", change)
    found = read_policy(box, operation)
    for name, value in operation["values"].items():
        if found.get(name) != value:
            raise Refusal("not_applied", f"secedit.exe set {name} to {value}, and its export has {found.get(name)!r}.")
