# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request must look like. Everything else is refused as a whole, before anything is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from .errors import Refusal
from .registry import KINDS
from .service import NEVER_RESTARTED

JOURNAL_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
RESULTS = ("applied", "failed", "undone", "superseded")

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _count(value: Any) -> bool:
    return type(value) is int and value > 0


def _any(value: Any) -> bool:
    return True


def _element(value: Any) -> bool:
    return isinstance(value, list) and all(_name(item) or (_object(item) and item) for item in value)


def _index(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _node(value: Any) -> bool:
    return _object(value) and _object(value.get("attributes", {}))


def _journal_id(value: Any) -> bool:
    return isinstance(value, str) and JOURNAL_ID.fullmatch(value) is not None


def _paths(value: Any) -> bool:
    return isinstance(value, list) and all(_texts(item) and len(item) == 2 for item in value)


def _planned(*names: str) -> Check:
    return lambda value: isinstance(value, dict) and set(names) <= set(value)


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


_HIVE = _one_of("HKLM", "HKU")
_VALUE = {"hive": _HIVE, "key": _name, "name": _text}
_PLACE = {"section": _name, "location": _text, "element": _element}
_ATTRIBUTE = {**_PLACE, "attribute": _name, "planned": _planned("stored", "effective")}

# (provider, read) and (provider, operation) -> key -> check. Source: docs/protocol.md.
READS: dict[tuple[str, str], dict[str, Check]] = {
    ("registry", "value"): _VALUE,
    ("registry", "key"): {"hive": _HIVE, "key": _name},
    ("service", "service"): {"name": _name},
    ("journal", "journals"): {},
    ("journal", "journal"): {"id": _journal_id},
    ("iis", "server"): {},
    ("iis", "extensions"): {"site": _name, "extensions": _texts, "directory_limit": _count},
    ("iis", "section"): {"section": _name, "locations": _texts, "directory_limit": _count},
}
OPERATIONS: dict[tuple[str, str], dict[str, Check]] = {
    ("registry", "set"): {**_VALUE, "kind": _one_of(*KINDS), "value": _any, "planned": _planned("exists")},
    ("registry", "delete"): {**_VALUE, "planned": _planned("exists")},
    ("journal", "close"): {"id": _journal_id, "result": _one_of(*RESULTS), "planned": _planned("finished")},
    ("iis", "set"): {**_ATTRIBUTE, "value": _any},
    ("iis", "unset"): _ATTRIBUTE,
    ("iis", "add"): {**_PLACE, "entry": _node, "index": _index, "planned": _planned("entry")},
    ("iis", "remove"): {**_PLACE, "key": _planned(), "planned": _planned("entry")},
}
REQUEST: dict[str, dict[str, Check]] = {
    "read": {"batch": lambda value: isinstance(value, list)},
    "apply": {
        "batch": lambda value: isinstance(value, list),
        "reads": lambda value: isinstance(value, list),
        "guard": lambda value: isinstance(value, list),
        "restarts": _texts,
        "journal": _journal_id,
    },
}
GUARD: dict[str, Check] = {"provider": _one_of("iis"), "section": _name, "paths": _paths}


def validate(arguments: dict[str, Any]) -> None:
    """Refusal `request_invalid` with what is wrong and where."""
    for message in _problems(arguments):
        raise Refusal("request_invalid", message)


def _problems(arguments: dict[str, Any]) -> Iterator[str]:
    if arguments.get("protocol") != 1 or isinstance(arguments.get("protocol"), bool):
        yield "protocol is 1"
    operation = arguments.get("operation")
    if operation not in ("read", "apply"):
        yield "operation is 'read' or 'apply'"
        return
    yield from _keys(arguments, REQUEST[operation], "the request")
    if operation == "read":
        yield from _listed(arguments["batch"], "read", READS, "batch")
        return
    for number, step in enumerate(arguments["batch"]):
        yield from _step_problems(step, f"batch[{number}]")
    yield from _listed(arguments["reads"], "read", READS, "reads")
    for number, item in enumerate(arguments["guard"]):
        yield from _keys(item, GUARD, f"guard[{number}]")
    for service in arguments["restarts"]:
        if service.lower() in NEVER_RESTARTED:
            yield f"restarts: {service} is never restarted"


def _step_problems(step: Any, where: str) -> Iterator[str]:
    if not isinstance(step, dict) or not {"operation", "undo"} <= set(step):
        yield f"{where} is an object with operation and undo"
        return
    yield from _listed([step["operation"]], "operation", OPERATIONS, where)
    yield from _listed([step["undo"]], "operation", OPERATIONS, where + ".undo")


def _listed(items: list[Any], name: str, known: dict[tuple[str, str], dict[str, Check]], where: str) -> Iterator[str]:
    for item in items:
        if not isinstance(item, dict):
            yield f"{where}: an item is an object"
            continue
        identity = (str(item.get("provider")), str(item.get(name)))
        if identity not in known:
            yield f"{where}: there is no {name} {identity[1]!r} of a provider {identity[0]!r}"
            continue
        yield from _keys(item, known[identity], f"{where}: {' '.join(identity)}")


def _keys(item: Any, checks: dict[str, Check], where: str) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{where} is an object"
        return
    for key, check in checks.items():
        if key not in item:
            yield f"{where}: {key} is missing"
        elif not check(item[key]):
            yield f"{where}: {key} is of the wrong type or not allowed"
