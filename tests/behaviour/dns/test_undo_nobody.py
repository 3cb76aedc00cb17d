# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of a zone that was empty, or not set, cannot be given back: the undo says nobody, leaves nobody, and is done then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.restored import journals, taken_back
from behaviour.dns.zone_checks import set_zone_values, zone_values
from lab import boxes
from lab.engine import Engine

SERVER = {"mode": "listed", "addresses": ["192.0.2.9"]}
UNSET = {"SecureSecondaries": None, "SecondaryServers": None, "NotifyLevel": None, "NotifyServers": None}
LISTED, NOBODY = 2, {"transfers": 3, "notify": 0}
LEVEL = {"transfers": "SecureSecondaries", "notify": "NotifyLevel"}


def changed_back(host: Host, zone: dict[str, Any]) -> dict[str, Any]:
    """A run, its undo, the undo's undo, and that one taken back once more: each is settled after one run. Gives the first undo's result."""
    before = zone_values(host.box, zone["name"])
    assert host.converge([{"dns_zone_security": {"zones": [zone]}}])["changed"]
    done = zone_values(host.box, zone["name"])
    assert done != before
    undone = taken_back(host, journals(host)[-1])
    back = zone_values(host.box, zone["name"])
    taken_back(host, journals(host)[-1])
    assert {name: value for name, value in zone_values(host.box, zone["name"]).items() if name in done} == done
    taken_back(host, journals(host)[-1])
    assert zone_values(host.box, zone["name"]) == back
    return undone


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("setting", ["transfers", "notify"])
def test_a_list_of_the_directory_that_was_empty(engine: Engine, tmp_path: Path, setting: str) -> None:
    host = Host(engine, boxes.build("dns_controller", tmp_path / "box"))
    set_zone_values(host.box, "corp.example", **{**UNSET, LEVEL[setting]: LISTED})

    undone = changed_back(host, {"name": "corp.example", setting: SERVER})

    assert zone_values(host.box, "corp.example")[LEVEL[setting]] == NOBODY[setting]
    (shown,) = undone["diff"]
    assert shown["before_header"] == "DnsServerZone corp.example"
    assert {"transfers": "NoTransfer", "notify": "NoNotify"}[setting] in shown["after"]


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("found", [{}, {"SecureSecondaries": LISTED, "NotifyLevel": LISTED}], ids=["not set", "empty lists"])
def test_a_secondary_zone_of_which_nothing_was_said(engine: Engine, tmp_path: Path, found: dict[str, Any]) -> None:
    host = Host(engine, boxes.build("dns_secondary", tmp_path / "box"))
    set_zone_values(host.box, "corp.example", **{**UNSET, **found})

    changed_back(host, {"name": "corp.example", "transfers": SERVER, "notify": {"mode": "name_servers"}})

    values = zone_values(host.box, "corp.example")
    assert (values["SecureSecondaries"], values["NotifyLevel"]) == (NOBODY["transfers"], NOBODY["notify"])


@python_is_enough(lambda parameters: True)
def test_a_zone_that_is_handed_to_nobody_is_as_it_was(engine: Engine, tmp_path: Path) -> None:
    """Nobody was not there before, but nothing else could be: there is nothing to take back."""
    host = Host(engine, boxes.build("dns_secondary", tmp_path / "box"))
    set_zone_values(host.box, "corp.example", **UNSET)
    assert host.converge([{"dns_zone_security": {"zones": [{"name": "corp.example", "transfers": {"mode": "none"}}]}}])["changed"]

    assert host.undo(journals(host)[-1])["changed"] is False
