# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row of the DNS Server expects beside expectation.py: the registry's values, sockets, the number of a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lab.behaviour.expectation import MISSING, Answer, observation
from lab.box import Box
from lab.dns_values import PARAMETERS


def _differs(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted or type(found) is not type(wanted):
        yield f"{what} is {found!r}, not {wanted!r}"


@dataclass(frozen=True)
class Kept:
    """Values of a key of the registry afterwards, by default that of the service; None: it is not there. Names compare without case."""

    values: dict[str, Any]
    key: str = PARAMETERS

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        machine = {key.lower(): values for key, values in box.registry["HKLM"].items()}
        found = {name.lower(): value for name, value in machine.get(self.key.lower(), {}).items()}
        for name, wanted in self.values.items():
            yield from _differs(f"{self.key}: {name}", found.get(name.lower(), {}).get("value"), wanted)


@dataclass(frozen=True)
class Objects:
    """What a read `get` gives: these values of every object, as many and in this order."""

    values: tuple[dict[str, Any], ...]
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = observation(answer, self.number).get("value", MISSING)
        if not isinstance(found, list) or len(found) != len(self.values):
            yield f"read {self.number} is {found!r}, not {len(self.values)} objects"
            return
        for index, (one, wanted) in enumerate(zip(found, self.values, strict=True)):
            for name, value in wanted.items():
                yield from _differs(f"read {self.number}, object {index}, {name}", one.get(name, MISSING), value)


@dataclass(frozen=True)
class Only:
    """The names that the objects of a read `get` have: what a release or a class lacks is left out."""

    names: tuple[str, ...]
    number: int = 0

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        for one in observation(answer, self.number).get("value", [{}]):
            yield from _differs(f"names of read {self.number}", sorted(one), sorted(self.names))


@dataclass(frozen=True)
class Open:
    """The addresses at which the service has port 53 by TCP and by UDP, in any order."""

    addresses: tuple[str, ...]

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        for protocol in ("tcp", "udp"):
            found = [one for one in box.read_json("network")["sockets"] if (one["protocol"], one["port"]) == (protocol, 53)]
            yield from _differs(f"{protocol} 53", sorted(one["address"] for one in found), sorted(self.addresses))


@dataclass(frozen=True)
class Refusal:
    """The last step's error: its kind and, where it is known, the number as an HRESULT."""

    kind: str
    number: int | None = None

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        error = next((step["error"] for step in answer.get("steps", []) if step["error"]), None) or {}
        yield from _differs("kind of the error", error.get("kind"), self.kind)
        if self.number is not None:
            yield from _differs("number of the error", error.get("hresult"), f"0x{0x80070000 | self.number:08x}")


@dataclass(frozen=True)
class Unchanged:
    """The box's dns.json is what the situation says."""

    document: dict[str, Any]

    def problems(self, answer: Answer, box: Box) -> Iterator[str]:
        found = box.read_json("dns")
        for name in sorted(set(found) | set(self.document)):
            yield from _differs(f"dns.json: {name}", found.get(name), self.document.get(name))
