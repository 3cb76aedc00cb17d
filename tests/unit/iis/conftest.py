# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unit.iis.hosts import Host


@pytest.fixture
def host(tmp_path: Path) -> Callable[..., Host]:
    """Builds a host; see Host for what may be said of it."""

    def build(server: str = "", **options: Any) -> Host:
        return Host(tmp_path / "box", f"<requestFiltering>{server}</requestFiltering>" if server else "", **options)

    return build
