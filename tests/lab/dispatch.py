# SPDX-License-Identifier: GPL-3.0-or-later
"""From a command and its stdin to an answer: reads what Ansible sends, and asks the chosen engine.

stdin of a module is JSON1, a line of four NULs, JSON2; JSON1 starts the wrapper, JSON2 holds every script
and the actions. The last action runs the module, and its variable complex_args is what the module sees.
Source: ansible-core 2.19 and 2.21, executor/powershell/module_manifest.py and the wrappers beside it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.box import Box
from lab.engine import Answer, Crashed, Engine, EngineMissing, WriteFault

SEPARATOR = re.compile(rb"\r?\n\0\0\0\0\r?\n")
ENCODED = re.compile(r"-EncodedCommand\s+([A-Za-z0-9+/=]+)", re.IGNORECASE)
MODULES = "ansible_collections.hardening.windows.plugins.modules."
# what a process ends with when a write fault ends the payload
CRASH_EXIT_CODE = 86


@dataclass(frozen=True)
class Wrapped:
    """What Ansible sent on stdin. `script` is empty where stdin holds no module."""

    script: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    become: bool = False
    outline: str = ""

    @property
    def entry(self) -> str:
        """`windows_iis` of ansible_collections.hardening.windows.plugins.modules.windows_iis.ps1."""
        return self.script.removesuffix(".ps1").rpartition(".")[2]


def unwrap(stdin: bytes) -> Wrapped:
    """Reads stdin; text that is no module's wrapper comes back as its outline."""
    parts = SEPARATOR.split(stdin)
    try:
        starter, manifest = json.loads(parts[0]), json.loads(parts[1])
        scripts = {name: base64.b64decode(info["script"]) for name, info in manifest["scripts"].items()}
        actions = manifest["actions"]
        parameters = actions[-1]["params"]
    except (ValueError, KeyError, IndexError, TypeError, binascii.Error):
        return Wrapped(outline=stdin.decode("utf-8", "replace"))
    scripts[starter["name"]] = starter["script"].encode("utf-8")
    rest = {**manifest, "scripts": sorted(scripts)}
    return Wrapped(
        script=parameters.get("Script", ""),
        arguments=_complex_args(parameters),
        scripts={name: hashlib.sha256(text).hexdigest() for name, text in scripts.items()},
        become=any(action["name"] == "become_wrapper.ps1" for action in actions),
        outline=json.dumps(rest, ensure_ascii=False) + b"".join(parts[2:]).decode("utf-8", "replace"),
    )


def _complex_args(parameters: dict[str, Any]) -> dict[str, Any]:
    for variable in parameters.get("Variables", []):
        if variable["Name"] == "complex_args":
            return variable["Value"]
    return {}


def readable(command_line: str) -> str:
    """The command line with the text of -EncodedCommand behind it, so that a search finds what it says."""
    match = ENCODED.search(command_line)
    if match is None:
        return command_line
    return command_line + "\n" + base64.b64decode(match[1]).decode("utf-16-le", "replace")


class Dispatcher:
    """Runs commands with one engine: `python`, `pwsh`, or an object that is an Engine.

    after: called with the box when a command has ended, however it did, and before its answer can be seen.
    """

    def __init__(self, engine: str | Engine, after: Callable[[Box], None] = lambda box: None) -> None:
        self._engine = _python_engine() if engine == "python" else engine
        self._after = after

    def run(
        self,
        box: Box,
        command_line: str,
        stdin: bytes,
        wrapped: Wrapped,
        fault: WriteFault | None,
        on_start: Callable[[int], None],
    ) -> Answer:
        """on_start gets the id of a started process, which leads a process group of its own."""
        try:
            if isinstance(self._engine, str):
                return _run_powershell(box, command_line, stdin, fault, on_start)
            return _ask(self._engine, box, command_line, wrapped, fault)
        except Crashed:
            return Answer(b"", b"", CRASH_EXIT_CODE)
        except EngineMissing as error:
            return Answer(b"", str(error).encode("utf-8"), 1)
        finally:
            self._after(box)


def _ask(engine: Engine, box: Box, command_line: str, wrapped: Wrapped, fault: WriteFault | None) -> Answer:
    if wrapped.script.startswith(MODULES):
        return _json(engine.answer(box, wrapped.entry, wrapped.arguments, fault))
    if wrapped.entry == "win_ping":
        return _json({"changed": False, "ping": wrapped.arguments.get("data", "pong")})
    return _unknown(wrapped, command_line)


def _python_engine() -> Engine:
    from lab.engine_python import PythonEngine  # only when it is the chosen one

    return PythonEngine()


def _run_powershell(box: Box, command_line: str, stdin: bytes, fault: WriteFault | None, on_start: Callable[[int], None]) -> Answer:
    from lab import engine_pwsh  # only when it is the chosen one

    return engine_pwsh.run_command(box, command_line, stdin, fault, on_start)


def _json(answer: dict[str, Any]) -> Answer:
    return Answer(json.dumps(answer, ensure_ascii=False).encode("utf-8") + b"\r\n")


def _unknown(wrapped: Wrapped, command_line: str) -> Answer:
    message = (
        f"this engine of the lab answers the modules of hardening.windows and win_ping, not "
        f"{wrapped.script or command_line[:80]!r}: serve the lab with --engine pwsh to run it"
    )
    if wrapped.script:
        return _json({"failed": True, "msg": message})
    return Answer(b"", message.encode("utf-8"), 1)
