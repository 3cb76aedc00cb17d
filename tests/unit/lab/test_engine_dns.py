# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of the DNS Server cannot say: an operation is one write, whatever documents it changes, and a crash leaves no half of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.behaviour.dns_requests import acl, call, dnscmd
from lab.behaviour.requests import apply
from lab.box import Box
from lab.boxes.dns_zones import FULL, HELPDESK, ace
from lab.engine import Crashed, WriteFault
from lab.engine_python import PythonEngine

OWN = "10.20.0.10"
LISTEN, CORP = dnscmd("ResetListenAddresses", OWN), "corp.example"
ZONE = call("Set-DnsServerPrimaryZone", Name=CORP, SecureSecondaries="TransferToZoneNameServer", DynamicUpdate="None")
STEPS = (LISTEN, ZONE, dnscmd("Config", "/SocketPoolSize", "5000"))


def documents(box: Box) -> dict[str, Any]:
    return {name: box.read_json(name) for name in ("dns", "registry", "network", "services")}


def controller(folder: Path) -> Box:
    return boxes.build("dns_controller", folder)


def after(folder: Path, *steps: Any, restart: bool = False) -> dict[str, Any]:
    box = controller(folder)
    answer = PythonEngine().answer(box, "windows_dns", apply(*steps, restarts=["DNS"] if restart else []))
    assert [step["state"] for step in answer["steps"]] == ["done"] * len(steps)
    return documents(box)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, len(STEPS) + 2))
def test_a_crash_leaves_whole_operations(number: int, when: str, tmp_path: Path) -> None:
    box, written = controller(tmp_path / "box"), number - (when == "before")
    with pytest.raises(Crashed):
        PythonEngine().answer(box, "windows_dns", apply(*STEPS, restarts=["DNS"]), WriteFault(number, when))
    assert documents(box) == after(tmp_path / "whole", *STEPS[:written], restart=written > len(STEPS))


def test_what_was_changed_is_in_every_document_that_has_it(tmp_path: Path) -> None:
    before, changed = documents(controller(tmp_path / "new")), after(tmp_path / "box", *STEPS)
    assert [name for name in before if before[name] != changed[name]] == ["dns", "registry", "network"]


def test_the_directory_is_not_written_by_who_may_not(tmp_path: Path) -> None:
    box = controller(tmp_path / "box")
    stored = box.read_json("dns")
    box.write_json("dns", stored | {"denied": True})
    own = [rule for rule in stored["directory"]["rules"] if not rule["inherited"]]
    answer = PythonEngine().answer(box, "windows_dns", apply(acl([ace(HELPDESK, FULL)], [], own)))
    assert answer["steps"][0]["error"]["kind"] == "access_denied"
    assert box.read_json("dns")["directory"] == stored["directory"]
