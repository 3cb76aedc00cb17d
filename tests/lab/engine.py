# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine of the lab is: it answers the payload's requests on a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from lab.box import Box


class EngineMissing(Exception):
    """The engine cannot run on this machine; the message says what to install."""


class Crashed(Exception):
    """The payload ended in the middle of its work, as a write fault asked."""


@dataclass(frozen=True)
class WriteFault:
    """A fault at one write of one answer.

    number: 1 is the first write of that kind in this answer.
    when: `before` or `after` the write's effect.
    effect: `crash` (the payload ends there), `collide` (CommitChanges fails as if the
        file had changed on disk), `sharing` (it fails with 0x80070020).
    kind: `write` counts commits, registry writes and service restarts; `journal` counts
        journal writes.
    """

    number: int
    when: str = "before"
    effect: str = "crash"
    kind: str = "write"

    def __post_init__(self) -> None:
        for field, allowed in (
            ("when", ("before", "after")),
            ("effect", ("crash", "collide", "sharing")),
            ("kind", ("write", "journal")),
        ):
            if getattr(self, field) not in allowed:
                raise ValueError(f"a write fault's {field} is one of {', '.join(allowed)}, not {getattr(self, field)!r}")

    def as_text(self) -> str:
        """The form of the environment variable LAB_FAULT, read by the PowerShell stand-ins."""
        return f"{self.kind}:{self.number}:{self.when}:{self.effect}"


class Engine(Protocol):
    """Answers one request of the payload on one box."""

    name: str

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: WriteFault | None = None) -> dict[str, Any]:
        """The payload's answer to `arguments` (what it sees as $complex_args).

        entry: the payload's name, such as `windows_iis`.
        Raises Crashed where the fault ends the payload, EngineMissing where the engine
        cannot run here.
        """
        ...


@dataclass(frozen=True)
class Answer:
    """What one command on the host printed, and how it ended."""

    stdout: bytes
    stderr: bytes = b""
    exit_code: int = 0
