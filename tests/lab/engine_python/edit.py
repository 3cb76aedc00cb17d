# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of a configuration file's text. Each changes the bytes of one attribute or element, in the file's own style."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .document import Document, Element, Place, attribute_spans, is_empty_tag

DEFAULT_INDENT = b"    "
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
WHITE_SPACE_BEFORE = re.compile(rb"[ \t]*\Z")


@dataclass
class New:
    """An element to be written: attributes as text, in the order in which they shall stand."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[New] = field(default_factory=list)


def set_attribute(document: Document, place: Place, name: str, value: str) -> None:
    element = document.at(place)
    quoted = f'"{_escape(value)}"'.encode()
    spans = attribute_spans(document, element)
    if name in spans:
        _, start, end = spans[name]
        document.splice(start, end, quoted)
        return
    end = max((span[2] for span in spans.values()), default=element.start + 1 + len(element.tag.encode()))
    document.splice(end, end, b" " + name.encode() + b"=" + quoted)


def remove_attribute(document: Document, place: Place, name: str) -> None:
    start, _, end = attribute_spans(document, document.at(place))[name]
    document.splice(start, end, b"")


def delete(document: Document, place: Place) -> None:
    """Takes the element out, and its line when it stands alone on it."""
    element = document.at(place)
    start, line_end = element.start, element.end
    indent = len(_indent_before(document.text, start))
    alone = document.text[: start - indent].endswith((b"\n", b"\r"))
    if alone and document.text[line_end : line_end + 1] in (b"\n", b"\r", b""):
        start -= indent + _line_end_length(document.text, start - indent)
    document.splice(start, line_end, b"")


def insert(document: Document, parent: Place, index: int, new: New) -> Place:
    """Writes `new` as the child number `index` of the element at `parent`; returns its place."""
    element = document.at(parent)
    newline = _newline(document.text)
    indent = _child_indent(document, element)
    text = _render(new, indent, _unit(document, element), newline)
    if index < len(element.children):
        start = element.children[index].start
        document.splice(start, start, text + newline + indent)
    elif element.children:
        end = element.children[-1].end
        document.splice(end, end, newline + indent + text)
    else:
        _insert_first(document, element, newline + indent + text, newline)
    return (*parent, index)


def _insert_first(document: Document, element: Element, text: bytes, newline: bytes) -> None:
    """Into an element without children, which may be `<x />`, `<x></x>` or hold a comment only."""
    closing = newline + _indent_before(document.text, element.start)
    tag = element.tag.encode()
    if is_empty_tag(document.text, element):
        head = document.text[element.start : element.open_end - 2].rstrip() + b">"
        document.splice(element.start, element.end, head + text + closing + b"</" + tag + b">")
        return
    close = document.text.rindex(b"</", element.open_end, element.end)
    kept = document.text[element.open_end : close].rstrip()
    document.splice(element.open_end, close, kept + text + closing)


def _render(new: New, indent: bytes, unit: bytes, newline: bytes) -> bytes:
    written = "".join(f' {name}="{_escape(value)}"' for name, value in new.attributes.items())
    head = f"<{new.tag}{written}".encode()
    if not new.children:
        return head + b" />"
    inner = [newline + indent + unit + _render(child, indent + unit, unit, newline) for child in new.children]
    return head + b">" + b"".join(inner) + newline + indent + b"</" + new.tag.encode() + b">"


def _escape(value: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in value)


def _newline(text: bytes) -> bytes:
    found = re.search(rb"\r\n|\n|\r", text)
    return found[0] if found else b"\r\n"


def _line_end_length(text: bytes, end: int) -> int:
    if text[:end].endswith(b"\r\n"):
        return 2
    return 1 if text[:end].endswith((b"\n", b"\r")) else 0


def _indent_before(text: bytes, start: int) -> bytes:
    """The blanks between the line's begin and `start`; what stands on the line before them is not looked at."""
    found = WHITE_SPACE_BEFORE.search(text[max(0, start - 200) : start])
    return found[0] if found else b""


def _child_indent(document: Document, parent: Element) -> bytes:
    if parent.children:
        return _indent_before(document.text, parent.children[-1].start)
    return _indent_before(document.text, parent.start) + _unit(document, parent)


def _unit(document: Document, element: Element) -> bytes:
    """How much deeper a child stands than its parent, taken from the nearest pair that shows it."""
    while element.parent is not None:
        inner = _indent_before(document.text, element.start)
        outer = _indent_before(document.text, element.parent.start)
        if len(inner) > len(outer):
            return inner[len(outer) :]
        element = element.parent
    first = element.children[0] if element.children else None
    return (_indent_before(document.text, first.start) if first else b"") or DEFAULT_INDENT
