# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode says what the run does, the run does it once, and a resource alone does what it does inside converge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from integration.ansible_process import Played, canonical, play, tasks
from lab import running

pytestmark = pytest.mark.engine("python")
HOSTS = ("by_role", "alone", "together")
OPTIONS: dict[str, Any] = {
    "allow_double_escaping": False,
    "allow_high_bit_characters": False,
    "request_limits": {"max_url": 2048, "headers": {"entries": [{"header": "Cookie", "size_limit": 4096}]}},
    "verbs": {"entries": [{"verb": "TRACE", "allowed": False}]},
    "hidden_segments": {"mode": "replace", "entries": [".git"]},
    "filtering_rules": {"entries": [{"name": "Agents", "scan_headers": ["User-Agent"], "deny_strings": ["sqlmap"]}]},
}
PLAYBOOK = [
    tasks("alone", {"hardening.windows.iis_request_filtering": OPTIONS}),
    tasks("together", {"hardening.windows.converge": {"resources": [{"iis_request_filtering": OPTIONS}]}}),
    {
        "hosts": "by_role",
        "gather_facts": False,
        "roles": ["hardening.windows.iis_harden"],
        "vars": {"iis_harden_profile": "competition", "iis_harden_sql_injection_sites": ["Default Web Site"]},
    },
]


@dataclass(frozen=True)
class Three:
    """The three runs, and each host's applicationHost.config before the first and after each of them."""

    checked: Played
    first: Played
    second: Played
    files: dict[str, list[str]]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    names = [f"{host}=aspnet2022" for host in HOSTS]
    with running(names, folder=tmp_path_factory.mktemp("check_mode")) as lab:
        files = {host: [canonical(lab, host)] for host in HOSTS}
        runs = []
        for arguments in (["--check", "--diff"], ["--diff"], ["--diff"]):
            runs.append(play(lab, PLAYBOOK, *arguments))
            for host in HOSTS:
                files[host].append(canonical(lab, host))
        yield Three(*runs, files)


def printed_diffs(played: Played) -> list[str]:
    """The lines of every diff, as a person sees them."""
    return [line for line in played.output.splitlines() if line.startswith(("---", "+++", "@@", "+", "-"))]


@pytest.mark.parametrize("host", HOSTS)
def test_check_mode_writes_nothing(three: Three, host: str) -> None:
    before, checked, *_later = three.files[host]
    assert checked == before


@pytest.mark.parametrize("host", HOSTS)
def test_the_diff_of_check_mode_is_that_of_the_run(three: Three, host: str) -> None:
    assert three.checked.of(host)["diff"] == three.first.of(host)["diff"] != []


def test_people_see_the_same_diff(three: Three) -> None:
    assert printed_diffs(three.checked) == printed_diffs(three.first) != []


@pytest.mark.parametrize("host", HOSTS)
def test_the_changes_of_check_mode_are_those_of_the_run(three: Three, host: str) -> None:
    assert three.checked.of(host)["changes"] == three.first.of(host)["changes"] != []


@pytest.mark.parametrize("host", HOSTS)
def test_both_say_changed(three: Three, host: str) -> None:
    assert (three.checked.of(host)["changed"], three.first.of(host)["changed"]) == (True, True)


@pytest.mark.parametrize("host", HOSTS)
def test_the_run_writes(three: Three, host: str) -> None:
    assert three.files[host][2] != three.files[host][0]


@pytest.mark.parametrize("host", HOSTS)
def test_a_second_run_changes_nothing(three: Three, host: str) -> None:
    result = three.second.of(host)
    assert (result["changed"], result["changes"], result["diff"], result["journal"]) == (False, [], [], [])
    assert three.files[host][3] == three.files[host][2]


@pytest.mark.parametrize("run", ["checked", "first", "second"])
def test_a_resource_alone_plans_what_it_plans_inside_converge(three: Three, run: str) -> None:
    alone, together = (getattr(three, run).of(host) for host in ("alone", "together"))
    assert {name: alone[name] for name in ("changes", "controls", "diff")} == {
        name: together[name] for name in ("changes", "controls", "diff")
    }


def test_a_resource_alone_writes_what_it_writes_inside_converge(three: Three) -> None:
    assert three.files["alone"][2] == three.files["together"][2]


def test_all_three_runs_succeed(three: Three) -> None:
    assert [run.exit_code for run in (three.checked, three.first, three.second)] == [0, 0, 0], three.first.output
