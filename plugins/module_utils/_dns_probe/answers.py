# SPDX-License-Identifier: GPL-3.0-or-later
"""What may come back for a DNS message, whatever the message was."""

from __future__ import annotations

from dataclasses import dataclass

TCP, UDP = "TCP", "UDP"

TIMEOUT = "timeout"
CLOSED = "closed"
RESET = "reset"
REFUSED_PORT = "port_refused"
UNREACHABLE = "unreachable"
UNRESOLVED = "unresolved"

# kind -> what a person reads after "no answer over TCP: ".
SILENCES = {
    TIMEOUT: "nothing came within the timeout",
    CLOSED: "the connection was closed",
    RESET: "the connection was reset",
    REFUSED_PORT: "the port is closed",
    UNREACHABLE: "the host cannot be reached",
    UNRESOLVED: "the name of the host has no address",
}

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"
NOTAUTH = "NOTAUTH"


@dataclass(frozen=True)
class NoAnswer:
    """Nothing came back. It proves nothing about a setting: a closed port is not a hardened one.

    transport: TCP or UDP. kind: one of SILENCES. connected: whether there was a TCP connection at all.
    further: the same for the other transport, as text, where that was tried as well.
    """

    transport: str
    kind: str
    connected: bool = False
    further: str = ""

    @property
    def text(self) -> str:
        return f"no answer over {self.transport}: {SILENCES[self.kind]}" + (f"; {self.further}" if self.further else "")

    @property
    def was_ended(self) -> bool:
        """Whether the server took the question and ended the connection instead of answering."""
        return self.connected and self.kind in (CLOSED, RESET)


@dataclass(frozen=True)
class Unreadable:
    """Something came back that is no DNS message, only a part of one, or the answer to another question."""

    transport: str
    size: int
    why: str

    @property
    def text(self) -> str:
        return f"an answer over {self.transport} that cannot be read: {self.why} ({self.size} bytes)"


@dataclass(frozen=True)
class Record:
    """name: absolute, with the final dot. kind: such as TXT. strings: of a TXT record. serial: of a SOA record."""

    name: str
    kind: str
    strings: tuple[str, ...] = ()
    serial: int | None = None


@dataclass(frozen=True)
class Reply:
    """A DNS message that answers the question. rcode: its name. payload: the UDP size that EDNS offers, None without EDNS."""

    transport: str
    rcode: str
    authoritative: bool = False
    truncated: bool = False
    recursion_available: bool = False
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    payload: int | None = None

    @property
    def text(self) -> str:
        """Counts only: what a record says is nobody's business in a log."""
        flags = {"AA": self.authoritative, "TC": self.truncated, "RA": self.recursion_available}
        shown = "".join(f" {name}" for name, is_set in flags.items() if is_set)
        return f"{self.rcode} over {self.transport},{shown or ' no'} flags, {len(self.answer)} answers, {len(self.authority)} in authority"

    @property
    def serial(self) -> int | None:
        return next((record.serial for record in self.answer if record.kind == "SOA"), None)


Answer = Reply | NoAnswer | Unreadable
