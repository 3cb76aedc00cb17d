# SPDX-License-Identifier: GPL-3.0-or-later
"""One collection at one location while it is planned: which entries are its own, and where an undo puts them back."""

from __future__ import annotations

import typing as t

from .._core.operations import Operation
from .nodes import (
    Key,
    Node,
    child,
    complete,
    entries,
    entry_schema,
    key_names,
    key_of,
    known_schema,
    raw_below,
    text_of,
    without_defaults,
)
from .section import SERVER, Section


class Collection:
    """Plans operations on a collection, keeping count of what earlier operations of the same stage did to it."""

    def __init__(self, section: Section, location: str, element: tuple[str, ...]) -> None:
        self.section = section
        self.location = location
        self.element = element
        self.schema = entry_schema(known_schema(section.schema, element))
        self.effective: dict[Key, Node] = {
            key_of(entry["attributes"], self.schema): entry for entry in entries(child(section.effective(location), element))
        }
        self._raw = raw_below(section.stored_at(location), element)
        self._own = self._own_keys()

    def key(self, entry: Node) -> Key:
        return key_of(entry["attributes"], self.schema)

    def find(self, entry: Node) -> Node | None:
        return self.effective.get(self.key(entry))

    def is_own(self, key: Key) -> bool:
        """Whether the entry is stored at this very location, so that it can be edited in place."""
        return key in self._own

    def stored_attribute(self, key: Key, attribute: str) -> str | None:
        for raw in self._raw:
            for one in raw.get("children", ()):
                if one["tag"] not in ("remove", "clear") and key_of(one["attributes"], self.schema) == key:
                    return t.cast("str | None", one["attributes"].get(attribute))
        return None

    def add(self, entry: Node, index: int | None = None, replaces: Node | None = None) -> tuple[Operation, Operation]:
        """The operation that adds an entry, and its undo. replaces: the entry with this key that the stage took out before."""
        after = complete(entry, self.schema)
        operation = self._operation("add", {"entry": without_defaults(after, self.schema), "index": index}, {"entry": replaces})
        undo = self._operation("remove", {"key": self.key_attributes(entry)}, {"entry": after})
        self._own.insert(len(self._own) if index is None else index, self.key(entry))
        return operation, undo

    def remove(self, entry: Node, replaced_by: Node | None = None) -> tuple[Operation, Operation, int | None]:
        """The operation that removes an effective entry, its undo, and the place it had among the location's own entries."""
        key = self.key(entry)
        index = self._own.index(key) if key in self._own else None
        operation = self._operation("remove", {"key": self.key_attributes(entry)}, {"entry": entry})
        after = complete(replaced_by, self.schema) if replaced_by else None
        undo = self._operation("add", {"entry": without_defaults(entry, self.schema), "index": index}, {"entry": after})
        if index is not None:
            self._own.remove(key)
        self.effective.pop(key, None)  # so that a replaced collection does not take it out a second time
        return operation, undo, index

    def key_attributes(self, entry: Node) -> dict[str, str]:
        return {name: text_of(entry["attributes"].get(name)) for name in key_names(self.schema)}

    def _operation(self, name: str, parameters: dict[str, t.Any], planned: dict[str, t.Any]) -> Operation:
        place = {"section": self.section.name, "location": self.location, "element": list(self.element)}
        return Operation("iis", name, place | parameters | {"planned": planned})

    def _own_keys(self) -> list[Key]:
        if self.location == SERVER:
            return list(self.effective)
        return [
            key_of(one["attributes"], self.schema)
            for raw in self._raw
            for one in raw.get("children", ())
            if one["tag"] not in ("remove", "clear")
        ]
