# SPDX-License-Identifier: GPL-3.0-or-later
"""The four operations of the provider `iis`, on the text of applicationHost.config in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import edit
from .configuration import Configuration
from .document import Element, Place
from .edit import New
from .effective import Node, duplicate_message, find_entry, is_missing, keys_of
from .errors import Refusal
from .hierarchy import same_location
from .schema import Attribute, Collection, ElementSchema
from .values import parse, to_text


@dataclass(frozen=True)
class Target:
    """The element that an operation names, as it is in force; `answer` is its form in an observation."""

    node: Node
    answer: dict[str, Any]


def apply(configuration: Configuration, operation: dict[str, Any]) -> None:
    """Changes the document. Refusal where the API would throw; then the document is as it was or half changed."""
    target(configuration, operation)
    {"set": _set, "unset": _unset, "add": _add, "remove": _remove}[operation["operation"]](configuration, operation)


def check_planned(configuration: Configuration, operation: dict[str, Any]) -> None:
    """Refusal `changed_meanwhile` where what the operation was planned on no longer holds."""
    found = target(configuration, operation)
    planned = operation["planned"]
    if operation["operation"] in ("set", "unset"):
        attribute = _attribute(found.node.schema, operation["attribute"])
        element = stored_element(configuration, operation)
        stored = element.attributes.get(attribute.name) if element is not None else None
        now: dict[str, Any] = {"stored": stored, "effective": found.answer.get("attributes", {}).get(attribute.name)}
    else:
        now = {"entry": _entry_answer(found, _operation_key(found.node.schema, operation))}
    wanted = {name: planned.get(name) for name in now}
    if now != wanted:
        raise Refusal("changed_meanwhile", f"Planned on {wanted}, found {now}.", configuration.file)


def target(configuration: Configuration, operation: dict[str, Any]) -> Target:
    section = configuration.in_force(operation["section"], operation["location"])
    found = Target(section.node, section.answer)
    for step in operation["element"]:
        found = _step(found, step)
    return found


def _step(found: Target, step: str | dict[str, Any]) -> Target:
    if isinstance(step, str):
        if step not in found.node.schema.elements:
            raise Refusal("attribute_unknown", f"There is no element '{step}' in the schema.")
        return Target(found.node.elements[step], found.answer.get("elements", {}).get(step, {}))
    _check_key(_collection(found.node.schema), step)
    entry = find_entry(found.node.entries, step)
    if entry is None:
        raise Refusal("entry_unknown", f"There is no collection entry with the key {step}.")
    return Target(entry, _answer_of(found, entry))


def _answer_of(found: Target, entry: Node) -> dict[str, Any]:
    index = next(index for index, item in enumerate(found.node.entries) if item is entry)
    answer: dict[str, Any] = found.answer["entries"][index]
    return answer


def _entry_answer(found: Target, key: dict[str, Any]) -> dict[str, Any] | None:
    entry = find_entry(found.node.entries, key)
    return None if entry is None else _answer_of(found, entry)


def _operation_key(schema: ElementSchema, operation: dict[str, Any]) -> dict[str, Any]:
    collection = _collection(schema)
    if operation["operation"] == "remove":
        return _check_key(collection, operation["key"])
    values = operation["entry"].get("attributes", {})
    entry = _entry_schema(collection, operation["entry"])
    return {key.name: values.get(key.name, key.default) for key in entry.keys}


def _collection(schema: ElementSchema) -> Collection:
    if schema.collection is None:
        raise Refusal("attribute_unknown", "The element has no collection in the schema.")
    return schema.collection


def _check_key(collection: Collection, key: dict[str, Any]) -> dict[str, Any]:
    known = {key.name for entry in collection.entries.values() for key in entry.keys}
    unknown = sorted(set(key) - known)
    if unknown or not key:
        raise Refusal("attribute_unknown", f"{', '.join(unknown) or 'nothing'} is not a key of the collection.")
    return key


def _entry_schema(collection: Collection, entry: dict[str, Any]) -> ElementSchema:
    tag = entry.get("tag") or next(iter(collection.entries))
    if tag not in collection.entries:
        raise Refusal("attribute_unknown", f"'{tag}' is not an add element of the collection.")
    return collection.entries[tag]


def _attribute(schema: ElementSchema, name: str) -> Attribute:
    if name not in schema.attributes:
        raise Refusal("attribute_unknown", f"There is no attribute '{name}' in the schema.")
    return schema.attributes[name]


# --- where something stands in the file ---


def stored_element(configuration: Configuration, operation: dict[str, Any]) -> Element | None:
    """The element as this location stores it; None where it does not."""
    schema, _ = configuration.section(operation["section"])
    element = _stored_section(configuration, operation)
    for step in operation["element"]:
        if element is None:
            return None
        schema, element = _stored_step(schema, element, step)
    return element


def _stored_section(configuration: Configuration, operation: dict[str, Any]) -> Element | None:
    found = configuration.occurrences(operation["section"])
    here = [item for item in found if same_location(item.location, operation["location"])]
    return here[0].element if here else None


def _stored_step(schema: ElementSchema, element: Element, step: Any) -> tuple[ElementSchema, Element | None]:
    if isinstance(step, str):
        return schema.elements[step], element.child(step)
    collection = _collection(schema)
    stored = stored_entry(collection, element, step)
    return collection.entries[stored.tag if stored is not None else next(iter(collection.entries))], stored


def stored_entry(collection: Collection, element: Element, key: dict[str, Any]) -> Element | None:
    """The add element with this key among an element's children."""
    for child in element.children:
        if child.tag in collection.entries:
            schema = collection.entries[child.tag]
            values = {a.name: parse(a, child.attributes[a.name]) for a in schema.keys if a.name in child.attributes}
            if find_entry([Node(schema, child.tag, values)], key):
                return child
    return None


