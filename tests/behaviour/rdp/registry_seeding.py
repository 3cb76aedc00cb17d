# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts registry values into a box the way somebody, or a policy object, would have put them there."""

from __future__ import annotations

from typing import Any

from lab import policy
from lab.box import Box

GPO = "Servers"


def spelled(names: dict[str, Any], wanted: str) -> str:
    """A name as it is stored, or as it is given."""
    return next((name for name in names if name.lower() == wanted.lower()), wanted)


def store(box: Box, key: str, **values: Any) -> None:
    """Values of a key below HKLM: a number is a DWord, a text a String, a list a MultiString, bytes are Binary, None takes the value away."""
    registry = box.registry
    machine = registry["HKLM"]
    stored = machine.setdefault(spelled(machine, key), {})
    for name, value in values.items():
        stored.pop(spelled(stored, name), None)
        if value is not None:
            stored[name] = typed(value)
    box.write_json("registry", registry)


def typed(value: Any) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"kind": "Binary", "value": value.hex()}
    kind = "MultiString" if isinstance(value, list) else "String" if isinstance(value, str) else "DWord"
    return {"kind": kind, "value": value}


def stored(box: Box, key: str, name: str) -> Any:
    """A value of a key below HKLM; None where it is not there."""
    machine = box.registry["HKLM"]
    values = machine.get(spelled(machine, key), {})
    found = values.get(spelled(values, name))
    return found["value"] if found else None


def own(box: Box, key: str, **values: Any) -> None:
    """Values that a policy object writes at every refresh, the first of which is now."""
    owned = box.read_json("policy") or {"known": True, "registry": [], "rights": [], "groups": [], "account": []}
    owned["registry"] += [{"key": key, "name": name, "gpo": GPO, **typed(value)} for name, value in values.items()]
    box.write_json("policy", owned)
    policy.refresh(box)
