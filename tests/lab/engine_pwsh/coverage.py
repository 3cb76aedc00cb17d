# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of the payload's scripts ran.

Before each statement of a copy stands a call that notes file and line, once. The copy has the same line numbers; other runs use the
scripts as they are. coverage_report.py reads what was noted.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lab.engine_pwsh.build import HERE, find_powershell
from lab.engine_pwsh.scripts import Module

# what each PowerShell process noted: its id, and this
RECORD = ".ran"

# Names the folder in which all processes of a run keep what ran; without it the scripts run as they are.
VARIABLE = "PAYLOAD_COVERAGE"


@dataclass(frozen=True)
class Coverage:
    """Keeps the instrumented scripts, their statements' lines, and the lines that ran, in a folder that several processes share."""

    folder: Path
    _known: dict[tuple[str, str], Module] = field(default_factory=dict, compare=False)

    @classmethod
    def from_environment(cls) -> Coverage | None:
        folder = os.environ.get(VARIABLE)
        return cls(Path(folder).absolute()) if folder else None

    def instrumented(self, modules: Sequence[Module]) -> list[Module]:
        """The scripts with their notes, in order. Each is made by the first process that needs it; the others wait."""
        if any(_key(module) not in self._known for module in modules):
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / ".lock", "a+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._instrument([module for module in modules if not self._is_made(module)])
            self._known.update({_key(module): self._read(module["name"]) for module in modules})
        return [self._known[_key(module)] for module in modules]

    def _is_made(self, module: Module) -> bool:
        source = self.folder / f"{module['name']}.source"
        return (self.folder / module["name"]).exists() and source.read_text("utf-8") == module["script"]

    def _read(self, name: str) -> Module:
        return Module(name=name, script=(self.folder / name).read_text("utf-8"))

    def _instrument(self, modules: Sequence[Module]) -> None:
        """All in one PowerShell process, because to start it takes longer than to instrument a script."""
        if not modules:
            return
        for module in modules:
            (self.folder / f"{module['name']}.source").write_text(module["script"], "utf-8")
        command = [find_powershell(), "-NoProfile", "-File", HERE / "instrument.ps1", self.folder, *(module["name"] for module in modules)]
        subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)


def _key(module: Module) -> tuple[str, str]:
    return module["name"], module["script"]
