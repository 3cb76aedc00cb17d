# SPDX-License-Identifier: GPL-3.0-or-later
"""What policies and exceptions speak of must be there: zones, client subnets, recursion scopes. Said before anything is written."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .criteria import meaning
from .policies import Policy, policies_read
from .policy_kinds import PolicyKind
from .requests import Record
from .server_state import ServerState

SUBNETS, SCOPES = "DnsServerClientSubnet", "DnsServerRecursionScope"
_WORDS = {SUBNETS: "client subnet", SCOPES: "recursion scope"}
# DNS_ERROR_ZONE_DOES_NOT_EXIST, 9601
_NO_ZONE = "0x80072581"

Entries = t.Sequence[t.Mapping[str, t.Any]]


def refuse_unknown_zone(kind: PolicyKind, zone: str | None, state: ServerState) -> None:
    """Raises HardeningError for a zone that the server does not have; its getter says so, and means no policy without a zone."""
    failure = state.observations[policies_read(kind, zone)].failure
    if zone and failure and failure.hresult == _NO_ZONE:
        raise HardeningError(f"Nothing was changed: {kind.option} names the zone {zone}, which the server does not have.")


def subnets_in(text: t.Any) -> set[str]:
    """The names in a criterion about client subnets."""
    return {name for _word, names in meaning(text) for name in names}


def final_names(noun: str, wishes: Entries | None, replaces: bool, state: ServerState) -> set[str]:
    """The names that will be there."""
    wanted = {str(wish["name"]).lower() for wish in wishes or ()}
    if wishes is not None and replaces:
        return wanted | {"."}
    return wanted | {"."} | {str(found["Name"]).lower() for found in state.items(noun)}


def refuse_missing(noun: str, users: t.Iterable[tuple[str, t.Iterable[str]]], there: set[str]) -> None:
    """users: what speaks of entries, and of which. Raises HardeningError where one of them will not be there."""
    for user, names in users:
        missing = sorted(set(names) - there)
        if missing:
            raise HardeningError(
                f"Nothing was changed: {user} uses the {_WORDS[noun]} {', '.join(missing)}, which is not there, or would be removed. Give it, or "
                "take it out of what uses it."
            )


def policy_subnets(option: str, policy: Policy) -> tuple[str, set[str]]:
    """The policy and the client subnets it uses."""
    return f"{option}, {policy.name},", subnets_in(policy.parameters.get("ClientSubnet"))


def policy_scope(option: str, policy: Policy) -> tuple[str, set[str]]:
    """The policy and the recursion scope it uses."""
    return f"{option}, {policy.name},", {str(policy.parameters.get("RecursionScope") or ".").lower()}


def exception_users(option: str, exceptions: Entries | t.Sequence[Record], name: str, criterion: str) -> list[tuple[str, set[str]]]:
    return [(f"{option}, {one[name]},", subnets_in(one.get(criterion))) for one in exceptions]
