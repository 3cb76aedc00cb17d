# SPDX-License-Identifier: GPL-3.0-or-later
"""The payload under a real PowerShell, through Ansible's own wrapper over WinRM; run again under the next ansible-core."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from integration.ansible_process import ROLE, SECTION, Played, canonical, host_variables, journals, meaning, play, stored, task_name, tasks
from integration.test_secrets import CANARIES, EVERYTHING, keeper
from lab import Lab, running
from lab.boxes import build
from lab.engine import EngineMissing, WriteFault
from lab.faults import Fault
from playbook_run import ROOT

pytestmark = [pytest.mark.engine("pwsh"), pytest.mark.real_engine]
NAMESPACE = "ansible_collections.hardening.windows."
CHANGING = ("keeper", "aspnet")
VARIABLES = {
    "iis_harden_profile": "competition",
    "iis_harden_on_override": "report",
    "iis_harden_sql_injection_sites": ["Default Web Site"],
}
UNDO = tasks(":".join([*CHANGING, "crashed"]), {"hardening.windows.undo": {"journal": "{{ journal_id }}"}})


@dataclass(frozen=True)
class Ran:
    """files: each host's applicationHost.config before, after the role, after the role again, and after the undo."""

    lab: Lab
    first: Played
    second: Played
    undone: Played
    again: Played
    files: dict[str, list[str]]
    calls: dict[str, int]


