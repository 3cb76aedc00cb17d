# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of rights and groups does to people: who is left, what must be asked first, what is refused."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._core.errors import HardeningError
from .._core.operations import Read
from .._core.plan import Change
from .._core.well_known import FOREST_GROUPS, prefix
from .account_wish import Wish, set_read
from .accounts import resolve_read
from .directory import Directory
from .logon import Logon, Sids
from .rdp_access_table import ALLOWED, DENIED, GROUP, NETWORK_DENIED

Sets = t.Mapping[str, Sids]


@dataclass(frozen=True)
class Judgement:
    """now: the accounts of each set, by its subject. groups: members of local groups. network: who has the network logon right.

    nla: whether network level authentication is required, so that Remote Desktop needs the network logon right too.
    """

    now: Sets
    groups: t.Mapping[str, Sids]
    directory: Directory
    network: Sids
    nla: bool

    def following(self, wishes: t.Iterable[Wish]) -> Judgement:
        """The judgement of the host on which these wishes are carried out."""
        return replace(self, now={**self.now, **{wish.accounts.subject: wish.after(self.now[wish.accounts.subject]) for wish in wishes}})

    def added(self, wish: Wish) -> Sids:
        now = self.now[wish.accounts.subject]
        return wish.after(now) - now

    @property
    def members(self) -> Sets:
        """Members of local groups, the group Remote Desktop Users among them."""
        return {**self.groups, GROUP.subject: self.now[GROUP.subject]}

    @property
    def logon(self) -> Logon:
        allow, deny = (self.network, self.now[NETWORK_DENIED.subject]) if self.nla else (None, None)
        return Logon(self.now[ALLOWED.subject], self.now[DENIED.subject], allow, deny, self.members)

    @property
    def lets_somebody_in(self) -> bool:
        """Whether an account is known, or may be, that can log on through Remote Desktop."""
        return bool(self.logon.certain(self.directory) or self.logon.possible(self.directory))

    def questions(self, wishes: t.Sequence[Wish]) -> list[Read]:
        """What must be asked before these wishes can be judged, because nothing so far explains a SID that matters.

        Groups that are denied always; who is allowed only while no enabled local account is known to have a way in.
        """
        after = self.following(wishes)
        if after == self:
            return []
        taken_out = {sid for subject, now in self.now.items() for sid in now - after.now[subject]}
        return after.unexplained(taken_out | self._of_forest(wishes))

    def unexplained(self, further: t.Collection[str] = ()) -> list[Read]:
        """What must be asked to say who could log on, also with network level authentication; further: SIDs to be explained."""
        directory, unknown = self.directory, set(further)
        logon = replace(self, nla=True).logon
        groups = {*self.now[DENIED.subject], *self.now[NETWORK_DENIED.subject]}
        if not logon.certain(directory):
            groups |= logon.allow
            if not any(directory.is_known(sid) for sid in logon.possible(directory)):
                groups |= logon.network_allow or frozenset()
                unknown |= {*logon.allow, *(member for group in logon.allow for member in logon.groups.get(group, ()))}
        asked = sorted(group for group in groups if directory.is_local_group(group) and group not in logon.groups)
        names = sorted(sid for sid in unknown if not directory.is_known(sid))
        return [*(set_read("group", group) for group in asked), *([resolve_read(names)] if names else [])]

    def _of_forest(self, wishes: t.Sequence[Wish]) -> set[str]:
        """Groups to be added that only some domains have."""
        added = {sid for wish in wishes for sid in self.added(wish)}
        return {sid for sid in added if prefix(sid) and int(sid.rpartition("-")[2]) in FOREST_GROUPS}


def refuse_impossible_members(wishes: t.Iterable[Wish], judgement: Judgement) -> None:
    """Raises HardeningError for an account to be added that is not there, and for a local group in a local group."""
    directory = judgement.directory
    for wish in wishes:
        added = judgement.added(wish)
        gone = [sid for sid in added if directory.is_gone(sid)]
        if gone:
            raise HardeningError(
                f"Nothing was changed: {wish.accounts.option} names {directory.labels(gone)}, which the host's domain does not have. Give the "
                "group as DOMAIN\\name of the domain that has it, or leave it out."
            )
        nested = [sid for sid in added if directory.is_local_group(sid)] if wish.accounts is GROUP else []
        if nested:
            raise HardeningError(
                f"Nothing was changed: {wish.accounts.option} names {directory.labels(nested)}, and Windows takes no local group into a local "
                "group. Name its members, or give that group the right in allow.accounts."
            )


