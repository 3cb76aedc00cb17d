# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in force: the levels of a section laid over each other, with collections, keys and locks.

Sources: the schema's documentation of collections (add, remove, clear, mergeAppend, allowDuplicates); "How to use locking in
IIS configuration" and "More config locking" (a lock holds for lower files, not for a location in the same file); KB 942055.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .document import Element
from .errors import Refusal
from .schema import Attribute, Collection, ElementSchema
from .values import parse, validate

# Attributes that the configuration system itself reads on any element.
LOCKS = {
    "lockAttributes": ("attribute", False),
    "lockElements": ("element", False),
    "lockAllAttributesExcept": ("attribute", True),
    "lockAllElementsExcept": ("element", True),
}
METADATA = {*LOCKS, "lockItem", "configSource", "configProtectionProvider", "overrideMode"}
NO_LOCK = 1_000_000


@dataclass
class Node:
    """An element in force: only what some level wrote. `locks` maps what is locked to the depth of the locking file."""

    schema: ElementSchema
    tag: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    elements: dict[str, Node] = field(default_factory=dict)
    entries: list[Node] = field(default_factory=list)
    locks: dict[tuple[str, str], int] = field(default_factory=dict)
    item_lock: int = NO_LOCK

    def __post_init__(self) -> None:
        for name, schema in self.schema.elements.items():
            self.elements.setdefault(name, Node(schema))

    def value(self, attribute: Attribute, fallback: tuple[Node, ...] = ()) -> Any:
        for node in (self, *fallback):
            if attribute.name in node.values:
                return node.values[attribute.name]
        return attribute.default


def merge(node: Node, xml: Element, depth: int) -> None:
    """Lays one level's element over `node`. depth: 0 is applicationHost.config, each web.config below it one more."""
    _merge_attributes(node, xml, depth)
    collection = node.schema.collection
    directives = Directives(node, collection, depth) if collection else None
    for child in xml.children:
        if child.tag in node.schema.elements:
            _refuse_locked(node, "element", child, depth)
            merge(node.elements[child.tag], child, depth)
        elif directives is None or not directives.apply(child):
            raise _malformed(f"Unrecognized element '{child.tag}'", child)
    if directives is not None:
        node.entries = directives.result()
    _add_locks(node, xml, depth)


def _merge_attributes(node: Node, xml: Element, depth: int) -> None:
    for name, text in xml.attributes.items():
        if name in METADATA or name.startswith("xml"):
            continue
        attribute = node.schema.attributes.get(name)
        if attribute is None:
            if node.schema.unrecognized:
                continue
            raise _malformed(f"Unrecognized attribute '{name}'", xml)
        if node.locks.get(("attribute", name), NO_LOCK) < depth:
            raise _locked(xml)
        node.values[name] = typed(attribute, text, xml)


def typed(attribute: Attribute, text: str, xml: Element) -> Any:
    """The value of an attribute in a file; what is invalid there makes the whole section unreadable."""
    if attribute.encrypted:
        return None
    try:
        value = parse(attribute, text)
        validate(attribute, value)
    except Refusal as refusal:
        raise _malformed(refusal.message, xml) from refusal
    return value


class Directives:
    """The add, remove and clear elements of one level, applied to what is inherited."""

    def __init__(self, node: Node, collection: Collection, depth: int) -> None:
        self.node = node
        self.collection = collection
        self.depth = depth
        self.inherited = list(node.entries)
        self.own: list[Node] = []
        self.taken: set[Hashable] = {key for entry in self.inherited for key in keys_of(entry)}

    def apply(self, xml: Element) -> bool:
        """Whether the element is a directive of this collection."""
        if xml.tag in self.collection.entries:
            act = self._add
        elif xml.tag == self.collection.remove:
            act = self._remove
        elif xml.tag == self.collection.clear:
            act = self._clear
        else:
            return False
        _refuse_locked(self.node, "element", xml, self.depth)
        act(xml)
        return True

    def result(self) -> list[Node]:
        return self.inherited + self.own if self.collection.merge_append else self.own + self.inherited

    def _add(self, xml: Element) -> None:
        entry = Node(self.collection.entries[xml.tag], xml.tag)
        merge(entry, xml, self.depth)
        missing = [a.name for a in entry.schema.attributes.values() if is_missing(a, entry)]
        if missing:
            raise _malformed(f"Element is missing required attributes {','.join(missing)}", xml)
        keys = set(keys_of(entry))
        if not self.collection.duplicates and keys & self.taken:
            raise Refusal("duplicate", duplicate_message(entry), line=xml.line)
        if xml.attributes.get("lockItem", "").lower() == "true":
            entry.item_lock = self.depth
        self.taken |= keys
        self.own.append(entry)

    def _remove(self, xml: Element) -> None:
        wanted = set(keys_of(self._key_node(xml)))
        for entries in (self.inherited, self.own):
            for entry in entries:
                if wanted & set(keys_of(entry)):
                    self._refuse_locked_item(entry, xml)
                    self.taken -= set(keys_of(entry))
            entries[:] = [entry for entry in entries if not wanted & set(keys_of(entry))]

    def _key_node(self, xml: Element) -> Node:
        """A remove element names keys only; another attribute on it is an error."""
        tag, schema = next(iter(self.collection.entries.items()))
        node = Node(schema, tag)
        for name, text in xml.attributes.items():
            attribute = schema.attributes.get(name)
            if attribute is None or not attribute.key:
                raise _malformed(f"Unrecognized attribute '{name}'", xml)
            node.values[name] = typed(attribute, text, xml)
        return node

    def _clear(self, xml: Element) -> None:
        for entry in self.inherited:
            self._refuse_locked_item(entry, xml)
        self.inherited, self.own, self.taken = [], [], set()

    def _refuse_locked_item(self, entry: Node, xml: Element) -> None:
        if entry.item_lock < self.depth:
            raise _locked(xml)


