# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of dns_server_options: which lists are looked at, and how their controls stand."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.plan import Change
from .policies import Policy, PolicyList, observed, policies_read, wished
from .policy_kinds import KINDS, QUERY, TRANSFER
from .requests import objects
from .server_options_wishes import Wishes, zone_of
from .server_state import ServerState


def policy_changes(wishes: Wishes, options: t.Mapping[str, t.Any], state: ServerState) -> dict[str, list[Change]]:
    """The changes of each kind that is given, by its option: zone by zone, the server's own first."""
    found: dict[str, list[Change]] = {}
    for kind in KINDS:
        if kind.option not in wishes.policies:
            continue
        replaces = options.get(f"{kind.option}_mode") == "replace"
        changes = found.setdefault(kind.option, [])
        for zone in wishes.zones_of(kind):
            present = [observed(one) for one in objects(state.observations, policies_read(kind, zone))]
            mine = [wished(kind, wish) for wish in wishes.policies[kind.option] if zone_of(wish) == zone]
            _refuse_turning(kind.option, mine, present)
            for recursion in (False, True):
                here = PolicyList.of(kind, zone, (one for one in present if one.on_recursion is recursion))
                changes += here.changes([one for one in mine if one.on_recursion is recursion], replaces)
    return found


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
