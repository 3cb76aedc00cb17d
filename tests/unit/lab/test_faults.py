# SPDX-License-Identifier: GPL-3.0-or-later
"""Which request a fault meets, and what counting makes of the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.counting import Log, count
from lab.engine import Answer, WriteFault
from lab.faults import Fault, FaultList, alter


def test_a_fault_meets_the_nth_request_of_its_action_and_host_once(tmp_path: Path) -> None:
    fault = Fault("web", "reset", action="Send", number=2)
    FaultList(tmp_path).add(fault)
    requests = [("web", "Send"), ("web", "Receive"), ("other", "Send"), ("web", "Send"), ("web", "Send")]
    # a new object each time: the list lives in its file
    met = [FaultList(tmp_path).take(*request) for request in requests]
    assert met == [[], [], [], [fault], []]
    assert FaultList(tmp_path).read() == []


def test_two_faults_count_the_same_requests(tmp_path: Path) -> None:
    faults = FaultList(tmp_path)
    faults.add(Fault("web", "cut", number=1, value=3))
    faults.add(Fault("web", "exit_code", number=2, value=9))
    assert [[fault.effect for fault in faults.take("web", "Command")] for _ in range(3)] == [["cut"], ["exit_code"], []]


def test_a_write_fault_survives_its_file(tmp_path: Path) -> None:
    fault = Fault("web", "write", write=WriteFault(3, "after", "collide"))
    FaultList(tmp_path).add(fault)
    assert FaultList(tmp_path).take("web", "Command") == [fault]


@pytest.mark.parametrize(
    "arguments",
    [
        {"effect": "explode"},
        {"effect": "cut", "action": "Send"},
        {"effect": "write"},
        {"effect": "cut", "write": WriteFault(1)},
        {"effect": "status", "when": "middle"},
    ],
)
def test_impossible_faults_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fault|effect|status"):
        Fault("web", **arguments)


def test_effects_on_an_answer() -> None:
    answer = Answer(b'{"changed": true}')
    assert alter(answer, [Fault("web", "cut", value=5)]) == Answer(b'{"cha')
    assert alter(answer, [Fault("web", "exit_code", value=7)]) == Answer(b'{"changed": true}', b"", 7)
    assert alter(answer, [Fault("web", "clixml")]).stderr.startswith(b"#< CLIXML\r\n")


def entry(host: str, action: str, poll: bool = False) -> dict[str, Any]:
    sizes = {"received_body": 10, "received_total": 15, "sent_body": 20, "sent_total": 27}
    return {"host": host, "action": action, "poll": poll, **sizes}


def test_polls_are_counted_apart_and_bytes_of_all() -> None:
    payload = {"host": "a", "script": "ansible_collections.hardening.windows.plugins.modules.windows_iis.ps1", "become": True}
    other = {"host": "a", "script": "ansible_collections.ansible.windows.plugins.modules.win_ping.ps1", "become": False}
    traffic = [entry("a", "Send"), entry("a", "Receive", poll=True), entry("a", "Receive"), entry("b", "Create")]
    numbers = count(traffic, [payload, other])
    a = numbers["hosts"]["a"]
    assert (a["requests"], a["polls"], a["received_total"], a["sent_body"]) == (2, 1, 45, 60)
    assert (a["commands"], a["payload_calls"], a["become"]) == (2, 1, 1)
    assert a["actions"] == {"Send": 1, "Receive": 1}
    assert numbers["total"]["requests"] == 3


def test_records_survive_a_restart_and_end_with_a_reset(tmp_path: Path) -> None:
    Log(tmp_path).append(
        "commands", {"host": "a", "scripts": {"x.ps1": "1f"}, "command_line": "powershell", "stdin": '{"word": "Kanarie"}'}
    )
    assert Log(tmp_path).scripts() == {"x.ps1": ["1f"]}
    assert Log(tmp_path).find("Kanarie") == [{"host": "a", "number": 0, "in": "stdin"}]
    Log(tmp_path).reset()
    assert Log(tmp_path).read("commands") == []
