# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning costs on a host with many sites: it grows with the sites and no faster."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from lab import boxes
from lab.engine_python import PythonEngine
from unit.iis.hosts import resources

BASELINE: dict[str, Any] = {
    "allow_double_escaping": False,
    "allow_high_bit_characters": False,
    "request_limits": {"max_allowed_content_length": 30000000, "max_url": 4096, "max_query_string": 2048},
    "verbs": {"entries": [{"verb": "TRACE", "allowed": False}, {"verb": "OPTIONS", "allowed": False}]},
    "hidden_segments": {"entries": ["web.config", "bin", "App_Data", ".git", ".svn"]},
}
TARGETS = ("server", "all_sites")
ROUNDS = 5


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Callable[[], Plan]]:
    found: dict[tuple[str, int], Callable[[], Plan]] = {}
    for sites in (200, 400):
        box = boxes.build("hoster", tmp_path_factory.mktemp(f"hoster{sites}") / "box", sites=sites)
        for target in TARGETS:
            (resource,) = resources({**BASELINE, "target": target, "on_override": "report"})
            raw = PythonEngine().answer(box, resource.entry, read_request(resource.reads()))

            def plan(resource: Any = resource, raw: Any = raw) -> Plan:
                answer = parse_answer(raw, resource.reads())
                return resource.plan(answer.observations, answer.facts)  # type: ignore[no-any-return]

            found[target, sites] = plan
    return found


def seconds(plan: Callable[[], Plan]) -> float:
    """Processor time of one plan, the median of several, without the garbage of others."""
    spent = []
    for _round in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        plan()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


@pytest.mark.parametrize("target", TARGETS)
def test_planning_two_hundred_sites_is_quick_and_grows_with_the_sites(
    plans: dict[tuple[str, int], Callable[[], Plan]], target: str
) -> None:
    few, many = plans[target, 200], plans[target, 400]
    assert len(many().changes) >= len(few().changes) > (200 if target == "all_sites" else 5)
    assert len(few().overrides) >= 20
    small = seconds(few)
    assert small < 0.5
    large = seconds(many)
    assert large < 2.6 * small, (small, large)
