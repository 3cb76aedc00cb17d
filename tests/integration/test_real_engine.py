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

from integration.ansible_process import ROLE, SECTION, Played, canonical, host_variables, journals, play, stored, tasks
from integration.test_secrets import CANARIES, EVERYTHING, keeper
from lab import Lab, running
from lab.boxes import build
from lab.engine import EngineMissing
from playbook_run import ROOT

pytestmark = [pytest.mark.engine("pwsh"), pytest.mark.real_engine]
NAMESPACE = "ansible_collections.hardening.windows."
CHANGING = ("keeper", "aspnet")
UNDO = tasks(":".join(CHANGING), {"hardening.windows.undo": {"journal": "{{ journal_id }}"}})


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
    boxes = {"keeper": keeper(folder / "keeper"), "aspnet": build("aspnet2022", folder / "aspnet"), "constrained": constrained}
    with running(boxes, "pwsh", folder / "lab") as lab:
        for host in CHANGING:
            host_variables(lab, host, {"iis_harden_profile": "competition", "iis_harden_on_override": "report"})
        files = {host: [canonical(lab, host)] for host in boxes}
        first = play(lab, [*ROLE, tasks("keeper", EVERYTHING)], "--diff")
        calls = {host: numbers["payload_calls"] for host, numbers in lab.log.counters()["hosts"].items()}
        remember(lab, files)
        second = play(lab, ROLE)
        remember(lab, files)
        for host in CHANGING:
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
    assert without_empty_elements(ran.files[host][3]) == without_empty_elements(ran.files[host][0])


def without_empty_elements(document: str) -> str:
    """Elements of the section that have neither attributes nor entries say nothing to IIS, and stay behind."""
    root = etree.fromstring(document)
    for element in reversed(root.xpath(f"//{SECTION}//*")):
        if not element.attrib and not len(element):
            element.getparent().remove(element)
    return etree.tostring(root, method="c14n").decode("utf-8")


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
        host_variables(lab, host, {"iis_harden_profile": "competition", "iis_harden_on_override": "report"})
        played = play(lab, ROLE, "--diff")
        task = played.results[-1]["task"]
        keys = ("changes", "controls", "overrides", "diff", "changed", "restarts", "reboot_required", "round_trips")
        assert {key: played.of(host)[key] for key in keys} == {key: ran.first.of(host, task)[key] for key in keys}
        assert canonical(lab, host) == ran.files[host][1]
