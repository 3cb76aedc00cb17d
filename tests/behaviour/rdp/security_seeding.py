# SPDX-License-Identifier: GPL-3.0-or-later
"""Account policy, rights, groups and their owners, put into a box's own files behind the product's back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab import inf
from lab.box import Box


def set_security(box: Box, section: str, values: Mapping[str, str | None]) -> None:
    """Lines of security.inf; None takes one out."""
    sections = inf.read(box)
    for name, value in values.items():
        sections.setdefault(section, {}).pop(name, None)
        if value is not None:
            sections[section][name] = value
    (box.folder / "security.inf").write_text(inf.render(sections), "utf-8")


def set_right(box: Box, right: str, *sids: str) -> None:
    set_security(box, "Privilege Rights", {right: ",".join(f"*{sid}" for sid in sids) or None})


def set_members(box: Box, group: str, *sids: str) -> None:
    set_security(box, "Group Membership", {f"*{group}__Members": ",".join(f"*{sid}" for sid in sids)})


def add_group(box: Box, name: str, sid: str, *members: str) -> None:
    """A local group that somebody made."""
    accounts = box.read_json("accounts")
    accounts["groups"].append({"name": name, "sid": sid})
    box.write_json("accounts", accounts)
    set_members(box, sid, *members)


def own(box: Box, part: str, *rows: dict[str, Any]) -> None:
    """What a policy object owns; the values themselves stand where Windows wrote them."""
    policy = {"known": True, "registry": [], "rights": [], "groups": [], "account": []} | box.read_json("policy")
    policy[part] = [*policy[part], *rows]
    box.write_json("policy", policy)


def own_settings(box: Box, values: Mapping[str, int]) -> None:
    own(box, "account", *({"setting": name, "value": value, "gpo": "Default Domain Policy"} for name, value in values.items()))


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    """The end of each control's id to its status."""
    return {control["id"].removeprefix("HW-RDP-"): control["status"] for control in result["controls"]}
