# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can log on through Remote Desktop, by rights, groups and what is known of accounts.

Deny rights win over allow rights (Win32, "Account Rights Constants"). Where network level authentication is required the account needs the
network logon right as well (Microsoft's Remote Desktop troubleshooting: "restricted the types of logon").
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.well_known import (
    ADMINISTRATORS,
    AUTHENTICATED_USERS,
    EVERYONE,
    INTERACTIVE,
    LOCAL_ACCOUNT,
    LOCAL_ADMINISTRATOR,
    NETWORK,
    REMOTE_INTERACTIVE,
    prefix,
)
from .accounts import LocalAccount
from .directory import Directory

Sids = frozenset[str]
_ANYBODY = frozenset({EVERYONE, AUTHENTICATED_USERS, INTERACTIVE, NETWORK, REMOTE_INTERACTIVE})


def token(sid: str, local: bool, groups: t.Mapping[str, Sids]) -> Sids:
    """Everything that an account is at a logon: itself, its local groups, the well-known groups it falls into."""
    found = {sid, *_ANYBODY, *([LOCAL_ACCOUNT] if local else [])}
    while more := {group for group, members in groups.items() if group not in found and members & found}:
        found |= more
    if local and ADMINISTRATORS in found:
        found.add(LOCAL_ADMINISTRATOR)
    return frozenset(found)


@dataclass(frozen=True)
class Logon:
    """allow, deny: the rights of Remote Desktop; network_allow, network_deny: those of the network, None where they do not count.

    groups: members of local groups.
    """

    allow: Sids
    deny: Sids
    network_allow: Sids | None
    network_deny: Sids | None
    groups: t.Mapping[str, Sids]

    def permits(self, held: Sids) -> bool:
        if not held & self.allow or held & self.deny:
            return False
        return self.network_allow is None or bool(held & self.network_allow and not held & (self.network_deny or frozenset()))

    def certain(self, directory: Directory) -> list[LocalAccount]:
        """The enabled local accounts that can log on."""
        return [one for one in directory.local or () if one.enabled and self.permits(token(one.sid, True, self.groups))]

    def possible(self, directory: Directory) -> list[str]:
        """The accounts and groups of a domain that can: nobody on the host can say whether they are enabled, or have members."""
        named = {*self.allow, *(member for group in self.allow for member in self.groups.get(group, frozenset()))}
        foreign = {sid for sid in named if prefix(sid) not in (None, directory.machine) and not directory.is_gone(sid)}
        if directory.local is None:  # a domain controller, where everybody is an account of the domain
            foreign |= named & _ANYBODY
        return sorted(sid for sid in foreign if self.permits(token(sid, False, self.groups)))
