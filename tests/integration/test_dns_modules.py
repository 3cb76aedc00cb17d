# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module of the DNS Server alone in a task of real Ansible: what it returns, and that a second time changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration import dns_tasks
from integration.ansible_process import Played, play
from integration.dns_tasks import MODULES
from integration.test_results import OF_ANSIBLE, documented, has_type
from lab import running

pytestmark = pytest.mark.engine("python")
HOST = "controller"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("dns_modules")
    with running({HOST: dns_tasks.controller(folder / "box")}, folder=folder / "lab") as lab:
        yield play(lab, [dns_tasks.each(HOST), dns_tasks.each(HOST, " again")], "--diff")


@pytest.mark.parametrize("name", MODULES)
def test_the_first_time_changes_and_the_second_does_not(played: Played, name: str) -> None:
    assert played.exit_code == 0, played.output
    first, again = played.of(HOST, name), played.of(HOST, f"{name} again")
    assert (first["changed"], first["round_trips"], len(first["journal"])) == (True, 2, 1)
    assert first["changes"] != []
    assert (again["changed"], again["changes"], again["round_trips"], again["journal"]) == (False, [], 1, [])


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("again", ["", " again"])
def test_it_returns_what_is_documented(played: Played, name: str, again: str) -> None:
    result, wanted = played.of(HOST, name + again), documented(name) or {}
    assert result.keys() - OF_ANSIBLE - {"changed"} == wanted.keys()
    assert {key: result[key] for key, entry in wanted.items() if not has_type(result[key], entry)} == {}
