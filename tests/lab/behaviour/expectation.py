# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row expects of an answer and of the box afterwards. Each says in sentences what is otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree

from lab.box import Box

Answer = dict[str, Any]
MISSING = "(missing)"


class Expectation(Protocol):
    def problems(self, answer: Answer, box: Box) -> Iterator[str]: ...


def pick(node: Any, path: str) -> Any:
    """`a/b` child elements, `@name` an attribute, `[0]` an entry, `*name` that attribute of all entries."""
    for part in filter(None, path.split("/")):
        if part.startswith("*"):
            return [entry["attributes"][part[1:]] for entry in node.get("entries", [])]
        if part.startswith("@"):
            node = node.get("attributes", {}).get(part[1:], MISSING)
        elif part.startswith("["):
            node = node.get("entries", [])[int(part[1:-1])]
        else:
            node = node.get("elements", {}).get(part, {})
    return node


def observation(answer: Answer, number: int) -> Any:
    return answer.get("observations", [])[number]


def _differs(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted or type(found) is not type(wanted):
        yield f"{what} is {found!r}, not {wanted!r}"


def _error_differs(what: str, found: Any, kind: str, hresult: str | None, file: str | None, line: int | None) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{what} has no error, expected {kind}"
        return
    yield from _differs(f"{what}: kind", found["kind"], kind)
    for name, wanted in (("hresult", hresult), ("file", file), ("line", line)):
        if wanted is not None:
            yield from _differs(f"{what}: {name}", found[name], wanted)


@dataclass(frozen=True)
class Level:
    """What applicationHost.config alone gives at a location."""

    location: str
    path: str
    value: Any
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        value = observation(answer, self.number).get("value", {})
        level: dict[str, Any] = next((item for item in value.get("levels", []) if item["location"] == self.location), {})
        if "tree" not in level:
            yield f"level {self.location!r} has no tree: {level or 'it is not there'}"
            return
        yield from _differs(f"level {self.location!r}, {self.path}", pick(value["trees"][level["tree"]], self.path), self.value)


@dataclass(frozen=True)
class LevelError:
    location: str
    kind: str
    hresult: str | None = None
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        value = observation(answer, self.number).get("value", {})
        level: dict[str, Any] = next((item for item in value.get("levels", []) if item["location"] == self.location), {})
        yield from _error_differs(f"level {self.location!r}", level.get("error"), self.kind, self.hresult, None, None)


@dataclass(frozen=True)
class Path:
    """What is in force at a virtual path with every web.config."""

    site: str
    path: str
    pick: str
    value: Any
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        value = observation(answer, self.number).get("value", {})
        found = _path(value, self.site, self.path)
        if "tree" not in found:
            yield f"path {self.site}{self.path} has no tree: {found or 'it is not there'}"
            return
        yield from _differs(f"path {self.path}, {self.pick}", pick(value["trees"][found["tree"]], self.pick), self.value)


@dataclass(frozen=True)
class PathError:
    site: str
    path: str
    kind: str
    hresult: str | None = None
    file: str | None = None
    line: int | None = None
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = _path(observation(answer, self.number).get("value", {}), self.site, self.path)
        what = f"path {self.site}{self.path}"
        yield from _error_differs(what, found.get("error"), self.kind, self.hresult, self.file, self.line)


def _path(value: Any, site: str, path: str) -> dict[str, Any]:
    found = (item for item in value.get("paths", []) if (item["site"], item["path"]) == (site, path))
    return next(found, {})


@dataclass(frozen=True)
class Part:
    """A part of an observation's value: keys and list numbers by `/`. A dict is matched by the keys it names."""

    path: str
    value: Any
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", MISSING)
        yield from _subset(self.path or "value", _follow(found, self.path), self.value)


@dataclass(frozen=True)
class InAnswer:
    """A part of the answer itself, such as `facts/unfinished_journals`."""

    path: str
    value: Any

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        yield from _subset(self.path, _follow(answer, self.path), self.value)


def _follow(found: Any, path: str) -> Any:
    for part in filter(None, path.split("/")):
        if isinstance(found, list):
            found = found[int(part)] if int(part) < len(found) else MISSING
        else:
            found = found.get(part, MISSING) if isinstance(found, dict) else MISSING
    return found


def _subset(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            yield from _subset(f"{what}/{key}", found.get(key, MISSING), value)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, value in enumerate(wanted):
            yield from _subset(f"{what}/{number}", found[number], value)
    else:
        yield from _differs(what, found, wanted)


@dataclass(frozen=True)
class Files:
    """The web.config files of a section read as (virtual path, error kind or None)."""

    files: tuple[tuple[str, str | None], ...]
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", {}).get("files", [])
        listed = tuple((item["path"], item["error"] and item["error"]["kind"]) for item in found)
        yield from _differs("files", listed, self.files)


@dataclass(frozen=True)
class ReadError:
    kind: str
    hresult: str | None = None
    file: str | None = None
    line: int | None = None
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("error")
        yield from _error_differs(f"read {self.number}", found, self.kind, self.hresult, self.file, self.line)


@dataclass(frozen=True)
class Refused:
    """The request was refused as a whole and nothing was written."""

    kind: str

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        yield from _differs("failed", answer.get("failed"), True)
        yield from _error_differs("the answer", answer.get("error"), self.kind, None, None, None)
        if not answer.get("msg"):
            yield "the answer has no msg"


@dataclass(frozen=True)
class Steps:
    """`done` or `failed:duplicate`, one for each step."""

    states: tuple[str, ...]

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = tuple(step["state"] + (f":{step['error']['kind']}" if step["error"] else "") for step in answer.get("steps", []))
        yield from _differs("steps", found, self.states)


@dataclass(frozen=True)
class Stored:
    """What an XPath finds in a file afterwards: elements as text, white space between them taken out."""

    xpath: str
    found: tuple[str, ...]
    file: str = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        tree = etree.fromstring(box.path(self.file).read_bytes())
        items = tree.xpath(self.xpath)
        texts = tuple(item if isinstance(item, str) else _compact(item) for item in items)
        yield from _differs(self.xpath, texts, self.found)


def _compact(element: etree._Element) -> str:
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return re.sub(r">\s+<", "><", text).replace(" />", "/>")


@dataclass(frozen=True)
class Bytes:
    """A piece of text that stands in a file afterwards, or does not."""

    text: str
    present: bool = True
    file: str = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        if (self.text.encode() in box.path(self.file).read_bytes()) != self.present:
            yield f"{self.text!r} is {'not ' if self.present else ''}in {self.file}"


@dataclass(frozen=True)
class JournalLines:
    """The keys of each line of the request's journal."""

    keys: tuple[tuple[str, ...], ...]
    file: str

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        lines = [json.loads(line) for line in box.path(self.file).read_text("utf-8").splitlines()]
        yield from _differs("journal", tuple(tuple(line) for line in lines), self.keys)
