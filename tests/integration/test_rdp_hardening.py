# SPDX-License-Identifier: GPL-3.0-or-later
"""rdp_security_layer and rdp_listener by real Ansible: check mode, run, second run; results as documented; refusals before any trip."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.ansible_process import Played, play, tasks
from lab import running

pytestmark = pytest.mark.engine("python")
ROOT = Path(__file__).parents[2]
MODULES = ROOT / "plugins/modules"
GUIDE = (ROOT / "docs/controls.md").read_text("utf-8")
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
# host -> the module that is run there; the host's Remote Desktop is owned by a policy where its name says so
HOSTS = {"secured": "rdp_security_layer", "offered": "rdp_listener", "policy": "rdp_security_layer"}
OPTIONS: dict[str, dict[str, Any]] = {
    "rdp_security_layer": {
        "encryption_level": "high",
        "network_level_authentication": True,
        "secure_rpc": True,
        "credssp_encryption_oracle": "force_updated_clients",
        "certificate_thumbprint": None,
    },
    "rdp_listener": {
        "enabled": True,
        "redirections": {"drives": False, "camera": False, "printers": None},
        "time_limits": {"idle": 15, "end_session": True},
        "shadowing": "none",
    },
}
PLAYBOOK = [tasks(host, {f"hardening.windows.{module}": OPTIONS[module]}, ignore_errors=True) for host, module in HOSTS.items()]


@dataclass(frozen=True)
class Three:
    """The three runs, and each host's registry before the first and after each of them."""

    checked: Played
    first: Played
    second: Played
    registries: dict[str, list[Any]]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    names = ["secured=default2022", "offered=default2019", "policy=under_policy"]
    with running(names, folder=tmp_path_factory.mktemp("rdp")) as lab:
        registries: dict[str, list[Any]] = {host: [lab.boxes[host].registry] for host in HOSTS}
        runs = []
        for arguments in (["--check", "--diff"], ["--diff"], ["--diff"]):
            runs.append(play(lab, PLAYBOOK, *arguments))
            for host in HOSTS:
                registries[host].append(lab.boxes[host].registry)
        yield Three(*runs, registries)


@pytest.mark.parametrize("host", HOSTS)
def test_check_mode_says_what_the_run_does_and_the_run_does_it_once(three: Three, host: str) -> None:
    checked, first, second = (getattr(three, run).of(host) for run in ("checked", "first", "second"))
    before, untouched, written, again = three.registries[host]
    assert before == untouched != written == again
    assert checked["changes"] == first["changes"] != []
    assert checked["diff"] == first["diff"] != []
    assert (checked["changed"], first["changed"], second["changed"]) == (True, True, False)
    assert (checked["round_trips"], first["round_trips"], second["round_trips"]) == (1, 2, 1)
    assert (second["changes"], second["journal"]) == ([], [])


def test_the_values_are_in_the_registry(three: Three) -> None:
    secured, offered = (three.registries[host][-1]["HKLM"] for host in ("secured", "offered"))
    assert secured[LISTENER]["MinEncryptionLevel"]["value"] == 3
    assert secured[POLICY]["fEncryptRPCTraffic"] == {"kind": "DWord", "value": 1}
    assert [offered[LISTENER][name]["value"] for name in ("fDisableCdm", "MaxIdleTime", "fInheritMaxIdleTime", "Shadow")] == [
        1,
        900_000,
        0,
        0,
    ]
    assert offered[POLICY]["fDisableCameraRedir"]["value"] == 1
    assert offered[LISTENER]["fDisableCpm"]["value"] == 0


def test_a_policy_is_left_alone_and_the_rest_is_done(three: Three) -> None:
    result = three.first.of("policy")
    assert three.first.state("policy") == "failed"
    assert "Servers" in result["msg"]
    assert {one["setting"] for one in result["overrides"]} == {"encryption_level", "network_level_authentication", "secure_rpc"}
    assert [one["after"] for one in result["changes"]] == ["0 (force_updated_clients)"]
    assert three.registries["policy"][-1]["HKLM"][POLICY]["MinEncryptionLevel"]["value"] == 2


@pytest.mark.parametrize("host", ["secured", "offered"])
def test_the_result_is_the_documented_one(three: Three, host: str) -> None:
    tree = ast.parse((MODULES / f"{HOSTS[host]}.py").read_text("utf-8"))
    texts = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    result, documented = three.first.of(host), yaml.safe_load(texts["RETURN"])
    assert set(documented) <= set(result)
    for name in ("changes", "controls"):
        (sample,) = documented[name]["sample"]
        assert result[name]
        assert [set(one) for one in result[name]] == [set(sample)] * len(result[name])
    (control,) = documented["controls"]["sample"]
    assert f"| {control['id']} | {control['references'][0]}" in GUIDE
    assert f"| {control['title']} |" in GUIDE


def test_contradictions_are_refused_before_any_trip(tmp_path: Path) -> None:
    options = {"security_layer": "ssl", "encryption_level": "low"}
    with running(["one=default2022"], folder=tmp_path) as lab:
        played = play(lab, [tasks("one", {"hardening.windows.rdp_security_layer": options})])
        assert lab.log.read("commands") == []
    assert played.state("one") == "failed"
    assert "encryption level against security layer" in played.of("one")["msg"]
