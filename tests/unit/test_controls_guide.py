# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to controls says what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls
from ansible_collections.hardening.windows.plugins.module_utils._probe import control as probe
from ansible_collections.hardening.windows.plugins.module_utils._probe import rdp_controls
from ansible_collections.hardening.windows.plugins.plugin_utils._core import controls
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES

GUIDE = (Path(__file__).parents[2] / "docs" / "controls.md").read_text(encoding="utf-8")
ALL = [control for resource in RESOURCES.values() for control in resource.controls]
SEEN = [*rdp_controls.CONTROLS, *dns_controls.CONTROLS]


@pytest.mark.parametrize("control", [*ALL, *SEEN], ids=lambda control: control.id)
def test_every_control_has_its_row(control: controls.Control | probe.Control) -> None:
    references = ", ".join(control.references) or "-"
    assert f"| {control.id} | {references} | {control.title} | {control.reason} | {control.source} |" in GUIDE


def test_the_guide_has_no_other_control() -> None:
    assert GUIDE.count("\n| HW-") == len(ALL) + len(SEEN)


def test_every_status_is_explained() -> None:
    assert all(f"\n| `{status}` |" in GUIDE for status in (*controls.SEVERITY, *probe.SEVERITY))


def test_no_two_controls_share_an_id() -> None:
    """A probe proves what a resource sets, so it shares a benchmark's id with it, and never the collection's own."""
    for group in (ALL, SEEN):
        ids = [one for control in group for one in control.ids]
        assert len(ids) == len(set(ids))
    assert not {control.id for control in ALL} & {control.id for control in SEEN}
