# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every converge of Remote Desktop, judged from the box's own documents and not by the product's code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from behaviour import documents
from behaviour.convergence import Host
from lab.box import Box

Resources = Sequence[Mapping[str, Any]]
FIREWALL = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
# settings of the power scheme, as the plan names them and as the host does
POWER = {
    "sleep_after": "29f6c1db-86da-48c5-9fdb-f2b67b1f44da",
    "hibernate_after": "9d7815a6-7ee4-497e-8888-515a05f02364",
    "unattended_sleep_after": "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0",
    "hybrid_sleep": "94ac6d29-73ce-41a6-809f-6363ba21b47e",
}
SOURCES = {"on mains": "ac", "on battery": "dc"}
POWER_PLACES = {
    f"power scheme: {option} {said}": f"power scheme: {guid} {source}" for option, guid in POWER.items() for said, source in SOURCES.items()
}
HIBERNATION = r"HKLM\SYSTEM\CurrentControlSet\Control\Power: HibernateEnabled"


def state(box: Box) -> dict[str, str]:
    """Everything that hardening writes, place by place, as the plan names places: registry, rights, groups, policy, power, tasks."""
    return {**_registry(box), **_security(box), **_power(box), **_tasks(box)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {place for place in {*before, *after} if before.get(place) != after.get(place)}


def _registry(box: Box) -> dict[str, str]:
    found = {}
    for key, values in box.registry.get("HKLM", {}).items():
        place = "firewall, inbound rules" if f"HKLM\\{key}".lower() == FIREWALL.lower() else f"HKLM\\{key}"
        found |= {f"{place}: {name}".lower(): json.dumps(value, sort_keys=True) for name, value in values.items()}
    return found


def _security(box: Box) -> dict[str, str]:
    """security.inf by places: one for each number, and one for each account of a right or group."""
    file = box.folder / "security.inf"
    section, found = "", {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        if line.startswith("["):
            section = line.strip("[]")
            continue
        name, separator, value = (part.strip() for part in line.partition("="))
        if not separator:
            continue
        if section == "System Access":
            found[f"account policy: {name}".lower()] = value
        elif section == "Privilege Rights":
            found |= {f"user right {name}: {sid.strip('* ')}".lower(): "held" for sid in value.split(",") if sid.strip()}
        elif section == "Group Membership":
            group = name.removeprefix("*").removesuffix("__Members")
            found |= {f"group {group}: {sid.strip('* ')}".lower(): "member" for sid in value.split(",") if sid.strip()}
    return found


def _power(box: Box) -> dict[str, str]:
    power = box.read_json("power")
    return {
        f"power scheme: {setting} {source}".lower(): str(value)
        for settings in power.get("subgroups", {}).values()
        for setting, sources in settings.items()
        for source, value in sources.items()
    }


def _tasks(box: Box) -> dict[str, str]:
    return {f"scheduled tasks: {name}".lower(): text for name, text in box.read_json("tasks").items()}


def stored_place(target: str) -> str:
    """A change's target as the box stores it."""
    return {**POWER_PLACES, "power scheme: hibernation": HIBERNATION}.get(target, target).lower()


def assert_converges(host: Host, resources: Resources, trips: int = 2, **settings: Any) -> dict[str, Any]:
    """Check mode, run, second run: they say the same, and exactly the planned places changed. Gives the run's result.

    trips: of a run that changes something; any other takes one.
    """
    untouched, before = documents.tree_hash(host.box.folder), state(host.box)
    checked = task_result(host.outcome(resources, check=True, **settings), check=True, diff=True)
    assert documents.tree_hash(host.box.folder) == untouched, "check mode wrote something"
    assert checked["round_trips"] == 1, "check mode asked for a write"

    result = task_result(host.outcome(resources, **settings), check=False, diff=True)

    for part in ("diff", "changed", "overrides", "changes", "reboot_required"):
        assert result[part] == checked[part], part
    assert changed(before, state(host.box)) == lasting(result["changes"])
    assert result["round_trips"] == (trips if result["changed"] else 1)
    assert_settled(host, resources, **settings)
    return result


def lasting(changes: Sequence[Mapping[str, Any]]) -> set[str]:
    """The places that the plan changes for good: what it makes and takes away again within the run leaves nothing."""
    targets = [stored_place(change["target"]) for change in changes]
    return {target for target in targets if targets.count(target) == 1}


def assert_settled(host: Host, resources: Resources, **settings: Any) -> None:
    content = documents.tree_hash(host.box.folder)
    again = host.outcome(resources, **settings)
    assert [change.path for change in again.plan.changes] == []
    assert again.round_trips == 1
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
    missing = [part for part in parts if part not in sentence]
    assert not missing, f"{missing} not in: {sentence}"
    assert "Traceback" not in sentence
    assert sentence.endswith("."), sentence
    assert documents.tree_hash(host.box.folder) == untouched, "something was written"
    return sentence