def is_missing(attribute: Attribute, entry: Node) -> bool:
    """Required and without a value; a default stands in for one (fileExtensions' `allowed` has both)."""
    return attribute.required and attribute.name not in entry.values and attribute.default_text is None


def keys_of(entry: Node) -> Iterator[Hashable]:
    """One key for each unique attribute and one for the combined ones; two entries with a key in common collide."""
    combined = []
    for attribute in entry.schema.keys:
        value = normal_key(attribute, entry.value(attribute))
        if attribute.unique_key:
            yield (entry.tag, attribute.name, value)
        else:
            combined.append(value)
    if combined:
        yield (entry.tag, tuple(combined))


def normal_key(attribute: Attribute, value: Any) -> Hashable:
    """How keys are compared: an unset one is the empty string, case counts only where the schema says so."""
    if value is None:
        return ""
    return value.lower() if isinstance(value, str) and not attribute.case_sensitive else value


def find_entry(entries: Iterable[Node], key: dict[str, Any]) -> Node | None:
    """The entry whose attributes are those of `key`, compared as keys are."""
    for entry in entries:
        attributes = entry.schema.attributes
        if all(normal_key(attributes[n], entry.value(attributes[n])) == normal_key(attributes[n], v) for n, v in key.items()):
            return entry
    return None


def duplicate_message(entry: Node) -> str:
    keys = entry.schema.keys
    kind = "unique key attribute" if keys[0].unique_key else "combined key attributes"
    names = ", ".join(f"'{key.name}'" for key in keys)
    values = ", ".join(f"'{'' if entry.value(key) is None else entry.value(key)}'" for key in keys)
    how = "set" if keys[0].unique_key else "respectively set"
    return f"Cannot add duplicate collection entry of type '{entry.tag}' with {kind} {names} {how} to {values}"


def _add_locks(node: Node, xml: Element, depth: int) -> None:
    collection = node.schema.collection
    directives = [*collection.entries, collection.remove, collection.clear] if collection else []
    names = {"attribute": list(node.schema.attributes), "element": [*node.schema.elements, *filter(None, directives)]}
    for metadata, (kind, inverted) in LOCKS.items():
        if metadata not in xml.attributes:
            continue
        listed = {name.strip() for name in xml.attributes[metadata].split(",")}
        everything = "*" in listed and not inverted
        for name in names[kind]:
            if everything or (name in listed) != inverted:
                node.locks.setdefault((kind, name), depth)


def _refuse_locked(node: Node, kind: str, xml: Element, depth: int) -> None:
    if node.locks.get((kind, xml.tag), NO_LOCK) < depth:
        raise _locked(xml)


def _locked(xml: Element) -> Refusal:
    return Refusal("locked", "Lock violation", line=xml.line)


def _malformed(message: str, xml: Element) -> Refusal:
    return Refusal("malformed", message, line=xml.line)


def as_answer(node: Node, fallback: tuple[Node, ...] = (), ancestors: tuple[Node, ...] = ()) -> dict[str, Any]:
    """The node as docs/protocol.md types it. fallback: the siteDefaults and the like that fill in for what is unset."""
    attributes = {a.name: node.value(a, fallback) for a in node.schema.attributes.values() if not a.encrypted}
    around = (node, *ancestors)
    inner = {
        name: as_answer(element, tuple(other.elements[name] for other in fallback if name in other.elements), around)
        for name, element in node.elements.items()
    }
    elements = {name: element for name, element in inner.items() if element}
    parts: dict[str, Any] = {"attributes": attributes, "elements": elements, "entries": _entries(node, around)}
    return {name: part for name, part in parts.items() if part}


def _entries(node: Node, around: tuple[Node, ...]) -> list[dict[str, Any]]:
    collection = node.schema.collection
    if collection is None:
        return []
    name = collection.default_element or ""
    fallback = tuple(other.elements[name] for other in around if name in other.elements)
    entries = [as_answer(entry, fallback, around) for entry in node.entries]
    if len(collection.entries) > 1:
        return [{"tag": entry.tag, **answer} for entry, answer in zip(node.entries, entries, strict=True)]
    return entries
