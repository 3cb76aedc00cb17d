# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell engine: the payload's own scripts under a real PowerShell, with stand-ins for Windows' API."""

from __future__ import annotations

import json
import subprocess
import threading
import weakref
from typing import Any

from lab.box import Box
from lab.engine import Crashed, EngineMissing, WriteFault
from lab.engine_pwsh.build import HERE, build, find_powershell
from lab.engine_pwsh.command import CRASH_EXIT_CODE, run_command
from lab.engine_pwsh.coverage import Coverage
from lab.engine_pwsh.scripts import Module, read_entry, required
from lab.engine_pwsh.view import View, without_override

__all__ = ["EngineFailed", "PwshEngine", "run_command"]


class EngineFailed(Exception):
    """The payload ended without its JSON document; the message has PowerShell's own errors."""


class PwshEngine:
    """Answers requests in one kept PowerShell process, each in a fresh runspace. One request at a time."""

    name = "pwsh"

    def __init__(self, coverage: Coverage | None = None) -> None:
        """coverage: notes the lines that run, in copies of the scripts."""
        self._coverage = coverage
        self._powershell = find_powershell()
        self._stand_ins = build(self._powershell)
        self._process: subprocess.Popen[str] | None = None
        self._sent: dict[tuple[str, str], int] = {}
        self._one_at_a_time = threading.Lock()

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: WriteFault | None = None) -> dict[str, Any]:
        """See lab.engine.Engine. Raises EngineFailed where the payload ends without an answer."""
        if fault is not None and fault.kind == "journal":
            raise EngineMissing(
                "The PowerShell engine has no faults of journal writes: the payload writes its journal by .NET's own streams."
            )
        with self._one_at_a_time, View(box, self._stand_ins, self._powershell, fault) as view:
            answered = self._ask(view, self._noted(_request(view, entry, arguments)))
        return _document(answered)

    def close(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _noted(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request with scripts that note what runs. The entry is left alone where it may call no method."""
        if self._coverage is None:
            return request
        scripts: list[Module] = list(request["modules"])
        if request["language_mode"] != "FullLanguage":
            return request | {"modules": self._coverage.instrumented(scripts)}
        *modules, entry = self._coverage.instrumented([*scripts, Module(name=request["entry"], script=request["script"])])
        return request | {"modules": modules, "script": entry["script"]}

    def _ask(self, view: View, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._start(request["environment"])
            self._sent = {}
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request | {"modules": [self._numbered(module) for module in request["modules"]]}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if line:
            return json.loads(line)
        self._process = None
        if process.wait() == CRASH_EXIT_CODE or view.crashed:
            raise Crashed("The payload was ended by the write fault.")
        raise EngineFailed(f"PowerShell ended with {process.returncode}.")

    def _numbered(self, module: Module) -> dict[str, Any]:
        """A module by a number; with its text only where the process has not had it yet, because to read it takes longer than to load it."""
        known = (module["name"], module["script"])
        text = {} if known in self._sent else {"script": module["script"]}
        return {"name": module["name"], "number": self._sent.setdefault(known, len(self._sent))} | text

    def _start(self, environment: dict[str, str]) -> subprocess.Popen[str]:
        command = [*without_override(), str(self._powershell), "-NoProfile", "-NonInteractive", "-File", str(HERE / "session.ps1")]
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        weakref.finalize(self, _end, process)
        return process


def _end(process: subprocess.Popen[str]) -> None:
    """Ends the loop by the end of its input."""
    if process.poll() is None and process.stdin is not None:
        process.stdin.close()
        process.wait()


def _request(view: View, entry: str, arguments: dict[str, Any]) -> dict[str, Any]:
    script = read_entry(entry)
    powershell = view.box.host.get("powershell", {})
    return {
        "folder": str(view.folder),
        "environment": view.environment(),
        "version": powershell.get("version", "5.1.20348.2700"),
        "language": view.box.host.get("language", "en-US"),
        "edition": powershell.get("edition", "Desktop"),
        "language_mode": powershell.get("language_mode", "FullLanguage"),
        "arguments": arguments,
        "modules": required(script),
        "script": script,
        "entry": f"{entry}.ps1",
    }


def _document(answered: dict[str, Any]) -> dict[str, Any]:
    try:
        return json.loads(answered["output"])
    except ValueError:
        said = "\n".join([*answered["errors"], answered["output"]])
        raise EngineFailed(f"The payload printed no JSON document: {said}") from None
