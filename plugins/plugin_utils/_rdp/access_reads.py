# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a host to judge who can log on through Remote Desktop, the same for everything that judges it."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .._core.registry import Place, Registry, key_read
from .._core.well_known import ADMINISTRATORS, GUESTS, REMOTE_DESKTOP_USERS, USERS
from .access_judgement import Judgement
from .account_wish import members_of, set_read
from .accounts import accounts_read, local_accounts, unreadable
from .directory import Directory, Resolved
from .logon import Sids
from .rdp_access_table import NETWORK_ALLOWED_RIGHT, SETS
from .terminal_services import LISTENER, TERMINAL_SERVICES_POLICY

# Groups that decide who is let in: read with the first batch, as every host has them.
GROUPS = (ADMINISTRATORS, USERS, GUESTS, REMOTE_DESKTOP_USERS)
RIGHTS = (*(accounts.subject for accounts in SETS if accounts.provider == "right"), NETWORK_ALLOWED_RIGHT)
# Whether network level authentication is required: the policy's value, else the listener's, else yes.
NLA_PLACES = (Place(TERMINAL_SERVICES_POLICY, "UserAuthentication"), Place(LISTENER, "UserAuthentication"))


def access_reads() -> list[Read]:
    sets = [set_read(accounts.provider, accounts.subject) for accounts in SETS]
    groups = [set_read("group", group) for group in GROUPS]
    return [*sets, set_read("right", NETWORK_ALLOWED_RIGHT), *groups, accounts_read()]


def authentication_reads() -> list[Read]:
    return [key_read(place.key) for place in NLA_PLACES]


def requires_authentication(observations: Observations) -> bool:
    """Whether network level authentication is required."""
    registry = Registry(observations)
    policy, local = (registry.number(place) for place in NLA_PLACES)
    return (policy if policy is not None else local) != 0


def observed_judgement(observations: Observations, nla: bool, needed: t.Iterable[Read] = ()) -> Judgement:
    """What the batch says: who is in which set, and whatever was asked of groups and names. Raises HardeningError where a part that
    decides, or a needed read, failed; of a group or a name that was only asked for to know more, nothing is known then.
    """
    try:
        for read in needed:
            observations.value(read)
        now = {accounts.subject: members_of(observations, accounts.provider, accounts.subject) for accounts in SETS}
        groups = _groups(observations) | {group: members_of(observations, "group", group) for group in GROUPS}
        directory = Directory(_names(observations), local_accounts(observations), groups[ADMINISTRATORS])
        network = members_of(observations, "right", NETWORK_ALLOWED_RIGHT)
    except HardeningError as problem:
        raise unreadable("who may log on", problem) from problem
    return Judgement(now, groups, directory, network, nla)


def _groups(observations: Observations) -> dict[str, Sids]:
    """The members of every group that was asked for; nobody where it is none."""
    asked = ((read, result) for read, result in observations.items() if (read.provider, read.name) == ("group", "members"))
    return {read.parameters["group"]: frozenset(result.value["members"] if result.value else ()) for read, result in asked}


def _names(observations: Observations) -> Resolved:
    found: dict[str, t.Any] = {}
    for read, result in observations.items():
        if (read.provider, read.name) == ("account", "resolve"):
            found |= result.value or {}
    return found
