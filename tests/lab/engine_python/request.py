# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request must look like. Everything else is refused as a whole, before anything is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import Refusal
from .service import NEVER_RESTARTED
from .shapes import GUARD, OPERATIONS, READS, REQUEST, Check, Forms

EVERYWHERE = frozenset({"registry", "service", "journal"})
RDP = frozenset(
    {"account", "right", "group", "security", "firewall", "listener", "session", "power", "certificate", "task", "rsop"},
)
DNS = frozenset({"account", "listener", "dns"})
# entry -> the providers whose code it has. Source: docs/protocol.md "Entries".
FAMILIES = {"windows_iis": EVERYWHERE | {"iis"}, "windows_rdp": EVERYWHERE | RDP, "windows_dns": EVERYWHERE | DNS}
READS_ONLY = "_read"


def validate(entry: str, arguments: dict[str, Any]) -> None:
    """Refusal `request_invalid` with what is wrong and where."""
    for message in _problems(entry, arguments):
        raise Refusal("request_invalid", message)


def _of_entry(forms: Forms, entry: str) -> Forms:
    providers = FAMILIES[entry.removesuffix(READS_ONLY)]
    return {identity: checks for identity, checks in forms.items() if identity[0] in providers}


def _problems(entry: str, arguments: dict[str, Any]) -> Iterator[str]:
    if arguments.get("protocol") != 1 or isinstance(arguments.get("protocol"), bool):
        yield "protocol is 1"
    operation = arguments.get("operation")
    if operation not in ("read", "apply"):
        yield "operation is 'read' or 'apply'"
        return
    if operation == "apply" and entry.endswith(READS_ONLY):
        yield f"{entry} only reads"
    yield from _keys(arguments, REQUEST[operation], "the request")
    reads = _of_entry(READS, entry)
    if operation == "read":
        yield from _listed(arguments["batch"], "read", reads, "batch")
    else:
        yield from _apply_problems(entry, arguments, reads)


def _apply_problems(entry: str, arguments: dict[str, Any], reads: Forms) -> Iterator[str]:
    for number, step in enumerate(arguments["batch"]):
        yield from _step_problems(step, _of_entry(OPERATIONS, entry), f"batch[{number}]")
    yield from _listed(arguments["reads"], "read", reads, "reads")
    for number, item in enumerate(arguments["guard"]):
        yield from _keys(item, GUARD, f"guard[{number}]")
        if item["provider"] not in FAMILIES[entry]:
            yield f"guard[{number}]: {entry} has no provider {item['provider']}"
    for service in arguments["restarts"]:
        if service.lower() in NEVER_RESTARTED:
            yield f"restarts: {service} is never restarted"


def _step_problems(step: Any, operations: Forms, where: str) -> Iterator[str]:
    if not isinstance(step, dict) or not {"operation", "undo"} <= set(step):
        yield f"{where} is an object with operation and undo"
        return
    yield from _listed([step["operation"]], "operation", operations, where)
    yield from _listed([step["undo"]], "operation", operations, where + ".undo")


def _listed(items: list[Any], name: str, known: Forms, where: str) -> Iterator[str]:
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
