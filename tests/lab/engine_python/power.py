# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `power`: the active scheme, as powercfg.exe shows and sets it, and hibernation."""

from __future__ import annotations

from typing import Any

from lab.box import Box

from .errors import Refusal
from .hive import find_key, value_of
from .planned import expect
from .writes import Writes

KEY = "SYSTEM\\CurrentControlSet\\Control\\Power"
ENABLED = ("HibernateEnabled", "HibernateEnabledDefault")
UNKNOWN = "powercfg.exe ended with exit code 1: The power scheme, subgroup or setting specified does not exist."


def _small(items: dict[str, Any]) -> dict[str, Any]:
    return {guid.lower(): item for guid, item in items.items()}


def _settings(power: dict[str, Any], subgroup: str) -> dict[str, dict[str, int]]:
    settings = _small(power.get("subgroups", {})).get(subgroup.lower())
    if settings is None:
        raise Refusal("command_failed", UNKNOWN)
    return _small(settings)


def _hibernate(box: Box) -> bool | None:
    registry = box.registry
    found = [value for value in (value_of(registry, "HKLM", KEY, name) for name in ENABLED) if value is not None]
    return found[0]["value"] != 0 if found else None


def read_scheme(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    power = box.read_json("power")
    settings = _settings(power, read["subgroup"])
    return {"scheme": power["scheme"].lower(), "settings": settings, "hibernate": _hibernate(box)}


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    if operation["operation"] == "hibernate":
        expect({"enabled": _hibernate(box)}, operation["planned"])
        return
    power = box.read_json("power")
    setting = _settings(power, operation["subgroup"]).get(operation["setting"].lower(), {})
    active = power["scheme"].lower() == operation["scheme"].lower()
    expect({"value": setting.get(operation["source"]) if active else None}, operation["planned"])


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    change = _switch if operation["operation"] == "hibernate" else _set
    writes.make("write", lambda: change(box, operation))


def _switch(box: Box, operation: dict[str, Any]) -> None:
    registry = box.registry
    machine = registry["HKLM"]
    values = machine.setdefault(find_key(machine, KEY) or KEY, {})
    values[ENABLED[0]] = {"kind": "DWord", "value": int(operation["enabled"])}
    box.write_json("registry", registry)


def _set(box: Box, operation: dict[str, Any]) -> None:
    power = box.read_json("power")
    for subgroup, settings in power["subgroups"].items():
        for setting, values in settings.items():
            if (subgroup.lower(), setting.lower()) == (operation["subgroup"].lower(), operation["setting"].lower()):
                values[operation["source"]] = operation["value"]
    box.write_json("power", power)
