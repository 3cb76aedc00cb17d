# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts registry values into a box behind the product's back, as Windows or a policy object stores them."""

from __future__ import annotations

from typing import Any

from lab.box import Box

GPO = "Servers"


def _spelled(names: Any, name: str) -> str:
    """A name as it is there already; names compare without case."""
    return next((one for one in names if one.lower() == name.lower()), name)


def store(box: Box, key: str, **values: int | None) -> None:
    """Values of a key below HKLM; None takes one out."""
    registry = box.registry
    machine = registry.setdefault("HKLM", {})
    found = machine.setdefault(_spelled(machine, key), {})
    for name, value in values.items():
        found.pop(_spelled(found, name), None)
        if value is not None:
            found[name] = {"kind": "DWord", "value": value}
    box.write_json("registry", registry)


def stored(box: Box, key: str, name: str) -> Any:
    """The value, None where it is not there."""
    machine = box.registry["HKLM"]
    found = machine.get(_spelled(machine, key), {})
    return found.get(_spelled(found, name), {}).get("value")


def own(box: Box, key: str, **values: int) -> None:
    """Values that Group Policy owns, already written to their key."""
    store(box, key, **values)
    policy: dict[str, Any] = {"known": True, "registry": [], "rights": [], "groups": [], "account": []} | box.read_json("policy")
    policy["registry"] += [{"key": key, "name": name, "kind": "DWord", "value": value, "gpo": GPO} for name, value in values.items()]
    box.write_json("policy", policy)
