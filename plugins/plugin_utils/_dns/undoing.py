# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an operation of the provider dns left, or what it found, is what the host says now."""

from __future__ import annotations

import typing as t

from .._core.journal import JournalStep
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT
from .._core.registry import Place, Registry, key_read
from .as_added import as_added, whole_reads
from .given_back import given_back
from .requests import ZONES, Record, entry_call, get_read, listed, objects
from .server_acl import acl_read
from .server_state import LISTEN_VALUE, PARAMETERS
from .setting_table import SETTINGS
from .start_values import START_VALUES

# What the service reads only when it starts: by dnscmd's switch, and by the value of the key that nothing but the service reads. Any other
# value there was not in force when it was written, so nothing is to be in force once it is taken back.
_SWITCHES_AT_START = {f"/{one.dnscmd}".lower() for one in SETTINGS if one.restarts}
_VALUES_AT_START = {LISTEN_VALUE.lower(), *(one.name.lower() for one in START_VALUES)}
_NAMES = ("Name", "NameServer", "ZoneName")
# None is ever removed and added anew, and several of them have the name of one zone.
_ANCHOR = "DnsServerTrustAnchor"
# A subnet's networks are added and taken away one by one, and the order in which the server gives them is its own.
_NETWORKS = ("IPv4Subnet", "IPv6Subnet")


def reads_for(step: JournalStep) -> list[Read]:
    """The reads that show what a step was planned on, and what it left."""
    planned = [read for operation in (step.operation, step.undo, given_back(step)) for read in _reads(operation)]
    return [*planned, *whole_reads(step.operation)]


def _reads(operation: Operation) -> list[Read]:
    if operation.name == "acl":
        return [acl_read()]
    more = _NETWORKS if _edits_networks(operation) else ()
    return [_read(item, more) for item in operation.parameters["planned"]]


def entry_of(operation: Operation) -> tuple[str, ...] | None:
    """What an entry that is added or removed is known by; steps that remove one and add it anew belong together."""
    _verb, noun = entry_call(operation)
    if not noun or noun == _ANCHOR:
        return None
    return (noun, *(str(operation.parameters["parameters"].get(name, "")).lower() for name in _NAMES))


def restarts(undone: t.Iterable[Operation]) -> tuple[str, ...]:
    """DNS, where something is taken back that it reads only when it starts."""
    return ("DNS",) if any(_at_start(operation) for operation in undone) else ()


def is_own(operation: Operation) -> bool:
    """Whether it writes the registry key that only the DNS Server reads."""
    return operation.provider == "registry" and str(operation.parameters["key"]).lower() == PARAMETERS.lower()


def _at_start(operation: Operation) -> bool:
    given = operation.parameters
    if operation.provider == "registry":
        return is_own(operation) and str(given["name"]).lower() in _VALUES_AT_START
    dnscmd = (operation.provider, operation.name) == ("dns", "dnscmd")
    return dnscmd and any(str(one).lower() in _SWITCHES_AT_START for one in given["arguments"][:1])


def holds(operation: Operation, observations: Observations) -> bool:
    """Whether the state that an operation is planned on is there now."""
    if operation.name == "acl":
        return _rules_hold(operation, observations)
    if _edits_networks(operation):
        return _networks_hold(operation, observations)
    return all(_holds(item, observations) for item in operation.parameters["planned"])


def is_left(step: JournalStep, observations: Observations) -> bool:
    """Whether what the step left is there now."""
    return holds(step.undo, observations) and as_added(step.operation, observations)


def detail(operation: Operation) -> int:
    """How many properties tell whether the state that an operation is planned on is there."""
    return sum(len(item["values"] or ()) for item in operation.parameters["planned"])


def same_entry(one: Operation, other: Operation) -> bool:
    """Whether both add the very same: a root hint that stood twice and once now is not to be put back."""
    return bool(one.parameters["parameters"] == other.parameters["parameters"])


def place_of(step: JournalStep) -> tuple[str, str]:
    """The place and target of a step, for a person."""
    given = step.operation.parameters
    if step.operation.name == "acl":
        return "DNS service", "access list"
    first = given["planned"][0] if given["planned"] else {"cmdlet": given.get("cmdlet") or given.get("command"), "where": {}}
    if "zone" in first:
        return f"DNS zone {first['zone']}", "transfers, notify"
    asked = first.get("parameters") or {}
    of = next((f" {asked[name]}" for name in ("Name", "ZoneName") if asked.get(name)), "")
    named = ", ".join(str(value) for value in first["where"].values())
    return f"{first['cmdlet']}{of}", named or ", ".join((first.get("values") or {}).keys()) or "setting"


def before_and_after(step: JournalStep) -> tuple[str, str]:
    """What the step found and what it left, as lines."""
    return _text(step.operation), _text(step.undo)


def _edits_networks(operation: Operation) -> bool:
    given = operation.parameters
    return bool(
        operation.name == "call" and given["cmdlet"] == "Set-DnsServerClientSubnet" and given["parameters"]["Action"] in ("ADD", "REMOVE")
    )


def _networks_hold(operation: Operation, observations: Observations) -> bool:
    """Before networks are added none of them is there, and before they are taken away all are."""
    given = operation.parameters["parameters"]
    (item,) = operation.parameters["planned"]
    found = [one for one in objects(observations, _read(item, _NETWORKS)) if _has(one, item["where"])]
    there = {str(network).lower() for one in found for name in _NETWORKS for network in listed(one.get(name))}
    asked = {str(network).lower() for name in _NETWORKS for network in given.get(name, ())}
    return len(found) == 1 and (not asked & there if given["Action"] == "ADD" else asked <= there)


def _read(item: Record, more: t.Iterable[str] = ()) -> Read:
    if "zone" in item:
        return key_read(f"{ZONES}\\{item['zone']}")
    names = dict.fromkeys((*item["where"], *(item["values"] or {}), *more))
    return get_read(item["cmdlet"], *names, **item["parameters"])


def _holds(item: Record, observations: Observations) -> bool:
    if "zone" in item:
        registry, key = Registry(observations), _read(item).parameters["key"]
        return all(registry.value(Place(key, name)) == value for name, value in item["values"].items())
    found = [one for one in objects(observations, _read(item)) if _has(one, item["where"])]
    if item["values"] is None:
        return not found
    return len(found) == item.get("count", 1) and _has(found[0], item["values"])


def _has(found: Record, values: Record) -> bool:
    return all(found.get(name) == value for name, value in values.items())


def _rules_hold(operation: Operation, observations: Observations) -> bool:
    value = observations.value(acl_read())
    if not value["applies"]:
        return False
    found = [rule for rule in value["rules"] if not rule["inherited"]]
    return _canonical(found) == _canonical(operation.parameters["planned"]["rules"])


def _canonical(rules: t.Iterable[Record]) -> list[list[tuple[str, t.Any]]]:
    return sorted(sorted(rule.items()) for rule in rules)


def _text(operation: Operation) -> str:
    if operation.name == "acl":
        return f"{len(operation.parameters['planned']['rules'])} rules"
    return "; ".join(_values(item) for item in operation.parameters["planned"])


def _values(item: Record) -> str:
    if item["values"] is None:
        return ABSENT
    return ", ".join(f"{name} {value}" for name, value in item["values"].items()) or "there"
