# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an operation left, or what it found, is what applicationHost.config says now."""

from __future__ import annotations

import typing as t

from .._core.observation import Observations
from .._core.operations import Operation, Read
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


def place_of_operation(operation: Operation) -> tuple[str, str]:
    """The place and target of an operation, as changes name them."""
    parameters = operation.parameters
    location = parameters["location"]
    steps = [step if isinstance(step, str) else " ".join(step.values()) for step in parameters["element"]]
    target = [parameters["section"].rpartition("/")[2], *steps, _leaf(operation)]
    return change_place(location), "/".join(target)


def describe_planned(operation: Operation) -> str:
    """What an operation expects to find, as a line."""
    planned = operation.parameters["planned"]
    if operation.name in ("set", "unset"):
        return text_of(planned["effective"]) + ("" if planned["stored"] is not None else " (not set here)")
    return describe_entry(planned["entry"], _leaf(operation)) if planned["entry"] else "absent"


def _leaf(operation: Operation) -> str:
    if operation.name in ("set", "unset"):
        return str(operation.parameters["attribute"])
    if operation.name == "remove":
        return " ".join(operation.parameters["key"].values())
    return str(next(iter(operation.parameters["entry"]["attributes"].values())))


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
