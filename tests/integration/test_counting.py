# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role costs on the wire, counted by the lab: the numbers of the design."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.ansible_process import ROLE, Played, play
from lab import boxes, running
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
COMPLIANT = ROOT / "tests/site/compliant.xml"
KILOBYTE = 1000


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Played, dict[str, Any]]]:
    """One run of the role on a compliant and on a default host, with the lab's numbers per host."""
    folder = tmp_path_factory.mktemp("counting")
    section = COMPLIANT.read_text(encoding="utf-8")
    hosts = {
        "compliant": boxes.build("compliant2022", folder / "compliant", request_filtering=section),
        "changing": boxes.build("default2022", folder / "changing"),
    }
    with running(hosts, folder=folder / "lab") as lab:
        played = play(lab, ROLE)
        yield played, lab.log.counters()["hosts"]


def test_both_hosts_are_what_they_are_called(counted: tuple[Played, dict[str, Any]]) -> None:
    played, _numbers = counted
    assert played.exit_code == 0, played.output
    assert (played.of("compliant")["changed"], played.of("changing")["changed"]) == (False, True)


def test_a_compliant_host_costs_one_payload_call(counted: tuple[Played, dict[str, Any]]) -> None:
    assert counted[1]["compliant"]["payload_calls"] == 1


def test_a_compliant_host_costs_at_most_seven_requests(counted: tuple[Played, dict[str, Any]]) -> None:
    assert counted[1]["compliant"]["requests"] <= 7


def test_a_compliant_host_is_sent_at_most_150_kilobytes(counted: tuple[Played, dict[str, Any]]) -> None:
    assert counted[1]["compliant"]["received_total"] <= 150 * KILOBYTE


def test_a_changing_host_costs_two_payload_calls(counted: tuple[Played, dict[str, Any]]) -> None:
    assert counted[1]["changing"]["payload_calls"] == 2


def test_a_changing_host_costs_at_most_thirteen_requests(counted: tuple[Played, dict[str, Any]]) -> None:
    assert counted[1]["changing"]["requests"] <= 13


def test_the_result_says_how_often_the_payload_was_called(counted: tuple[Played, dict[str, Any]]) -> None:
    played, numbers = counted
    told = {host: played.of(host)["round_trips"] for host in numbers}
    assert told == {host: number["payload_calls"] for host, number in numbers.items()}
