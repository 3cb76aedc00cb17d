# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the whole role is taken back, after it ended well and after it died at any of its writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour.convergence import JOURNALS, Host, python_is_enough
from behaviour.dns.places import differences, state
from behaviour.role_options import DNS_PROFILES, dns_resources_of
from lab import boxes
from lab.box import Box
from lab.engine import Crashed, WriteFault

# what makes each box differ from the profiles in every way that the role has
WORK: dict[str, dict[str, Any]] = {
    "dns_controller": {
        "secondaries": ["10.20.0.12"],
        "server_acl": {"entries": [{"account": "S-1-5-32-544", "access": ["read"]}]},
        "root_hints": {"hints": [{"name": "m.root-servers.net", "state": "absent"}]},
    },
    "dns_files": {
        "server_options": {"recursion": {"enabled": False}, "allow_recursion_loss": True},
        "zone_security": {"zones": [{"name": "lab.example", "dynamic_update": "none"}]},
    },
    "dns_secondary": {"secondaries": ["10.20.0.12"]},
    "dns_forwarder": {"server_options": {"listen_addresses": ["10.20.0.40"], "version_query": "minimal"}},
}


@pytest.fixture
def make(host_of: Callable[[Box], Host], tmp_path: Path) -> Callable[[str], Host]:
    return lambda name: host_of(boxes.build(name, tmp_path / "box", **({"zones": 1} if name == "dns_controller" else {})))


def journals(host: Host) -> list[str]:
    return sorted(file.stem for file in host.box.path(JOURNALS).glob("*.jsonl"))


def undo(host: Host) -> None:
    (journal,) = journals(host)
    undone = host.undo(journal)
    assert "failed" not in undone, undone["msg"]


@python_is_enough(lambda parameters: (parameters["name"], parameters["profile"]) != ("dns_controller", "competition"))
@pytest.mark.parametrize("profile", DNS_PROFILES)
@pytest.mark.parametrize("name", WORK)
def test_a_whole_run(make: Callable[[str], Host], name: str, profile: str) -> None:
    host, resources = make(name), dns_resources_of(profile, **WORK[name])
    before = state(host.box)
    result = host.converge(resources)
    assert "failed" not in result, result["msg"]
    assert len(result["changes"]) > 1
    hardened = state(host.box)
    assert differences(hardened, before) != {}

    undo(host)

    assert differences(state(host.box), before) == {}
    assert "failed" not in host.converge(resources)
    assert differences(state(host.box), hardened) == {}


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("name", ["dns_controller", "dns_files"])
def test_a_run_that_dies_before_or_after_any_write(make: Callable[[str], Host], name: str) -> None:
    host, resources = make(name), dns_resources_of("competition", **WORK[name])
    before = state(host.box)
    pristine = host.box.folder.with_name("pristine")
    shutil.copytree(host.box.folder, pristine)
    assert "failed" not in host.converge(resources)
    steps = next(request for request in host.requests if request["operation"] == "apply")["batch"]

    for number in range(1, len(steps) + 1):
        for when in ("before", "after"):
            renew(host, pristine)
            host.fault, host.on_the_way = WriteFault(number, when), dying
            assert "The connection was lost" in host.converge(resources)["msg"]
            host.fault, host.on_the_way = None, None
            assert bool(differences(state(host.box), before)) == (number > 1 or when == "after"), (number, when)
            undo(host)
            assert differences(state(host.box), before) == {}, (number, when)


def renew(host: Host, pristine: Path) -> None:
    shutil.rmtree(host.box.folder)
    shutil.copytree(pristine, host.box.folder)


def dying(_request: Mapping[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    """The payload ends, and the connection with it."""
    try:
        return answer()
    except Crashed as gone:
        raise HardeningError("The connection was lost.") from gone
