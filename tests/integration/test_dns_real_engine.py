# SPDX-License-Identifier: GPL-3.0-or-later
"""The payload of the DNS Server under a real PowerShell, through Ansible's own wrapper over WinRM; run again under the next ansible-core.

One task does each module's thin case, then the role its profile; the same runs on the Python engine, and must give the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration import dns_tasks
from integration.ansible_process import Played, host_variables, journals, play, tasks
from integration.dns_hosts import CONVERGE, ROLE, documents
from integration.dns_tasks import MODULES
from integration.test_real_engine import NAMESPACE, file_of, need_powershell
from lab import Lab, running

# The next ansible-core is held to the other two families, which send the same scripts around their own.
pytestmark = pytest.mark.engine("pwsh")
ENTRIES = {"windows_dns_read.ps1", "windows_dns.ps1"}
HOST = "controller"
EACH = "each module"
TASKS = (EACH, CONVERGE)
COMPARED = ("changes", "controls", "overrides", "diff", "changed", "restarts", "reboot_required", "round_trips")
# What a run of this family may write; a key that begins with anything else is none of its business.
OWN_KEYS = (r"SYSTEM\CurrentControlSet\Services\DNS", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server")


@dataclass(frozen=True)
class Ran:
    """played: each module's case and the role. again: the role once more. before, after: the host's documents. calls: of the payload in `played`."""

    played: Played
    again: Played | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    calls: int
    journals: list[list[dict[str, Any]]]
    scripts: Mapping[str, list[str]]


def run(folder: Path, engine: str, twice: bool) -> Ran:
    with running({HOST: dns_tasks.controller(folder / "box")}, engine, folder / "lab") as lab:
        host_variables(lab, HOST, {"dns_harden_profile": "competition"})
        before = documents(lab.boxes[HOST])
        resources = [{name: options} for name, options in MODULES.items()]
        each = tasks(HOST, {"name": EACH, "hardening.windows.converge": {"resources": resources}})
        played = play(lab, [each, *ROLE], "--diff")
        calls = lab.log.counters()["hosts"][HOST]["payload_calls"]
        again = play(lab, ROLE) if twice else None
        return Ran(played, again, before, documents(lab.boxes[HOST]), calls, journals(lab, HOST), scripts(lab))


def scripts(lab: Lab) -> dict[str, list[str]]:
    return {name: seen for name, seen in lab.log.scripts().items() if name.startswith(NAMESPACE)}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Ran]:
    """By engine."""
    need_powershell()
    folder = tmp_path_factory.mktemp("dns_real_engine")
    return {"python": run(folder / "python", "python", twice=False), "pwsh": run(folder / "pwsh", "pwsh", twice=True)}


@pytest.mark.parametrize("task", TASKS)
def test_the_engines_do_the_same(ran: Mapping[str, Ran], task: str) -> None:
    real, simulated = (ran[engine].played.of(HOST, task) for engine in ("pwsh", "python"))
    assert not real.get("failed"), real["msg"]
    assert real["changed"] is True
    for key in COMPARED:
        assert real[key] == simulated[key], key


@pytest.mark.parametrize("document", ["dns", "registry", "network", "services"])
def test_the_hosts_are_the_same_in_the_end(ran: Mapping[str, Ran], document: str) -> None:
    real, simulated = (comparable(ran[engine].after[document]) for engine in ("pwsh", "python"))
    assert real == simulated


def comparable(value: Any) -> Any:
    """Lists as sets: hints, zones, rules and the sockets of a service have no order."""
    if isinstance(value, Mapping):
        return {name: comparable(one) for name, one in value.items()}
    return sorted(json.dumps(comparable(one), sort_keys=True) for one in value) if isinstance(value, list) else value


def test_in_two_calls_each(ran: Mapping[str, Ran]) -> None:
    found = ran["pwsh"]
    assert found.calls == 2 * len(TASKS)


def test_the_second_run_changes_nothing(ran: Mapping[str, Ran]) -> None:
    again = ran["pwsh"].again
    assert again is not None
    result = again.of(HOST, CONVERGE)
    assert (result["changed"], result["changes"], result["journal"], result["restarts"], result["round_trips"]) == (False, [], [], [], 1)


def test_the_journals_hold_what_was_planned_and_nothing_else(ran: Mapping[str, Ran]) -> None:
    """A journal for each task, whose steps are of this family's providers, and are all done."""
    assert steps_of(ran["pwsh"]) == steps_of(ran["python"])
    assert len(ran["pwsh"].journals) == len(TASKS)
    for journal in ran["pwsh"].journals:
        sides = [step[side] for step in journal[0]["steps"] for side in ("operation", "undo")]
        assert {one["provider"] for one in sides} <= {"dns", "registry"}
        assert all(one["key"].startswith(OWN_KEYS) for one in sides if one["provider"] == "registry")
        assert sorted(number for line in journal for number in line.get("done", ())) == list(range(len(journal[0]["steps"])))


def steps_of(ran: Ran) -> list[str]:
    """Of each journal; those of one second have no order."""
    return sorted(json.dumps(journal[0]["steps"], sort_keys=True) for journal in ran.journals)


def test_nothing_else_of_the_registry_changes(ran: Mapping[str, Ran]) -> None:
    before, after = (ran["pwsh"].before["registry"]["HKLM"], ran["pwsh"].after["registry"]["HKLM"])
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert changed != set()
    assert all(key.startswith(OWN_KEYS) for key in changed), changed


def test_the_diff_says_what_changes_and_nothing_else(ran: Mapping[str, Ran]) -> None:
    """Every line that differs is of a place among the changes."""
    result = ran["pwsh"].played.of(HOST, EACH)
    places = {change["target"] for change in result["changes"]}
    headers = {entry["before_header"] for entry in result["diff"]}
    assert headers == {
        "DNS Server",
        f"HKLM\\{OWN_KEYS[0]}\\Parameters",
        *(f"DNS zone {zone['name']}" for zone in MODULES["dns_zone_security"]["zones"]),
        "DNS root hints",
        "DNS service, access list",
    }
    for entry in result["diff"]:
        sides = (set(entry[side].splitlines()) for side in ("before", "after"))
        lines = set.symmetric_difference(*sides)
        assert lines
        assert all(any(line_place(entry["before_header"], line, place) for place in places) for line in lines), lines


def line_place(header: str, line: str, place: str) -> bool:
    return place.lower().startswith(f"{header}: {line.partition(': ')[0]}".lower())


def test_what_the_host_ran_is_what_the_collection_holds(ran: Mapping[str, Ran]) -> None:
    """Nothing on the way, and nothing for the lab: every script of this collection is the file, byte for byte."""
    ours = ran["pwsh"].scripts
    assert ours == {name: [hashlib.sha256(file_of(name).read_bytes()).hexdigest()] for name in ours}
    assert {".".join(name.split(".")[-2:]) for name in ours if name.endswith(".ps1")} == ENTRIES


def test_nobody_sees_a_traceback(ran: Mapping[str, Ran]) -> None:
    assert [line for line in ran["pwsh"].played.output.splitlines() if "Traceback" in line] == []
