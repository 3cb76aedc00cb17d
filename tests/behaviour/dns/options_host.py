# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS Server whose options are turned in the box's own documents, judged there, and taken back step by step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from behaviour import documents
from behaviour.convergence import Host, new_journal_id
from lab import dns_values
from lab.box import Box
from lab.engine import Crashed

PARAMETERS = dns_values.PARAMETERS
Options = Mapping[str, Any]


def asked(**options: Any) -> list[dict[str, Any]]:
    return [{"dns_server_options": options}]


def nested(option: str, value: Any) -> dict[str, Any]:
    """The options that give one of them, which may stand in a group."""
    group, _, below = option.partition(".")
    return {group: nested(below, value)} if below else {group: value}


def _place(noun: str, name: str) -> tuple[str, str]:
    """Where the box has a property: protection of the cache is stored once, with recursion."""
    return ("DnsServerRecursion", "SecureResponse") if name == "EnablePollutionProtection" else (noun, name)


def property_of(box: Box, noun: str, name: str) -> Any:
    """What the running service has."""
    noun, name = _place(noun, name)
    return box.read_json("dns")[noun][name]


def turn(box: Box, *properties: tuple[str, str, Any]) -> None:
    """Turns properties, each as noun, name and value, as somebody would have with the server's own tools: the registry follows."""
    document, registry = box.read_json("dns"), box.read_json("registry")
    values = registry["HKLM"].setdefault(PARAMETERS, {})
    for noun, name, value in properties:
        place = _place(noun, name)
        document[place[0]][place[1]] = value
        known = dns_values.BY_PROPERTY.get(place)
        if known is not None:
            values[known.name] = known.stored(value)
    box.write_json("dns", document)
    box.write_json("registry", registry)


def store(box: Box, name: str, value: dict[str, Any] | None) -> None:
    """Writes a value of the service's registry key, or deletes it; the service does not look until it starts."""
    registry = box.read_json("registry")
    values = registry["HKLM"].setdefault(PARAMETERS, {})
    values.pop(name, None)
    if value is not None:
        values[name] = value
    box.write_json("registry", registry)


def stored(box: Box, name: str) -> Any:
    return box.read_json("registry")["HKLM"].get(PARAMETERS, {}).get(name, {}).get("value")


def set_list(box: Box, noun: str, items: list[dict[str, Any]]) -> None:
    box.write_json("dns", box.read_json("dns") | {noun: items})


def state(box: Box) -> dict[str, str]:
    """Everything of the running service, property by property."""
    found = {}
    for noun, value in box.read_json("dns").items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        if noun != "in_force":
            found |= {f"{noun}.{name}": json.dumps(_settled(part), sort_keys=True) for name, part in parts}
    return found


def _settled(value: Any) -> Any:
    """An empty list and nothing are the same to the server, and entries that are known by name have no order of their own."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted(value, key=lambda one: json.dumps(one, sort_keys=True))
    return None if value == [] else value


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {place for place in {*before, *after} if before.get(place) != after.get(place)}


def assert_converges(host: Host, resources: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    """Check mode, run, second run: they say the same, and the second changes nothing. Gives the run's result."""
    untouched = documents.tree_hash(host.box.folder)
    checked = task_result(host.outcome(resources, check=True, **settings), check=True, diff=True)
    assert documents.tree_hash(host.box.folder) == untouched, "check mode wrote something"
    result = task_result(host.outcome(resources, **settings), check=False, diff=True)
    assert "failed" not in result, result["msg"]
    for part in ("diff", "changed", "changes", "controls"):
        assert result[part] == checked[part], part
    content = documents.tree_hash(host.box.folder)
    again = host.outcome(resources, **settings)
    assert [change.path for change in again.plan.changes] == []
    assert documents.tree_hash(host.box.folder) == content
    return result


def take_back(host: Host) -> None:
    """Sends the undo of each step of the last apply, the last first, with the restarts that it had."""
    applied = next(request for request in reversed(host.requests) if request["operation"] == "apply")
    batch = [{"operation": step["undo"], "undo": step["operation"]} for step in reversed(applied["batch"])]
    request = applied | {"batch": batch, "reads": [], "guard": [], "journal": new_journal_id()}
    answer = host.engine.answer(host.box, "windows_dns", json.loads(json.dumps(request)) | {"_ansible_check_mode": False}, None)
    assert not answer.get("failed"), answer
    assert [step["error"] for step in answer["steps"]] == [None] * len(batch)
    assert [item["error"] for item in answer["restarts"]] == [None] * len(answer["restarts"])


def dying(_request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    """A payload that ended in the middle looks like a lost connection."""
    try:
        return answer()
    except Crashed as crash:
        raise HardeningError("The connection was lost.") from crash
