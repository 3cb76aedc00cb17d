# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the tests of one file in one process: they share runs of ansible-playbook, which are what takes the time."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling  # only where the tests run in several processes

    return LoadFileScheduling(config, log)
