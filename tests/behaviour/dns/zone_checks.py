# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every converge of zones and root hints, judged from the box's own documents and not by the product's code."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from behaviour import documents
from behaviour.convergence import JOURNALS, Host
from lab.box import Box

Resources = Sequence[Mapping[str, Any]]
ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones"
TRANSFERS = {0: "any", 1: "name_servers", 2: "listed", 3: "none"}
NOTIFY = {0: "none", 1: "name_servers", 2: "listed"}


def zone_values(box: Box, zone: str) -> dict[str, Any]:
    """The values of the zone's key in the registry."""
    keys = {key.lower(): values for key, values in box.registry["HKLM"].items()}
    return {name: value["value"] for name, value in keys.get(f"{ZONES}\\{zone}".lower(), {}).items()}


def set_zone_values(box: Box, zone: str, **values: int | list[str] | None) -> None:
    """None takes a value away."""
    registry = box.registry
    key = registry["HKLM"].setdefault(f"{ZONES}\\{zone}", {})
    for name, value in values.items():
        key.pop(name, None)
        if value is not None:
            key[name] = {"kind": "DWord" if isinstance(value, int) else "MultiString", "value": value}
    box.write_json("registry", registry)


def zones(box: Box) -> dict[str, dict[str, Any]]:
    return {zone["ZoneName"]: zone for zone in box.read_json("dns")["DnsServerZone"]}


def change_zone(box: Box, name: str, **properties: Any) -> None:
    dns = box.read_json("dns")
    (zone,) = [one for one in dns["DnsServerZone"] if one["ZoneName"] == name]
    zone |= properties
    box.write_json("dns", dns)


def change_dns(box: Box, **properties: Any) -> None:
    """Properties of a noun of the cmdlets, DnsServerRecursion={"Enable": False}, or a whole list."""
    dns = box.read_json("dns")
    for noun, values in properties.items():
        dns[noun] = {**dns[noun], **values} if isinstance(values, dict) else values
    box.write_json("dns", dns)


def effective(box: Box) -> dict[str, str]:
    """What holds of each zone and root hint, place by place as a plan names places. A list that the mode does not look at does not count."""
    found = {}
    for name, zone in zones(box).items():
        values, place = zone_values(box, name), f"DNS zone {name}"
        if zone["ZoneType"] in ("Primary", "Secondary"):
            primary = (3, 2) if zone["IsDsIntegrated"] else (1, 1)
            transfers, notify = primary if zone["ZoneType"] == "Primary" else (None, None)
            found[f"{place}: transfers"] = _served(TRANSFERS, values.get("SecureSecondaries", transfers), values.get("SecondaryServers"))
            found[f"{place}: notify"] = _served(NOTIFY, values.get("NotifyLevel", notify), values.get("NotifyServers"))
        found[f"{place}: dynamic_update"] = str(zone.get("DynamicUpdate"))
        for option, value in zone.get("aging", {}).items():
            found[f"{place}: {AGING[option]}"] = str(value or None)
    hints: dict[str, list[str]] = {}
    for hint in box.read_json("dns")["DnsServerRootHint"]:
        hints.setdefault(hint["name"].lower(), []).extend(hint["addresses"])
    return found | {f"DNS root hints: {name}": str(sorted(addresses)) for name, addresses in hints.items()}


AGING = {
    "AgingEnabled": "aging.enabled",
    "RefreshInterval": "aging.refresh_interval",
    "NoRefreshInterval": "aging.no_refresh_interval",
    "ScavengeServers": "aging.scavenge_servers",
}


def _served(modes: Mapping[int, str], number: int | None, servers: list[str] | None) -> str:
    mode = modes[number] if number is not None else "not set"
    return mode if mode != "listed" else f"listed {sorted(str(ipaddress.ip_address(one)) for one in servers or [])}"


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {place for place in {*before, *after} if before.get(place) != after.get(place)}


def shown(result: Mapping[str, Any]) -> set[str]:
    """Every place that the diff names, a line each."""
    lines = {
        (entry["before_header"], line) for entry in result["diff"] for side in ("before", "after") for line in entry[side].splitlines()
    }
    return {f"{header}: {line.partition(': ')[0]}" for header, line in lines}


def assert_converges(host: Host, resources: Resources, reads: int = 1, settled: int | None = None, **settings: Any) -> dict[str, Any]:
    """Check mode, run, second run: they say the same, and exactly the places of the diff changed. reads: how many trips only look.

    settled: the same once all is as wanted, where fewer are needed then.
    """
    untouched, before = documents.tree_hash(host.box.folder), effective(host.box)
    checked = task_result(host.outcome(resources, check=True, **settings), check=True, diff=True)
    assert documents.tree_hash(host.box.folder) == untouched, "check mode wrote something"
    assert checked["round_trips"] == reads, "check mode asked for a write"
    result = task_result(host.outcome(resources, **settings), check=False, diff=True)
    for part in ("diff", "changed", "overrides", "changes", "reboot_required"):
        assert result[part] == checked[part], part
    assert "failed" not in result, result.get("msg")
    assert changed(before, effective(host.box)) <= shown(result)
    assert result["round_trips"] == reads + result["changed"]
    assert_settled(host, resources, settled or reads, **settings)
    return result


def assert_settled(host: Host, resources: Resources, reads: int = 1, **settings: Any) -> None:
    content = documents.tree_hash(host.box.folder)
    again = host.outcome(resources, **settings)
    assert [change.path for change in again.plan.changes] == []
    assert again.round_trips == reads
    assert documents.tree_hash(host.box.folder) == content


def assert_refused(host: Host, resources: Resources, *parts: str, **settings: Any) -> str:
    """The task fails with a sentence that has all of `parts`, and the box is as it was, the journals' folder included."""
    untouched = documents.tree_hash(host.box.folder)
    try:
        outcome = host.outcome(resources, **settings)
    except HardeningError as problem:
        sentence = str(problem)
    else:
        raise AssertionError(f"the task was not refused: {outcome.failures}")
    assert [part for part in parts if part not in sentence] == [], sentence
    assert "Traceback" not in sentence
    assert sentence.endswith("."), sentence
    assert documents.tree_hash(host.box.folder) == untouched, "something was written"
    return sentence


def taken_back(host: Host) -> None:
    """Undoes the newest run of the box; once more there is nothing left to take back."""
    newest = max(host.box.path(JOURNALS).glob("*.jsonl")).stem
    result = host.undo(newest)
    assert "failed" not in result, result["msg"]
    assert result["changed"] is True
    assert host.undo(newest)["changed"] is False
