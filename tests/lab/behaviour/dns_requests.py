# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and steps of the provider `dns`, written short."""

from __future__ import annotations

from typing import Any

from lab.behaviour.requests import Step

Read = dict[str, Any]
Planned = dict[str, Any]
ACL: Read = {"provider": "dns", "read": "acl"}
LISTENERS: Read = {"provider": "listener", "read": "listeners", "wait": None}


def get(noun: str, *properties: str, **parameters: Any) -> Read:
    return {"provider": "dns", "read": "get", "cmdlet": noun, "parameters": parameters, "properties": list(properties)}


def zones(*properties: str, aging: Any = "all") -> Read:
    return {"provider": "dns", "read": "zones", "properties": list(properties), "aging": aging}


def query(server: str, *questions: tuple[str, str]) -> Read:
    asked = [{"name": name, "type": kind} for name, kind in questions]
    return {"provider": "dns", "read": "query", "server": server, "questions": asked, "seconds": 0}


def one(noun: str, values: dict[str, Any], where: dict[str, Any] | None = None, **parameters: Any) -> Planned:
    """Exactly one object has what is in `where`, and has these values."""
    return {"cmdlet": noun, "parameters": parameters, "where": where or {}, "values": values}


def none(noun: str, where: dict[str, Any], **parameters: Any) -> Planned:
    return {"cmdlet": noun, "parameters": parameters, "where": where, "values": None}


def several(count: int, planned: Planned) -> Planned:
    """Exactly so many objects instead of one, or instead of none."""
    return planned | {"count": count}


def given(zone: str, **values: Any) -> Planned:
    """The values of the zone's key in the registry; None is one that is absent."""
    return {"zone": zone, "values": values}


def _step(operation: dict[str, Any]) -> Step:
    """The undo is not what is looked at here."""
    return {"operation": operation, "undo": operation}


def call(cmdlet: str, *planned: Planned, **parameters: Any) -> Step:
    return _step({"provider": "dns", "operation": "call", "cmdlet": cmdlet, "parameters": parameters, "planned": list(planned)})


def dnscmd(command: str, *arguments: str, planned: tuple[Planned, ...] = ()) -> Step:
    operation = {"provider": "dns", "operation": "dnscmd", "command": command, "arguments": list(arguments)}
    return _step({**operation, "planned": list(planned)})


def config(name: str, *values: str) -> Step:
    return dnscmd("Config", f"/{name}", *values)


def setting(name: str, value: Any, *planned: Planned) -> Step:
    return _step({"provider": "dns", "operation": "setting", "property": name, "value": value, "planned": list(planned)})


def acl(add: list[dict[str, Any]], remove: list[dict[str, Any]], planned: list[dict[str, Any]]) -> Step:
    return _step({"provider": "dns", "operation": "acl", "add": add, "remove": remove, "planned": {"rules": planned}})
