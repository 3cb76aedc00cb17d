# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed rights, groups and settings do to the account that the connection logs on with."""

from __future__ import annotations

from .._core.facts import HostFacts
from .._core.well_known import ADMINISTRATORS
from .access_judgement import Judgement
from .accounts import ADMINISTRATOR, WayIn
from .logon import Sids, token
from .rdp_access_table import DENIED, NETWORK_DENIED

# Transports whose logon is one over the network (type 3); a transport that is not known is taken for one.
_NETWORK = ("winrm", "psrp", "ssh")
# Those of them where Windows filters the token of a local administrator (Microsoft's KB951016).
_FILTERED = ("winrm", "psrp")


def network_is_closed(before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> str | None:
    """Why the connection could not be made again, as the beginning of a sentence; None where it could."""
    if way_in.transport not in (*_NETWORK, None):
        return None
    hit = _hits(NETWORK_DENIED.subject, before, after, way_in, facts)
    if hit:
        return (
            f"{before.directory.labels(hit)} would be denied to log on over the network, and {way_in.name}, which this connection uses, is "
            "among them"
        )
    if _holds_network(before, before, way_in, facts) and not _holds_network(before, after, way_in, facts):
        return (
            f"{way_in.name}, which this connection uses, would lose the right to log on over the network, which would be with "
            f"{after.directory.labels(after.network)}"
        )
    return None


def warnings_about_the_way_in(before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> list[str]:
    hit = _hits(DENIED.subject, before, after, way_in, facts)
    if not hit:
        return []
    return [
        f"{way_in.name}, which this connection uses, cannot log on through Remote Desktop any more: that is now denied to "
        f"{before.directory.labels(hit)}. The connection itself is another kind of logon and stays possible."
    ]


def is_filtered(judgement: Judgement, way_in: WayIn) -> str | None:
    """Why a filtered token for local administrators would make the connection useless, as a part of a sentence; None where it would not."""
    account = way_in.local
    if account is None or account.number == ADMINISTRATOR or way_in.transport not in (*_FILTERED, None):
        return None
    if ADMINISTRATORS in token(account.sid, True, judgement.members):
        return (
            f"takes the administrator's rights from {way_in.name}, a local administrator that this connection uses over the network, so that "
            "no further run could work"
        )
    return None


def _hits(subject: str, before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> Sids:
    """What is newly denied to the connection's account: an entry that is a part of it, or a denied group that it becomes a member of."""
    return (after.now[subject] & _held(before, after, way_in, facts)) - (before.now[subject] & _held(before, before, way_in, facts))


def _holds_network(before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> bool:
    return bool(way_in.sid and after.network & _held(before, after, way_in, facts))


def _held(before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> Sids:
    """Everything that the account is: what its session says of it, without the groups that it leaves, and what membership makes it."""
    account = facts.account
    said = frozenset(account.groups) if account and account.sid == way_in.sid else frozenset()
    return (said - (_token(before, way_in) - _token(after, way_in))) | _token(after, way_in)


def _token(judgement: Judgement, way_in: WayIn) -> Sids:
    return token(way_in.sid, way_in.local is not None, judgement.members) if way_in.sid else frozenset()
