# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the whole role is taken back, after it ended well and after it died at any of its writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_settled, changed, state
from behaviour.rdp.crashes import assert_every_crash_can_be_undone
from behaviour.rdp.reach import reachable
from behaviour.rdp.role import PORT, hardening, journals
from behaviour.role_options import PROFILES
from lab import boxes
from lab.box import Box

BOXES = ("default2016", "default2025", "german2022", "under_policy", "domain_controller")


def undo_all(host: Host) -> int:
    """Takes back every journal, the later one first. Gives how many there were."""
    found = journals(host)
    for journal in reversed(found):
        undone = host.undo(journal)
        assert "failed" not in undone, undone["msg"]
        assert undone["changed"] is True
    return len(found)


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_whole_run_with_a_move_of_the_port(host: Host, profile: str) -> None:
    resources = hardening(profile, listener={"port": PORT})
    before = state(host.box)
    result = host.converge(resources)
    assert "failed" not in result, result["msg"]
    assert len(changed(before, state(host.box))) > 10
    assert reachable(host.box) == {PORT}

    assert undo_all(host) == len(result["journal"]) == 2

    assert state(host.box) == before
    assert reachable(host.box) == {3389}


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", BOXES)
def test_a_whole_run_on_other_hosts(host_of: Callable[[Box], Host], tmp_path: Path, name: str, profile: str) -> None:
    host = host_of(boxes.build(name, tmp_path / "box"))
    before = state(host.box)
    assert host.converge(hardening(profile, name))["changed"]
    assert state(host.box) != before

    assert undo_all(host) == 1

    assert state(host.box) == before


@python_is_enough(lambda parameters: True)
def test_one_profile_after_another_and_back(host: Host) -> None:
    """Each journal restores what its run found, so that they can be taken back one by one."""
    found = [state(host.box)]
    for profile in PROFILES:
        assert host.converge(hardening(profile))["changed"]
        found.append(state(host.box))
    assert len(journals(host)) == len(PROFILES)
    for before, journal in zip(reversed(found[:-1]), reversed(journals(host)), strict=True):
        assert "failed" not in host.undo(journal)
        assert state(host.box) == before


@python_is_enough(lambda parameters: True)
def test_what_was_taken_back_can_be_done_again(host: Host) -> None:
    host.converge(hardening("baseline"))
    hardened = state(host.box)
    undo_all(host)
    host.converge(hardening("baseline"))
    assert state(host.box) == hardened
    assert_settled(host, hardening("baseline"))


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", ["baseline", "cis"])
def test_a_run_that_dies_at_any_write(host: Host, profile: str) -> None:
    assert_every_crash_can_be_undone(host, hardening(profile), samples=(0.1, 0.5, 1))
