# SPDX-License-Identifier: GPL-3.0-or-later
"""Root hints as a host has them, and as another server would give them.

Source: Get-DnsServerRootHint gives a name server's record and a list of address records, in which an address, or a whole hint, may stand twice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError, whole
from .._core.observation import Failure, Observations
from .._core.operations import Read
from .addresses import normal
from .requests import Record, get_read, listed, objects
from .root_hints_table import Hints

NAME = "NameServer.RecordData.NameServer"
V4, V6 = "IPAddress.RecordData.IPv4Address", "IPAddress.RecordData.IPv6Address"
HINTS_READ = get_read("DnsServerRootHint", NAME, V4, V6)
_SECONDS = 5


@dataclass(frozen=True)
class Hint:
    """All that stands under one name. records: as the host gave them, more than one where the hint stands twice."""

    name: str
    records: tuple[Record, ...]

    @property
    def spelled(self) -> str:
        """The name as the host writes it."""
        return str(self.records[0][NAME])

    @property
    def stored(self) -> list[str]:
        """Every address as often as it stands there."""
        return [normal(address) for record in self.records for family in (V4, V6) for address in listed(record.get(family))]

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(self.stored)

    @property
    def doubled(self) -> bool:
        return len(self.records) > 1 or len(self.stored) > len(self.addresses)


def observed_hints(observations: Observations) -> dict[str, Hint]:
    """By name, in small letters with the dot at the end, in the host's order."""
    found: dict[str, list[Record]] = {}
    with whole("the list of root hints"):
        for record in objects(observations, HINTS_READ):
            found.setdefault(_plain(record[NAME]), []).append(record)
    return {name: Hint(name, tuple(records)) for name, records in found.items()}


def _plain(name: t.Any) -> str:
    return str(name).strip().lower().removesuffix(".") + "."


def root_query(server: str) -> Read:
    """Which root servers another server knows."""
    return Read("dns", "query", {"server": server, "questions": [{"name": ".", "type": "NS"}], "seconds": _SECONDS})


def address_query(server: str, observations: Observations) -> Read | None:
    """The addresses that the answer to the first question did not bring along; None where it brought all."""
    names, known = _first_answer(server, observations)
    questions = [{"name": name, "type": kind} for name in names for kind in ("A", "AAAA") if (name, kind) not in known]
    # asked once: many a server has no IPv6 address, and would be asked for one until the time is over
    return Read("dns", "query", {"server": server, "questions": questions, "seconds": 0}) if questions else None


def offered_hints(server: str, observations: Observations) -> Hints:
    """What the other server would give. A name without an address is not among it. Raises HardeningError where it gives none at all."""
    names, known = _first_answer(server, observations)
    found = {name: {address for (one, _kind), addresses in known.items() for address in addresses if one == name} for name in names}
    second = address_query(server, observations)
    if second and second in observations:
        for question, answer in zip(second.parameters["questions"], _answers(server, observations, second), strict=True):
            found[question["name"]] |= {normal(one["data"]) for one in answer.get("records", ()) if one["type"] in ("A", "AAAA")}
    offered = {name: frozenset(addresses) for name, addresses in found.items() if addresses}
    if not offered:
        raise HardeningError(f"Nothing was changed: the server {server} (copy_from) names no root server with an address.")
    return offered


def _first_answer(server: str, observations: Observations) -> tuple[list[str], dict[tuple[str, str], set[str]]]:
    """The root servers' names, and the addresses that came along, by name and type."""
    (answer,) = _answers(server, observations, root_query(server))
    if "error" in answer:
        raise HardeningError(
            f"Nothing was changed: the server {server} (copy_from) did not tell its root servers: "
            f"{Failure.from_answer(answer['error']).describe()}. Name one that this host can reach and that answers for the root."
        )
    with whole("the answer about root servers"):
        records = answer["records"]
        names = list(dict.fromkeys(_plain(one["data"]) for one in records if one["type"] == "NS" and one["name"].strip(".") == ""))
        known: dict[tuple[str, str], set[str]] = {}
        for one in records:
            if one["type"] in ("A", "AAAA"):
                known.setdefault((_plain(one["name"]), one["type"]), set()).add(normal(one["data"]))
    return names, known


def _answers(server: str, observations: Observations, read: Read) -> list[Record]:
    result = observations[read]
    if result.failure:
        raise HardeningError(f"Nothing was changed: the server {server} (copy_from) could not be asked: {result.failure.describe()}.")
    return list(result.value)
