# SPDX-License-Identifier: GPL-3.0-or-later
"""applicationHost.config and the files below it: where a section stands, in which order it counts, who locked it.

The order is the path's: at each level of a path first the location tags for it in applicationHost.config, then those in
the files above it, then the level's own web.config.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .document import Document, Element
from .effective import Node, merge
from .errors import Refusal
from .schema import ElementSchema

LOCKED_SECTION = (
    "This configuration section cannot be used at this path. This happens when the section is locked at a parent level. "
    'Locking is either by default (overrideModeDefault="Deny"), or set explicitly by a location tag with '
    'overrideMode="Deny" or the legacy allowOverride="false".'
)
ROOT_LOCATIONS = ("", ".")


@dataclass(frozen=True)
class Occurrence:
    """One element of a section in a file. `in_location`: it stands inside a location tag, be it one for the root."""

    location: str
    override_mode: str
    element: Element
    in_location: bool

    def as_answer(self, schema: ElementSchema) -> dict[str, Any]:
        return {
            "location": self.location,
            "line": self.element.line,
            "override_mode": self.override_mode,
            "node": raw(self.element, schema),
        }


@dataclass(frozen=True)
class Layer:
    """An occurrence in the order in which it counts. depth: 0 is applicationHost.config."""

    depth: int
    file: str
    occurrence: Occurrence
    in_application: bool = True


@dataclass(frozen=True)
class Registration:
    """A section's entry in configSections."""

    path: str
    allow_definition: str
    override_mode_default: str


def same_location(one: str, other: str) -> bool:
    return one.strip("/").lower() == other.strip("/").lower()


def occurrences(document: Document, section: str) -> Iterator[Occurrence]:
    for child in document.root.children:
        if child.tag != "location":
            for element in _below(child, section.split("/")):
                yield Occurrence("", "Inherit", element, False)
            continue
        path = child.attributes.get("path", "")
        mode = child.attributes.get("overrideMode", "Inherit")
        for group in child.children:
            for element in _below(group, section.split("/")):
                yield Occurrence("" if path in ROOT_LOCATIONS else path, mode, element, True)


def _below(element: Element, names: list[str]) -> Iterator[Element]:
    if element.tag != names[0]:
        return
    if len(names) == 1:
        yield element
        return
    for child in element.children:
        yield from _below(child, names[1:])


def registrations(document: Document) -> dict[str, Registration]:
    sections = document.root.child("configSections")
    return {item.path: item for item in _registered(sections, "")} if sections else {}


def _registered(group: Element, prefix: str) -> Iterator[Registration]:
    for child in group.children:
        path = prefix + child.attributes.get("name", "")
        if child.tag == "sectionGroup":
            yield from _registered(child, path + "/")
        elif child.tag == "section":
            read = child.attributes.get
            yield Registration(path, read("allowDefinition", "Everywhere"), read("overrideModeDefault", "Allow"))


def raw(element: Element, schema: ElementSchema | None) -> dict[str, Any]:
    """The element as the file says it, without what is encrypted."""
    attributes = {name: _shown(schema, name, text) for name, text in element.attributes.items() if not name.startswith("xmlns")}
    children = [raw(child, _child_schema(schema, child.tag)) for child in element.children]
    return {"tag": element.tag, "line": element.line, "attributes": attributes, "children": children}


def _shown(schema: ElementSchema | None, name: str, text: str) -> str:
    attribute = schema.attributes.get(name) if schema else None
    encrypted = text.startswith("[enc:") or (attribute is not None and attribute.encrypted)
    return "[encrypted]" if encrypted else text


def _child_schema(schema: ElementSchema | None, tag: str) -> ElementSchema | None:
    if schema is None or tag in schema.elements:
        return schema and schema.elements[tag]
    return schema.collection.entries.get(tag) if schema.collection else None


def effective(schema: ElementSchema, registration: Registration, layers: list[Layer]) -> Node:
    """The section with every layer applied. Refusal with file and line where one of them is not allowed or not valid."""
    node = Node(schema)
    modes = [(-1, registration.override_mode_default)]
    seen: set[tuple[str, str, bool]] = set()
    for layer in layers:
        try:
            _refuse_second(layer, registration, seen)
            _refuse_locked(layer, registration, modes)
            merge(node, layer.occurrence.element, layer.depth)
        except Refusal as refusal:
            raise refusal.at(layer.file) from None
        if layer.occurrence.override_mode != "Inherit":
            modes.append((layer.depth, layer.occurrence.override_mode))
    return node


def _refuse_second(layer: Layer, registration: Registration, seen: set[tuple[str, str, bool]]) -> None:
    occurrence = layer.occurrence
    identity = (layer.file.lower(), occurrence.location.strip("/").lower(), occurrence.in_location)
    if identity in seen:
        message = f"Config section '{registration.path}' already defined. Sections must only appear once per config file."
        raise Refusal("duplicate", message, line=occurrence.element.line)
    seen.add(identity)


def _refuse_locked(layer: Layer, registration: Registration, modes: list[tuple[int, str]]) -> None:
    if layer.depth == 0:
        return
    mode = next(mode for depth, mode in reversed(modes) if depth < layer.depth)
    here = {"Everywhere": True, "MachineToApplication": layer.in_application}.get(registration.allow_definition, False)
    if mode == "Deny" or not here:
        raise Refusal("locked", LOCKED_SECTION, line=layer.occurrence.element.line)
