# SPDX-License-Identifier: GPL-3.0-or-later
"""Account policies that tests ask for, and the hosts they ask."""

from __future__ import annotations

from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from unit.rdp.people import People, fresh_policy, standalone, user

STIG = {
    "password_history": 24,
    "maximum_password_age": 60,
    "minimum_password_age": 1,
    "minimum_password_length": 14,
    "password_complexity": True,
    "reversible_encryption": False,
    "lockout": {"threshold": 3, "duration": "until_unlocked", "reset_after": 15},
    "administrator_lockout": True,
}
LOCKOUT = {"lockout": {"threshold": 5, "duration": "30", "reset_after": 15}}
LOCKED = {"LockoutBadCount": 5, "LockoutDuration": 30, "ResetLockoutCount": 15}


def plan(host: People, stricter: str = "replace", **options: Any) -> Plan:
    """Exactly what the options say, but for the tests of what is stricter."""
    return host.plan(AccountPolicy, stricter=stricter, **options)


def shown(found: Plan) -> dict[str, tuple[str, str]]:
    return {part.target: (part.before, part.after) for change in found.changes for part in change.shown}


def values(found: Plan) -> dict[str, Any]:
    (change,) = found.changes
    return dict(change.operation.parameters["values"])


def as_deploy(age: int | None, expires: bool, maximum: int = 42) -> People:
    host = standalone(policy=fresh_policy() | {"MaximumPasswordAge": maximum})
    assert host.users is not None
    host.users[2] = user("deploy", host.users[2]["sid"], age=age, expires=expires)
    return host
