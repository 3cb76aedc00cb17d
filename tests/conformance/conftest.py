# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the rows are run against. A new one is made for each module: the PowerShell engine keeps a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engines import opened_engine
from lab.engine import Engine

# where real configuration files of other people lie beside the checkout, when they do
SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="module", params=["python", "pwsh"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with opened_engine(request.param) as opened:
        yield opened
