# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `task`: scheduled tasks, as schtasks.exe shows, makes and deletes them."""

from __future__ import annotations

from typing import Any

from lxml import etree

from lab.box import Box

from .errors import Refusal
from .planned import expect
from .writes import Writes

MALFORMED = "schtasks.exe ended with exit code 1: ERROR: The task XML is malformed."


def _stored_name(tasks: dict[str, str], name: str) -> str | None:
    return next((stored for stored in tasks if stored.lower() == name.lower()), None)


def read_task(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    if '"' in read["name"]:
        raise Refusal("invalid_value", "schtasks.exe takes no quotation mark.")
    tasks = box.read_json("tasks")
    name = _stored_name(tasks, read["name"])
    return {"exists": name is not None, "definition": None if name is None else tasks[name]}


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    expect({"exists": read_task(box, operation)["exists"]}, operation["planned"])


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    if operation["operation"] == "register":
        _refuse_malformed(operation["definition"])

    def change() -> None:
        tasks = box.read_json("tasks")
        if operation["operation"] == "register":
            tasks[operation["name"]] = operation["definition"]
        else:
            tasks.pop(_stored_name(tasks, operation["name"]) or "", None)
        box.write_json("tasks", tasks)

    writes.make("write", change)


def _refuse_malformed(definition: str) -> None:
    """The declaration says UTF-16, as Windows writes it; the text has its characters already."""
    try:
        etree.fromstring(definition.encode("utf-16"))
    except etree.XMLSyntaxError:
        raise Refusal("command_failed", MALFORMED) from None
