# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of rights and groups does to people: who is left, what must be asked first, what is refused."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._core.errors import HardeningError
from .._core.facts import HostFacts
from .._core.operations import Read
from .._core.plan import Change
from .account_wish import Wish, set_read
from .accounts import ADMINISTRATOR, WayIn, resolve_read
from .directory import Directory
from .logon import Logon, Sids, token
from .rdp_access_table import ALLOWED, DENIED, GROUP, NETWORK_DENIED, TOKEN_FILTER_PLACE
from .well_known import ADMINISTRATORS, FOREST_GROUPS, prefix

Sets = t.Mapping[str, Sids]

# Transports whose logon is one over the network (type 3); a transport that is not known is taken for one.
_NETWORK = ("winrm", "psrp", "ssh")
# Those of them where Windows filters the token of a local administrator (Microsoft's KB951016).
_FILTERED = ("winrm", "psrp")


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

    def after(self, wishes: t.Iterable[Wish]) -> Sets:
        """The sets when these wishes are carried out."""
        return {**self.now, **{wish.accounts.subject: wish.after(self.now[wish.accounts.subject]) for wish in wishes}}

    def added(self, wish: Wish) -> Sids:
        now = self.now[wish.accounts.subject]
        return wish.after(now) - now

    def logon(self, sets: Sets) -> Logon:
        groups = {**self.groups, GROUP.subject: sets[GROUP.subject]}
        allow, deny = (self.network, sets[NETWORK_DENIED.subject]) if self.nla else (None, None)
        return Logon(sets[ALLOWED.subject], sets[DENIED.subject], allow, deny, groups)

    def questions(self, wishes: t.Sequence[Wish]) -> list[Read]:
        """What must be asked before these wishes can be judged, because nothing so far explains a SID that matters.

        Groups that are denied always; who is allowed only while no enabled local account is known to have a way in.
        """
        after = self.after(wishes)
        if after == self.now:
            return []
        return self.unexplained(after, {sid for subject, now in self.now.items() for sid in now - after[subject]} | self._of_forest(wishes))

    def unexplained(self, sets: Sets, further: t.Collection[str] = ()) -> list[Read]:
        """What must be asked to say who could log on with these sets, also with network level authentication; further: SIDs to be explained."""
        directory, unknown = self.directory, set(further)
        logon = replace(self, nla=True).logon(sets)
        groups = {*sets[DENIED.subject], *sets[NETWORK_DENIED.subject]}
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

    def completed(self, answers: t.Iterable[tuple[Read, t.Any]]) -> Judgement:
        """With the answers to the questions; None is a group that is none."""
        groups, resolved = dict(self.groups), dict(self.directory.resolved)
        for read, value in answers:
            if read.provider == "group":
                groups[read.parameters["group"]] = frozenset(value["members"] if value else ())
            else:
                resolved |= value or {}
        return replace(self, groups=groups, directory=replace(self.directory, resolved=resolved))


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


def judge_who_is_left(judgement: Judgement, wishes: t.Iterable[Wish]) -> list[str]:
    """Warnings. Raises HardeningError where nobody could log on through Remote Desktop afterwards."""
    directory, after = judgement.directory, judgement.after(wishes)
    logon = judgement.logon(after)
    if logon.certain(directory):
        return []
    possible = logon.possible(directory)
    if possible:
        return [
            f"Of those who may log on through Remote Desktop afterwards none is an enabled account of this host. {directory.labels(possible)} "
            "can, but whether such an account is enabled, or such a group has members, cannot be told from here."
        ]
    nla = (
        " Network level authentication is required, so that they need the right to log on over the network as well."
        if judgement.nla
        else ""
    )
    raise HardeningError(
        f"Nothing was changed: nobody could log on through Remote Desktop afterwards. The right would be with "
        f"{directory.labels(logon.allow)}, denied to {directory.labels(logon.deny)}, and no enabled account of this host, nor any of a domain, "
        f"is let in by that.{nla} Name an enabled account, or a group that has one, in allow.accounts or remote_desktop_users.members."
    )


def warn_of_authentication(judgement: Judgement, wishes: t.Iterable[Wish]) -> list[str]:
    """Who would be left once network level authentication is required, where it is not yet."""
    if judgement.nla or _can_log_on(required := replace(judgement, nla=True), after := judgement.after(wishes)):
        return []
    return [
        f"Network level authentication is off. Once it is required, nobody can log on through Remote Desktop: {_without_network(required, after)} "
        "Mend that before it is switched on."
    ]


