# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration schema as the files in inetsrv\\config\\schema give it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lab.box import Box

from .document import Document, Element
from .values import parse

SCHEMA_FOLDER = "C:\\Windows\\System32\\inetsrv\\config\\schema"


@dataclass
class Attribute:
    name: str
    type: str
    default_text: str | None = None
    required: bool = False
    unique_key: bool = False
    combined_key: bool = False
    case_sensitive: bool = False
    encrypted: bool = False
    allow_infinite: bool = False
    time_span_format: str = "string"
    values: dict[str, int] = field(default_factory=dict)
    validation: str | None = None
    parameter: str | None = None

    @property
    def key(self) -> bool:
        return self.unique_key or self.combined_key

    @property
    def default(self) -> Any:
        """Typed; an encrypted attribute shows none, for its text is a provider's."""
        if self.default_text is None or self.encrypted:
            return None
        return parse(self, self.default_text)

    def as_answer(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "default": self.default,
            "required": self.required,
            "key": self.key,
            "case_sensitive": self.case_sensitive,
            "encrypted": self.encrypted,
            "values": dict(self.values) or None,
            "validation": self.validation,
            "parameter": self.parameter,
        }


@dataclass
class Collection:
    entries: dict[str, ElementSchema] = field(default_factory=dict)
    remove: str | None = None
    clear: str | None = None
    merge_append: bool = True
    duplicates: bool = False
    unrecognized: bool = False
    default_element: str | None = None

    def as_answer(self) -> dict[str, Any]:
        return {
            "add": list(self.entries),
            "remove": self.remove,
            "clear": self.clear,
            "merge_append": self.merge_append,
            "duplicates": self.duplicates,
            "entry": {tag: entry.as_answer() for tag, entry in self.entries.items()},
        }


@dataclass
class ElementSchema:
    attributes: dict[str, Attribute] = field(default_factory=dict)
    elements: dict[str, ElementSchema] = field(default_factory=dict)
    collection: Collection | None = None
    unrecognized: bool = False

    @property
    def keys(self) -> list[Attribute]:
        return [attribute for attribute in self.attributes.values() if attribute.key]

    def as_answer(self) -> dict[str, Any]:
        return {
            "attributes": {name: attribute.as_answer() for name, attribute in self.attributes.items()},
            "elements": {name: element.as_answer() for name, element in self.elements.items()},
            "collection": self.collection.as_answer() if self.collection else None,
        }


def load_schema(box: Box) -> dict[str, ElementSchema]:
    """Section path -> schema, from every schema file of the host; a later file extends an earlier one's section."""
    files = sorted(box.path(SCHEMA_FOLDER).glob("*.xml"), key=lambda file: file.name.lower())
    return _sections(tuple((f"{SCHEMA_FOLDER}\\{path.name}", path.read_bytes()) for path in files))


@lru_cache(maxsize=8)
def _sections(files: tuple[tuple[str, bytes], ...]) -> dict[str, ElementSchema]:
    """Of files with their content. Hosts have the same ones, and to read one takes longer than all the rest of a request."""
    sections: dict[str, ElementSchema] = {}
    for name, content in files:
        for section in Document(content, name).root.children:
            if section.tag == "sectionSchema":
                _extend(sections.setdefault(section.attributes["name"], ElementSchema()), section)
    return sections


def _extend(schema: ElementSchema, xml: Element) -> ElementSchema:
    for child in xml.children:
        name = child.attributes.get("name", "")
        if child.tag == "attribute":
            schema.attributes[name] = _attribute(child)
        elif child.tag == "element":
            schema.elements[name] = _extend(schema.elements.get(name, ElementSchema()), child)
        elif child.tag == "collection":
            schema.collection = _collection(schema.collection or Collection(), child)
    return schema


def _collection(collection: Collection, xml: Element) -> Collection:
    read = xml.attributes.get
    collection.remove = read("removeElement") or collection.remove
    collection.clear = read("clearElement") or collection.clear
    collection.merge_append = _is_true(read("mergeAppend", "true"))
    collection.duplicates = _is_true(read("allowDuplicates"))
    collection.unrecognized = _is_true(read("allowUnrecognizedAttributes"))
    collection.default_element = read("defaultElement") or collection.default_element
    for tag in read("addElement", "").split(","):
        if tag:
            entry = _extend(collection.entries.get(tag, ElementSchema()), xml)
            entry.unrecognized = collection.unrecognized
            collection.entries[tag] = entry
    return collection


def _attribute(xml: Element) -> Attribute:
    read = xml.attributes.get
    return Attribute(
        name=xml.attributes["name"],
        type=read("type", "string"),
        default_text=read("defaultValue"),
        required=_is_true(read("required")),
        unique_key=_is_true(read("isUniqueKey")),
        combined_key=_is_true(read("isCombinedKey")),
        case_sensitive=_is_true(read("caseSensitive")),
        encrypted=_is_true(read("encrypted")),
        allow_infinite=_is_true(read("allowInfinite")),
        time_span_format=read("timeSpanFormat", "string"),
        values={item.attributes["name"]: int(item.attributes["value"]) for item in xml.children},
        validation=read("validationType"),
        parameter=read("validationParameter"),
    )


def _is_true(text: str | None) -> bool:
    return (text or "").lower() == "true"
