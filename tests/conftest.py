# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the counting of tests per engine, and the fixture that runs pytest inside a test."""

from __future__ import annotations

pytest_plugins = ["plugins.tally", "pytester"]
