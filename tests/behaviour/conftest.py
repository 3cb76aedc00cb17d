# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the product is run against, and the boxes it is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from behaviour.convergence import Host
from engines import opened_engine
from lab import boxes
from lab.box import Box
from lab.engine import Engine


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, on the slower engine, the cases of a test that say nothing new there (see python_is_enough)."""
    spared = [item for item in items if _spared(item)]
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in spared]


def _spared(item: pytest.Item) -> bool:
    judge = getattr(getattr(item, "function", None), "python_is_enough", None)
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return judge is not None and parameters.get("engine") == "pwsh" and bool(judge(parameters))


@pytest.fixture(scope="session", params=["python", "pwsh"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with opened_engine(request.param) as opened:
        yield opened


@pytest.fixture
def host_of(engine: Engine) -> Callable[[Box], Host]:
    return lambda box: Host(engine, box)


@pytest.fixture
def host(engine: Engine, tmp_path: Path) -> Host:
    """The default server of 2022, as it is installed."""
    return Host(engine, boxes.build("default2022", tmp_path / "box"))
