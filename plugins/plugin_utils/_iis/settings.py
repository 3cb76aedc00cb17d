# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of a section, independent of where: attributes and collection entries."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.controls import Control
from .nodes import Node, text_of


@dataclass(frozen=True)
class AttributeSetting:
    """One attribute's value. option: the module option's path. explicit: must be stored even where the default is equal."""

    option: str
    element: tuple[str, ...]
    attribute: str
    value: bool | int | str
    controls: tuple[Control, ...] = ()
    explicit: bool = False

    @property
    def target(self) -> str:
        return "/".join((*self.element, self.attribute))

    @property
    def wanted(self) -> str:
        return text_of(self.value)


@dataclass(frozen=True)
class EntrySetting:
    """One entry of a collection, present with these values or absent. name: its key as a person reads it."""

    option: str
    element: tuple[str, ...]
    name: str
    entry: Node
    present: bool = True
    controls: tuple[Control, ...] = ()

    @property
    def target(self) -> str:
        return "/".join((*self.element, self.name))

    @property
    def wanted(self) -> str:
        return describe_entry(self.entry, self.name) if self.present else "absent"


@dataclass(frozen=True)
class ReplaceSetting:
    """A collection that may hold nothing but its wanted entries at the target."""

    option: str
    element: tuple[str, ...]
    entries: tuple[Node, ...]

    @property
    def target(self) -> str:
        return "/".join((*self.element, "(other entries)"))

    @property
    def wanted(self) -> str:
        return "absent"


Setting = AttributeSetting | EntrySetting


def describe_entry(entry: Node, name: str) -> str:
    """An entry's values as a line: its attributes except the key, then its lists; C(present) when it is nothing but a key."""
    parts = [
        f"{attribute}={text_of(value)}"
        for attribute, value in entry.get("attributes", {}).items()
        if text_of(value).lower() != name.lower()
    ]
    for element, below in entry.get("elements", {}).items():
        values = [text_of(value) for one in below.get("entries", ()) for value in one["attributes"].values()]
        if values:
            parts.append(f"{element}=[{' '.join(values)}]")
    return ", ".join(parts) or "present"
