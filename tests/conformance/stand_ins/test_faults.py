# SPDX-License-Identifier: GPL-3.0-or-later
"""One apply whose writes go through every kind of stand-in (assembly, native library, cmdlet, program, service), ended at each of them.

The same writes by the Python engine say how far a box has come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.behaviour.rdp_requests import add_member, add_rule, grant, right, set_policy, set_power
from lab.behaviour.registry import ABSENT, KEY
from lab.behaviour.requests import apply, reads, registry_set
from lab.box import Box
from lab.engine import Crashed, Engine, EngineMissing, WriteFault
from lab.engine_pwsh import PwshEngine
from lab.engine_python import PythonEngine

SCHEME = "381b4222-f694-41f0-9685-ff5bb260df2e"
PLACE = (SCHEME, "238c9fa8-0aad-41ed-83f4-97be242c8f20", "29f6c1db-86da-48c5-9fdb-f2b67b1f44da")
DENY = "SeDenyRemoteInteractiveLogonRight"
STEPS = (
    registry_set(KEY, "On", "DWord", 1, ABSENT),
    grant(DENY, "S-1-5-113"),
    add_rule("lab-rdp"),
    set_power(PLACE, "ac", 0, 1800),
    set_policy({"MinimumPasswordLength": 14}, {"MinimumPasswordLength": 0}),
    add_member("S-1-5-32-555", "S-1-5-21-1-2-3-4"),
)
RESTART = len(STEPS) + 1
# a stop takes the sockets away, a start brings them back: both belong to one write
DOCUMENTS = ("registry.json", "services.json", "power.json", "network.json", "security.inf")


@pytest.fixture(scope="module")
def engine() -> Iterator[PwshEngine]:
    try:
        opened = PwshEngine()
    except EngineMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the PowerShell engine cannot run: {error}")
    yield opened
    opened.close()


def documents(box: Box) -> dict[str, Any]:
    texts = {name: (box.folder / name).read_text("utf-8") for name in DOCUMENTS}
    return {name: json.loads(text) if name.endswith(".json") else text.splitlines() for name, text in texts.items()}


def after(engine: Engine, folder: Path, fault: WriteFault | None) -> dict[str, Any]:
    box = boxes.build("default2022", folder)
    request = apply(*STEPS, restarts=["TermService"])
    if fault is None:
        assert [step["state"] for step in engine.answer(box, "windows_rdp", request)["steps"]] == ["done"] * len(STEPS)
    else:
        with pytest.raises(Crashed):
            engine.answer(box, "windows_rdp", request, fault)
    return documents(box)


@pytest.mark.parametrize("number", [2, 3, 4], ids=["native", "cmdlet", "program"])
def test_writes_of_all_stand_ins_are_counted_together(engine: PwshEngine, tmp_path: Path, number: int) -> None:
    found = after(engine, tmp_path / "pwsh", WriteFault(number, "after"))
    assert found == after(PythonEngine(), tmp_path / "python", WriteFault(number, "after"))
    assert found == after(PythonEngine(), tmp_path / "next", WriteFault(number + 1, "before"))


def test_the_restart_is_the_last_of_them(engine: PwshEngine, tmp_path: Path) -> None:
    fault = WriteFault(RESTART, "before")
    assert after(engine, tmp_path / "pwsh", fault) == after(PythonEngine(), tmp_path / "python", fault)


def test_without_a_fault_both_engines_leave_the_same(engine: PwshEngine, tmp_path: Path) -> None:
    assert after(engine, tmp_path / "pwsh", None) == after(PythonEngine(), tmp_path / "python", None)


def test_the_next_request_after_a_crash_sees_its_own_box(engine: PwshEngine, tmp_path: Path) -> None:
    """Native stand-ins keep nothing of the request before: another process or another view answers."""
    after(engine, tmp_path / "crashed", WriteFault(4, "before"))
    for name, expected in (("first", []), ("second", ["S-1-5-113"])):
        box = boxes.build("default2022", tmp_path / name)
        if expected:
            engine.answer(box, "windows_rdp", apply(grant(DENY, "S-1-5-113")))
        answer = engine.answer(box, "windows_rdp_read", reads(right(DENY)))
        assert answer["observations"] == [{"value": {"accounts": expected}}]
