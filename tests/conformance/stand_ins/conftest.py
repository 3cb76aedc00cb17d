# SPDX-License-Identifier: GPL-3.0-or-later
"""A box, and PowerShell scripts that run on it with the stand-ins, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import boxes
from lab.box import Box
from lab.engine import EngineMissing, WriteFault
from lab.engine_pwsh.build import build, find_powershell
from lab.engine_pwsh.view import View, without_override


@dataclass(frozen=True)
class Said:
    """What a script printed, what it complained of, how it ended, and whether a stand-in ended it."""

    lines: list[str]
    errors: str
    exit_code: int
    crashed: bool


Script = Callable[..., Said]


@pytest.fixture
def remote_desktop(tmp_path: Path) -> Box:
    return boxes.build("default2022", tmp_path / "box")


@pytest.fixture
def script(remote_desktop: Box) -> Script:
    """Runs a script on the box; `fault` is put at one of its writes."""
    try:
        powershell = find_powershell()
    except EngineMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the PowerShell engine cannot run: {error}")
    stand_ins = build(powershell)

    def run(text: str, fault: WriteFault | None = None) -> Said:
        with View(remote_desktop, stand_ins, powershell, fault) as view:
            command = [*without_override(), str(powershell), "-NoProfile", "-NonInteractive", "-Command", text]
            done = subprocess.run(command, cwd=view.folder, env=view.environment(), capture_output=True, text=True, check=False)
            return Said(done.stdout.splitlines(), done.stderr, done.returncode, view.crashed)

    return run
