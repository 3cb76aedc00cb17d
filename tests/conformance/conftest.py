# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the rows are run against. A new one is made for each module: the PowerShell engine keeps a process."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.engine import Engine, EngineMissing
from lab.engine_python import PythonEngine

# where real configuration files of other people lie beside the checkout, when they do
SHARED = Path(__file__).resolve().parents[3] / "shared"


def open_engine(name: str) -> Engine:
    """The engine, or a skip with the sentence that says what is missing."""
    if name == "python":
        return PythonEngine()
    try:
        return importlib.import_module("lab.engine_pwsh").PwshEngine()
    except (EngineMissing, ImportError, AttributeError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the PowerShell engine cannot run: {error}")


@pytest.fixture(scope="module", params=["python", "pwsh"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    opened = open_engine(request.param)
    with contextlib.ExitStack() as stack:
        close = getattr(opened, "close", None)
        if close is not None:
            stack.callback(close)
        yield opened
