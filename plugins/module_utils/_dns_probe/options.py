# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of dns_probe: their spec, what is wrong with them, and the sentence a task fails with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._probe.control import Control, Verdict
from .._probe.demands import OptionsError, check_demands, check_numbers, shortcomings
from .answers import NoAnswer
from .dns_controls import CONTROLS

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 53},
    "timeout": {"type": "float", "default": 5.0},
    "zones": {"type": "list", "elements": "str"},
    "recursion_name": {"type": "str", "default": "example.com"},
    "rate_limiting": {"type": "bool", "default": False},
    "require": {"type": "list", "elements": "str"},
    "skip": {"type": "list", "elements": "str"},
}
_LONGEST_NAME = 253
# What names of zones and hosts are made of; RFC 2317 puts slashes into names of reverse zones.
_NAME = re.compile(r"[\w/.-]+")


@dataclass(frozen=True)
class Options:
    """zones and recursion_name: in ASCII and small letters, without the final dot; the root is one."""

    host: str
    port: int
    timeout: float
    zones: tuple[str, ...]
    recursion_name: str
    rate_limiting: bool
    require: frozenset[str]
    skip: frozenset[str]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Options:
        """Raises OptionsError before anything is asked."""
        require, skip = frozenset(given["require"] or ()), frozenset(given["skip"] or ())
        check_demands("dns_probe", CONTROLS, require, skip)
        check_numbers(given["port"], given["timeout"])
        if not given["host"].strip():
            raise OptionsError("host is empty: give the name or the address to ask.")
        zones = tuple(dict.fromkeys(_name("zones", zone) for zone in given["zones"] or ()))
        recursion_name = _foreign(_name("recursion_name", given["recursion_name"]), zones)
        return cls(given["host"], given["port"], given["timeout"], zones, recursion_name, given["rate_limiting"], require, skip)

    @property
    def controls(self) -> tuple[Control, ...]:
        """Those that are not skipped."""
        return tuple(control for control in CONTROLS if not control.ids & self.skip)

    def complaint(self, silence: NoAnswer | None, failures: Collection[Verdict]) -> str:
        """What a required control failed on, for the task's message."""
        where = f"The DNS server at {self.host} port {self.port}"
        if silence is not None:
            return (
                f"{where} cannot be judged: {silence.text}. Check that the host is up, that its DNS service listens on this address and port, "
                "and that the firewall lets this machine through; that nothing answers does not prove that anything is hardened."
            )
        return shortcomings(where, failures)


def _name(option: str, given: str) -> str:
    """A name as it goes over the wire. Raises OptionsError."""
    if given == ".":
        return given
    try:
        name = given.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise OptionsError(f"{option} has to hold DNS names; {given!r} is none: {error}.") from error
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise OptionsError(f"{option} has to hold DNS names; {given!r} is none.")
    return name


def _foreign(name: str, zones: Iterable[str]) -> str:
    """What a server knows itself needs no recursion."""
    own = [zone for zone in zones if name == zone or name.endswith(f".{zone}")]
    if own:
        raise OptionsError(f"recursion_name has to be a name outside of the server's zones; {name} is in {own[0]}. Give another one.")
    return name
