# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies and criteria: compared by meaning, and placed so that a second run finds nothing to do, whatever the server does with gaps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.criteria import meaning, plain
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.policies import Policy, PolicyList, observed, wished
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.policy_kinds import QUERY, check_policies

NAMES = ("a", "b", "c", "d", "e")


def record(name: str, order: int, **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Action": "Deny",
        "AppliesOn": "QueryProcessing",
        "Condition": "And",
        "IsEnabled": True,
        "ProcessingOrder": order,
        "Criteria.CriteriaType": ["Fqdn"],
        "Criteria.Criteria": [f"EQ,*.{name}.example"],
        "Content.ScopeName": [],
        "Content.Weight": [],
        **more,
    }


def wish(name: str, order: int | None = None, **more: Any) -> dict[str, Any]:
    found = {"name": name, "action": "deny", "condition": "and", "enabled": True, "fqdn": f"EQ,*.{name}.example", **more}
    return found | ({"processing_order": order} if order else {})


class Server:
    """What Windows does with places: adding shifts those behind it; removing closes the gap or leaves it."""

    def __init__(self, names: list[str], closes_gaps: bool) -> None:
        self.places = {name: number for number, name in enumerate(names, start=1)}
        self.closes_gaps = closes_gaps

    def records(self) -> list[dict[str, Any]]:
        return [record(name, number) for name, number in self.places.items()]

    def perform(self, change: Change, undo: bool = False) -> None:
        given = (change.undo if undo else change.operation).parameters
        name = given["parameters"]["Name"]
        if given["cmdlet"].startswith("Remove-"):
            gone = self.places.pop(name)
            self.places = {one: number - (self.closes_gaps and number > gone) for one, number in self.places.items()}
            return
        place = given["parameters"]["ProcessingOrder"]
        assert 1 <= place <= max(self.places.values(), default=0) + 1, "there is no such place"
        assert name not in self.places
        taken = place in self.places.values()
        self.places = {one: number + (taken and number >= place) for one, number in self.places.items()}
        self.places[name] = place

    @property
    def order(self) -> list[str]:
        return sorted(self.places, key=lambda name: self.places[name])


def changes(server: Server, wishes: list[dict[str, Any]], replace: bool = False) -> list[Change]:
    listed = PolicyList.of(QUERY, None, [observed(one) for one in server.records()])
    return listed.changes([wished(QUERY, one) for one in wishes], replace)


@given(
    present=st.lists(st.sampled_from(NAMES), unique=True),
    wanted=st.permutations(NAMES),
    count=st.integers(0, 5),
    replace=st.booleans(),
)
def test_a_run_places_what_is_wanted_and_the_next_changes_nothing(present: list[str], wanted: list[str], count: int, replace: bool) -> None:
    """Wanted places are the first ones, so that they can be had whatever else is there."""
    server = Server(present, closes_gaps=True)
    wishes = [wish(name, number) for number, name in enumerate(wanted[:count], start=1)]
    made = changes(server, wishes, replace)
    before = server.order
    for change in made:
        server.perform(change)
    assert server.order[:count] == wanted[:count]
    assert changes(server, wishes, replace) == []
    for change in reversed(made):
        server.perform(change, undo=True)
    assert server.order == before


@given(present=st.lists(st.sampled_from(NAMES), unique=True), name=st.sampled_from(NAMES))
def test_one_that_is_only_wanted_to_be_there_converges_with_gaps_too(present: list[str], name: str) -> None:
    server = Server(present, closes_gaps=False)
    for change in changes(server, [wish(name)]):
        server.perform(change)
    assert changes(server, [wish(name)]) == []


def test_a_place_that_a_removal_took_away_is_behind_a_gap() -> None:
    """Of a, b and c without b, c is the second, and there is no third place."""
    with pytest.raises(HardeningError, match="processing_order is 3, but the last place is 2"):
        changes(Server(["a", "b", "c"], closes_gaps=True), [wish("a", 1), wish("c", 3)], replace=True)
    assert changes(Server(["a", "c"], closes_gaps=True), [wish("a", 1), wish("c", 2)], replace=True) == []


def test_a_place_behind_a_gap_is_refused() -> None:
    with pytest.raises(HardeningError, match="the last place is 2"):
        changes(Server(["a"], True), [wish("b", 4)])


def test_what_is_not_known_here_is_never_removed() -> None:
    odd = observed(record("a", 1) | {"Criteria.CriteriaType": ["Ecs"]})
    with pytest.raises(HardeningError, match="Ecs"):
        PolicyList.of(QUERY, None, [odd]).changes([], replace=True)


def test_a_policy_of_a_zone_is_put_back_with_its_scopes() -> None:
    found = observed(record("a", 1) | {"Action": "Allow", "Content.ScopeName": ["in", "out"], "Content.Weight": [3, 1], "IsEnabled": False})
    (gone,) = PolicyList.of(QUERY, "shop.example", [found]).changes([], replace=True)
    assert gone.undo.parameters["parameters"] == {
        "Name": "a",
        "ZoneName": "shop.example",
        "Fqdn": "EQ,*.a.example",
        "Action": "ALLOW",
        "Condition": "AND",
        "Disable": True,
        "ZoneScope": "in,3;out,1",
        "ProcessingOrder": 1,
    }
    same = wished(QUERY, {**wish("a"), "action": "allow", "enabled": False, "zone_scope": "OUT,1;in,3"})
    assert same.text == found.text


def test_a_policy_for_recursion_is_told_from_the_others() -> None:
    found = observed(record("a", 1, AppliesOn="Recursion", Action="Allow", **{"Content.ScopeName": ["in"], "Content.Weight": [1]}))
    assert isinstance(found, Policy)
    assert (found.on_recursion, found.parameters["RecursionScope"]) == (True, "in")
    assert found.text == wished(QUERY, {**wish("a"), "action": "allow", "on_recursion": True, "recursion_scope": "in"}).text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("EQ,a,b;NE,c", "NE,C;EQ,B,A", True),
        ("EQ,*.example.com.", "EQ,*.EXAMPLE.com", True),
        ("EQ, 10.0.0.4", "EQ,10.0.0.4", True),
        ("EQ,2001:DB8:0::1", "EQ,2001:db8::1", True),
        ("EQ,a", "NE,a", False),
        ("EQ,a,b", "EQ,a", False),
        (None, "", True),
    ],
)
def test_criteria_compare_by_meaning(one: str | None, other: str | None, same: bool) -> None:
    assert (meaning(one) == meaning(other)) is same
    assert (plain(one) == plain(other)) is same


def test_orders_of_recursion_and_of_queries_that_come_in_count_apart() -> None:
    recursion = wish("b", 1, on_recursion=True, recursion_scope="in", action="allow")
    check_policies(QUERY, [wish("a", 1), recursion, wish("c", 1, zone="shop.example")])
    with pytest.raises(HardeningError, match="both have processing_order 1"):
        check_policies(QUERY, [wish("a", 1), wish("b", 1)])
