# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of reads and operations: which keys each has, and what stands there. Source: docs/protocol.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .registry import KINDS

Check = Callable[[Any], bool]
Forms = dict[tuple[str, str], dict[str, Check]]

JOURNAL_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
RESULTS = ("applied", "failed", "undone", "superseded")
SID = re.compile(r"S-1(-\d+)+")
THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")
GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
DNS_READ = re.compile(r"DnsServer[A-Za-z]+|DnsClientServerAddress")
DNS_NOUNS = (
    "Recursion|RecursionScope|Cache|EDns|Forwarder|GlobalQueryBlockList|ResponseRateLimiting|ResponseRateLimitingExceptionlist"
    "|QueryResolutionPolicy|ZoneTransferPolicy|ClientSubnet|Diagnostics|Scavenging|PrimaryZone|ZoneAging|RootHint|TrustAnchor"
)
DNS_PLANNED = re.compile("DnsServer[A-Za-z]+")
DNS_WRITE = re.compile(f"(Set|Add|Remove)-DnsServer({DNS_NOUNS})")
DNSCMD = ("Config", "ResetListenAddresses", "ResetForwarders", "ZoneResetSecondaries", "WriteBackFiles")
RULE_TEXTS = ("display_name", "description", "group", "local_port", "program", "service")
RULE_LISTS = ("profiles", "remote_addresses", "interface_types")


def text(value: Any) -> bool:
    return isinstance(value, str)


