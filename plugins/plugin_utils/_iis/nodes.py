# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of a configuration section: typed nodes, raw elements and the schema, as docs/protocol.md describes them."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError

Node = t.Mapping[str, t.Any]
Raw = t.Mapping[str, t.Any]
Schema = t.Mapping[str, t.Any]
Key = tuple[str, ...]

EMPTY: Node = {}


def child(node: Node, element: t.Iterable[str]) -> Node:
    """The typed node below these child elements; an empty one where nothing is."""
    for name in element:
        node = node.get("elements", EMPTY).get(name, EMPTY)
    return node


def entries(node: Node) -> t.Sequence[Node]:
    return t.cast("t.Sequence[Node]", node.get("entries", ()))


def schema_below(schema: Schema, element: t.Iterable[str]) -> Schema | None:
    """The schema of a child element, or None where the host's schema does not have it."""
    found: Schema | None = schema
    for name in element:
        found = found.get("elements", EMPTY).get(name) if found else None
    return found


def known_schema(schema: Schema, element: t.Iterable[str]) -> Schema:
    """The schema of a child element that a caller has looked for before. Raises HardeningError where it is gone all the same."""
    found = schema_below(schema, element)
    if found is None:
        raise HardeningError(f"This host's schema does not have {'/'.join(element)} of the section.")
    return found


def entry_schema(schema: Schema) -> Schema:
    """The schema of the entries of a collection with one kind of entry (every collection of requestFiltering)."""
    collection = schema["collection"]
    return t.cast("Schema", collection["entry"][collection["add"][0]])


def key_names(entry: Schema) -> tuple[str, ...]:
    return tuple(name for name, attribute in entry["attributes"].items() if attribute.get("key"))


def comparable(value: t.Any, attribute: Schema) -> str:
    """A value's text for comparing: without case unless the schema says that case matters."""
    text = text_of(value)
    return text if attribute.get("case_sensitive") else text.lower()


def key_of(attributes: t.Mapping[str, t.Any], entry: Schema) -> Key:
    """The key of an entry by the schema's case rule; attributes may be typed or raw text."""
    return tuple(
        comparable(attributes.get(name, entry["attributes"][name].get("default") or ""), entry["attributes"][name])
        for name in key_names(entry)
    )


def text_of(value: t.Any) -> str:
    """A typed value as the configuration file writes it; nothing for no value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def same_value(text: t.Any, value: t.Any, attribute: Schema) -> bool:
    """Whether a text of a file (or a typed value) means this value: IIS reads booleans in any case and numbers with any zeros."""
    if attribute.get("type") in ("uint", "int", "int64"):
        try:
            return int(text_of(text)) == int(text_of(value))
        except ValueError:
            return False
    if attribute.get("type") == "bool":
        return text_of(text).lower() == text_of(value).lower()
    return comparable(text, attribute) == comparable(value, attribute)


def complete(entry: Node, schema: Schema) -> dict[str, t.Any]:
    """An entry as the host will report it once it is written: with the schema's defaults for everything not given."""
    given = entry.get("attributes", EMPTY)
    node: dict[str, t.Any] = {
        "attributes": {
            name: given.get(name, attribute.get("default"))
            for name, attribute in schema["attributes"].items()
            if not attribute.get("encrypted")
        }
    }
    elements = {
        name: complete(entry.get("elements", EMPTY).get(name, EMPTY), below) for name, below in schema.get("elements", EMPTY).items()
    }
    # The host leaves empty parts out (docs/protocol.md), and what an undo is planned on must be what the host will say.
    node["elements"] = {name: below for name, below in elements.items() if below}
    if entries(entry) and schema.get("collection"):
        node["entries"] = [complete(one, entry_schema(schema)) for one in entries(entry)]
    return {part: value for part, value in node.items() if value}


def raw_children(raw: Raw, tag: str) -> list[Raw]:
    return [one for one in raw.get("children", ()) if one["tag"] == tag]


def raw_below(raws: t.Iterable[Raw], element: t.Iterable[str]) -> list[Raw]:
    """The elements of a file below these child elements, in document order."""
    found = list(raws)
    for name in element:
        found = [one for raw in found for one in raw_children(raw, name)]
    return found


def without_defaults(node: Node, schema: Schema) -> dict[str, t.Any]:
    """The node without what the schema would give anyway: what an add operation must carry."""
    attributes = {
        name: value
        for name, value in node.get("attributes", EMPTY).items()
        if value is not None and (schema["attributes"][name].get("required") or value != schema["attributes"][name].get("default"))
    }
    parts: dict[str, t.Any] = {
        "attributes": attributes,
        "elements": {
            name: without_defaults(below, schema["elements"][name])
            for name, below in node.get("elements", EMPTY).items()
            if without_defaults(below, schema["elements"][name])
        },
        "entries": [without_defaults(one, entry_schema(schema)) for one in entries(node)],
    }
    return {part: value for part, value in parts.items() if value}
