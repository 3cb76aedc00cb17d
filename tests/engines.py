# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the lab's engines for tests: the PowerShell one keeps a process, and notes which lines of the payload run when told to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest

from lab.engine import Engine, EngineMissing
from lab.engine_pwsh import PwshEngine
from lab.engine_pwsh.coverage import Coverage
from lab.engine_python import PythonEngine


@contextlib.contextmanager
def opened_engine(name: str) -> Iterator[Engine]:
    """The engine, or a skip with the sentence that says what is missing; CI may not skip it."""
    if name == "python":
        yield PythonEngine()
        return
    try:
        engine = PwshEngine(Coverage.from_environment())
    except EngineMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the PowerShell engine cannot run: {missing}")
    try:
        yield engine
    finally:
        engine.close()


@contextlib.contextmanager
def kept_engines() -> Iterator[Callable[[str], Engine]]:
    """The engines by name, each opened when it is first asked for and kept: a PowerShell that has run once is several times as fast."""
    opened: dict[str, Engine] = {}
    with contextlib.ExitStack() as open_ones:

        def engine(name: str) -> Engine:
            if name not in opened:
                opened[name] = open_ones.enter_context(opened_engine(name))
            return opened[name]

        yield engine
