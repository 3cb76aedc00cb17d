# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of the payload's scripts ran: `with Coverage() as coverage: PwshEngine(coverage)`.

Before each statement of a copy stands a call that notes file and line. The copy has the same line numbers; other runs use the
scripts as they are. `report` compares what never ran with never_run.yml: a list of {file, line (its text), reason}.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lab.engine_pwsh.build import HERE, find_powershell
from lab.engine_pwsh.scripts import PLUGINS, Module

NEVER_RUN = HERE / "never_run.yml"


@dataclass
class Coverage:
    """Statements of each script by their line, and the lines that ran."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="hardening-coverage-")))
    lines: dict[str, set[int]] = field(default_factory=dict)

    @property
    def record(self) -> Path:
        return self.folder / "ran.txt"

    def instrumented(self, module: Module) -> Module:
        """The script with its notes; made once for each text."""
        target = self.folder / module["name"]
        if not target.exists():
            self._instrument(module, target)
        return Module(name=module["name"], script=target.read_text("utf-8"))

    def _instrument(self, module: Module, target: Path) -> None:
        source = self.folder / f"{module['name']}.source"
        source.write_text(module["script"], "utf-8")
        command = [find_powershell(), "-NoProfile", "-File", HERE / "instrument.ps1", source, target, module["name"], self.record]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
        self.lines[module["name"]] = set(json.loads(done.stdout))

    def ran(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {name: set() for name in self.lines}
        if self.record.exists():
            for entry in self.record.read_text("utf-8").splitlines():
                name, _, line = entry.rpartition(":")
                found[name].add(int(line))
        return found

    def never_ran(self) -> list[tuple[str, int, str]]:
        """(file, line number, text) of every statement that did not run."""
        ran = self.ran()
        missing = []
        for name, lines in sorted(self.lines.items()):
            texts = (self.folder / f"{name}.source").read_text("utf-8").splitlines()
            missing += [(name, line, texts[line - 1].strip()) for line in sorted(lines - ran[name])]
        return missing

    def report(self) -> list[str]:
        """Covered and total of each file, then each line that never ran and has no reason in never_run.yml."""
        ran = self.ran()
        said = [f"{name}: {len(lines & ran[name])}/{len(lines)}" for name, lines in sorted(self.lines.items())]
        known = {(entry["file"], entry["line"]) for entry in yaml.safe_load(NEVER_RUN.read_text("utf-8")) or []}
        said += [f"never run: {name}:{line}: {text}" for name, line, text in self.never_ran() if (name, text) not in known]
        return said


def stale() -> list[str]:
    """Entries of never_run.yml whose line is in no script any more."""
    problems = []
    for entry in yaml.safe_load(NEVER_RUN.read_text("utf-8")) or []:
        files = [*PLUGINS.glob(f"module_utils/{entry['file']}"), *PLUGINS.glob(f"modules/{entry['file']}")]
        texts = {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}
        if entry["line"] not in texts:
            problems.append(f"{entry['file']} has no line {entry['line']!r}")
    return problems
