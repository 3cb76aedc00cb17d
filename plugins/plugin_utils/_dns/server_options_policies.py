# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of dns_server_options: which lists are looked at, and how their controls stand."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.plan import ABSENT, Change
from .client_subnets import networks_after
from .policies import Policy, PolicyList, observed, policies_read, target_of, wished
from .policy_kinds import KINDS, QUERY, TRANSFER, PolicyKind
from .policy_loss import Policies, Recursion, refuse_recursion_loss, refuse_silence
from .rate_limiting_exceptions import RateLimitingExceptions
from .recursion_loss import own_resolvers
from .recursion_scopes import DEFAULT, recursing
from .references import (
    SCOPES,
    SUBNETS,
    exception_users,
    final_names,
    policy_scope,
    policy_subnets,
    refuse_missing,
    refuse_unknown_zone,
)
from .requests import objects
from .server_options_wishes import Wishes, zone_of
from .server_state import ServerState
from .setting import PLACE

Lists = t.Sequence[t.Sequence[Policy]]


def policy_changes(wishes: Wishes, state: ServerState, allowed: t.Mapping[str, t.Any]) -> dict[str, list[Change]]:
    """The changes of each kind that is given, by its option: zone by zone, the server's own first. allowed: by the option that allows a loss.

    Raises HardeningError where a policy or an exception speaks of what is not there, or will be removed, and where one would leave the host
    itself without an answer that it gets now, and that is not allowed.
    """
    found: dict[str, list[Change]] = {}
    users: list[tuple[str, Policy]] = []
    for kind in KINDS:
        if wishes.looks_at(kind):
            lists = [one for zone in wishes.zones_of(kind) for one in _lists(kind, zone, wishes, state)]
            before = [one.in_order for one, _mine in lists]
            changes = [change for one, mine in lists for change in one.changes(mine, wishes.replaces(f"{kind.option}_mode"))]
            users += [(kind.option, policy) for one, _mine in lists for policy in one.in_order]
            found |= {kind.option: changes} if kind.option in wishes.policies else {}
            if kind is QUERY:
                _refuse_loss(before, [one for one, _mine in lists], wishes, state, allowed)
    _refuse_missing(users, wishes, state)
    return found


def _refuse_loss(before: Lists, lists: t.Sequence[PolicyList], wishes: Wishes, state: ServerState, allowed: t.Mapping[str, t.Any]) -> None:
    """before: of each of the lists. The server's own come first: the one for queries that come in, and the one for recursion."""
    present, own = state.items(SUBNETS), own_resolvers(state)
    was, will = networks_after((), present, False), networks_after(wishes.subnets or (), present, wishes.replaces("client_subnets_mode"))
    pairs = [(Policies(earlier, was), Policies(one.in_order, will)) for earlier, one in zip(before, lists, strict=True)]
    incoming, on_recursion, *of_zones = pairs
    if not allowed.get("allow_address_loss"):
        for (earlier, later), one in zip((incoming, *of_zones), (lists[0], *lists[2:]), strict=True):
            refuse_silence(earlier, later, own, one.zone)
    if not allowed.get("allow_recursion_loss"):
        refuse_recursion_loss(*_recursion(*on_recursion, wishes, state), own)


def _recursion(earlier: Policies, later: Policies, wishes: Wishes, state: ServerState) -> tuple[Recursion, Recursion]:
    """Before and after. Whether recursion may be switched off where no policy chooses is judged by itself (recursion_loss)."""
    present = state.items(SCOPES)
    was = recursing((), present)
    return Recursion(earlier, was), Recursion(
        later, recursing(wishes.scopes or (), present) | {DEFAULT: was.get(DEFAULT, True) or bool(wishes.switched)}
    )


def _lists(kind: PolicyKind, zone: str | None, wishes: Wishes, state: ServerState) -> list[tuple[PolicyList, list[Policy]]]:
    """What is there and what is wanted of a zone, or of the server: for queries that come in, and for recursion."""
    refuse_unknown_zone(kind, zone, state)
    present = [observed(one) for one in objects(state.observations, policies_read(kind, zone))]
    mine = [wished(kind, wish) for wish in wishes.policies.get(kind.option, ()) if zone_of(wish) == zone]
    _refuse_turning(kind.option, mine, present)
    return [
        (
            PolicyList.of(kind, zone, (one for one in present if one.on_recursion is recursion)),
            [one for one in mine if one.on_recursion is recursion],
        )
        for recursion in (False, True)
    ]


def _refuse_missing(users: t.Sequence[tuple[str, Policy]], wishes: Wishes, state: ServerState) -> None:
    limiting = RateLimitingExceptions
    if wishes.uses_subnets:
        there = final_names(SUBNETS, wishes.subnets, wishes.replaces("client_subnets_mode"), state)
        refuse_missing(SUBNETS, [policy_subnets(option, policy) for option, policy in users], there)
        refuse_missing(SUBNETS, exception_users(limiting.option, wishes.exceptions or (), "name", "client_subnet"), there)
    if wishes.removes and wishes.exceptions is None:
        refuse_missing(SUBNETS, exception_users(limiting.option, state.items(limiting.noun), "Name", "ClientSubnet"), there)
    if wishes.uses_scopes:
        there = final_names(SCOPES, wishes.scopes, wishes.replaces("recursion.scopes_mode"), state)
        refuse_missing(SCOPES, [policy_scope(option, policy) for option, policy in users], there)


def _refuse_turning(option: str, wishes: t.Sequence[Policy], present: t.Sequence[Policy]) -> None:
    """Raises HardeningError where a policy of the same name is for the other kind of queries: there is one of a name."""
    turned = {one.key for one in wishes if any(one.key == other.key and one.on_recursion != other.on_recursion for other in present)}
    if turned:
        raise HardeningError(
            f"Nothing was changed: {option}: {', '.join(sorted(turned))} is there with the other value of on_recursion. Give the new one another name, or "
            "remove that one first."
        )


def judge_policies(option: str, wishes: t.Sequence[t.Mapping[str, t.Any]], changes: t.Sequence[Change], draft: PlanDraft) -> None:
    """Of query policies those for recursion serve the control; of those for transfers each that is in force."""
    kind = TRANSFER if option == TRANSFER.option else QUERY
    wanted = dict(_wanted(kind, wish) for wish in wishes)
    # one that goes and comes back at once is wanted, not absent
    gone = {change.path: ABSENT for change in changes if change.after == ABSENT}
    draft.wanted += (gone | wanted).items()
    in_force = [wish["name"] for wish in wishes if wish.get("enabled", True) and (option == TRANSFER.option or wish.get("on_recursion"))]
    if in_force:
        draft.judge((kind.control,), CHANGED if changes else COMPLIANT, f"{option}: {', '.join(in_force)}")


def _wanted(kind: PolicyKind, wish: t.Mapping[str, t.Any]) -> tuple[str, str]:
    policy = wished(kind, wish)
    place = "" if policy.order is None else f", order {policy.order}"
    return f"{PLACE}: {target_of(kind, zone_of(wish), policy)}", policy.text + place
