# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the rows are run against, each one kept for all tests of a process, and answers that several tests judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.remembered import Remembered, case_of
from engines import kept_engines
from lab.engine import Engine

# where real configuration files of other people lie beside the checkout, when they do
SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps the tests of one case in one process, which asks each engine once."""
    from xdist.scheduler import LoadScopeScheduling  # only where the tests run in several processes

    class ByCase(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return case_of(nodeid)

    return ByCase(config, log)


@pytest.fixture(scope="session")
def engine_named() -> Iterator[Callable[[str], Engine]]:
    with kept_engines() as named:
        yield named


@pytest.fixture(params=["python", "pwsh"])
def engine(request: pytest.FixtureRequest, engine_named: Callable[[str], Engine]) -> Engine:
    return engine_named(request.param)


@pytest.fixture
def engines(engine_named: Callable[[str], Engine]) -> list[Engine]:
    """Both, to be compared."""
    return [engine_named("python"), engine_named("pwsh")]


@pytest.fixture(scope="session")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Remembered:
    return Remembered(lambda: tmp_path_factory.mktemp("remembered"))
