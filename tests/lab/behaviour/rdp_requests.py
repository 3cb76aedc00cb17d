# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and steps of the providers of Remote Desktop, written short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.behaviour.requests import Step

Read = dict[str, Any]
ACCOUNTS: Read = {"provider": "account", "read": "accounts"}
POLICY: Read = {"provider": "security", "read": "policy"}
SESSIONS: Read = {"provider": "session", "read": "sessions"}


def resolve(*names: str) -> Read:
    return {"provider": "account", "read": "resolve", "names": list(names)}


def right(name: str) -> Read:
    return {"provider": "right", "read": "right", "right": name}


def members(group: str) -> Read:
    return {"provider": "group", "read": "members", "group": group}


def rules(names: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Read:
    return {"provider": "firewall", "read": "rules", "names": list(names), "groups": list(groups)}


def listeners(wait: dict[str, Any] | None = None) -> Read:
    return {"provider": "listener", "read": "listeners", "wait": wait}


def scheme(subgroup: str) -> Read:
    return {"provider": "power", "read": "scheme", "subgroup": subgroup}


def certificate(thumbprint: str) -> Read:
    return {"provider": "certificate", "read": "certificate", "thumbprint": thumbprint}


def task(name: str) -> Read:
    return {"provider": "task", "read": "task", "name": name}


def owned(*keys: str) -> Read:
    return {"provider": "rsop", "read": "owned", "keys": list(keys)}


def _pair(operation: dict[str, Any], undo: dict[str, Any]) -> Step:
    """`undo` differs from `operation` in the keys that are given."""
    return {"operation": operation, "undo": operation | undo}


def grant(right_name: str, account: str, held: bool = False) -> Step:
    operation = {"provider": "right", "operation": "grant", "right": right_name, "account": account, "planned": {"held": held}}
    return _pair(operation, {"operation": "revoke", "planned": {"held": True}})


def revoke(right_name: str, account: str, held: bool = True) -> Step:
    step = grant(right_name, account)
    return {"operation": step["undo"] | {"planned": {"held": held}}, "undo": step["operation"]}


def add_member(group: str, member: str, is_member: bool = False) -> Step:
    operation = {"provider": "group", "operation": "add", "group": group, "member": member, "planned": {"member": is_member}}
    return _pair(operation, {"operation": "remove", "planned": {"member": True}})


def remove_member(group: str, member: str, is_member: bool = True) -> Step:
    step = add_member(group, member)
    return {"operation": step["undo"] | {"planned": {"member": is_member}}, "undo": step["operation"]}


def set_policy(values: dict[str, int], planned: Mapping[str, int | None], undo: dict[str, int] | None = None) -> Step:
    """undo: what takes it back, where that is not simply the planned numbers."""
    back = {name: value for name, value in planned.items() if value is not None} if undo is None else undo
    operation = {"provider": "security", "operation": "set", "values": values, "planned": {"values": dict(planned)}}
    return _pair(operation, {"values": back, "planned": {"values": {name: values.get(name) for name in back}}})


PLAIN_RULE = {
    "display_name": "Remote Desktop on port 3390",
    "description": "",
    "group": "hardening.windows",
    "protocol": "TCP",
    "local_port": "3390",
    "program": r"%SystemRoot%\system32\svchost.exe",
    "service": "TermService",
    "profiles": ["Any"],
    "remote_addresses": ["Any"],
    "interface_types": ["Any"],
    "enabled": True,
}


def add_rule(name: str, exists: bool = False, **rule: Any) -> Step:
    added = PLAIN_RULE | rule
    operation = {"provider": "firewall", "operation": "add", "name": name, "rule": added, "planned": {"exists": exists}}
    undo = {"provider": "firewall", "operation": "remove", "name": name}
    return {"operation": operation, "undo": undo | {"planned": {"exists": True, "enabled": added["enabled"]}}}


def remove_rule(name: str, enabled: bool = True, exists: bool = True) -> Step:
    step = add_rule(name, enabled=enabled)
    return {"operation": step["undo"] | {"planned": {"exists": exists, "enabled": enabled}}, "undo": step["operation"]}


def enable_rule(name: str, enabled: bool, was: bool) -> Step:
    place = {"provider": "firewall", "operation": "enable", "name": name}
    operation = {**place, "enabled": enabled, "planned": {"exists": True, "enabled": was}}
    return _pair(operation, {"enabled": was, "planned": {"exists": True, "enabled": enabled}})


def set_power(place: tuple[str, str, str], source: str, value: int, planned: int | None) -> Step:
    """place: scheme, subgroup, setting."""
    names = dict(zip(("scheme", "subgroup", "setting"), place, strict=True))
    operation = {"provider": "power", "operation": "set", **names, "source": source, "value": value, "planned": {"value": planned}}
    return _pair(operation, {"value": planned or 0, "planned": {"value": value}})


def hibernate(enabled: bool, was: bool) -> Step:
    operation = {"provider": "power", "operation": "hibernate", "enabled": enabled, "planned": {"enabled": was}}
    return _pair(operation, {"enabled": was, "planned": {"enabled": enabled}})


def register(name: str, definition: str, exists: bool = False) -> Step:
    operation = {"provider": "task", "operation": "register", "name": name, "definition": definition, "planned": {"exists": exists}}
    return {"operation": operation, "undo": {"provider": "task", "operation": "delete", "name": name, "planned": {"exists": True}}}


def delete_task(name: str, definition: str, exists: bool = True) -> Step:
    step = register(name, definition)
    return {"operation": step["undo"] | {"planned": {"exists": exists}}, "undo": step["operation"]}
