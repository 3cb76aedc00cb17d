# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python engine's operations of Remote Desktop: faults at each of them, and what takes them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.behaviour import rdp_firewall, rdp_listener, rdp_machine, rdp_security, rdp_switch
from lab.behaviour.rdp_expectation import in_order, inf_sections
from lab.behaviour.rdp_host import ALLOW, DENY, DEPLOY, GUEST, HOST, OPERATORS, REMOTE
from lab.behaviour.rdp_requests import (
    ACCOUNTS,
    add_member,
    add_rule,
    delete_task,
    enable_rule,
    grant,
    hibernate,
    register,
    remove_member,
    revoke,
    set_policy,
    set_power,
)
from lab.behaviour.requests import JOURNAL, Step, apply, reads
from lab.behaviour.situation import Situation
from lab.box import Box
from lab.engine import Crashed, WriteFault
from lab.engine_python import PythonEngine
from lab.engine_python.errors import Refusal
from lab.engine_python.security import configured

TIME = "2026-11-24T21:15:02Z"
LOCK = {"LockoutBadCount": 5, "LockoutDuration": 15, "ResetLockoutCount": 15}

# every operation of every provider that has any
OPERATIONS: dict[str, tuple[Situation, Step]] = {
    "grant": (HOST, grant(DENY, GUEST)),
    "revoke": (HOST, revoke(ALLOW, REMOTE)),
    "add a member": (HOST, add_member(OPERATORS, DEPLOY)),
    "remove a member": (HOST, remove_member("S-1-5-32-544", DEPLOY)),
    "policy": (HOST, set_policy({"MinimumPasswordLength": 14}, {"MinimumPasswordLength": 0})),
    "lockout": (HOST, set_policy(LOCK, rdp_security.NEVER, {"LockoutBadCount": 0})),
    "add a rule": (rdp_firewall.HOST, add_rule(rdp_firewall.NEW)),
    "switch a rule": (rdp_firewall.HOST, enable_rule(rdp_firewall.TCP, False, True)),
    "power": (rdp_machine.ON, set_power(rdp_machine.AC, "ac", 0, 1800)),
    "hibernation": (rdp_machine.ON, hibernate(False, True)),
    "switch Remote Desktop off": (
        rdp_switch.silent(rdp_switch.ALLOWS, rdp_switch.LOCAL, sockets=rdp_switch.OPENED),
        rdp_switch.written(rdp_switch.SERVER, 1, 0),
    ),
    "register": (HOST, register(rdp_machine.TASK, rdp_machine.DEFINITION)),
    "delete": (rdp_machine.TASKS, delete_task(rdp_machine.TASK, rdp_machine.DEFINITION)),
}


def run(box: Box, *steps: Step, fault: WriteFault | None = None, **more: Any) -> dict[str, Any]:
    return PythonEngine(lambda: TIME).answer(box, "windows_rdp", apply(*steps, **more), fault)


def documents(box: Box) -> dict[str, Any]:
    """What the box stores beside its journals. The order of SIDs, and a document that is empty or not there, are one."""
    found: dict[str, Any] = {file.stem: box.read_json(file.stem) for file in box.folder.glob("*.json") if box.read_json(file.stem)}
    found.pop("acl", None)
    text = (box.folder / "security.inf").read_text("utf-8")
    sections = {title: {name: in_order(value) for name, value in body.items()} for title, body in inf_sections(text).items()}
    return found | {"security.inf": sections}


@pytest.fixture(params=OPERATIONS)
def operation(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Box, Step]:
    situation, step = OPERATIONS[request.param]
    return situation.build(tmp_path / "box"), step


def test_the_undo_restores_the_box(operation: tuple[Box, Step]) -> None:
    box, step = operation
    before = documents(box)

    assert run(box, step)["steps"] == [{"state": "done", "error": None}]
    assert documents(box) != before
    back = {"operation": step["undo"], "undo": step["operation"]}
    assert run(box, back, journal="20261124T211502Z-00000002")["steps"] == [{"state": "done", "error": None}]
    assert documents(box) == before


