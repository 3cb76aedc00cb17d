# SPDX-License-Identifier: GPL-3.0-or-later
"""The role dns_harden as a whole, on every kind of server: check and run say the same, and nothing is left for a second run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from behaviour import documents
from behaviour.convergence import Host, python_is_enough
from behaviour.role_options import DNS_PROFILES, dns_resources_of
from lab import boxes
from lab.box import Box
from lab.engine_python import PythonEngine

BOXES = ("dns_controller", "dns_files", "dns_secondary", "dns_forwarder", "dns_hardened")
# what the profile competition has that the service reads when it starts
RESTARTING = {"competition"}
COUNTS = (250, 500, 1000)


def unsampled(parameters: Mapping[str, Any]) -> bool:
    return (parameters["name"], parameters["profile"]) not in (("dns_controller", "baseline"), ("dns_forwarder", "competition"))


@python_is_enough(unsampled)
@pytest.mark.parametrize("profile", DNS_PROFILES)
@pytest.mark.parametrize("name", BOXES)
def test_check_mode_run_and_second_run_agree(host_of: Callable[[Box], Host], tmp_path: Path, name: str, profile: str) -> None:
    host, resources = host_of(boxes.build(name, tmp_path / "box")), dns_resources_of(profile)
    untouched = documents.tree_hash(host.box.folder)

    checked = host.converge(resources, check=True)
    assert documents.tree_hash(host.box.folder) == untouched, "check mode wrote something"
    result = host.converge(resources)
    content = documents.tree_hash(host.box.folder)
    again = host.converge(resources)

    assert "failed" not in result, result["msg"]
    for part in ("changed", "changes", "diff", "controls", "overrides", "reboot_required"):
        assert result[part] == checked[part], part
    assert [one["service"] for one in result["restarts"]] == (["DNS"] if profile in RESTARTING else [])
    assert (again["changed"], again["changes"], again["restarts"], again["journal"]) == (False, [], [], [])
    assert [one["round_trips"] for one in (checked, result, again)] == [1, 1 + result["changed"], 1]
    assert documents.tree_hash(host.box.folder) == content


@python_is_enough(lambda parameters: True)
def test_a_server_that_complies_is_not_changed(host_of: Callable[[Box], Host], tmp_path: Path) -> None:
    host = host_of(boxes.build("dns_hardened", tmp_path / "box"))
    content = documents.tree_hash(host.box.folder)
    result = host.converge(dns_resources_of("baseline"))
    assert (result["changed"], result["changes"], result["round_trips"]) == (False, [], 1)
    assert {one["status"] for one in result["controls"]} <= {"compliant", "not_applicable"}
    assert documents.tree_hash(host.box.folder) == content


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profile", DNS_PROFILES)
@pytest.mark.parametrize("name", BOXES)
def test_nothing_becomes_looser(host_of: Callable[[Box], Host], tmp_path: Path, name: str, profile: str) -> None:
    """Who handed zones to nobody, or took no updates, still does not; nobody loses recursion, root hints or an address."""
    host = host_of(boxes.build(name, tmp_path / "box"))
    before = openness(host.box)
    assert "failed" not in host.converge(dns_resources_of(profile))
    after = openness(host.box)
    assert {place: (before[place], now) for place, now in after.items() if now > before[place]} == {}
    assert {place: (before[place], now) for place, now in after.items() if place[0] == "service" and now < before[place]} == {}


def openness(box: Box) -> dict[tuple[str, str], int]:
    """A number for each place; a larger one lets more people do more."""
    dns, registry = box.read_json("dns"), {key.lower(): values for key, values in box.registry["HKLM"].items()}
    found: dict[tuple[str, str], int] = {
        ("service", "recursion"): int(dns["DnsServerRecursion"]["Enable"]),
        ("service", "hints"): len({one["name"] for one in dns["DnsServerRootHint"]}),
        ("service", "sockets"): len([one for one in box.read_json("network")["sockets"] if one["port"] == 53]),
    }
    for zone in dns["DnsServerZone"]:
        name = zone["ZoneName"]
        values = registry.get(f"software\\microsoft\\windows nt\\currentversion\\dns server\\zones\\{name}".lower(), {})
        mode = values.get("SecureSecondaries", {}).get("value", 3 if zone["IsDsIntegrated"] else 1)
        found["transfers", name] = {3: 0, 2: 1, 1: 2, 0: 3}[mode]
        found["updates", name] = ["none", "secure", "nonsecureandsecure"].index(str(zone.get("DynamicUpdate", "None")).lower())
    return found


# -- many zones ---------------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
def test_five_hundred_zones_are_planned_in_one_call(host_of: Callable[[Box], Host], tmp_path: Path) -> None:
    host = host_of(boxes.build("dns_controller", tmp_path / "box", zones=500))
    checked = host.converge(dns_resources_of("baseline"), check=True)
    assert len(host.requests) == checked["round_trips"] == 1
    # all of them take updates from anybody
    assert len([one for one in checked["changes"] if "zone-" in one["target"]]) >= 500


def test_the_plan_grows_with_the_zones_and_no_faster(tmp_path: Path) -> None:
    """Seconds of processor time. A plan that looked at every zone for every zone would take 16 times as long for four times as many."""
    taken = {count: planning(count, tmp_path) for count in COUNTS}
    assert taken[500] < 0.5, taken
    assert taken[1000] < 8 * max(taken[250], 0.005), taken


def planning(count: int, folder: Path) -> float:
    """The least of three, because others use the machine as well."""
    (options,) = [one["dns_zone_security"] for one in dns_resources_of("baseline") if "dns_zone_security" in one]
    resource = DnsZoneSecurity(options)
    reads = resource.reads()
    box = boxes.build("dns_controller", folder / str(count), zones=count)
    raw = PythonEngine().answer(box, "windows_dns_read", {**read_request(reads), "_ansible_check_mode": True})
    answer = parse_answer(raw, reads)
    times = []
    for _ in range(3):
        began = time.process_time()
        plan = resource.plan(answer.observations, answer.facts)
        times.append(time.process_time() - began)
        assert len(plan.changes) >= count
    return min(times)
