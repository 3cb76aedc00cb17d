# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `registry` (names of Microsoft.Win32.RegistryKey, 64-bit view)."""

from __future__ import annotations

import re
from typing import Any

from lab.box import Box

from .errors import Refusal
from .hive import find_key, key_exists, value_of
from .listener import following_switch
from .writes import Writes

NUMBERS = {"DWord": 2**32, "QWord": 2**64}
KINDS = ("String", "ExpandString", "DWord", "QWord", "MultiString", "Binary")
ABSENT = {"exists": False, "kind": None, "value": None}


def read_value(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    registry = box.registry
    value = value_of(registry, read["hive"], read["key"], read["name"])
    found = ABSENT if value is None else {"exists": True, **_carried(value, read)}
    return {"key_exists": key_exists(registry.get(read["hive"], {}), read["key"]), **found}


def read_key(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    hive = box.registry.get(read["hive"], {})
    stored = find_key(hive, read["key"])
    values = hive[stored] if stored is not None else {}
    return {
        "exists": key_exists(hive, read["key"]),
        "values": {name: _shown(value) for name, value in values.items()},
        "subkeys": _subkeys(hive, read["key"]),
    }


def read_keys(box: Box, read: dict[str, Any]) -> list[dict[str, Any]]:
    """A value or an error for each key, so that one does not hide the others."""
    return [_key_result(box, {"hive": read["hive"], "key": read["below"] + key}) for key in read["keys"]]


def _key_result(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"value": read_key(box, read)}
    except Refusal as refusal:
        return {"error": refusal.as_error()}


def _subkeys(hive: dict[str, Any], key: str) -> list[str]:
    prefix = key.strip("\\") + "\\"
    below = (stored[len(prefix) :] for stored in hive if stored.lower().startswith(prefix.lower()))
    names = {name.lower(): name for name in (rest.split("\\")[0] for rest in below)}
    return sorted(names.values(), key=str.upper)


def _shown(value: dict[str, Any]) -> dict[str, Any]:
    """A value of a kind that cannot be carried is null."""
    return {"kind": value["kind"], "value": value["value"] if value["kind"] in KINDS else None}


def _carried(value: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    if value["kind"] not in KINDS:
        raise Refusal("registry_type", f"{read['hive']}\\{read['key']} has a value of the kind {value['kind']}.")
    return {"kind": value["kind"], "value": value["value"]}


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    value = value_of(box.registry, operation["hive"], operation["key"], operation["name"])
    now = {"exists": False} if value is None else {"exists": True, "kind": value["kind"], "value": value["value"]}
    planned = {name: item for name, item in operation["planned"].items() if item is not None or name == "exists"}
    if now != planned:
        raise Refusal("changed_meanwhile", f"Planned on {planned}, found {now}.")


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    """`set` creates the key; `delete` leaves it."""
    if operation["operation"] == "set":
        _check_value(operation["kind"], operation["value"])

    def change() -> None:
        registry = box.registry
        hive = registry.setdefault(operation["hive"], {})
        stored = find_key(hive, operation["key"])
        values = hive.setdefault(operation["key"].strip("\\") if stored is None else stored, {})
        names = [name for name in values if name.lower() == operation["name"].lower()]
        if operation["operation"] == "set":
            values[names[0] if names else operation["name"]] = {k: operation[k] for k in ("kind", "value")}
        else:
            for name in names:
                del values[name]
        box.write_json("registry", registry)

    writes.make("write", lambda: following_switch(box, change))


def _check_value(kind: str, value: Any) -> None:
    if kind in NUMBERS:
        valid = type(value) is int and 0 <= value < NUMBERS[kind]
    elif kind == "MultiString":
        valid = isinstance(value, list) and all(isinstance(item, str) for item in value)
    elif kind == "Binary":
        valid = isinstance(value, str) and re.fullmatch("(?:[0-9a-f]{2})*", value) is not None
    else:
        valid = isinstance(value, str)
    if not valid:
        raise Refusal("invalid_value", f"{value!r} is no value of the kind {kind}.")