def _ensure_element(configuration: Configuration, operation: dict[str, Any]) -> Place:
    """The place of the element at this location; what is missing on the way is written."""
    stored = _stored_section(configuration, operation)
    place = stored.place if stored is not None else _new_section(configuration, operation)
    section = configuration.in_force(operation["section"], operation["location"])
    found = Target(section.node, section.answer)
    for step in operation["element"]:
        owner, found = found.node, _step(found, step)
        stored = _stored_step(owner.schema, configuration.document.at(place), step)[1]
        if stored is not None:
            place = stored.place
        elif isinstance(step, str):
            place = _append(configuration, place, New(step))
        else:
            place = _override_entry(configuration, place, owner, found.node)
    return place


def _append(configuration: Configuration, parent: Place, new: New) -> Place:
    count = len(configuration.document.at(parent).children)
    return edit.insert(configuration.document, parent, count, new)


def _new_section(configuration: Configuration, operation: dict[str, Any]) -> Place:
    parent: Place = ()
    if operation["location"].strip("/"):
        parent = _ensure_location(configuration, operation["location"])
    for name in operation["section"].split("/"):
        existing = configuration.document.at(parent).child(name)
        parent = existing.place if existing is not None else _append(configuration, parent, New(name))
    return parent


def _ensure_location(configuration: Configuration, location: str) -> Place:
    """A location tag with an override mode is left alone: it would change who may write the new section."""
    for child in configuration.document.root.children:
        path = child.attributes.get("path", "")
        if child.tag == "location" and same_location(path, location) and set(child.attributes) == {"path"}:
            return child.place
    return _append(configuration, (), New("location", {"path": location}))


def _override_entry(configuration: Configuration, parent: Place, owner: Node, entry: Node) -> Place:
    """An inherited entry becomes this level's own: a remove element and a copy."""
    _append(configuration, parent, _remove_element(_collection(owner.schema), entry))
    return _append(configuration, parent, _new_entry(entry.tag, entry.schema, _explicit(entry)))


def _explicit(node: Node) -> dict[str, Any]:
    elements = {name: _explicit(element) for name, element in node.elements.items()}
    entries = [{"tag": entry.tag, **_explicit(entry)} for entry in node.entries]
    return {"attributes": node.values, "elements": elements, "entries": entries}


