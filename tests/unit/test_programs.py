# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make site` fails on, and what `make bench` takes for one setting."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from playbook_run import PlaybookRun

TESTS = Path(__file__).resolve().parents[1]


def program(path: str) -> ModuleType:
    """A program by its file: a folder called site cannot be a package, since Python has one of that name."""
    name = path.replace("/", "_").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, TESTS / path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


site = program("site/run.py")
benchmark = program("benchmarks/run.py")


def visits(**changed: Any) -> dict[str, Any]:
    """A good run on every host, with what differs on the first one."""
    good = {name: site.Visit(changes=0, failed=False, round_trips=1, requests=6) for name in site.HOSTS}
    first = site.HOSTS[0]
    return good | {first: site.Visit(**{**vars(good[first]), **changed})}


def run(exit_code: int = 0, results: tuple[dict[str, Any], ...] = ()) -> PlaybookRun:
    return PlaybookRun(exit_code, results, cpu_s=0.0, wall_s=0.0)


def test_two_good_runs_are_no_problem() -> None:
    assert site.problems([run(), run()], visits(changes=4), visits()) == []


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ({"changes": 1}, "the second run changed 1 values on default2022"),
        ({"failed": True}, "default2022 failed in run 2"),
        ({"round_trips": 0}, "default2022 failed in run 2"),
    ],
)
def test_what_the_second_run_may_not_do(second: dict[str, Any], sentence: str) -> None:
    assert site.problems([run(), run()], visits(changes=4), visits(**second)) == [sentence]


def test_the_exit_code_of_ansible_counts() -> None:
    assert site.problems([run(), run(exit_code=2)], visits(), visits()) == ["run 2 of ansible-playbook ended with 2"]


def test_a_compliant_host_may_not_be_changed() -> None:
    first = visits() | {site.COMPLIANT: site.Visit(changes=2, failed=False, round_trips=2, requests=10)}
    [problem] = site.problems([run(), run()], first, visits())
    assert "compliant2022 was compliant, but the first run changed 2 values" in problem


def test_changes_are_counted_by_host() -> None:
    results = (
        {"host": "a", "task": "x", "state": "ok", "result": {"changes": [{}, {}]}},
        {"host": "a", "task": "y", "state": "failed", "result": {}},
        {"host": "b", "task": "x", "state": "ok", "result": {"changes": [{}]}},
    )
    counted = run(results=results)
    assert (counted.changes("a"), counted.failed("a")) == (2, True)
    assert (counted.changes("b"), counted.failed("b")) == (1, False)


def test_single_settings_are_leaves_and_entries() -> None:
    options = {"a": True, "limits": {"x": 1, "y": 2}, "verbs": {"entries": [{"verb": "TRACE"}, {"verb": "PUT"}]}}
    assert list(benchmark.single_settings(options)) == [
        {"a": True},
        {"limits": {"x": 1}},
        {"limits": {"y": 2}},
        {"verbs": {"entries": [{"verb": "TRACE"}]}},
        {"verbs": {"entries": [{"verb": "PUT"}]}},
    ]
