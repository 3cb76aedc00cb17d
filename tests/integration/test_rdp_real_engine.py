# SPDX-License-Identifier: GPL-3.0-or-later
"""The payload of Remote Desktop under a real PowerShell, through Ansible's own wrapper over WinRM; run again under the next ansible-core.

The same role with the same ports runs before on the Python engine, and must give the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from behaviour.rdp.checks import state
from behaviour.rdp.reach import reachable
from integration.ansible_process import Played, host_variables, journals, play, tasks
from integration.rdp_hosts import CONVERGE, PROBE, ROLE, build
from integration.test_rdp_secrets import CANARIES, EVERYTHING, HOST, READS, VARIABLES, keeper
from integration.test_real_engine import NAMESPACE, file_of, need_powershell
from lab import running
from lab.box import Box
from lab.ports import free_port

pytestmark = [pytest.mark.engine("pwsh"), pytest.mark.real_engine]
ENTRIES = {"windows_rdp_read.ps1", "windows_rdp.ps1"}


@dataclass(frozen=True)
class Ran:
    """states: of the keeper before the role, after it, and after the role again. reached, seen: on which ports, as the box and a stranger say."""

    first: Played
    second: Played
    python: Played
    python_state: Mapping[str, str]
    states: list[Mapping[str, str]]
    reached: list[set[int]]
    seen: list[int | None]
    ports: Mapping[str, int]
    calls: int
    scripts: Mapping[str, list[str]]
    journals: str
    untouched: list[Mapping[str, str]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    need_powershell()
    folder, ports = tmp_path_factory.mktemp("rdp_real_engine"), {"old": free_port(), "new": free_port()}
    variables = VARIABLES | {"rdp_harden_listener": {"port": ports["new"]}, "rdp_harden_probe_from": "localhost"}
    with running({HOST: keeper(folder / "python", rdp_port=ports["old"])}, folder=folder / "python_lab") as lab:
        host_variables(lab, HOST, variables)
        python, python_state = play(lab, [*ROLE, tasks(HOST, EVERYTHING)], "--diff"), state(lab.boxes[HOST])
    boxes = {HOST: keeper(folder / "keeper", rdp_port=ports["old"]), "constrained": constrained(folder / "constrained")}
    with running(boxes, "pwsh", folder / "lab") as lab:
        host_variables(lab, HOST, variables)
        box, front = lab.boxes[HOST], lab.fronts[HOST]
        states, reached, seen, untouched = [state(box)], [reachable(box)], [front.port], [state(boxes["constrained"])]

        def look() -> None:
            states.append(state(box))
            reached.append(reachable(box))
            seen.append(front.port)

        first = play(lab, [*ROLE, tasks(HOST, EVERYTHING)], "--diff", "-vvvv")
        calls = lab.log.counters()["hosts"][HOST]["payload_calls"]
        look()
        second = play(lab, ROLE, "--limit", HOST)
        look()
        written = json.dumps(journals(lab, HOST))
        untouched.append(state(boxes["constrained"]))
        scripts = lab.log.scripts()
        yield Ran(first, second, python, python_state, states, reached, seen, ports, calls, scripts, written, untouched)


def constrained(folder: Path) -> Box:
    box = build("default2022", folder)
    box.write_json("host", box.host | {"powershell": box.host["powershell"] | {"language_mode": "ConstrainedLanguage"}})
    return box


def test_the_role_is_applied_and_the_port_moves(ran: Ran) -> None:
    assert ran.first.state(HOST) == "ok", ran.first.output
    old, new = ran.ports["old"], ran.ports["new"]
    assert (ran.reached[:2], ran.seen[:2]) == ([{old}, {new}], [old, new])
    assert ran.states[1] != ran.states[0]


def test_in_a_read_an_apply_and_the_end_of_the_move(ran: Ran) -> None:
    """What further calls there are is the same on both engines; the last one is the one that reads everything."""
    assert ran.first.of(HOST, CONVERGE)["round_trips"] + 1 == ran.calls
    assert ran.calls - 1 == ran.python.of(HOST, CONVERGE)["round_trips"]


def test_every_provider_answers_through_the_wrapper(ran: Ran) -> None:
    answered = ran.first.of(HOST, "everything")["observations"]
    assert [answer for answer in answered if "error" in answer] == []
    assert len(answered) == len(READS)


def test_the_python_engine_reads_the_same(ran: Ran) -> None:
    """But for the journals, whose names and times are each run's own."""
    real, simulated = (answers(played) for played in (ran.first, ran.python))
    assert real == simulated


def answers(played: Played) -> list[Any]:
    given = played.of(HOST, "everything")["observations"]
    return [answer for read, answer in zip(READS, given, strict=True) if read["provider"] != "journal"]


def test_the_python_engine_does_the_same(ran: Ran) -> None:
    keys = ("changes", "controls", "overrides", "diff", "changed", "restarts", "reboot_required", "round_trips")
    real, simulated = (played.of(HOST, CONVERGE) for played in (ran.first, ran.python))
    for key in keys:
        assert real[key] == simulated[key], key
    assert ran.states[1] == ran.python_state


def test_a_stranger_sees_the_same(ran: Ran) -> None:
    real, simulated = (played.of(HOST, PROBE)["verdicts"] for played in (ran.first, ran.python))
    assert [(one["id"], one["verdict"]) for one in real] == [(one["id"], one["verdict"]) for one in simulated]


def test_the_second_run_changes_nothing(ran: Ran) -> None:
    result = ran.second.of(HOST, CONVERGE)
    assert (result["changed"], result["changes"], result["journal"], result["round_trips"]) == (False, [], [], 1)
    assert ran.states[2] == ran.states[1]


def test_what_the_host_ran_is_what_the_collection_holds(ran: Ran) -> None:
    """Nothing on the way, and nothing for the lab: every script of this collection is the file, byte for byte."""
    ours = {name: seen for name, seen in ran.scripts.items() if name.startswith(NAMESPACE)}
    assert ours == {name: [hashlib.sha256(file_of(name).read_bytes()).hexdigest()] for name in ours}
    assert {".".join(name.split(".")[-2:]) for name in ours if name.endswith(".ps1")} == ENTRIES


def test_every_script_of_the_family_has_run(ran: Ran) -> None:
    """What the entries name, and what that names in turn."""
    wanted, known = set(ENTRIES), set()
    while wanted - known:
        name = (wanted - known).pop()
        known.add(name)
        folder = "modules" if name.endswith(".ps1") else "module_utils"
        lines = file_of(f"{NAMESPACE}plugins.{folder}.{name}").read_text("ascii").splitlines()
        wanted |= {line.rpartition(".")[2].strip() + ".psm1" for line in lines if line.startswith("#AnsibleRequires -PowerShell")}
    assert {".".join(name.split(".")[-2:]) for name in ran.scripts if name.startswith(NAMESPACE)} == known


def test_constrained_language_is_refused_with_a_sentence(ran: Ran) -> None:
    assert ran.first.state("constrained") == "failed"
    told = ran.first.of("constrained")["msg"]
    assert all(part in told for part in ("Constrained Language mode", "Nothing was changed")), told
    assert ran.untouched[1] == ran.untouched[0]


@pytest.mark.parametrize("secret", CANARIES)
def test_no_secret_leaves_the_host(ran: Ran, secret: str) -> None:
    assert secret not in json.dumps(ran.first.results, default=str)
    assert secret not in ran.first.output
    assert secret not in ran.journals


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    printed = (ran.first.output + ran.second.output).splitlines()
    assert [line for line in printed if "Traceback" in line] == []