def _remove_element(collection: Collection, entry: Node) -> New:
    if collection.remove is None:
        raise Refusal("invalid_value", "The collection does not support removing an inherited entry.")
    values = {key.name: entry.value(key) for key in entry.schema.keys}
    return New(collection.remove, {name: "" if value is None else str(value) for name, value in values.items()})


def _new_entry(tag: str, schema: ElementSchema, entry: dict[str, Any]) -> New:
    """The element for a node. Attributes in the schema's order; a child that has nothing to say is left out."""
    given = entry.get("attributes", {})
    for name in given:
        _attribute(schema, name)
    texts = {name: to_text(a, given[name]) for name, a in schema.attributes.items() if given.get(name) is not None}
    return New(tag, texts, [*_new_elements(schema, entry), *_new_entries(schema, entry)])


def _new_elements(schema: ElementSchema, entry: dict[str, Any]) -> list[New]:
    for name in entry.get("elements", {}):
        if name not in schema.elements:
            raise Refusal("attribute_unknown", f"There is no element '{name}' in the schema.")
    children = [_new_entry(n, schema.elements[n], child) for n, child in entry.get("elements", {}).items()]
    return [child for child in children if child.attributes or child.children]


def _new_entries(schema: ElementSchema, entry: dict[str, Any]) -> list[New]:
    if not entry.get("entries"):
        return []
    collection = _collection(schema)
    tags = [item.get("tag") or next(iter(collection.entries)) for item in entry["entries"]]
    pairs = zip(tags, entry["entries"], strict=True)
    return [_new_entry(tag, _entry_schema(collection, item), item) for tag, item in pairs]


# --- the operations ---


def _set(configuration: Configuration, operation: dict[str, Any]) -> None:
    name = operation["attribute"]
    attribute = _attribute(target(configuration, operation).node.schema, name)
    text = to_text(attribute, operation["value"])
    place = _ensure_element(configuration, operation)
    if configuration.document.at(place).attributes.get(name) != text:
        edit.set_attribute(configuration.document, place, name, text)


def _unset(configuration: Configuration, operation: dict[str, Any]) -> None:
    attribute = _attribute(target(configuration, operation).node.schema, operation["attribute"])
    element = stored_element(configuration, operation)
    if element is not None and attribute.name in element.attributes:
        edit.remove_attribute(configuration.document, element.place, attribute.name)


def _add(configuration: Configuration, operation: dict[str, Any]) -> None:
    owner = target(configuration, operation).node
    collection, entry = _collection(owner.schema), operation["entry"]
    schema = _entry_schema(collection, entry)
    new = _new_entry(entry.get("tag") or next(iter(collection.entries)), schema, entry)
    node = Node(schema, new.tag, {name: value for name, value in entry["attributes"].items() if value is not None})
    missing = [attribute.name for attribute in schema.attributes.values() if is_missing(attribute, node)]
    if missing:
        raise Refusal("invalid_value", f"Element is missing required attributes {','.join(missing)}")
    taken = {key for item in owner.entries for key in keys_of(item)}
    if not collection.duplicates and taken & set(keys_of(node)):
        raise Refusal("duplicate", duplicate_message(node))
    place = _ensure_element(configuration, operation)
    element = configuration.document.at(place)
    edit.insert(configuration.document, place, _child_index(collection, element, operation["index"]), new)


def _child_index(collection: Collection, element: Element, index: int | None) -> int:
    """Where the entry goes among all children, given its place among this level's own entries; the last place is behind a `remove`, too."""
    own = [number for number, child in enumerate(element.children) if child.tag in collection.entries]
    return own[index] if index is not None and index < len(own) else len(element.children)


def _remove(configuration: Configuration, operation: dict[str, Any]) -> None:
    owner = target(configuration, operation).node
    collection = _collection(owner.schema)
    entry = find_entry(owner.entries, _check_key(collection, operation["key"]))
    if entry is None:
        raise Refusal("entry_unknown", f"There is no collection entry with the key {operation['key']}.")
    element = stored_element(configuration, operation)
    stored = stored_entry(collection, element, operation["key"]) if element is not None else None
    if stored is not None:
        edit.delete(configuration.document, stored.place)
        return
    new = _remove_element(collection, entry)
    _append(configuration, _ensure_element(configuration, operation), new)
