# SPDX-License-Identifier: GPL-3.0-or-later
"""What asks more than is wanted, and which values a control is satisfied by."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import Control
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Place
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.setting import Setting

PLACE, CONTROL = Place("Some\\Key", "Level"), Control("X-1", "One", "because", "somewhere")
LEVEL = Setting("level", PLACE, None, "a test", {"low": 1, "middle": 2, "high": 3}, controls=(CONTROL,), bound="least", meets=("high",))
MINUTES = Setting("minutes", PLACE, None, "a test", controls=(CONTROL,), bound="most", unlimited=0)
FREE = Setting("free", PLACE, None, "a test", controls=(CONTROL,))


@pytest.mark.parametrize(
    ("setting", "now", "wanted", "stricter"),
    [
        (LEVEL, 3, 1, True),
        (LEVEL, 1, 3, False),
        (LEVEL, 2, 2, False),
        (LEVEL, 9, 1, False),
        (LEVEL, None, 1, False),
        (LEVEL, "3", 1, False),
        (MINUTES, 5, 10, True),
        (MINUTES, 10, 5, False),
        (MINUTES, 0, 10, False),
        (MINUTES, 5, 0, False),
        (FREE, 3, 1, False),
        (FREE, 1, 3, False),
    ],
)
def test_only_a_bound_can_be_stricter_and_no_limit_never_is(setting: Setting, now: Any, wanted: int, stricter: bool) -> None:
    assert setting.is_stricter(now, wanted) is stricter


@pytest.mark.parametrize(("setting", "value", "served"), [(LEVEL, "high", True), (LEVEL, "low", False), (FREE, 1, True)])
def test_a_control_is_satisfied_by_what_does_what_it_asks_for(setting: Setting, value: Any, served: bool) -> None:
    assert setting.served(value) == ((CONTROL,) if served else ())
