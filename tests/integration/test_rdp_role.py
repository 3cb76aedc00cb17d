# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of the role for Remote Desktop reaches its option: one host for each row, judged by the host's own documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from behaviour.rdp.checks import changed, lasting, state
from integration.ansible_process import Played, host_variables, play, task_name
from integration.rdp_hosts import CONVERGE, PROBE, ROLE, build
from integration.rdp_role_cases import CASES, Case
from lab import Lab, running
from lab.box import Box
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
State = Mapping[str, str]


@dataclass(frozen=True)
class Ran:
    """The run in check mode, the run, and the run once more; each host's state before the first and after each of them."""

    checked: Played
    first: Played
    second: Played
    states: Mapping[str, list[State]]


def prepared(case: Case, folder: Path) -> Box:
    box = build(case.box, folder, certificates=case.certificates, **({"rdp_port": case.port} if case.port else {}))
    registry = box.registry
    for key, values in case.before.items():
        registry["HKLM"].setdefault(key.removeprefix("HKLM\\"), {}).update(values)
    box.write_json("registry", registry)
    return box


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("rdp_role")
    hosts = {case.host: prepared(case, folder / case.host) for case in CASES}
    states = {host: [state(box)] for host, box in hosts.items()}
    with running(hosts, folder=folder / "lab") as lab:
        for case in CASES:
            host_variables(lab, case.host, case.variables)
        yield Ran(*(run(lab, states, *more) for more in (["--check"], [], [])), states)


def run(lab: Lab, states: Mapping[str, list[State]], *more: str) -> Played:
    played = play(lab, ROLE, "--diff", "--forks", "6", *more)
    for host, seen in states.items():
        seen.append(state(lab.boxes[host]))
    return played


def result(played: Played, case: Case) -> Mapping[str, Any]:
    return played.of(case.host, CONVERGE)


def state_of(played: Played, case: Case) -> str:
    return [entry["state"] for entry in played.results if entry["host"] == case.host and task_name(entry) == CONVERGE][-1]


def by_name(case: Case) -> str:
    return case.host


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_host_holds_what_its_variables_ask_for(ran: Ran, case: Case) -> None:
    after = ran.states[case.host][2]
    assert {place: after.get(place.lower()) for place in case.expected} == case.expected, result(ran.first, case).get("msg")


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_exactly_what_the_result_says_was_changed(ran: Ran, case: Case) -> None:
    before, _checked, after, _again = ran.states[case.host]
    assert changed(before, after) == lasting(result(ran.first, case).get("changes", []))


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_it_fails_where_it_should_and_says_why(ran: Ran, case: Case) -> None:
    told = result(ran.first, case).get("msg", "")
    assert state_of(ran.first, case) == ("failed" if case.fails else "ok"), told
    assert [part for part in case.fails if part not in told] == [], told


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_it_warns_where_it_should(ran: Ran, case: Case) -> None:
    told = " ".join(map(str, result(ran.first, case).get("warnings", [])))
    assert [part for part in case.warns if part not in told] == [], told


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_check_mode_says_what_the_run_does_and_writes_nothing(ran: Ran, case: Case) -> None:
    checked, first = result(ran.checked, case), result(ran.first, case)
    parts = ("diff", "changes", "controls", "overrides", "reboot_required")
    assert {part: checked.get(part) for part in parts} == {part: first.get(part) for part in parts}
    assert (first.get("diff") in (None, [])) is case.refused
    assert ran.states[case.host][1] == ran.states[case.host][0]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_second_run_changes_nothing(ran: Ran, case: Case) -> None:
    again = result(ran.second, case)
    assert (again["changed"], again.get("changes", []), again.get("journal", [])) == (False, [], [])
    assert ran.states[case.host][3] == ran.states[case.host][2]


def test_every_variable_of_the_role_has_a_row() -> None:
    specification = yaml.safe_load((ROOT / "roles/rdp_harden/meta/argument_specs.yml").read_text("utf-8"))
    variables = specification["argument_specs"]["main"]["options"].keys()
    assert variables - {name for case in CASES for name in case.variables} == set()


@pytest.mark.parametrize(("host", "verdicts"), [("the_port", ("fail", "pass", "fail")), ("probed", ("pass", "pass", "pass"))])
def test_a_look_from_outside_gives_verdicts(ran: Ran, host: str, verdicts: tuple[str, ...]) -> None:
    """Of the whole, of network level authentication, and of the versions of TLS, which only the profile baseline changed."""
    seen = {one["id"]: one["verdict"] for one in ran.first.of(host, PROBE)["verdicts"]}
    assert tuple(seen[f"HW-RDP-PROBE-{number}"] for number in ("01", "02", "05")) == verdicts


def test_nobody_looks_unless_told_to(ran: Ran) -> None:
    looked = {entry["host"] for entry in ran.first.results if task_name(entry) == PROBE and "verdicts" in entry["result"]}
    assert looked == {"the_port", "probed"}


@pytest.mark.parametrize(("host", "when"), [("restart", "not in force yet"), ("disconnect_sessions", "restarted")])
def test_services_restart_when_told(ran: Ran, host: str, when: str) -> None:
    assert ran.first.of(host, CONVERGE)["restarts"] == [{"service": "TermService", "state": when}]


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    printed = (ran.checked.output + ran.first.output + ran.second.output).splitlines()
    assert [line for line in printed if "Traceback" in line] == []
