# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `group`: members of local groups, by SID."""

from __future__ import annotations

from typing import Any

from lab import inf
from lab.box import Box

from .account import read_resolve
from .errors import Refusal
from .planned import expect
from .writes import Writes


def _members(box: Box, group: str) -> list[str]:
    _name(box, group)
    return inf.sids(inf.read(box)[inf.GROUPS].get(inf.members_key(group), ""))


def _name(box: Box, group: str) -> str:
    looked_up = read_resolve(box, {"names": [group]})[group] or {}
    if "error" in looked_up:
        raise Refusal(looked_up["error"]["kind"], looked_up["error"]["message"])
    names = {entry["sid"]: entry["name"] for entry in box.read_json("accounts").get("groups", [])}
    if group not in names:
        raise Refusal("account_unknown", f"There is no local group with the SID {group}.")
    return str(names[group])


def read_members(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    return {"name": _name(box, read["group"]), "members": sorted(_members(box, read["group"]))}


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    expect({"member": operation["member"] in _members(box, operation["group"])}, operation["planned"])


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    def change() -> None:
        members = [sid for sid in _members(box, operation["group"]) if sid != operation["member"]]
        if operation["operation"] == "add":
            members.append(operation["member"])
        sections = inf.read(box)
        sections[inf.GROUPS][inf.members_key(operation["group"])] = inf.listed(members)
        inf.write(box, sections)

    writes.make("write", change)
