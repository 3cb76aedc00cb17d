# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an entry that a run added is still the entry that it added, and not only one of its name.

What takes an entry back knows it by its name. What somebody gave that name since is theirs, and is not taken away.
"""

from __future__ import annotations

from .._core.observation import Observations
from .._core.operations import Operation, Read
from .addresses import normal
from .client_subnets import ClientSubnets
from .policies import added, observed, policies_read
from .policy_kinds import KINDS
from .rate_limiting_exceptions import RateLimitingExceptions
from .recursion_scopes import RecursionScopes
from .requests import Record, entry_call, listed, objects
from .root_hints_observed import HINTS_READ, NAME, V4, V6

_ENTRIES = {kind.noun: kind for kind in (ClientSubnets(), RecursionScopes(), RateLimitingExceptions())}
_POLICIES = {kind.noun: kind for kind in KINDS}
_HINT = "DnsServerRootHint"


def whole_reads(operation: Operation) -> list[Read]:
    """What shows all of the entry that this operation adds; nothing where it adds none, or one that is known by all it has."""
    noun = _added_noun(operation)
    if noun in _POLICIES:
        return [policies_read(_POLICIES[noun], operation.parameters["parameters"].get("ZoneName"))]
    return [_ENTRIES[noun].read] if noun in _ENTRIES else [HINTS_READ] if noun == _HINT else []


def as_added(operation: Operation, observations: Observations) -> bool:
    """Whether one of the entries of that name has what this operation gave it; true of every operation that adds none."""
    reads = whole_reads(operation)
    if not reads:
        return True
    noun, given = _added_noun(operation), operation.parameters["parameters"]
    identity = NAME if noun == _HINT else "Name"
    name = str(given["NameServer" if noun == _HINT else "Name"]).lower()
    found = [one for one in objects(observations, reads[0]) if str(one.get(identity)).lower() == name]
    return any(_is_same(noun, given, one) for one in found)


def _is_same(noun: str, given: Record, found: Record) -> bool:
    if noun in _POLICIES:
        return added(given).text == observed(found).text
    if noun == _HINT:
        there = {normal(one) for family in (V4, V6) for one in listed(found.get(family))}
        return there == {normal(one) for one in listed(given.get("IPAddress"))}
    return _ENTRIES[noun].found_texts(given) == _ENTRIES[noun].found_texts(found)


def _added_noun(operation: Operation) -> str:
    verb, noun = entry_call(operation)
    return noun if verb == "Add" else ""
