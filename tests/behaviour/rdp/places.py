# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of a host and what stands there, written down as a table, put into a box or given to a policy object.

A table has parts, "HKLM\\key", "user right X", "group SID", "account policy" or "power scheme", and in each names with their values:
in the registry a number is a DWord, bytes are Binary, a text is a String; an account of a right is "held", of a group a "member";
None where nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from behaviour.rdp import registry_seeding
from behaviour.rdp.security_seeding import set_security
from lab import inf, policy
from lab.box import Box

Table = Mapping[str, Mapping[str, Any]]
RIGHT, GROUP, ACCOUNT, POWER, REGISTRY = "user right ", "group ", "account policy", "power scheme", "HKLM\\"


@dataclass(frozen=True)
class Row:
    part: str
    name: str
    value: Any

    def __str__(self) -> str:
        return ": ".join((self.part.rpartition("\\")[2], self.name))

    @property
    def place(self) -> str:
        """As checks.state names it."""
        return f"{self.part}: {self.name}".lower()

    @property
    def said(self) -> str | None:
        """As checks.state says it."""
        if self.value is None or not self.part.startswith(REGISTRY):
            return None if self.value is None else str(self.value)
        return json.dumps(registry_seeding.typed(self.value), sort_keys=True)


def rows(table: Table) -> Iterator[Row]:
    return (Row(part, str(name), value) for part, names in table.items() for name, value in names.items())


def said(table: Table) -> dict[str, str | None]:
    return {row.place: row.said for row in rows(table)}


def put(box: Box, row: Row) -> None:
    """Behind the product's back."""
    if row.part.startswith(REGISTRY):
        registry_seeding.store(box, row.part.removeprefix(REGISTRY), **{row.name: row.value})
    elif row.part == ACCOUNT:
        set_security(box, inf.ACCESS, {row.name: row.said})
    elif row.part == POWER:
        _put_power(box, row)
    else:
        _put_account(box, row)


def _put_power(box: Box, row: Row) -> None:
    guid, _, source = row.name.partition(" ")
    power = box.read_json("power")
    for settings in power["subgroups"].values():
        if guid in settings:
            settings[guid][source] = row.value
    box.write_json("power", power)


def _put_account(box: Box, row: Row) -> None:
    right = row.part.startswith(RIGHT)
    name = row.part.removeprefix(RIGHT) if right else inf.members_key(row.part.removeprefix(GROUP))
    section = inf.RIGHTS if right else inf.GROUPS
    there = [sid.strip(" *") for sid in inf.read(box)[section].get(name, "").split(",") if sid.strip()]
    sids = [sid for sid in there if sid != row.name] + ([row.name] if row.value else [])
    # a right that nobody has is not there; a group without members is
    set_security(box, section, {name: inf.listed(sids) if sids or not right else None})


def own(box: Box, table: Table, gpo: str = registry_seeding.GPO) -> None:
    """A policy object gives these values, and Windows has written them just now. Of a right or group it names all accounts."""
    owned: dict[str, Any] = {"known": True, "registry": [], "rights": [], "groups": [], "account": []} | box.read_json("policy")
    for part, names in table.items():
        if part.startswith(RIGHT):
            owned["rights"].append({"right": part.removeprefix(RIGHT), "accounts": list(names), "gpo": gpo})
        elif part.startswith(GROUP):
            owned["groups"].append({"group": part.removeprefix(GROUP), "members": list(names), "gpo": gpo})
        elif part == ACCOUNT:
            owned["account"] += [{"setting": name, "value": value, "gpo": gpo} for name, value in names.items()]
        else:
            key = part.removeprefix(REGISTRY)
            owned["registry"] += [{"key": key, "name": name, "gpo": gpo, **registry_seeding.typed(value)} for name, value in names.items()]
    box.write_json("policy", owned)
    policy.refresh(box)
