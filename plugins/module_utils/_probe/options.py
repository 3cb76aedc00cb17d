# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of rdp_probe: their spec, what is wrong with them, and the sentence a task fails with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import NoAnswer
from .certificate import normal_thumbprint
from .control import Verdict
from .demands import OptionsError, check_demands, check_numbers, shortcomings
from .probing import Target
from .rdp_controls import CONTROLS

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 3389},
    "timeout": {"type": "float", "default": 5.0},
    "server_name": {"type": "str"},
    "certificate_thumbprint": {"type": "str"},
    "require": {"type": "list", "elements": "str"},
    "skip": {"type": "list", "elements": "str"},
}
_LONGEST_TIMEOUT = 3600


@dataclass(frozen=True)
class Options:
    target: Target
    thumbprint: str | None
    require: frozenset[str]
    skip: frozenset[str]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Options:
        """Raises OptionsError before anything is connected to."""
        require, skip = frozenset(given["require"] or ()), frozenset(given["skip"] or ())
        check_demands("rdp_probe", CONTROLS, require, skip)
        _check_names(given["host"], given["server_name"])
        check_numbers(given["port"], given["timeout"])
        thumbprint = given["certificate_thumbprint"]
        try:
            thumbprint = normal_thumbprint(thumbprint) if thumbprint else None
        except ValueError as error:
            raise OptionsError(str(error)) from error
        target = Target(given["host"], given["port"], given["timeout"], given["server_name"] or None)
        return cls(target, thumbprint, require, skip)

    def complaint(self, silence: NoAnswer | None, failures: Collection[Verdict]) -> str:
        """What a required control failed on, for the task's message."""
        where = f"Remote Desktop at {self.target.host} port {self.target.port}"
        if silence is not None:
            return (
                f"{where} cannot be judged: {silence.text}. Check that the host is up, that Remote Desktop is enabled on this port, and "
                "that the firewall lets this machine through; that nothing answers does not prove that anything is hardened."
            )
        return shortcomings(where, failures)


def _check_names(host: str, server_name: str | None) -> None:
    if not host.strip():
        raise OptionsError("host is empty: give the name or the address to connect to.")
    try:
        encoded = (server_name or "").encode("idna")
    except UnicodeError as error:
        raise OptionsError(f"server_name has to be a DNS name; it is {server_name!r}: {error}.") from error
    if b"\0" in encoded:
        raise OptionsError(f"server_name has to be a DNS name; it is {server_name!r}.")
