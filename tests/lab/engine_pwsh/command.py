# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the command line that Ansible sent, in a PowerShell process of its own."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable
from typing import Any

from lab.box import Box
from lab.engine import Answer, WriteFault
from lab.engine_pwsh.build import build, find_powershell
from lab.engine_pwsh.view import View, without_override

CRASH_EXIT_CODE = 86
ENCODED = re.compile(r"(-EncodedCommand\s+)([A-Za-z0-9+/=]+)", re.IGNORECASE)
# a version is four numbers and an edition or language mode one word, so that host.json cannot carry code
WORD = re.compile(r"^[A-Za-z0-9.-]+$")
LANGUAGE = (
    "foreach ($field in 's_userDefaultCulture', 's_userDefaultUICulture') {{ [System.Globalization.CultureInfo].GetField($field, "
    "[System.Reflection.BindingFlags]'Static, NonPublic').SetValue($null, [System.Globalization.CultureInfo]::new('{0}')) }}; "
)


def run_command(
    box: Box,
    command_line: str,
    stdin: bytes,
    fault: WriteFault | None,
    on_start: Callable[[int], None],
) -> Answer:
    """Runs `PowerShell ... -EncodedCommand X` as both forms of ansible-core send it.

    on_start gets the id of the process, which leads a process group of its own. Raises EngineMissing.
    """
    powershell = find_powershell()
    with View(box, build(powershell), powershell, fault) as view:
        process = subprocess.Popen(
            [*without_override(), "/usr/bin/env", *_arguments(box, command_line)],
            cwd=view.folder,
            env=view.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        on_start(process.pid)
        stdout, stderr = process.communicate(stdin)
        if view.crashed:
            return Answer(stdout, stderr, CRASH_EXIT_CODE)
    return Answer(stdout, stderr, process.returncode if process.returncode >= 0 else 1)


def _arguments(box: Box, command_line: str) -> list[str]:
    """The command line's words, with what the session looks like in front of the encoded command."""
    session = _session(box.host)
    encoded = ENCODED.sub(lambda found: found[1] + _prepend(session, found[2]), command_line, count=1)
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', encoded)]


def _prepend(session: str, encoded: str) -> str:
    text = base64.b64decode(encoded).decode("utf-16-le")
    return base64.b64encode((session + text).encode("utf-16-le")).decode("ascii")


def _session(host: dict[str, Any]) -> str:
    powershell = host.get("powershell", {})
    edition = powershell.get("edition", "Desktop")
    version = powershell.get("version", "5.1.20348.2700")
    mode = powershell.get("language_mode", "FullLanguage")
    language = host.get("language", "en-US")
    for value in (edition, version, mode, language):
        if not WORD.match(value):
            raise ValueError(f"{value!r} in host.json is no version, edition, language or language mode")
    text = LANGUAGE.format(language) + f"$PSVersionTable['PSEdition'] = '{edition}'; $PSVersionTable['PSVersion'] = [version]'{version}'; "
    if mode != "FullLanguage":
        text += f"$ExecutionContext.SessionState.LanguageMode = '{mode}'; "
    return text
