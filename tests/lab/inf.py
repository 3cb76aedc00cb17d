# SPDX-License-Identifier: GPL-3.0-or-later
"""A box's security.inf: account policy, user rights and group members, in the grammar of security templates."""

from __future__ import annotations

from lab.box import Box, replace_atomically

FILE = "security.inf"
ACCESS, RIGHTS, GROUPS = "System Access", "Privilege Rights", "Group Membership"
Sections = dict[str, dict[str, str]]


def parse(text: str) -> Sections:
    """Sections with their names and values as written; the three that a box has are always there."""
    sections: Sections = {ACCESS: {}, RIGHTS: {}, GROUPS: {}}
    current: dict[str, str] = {}
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], {})
        elif line:
            name, _, value = line.partition("=")
            current[name.strip()] = value.strip()
    return sections


def render(sections: Sections) -> str:
    blocks = [
        "\n".join([f"[{title}]", *(f"{name} = {value}".rstrip() for name, value in body.items())]) for title, body in sections.items()
    ]
    return "\n".join(blocks) + "\n"


def read(box: Box) -> Sections:
    """A missing file is one with empty sections."""
    file = box.folder / FILE
    return parse(file.read_text("utf-8") if file.exists() else "")


def write(box: Box, sections: Sections) -> None:
    replace_atomically(box.folder / FILE, render(sections).encode("utf-8"))


def sids(value: str) -> list[str]:
    """The SIDs of `*S-1-5-32-544,*S-1-5-32-555`."""
    return [item.strip().removeprefix("*") for item in value.split(",") if item.strip()]


def listed(members: list[str]) -> str:
    return ",".join(f"*{sid}" for sid in members)


def members_key(group: str) -> str:
    """The name of the line that holds the members of a group, given by SID."""
    return f"*{group}__Members"
