# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab.engine_pwsh.coverage_report FOLDER`: which lines of the payload ran in all processes that noted in a folder.

Names each line that never ran, and fails where never_run.yml, a list of {file, line (its text), reason}, has no reason for it, or has
one for a line that ran or is in no script.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from lab.engine_pwsh.build import HERE
from lab.engine_pwsh.coverage import RECORD

NEVER_RUN = HERE / "never_run.yml"


@dataclass(frozen=True)
class Script:
    """One script over all processes: its text by line, the lines of its statements, those that ran."""

    name: str
    texts: tuple[str, ...]
    statements: frozenset[int]
    ran: frozenset[int]

    def never_ran(self) -> Iterator[tuple[int, str]]:
        for line in sorted(self.statements - self.ran):
            yield line, self.texts[line - 1].strip()


def read(folder: Path) -> list[Script]:
    """What all processes noted."""
    ran: dict[str, set[int]] = {}
    for record in folder.glob(f"*{RECORD}"):
        for entry in record.read_text("utf-8").splitlines():
            name, _, line = entry.rpartition(":")
            ran.setdefault(name, set()).add(int(line))
    return [
        Script(name, tuple(source.read_text("utf-8").splitlines()), frozenset(_statements(source)), frozenset(ran.get(name, ())))
        for name, source in sorted((file.name.removesuffix(".source"), file) for file in folder.glob("*.source"))
    ]


def _statements(source: Path) -> list[int]:
    return json.loads(source.with_suffix(".lines").read_text("utf-8"))


def reasons() -> dict[tuple[str, str], str]:
    return {(entry["file"], entry["line"]): entry["reason"] for entry in yaml.safe_load(NEVER_RUN.read_text("utf-8")) or []}


def problems(scripts: list[Script], known: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Lines that never ran without a reason, and reasons for lines that ran or are gone."""
    missing = {(script.name, text) for script in scripts for _line, text in script.never_ran()}
    yield from (f"never run, and never_run.yml has no reason: {name}: {text}" for name, text in sorted(missing - set(known)))
    yield from (
        f"never_run.yml has a reason for a line that runs or is gone: {name}: {text}" for name, text in sorted(set(known) - missing)
    )


def main(folder: Path) -> int:
    scripts, known = read(folder), reasons()
    total, ran = sum(len(script.statements) for script in scripts), sum(len(script.statements & script.ran) for script in scripts)
    print(f"payload lines with a statement that ran under PowerShell: {ran} of {total}")
    for script in scripts:
        print(f"  {script.name}: {len(script.statements & script.ran)} of {len(script.statements)}")
        for line, text in script.never_ran():
            print(f"    {line}: {text}  # {known.get((script.name, text), 'no reason')}")
    found = list(problems(scripts, known)) or ([] if scripts else [f"nothing was noted in {folder}"])
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
