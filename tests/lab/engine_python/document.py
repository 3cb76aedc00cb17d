# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration file as text with a tree over it: every element knows its bytes, so an edit leaves all others alone."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from .errors import Refusal

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
OPEN_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")

Place = tuple[int, ...]  # the way to an element: the index of each child from the root down


class Encoding(NamedTuple):
    """How the file's characters stand in it; kept when the file is written."""

    mark: bytes
    codec: str


@dataclass(eq=False)
class Element:
    """start..open_end is the start tag, end the byte after the element. Documents with one text share their elements."""

    tag: str
    line: int
    attributes: dict[str, str]
    place: Place
    start: int
    open_end: int
    parent: Element | None = None
    end: int = 0
    children: list[Element] = field(default_factory=list)

    def child(self, tag: str) -> Element | None:
        return next((child for child in self.children if child.tag == tag), None)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()


class Document:
    """`text` is UTF-8 whatever the file's encoding; `root` is the tree over it, made anew after each splice."""

    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        self.encoding, self.text = _decode(content, file)
        self.root = _parse(self.text, file)

    def content(self) -> bytes:
        mark, codec = self.encoding
        return mark + (self.text if codec == "utf-8" else self.text.decode("utf-8").encode(codec))

    def at(self, place: Place) -> Element:
        element = self.root
        for index in place:
            element = element.children[index]
        return element

    def splice(self, start: int, end: int, replacement: bytes) -> None:
        self.text = self.text[:start] + replacement + self.text[end:]
        self.root = _parse(self.text, self.file)


def _decode(content: bytes, file: str) -> tuple[Encoding, bytes]:
    for mark, codec in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Encoding(mark, codec), content[len(mark) :].decode(codec).encode("utf-8")
    declared = re.match(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']", content)
    try:
        codec = codecs.lookup(declared[1].decode() if declared else "utf-8").name
        return Encoding(b"", codec), content.decode(codec).encode("utf-8")
    except (LookupError, UnicodeDecodeError) as error:
        raise Refusal("malformed", f"Configuration file is not well-formed XML: {error}", file, 1) from error


class _TreeBuilder:
    """Receives expat's events and builds the elements with their places."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.root: Element | None = None
        self.current: Element | None = None
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        start = self.parser.CurrentByteIndex
        parent = self.current
        place = () if parent is None else (*parent.place, len(parent.children))
        line = self.parser.CurrentLineNumber
        element = Element(tag, line, attributes, place, start, _end_of_tag(self.text, start), parent)
        if parent is None:
            self.root = element
        else:
            parent.children.append(element)
        self.current = element

    def end(self, tag: str) -> None:
        element = self.current
        assert element is not None
        if is_empty_tag(self.text, element):
            element.end = element.open_end
        else:
            element.end = self.text.index(b">", self.parser.CurrentByteIndex) + 1
        self.current = element.parent


def _end_of_tag(text: bytes, start: int) -> int:
    """The byte after a start tag, whose values may hold a `>`; where no quote is left open before it, the first one ends the tag."""
    end = text.index(b">", start) + 1
    if text.find(b"'", start, end) < 0 and text.count(b'"', start, end) % 2 == 0:
        return end
    found = OPEN_TAG.match(text, start)
    return found.end() if found else start


@lru_cache(maxsize=64)
def _parse(text: bytes, file: str) -> Element:
    builder = _TreeBuilder(text)
    try:
        builder.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Refusal("malformed", "Configuration file is not well-formed XML", file, error.lineno) from error
    assert builder.root is not None
    return builder.root


def is_empty_tag(text: bytes, element: Element) -> bool:
    """Whether the element is written as `<x />`."""
    return text[element.open_end - 2 : element.open_end] == b"/>"


def attribute_spans(document: Document, element: Element) -> dict[str, tuple[int, int, int]]:
    """name -> where the attribute begins (white space included), where its quoted value begins, where it ends."""
    name_end = element.start + 1 + len(element.tag.encode("utf-8"))
    found = ATTRIBUTE.finditer(document.text, name_end, element.open_end)
    return {match[1].decode("utf-8"): (match.start(), match.start(2), match.end()) for match in found}
