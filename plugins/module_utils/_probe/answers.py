# SPDX-License-Identifier: GPL-3.0-or-later
"""What may come back for a message, whatever the message was."""

from __future__ import annotations

from dataclasses import dataclass

TIMEOUT = "timeout"
CLOSED = "closed"
RESET = "reset"
REFUSED = "connection_refused"
UNREACHABLE = "unreachable"
UNRESOLVED = "unresolved"
FOREIGN = "foreign"

# kind -> what a person reads after "no answer: ".
SILENCES = {
    TIMEOUT: "nothing came within the timeout",
    CLOSED: "the connection was closed",
    RESET: "the connection was reset",
    REFUSED: "the TCP connection was refused",
    UNREACHABLE: "no TCP connection could be made",
    UNRESOLVED: "the name has no address",
    FOREIGN: "something that is no Remote Desktop answered",
}


@dataclass(frozen=True)
class NoAnswer:
    """Nothing came back. It proves nothing about a setting: a closed port is not a hardened one.

    kind: one of SILENCES. connected: whether there was a TCP connection at all. detail: the system's own text, or empty.
    """

    kind: str
    connected: bool
    detail: str = ""

    @property
    def text(self) -> str:
        return f"no answer: {SILENCES[self.kind]}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Unreadable:
    """Something came back that is none of the known answers, or only a part of one."""

    data: bytes
    why: str

    @property
    def text(self) -> str:
        return f"an answer that cannot be read: {self.why} ({len(self.data)} bytes, {self.data[:16].hex()})"


@dataclass(frozen=True)
class Disconnected:
    """An MCS Disconnect Provider Ultimatum, or an MCS response that says no: the server spoke, and ended it."""

    result: int | None = None

    @property
    def text(self) -> str:
        return "MCS refused" if self.result is None else f"MCS refused with result {self.result}"