def judge_authentication(judgement: Judgement) -> list[str]:
    """Warnings of switching network level authentication on. Raises HardeningError where that takes the way in from the last who have it."""
    now, open_to = judgement.now, replace(judgement, nla=False)
    required = replace(judgement, nla=True)
    if _can_log_on(required, now):
        return []
    why = _without_network(required, now)
    if not _can_log_on(open_to, now):
        return [f"Nobody can log on through Remote Desktop, with network level authentication or without it: {why}"]
    raise HardeningError(
        "Nothing was changed: network_level_authentication true would leave nobody who could log on through Remote Desktop: "
        f"{why} Give an enabled account, or a group that has one, both rights first, and take it out of the rights that deny."
    )


def _can_log_on(judgement: Judgement, sets: Sets) -> bool:
    logon = judgement.logon(sets)
    return bool(logon.certain(judgement.directory) or logon.possible(judgement.directory))


def _without_network(judgement: Judgement, sets: Sets) -> str:
    logon, labels = judgement.logon(sets), judgement.directory.labels
    return (
        f"with it an account needs the right to log on over the network too. Remote Desktop is allowed to {labels(logon.allow)}, denied to "
        f"{labels(logon.deny)}; the network is allowed to {labels(judgement.network)}, denied to {labels(sets[NETWORK_DENIED.subject])}; "
        "no enabled account of this host, nor any of a domain, is let in by both."
    )


def refuse_closing_the_way_in(wishes: t.Iterable[Wish], judgement: Judgement, way_in: WayIn, facts: HostFacts) -> None:
    """Raises HardeningError where the connection could not be made again."""
    hit = _hits(NETWORK_DENIED.subject, wishes, judgement, way_in, facts)
    if hit and way_in.transport in (*_NETWORK, None):
        raise HardeningError(
            f"Nothing was changed: {judgement.directory.labels(hit)} would be denied to log on over the network, and {way_in.name}, "
            "which this connection uses, is among them. Connect with an account that is not, or leave the entry out of network_logon.deny or "
            "remote_desktop_users."
        )


def warnings_about_the_way_in(wishes: t.Iterable[Wish], judgement: Judgement, way_in: WayIn, facts: HostFacts) -> list[str]:
    hit = _hits(DENIED.subject, wishes, judgement, way_in, facts)
    if not hit:
        return []
    return [
        f"{way_in.name}, which this connection uses, cannot log on through Remote Desktop any more: that is now denied to "
        f"{judgement.directory.labels(hit)}. The connection itself is another kind of logon and stays possible."
    ]


def _hits(subject: str, wishes: t.Iterable[Wish], judgement: Judgement, way_in: WayIn, facts: HostFacts) -> Sids:
    """What is newly denied to the connection's account: an entry that is a part of it, or a denied group that it becomes a member of."""
    now, after = judgement.now, judgement.after(wishes)
    return (after[subject] & _held(judgement, after, way_in, facts)) - (now[subject] & _held(judgement, now, way_in, facts))


def _held(judgement: Judgement, sets: Sets, way_in: WayIn, facts: HostFacts) -> Sids:
    account = facts.account
    groups = frozenset(account.groups) if account and account.sid == way_in.sid else frozenset()
    members = {**judgement.groups, GROUP.subject: sets[GROUP.subject]}
    return groups | (token(way_in.sid, way_in.local is not None, members) if way_in.sid else frozenset())


def refuse_token_filter(changes: t.Iterable[Change], judgement: Judgement, way_in: WayIn) -> None:
    """Raises HardeningError where the connection's account would come in without its administrator's rights."""
    filtered = any(change.place == TOKEN_FILTER_PLACE.path and change.operation.parameters.get("value") == 0 for change in changes)
    account = way_in.local
    if not filtered or account is None or account.number == ADMINISTRATOR or way_in.transport not in (*_FILTERED, None):
        return
    if ADMINISTRATORS in token(account.sid, True, judgement.groups):
        raise HardeningError(
            f"Nothing was changed: local_account_token_filter_policy false takes the administrator's rights from {way_in.name}, a local "
            "administrator that this connection uses over the network, so that no further run could work. Connect with a domain account, with "
            "the built-in administrator, or by ssh."
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
