# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an operation left, or what it found, is what applicationHost.config says now."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.journal import JournalStep
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT
from .collection import Collection
from .nodes import Node, child, entry_schema, key_of, schema_below, text_of
from .section import Section, change_place, section_read
from .settings import describe_entry


def read_for(operation: Operation) -> Read:
    """The read that shows what an operation of this provider wrote."""
    location = operation.parameters["location"]
    return section_read(operation.parameters["section"], [location] if location else [])


def holds(operation: Operation, observations: Observations) -> bool:
    """Whether the state that an operation is planned on is there now."""
    section = Section.from_value(observations.value(read_for(operation)))
    planned = operation.parameters["planned"]
    if operation.name in ("set", "unset"):
        return bool(_attribute(operation, section) == (planned["stored"], planned["effective"]))
    return bool(_entry(operation, section) == planned["entry"])


def place_of(step: JournalStep) -> tuple[str, str]:
    """The place and target of a step, as changes name them."""
    parameters = step.operation.parameters
    location = parameters["location"]
    steps = [step if isinstance(step, str) else " ".join(step.values()) for step in parameters["element"]]
    target = [parameters["section"].rpartition("/")[2], *steps, _leaf(step)]
    return change_place(location), "/".join(target)


def before_and_after(step: JournalStep) -> tuple[str, str]:
    """What the step found and what it left, as lines."""
    return _planned_text(step.operation, _leaf(step)), _planned_text(step.undo, _leaf(step))


def _planned_text(operation: Operation, name: str) -> str:
    planned = operation.parameters["planned"]
    if operation.name in ("set", "unset"):
        return text_of(planned["effective"]) + ("" if planned["stored"] is not None else " (not set here)")
    return describe_entry(planned["entry"], name) if planned["entry"] else ABSENT


def _leaf(step: JournalStep) -> str:
    """The attribute, or the entry's key. Of an add and a remove, which undo each other, only the remove says which attribute that is."""
    for operation in (step.operation, step.undo):
        if operation.name in ("set", "unset"):
            return str(operation.parameters["attribute"])
        if operation.name == "remove":
            return " ".join(map(str, operation.parameters["key"].values()))
    raise HardeningError(f"The journal has a step without a key: {step.operation.as_request()}")


def _attribute(operation: Operation, section: Section) -> tuple[str | None, t.Any]:
    parameters = operation.parameters
    *above, last = parameters["element"] or [""]
    if isinstance(last, t.Mapping):
        return _entry_attribute(operation, section, tuple(above), last)
    node = child(section.effective(parameters["location"]), parameters["element"])
    stored = section.stored_attribute(parameters["location"], parameters["element"], parameters["attribute"])
    return stored, node.get("attributes", {}).get(parameters["attribute"])


def _entry_attribute(
    operation: Operation, section: Section, element: tuple[str, ...], key: t.Mapping[str, str]
) -> tuple[str | None, t.Any]:
    collection = Collection(section, operation.parameters["location"], element)
    found = collection.find({"attributes": key})
    name = operation.parameters["attribute"]
    if found is None:
        return None, None
    return collection.stored_attribute(collection.key(found), name), found["attributes"].get(name)


def _entry(operation: Operation, section: Section) -> Node | None:
    parameters = operation.parameters
    element = tuple(parameters["element"])
    schema = schema_below(section.schema, element)
    if schema is None:
        return None
    attributes = parameters["key"] if operation.name == "remove" else parameters["entry"]["attributes"]
    wanted = key_of(attributes, entry_schema(schema))
    return Collection(section, parameters["location"], element).effective.get(wanted)
