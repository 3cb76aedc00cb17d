# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin that counts on which lab engine tests ran, and which were skipped and why.

`pytest --tally NAME` writes build/tally/NAME.json; `tests/tally_report.py` sums the files of several
runs and judges them. Without the option nothing is written.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path("build/tally")
NO_ENGINE = "none"
PROPERTY = "engine"


@dataclass
class Tally:
    """What one pytest run did: engine -> number of tests, and every skip."""

    run: str
    ran: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    skips: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    absent: str | None = None

    def skip(self, test: str, reason: str, engine: str = NO_ENGINE) -> None:
        self.skipped[engine] += 1
        self.skips.append({"test": test, "reason": reason})

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.run}.json"
        file.write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")
        return file

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "ran": dict(sorted(self.ran.items())),
            "skipped": dict(sorted(self.skipped.items())),
            "skips": self.skips,
            "seconds": round(self.seconds, 1),
            "absent": self.absent,
        }


def engine_name(item: pytest.Item) -> str:
    """The engine of a test: its marker's argument, else its parameter `engine`, else none."""
    marker = item.get_closest_marker("engine")
    if marker is not None:
        return str(marker.args[0])
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    if "engine" not in parameters:
        return NO_ENGINE
    value = parameters["engine"]
    return value if isinstance(value, str) else str(getattr(value, "name", value))


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The sentence of a skip, without file and line; an expected failure is a skip as well."""
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return f"expected failure: {expected}"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


class TallyPlugin:
    """Collects reports; under xdist only the controlling process writes."""

    def __init__(self, tally: Tally, folder: Path) -> None:
        self.tally = tally
        self.folder = folder
        self.started = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        engine = str(dict(report.user_properties).get(PROPERTY, NO_ENGINE))
        if report.skipped:
            self.tally.skip(report.nodeid, skip_reason(report), engine)
        elif report.when == "call":
            self.tally.ran[engine] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.tally.skip(report.nodeid, skip_reason(report))

    def pytest_sessionfinish(self) -> None:
        self.tally.seconds = time.monotonic() - self.started
        self.tally.write(self.folder)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tally", metavar="NAME", default=None, help="count the tests of this run into build/tally/NAME.json")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine(name): the lab engine of a test that has no parameter `engine`, 'python' or 'pwsh'")
    name = config.getoption("--tally")
    if name and not hasattr(config, "workerinput"):
        config.pluginmanager.register(TallyPlugin(Tally(name), config.rootpath / FOLDER), "tally-writer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.user_properties.append((PROPERTY, engine_name(item)))
