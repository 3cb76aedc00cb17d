# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of the role for the DNS Server reaches its option: one host for each row, judged by the host's own documents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from behaviour.dns.places import held
from integration.ansible_process import Played, host_variables, play, task_name
from integration.dns_hosts import CONVERGE, PROBE, ROLE, documents
from integration.dns_role_cases import CASES, Case
from lab import Lab, boxes, running
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
# Said by the lab's inventory for every host.
GIVEN_BY_THE_LAB = {"dns_harden_probe_port"}
LOOKS = "throttle_and_a_look"


@dataclass(frozen=True)
class Ran:
    """The run in check mode, the run, and the run once more; each host's documents before the first and after each of them.

    held: what each host has at the places of its row, after the run. turns: the hosts in the order in which requests of the run came.
    """

    checked: Played
    first: Played
    second: Played
    states: Mapping[str, list[Any]]
    held: Mapping[str, Mapping[str, Any]]
    turns: Sequence[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("dns_role")
    hosts = {case.host: boxes.build(case.box, folder / case.host, **case.options) for case in CASES}
    states: dict[str, list[Any]] = {host: [documents(box)] for host, box in hosts.items()}
    with running(hosts, folder=folder / "lab") as lab:
        for case in CASES:
            host_variables(lab, case.host, case.variables)
        checked = run(lab, states, "--check")
        lab.log.reset()
        first = run(lab, states)
        turns = [host for host, _requests in itertools.groupby(entry["host"] for entry in lab.log.read("traffic"))]
        found = {case.host: held(lab.boxes[case.host], case.expected) for case in CASES}
        yield Ran(checked, first, run(lab, states), states, found, turns)


def run(lab: Lab, states: Mapping[str, list[Any]], *more: str) -> Played:
    played = play(lab, ROLE, "--diff", "--forks", "6", *more)
    for host, seen in states.items():
        seen.append(documents(lab.boxes[host]))
    return played


def result(played: Played, case: Case) -> Mapping[str, Any]:
    return played.of(case.host, CONVERGE)


def state_of(played: Played, case: Case) -> str:
    return [entry["state"] for entry in played.results if entry["host"] == case.host and task_name(entry) == CONVERGE][-1]


def by_name(case: Case) -> str:
    return case.host


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_host_holds_what_its_variables_ask_for(ran: Ran, case: Case) -> None:
    assert ran.held[case.host] == case.expected, result(ran.first, case).get("msg")


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_it_fails_and_warns_where_it_should_and_says_why(ran: Ran, case: Case) -> None:
    found = result(ran.first, case)
    told, warned = found.get("msg", ""), " ".join(map(str, found.get("warnings", [])))
    assert state_of(ran.first, case) == ("failed" if case.fails else "ok"), told
    assert [part for part in case.fails if part not in told] == [], told
    assert [part for part in case.warns if part not in warned] == [], warned


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_check_mode_says_what_the_run_does_and_writes_nothing(ran: Ran, case: Case) -> None:
    checked, first = result(ran.checked, case), result(ran.first, case)
    parts = ("diff", "changes", "controls", "overrides", "reboot_required", "changed", "msg")
    assert {part: checked.get(part) for part in parts} == {part: first.get(part) for part in parts}
    before, after_check, after, _again = ran.states[case.host]
    assert after_check == before
    assert (after == before) is not first["changed"]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_second_run_changes_nothing(ran: Ran, case: Case) -> None:
    again = result(ran.second, case)
    assert (again["changed"], again.get("changes", []), again.get("journal", [])) == (False, [], [])
    assert ran.states[case.host][3] == ran.states[case.host][2]


def test_every_variable_of_the_role_has_a_row() -> None:
    specification = yaml.safe_load((ROOT / "roles/dns_harden/meta/argument_specs.yml").read_text("utf-8"))
    variables = specification["argument_specs"]["main"]["options"].keys()
    assert variables - {name for case in CASES for name in case.variables} == GIVEN_BY_THE_LAB


def test_one_host_is_changed_after_the_other(ran: Ran) -> None:
    """So that the others answer while one restarts its service."""
    assert len(ran.turns) == len(set(ran.turns)) == len(CASES)


def test_services_restart_when_told(ran: Ran) -> None:
    found = {case.host: result(ran.first, case).get("restarts") for case in CASES if case.host in ("competition", "restart")}
    assert found == {
        "competition": [{"service": "DNS", "state": "restarted"}],
        "restart": [{"service": "DNS", "state": "not in force yet"}],
    }


def test_it_looks_from_outside_only_where_it_is_told_to(ran: Ran) -> None:
    looked = {entry["host"] for entry in ran.first.results if task_name(entry) == PROBE and "verdicts" in entry["result"]}
    assert looked == {LOOKS}
    seen = {one["id"]: one["verdict"] for one in ran.first.of(LOOKS, PROBE)["verdicts"]}
    assert (seen["HW-DNS-PROBE-01"], seen["HW-DNS-PROBE-06"]) == ("pass", "not_tested")
    assert ran.first.of(LOOKS, PROBE)["recursion"]["name"].rstrip(".") == "www.outside.test"


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    printed = (ran.checked.output + ran.first.output + ran.second.output).splitlines()
    assert [line for line in printed if "Traceback" in line] == []
