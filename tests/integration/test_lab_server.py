# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's server as its clients see it: pywinrm, ansible-playbook, the control, the command line."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import winrm
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WSManFaultError

from lab import Lab, dispatch, running
from lab.box import Box
from lab.control import Control
from lab.engine import Answer, Crashed, WriteFault
from lab.faults import Fault
from playbook_run import ROOT, run_playbook

SCRIPT = "#!powershell\n#Requires -Module Ansible.ModuleUtils.SID\n'{\"changed\": false}'\n"
NAME = "ansible_collections.hardening.windows.plugins.modules.windows_echo.ps1"
MANIFEST = {
    "scripts": {NAME: {"path": "x", "script": "eA=="}},
    "actions": [
        {"name": "module_wrapper.ps1", "params": {"Script": NAME, "Variables": [{"Name": "complex_args", "Value": {"word": "Kanarie"}}]}}
    ],
}
STDIN = b'{"name": "exec_wrapper", "script": "y"}\n\0\0\0\0\n' + json.dumps(MANIFEST).encode()


class Echo:
    """An engine whose answer is what it was asked, and as long as it was told."""

    name = "echo"

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: WriteFault | None = None) -> dict[str, Any]:
        if fault is not None:
            raise Crashed
        return {"changed": False, "entry": entry, "host": box.host["computer_name"], "echo": arguments, "long": "ä" * 150_000}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running(["default2022", "second=default2019"], Echo(), tmp_path) as lab:
        yield lab


def client(lab: Lab, host: str = "default2022", **options: Any) -> winrm.Protocol:
    endpoint = next(endpoint for endpoint in lab.endpoints if endpoint.name == host)
    login = {"username": endpoint.user, "password": endpoint.password} | options
    return winrm.Protocol(endpoint.url, transport="plaintext", **login)


def ask(protocol: winrm.Protocol, stdin: bytes = STDIN) -> tuple[bytes, bytes, int]:
    """One module's run as the winrm connection makes it."""
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, "PowerShell", ["-NoProfile"], console_mode_stdin=False)
    protocol.send_command_input(shell, command, stdin[:100])
    protocol.send_command_input(shell, command, stdin[100:], end=True)
    result = protocol.get_command_output(shell, command)
    protocol.cleanup_command(shell, command)
    protocol.close_shell(shell)
    return result


def test_pywinrm_gets_a_long_answer_in_portions(lab: Lab) -> None:
    stdout, stderr, code = ask(client(lab))
    answer = json.loads(stdout)
    assert (answer["entry"], answer["host"], answer["echo"], code, stderr) == ("windows_echo", "WEB22", {"word": "Kanarie"}, 0, b"")
    numbers = lab.log.counters()["hosts"]["default2022"]
    assert numbers["actions"] == {"Create": 1, "Command": 1, "Send": 2, "Receive": len(stdout) // 112_896 + 1, "Signal": 1, "Delete": 1}
    assert (numbers["payload_calls"], numbers["polls"]) == (1, 0)
    assert numbers["received_total"] > numbers["received_body"] > len(STDIN)
    assert list(lab.log.counters()["hosts"]) == ["default2022"]


def test_a_wrong_password_is_refused(lab: Lab) -> None:
    with pytest.raises(InvalidCredentialsError):
        client(lab, password="wrong").open_shell()


def test_work_that_goes_on_is_polled_for(lab: Lab) -> None:
    lab.faults.add(Fault("default2022", "slow", value=2.5))
    started = time.monotonic()
    assert ask(client(lab, operation_timeout_sec=1, read_timeout_sec=5))[2] == 0
    assert time.monotonic() - started >= 2.5
    assert lab.log.counters()["total"]["polls"] == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"effect": "status", "action": "Create", "status": 401}, InvalidCredentialsError),
        ({"effect": "status", "action": "Command", "code": 0x803381A6}, WSManFaultError),
        ({"effect": "reset", "action": "Send", "number": 2}, requests.ConnectionError),
        ({"effect": "reset", "action": "Receive", "when": "after"}, requests.ConnectionError),
        ({"effect": "reset", "action": "Receive", "when": "middle"}, requests.exceptions.ChunkedEncodingError),
    ],
    ids=["401", "quota", "reset_before", "reset_after", "reset_middle"],
)
def test_faults_of_the_connection(lab: Lab, fault: dict[str, Any], error: type[Exception]) -> None:
    lab.faults.add(Fault("default2022", **fault))
    with pytest.raises(error) as raised:
        ask(client(lab))
    if isinstance(raised.value, WSManFaultError):
        assert raised.value.wmierror_code == 0x803381A6
    assert ask(client(lab))[2] == 0


