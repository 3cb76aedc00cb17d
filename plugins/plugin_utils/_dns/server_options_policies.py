# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of dns_server_options: which lists are looked at, and how their controls stand."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.plan import Change
from .policies import Policy, PolicyList, observed, policies_read, wished
from .policy_kinds import KINDS, QUERY, TRANSFER, PolicyKind
from .rate_limiting_exceptions import RateLimitingExceptions
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


def policy_changes(wishes: Wishes, state: ServerState) -> dict[str, list[Change]]:
    """The changes of each kind that is given, by its option: zone by zone, the server's own first.

    Raises HardeningError where a policy or an exception speaks of what is not there, or will be removed.
    """
    found: dict[str, list[Change]] = {}
    users: list[tuple[str, Policy]] = []
    for kind in KINDS:
        if kind.option in wishes.policies or wishes.removes:
            lists = [one for zone in wishes.zones_of(kind) for one in _lists(kind, zone, wishes, state)]
            changes = [change for one, mine in lists for change in one.changes(mine, wishes.replaces(f"{kind.option}_mode"))]
            users += [(kind.option, policy) for one, _mine in lists for _place, policy in one.places.values()]
            found |= {kind.option: changes} if kind.option in wishes.policies else {}
    _refuse_missing(users, wishes, state)
    return found


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


def judge_policies(option: str, wishes: t.Sequence[t.Mapping[str, t.Any]], changes: bool, draft: PlanDraft) -> None:
    """Of query policies those for recursion serve the control; of those for transfers each that is in force."""
    in_force = [wish["name"] for wish in wishes if wish.get("enabled", True) and (option == TRANSFER.option or wish.get("on_recursion"))]
    kind = TRANSFER if option == TRANSFER.option else QUERY
    if in_force:
        draft.judge((kind.control,), CHANGED if changes else COMPLIANT, f"{option}: {', '.join(in_force)}")
