# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration files as lxml sees them: what differs between two of them, and what is the same. No code of the project."""

from __future__ import annotations

import copy
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

SECTION = ("system.webServer", "security", "requestFiltering")
KEYS = ("fileExtension", "verb", "segment", "sequence", "url", "queryString", "header", "requestHeader", "string", "name")
DIRECTIVES = ("add", "remove", "clear", "filteringRule")
SPAN = re.compile(rb"<requestFiltering\b[^>]*/>|<requestFiltering\b.*?</requestFiltering>", re.DOTALL)


@dataclass(frozen=True, order=True)
class Place:
    """One thing that a file says about request filtering: an attribute of an element, or (attribute empty) an entry.

    element: child elements below the section, an entry as `[key]`, the remove of one as `[-key]`.
    """

    location: str
    element: tuple[str, ...]
    attribute: str = ""


def parse(content: bytes | Path) -> Any:
    """The root element; blanks around text mean nothing in a configuration file and are dropped."""
    data = content.read_bytes() if isinstance(content, Path) else content
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    for node in root.iter():
        node.text = (node.text or "").strip() or None
        node.tail = (node.tail or "").strip() or None
    return root


def sections(root: Any) -> list[tuple[str, Any]]:
    """(location, element) of every requestFiltering of a file, in document order; `""` is the root."""
    found = []
    for element in root.iter(SECTION[-1]):
        above = [one for one in element.iterancestors() if one.tag == "location"]
        path = above[0].get("path", "") if above else ""
        found.append(("" if path == "." else path, element))
    return found


def said(root: Any) -> dict[Place, str]:
    """Everything that a file says about request filtering."""
    found: dict[Place, str] = {}
    for location, element in sections(root):
        _collect(location.lower(), (), element, found)
    return found


def _collect(location: str, path: tuple[str, ...], element: Any, found: dict[Place, str]) -> None:
    for name, value in element.attrib.items():
        found[Place(location, path, name)] = value
    for child in element.iterchildren("*"):
        step = step_of(child)
        if step.startswith("["):
            found[Place(location, (*path, step))] = "entry"
        _collect(location, (*path, step), child, found)


def step_of(element: Any) -> str:
    if element.tag not in DIRECTIVES:
        return str(element.tag)
    key = next((element.get(name) for name in KEYS if element.get(name) is not None), "*")
    return f"[-{key.lower()}]" if element.tag in ("remove", "clear") else f"[{key.lower()}]"


def changed_places(before: Any, after: Any) -> set[Place]:
    """Where two files differ; an entry that only one of them has counts once, as the entry."""
    old, new = said(before), said(after)
    changed = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
    entries = {place for place in changed if not place.attribute}
    return {place for place in changed if not any(_inside(place, entry) for entry in entries)}


def _inside(place: Place, entry: Place) -> bool:
    same = place.location == entry.location and place.element[: len(entry.element)] == entry.element
    return same and place != entry


def planned_places(changes: Any) -> set[Place]:
    """The places that the operations of a plan name, in the words of this module."""
    return {_planned(change.operation.name, change.operation.parameters) for change in changes}


def _planned(operation: str, parameters: Any) -> Place:
    element = tuple(step if isinstance(step, str) else f"[{_key(step)}]" for step in parameters["element"])
    location = parameters["location"].lower()
    if operation in ("set", "unset"):
        return Place(location, element, parameters["attribute"])
    key = parameters["key"] if operation == "remove" else parameters["entry"]["attributes"]
    return Place(location, (*element, f"[{_key(key)}]"))


def _key(attributes: dict[str, Any]) -> str:
    return str(next(attributes[name] for name in KEYS if name in attributes)).lower()


def without(root: Any, places: set[Place]) -> Any:
    """A copy of a document without what stands at these places."""
    root = copy.deepcopy(root)
    for location, section in sections(root):
        wanted = {place for place in places if place.location == location.lower()}
        _strip(section, (), wanted)
    return root


def _strip(element: Any, path: tuple[str, ...], places: set[Place]) -> None:
    for place in places:
        if place.element == path and place.attribute:
            element.attrib.pop(place.attribute, None)
    for child in list(element.iterchildren("*")):
        below = (*path, step_of(child))
        if any(place.element == below and not place.attribute for place in places):
            element.remove(child)
        else:
            _strip(child, below, places)


def pruned(root: Any) -> Any:
    """A copy without elements that say nothing: a write leaves such shells, and IIS reads them as if they were not there.

    Only the way to request filtering and what is inside it is pruned: location, system.webServer, security, requestFiltering.
    """
    root = copy.deepcopy(root)
    while empty := [element for element in root.iter("*") if _says_nothing(element)]:
        for element in empty:
            element.getparent().remove(element)
    return root


def _says_nothing(element: Any) -> bool:
    if len(element) or (element.text or "").strip() or element.getparent() is None:
        return False
    inside = element.tag == SECTION[-1] or any(one.tag == SECTION[-1] for one in element.iterancestors())
    if inside:
        return not element.attrib and element.tag not in DIRECTIVES
    return element.tag == "location" or (element.tag in SECTION and not element.attrib)


def canonical(root: Any) -> bytes:
    """Text that is equal for documents with the same elements, attributes, comments and order."""
    return bytes(etree.tostring(root, method="c14n2", with_comments=True))


def element_names(root: Any) -> Counter[tuple[str, ...]]:
    """How often each element occurs at each place of a document, request filtering's entries left aside."""
    return Counter(
        tuple(one.tag + (f"[{one.get('path')}]" if one.tag == "location" else "") for one in (element, *element.iterancestors()))
        for element in root.iter("*")
        if element.tag not in DIRECTIVES
    )


def lines_outside(content: bytes) -> list[bytes]:
    """The lines of a file without those of request filtering."""
    return SPAN.sub(b"", content).splitlines()


def tree_hash(folder: Path) -> str:
    """One text for every file and folder of a box, contents included; the lock file is not one of the host's."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.name == ".lock":
            continue
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes() if path.is_file() else b"/")
    return digest.hexdigest()


def other_files(folder: Path, *but: str) -> dict[str, bytes]:
    """Every file of a box, except the lock, the journals with their rights (acl.json), and those named."""
    names = {"acl.json", *(name.lower() for name in but)}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and path.suffix != ".jsonl" and path.name.lower() not in names
    }
