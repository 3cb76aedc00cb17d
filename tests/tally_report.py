# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing report of `make test`: tests per engine, skips, the stored minimum, both code sizes.

Exit code 1 where a run has fewer tests than tests/minimum.json asks for, and with CI=true where a test
was skipped that tests/allowed_skips.yml does not list.
"""

from __future__ import annotations

import fnmatch
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ("python", "pwsh", "none")
COLUMNS = (*ENGINES, "skipped", "seconds")
PRODUCT = ("plugins", "roles", "playbooks", "extensions", "meta")
LAB = ("tests/lab",)
ROWS = ("tests/lab/behaviour",)
CODE = {".py", ".ps1", ".psm1", ".cs", ".c", ".h", ".yml", ".yaml"}


@dataclass(frozen=True)
class Run:
    """One pytest run, as the plugin wrote it. `absent` says why a run did not take place."""

    name: str
    ran: Mapping[str, int]
    skipped: Mapping[str, int]
    skips: Sequence[Mapping[str, str]]
    absent: str | None
    seconds: float = 0.0

    @classmethod
    def read(cls, file: Path) -> Run:
        data = json.loads(file.read_text(encoding="utf-8"))
        return cls(data["run"], data["ran"], data["skipped"], data["skips"], data["absent"], data["seconds"])


@dataclass(frozen=True)
class AllowedSkip:
    """A skip that CI accepts: shell patterns of the test's id and of the reason it gives."""

    test: str
    reason: str

    def covers(self, skip: Mapping[str, str]) -> bool:
        return fnmatch.fnmatchcase(skip["test"], self.test) and fnmatch.fnmatchcase(skip["reason"], self.reason)


def below_minimum(run: Run, minimum: Mapping[str, int], ci: bool) -> list[str]:
    """Sentences for every engine on which a run has too few tests.

    Outside CI a test that was skipped with a reason counts: a machine without PowerShell loses no test unnoticed.
    """
    problems = []
    for engine, wanted in minimum.items():
        counted = run.ran.get(engine, 0) + (0 if ci else run.skipped.get(engine, 0))
        if counted < wanted:
            problems.append(f"{run.name}: {counted} tests on engine {engine}, at least {wanted} are stored in tests/minimum.json")
    return problems


def run_problems(name: str, run: Run | None, minimum: Mapping[str, int], ci: bool) -> list[str]:
    if run is None:
        return [f"{name}: this run left no count in build/tally"]
    if run.absent is not None:
        return [f"{name}: {run.absent}"] if ci else []
    return below_minimum(run, minimum, ci)


def unlisted_skips(runs: Iterable[Run], allowed: Sequence[AllowedSkip]) -> list[str]:
    return [
        f"{run.name}: {skip['test']} was skipped ({skip['reason']}), which tests/allowed_skips.yml does not list"
        for run in runs
        for skip in run.skips
        if not any(entry.covers(skip) for entry in allowed)
    ]


def verdict(runs: Sequence[Run], minimum: Mapping[str, Mapping[str, int]], allowed: Sequence[AllowedSkip], ci: bool) -> list[str]:
    """Every reason to fail, as sentences; empty when the whole test is good."""
    by_name = {run.name: run for run in runs}
    problems = [text for name, least in minimum.items() for text in run_problems(name, by_name.get(name), least, ci)]
    return problems + (unlisted_skips(runs, allowed) if ci else [])


def table(runs: Sequence[Run]) -> list[str]:
    """The counts, one line per run and one for the sum."""
    lines = [f"{'tests that ran':<18}" + "".join(f"{engine:>9}" for engine in COLUMNS)]
    total: Counter[str] = Counter()
    for run in runs:
        counts = {**{engine: run.ran.get(engine, 0) for engine in ENGINES}, "skipped": len(run.skips), "seconds": round(run.seconds)}
        total.update(counts)
        lines.append(row(run.name, counts) if run.absent is None else f"{run.name:<18}  did not run: {run.absent}")
    return [*lines, row("together", total)]


def row(name: str, counts: Mapping[str, int]) -> str:
    return f"{name:<18}" + "".join(f"{counts.get(column, 0):>9}" for column in COLUMNS)


def skip_lines(runs: Sequence[Run]) -> list[str]:
    """Each reason once, with how many tests gave it."""
    reasons = Counter(skip["reason"] for run in runs for skip in run.skips)
    return [f"skipped {number}: {reason}" for reason, number in sorted(reasons.items())]


def code_lines(folders: Iterable[str], root: Path = ROOT) -> int:
    """Lines that are neither empty nor a comment, of every code and YAML file below the folders."""
    files = (file for folder in folders for file in (root / folder).rglob("*") if file.suffix in CODE and file.is_file())
    return sum(1 for file in files for line in file.read_text(encoding="utf-8").splitlines() if is_code(line))


def is_code(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith(("#", "//"))


def sizes() -> str:
    """How much is shipped, and how much it takes to try it; rows are data: what Windows does, each with its source."""
    return (
        f"size: product {code_lines(PRODUCT)} lines, lab {code_lines(LAB)} lines, {code_lines(ROWS)} of which are the rows of "
        "tests/lab/behaviour (comments and empty lines not counted)"
    )


def read_allowed(file: Path) -> list[AllowedSkip]:
    entries: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return [AllowedSkip(entry["test"], entry["reason"]) for entry in entries]


def main() -> int:
    runs = [Run.read(file) for file in sorted((ROOT / "build/tally").glob("*.json"))]
    minimum = json.loads((ROOT / "tests/minimum.json").read_text(encoding="utf-8"))
    ci = os.environ.get("CI", "").lower() == "true"
    problems = verdict(runs, minimum, read_allowed(ROOT / "tests/allowed_skips.yml"), ci)
    print("\n".join(["", *table(runs), *skip_lines(runs), sizes(), *(f"FAILED: {text}" for text in problems)]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
