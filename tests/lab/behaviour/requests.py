# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of docs/protocol.md, written short."""

from __future__ import annotations

from typing import Any

RF = "system.webServer/security/requestFiltering"
JOURNAL = "20261124T211502Z-3f9c2a1b"

Operation = dict[str, Any]
Step = dict[str, Any]


def reads(*items: dict[str, Any]) -> dict[str, Any]:
    return {"protocol": 1, "operation": "read", "batch": list(items)}


def apply(*steps: Step, read: tuple[dict[str, Any], ...] = (), guard: Any = (), restarts: Any = (), **more: Any) -> dict[str, Any]:
    request = {"protocol": 1, "operation": "apply", "batch": list(steps), "reads": list(read), "guard": list(guard)}
    return {**request, "restarts": list(restarts), "journal": JOURNAL, **more}


def section(name: str = RF, locations: tuple[str, ...] = (), limit: int = 20000) -> dict[str, Any]:
    return {"provider": "iis", "read": "section", "section": name, "locations": list(locations), "directory_limit": limit}


def extensions(site: str, *names: str, limit: int = 20000) -> dict[str, Any]:
    return {"provider": "iis", "read": "extensions", "site": site, "extensions": list(names), "directory_limit": limit}


SERVER = {"provider": "iis", "read": "server"}


def guard(*paths: tuple[str, str], name: str = RF) -> dict[str, Any]:
    return {"provider": "iis", "section": name, "paths": [list(path) for path in paths]}


def _place(operation: str, element: Any, location: str, name: str) -> Operation:
    steps = [element] if isinstance(element, str) and element else list(element)
    return {"provider": "iis", "operation": operation, "section": name, "location": location, "element": steps}


def set_(element: Any, attribute: str, value: Any, stored: str | None, effective: Any, location: str = "", name: str = RF) -> Step:
    planned = {"stored": stored, "effective": effective}
    operation = {**_place("set", element, location, name), "attribute": attribute, "value": value, "planned": planned}
    after = {"stored": None, "effective": value}
    undo: Operation = {**_place("unset", element, location, name), "attribute": attribute, "planned": after}
    if stored is not None:
        undo = {**_place("set", element, location, name), "attribute": attribute, "value": effective, "planned": after}
    return {"operation": operation, "undo": undo}


def unset(element: Any, attribute: str, stored: str | None, effective: Any, location: str = "", name: str = RF) -> Step:
    place = {**_place("unset", element, location, name), "attribute": attribute}
    undo = {**place, "operation": "set", "value": effective, "planned": {"stored": None, "effective": None}}
    return {"operation": {**place, "planned": {"stored": stored, "effective": effective}}, "undo": undo}


def add(element: Any, entry: dict[str, Any], keys: tuple[str, ...], location: str = "", name: str = RF, **more: Any) -> Step:
    """`entry`: its attributes; `more`: index, planned, node (elements and entries of the entry)."""
    node = {"attributes": entry, **more.get("node", {})}
    planned = {"entry": more.get("planned")}
    operation = {**_place("add", element, location, name), "entry": node, "index": more.get("index"), "planned": planned}
    key = {key: entry.get(key) for key in keys}
    return {"operation": operation, "undo": {**_place("remove", element, location, name), "key": key, "planned": {"entry": node}}}


def remove(element: Any, key: dict[str, Any], entry: dict[str, Any] | None, location: str = "", name: str = RF) -> Step:
    """`entry`: the attributes of the planned entry."""
    node = None if entry is None else {"attributes": entry}
    operation = {**_place("remove", element, location, name), "key": key, "planned": {"entry": node}}
    undo = {**_place("add", element, location, name), "entry": node or {}, "index": None, "planned": {"entry": None}}
    return {"operation": operation, "undo": undo}


def registry_set(key: str, value_name: str, kind: str, value: Any, planned: dict[str, Any], hive: str = "HKLM") -> Step:
    place = {"provider": "registry", "hive": hive, "key": key, "name": value_name}
    operation = {**place, "operation": "set", "kind": kind, "value": value, "planned": planned}
    now = {"exists": True, "kind": kind, "value": value}
    undo = {**place, "operation": "delete", "planned": now}
    if planned["exists"]:
        undo = {**place, "operation": "set", "kind": planned["kind"], "value": planned["value"], "planned": now}
    return {"operation": operation, "undo": undo}


def registry_delete(key: str, value_name: str, planned: dict[str, Any]) -> Step:
    place = {"provider": "registry", "hive": "HKLM", "key": key, "name": value_name}
    undo = {**place, "operation": "set", "kind": planned.get("kind", "DWord"), "value": planned.get("value", 0)}
    return {"operation": {**place, "operation": "delete", "planned": planned}, "undo": {**undo, "planned": {"exists": False}}}


def value(key: str, name: str, hive: str = "HKLM") -> dict[str, Any]:
    return {"provider": "registry", "read": "value", "hive": hive, "key": key, "name": name}


def close(identity: str, result: str = "superseded") -> Step:
    operation = {"provider": "journal", "operation": "close", "id": identity, "result": result, "planned": {"finished": None}}
    return {"operation": operation, "undo": operation}
