# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row of Remote Desktop expects beside expectation.py: of the box's own documents, and of firewall rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lab.behaviour.expectation import MISSING, Answer, observation
from lab.box import Box


def _differs(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted or type(found) is not type(wanted):
        yield f"{what} is {found!r}, not {wanted!r}"


@dataclass(frozen=True)
class Document:
    """A part of a JSON document of the box afterwards; keys and list numbers one after the other."""

    name: str
    path: tuple[str | int, ...]
    value: Any

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found: Any = box.read_json(self.name)
        for part in self.path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                found = MISSING
        yield from _differs(f"{self.name} {self.path}", found, self.value)


@dataclass(frozen=True)
class Inf:
    """A line of the box's security.inf afterwards; None where it is absent. A list of SIDs is compared without order."""

    section: str
    name: str
    value: str | None

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = inf_sections((box.folder / "security.inf").read_text("utf-8")).get(self.section, {}).get(self.name)
        yield from _differs(f"[{self.section}] {self.name}", in_order(found), in_order(self.value))


def inf_sections(text: str) -> dict[str, dict[str, str]]:
    """Section -> name -> value of an INF."""
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip()[1:-1], {})
        elif "=" in line:
            name, _, value = line.partition("=")
            current[name.strip()] = value.strip()
    return sections


def in_order(value: str | None) -> list[str] | None:
    return None if value is None else sorted(item.strip() for item in value.split(","))


def rule_fields(text: str) -> dict[str, list[str]]:
    """The text of a firewall rule as name -> values, which may be several."""
    fields: dict[str, list[str]] = {}
    for part in text.split("|")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            fields.setdefault(name, []).append(value)
    return fields


@dataclass(frozen=True)
class Rule:
    """The fields of a rule of the local store, as a read gives it: exactly these, the version of the text aside."""

    name: str
    fields: dict[str, list[str]]
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        text = observation(answer, self.number).get("value", {}).get("local", {}).get(self.name)
        if text is None:
            yield f"there is no rule {self.name}"
            return
        found = {name: sorted(values) for name, values in rule_fields(text).items()}
        yield from _differs(self.name, found, {name: sorted(values) for name, values in self.fields.items()})


@dataclass(frozen=True)
class Whole:
    """The value of an observation, with no key more or less."""

    value: Any
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        yield from _differs(f"value {self.number}", observation(answer, self.number).get("value", MISSING), self.value)


@dataclass(frozen=True)
class LookupFailed:
    """A name of a resolve read that could not be asked: what is known of it, and an error beside that."""

    name: str
    sid: str | None
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", {}).get(self.name) or {}
        error = found.get("error") or {}
        yield from _differs(self.name, {**found, "error": error.get("kind")}, {"sid": self.sid, "name": None, "error": "lookup_failed"})
        if not error.get("message"):
            yield f"{self.name} has no message"


@dataclass(frozen=True)
class Names:
    """The names of the rules of a store that a read gives, sorted."""

    store: str
    names: tuple[str, ...]
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", {}).get(self.store, {})
        yield from _differs(self.store, tuple(sorted(found)), self.names)


@dataclass(frozen=True)
class Contains:
    """A text of an observation has this in it, whatever else Windows writes around it."""

    key: str
    text: str
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", {}).get(self.key)
        if self.text not in (found or ""):
            yield f"{self.key} is {found!r}, without {self.text!r}"


@dataclass(frozen=True)
class NothingIn:
    """A folder of the box that is empty afterwards."""

    folder: str

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        place = box.path(self.folder)
        left = sorted(item.name for item in place.iterdir()) if place.is_dir() else []
        yield from _differs(self.folder, left, [])
