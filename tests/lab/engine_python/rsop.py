# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `rsop`: what Group Policy owns, from the box's policy.json.

Its `options` are the registry values of security templates; `missing` names classes that the host does not have.
"""

from __future__ import annotations

from typing import Any

from lab.box import Box

from .account import find_name

# list of the answer -> the keys of one entry
SECURITY_OPTIONS = "RSOP_RegistryValue"
LISTS = {
    "registry": ("key", "name", "gpo"),
    "rights": ("right", "gpo"),
    "groups": ("group", "gpo"),
    "account": ("setting", "gpo"),
}


def read_owned(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    policy = box.read_json("policy")
    missing = set(policy.get("missing", []))
    if not policy.get("known", True) or missing - {SECURITY_OPTIONS}:
        return {"known": False, **{name: [] for name in LISTS}}
    listed = {name: [_entry(box, item, keys) for item in policy.get(name, [])] for name, keys in LISTS.items()}
    if not missing:
        listed["registry"] += [_entry(box, item, LISTS["registry"]) for item in policy.get("options", [])]
    listed["registry"] = [entry for entry in listed["registry"] if _is_below(entry["key"], read["keys"])]
    return {"known": True, **{name: sorted(entries, key=lambda entry: list(entry.values())) for name, entries in listed.items()}}


def _entry(box: Box, item: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    entry = {key: item[key] for key in keys}
    if "group" in entry:
        entry["group"] = _sid(box, entry["group"])
    return entry


def _sid(box: Box, group: str) -> str:
    account = None if group.startswith("S-1-") else find_name(box, group)
    return group if account is None else account.sid


def _is_below(key: str, keys: list[str]) -> bool:
    return any((key.lower() + "\\").startswith(wanted.strip("\\").lower() + "\\") for wanted in keys)
