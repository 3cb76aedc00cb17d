# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a server needs its root hints: recursion is on, and no forwarder takes all questions.

Sources: Microsoft's best practice ff807391 (recursion needs root hints or forwarders); Get-DnsServerForwarder, UseRootHint.
"""

from __future__ import annotations

import typing as t

from .._core.observation import Observations
from .._core.operations import Operation
from .._core.plan import Change
from .requests import get_read, listed, one_object

RECURSION_READ = get_read("DnsServerRecursion", "Enable")
FORWARDER_READ = get_read("DnsServerForwarder", "IPAddress", "UseRootHint")


def needed_hints(observations: Observations, changes: t.Iterable[Change]) -> bool:
    """As it will be once these changes are made, whichever resource wants them."""
    recursion, forwarder = one_object(observations, RECURSION_READ), one_object(observations, FORWARDER_READ)
    state = {"Enable": recursion["Enable"], "IPAddress": listed(forwarder.get("IPAddress")), "UseRootHint": forwarder.get("UseRootHint")}
    for change in changes:
        state |= resolution_written(change.operation)
    return bool(state["Enable"] and (not state["IPAddress"] or state["UseRootHint"]))


def resolution_written(operation: Operation) -> dict[str, t.Any]:
    """What an operation makes of recursion and forwarders, by the getters' names; empty for any other."""
    if operation.provider != "dns":
        return {}
    given = operation.parameters
    if operation.name == "call" and given["cmdlet"] in ("Set-DnsServerRecursion", "Set-DnsServerForwarder"):
        return {name: value for name, value in given["parameters"].items() if name in ("Enable", "IPAddress", "UseRootHint")}
    if operation.name == "call" and given["cmdlet"] == "Set-DnsServerRecursionScope" and given["parameters"]["Name"] == ".":
        own = {"EnableRecursion": "Enable", "Forwarder": "IPAddress"}
        return {own[name]: value for name, value in given["parameters"].items() if name in own}
    if operation.name == "dnscmd":
        return _by_dnscmd(given["command"], [str(one) for one in given["arguments"]])
    return {}


def _by_dnscmd(command: str, arguments: list[str]) -> dict[str, t.Any]:
    words = [one.lower() for one in arguments]
    if command == "Config" and words[:1] == ["/norecursion"]:
        return {"Enable": words[1:] == ["0"]}
    if command != "ResetForwarders":
        return {}
    # the switches come last: /TimeOut has a number after it, which is no address
    addresses = arguments[: next((n for n, word in enumerate(words) if word.startswith("/")), len(words))]
    slave = {"/slave": {"UseRootHint": False}, "/noslave": {"UseRootHint": True}}
    return {"IPAddress": addresses} | next((slave[word] for word in words if word in slave), {})