def test_a_crash_before_it_leaves_the_box_and_one_after_it_does_not(operation: tuple[Box, Step]) -> None:
    box, step = operation
    before = documents(box)

    with pytest.raises(Crashed):
        run(box, step, fault=WriteFault(1, "before"))
    assert documents(box) == before
    with pytest.raises(Crashed):
        run(box, step, fault=WriteFault(1, "after"), journal="20261124T211502Z-00000002")
    assert documents(box) != before


def test_a_write_that_somebody_else_is_in_the_way_of_fails(operation: tuple[Box, Step]) -> None:
    box, step = operation
    before = documents(box)

    [done] = run(box, step, fault=WriteFault(1, "before", "sharing"))["steps"]

    assert (done["state"], done["error"]["kind"], done["error"]["hresult"]) == ("failed", "sharing_violation", "0x80070020")
    assert documents(box) == before


def test_each_operation_is_one_write_and_the_restart_another(tmp_path: Path) -> None:
    box = rdp_listener.HOST.build(tmp_path / "box")
    sockets = box.read_json("network")["sockets"]
    steps = (grant(DENY, GUEST), add_member(OPERATORS, DEPLOY))

    with pytest.raises(Crashed):
        run(box, *steps, restarts=["TermService"], fault=WriteFault(3, "before"))
    assert box.read_json("network")["sockets"] == sockets
    with pytest.raises(Crashed):
        run(box, restarts=["TermService"], fault=WriteFault(1, "after"), journal=JOURNAL[:-1] + "0")
    assert box.read_json("network")["sockets"] != sockets


@pytest.mark.parametrize(("now", "days"), [("2026-11-24T23:59:59Z", 0), ("2026-11-25T00:00:00Z", 1), ("2027-01-18T12:00:00Z", 55)])
def test_the_age_of_a_password_is_whole_days(tmp_path: Path, now: str, days: int) -> None:
    box = HOST.build(tmp_path / "box")
    accounts = box.read_json("accounts")
    accounts["users"][0]["password_last_set"] = "2026-11-24T00:00:00Z"
    box.write_json("accounts", accounts)

    users = PythonEngine(lambda: now).answer(box, "windows_rdp_read", reads(ACCOUNTS))["observations"][0]["value"]

    assert [user["password_age_days"] for user in users if user["name"] == "deploy"] == [days]


LOCKED: dict[str, int | str] = {"LockoutBadCount": 5, "LockoutDuration": 30, "ResetLockoutCount": 30}
UNLOCKED: dict[str, int | str] = {"LockoutBadCount": 0}


@pytest.mark.parametrize(
    ("now", "wanted", "after"),
    [
        (LOCKED, {"ResetLockoutCount": 30}, (5, 30, 30)),
        (LOCKED, {"ResetLockoutCount": 31}, None),
        (LOCKED, {"LockoutDuration": -1, "ResetLockoutCount": 99999}, (5, -1, 99999)),
        (LOCKED, {"LockoutDuration": 29}, None),
        (LOCKED, {"LockoutBadCount": 0, "LockoutDuration": 30}, None),
        (UNLOCKED, {"LockoutBadCount": 1, "LockoutDuration": 15}, None),
        (UNLOCKED, {"LockoutBadCount": 1, "LockoutDuration": 60}, (1, 60, 30)),
        (UNLOCKED, {"LockoutBadCount": 1, "ResetLockoutCount": 30}, (1, 30, 30)),
        (UNLOCKED, {"ResetLockoutCount": 1}, None),
    ],
)
def test_lockout_values_that_windows_takes_or_refuses(now: dict[str, Any], wanted: dict[str, int], after: tuple[int, ...] | None) -> None:
    if after is None:
        with pytest.raises(Refusal) as refused:
            configured(now, wanted)
        assert refused.value.kind == "command_failed"
        return
    found = configured(now, wanted)
    assert (found["LockoutBadCount"], found["LockoutDuration"], found["ResetLockoutCount"]) == after
