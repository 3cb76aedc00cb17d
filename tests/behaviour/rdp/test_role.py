# SPDX-License-Identifier: GPL-3.0-or-later
"""The role rdp_harden as a whole: what it makes of a new server, on every kind of host, in what order, in how many trips.

What is right was written down by hand, in expected/*.yml.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough, refused_by_the_controller
from behaviour.rdp.checks import assert_converges, assert_refused, changed, state
from behaviour.rdp.places import said
from behaviour.rdp.reach import reachable
from behaviour.rdp.role import DOMAIN_BOXES, PORT, expected, hardening
from behaviour.role_options import PROFILES
from lab import boxes
from lab.box import Box

BOXES = (
    "default2016",
    "default2019",
    "default2022",
    "default2025",
    "german2022",
    "domain_controller",
    "under_policy",
    "active_sessions",
)
# what stands at the end of a run that could not do everything
REASONS = {"domain_controller": "This host is a domain controller", "under_policy": "from Servers"}
# bytes of a request, as JSON: twice what they were when this was written
READ_SIZE, APPLY_SIZE = 6_000, 36_000


# -- the expected state ---------------------------------------------------------------------------------


@python_is_enough(lambda parameters: parameters["profile"] not in ("baseline", "cis"))
@pytest.mark.parametrize("profile", PROFILES)
def test_the_server_is_the_expected_one(host: Host, profile: str) -> None:
    before = state(host.box)

    result = host.converge(hardening(profile))

    assert "failed" not in result
    wanted = said(expected(profile))
    after = state(host.box)
    assert {place: after.get(place) for place in wanted} == wanted
    assert changed(before, after) <= set(wanted), "something else changed"


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
def test_the_expected_state_is_not_what_the_server_has_already(host: Host, profile: str) -> None:
    """A place that is right before the run proves nothing; the others are most of them."""
    before, wanted = state(host.box), said(expected(profile))
    wrong = [place for place, value in wanted.items() if before.get(place) != value]
    assert len(wrong) > len(wanted) * 2 / 3


# -- every box ------------------------------------------------------------------------------------------


def unsampled(parameters: Mapping[str, Any]) -> bool:
    return (parameters["name"], parameters["profile"]) not in (("default2016", "baseline"), ("german2022", "baseline"))


@python_is_enough(unsampled)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", BOXES)
def test_check_mode_run_and_second_run_agree(host_of: Callable[[Box], Host], tmp_path: Path, name: str, profile: str) -> None:
    host = host_of(boxes.build(name, tmp_path / "box"))

    result = assert_converges(host, hardening(profile, name))

    assert result["changed"]
    assert bool(result.get("failed")) == (name in DOMAIN_BOXES), result.get("msg")
    if name in DOMAIN_BOXES:
        assert REASONS[name] in result["msg"]
        assert result["overrides"]
    if name == "active_sessions":
        assert "RDP-Tcp#0" in (host.box.folder / "sessions.txt").read_text("utf-8")


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", DOMAIN_BOXES)
def test_what_a_domain_owns_is_only_reported_when_asked(host_of: Callable[[Box], Host], tmp_path: Path, name: str, profile: str) -> None:
    strict = host_of(boxes.build(name, tmp_path / "strict"))
    failed = strict.converge(hardening(profile, name))
    host = host_of(boxes.build(name, tmp_path / "box"))

    result = host.converge(hardening(profile, name, on_override="report"))

    assert "failed" not in result
    assert any(REASONS[name] in warning for warning in result["warnings"])
    assert result["overrides"] == failed["overrides"]
    assert state(host.box) == state(strict.box)


# -- resources that disagree, and their order -----------------------------------------------------------

CONTRADICTIONS: dict[str, tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "the port": ("rdp_listener", {"port": 33890}, {"port": 33891}, ("PortNumber", "33890", "33891")),
    "the security layer": ("rdp_security_layer", {"security_layer": "ssl"}, {"security_layer": "negotiate"}, ("SecurityLayer",)),
    "different scopes": (
        "rdp_security_layer",
        {"security_layer": "ssl", "scope": "policy"},
        {"security_layer": "negotiate", "scope": "local"},
        ("security_layer",),
    ),
    "the scheme and its policy": (
        "power_policy",
        {"sleep_after": {"ac": 0}},
        {"sleep_after": {"ac": 10}, "scope": "policy"},
        ("sleep_after.ac",),
    ),
}


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_two_resources_that_disagree_change_nothing(host: Host, case: str) -> None:
    name, one, other, parts = CONTRADICTIONS[case]
    both = [{name: one}, {name: other}, {"account_policy": {"minimum_password_length": 12}}]
    assert_refused(host, both, "Nothing was changed: ", "disagree", *parts)


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_two_resources_that_agree_are_one(host: Host, case: str) -> None:
    name, _one, other, _parts = CONTRADICTIONS[case]
    once = host.converge([{name: other}], check=True)
    assert once["changes"]
    assert host.converge([{name: other}, {name: other}], check=True)["changes"] == once["changes"]


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
def test_the_order_of_resources_does_not_matter(host_of: Callable[[Box], Host], tmp_path: Path, profile: str) -> None:
    resources = hardening(profile, listener={"port": PORT})
    orders = (resources, resources[::-1], resources[3:] + resources[:3], sorted(resources, key=lambda one: next(iter(one))))
    found = []
    for number, order in enumerate(orders):
        host = host_of(boxes.build("default2022", tmp_path / str(number)))
        assert "failed" not in host.converge(order)
        found.append(state(host.box))
    assert all(one == other for one, other in itertools.pairwise(found))


# -- trips and sizes ------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
def test_trips_and_the_size_of_what_is_sent(host: Host, profile: str) -> None:
    port = {"listener": {"port": PORT}}
    trips = [host.converge(hardening(profile))["round_trips"] for _ in range(2)]
    moved = host.converge(hardening(profile, **port))
    trips += [moved["round_trips"], host.converge(hardening(profile, **port))["round_trips"]]

    assert trips == [2, 1, 3, 1]
    assert len(host.requests) == sum(trips)
    assert reachable(host.box) == {PORT}
    sizes = {(request["operation"], len(json.dumps(request).encode())) for request in host.requests}
    assert all(size < (READ_SIZE if operation == "read" else APPLY_SIZE) for operation, size in sizes), sizes


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
def test_hardening_and_the_move_of_the_port_in_one_run(host: Host, profile: str) -> None:
    result = assert_converges(host, hardening(profile, listener={"port": PORT}), trips=3)
    assert "failed" not in result
    assert reachable(host.box) == {PORT}
    wanted = said(expected(profile))
    after = state(host.box)
    assert {place: after.get(place) for place in wanted} == wanted