def named(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def items(value: Any) -> bool:
    return isinstance(value, list)


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def number(value: Any) -> bool:
    return type(value) is int


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def count(value: Any) -> bool:
    return type(value) is int and value > 0


def anything(value: Any) -> bool:
    return True


def element(value: Any) -> bool:
    return isinstance(value, list) and all(named(item) or (isinstance(item, dict) and item) for item in value)


def index(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("attributes", {}), dict)


def numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(named(name) and number(item) for name, item in value.items())


def rule(value: Any) -> bool:
    """A firewall rule with all its keys."""
    if not isinstance(value, dict) or not all(text(value.get(name)) for name in RULE_TEXTS):
        return False
    known = value.get("protocol") in ("TCP", "UDP") and truth(value.get("enabled"))
    return known and all(texts(value.get(name)) and value[name] for name in RULE_LISTS)


def wait(value: Any) -> bool:
    """Nothing, or the socket that is waited for."""
    if value is None:
        return True
    kinds = {"protocol": text, "port": count, "service": named, "seconds": number}
    return isinstance(value, dict) and all(check(value.get(name)) for name, check in kinds.items())


def paths(value: Any) -> bool:
    return isinstance(value, list) and all(texts(item) and len(item) == 2 for item in value)


def planned_item(value: Any) -> bool:
    """What an operation on the DNS Server is planned on: values of a zone's key, or objects that a getter gives."""
    if not isinstance(value, dict):
        return False
    if "zone" in value:
        return text(value["zone"]) and isinstance(value.get("values"), dict)
    known = DNS_PLANNED.fullmatch(str(value.get("cmdlet"))) and {"parameters", "where", "values"} <= set(value)
    objects = known and all(isinstance(value[name], dict) for name in ("parameters", "where"))
    return bool(objects and isinstance(value["values"], dict | None) and index(value.get("count", 0)) and value.get("count", 0) is not None)


def formed(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def planned(*names: str) -> Check:
    return lambda value: isinstance(value, dict) and set(names) <= set(value)


def one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _flag(name: str) -> Check:
    """`planned` of one key that is true or false."""
    return lambda value: isinstance(value, dict) and truth(value.get(name))


_HIVE = one_of("HKLM", "HKU")
_VALUE = {"hive": _HIVE, "key": named, "name": text}
_PLACE = {"section": named, "location": text, "element": element}
_ATTRIBUTE = {**_PLACE, "attribute": named, "planned": planned("stored", "effective")}
_SID = formed(SID)
_RIGHT = {"right": named, "account": _SID, "planned": _flag("held")}
_MEMBER = {"group": _SID, "member": _SID, "planned": _flag("member")}
_SETTING = {"scheme": formed(GUID), "subgroup": formed(GUID), "setting": formed(GUID), "source": one_of("ac", "dc")}

READS: Forms = {
    ("registry", "value"): _VALUE,
    ("registry", "key"): {"hive": _HIVE, "key": named},
    ("registry", "keys"): {"hive": _HIVE, "below": text, "keys": texts},
    ("service", "service"): {"name": named},
    ("journal", "journals"): {},
    ("journal", "journal"): {"id": formed(JOURNAL_ID)},
    ("iis", "server"): {},
    ("iis", "extensions"): {"site": named, "extensions": texts, "directory_limit": count},
    ("iis", "section"): {"section": named, "locations": texts, "directory_limit": count},
    ("account", "accounts"): {},
    ("account", "resolve"): {"names": texts},
    ("right", "right"): {"right": named},
    ("group", "members"): {"group": _SID},
    ("security", "policy"): {},
    ("firewall", "rules"): {"names": texts, "groups": texts},
    ("listener", "listeners"): {"wait": wait},
    ("session", "sessions"): {},
    ("power", "scheme"): {"subgroup": formed(GUID)},
    ("certificate", "certificate"): {"thumbprint": formed(THUMBPRINT)},
    ("task", "task"): {"name": named},
    ("rsop", "owned"): {"keys": texts},
    ("dns", "get"): {"cmdlet": formed(DNS_READ), "parameters": planned(), "properties": items},
    ("dns", "zones"): {"properties": items, "aging": anything},
    ("dns", "query"): {"server": text, "questions": items, "seconds": number},
    ("dns", "acl"): {},
}
OPERATIONS: Forms = {
    ("registry", "set"): {**_VALUE, "kind": one_of(*KINDS), "value": anything, "planned": planned("exists")},
    ("registry", "delete"): {**_VALUE, "planned": planned("exists")},
    ("journal", "close"): {"id": formed(JOURNAL_ID), "result": one_of(*RESULTS), "planned": planned("finished")},
    ("iis", "set"): {**_ATTRIBUTE, "value": anything},
    ("iis", "unset"): _ATTRIBUTE,
    ("iis", "add"): {**_PLACE, "entry": node, "index": index, "planned": planned("entry")},
    ("iis", "remove"): {**_PLACE, "key": planned(), "planned": planned("entry")},
    ("right", "grant"): _RIGHT,
    ("right", "revoke"): _RIGHT,
    ("group", "add"): _MEMBER,
    ("group", "remove"): _MEMBER,
    ("security", "set"): {"values": numbers, "planned": planned("values")},
    ("firewall", "add"): {"name": named, "rule": rule, "planned": _flag("exists")},
    ("firewall", "remove"): {"name": named, "planned": _flag("exists")},
    ("firewall", "enable"): {"name": named, "enabled": truth, "planned": _flag("exists")},
    ("power", "set"): {**_SETTING, "value": number, "planned": planned("value")},
    ("power", "hibernate"): {"enabled": truth, "planned": planned("enabled")},
    ("task", "register"): {"name": named, "definition": named, "planned": _flag("exists")},
    ("task", "delete"): {"name": named, "planned": _flag("exists")},
    ("dns", "call"): {"cmdlet": formed(DNS_WRITE), "parameters": planned(), "planned": items},
    ("dns", "dnscmd"): {"command": one_of(*DNSCMD), "arguments": items, "planned": items},
    ("dns", "setting"): {"property": text, "value": anything, "planned": items},
    ("dns", "acl"): {"add": items, "remove": items, "planned": planned()},
}
REQUEST: dict[str, dict[str, Check]] = {
    "read": {"batch": items},
    "apply": {"batch": items, "reads": items, "guard": items, "restarts": texts, "journal": formed(JOURNAL_ID)},
}
GUARD: dict[str, Check] = {"provider": one_of("iis"), "section": named, "paths": paths}
