# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of rdp_probe: their spec, what is wrong with them, and the sentence a task fails with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import NoAnswer
from .certificate import normal_thumbprint
from .control import Verdict
from .judge import ALL
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


class OptionsError(ValueError):
    """An option that cannot be meant; the text is for the person who wrote it."""


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
        _check_ids("require", require - {ALL})
        _check_ids("skip", skip)
        _check_both(require, skip)
        _check_names(given["host"], given["server_name"])
        _check_numbers(given["port"], given["timeout"])
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
        lines = [f"{one.control.id} ({one.control.title}): {one.verdict}; {'; '.join(one.evidence)}" for one in failures]
        return f"{where} does not show what is required. " + ". ".join(lines)


def _check_ids(option: str, ids: Collection[str]) -> None:
    """A misspelled id must not go unnoticed."""
    known = {one for control in CONTROLS for one in control.ids}
    unknown = sorted(set(ids) - known)
    if unknown:
        raise OptionsError(
            f"No control of rdp_probe has the id {', '.join(unknown)} (option {option}). There are: "
            + ", ".join(control.id for control in CONTROLS)
            + "."
        )


def _check_both(require: Collection[str], skip: Collection[str]) -> None:
    both = [control.id for control in CONTROLS if control.ids & set(require) and control.ids & set(skip)]
    if both:
        raise OptionsError(f"{', '.join(both)} stands in both require and skip. What is skipped cannot be required: take it out of one.")


def _check_names(host: str, server_name: str | None) -> None:
    if not host.strip():
        raise OptionsError("host is empty: give the name or the address to connect to.")
    try:
        encoded = (server_name or "").encode("idna")
    except UnicodeError as error:
        raise OptionsError(f"server_name has to be a DNS name; it is {server_name!r}: {error}.") from error
    if b"\0" in encoded:
        raise OptionsError(f"server_name has to be a DNS name; it is {server_name!r}.")


def _check_numbers(port: int, timeout: float) -> None:
    if not 1 <= port <= 65535:
        raise OptionsError(f"port has to be from 1 to 65535; it is {port}.")
    if not 0 < timeout <= _LONGEST_TIMEOUT:
        raise OptionsError(f"timeout has to be above 0 and at most {_LONGEST_TIMEOUT} seconds; it is {timeout}.")
