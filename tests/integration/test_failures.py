# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees when the connection or the host fails: one sentence, no traceback, and the truth about what was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from integration.ansible_process import Played, host_variables, journals, play, stored, tasks
from lab import Lab, running
from lab.engine import WriteFault
from lab.faults import Fault

pytestmark = pytest.mark.engine("python")
QUOTA = 0x803381A6
SET = [tasks("windows", {"hardening.windows.iis_request_filtering": {"allow_high_bit_characters": False}})]


@dataclass(frozen=True)
class Failing:
    """state: how the task ends. says: parts of its message. written: whether the host has the value afterwards."""

    host: str
    fault: dict[str, Any] | None
    state: str
    says: tuple[str, ...] = ()
    written: bool = False
    variables: dict[str, Any] | None = None


# A task is Create, Command, Send, Receive, Signal for the read, then Command, Send, Receive, Signal for the apply, then Delete.
CASES = (
    Failing("wrong_password", None, "unreachable", ("credentials",), variables={"ansible_password": "not-the-password"}),
    Failing("quota", {"effect": "status", "action": "Command", "code": QUOTA}, "ok", written=True),
    Failing("reset_before_the_read", {"effect": "reset", "action": "Command"}, "unreachable"),
    Failing("reset_during_the_read", {"effect": "reset", "action": "Receive", "when": "middle"}, "unreachable"),
    Failing("reset_after_the_read", {"effect": "reset", "action": "Receive", "when": "after"}, "unreachable"),
    Failing("reset_before_the_apply", {"effect": "reset", "action": "Command", "number": 2}, "failed", ("journal", "connection was lost")),
    Failing(
        "reset_during_the_apply",
        {"effect": "reset", "action": "Receive", "number": 2, "when": "after"},
        "failed",
        ("journal", "connection was lost"),
        written=True,
    ),
    Failing(
        "crash_before_the_write",
        {"effect": "write", "number": 2, "write": WriteFault(1, "before")},
        "failed",
        ("did not give a whole answer", "journal"),
    ),
    Failing(
        "crash_after_the_write",
        {"effect": "write", "number": 2, "write": WriteFault(1, "after")},
        "failed",
        ("did not give a whole answer", "journal"),
        written=True,
    ),
    Failing("cut_short", {"effect": "cut", "value": 100}, "failed", ("did not give a whole answer",)),
    Failing(
        "cut_short_apply", {"effect": "cut", "value": 100, "number": 2}, "failed", ("did not give a whole answer", "journal"), written=True
    ),
    Failing("exit_code", {"effect": "exit_code", "value": 1}, "ok", written=True),
    Failing("clixml", {"effect": "clixml"}, "ok", written=True),
    Failing("slow", {"effect": "slow", "value": 2.5}, "ok", written=True, variables={"ansible_winrm_connection_timeout": 1}),
    Failing("refused_at_the_second_trip", {"effect": "status", "action": "Command", "number": 2, "status": 401}, "failed", ("journal",)),
)
UNFINISHED = ("crash_before_the_write", "crash_after_the_write")


@dataclass(frozen=True)
class Ran:
    lab: Lab
    played: Played
    again: Played
    written: set[str]


@pytest.fixture(scope="module", params=["", "-vvv"], ids=["plain", "vvv"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """Every failure at once, each on a host of its own, and the same playbook once more without failures."""
    folder = tmp_path_factory.mktemp("failures")
    with running([f"{case.host}=default2022" for case in CASES], folder=folder) as lab:
        for case in CASES:
            host_variables(lab, case.host, case.variables or {})
            if case.fault:
                lab.faults.add(Fault(host=case.host, **case.fault))
        verbose = [request.param] if request.param else []
        played = play(lab, SET, *verbose)
        assert lab.faults.read() == []
        written = {case.host for case in CASES if stored(lab, case.host, "@allowHighBitCharacters") == ["false"]}
        yield Ran(lab, played, play(lab, SET, *verbose), written)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_it_ends_as_it_should(ran: Ran, case: Failing) -> None:
    assert ran.played.state(case.host) == case.state, ran.played.of(case.host).get("msg")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_it_says_what_happened(ran: Ran, case: Failing) -> None:
    message = ran.played.of(case.host).get("msg", "")
    assert [part for part in case.says if part not in message] == [], message
    assert "\n" not in message.strip()
    assert (case.state == "ok") is (message == "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_the_host_holds_what_was_written_before_the_failure(ran: Ran, case: Failing) -> None:
    assert (case.host in ran.written) is case.written


@pytest.mark.parametrize("case", [case for case in CASES if case.host != "wrong_password"], ids=lambda case: case.host)
def test_the_next_run_does_what_the_first_did_not_get_to(ran: Ran, case: Failing) -> None:
    assert ran.again.of(case.host)["changed"] is not case.written
    assert stored(ran.lab, case.host, "@allowHighBitCharacters") == ["false"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_the_next_run_reports_a_journal_that_was_not_finished(ran: Ran, case: Failing) -> None:
    warnings = " ".join(str(entry) for entry in ran.again.of(case.host).get("warnings", []))
    unfinished = [journal[0]["id"] for journal in journals(ran.lab, case.host) if not any("finished" in line for line in journal)]
    assert len(unfinished) == (case.host in UNFINISHED)
    assert [identifier for identifier in unfinished if identifier not in warnings] == []
    assert ("is not finished" in warnings) is bool(unfinished)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_it_says_it_once(ran: Ran, case: Failing) -> None:
    parts = [part for part in ran.played.of(case.host).get("msg", "").split(": ") if len(part) > len("a short word or two")]
    assert [part for part in parts if parts.count(part) > 1] == []


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    lines = (ran.played.output + ran.again.output).splitlines()
    assert [line for line in lines if "Traceback" in line] == []


def test_the_password_is_not_in_what_is_printed(ran: Ran) -> None:
    assert "not-the-password" not in ran.played.output
