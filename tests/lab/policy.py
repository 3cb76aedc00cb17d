# SPDX-License-Identifier: GPL-3.0-or-later
"""Group Policy on a box: a refresh writes what policy.json owns again, wherever Windows keeps it.

Registry policies and security options are written to their own keys, user rights, restricted groups and account policy into the security
database, a power setting also into the scheme that is in force.
"""

from __future__ import annotations

import re
from typing import Any

from lab import inf
from lab.box import Box
from lab.engine_python.listener import following_switch

POWER_SETTING = re.compile(r"SOFTWARE\\Policies\\Microsoft\\Power\\PowerSettings\\([0-9a-f-]{36})", re.IGNORECASE)
POWER_SOURCES = {"acsettingindex": "ac", "dcsettingindex": "dc"}


def refresh(box: Box) -> None:
    """What `gpupdate /force` does to a computer. A box without policy.json stays as it is."""
    with box.lock():
        owned = box.read_json("policy")
        if not owned:
            return
        values = [*owned.get("registry", []), *owned.get("options", [])]
        following_switch(box, lambda: _refresh_registry(box, values))
        _refresh_power(box, owned.get("registry", []))
        _refresh_security(box, owned)


def _refresh_registry(box: Box, rows: list[dict[str, Any]]) -> None:
    registry = box.registry
    machine = registry.setdefault("HKLM", {})
    for row in rows:
        values = machine.setdefault(_spelled(machine, row["key"]), {})
        values[_spelled(values, row["name"])] = {"kind": row["kind"], "value": row["value"]}
    box.write_json("registry", registry)


def _refresh_power(box: Box, rows: list[dict[str, Any]]) -> None:
    power = box.read_json("power")
    for row in rows:
        found, source = POWER_SETTING.fullmatch(row["key"]), POWER_SOURCES.get(row["name"].lower())
        if found is None or source is None:
            continue
        for settings in power.get("subgroups", {}).values():
            if found[1].lower() in settings:
                settings[found[1].lower()][source] = row["value"]
    if power:
        box.write_json("power", power)


def _refresh_security(box: Box, owned: dict[str, Any]) -> None:
    sections = inf.read(box)
    for row in owned.get("rights", []):
        sections[inf.RIGHTS].pop(row["right"], None)
        if row["accounts"]:  # a right that nobody has is not there
            sections[inf.RIGHTS][row["right"]] = inf.listed(row["accounts"])
    for row in owned.get("groups", []):
        sections[inf.GROUPS][inf.members_key(row["group"])] = inf.listed(row["members"])
    for row in owned.get("account", []):
        sections[inf.ACCESS][row["setting"]] = str(row["value"])
    inf.write(box, sections)


def _spelled(names: dict[str, Any], wanted: str) -> str:
    """The stored spelling of a name, or the name."""
    return next((name for name in names if name.lower() == wanted.lower()), wanted)
