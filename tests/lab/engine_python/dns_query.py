# SPDX-License-Identifier: GPL-3.0-or-later
"""What Resolve-DnsName is told: by the DNS Server of the box from its zones and root hints, or by another one that the box names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab.box import Box
from lab.dns_values import BLOCK_LIST, RECURSION

from .dns_listen import PORT
from .dns_service import DnsError, is_running, service_of
from .errors import Refusal

SERVER_FAILURE, NO_SUCH_NAME, REFUSED, NO_ANSWER = 9002, 9003, 9005, 1460
SHOWN = ("NS", "A", "AAAA", "SOA")

# whole name without the dot at the end (the root is ""), type, data
Record = tuple[str, str, str]


def read_query(box: Box, read: dict[str, Any]) -> list[dict[str, Any]]:
    """`seconds` changes nothing here: a box does not change while it is asked."""
    return [_result(box, read["server"], question) for question in read["questions"]]


def _result(box: Box, server: str, question: dict[str, str]) -> dict[str, Any]:
    try:
        return {"records": _answer(box, server, _bare(question["name"]), question["type"].upper())}
    except Refusal as refusal:
        return {"error": refusal.as_error()}


def _bare(name: str) -> str:
    return name.rstrip(".").lower()


def _answer(box: Box, server: str, name: str, kind: str) -> list[dict[str, str]]:
    others = box.read_json("network").get("name_servers", {})
    if server in others:
        known = [(_bare(owner), found, data) for owner, _seconds, found, data in others[server]]
        return _records(known, name, kind)
    if not _listens(box, server):
        raise DnsError(NO_ANSWER, f"{server} does not answer.")
    return _own_answer(box.read_json("dns"), name, kind)


def _listens(box: Box, server: str) -> bool:
    """Whether the service has a socket there."""
    process = (service_of(box) or {}).get("process")
    sockets = box.read_json("network").get("sockets", []) if is_running(box) else []
    return any((one["address"], one["port"], one["process"]) == (server, PORT, process) for one in sockets)


def _own_answer(document: dict[str, Any], name: str, kind: str) -> list[dict[str, str]]:
    zone = _zone_of(document, name)
    if zone is not None:
        if zone["ZoneType"] == "Primary" and _is_blocked(document, zone, name):
            raise DnsError(NO_SUCH_NAME, f"{name} is blocked.")
        return _records(list(_whole(zone)), name, kind)
    hints = [record for hint in document.get("DnsServerRootHint", []) for record in _hint_records(hint)]
    if name == "" and kind == "NS" and hints:
        return _records(hints, name, kind)
    raise DnsError(SERVER_FAILURE if document[RECURSION]["Enable"] else REFUSED, f"{name} is not known here.")


def _zone_of(document: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The zone with the longest name that the name is in."""
    found = [zone for zone in document["DnsServerZone"] if ("." + name).endswith("." + zone["ZoneName"].lower()) and zone.get("records")]
    return max(found, key=lambda zone: len(zone["ZoneName"]), default=None)


def _is_blocked(document: dict[str, Any], zone: dict[str, Any], name: str) -> bool:
    """Only the name relative to the zone is compared."""
    relative = name.removesuffix(zone["ZoneName"].lower()).rstrip(".")
    listed = document[BLOCK_LIST]
    return bool(listed["Enable"] and relative in (listed.get("List") or []))


def _whole(zone: dict[str, Any]) -> Iterator[Record]:
    domain = zone["ZoneName"].lower()
    for relative, _seconds, kind, data in zone["records"]:
        yield (domain if relative == "@" else f"{relative.lower()}.{domain}"), kind, data


def _hint_records(hint: dict[str, Any]) -> Iterator[Record]:
    yield "", "NS", hint["name"]
    for address in hint["addresses"]:
        yield _bare(hint["name"]), "AAAA" if ":" in address else "A", address


def _records(known: list[Record], name: str, kind: str) -> list[dict[str, str]]:
    """The sections answer and additional: what was asked for, then the addresses of the servers in it."""
    at_name = [record for record in known if record[0] == name]
    if not at_name and not any(record[0].endswith("." + name) for record in known):
        raise DnsError(NO_SUCH_NAME, f"{name} does not exist.")
    answer = [record for record in at_name if kind in (record[1], "ANY")]
    hosts = [_bare(data.split()[0]) for _name, found, data in answer if found in ("NS", "SOA")]
    additional = [record for host in hosts for record in known if record[0] == host and record[1] in ("A", "AAAA")]
    return [_shown(record) for record in _each_once(answer + additional)]


def _each_once(records: list[Record]) -> list[Record]:
    return list(dict.fromkeys(records))


def _shown(record: Record) -> dict[str, str]:
    name, kind, data = record
    shown = _bare(data.split()[0]) if kind in ("NS", "SOA") else data
    return {"name": name, "type": kind, "data": shown if kind in SHOWN else ""}
