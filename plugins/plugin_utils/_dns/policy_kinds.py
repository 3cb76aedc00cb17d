# SPDX-License-Identifier: GPL-3.0-or-later
"""The two kinds of policies, and what no server takes of them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .._core.errors import HardeningError
from .criteria import are_weighted, check_criteria, scope_weights
from .server_options_controls import CLIENTS, TRANSFER_CLIENTS
from .server_options_spec import QUERY_CRITERIA, TRANSFER_CRITERIA


@dataclass(frozen=True)
class PolicyKind:
    """option: in the module. noun: of the cmdlets. criteria: option to parameter. more: what else Add- takes."""

    option: str
    noun: str
    criteria: t.Mapping[str, str]
    control: Control
    more: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.control.id,)

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset((*self.criteria.values(), "Action", "Condition", "Disable")) | self.more


_SCOPES = frozenset(("ApplyOnRecursion", "RecursionScope", "ZoneScope"))
QUERY = PolicyKind("query_policies", "DnsServerQueryResolutionPolicy", QUERY_CRITERIA, CLIENTS, _SCOPES)
TRANSFER = PolicyKind("transfer_policies", "DnsServerZoneTransferPolicy", TRANSFER_CRITERIA, TRANSFER_CLIENTS)
KINDS = (QUERY, TRANSFER)


def check_policies(kind: PolicyKind, wishes: t.Sequence[t.Mapping[str, t.Any]]) -> None:
    """Raises HardeningError for policies that contradict each other, or that no server takes."""
    seen: set[tuple[str, str]] = set()
    for wish in wishes:
        key = (wish["name"].lower(), wish.get("zone", "").lower())
        where = f"{kind.option}, {wish['name']}"
        if key in seen:
            raise HardeningError(f"Nothing was changed: {where} is there twice. Give each policy of a zone, or of the server, once.")
        seen.add(key)
        check_criteria(wish, kind.criteria, where)
        problem = _order_problem(wish) or (_action_problem(wish) if kind is QUERY else None)
        if problem:
            raise HardeningError(f"Nothing was changed: {where}: {problem}.")
    _check_orders(kind, wishes)


def _order_problem(wish: t.Mapping[str, t.Any]) -> str | None:
    order = wish.get("processing_order")
    return None if order is None or order >= 1 else f"processing_order is {order}; it counts from 1"


def _action_problem(wish: t.Mapping[str, t.Any]) -> str | None:
    """A policy of the server on queries that come in may only deny or ignore; one of a zone allows with a scope of the zone."""
    zone, recursion, allows = wish.get("zone"), wish.get("on_recursion"), wish["action"] == "allow"
    if zone and (recursion or "recursion_scope" in wish):
        return "one of a zone cannot be for recursion; leave zone out"
    if "zone_scope" in wish and not zone:
        return "zone_scope needs zone"
    if "zone_scope" in wish and not are_weighted(scope_weights(wish["zone_scope"])):
        return f"zone_scope is {wish['zone_scope']!r}; it takes scopes of the zone, each with its weight, such as internal,1;external,3"
    if "recursion_scope" in wish and not recursion:
        return "recursion_scope needs on_recursion"
    if not allows and ("zone_scope" in wish or "recursion_scope" in wish):
        return "one that denies or ignores has no scope to answer from"
    if allows and not zone and not (recursion and "recursion_scope" in wish):
        return "one of the server denies or ignores; it allows only with on_recursion and recursion_scope"
    if allows and zone and "zone_scope" not in wish:
        return "one of a zone that allows needs zone_scope"
    return None


def _check_orders(kind: PolicyKind, wishes: t.Sequence[t.Mapping[str, t.Any]]) -> None:
    taken: dict[tuple[str, bool, int], str] = {}
    for wish in wishes:
        if "processing_order" not in wish:
            continue
        key = (wish.get("zone", "").lower(), bool(wish.get("on_recursion")), wish["processing_order"])
        other = taken.setdefault(key, wish["name"])
        if other != wish["name"]:
            raise HardeningError(f"Nothing was changed: {kind.option}: {other} and {wish['name']} both have processing_order {key[2]}.")
