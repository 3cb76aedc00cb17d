# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a server needs its root hints: recursion is on, for all or in a scope that policies choose, and no forwarder takes all questions.

Sources: Microsoft's best practice ff807391 (recursion needs root hints or forwarders); Get-DnsServerForwarder, UseRootHint;
Get-DnsServerRecursionScope (each scope has a switch and forwarders of its own).
"""

from __future__ import annotations

import typing as t

from .._core.observation import Observations
from .._core.operations import Operation
from .._core.plan import Change
from .requests import Record, get_read, listed, objects, one_object
from .server_state import state_read

RECURSION_READ = get_read("DnsServerRecursion", "Enable")
FORWARDER_READ = get_read("DnsServerForwarder", "IPAddress", "UseRootHint")
SCOPES = "DnsServerRecursionScope"
SCOPES_READ = state_read(SCOPES)
_SERVER = (
    "recursion is on, and it has no forwarders, or uses root hints where they do not answer. Switch recursion off, or give forwarders with "
    "use_root_hints false (dns_server_options), in the same converge or before"
)
_SCOPES = (
    "the recursion scope {names} recurses and has no forwarders of its own. Switch its recursion off, or give it forwarders (recursion.scopes of "
    "dns_server_options), in the same converge or before"
)


def needed_hints(observations: Observations, changes: t.Sequence[Change]) -> str | None:
    """Who needs them once these changes are made, whichever resource wants them, and what to do about it; None where nobody does."""
    recursion, forwarder = one_object(observations, RECURSION_READ), one_object(observations, FORWARDER_READ)
    state = {"Enable": recursion["Enable"], "IPAddress": listed(forwarder.get("IPAddress")), "UseRootHint": forwarder.get("UseRootHint")}
    operations = [change.operation for change in changes]
    for one in operations:
        state |= resolution_written(one)
    if state["Enable"] and (not state["IPAddress"] or state["UseRootHint"]):
        return _SERVER
    names = asking_scopes(objects(observations, SCOPES_READ), operations)
    return _SCOPES.format(names=", ".join(names)) if names else None


def asking_scopes(found: t.Iterable[Record], operations: t.Iterable[Operation]) -> list[str]:
    """The scopes beside the server's own that recurse without a forwarder once these operations are done, by name, sorted.

    found: every scope as it is. Whether such a scope falls back on the server's forwarders is not documented, so it is not built on.
    """
    scopes = {str(one["Name"]).lower(): dict(one) for one in found}
    for one in operations:
        verb, given = scope_written(one)
        name = str(given.get("Name", "")).lower()
        if verb == "Remove":
            scopes.pop(name, None)
        elif verb:
            scopes[name] = {**scopes.get(name, {}), **given}
    asking = (name for name, one in scopes.items() if one.get("EnableRecursion", True) and not listed(one.get("Forwarder")))
    return sorted(name for name in asking if name != ".")


def scope_written(operation: Operation) -> tuple[str, Record]:
    """The verb of a cmdlet that writes a recursion scope, and what it is given; an empty text for any other operation."""
    if operation.provider != "dns" or operation.name != "call":
        return "", {}
    verb, _, noun = str(operation.parameters["cmdlet"]).partition("-")
    return (verb, operation.parameters["parameters"]) if noun == SCOPES else ("", {})


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
