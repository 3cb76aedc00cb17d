# SPDX-License-Identifier: GPL-3.0-or-later
"""What keywords and options of the run do to a task: async, become, check mode, a later restart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integration.ansible_process import ROLE, Played, canonical, play, stored, tasks
from lab import Lab, running

pytestmark = pytest.mark.engine("python")
SET = {"hardening.windows.iis_request_filtering": {"allow_high_bit_characters": False}}
BECOME = {"become": True, "become_method": "ansible.builtin.runas", "become_user": "SYSTEM"}
PLAYS = [
    tasks("waits_not", {**SET, "async": 60, "poll": 5, "ignore_errors": True}),
    tasks("becomes", {**SET, **BECOME, "ignore_errors": True}),
    tasks(
        "restarts_later",
        {"hardening.windows.converge": {"restart": "later", "resources": [{"iis_request_filtering": {"remove_server_header": True}}]}},
    ),
]
HOSTS = ("waits_not", "becomes", "restarts_later")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Played]]:
    with running([f"{host}=default2022" for host in HOSTS], folder=tmp_path_factory.mktemp("modes")) as lab:
        yield lab, play(lab, PLAYS)


def requests(lab: Lab, host: str) -> list[dict[str, Any]]:
    """What the payload was asked on a host."""
    found = []
    for command in lab.log.read("commands"):
        if command["host"] == host:
            variables = json.loads(command["stdin"])["actions"][-1]["params"]["Variables"]
            found += [variable["Value"] for variable in variables if variable["Name"] == "complex_args"]
    return found


def test_async_is_refused_with_a_sentence(ran: tuple[Lab, Played]) -> None:
    lab, played = ran
    assert "async is not supported: the changes are planned from the answer of a first round trip" in played.of("waits_not")["msg"]
    assert lab.log.counters()["hosts"].get("waits_not", {}).get("payload_calls", 0) == 0


def test_become_reaches_the_host(ran: tuple[Lab, Played]) -> None:
    numbers = ran[0].log.counters()["hosts"]
    assert (numbers["becomes"]["become"], numbers["restarts_later"]["become"]) == (numbers["becomes"]["payload_calls"], 0)


def test_a_later_restart_asks_for_none(ran: tuple[Lab, Played]) -> None:
    lab, played = ran
    assert stored(lab, "restarts_later", "@removeServerHeader") == ["true"]
    assert [request["restarts"] for request in requests(lab, "restarts_later")[1:]] == [[]]
    assert played.of("restarts_later")["restarts"] == []


def test_check_mode_of_the_command_line_only_reads(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(["default2022"], folder=tmp_path_factory.mktemp("check")) as lab:
        before = canonical(lab, "default2022")
        played = play(lab, ROLE, "--check")
        assert played.of("default2022")["changed"] is True
        assert [(request["operation"], request["_ansible_check_mode"]) for request in requests(lab, "default2022")] == [("read", True)]
        assert canonical(lab, "default2022") == before