def nobody_is_left(after: Judgement) -> str | None:
    """That nobody could log on through Remote Desktop, as the beginning of a sentence; None where somebody can, or may."""
    if after.lets_somebody_in:
        return None
    labels, logon = after.directory.labels, after.logon
    nla = " Network level authentication is required, so that they need the right to log on over the network as well." if after.nla else ""
    return (
        f"nobody could log on through Remote Desktop afterwards. The right would be with {labels(logon.allow)}, denied to "
        f"{labels(logon.deny)}, and no enabled account of this host, nor any of a domain, is let in by that.{nla}"
    )


def judge_who_is_left(after: Judgement) -> list[str]:
    """Warnings. Raises HardeningError where nobody could log on through Remote Desktop afterwards."""
    nobody = nobody_is_left(after)
    if nobody:
        raise HardeningError(
            f"Nothing was changed: {nobody} Name an enabled account, or a group that has one, in allow.accounts or remote_desktop_users.members."
        )
    return warnings_of_who_is_left(after)


def warnings_of_who_is_left(after: Judgement) -> list[str]:
    """Where somebody may be left of whom the host cannot say for certain that he can log on."""
    if after.logon.certain(after.directory) or not after.lets_somebody_in:
        return []
    return [
        f"Of those who may log on through Remote Desktop afterwards none is an enabled account of this host. "
        f"{after.directory.labels(after.logon.possible(after.directory))} can, but whether such an account is enabled, or such a group has "
        "members, cannot be told from here."
    ]


def warn_of_authentication(after: Judgement) -> list[str]:
    """Who would be left once network level authentication is required, where it is not yet."""
    required = replace(after, nla=True)
    if after.nla or required.lets_somebody_in:
        return []
    return [
        f"Network level authentication is off. Once it is required, nobody can log on through Remote Desktop: {_without_network(required)} "
        "Mend that before it is switched on."
    ]


def judge_authentication(after: Judgement) -> list[str]:
    """Warnings of requiring network level authentication. Raises HardeningError where it takes the way in from the last who have it.

    after: with everything else that the task changes.
    """
    required = replace(after, nla=True)
    if required.lets_somebody_in:
        return []
    why = _without_network(required)
    if not replace(after, nla=False).lets_somebody_in:
        return [f"Nobody can log on through Remote Desktop, with network level authentication or without it: {why}"]
    raise HardeningError(
        "Nothing was changed: network_level_authentication true would leave nobody who could log on through Remote Desktop: "
        f"{why} Give an enabled account, or a group that has one, both rights, in the same task or before, and take it out of the rights that "
        "deny."
    )


def _without_network(required: Judgement) -> str:
    logon, labels = required.logon, required.directory.labels
    return (
        f"with it an account needs the right to log on over the network too. Remote Desktop is allowed to {labels(logon.allow)}, denied to "
        f"{labels(logon.deny)}; the network is allowed to {labels(required.network)}, denied to "
        f"{labels(required.now[NETWORK_DENIED.subject])}; no enabled account of this host, nor any of a domain, is let in by both."
    )


def in_order(wishes: t.Iterable[Wish], judgement: Judgement) -> list[Change]:
    """All changes; what lets somebody in comes before what keeps somebody out, so that a run that ends in the middle leaves a way in."""
    ranked = [
        (_rank(wish.accounts.opens, change.operation.name in ("grant", "add")), change)
        for wish in wishes
        for change in wish.changes(judgement.now[wish.accounts.subject], judgement.directory)
    ]
    return [change for _rank_of, change in sorted(ranked, key=lambda item: item[0])]


def _rank(opens: bool, add: bool) -> tuple[bool, bool]:
    return (opens != add, not opens)
