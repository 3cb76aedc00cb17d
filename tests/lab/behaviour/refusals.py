# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: requests that are refused as a whole; nothing is written, the journal folder included."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import Refused
from lab.behaviour.iis_changes import GIT
from lab.behaviour.iis_names import PROTOCOL
from lab.behaviour.requests import SERVER, apply, reads, value
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

CONSTRAINED = Situation(facts={"powershell": {"version": "5.1.20348.2700", "edition": "Desktop", "language_mode": "ConstrainedLanguage"}})
ODD_STEP = {"operation": {**GIT["operation"], "operation": "replace"}, "undo": GIT["undo"]}
NO_UNDO = {"operation": GIT["operation"]}


def without(request: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: item for name, item in request.items() if name != key}


def refused(name: str, request: dict[str, Any], kind: str = "request_invalid", situation: Situation = Situation()) -> Row:  # noqa: B008
    return Row("refused: " + name, situation, request, (Refused(kind),), PROTOCOL, "P")


ROWS = (
    refused("an apply under check mode", apply(GIT, _ansible_check_mode=True), "check_mode"),
    refused("a constrained session", reads(SERVER), "constrained_language", CONSTRAINED),
    refused("a constrained session that would write", apply(GIT), "constrained_language", CONSTRAINED),
    refused("another protocol", {**reads(SERVER), "protocol": 2}),
    refused("another operation", {**reads(SERVER), "operation": "write"}),
    refused("no batch", without(reads(SERVER), "batch")),
    refused("a batch that is no list", {**reads(SERVER), "batch": "server"}),
    refused("an unknown provider", reads({"provider": "dns", "read": "server"})),
    refused("an unknown read", reads({"provider": "iis", "read": "everything"})),
    refused("a read without one of its keys", reads(without(value("SOFTWARE", "x"), "name"))),
    refused("a hive that is not offered", reads(value("SOFTWARE", "x", hive="HKCU"))),
    refused("an unknown operation", apply(ODD_STEP)),
    refused("a step without its undo", apply(NO_UNDO)),
    refused("an apply without a guard", without(apply(GIT), "guard")),
    refused("a journal id of another form", apply(GIT, journal="..\\x")),
    refused("the restart of WinRM", apply(GIT, restarts=["winrm"])),
    refused("the restart of HTTP", apply(GIT, restarts=["W3SVC", "HTTP"])),
    refused("the restart of RpcSs", apply(GIT, restarts=["RpcSs"])),
)
