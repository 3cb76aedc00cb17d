# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a host to judge who can log on through Remote Desktop, the same for every resource that judges it."""

from __future__ import annotations

from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .access_judgement import Judgement
from .account_wish import members_of, set_read
from .accounts import accounts_read, local_accounts, unreadable
from .directory import Directory, Resolved
from .rdp_access_table import NETWORK_ALLOWED_RIGHT, SETS
from .well_known import ADMINISTRATORS, GUESTS, REMOTE_DESKTOP_USERS, USERS

# Groups that decide who is let in: read with the first batch, as every host has them.
_GROUPS = (ADMINISTRATORS, USERS, GUESTS, REMOTE_DESKTOP_USERS)


def access_reads() -> list[Read]:
    sets = [set_read(accounts.provider, accounts.subject) for accounts in SETS]
    groups = [set_read("group", group) for group in _GROUPS]
    return [*sets, set_read("right", NETWORK_ALLOWED_RIGHT), *groups, accounts_read()]


def observed_judgement(observations: Observations, resolved: Read | None, nla: bool) -> Judgement:
    """What the first batch says; resolved: the names that were asked in it. Raises HardeningError where a part could not be read."""
    try:
        now = {accounts.subject: members_of(observations, accounts.provider, accounts.subject) for accounts in SETS}
        groups = {group: members_of(observations, "group", group) for group in _GROUPS}
        names: Resolved = observations.value(resolved) if resolved else {}
        directory = Directory(names, local_accounts(observations), groups[ADMINISTRATORS])
        network = members_of(observations, "right", NETWORK_ALLOWED_RIGHT)
    except HardeningError as problem:
        raise unreadable("who may log on", problem) from problem
    return Judgement(now, groups, directory, network, nla)


def with_answers(judgement: Judgement, asked: list[Read], observations: Observations) -> Judgement:
    """With the answers to the questions that the first batch left, as far as they were asked."""
    return judgement.completed((read, observations[read].value) for read in asked if read in observations)
