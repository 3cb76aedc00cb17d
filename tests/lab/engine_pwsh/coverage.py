# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of the payload's scripts ran.

Before each statement of a copy stands a call that notes file and line, once. The copy has the same line numbers; other runs use the
scripts as they are. coverage_report.py reads what was noted.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.engine_pwsh.build import HERE, find_powershell
from lab.engine_pwsh.scripts import Module

RECORD = "ran.txt"

# Names the folder in which every process keeps what ran; without it the scripts run as they are.
VARIABLE = "PAYLOAD_COVERAGE"


@dataclass(frozen=True)
class Coverage:
    """Keeps the instrumented scripts of one process, their statements' lines, and the lines that ran, in a folder."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Coverage | None:
        folder = os.environ.get(VARIABLE)
        return cls(Path(folder) / str(os.getpid())) if folder else None

    def instrumented(self, module: Module) -> Module:
        """The script with its notes; made once for each process."""
        target = self.folder / module["name"]
        if not target.exists():
            self._instrument(module, target)
        return Module(name=module["name"], script=target.read_text("utf-8"))

    def _instrument(self, module: Module, target: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        source = self.folder / f"{module['name']}.source"
        source.write_text(module["script"], "utf-8")
        command = [find_powershell(), "-NoProfile", "-File", HERE / "instrument.ps1", source, target, module["name"], self.folder / RECORD]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
        (self.folder / f"{module['name']}.lines").write_text(done.stdout, "utf-8")