def test_a_write_fault_ends_the_command(lab: Lab) -> None:
    lab.faults.add(Fault("second", "write", write=WriteFault(1)))
    assert ask(client(lab, "second")) == (b"", b"", 86)


@pytest.mark.parametrize("end", ["signal", "delete", "close"])
def test_a_commands_processes_end_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def sleep(box: Box, line: str, stdin: bytes, fault: WriteFault | None, on_start: Callable[[int], None]) -> Answer:
        process = subprocess.Popen(["sh", "-c", "sleep 100 & wait"], start_new_session=True)
        on_start(process.pid)
        started.append(process)
        return Answer(b"", b"", process.wait())

    monkeypatch.setattr(dispatch, "_run_powershell", sleep)
    with running(["default2022"], "pwsh", tmp_path) as lab:
        protocol = client(lab, operation_timeout_sec=1, read_timeout_sec=5)
        shell = protocol.open_shell()
        command = protocol.run_command(shell, "PowerShell")
        with pytest.raises(WinRMOperationTimeoutError):
            protocol.get_command_output_raw(shell, command)
        if end == "signal":
            protocol.cleanup_command(shell, command)
        if end == "delete":
            protocol.close_shell(shell)
        if end == "close":
            lab.close()
        assert started[0].wait(5) == -signal.SIGKILL
        assert alive(started[0].pid) == []


def alive(group: int) -> list[str]:
    """Processes of a group that still run; those that ended and were not waited for yet do not."""
    fields = [file.read_text().rpartition(")")[2].split() for file in Path("/proc").glob("[0-9]*/stat") if file.exists()]
    return [state for state, _, process_group, *_ in fields if int(process_group) == group and state != "Z"]


def test_the_control_serves_other_processes(lab: Lab) -> None:
    control = Control(lab.control_url)
    ask(client(lab))
    assert control.counters()["total"]["payload_calls"] == 1
    assert control.scripts() == {NAME: [hashlib.sha256(b"x").hexdigest()], "exec_wrapper": [hashlib.sha256(b"y").hexdigest()]}
    assert control.contains("Kanarie") == [{"host": "default2022", "number": 0, "in": "stdin"}]
    control.add_fault(Fault("default2022", "exit_code", value=5))
    assert [fault["effect"] for fault in control.faults()] == ["exit_code"]
    assert ask(client(lab))[2] == 5
    control.add_fault(Fault("default2022", "cut", value=1))
    control.clear_faults()
    control.reset()
    assert (control.faults(), control.commands()) == ([], [])


def collection(folder: Path) -> Path:
    """A collection of this name with one trivial module."""
    root = folder / "ansible_collections/hardening/windows"
    (root / "plugins/modules").mkdir(parents=True)
    (root / "galaxy.yml").write_text("namespace: hardening\nname: windows\nversion: 0.0.1\n")
    (root / "plugins/modules/windows_echo.ps1").write_text(SCRIPT)
    return folder


def test_a_real_playbook(lab: Lab, tmp_path: Path) -> None:
    playbook = tmp_path / "echo.yml"
    tasks = "    - hardening.windows.windows_echo: {word: Kanarie}\n"
    playbook.write_text(f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}")
    run = run_playbook(playbook, lab.inventory, collections=collection(tmp_path / "collections"))
    assert run.exit_code == 0
    assert {entry["host"]: entry["result"]["echo"]["word"] for entry in run.results} == {"default2022": "Kanarie", "second": "Kanarie"}
    assert [numbers["payload_calls"] for numbers in lab.log.counters()["hosts"].values()] == [1, 1]
    assert lab.log.scripts()[NAME] == [hashlib.sha256(SCRIPT.encode()).hexdigest()]


def test_two_labs_from_the_command_line_end_cleanly(tmp_path: Path) -> None:
    labs = [serve(tmp_path / name) for name in ("one", "two")]
    try:
        texts = [read_until_ready(process) for process in labs]
        ports = [set(re.findall(r"127\.0\.0\.1:(\d+)", text)) for text in texts]
        # WinRM, the control, Remote Desktop
        assert all(len(found) == 3 for found in ports)
        assert not ports[0] & ports[1]
        assert all(text.count("Lab-Passw0rd!") == 1 for text in texts)
    finally:
        for process, number in zip(labs, (signal.SIGINT, signal.SIGTERM), strict=True):
            process.send_signal(number)
    assert [process.communicate(timeout=20)[1] for process in labs] == ["", ""]
    assert [process.returncode for process in labs] == [0, 0]


def serve(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "lab", "serve", "--box", "default2022", "--folder", str(folder)]
    return subprocess.Popen(command, cwd=ROOT / "tests", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("Ctrl-C"):
            return text
    raise AssertionError(f"the lab ended: {text}")
