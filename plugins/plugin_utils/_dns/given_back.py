# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be given back, and what taking back leaves instead, which is what it is seen by.

A zone of the directory notifies the servers of an empty list until it is told otherwise, and neither a cmdlet nor dnscmd is known to take
such a list. To notify an empty list is to notify nobody, so nobody it becomes. A root hint that stood twice comes back once, and one without
any address stays away, because none can be added without an address.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.journal import JournalStep
from .._core.operations import Operation
from .requests import Record, listed
from .zone_table import LISTED, REACHES, Reach


def given_back(step: JournalStep) -> Operation:
    """The step's operation, planned on what its undo leaves; the very same where that is what the step found."""
    planned = step.operation.parameters["planned"]
    if not isinstance(planned, list):
        return step.operation
    after = [_after(item, step.undo) for item in planned]
    return replace(step.operation, parameters={**step.operation.parameters, "planned": after})


def can_be_given_back(step: JournalStep) -> bool:
    """Whether the step's undo is something that a server takes."""
    given = step.undo.parameters
    return given.get("cmdlet") != "Add-DnsServerRootHint" or bool(given["parameters"]["IPAddress"])


def _after(item: Record, undo: Operation) -> Record:
    item = {name: value for name, value in item.items() if name != "count"}
    values = item["values"]
    for reach in REACHES if values else ():
        if _leaves_nobody(undo, reach):
            values = _of_zone(values, reach) if "zone" in item else _of_cmdlet(values, reach)
    return {**item, "values": values}


def _leaves_nobody(undo: Operation, reach: Reach) -> bool:
    nobody, given = reach.by_option("none"), undo.parameters
    if undo.name == "dnscmd":
        return nobody.switch in given["arguments"]
    return bool(undo.name == "call" and given["parameters"].get(reach.mode) == nobody.cmdlet)


def _of_cmdlet(values: Record, reach: Reach) -> Record:
    mode = reach.by_cmdlet(values.get(reach.mode))
    if mode is None or mode.option != LISTED or listed(values.get(reach.servers)):
        return values
    return _nobody(values, reach.servers, reach.mode, reach.by_option("none").cmdlet)


def _of_zone(values: Record, reach: Reach) -> Record:
    """In the registry of a secondary zone it may also not be there at all."""
    mode = reach.by_number(values.get(reach.level))
    unset = mode is None or (mode.option == LISTED and not values.get(reach.addresses))
    return _nobody(values, reach.addresses, reach.level, reach.by_option("none").number) if unset and reach.level in values else values


def _nobody(values: Record, servers: str, name: str, nobody: t.Any) -> Record:
    return {key: value for key, value in values.items() if key != servers} | {name: nobody}