def need_powershell() -> None:
    """Skips with the sentence that says what is missing; in CI it is an error."""
    try:
        importlib.import_module("lab.engine_pwsh").PwshEngine().close()
    except (EngineMissing, ImportError, AttributeError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the PowerShell engine cannot run: {error}")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    need_powershell()
    folder = tmp_path_factory.mktemp("real_engine")
    constrained = build("default2022", folder / "constrained")
    powershell = constrained.host["powershell"] | {"language_mode": "ConstrainedLanguage"}
    constrained.write_json("host", constrained.host | {"powershell": powershell})
    boxes = {"keeper": keeper(folder / "keeper"), "constrained": constrained}
    boxes |= {"aspnet": build("aspnet2022", folder / "aspnet"), "crashed": build("default2022", folder / "crashed")}
    with running(boxes, "pwsh", folder / "lab") as lab:
        for host in CHANGING:
            host_variables(lab, host, VARIABLES)
        lab.faults.add(Fault("crashed", "write", number=2, write=WriteFault(1, "after")))
        files = {host: [canonical(lab, host)] for host in boxes}
        first = play(lab, [*ROLE, tasks("keeper", EVERYTHING)], "--diff")
        calls = {host: numbers["payload_calls"] for host, numbers in lab.log.counters()["hosts"].items()}
        remember(lab, files)
        second = play(lab, ROLE)
        remember(lab, files)
        for host in (*CHANGING, "crashed"):
            host_variables(lab, host, {"journal_id": journals(lab, host)[0][0]["id"]})
        undone = play(lab, [UNDO])
        remember(lab, files)
        yield Ran(lab, first, second, undone, play(lab, [UNDO]), files, calls)


def remember(lab: Lab, files: dict[str, list[str]]) -> None:
    for host, documents in files.items():
        documents.append(canonical(lab, host))


@pytest.mark.parametrize("host", CHANGING)
def test_the_role_is_applied(ran: Ran, host: str) -> None:
    assert ran.first.state(host) == "ok", ran.first.output
    assert stored(ran.lab, host, "@allowHighBitCharacters") == [], "the undo has run since"
    section = etree.fromstring(ran.files[host][1]).find(SECTION)
    assert section is not None
    limits = section.find("requestLimits")
    assert limits is not None
    assert (section.get("allowHighBitCharacters"), limits.get("maxUrl")) == ("false", "2048")
    assert section.xpath("verbs/add/@verb") == ["TRACE", "OPTIONS"]
    site = etree.fromstring(ran.files[host][1]).xpath(f"location[@path='Default Web Site']/{SECTION}/filteringRules/filteringRule")
    assert [rule.get("name") for rule in site] == ["SQLInjection"]


def test_in_two_payload_calls(ran: Ran) -> None:
    assert ran.calls["aspnet"] == 2


@pytest.mark.parametrize("host", CHANGING)
def test_the_second_run_changes_nothing(ran: Ran, host: str) -> None:
    result = ran.second.of(host)
    assert (result["changed"], result["changes"], result["journal"], result["round_trips"]) == (False, [], [], 1)
    assert ran.files[host][2] == ran.files[host][1]


@pytest.mark.parametrize("host", CHANGING)
def test_undo_takes_it_back_once(ran: Ran, host: str) -> None:
    assert (ran.undone.of(host)["changed"], ran.again.of(host)["changed"]) == (True, False), ran.undone.output
    assert meaning(ran.files[host][3]) == meaning(ran.files[host][0])


def test_a_run_that_was_killed_after_its_write_is_reported_and_taken_back(ran: Ran) -> None:
    before, killed, _again, undone = ran.files["crashed"]
    journal = journals(ran.lab, "crashed")[0]
    assert ran.first.state("crashed") == "failed"
    assert journal[0]["id"] in ran.first.of("crashed")["msg"]
    assert killed != before
    assert journal[0]["id"] in " ".join(map(str, ran.second.of("crashed")["warnings"]))
    assert meaning(undone) == meaning(before)
    assert [line["finished"] for line in journal if "finished" in line] == ["undone"]


def test_what_the_host_ran_is_what_the_collection_holds(ran: Ran) -> None:
    """Nothing on the way, and nothing for the lab: every script of this collection is the file, byte for byte."""
    ours = {name: seen for name, seen in ran.lab.log.scripts().items() if name.startswith(NAMESPACE)}
    assert ours == {name: [hashlib.sha256(file_of(name).read_bytes()).hexdigest()] for name in ours}
    assert {name.rpartition(".")[2] for name in ours} == {"ps1", "psm1"}


def file_of(name: str) -> Path:
    parts = name.removeprefix(NAMESPACE).split(".")
    return ROOT.joinpath(*parts[:-2], ".".join(parts[-2:]))


def test_constrained_language_is_refused_with_a_sentence(ran: Ran) -> None:
    assert ran.first.state("constrained") == "failed"
    assert "Constrained Language mode" in ran.first.of("constrained")["msg"]
    assert "Nothing was changed" in ran.first.of("constrained")["msg"]
    assert ran.files["constrained"][1] == ran.files["constrained"][0]


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    assert [line for line in ran.first.output.splitlines() if "Traceback" in line] == []


@pytest.mark.parametrize("secret", CANARIES)
def test_no_secret_leaves_the_host(ran: Ran, secret: str) -> None:
    """The whole configuration of the host was asked for, and is in the results."""
    assert [("error" in result) for result in ran.first.of("keeper")["observations"]] == [False] * 5
    assert secret not in json.dumps(ran.first.results, default=str)
    assert secret not in ran.first.output
    assert secret not in json.dumps(journals(ran.lab, "keeper"))


@pytest.mark.parametrize("host", CHANGING)
def test_the_python_engine_does_the_same(ran: Ran, host: str, tmp_path: Path) -> None:
    box = {"keeper": keeper, "aspnet": lambda folder: build("aspnet2022", folder)}[host](tmp_path / "box")
    with running({host: box}, folder=tmp_path / "lab") as lab:
        host_variables(lab, host, VARIABLES)
        played = play(lab, ROLE, "--diff")
        assert played.exit_code == 0, played.output
        task = task_name(played.results[-1])
        keys = ("changes", "controls", "overrides", "diff", "changed", "restarts", "reboot_required", "round_trips")
        assert {key: played.of(host)[key] for key in keys} == {key: ran.first.of(host, task)[key] for key in keys}
        assert canonical(lab, host) == ran.files[host][1]
