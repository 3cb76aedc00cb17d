# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts in the options: which of them the host is asked for, and what it said."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.operations import Read
from .._core.well_known import DOMAIN_GROUPS as OF_EVERY_DOMAIN
from .._core.well_known import WELL_KNOWN, canonical, is_sid

SYSTEM, ENTERPRISE_DOMAIN_CONTROLLERS = "S-1-5-18", "S-1-5-9"
# What Remote Desktop has no use for: groups by the number behind the domain's SID, and accounts that are the same everywhere.
DOMAIN_GROUPS = {**OF_EVERY_DOMAIN, "domain_controllers": 516}
FIXED = {
    **WELL_KNOWN,
    "system": SYSTEM,
    "local_system": SYSTEM,
    "enterprise_domain_controllers": ENTERPRISE_DOMAIN_CONTROLLERS,
    "server_operators": "S-1-5-32-549",
    "pre_windows_2000_compatible_access": "S-1-5-32-554",
}


def names_to_ask(names: t.Iterable[str]) -> list[str]:
    """The names that only the host knows, each once, sorted."""
    return sorted({name for name in names if not is_sid(name) and canonical(name) not in FIXED})


def resolve_read(names: t.Sequence[str]) -> Read:
    return Read("account", "resolve", {"names": list(names)})


def sid_of(name: str, option: str, resolved: t.Mapping[str, t.Any]) -> str:
    """The SID of an account in an option. Raises HardeningError for one that nobody has."""
    if is_sid(name):
        return name.upper()
    if canonical(name) in FIXED:
        return FIXED[canonical(name)]
    found = resolved.get(name) or {}
    if not found.get("sid"):
        raise HardeningError(
            f"Nothing was changed: {option} names {name}, and the host knows no such account or group. Correct the name (DOMAIN\\name, a "
            "well-known name such as domain_admins, or a SID), or create the account first."
        )
    return str(found["sid"])
