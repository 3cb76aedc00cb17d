# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that every Windows host has under the same SID, by names of this collection, whatever the host's language calls them.

Source: "Well-known SIDs" of the Win32 documentation and of Active Directory's.
"""

from __future__ import annotations

ADMINISTRATORS = "S-1-5-32-544"
USERS = "S-1-5-32-545"
GUESTS = "S-1-5-32-546"
REMOTE_DESKTOP_USERS = "S-1-5-32-555"
EVERYONE = "S-1-1-0"
NETWORK = "S-1-5-2"
INTERACTIVE = "S-1-5-4"
AUTHENTICATED_USERS = "S-1-5-11"
REMOTE_INTERACTIVE = "S-1-5-14"
LOCAL_ACCOUNT = "S-1-5-113"
LOCAL_ADMINISTRATOR = "S-1-5-114"

WELL_KNOWN: dict[str, str] = {
    "administrators": ADMINISTRATORS,
    "users": USERS,
    "guests": GUESTS,
    "backup_operators": "S-1-5-32-551",
    "remote_desktop_users": REMOTE_DESKTOP_USERS,
    "remote_management_users": "S-1-5-32-580",
    "everyone": EVERYONE,
    "authenticated_users": AUTHENTICATED_USERS,
    "local_account": LOCAL_ACCOUNT,
    "local_account_and_administrator": LOCAL_ADMINISTRATOR,
}
# Groups of the host's domain, by the number behind the domain's SID.
DOMAIN_GROUPS: dict[str, int] = {"domain_admins": 512, "domain_users": 513, "domain_guests": 514, "enterprise_admins": 519}
# Only in the root domain of a forest, so that a host of another domain may have no such group.
FOREST_GROUPS = frozenset({519})
NAMES = {sid: name for name, sid in WELL_KNOWN.items()}

_AUTHORITIES = ("builtin\\", "nt authority\\")


def canonical(name: str) -> str:
    """The collection's spelling of a name: V(BUILTIN\\Remote Desktop Users) is V(remote_desktop_users)."""
    plain = name.strip().lower()
    for authority in _AUTHORITIES:
        plain = plain.removeprefix(authority)
    return plain.replace(" ", "_")


def is_sid(name: str) -> bool:
    return name.upper().startswith("S-1-")


def fixed_sid(name: str) -> str | None:
    """The SID that a name has on every host: a SID itself, or a well-known name."""
    return name.strip().upper() if is_sid(name.strip()) else WELL_KNOWN.get(canonical(name))


def prefix(sid: str) -> str | None:
    """The SID of the machine or domain that an account belongs to; None for well-known accounts."""
    return sid.rpartition("-")[0] if sid.startswith("S-1-5-21-") else None
