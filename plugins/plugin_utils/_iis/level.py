# SPDX-License-Identifier: GPL-3.0-or-later
"""What would change at one location of applicationHost.config for each setting, and how each setting stands there."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core import controls as status
from .._core.controls import ControlResult
from .._core.operations import Operation
from .._core.plan import ABSENT, Change
from .collection import Collection
from .nodes import Node, child, complete, known_schema, same_value, schema_below, text_of
from .section import Section, change_place
from .settings import AttributeSetting, EntrySetting, ReplaceSetting, Setting, describe_entry


@dataclass(frozen=True)
class Finding:
    """How one setting stands at one location, with the changes that would bring it there."""

    setting: Setting
    location: str
    status: str
    evidence: str
    changes: tuple[Change, ...] = ()

    def control_results(self) -> list[ControlResult]:
        return [ControlResult(control, self.status, (self.evidence,)) for control in self.setting.controls]


class Level:
    """Plans at one location. Settings of one collection must be given in the order in which they are to be written."""

    def __init__(self, section: Section, location: str) -> None:
        self.section = section
        self.location = location
        self._tree = section.effective(location)
        self._collections: dict[tuple[str, ...], Collection] = {}

    @property
    def place(self) -> str:
        return change_place(self.location)

    def path(self, target: str) -> str:
        return f"{self.section.name.rpartition('/')[2]}/{target}"

    def identity(self, setting: Setting) -> str:
        """The same text for settings of the same target, whatever case their names are written in."""
        last = setting.target.rpartition("/")[2]
        if isinstance(setting, EntrySetting) and schema_below(self.section.schema, setting.element) is not None:
            # In brackets, so that an entry is never taken for an attribute of the list itself.
            last = f"[{' '.join(self.collection(setting.element).key(setting.entry))}]"
        return f"{self.beginning(setting.element)}{last}"

    def beginning(self, element: tuple[str, ...]) -> str:
        """What the identities of all settings of one element begin with."""
        return f"{change_place(self.location.lower())}: {self.path('/'.join((*element, '')) if element else '')}"

    def finding(self, setting: Setting) -> Finding:
        schema = schema_below(self.section.schema, setting.element)
        known = schema is not None and (not isinstance(setting, AttributeSetting) or setting.attribute in schema["attributes"])
        if not known:
            return self._finding(setting, status.NOT_APPLICABLE, "this server's schema does not have it")
        if isinstance(setting, AttributeSetting):
            return self._attribute(setting)
        return self._entry(setting)

    def surplus(self, setting: ReplaceSetting) -> list[EntrySetting]:
        """The effective entries that a replaced collection must not hold, as entries that are wanted absent."""
        if schema_below(self.section.schema, setting.element) is None:
            return []
        collection = self.collection(setting.element)
        keep = {collection.key(entry) for entry in setting.entries}
        return [
            EntrySetting(setting.option, setting.element, name, {"attributes": collection.key_attributes(entry)}, present=False)
            for key, entry in collection.effective.items()
            if key not in keep
            for name in [" ".join(collection.key_attributes(entry).values())]
        ]

    def closed(self, setting: ReplaceSetting) -> list[tuple[str, frozenset[str]]]:
        """The beginning of the targets of a replaced collection, and the targets it may hold; nothing where the schema lacks it."""
        if schema_below(self.section.schema, setting.element) is None:
            return []
        beginning = self.beginning(setting.element) + "["
        collection = self.collection(setting.element)
        return [(beginning, frozenset(f"{beginning}{' '.join(collection.key(entry))}]" for entry in setting.entries))]

    def collection(self, element: tuple[str, ...]) -> Collection:
        if element not in self._collections:
            self._collections[element] = Collection(self.section, self.location, element)
        return self._collections[element]

    def can_add(self, setting: EntrySetting) -> bool:
        """Whether this entry is not there yet (the schema has the collection), so that wanting it means adding it."""
        return schema_below(self.section.schema, setting.element) is not None and not self.collection(setting.element).find(setting.entry)

    def set_attribute(self, setting: AttributeSetting, value: t.Any) -> Change:
        """The change that stores a value at this location, whatever is effective."""
        effective = child(self._tree, setting.element).get("attributes", {}).get(setting.attribute)
        stored = self.section.stored_attribute(self.location, setting.element, setting.attribute)
        place = {
            "section": self.section.name,
            "location": self.location,
            "element": list(setting.element),
            "attribute": setting.attribute,
        }
        return self._change(
            setting,
            before=_attribute_text(effective, stored),
            after=text_of(value),
            operations=_set_and_undo(place, value, effective, stored),
        )

    def _attribute(self, setting: AttributeSetting) -> Finding:
        schema = known_schema(self.section.schema, setting.element)
        effective = child(self._tree, setting.element).get("attributes", {}).get(setting.attribute)
        stored = self.section.stored_attribute(self.location, setting.element, setting.attribute)
        equal = effective is not None and same_value(effective, setting.value, schema["attributes"][setting.attribute])
        if equal and not (setting.explicit and stored is None):
            return self._finding(setting, status.COMPLIANT, f"is {text_of(effective)}")
        change = self.set_attribute(setting, setting.value)
        return self._finding(setting, status.CHANGED, f"{change.before} -> {change.after}", (change,))

    def _entry(self, setting: EntrySetting) -> Finding:
        collection = self.collection(setting.element)
        found = collection.find(setting.entry)
        if not setting.present:
            return self._absent(setting, collection, found)
        if found is None:
            changes: tuple[Change, ...] = (self._add(setting, collection),)
        else:
            changes = self._edit(setting, collection, found)
        if not changes:
            return self._finding(setting, status.COMPLIANT, f"is {setting.wanted}")
        return self._finding(setting, status.CHANGED, f"{changes[0].before} -> {changes[-1].after}", changes)

    def _absent(self, setting: EntrySetting, collection: Collection, found: Node | None) -> Finding:
        if found is None:
            return self._finding(setting, status.COMPLIANT, "is absent")
        operation, undo, _index = collection.remove(found)
        change = self._change(setting, describe_entry(found, setting.name), ABSENT, (operation, undo))
        return self._finding(setting, status.CHANGED, f"{change.before} -> absent", (change,))

    def _add(self, setting: EntrySetting, collection: Collection) -> Change:
        after = describe_entry(complete(setting.entry, collection.schema), setting.name)
        return self._change(setting, ABSENT, after, collection.add(setting.entry))

    def _edit(self, setting: EntrySetting, collection: Collection, found: Node) -> tuple[Change, ...]:
        """Edits an entry in place where only its own attributes differ and it is stored here; otherwise takes it out and adds it."""
        different = _different_attributes(setting.entry, found, collection)
        lists = _different_elements(setting.entry, found, collection)
        if not different and not lists:
            return ()
        if lists or not collection.is_own(collection.key(found)):
            return self._replace(setting, collection, found)
        return tuple(self._edit_attribute(setting, collection, found, name) for name in different)

    def _edit_attribute(self, setting: EntrySetting, collection: Collection, found: Node, name: str) -> Change:
        value = setting.entry["attributes"][name]
        place = {
            "section": self.section.name,
            "location": self.location,
            "element": [*setting.element, collection.key_attributes(found)],
            "attribute": name,
        }
        stored = collection.stored_attribute(collection.key(found), name)
        operations = _set_and_undo(place, value, found["attributes"][name], stored)
        before, after = (f"{name}={text_of(one)}" for one in (found["attributes"][name], value))
        return self._change(setting, before, after, operations, suffix=f"/{name}" if len(setting.entry["attributes"]) > 2 else "")

    def _replace(self, setting: EntrySetting, collection: Collection, found: Node) -> tuple[Change, ...]:
        merged = _merged(found, setting.entry)
        removed, put_back, index = collection.remove(found, replaced_by=merged)
        added, taken_out = collection.add(merged, index, replaces=found)
        before = describe_entry(found, setting.name)
        after = describe_entry(complete(merged, collection.schema), setting.name)
        return (
            self._change(setting, before, ABSENT, (removed, put_back), suffix=" (as it was)"),
            self._change(setting, ABSENT, after, (added, taken_out)),
        )

    def _change(self, setting: Setting, before: str, after: str, operations: tuple[Operation, Operation], suffix: str = "") -> Change:
        return Change(
            place=self.place,
            target=self.path(setting.target) + suffix,
            before=before,
            after=after,
            operation=operations[0],
            undo=operations[1],
            controls=tuple(control.id for control in setting.controls),
        )

    def _finding(self, setting: Setting, state: str, text: str, changes: tuple[Change, ...] = ()) -> Finding:
        where = self.location or "server"
        return Finding(setting, self.location, state, f"{where}: {setting.target} {text}", changes)


def _attribute_text(effective: t.Any, stored: str | None) -> str:
    text = text_of(effective) or '""'
    return text if stored is not None else f"{text} (not set here)"


def _set_and_undo(place: dict[str, t.Any], value: t.Any, effective: t.Any, stored: str | None) -> tuple[Operation, Operation]:
    operation = Operation("iis", "set", place | {"value": value, "planned": {"stored": stored, "effective": effective}})
    planned = {"stored": text_of(value), "effective": value}
    if stored is None:
        return operation, Operation("iis", "unset", place | {"planned": planned})
    return operation, Operation("iis", "set", place | {"value": effective, "planned": planned})


def _different_attributes(wanted: Node, found: Node, collection: Collection) -> list[str]:
    return [
        name
        for name, value in wanted["attributes"].items()
        if not same_value(found["attributes"].get(name), value, collection.schema["attributes"][name])
    ]


def _different_elements(wanted: Node, found: Node, collection: Collection) -> list[str]:
    """The lists inside an entry that hold something else than wanted; their order does not matter."""
    return [
        name
        for name, below in wanted.get("elements", {}).items()
        if _values(below, collection.schema["elements"][name]) != _values(child(found, (name,)), collection.schema["elements"][name])
    ]


def _values(node: Node, schema: t.Mapping[str, t.Any]) -> set[tuple[str, ...]]:
    entry = schema["collection"]["entry"][schema["collection"]["add"][0]]
    return {tuple(text_of(one["attributes"].get(name)).lower() for name in entry["attributes"]) for one in node.get("entries", ())}


def _merged(found: Node, wanted: Node) -> dict[str, t.Any]:
    """The found entry with everything that was given in its place; what was not given stays."""
    return {
        "attributes": {**found["attributes"], **wanted["attributes"]},
        "elements": {**found.get("elements", {}), **wanted.get("elements", {})},
    }
