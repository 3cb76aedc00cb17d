# SPDX-License-Identifier: GPL-3.0-or-later
"""One apply with an operation of every provider: a fault at any of its writes leaves both engines' boxes alike, and both say so alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.agreement import answers_differ, differences, stored
from lab.behaviour import rdp_firewall, rdp_listener, rdp_machine
from lab.behaviour.rdp_host import DENY, DEPLOY, GUEST, OPERATORS
from lab.behaviour.rdp_requests import add_member, add_rule, grant, register, set_policy, set_power
from lab.behaviour.requests import apply, registry_set
from lab.behaviour.situation import Situation
from lab.box import Box
from lab.engine import Crashed, Engine, WriteFault

LOCK = {"LockoutBadCount": 5, "LockoutDuration": 15, "ResetLockoutCount": 15}
STEPS = (
    registry_set(rdp_listener.LISTENER, "PortNumber", "DWord", 3390, {"exists": True, "kind": "DWord", "value": 3389}),
    grant(DENY, GUEST),
    add_member(OPERATORS, DEPLOY),
    set_policy(LOCK, {"LockoutBadCount": 0, "LockoutDuration": None, "ResetLockoutCount": None}, {"LockoutBadCount": 0}),
    add_rule(rdp_firewall.NEW),
    set_power(rdp_machine.AC, "ac", 0, 1800),
    register(rdp_machine.TASK, rdp_machine.DEFINITION),
)
REQUEST = apply(*STEPS, restarts=["TermService"])
# the restart is the last write
WRITES = range(1, len(STEPS) + 2)


def situation() -> Situation:
    """A host that listens, with power settings and no task."""
    return replace(rdp_listener.HOST, documents=rdp_listener.HOST.documents | {"power": rdp_machine.POWER})


@pytest.fixture
def hosts(engines: list[Engine], tmp_path: Path) -> list[Box]:
    return [situation().build(tmp_path / engine.name / "box") for engine in engines]


def answers(engines: list[Engine], hosts: list[Box], fault: WriteFault | None = None) -> list[dict[str, Any]]:
    return [engine.answer(box, "windows_rdp", REQUEST, fault) for engine, box in zip(engines, hosts, strict=True)]


def test_every_step_is_done(engines: list[Engine], hosts: list[Box]) -> None:
    python, pwsh = answers(engines, hosts)

    assert [step["state"] for step in python["steps"]] == ["done"] * len(STEPS)
    assert answers_differ(python, pwsh) == []
    assert differences(*[stored(box) for box in hosts]) == []


# After a restart they differ: it is one write of the Python engine, and a stop and a start of the payload's.
CRASHES = [(number, "after") for number in WRITES[:-1]] + [(WRITES[-1], "before")]


# each costs a new process; that every write is counted by both is seen by those that somebody is in the way of
@pytest.mark.parametrize(("number", "when"), CRASHES[::2])
def test_a_crash_at_a_write(engines: list[Engine], hosts: list[Box], number: int, when: str) -> None:
    for engine, box in zip(engines, hosts, strict=True):
        with pytest.raises(Crashed):
            engine.answer(box, "windows_rdp", REQUEST, WriteFault(number, when))

    assert differences(*[lasting(stored(box)) for box in hosts]) == []


def lasting(content: dict[str, Any]) -> dict[str, Any]:
    """Without the folder that a payload which is ended cannot take away any more."""
    return {name: value for name, value in content.items() if not name.startswith("C/Windows/Temp/hardening.windows.")}


@pytest.mark.parametrize("number", WRITES)
def test_a_write_that_somebody_else_is_in_the_way_of(engines: list[Engine], hosts: list[Box], number: int) -> None:
    python, pwsh = answers(engines, hosts, WriteFault(number, "before", "sharing"))

    done = [step["state"] for step in python["steps"]]
    left = len(STEPS) - number
    assert done == ["done"] * (number - 1) + (["failed"] + ["not_attempted"] * left if left >= 0 else [])
    assert [step["state"] for step in pwsh["steps"]] == done
    assert reasons(pwsh) == reasons(python)
    assert differences(*[steady(stored(box)) for box in hosts]) == []


def reasons(answer: dict[str, Any]) -> list[str]:
    """Why services did not restart."""
    return [restart["error"]["kind"] for restart in answer["restarts"] if restart["error"]]


def steady(content: dict[str, Any]) -> dict[str, Any]:
    """Without the journals: a program says in its own words why it could not write, and so has another error kind than an API."""
    return {name: value for name, value in content.items() if not name.endswith(".jsonl")}
