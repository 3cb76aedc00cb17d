# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything one look at a DNS server saw. Nothing in it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .answers import NOERROR, NOTAUTH, NOTIMP, NXDOMAIN, REFUSED, TCP, Answer, NoAnswer, Reply

# Names of the class CH that servers tell their version under. Source: nmap-service-probes, ISC's BIND reference manual.
VERSION_NAMES = ("version.bind", "version.server")
# An update that is answered with one of these was not looked at. Source: RFC 2136 3.1, 3.3; RFC 1035 4.1.1.
NOT_TAKEN = frozenset({REFUSED, NOTAUTH, NOTIMP})
# What a whole answer for the SOA shows the absence of a zone with, where it is not that record. Source: RFC 1035 4.1.1, RFC 2136 2.2.
ABSENT = frozenset({NOERROR, NXDOMAIN, NOTAUTH})


@dataclass(frozen=True)
class Zone:
    """name: without the final dot. None: not asked. update: to one that is empty. deletion: to one that deletes what is not there."""

    name: str
    soa: Answer
    transfer: Answer | None = None
    update: Answer | None = None
    deletion: Answer | None = None
    soa_after: Answer | None = None

    @property
    def is_served(self) -> bool | None:
        """Whether the server has the zone; None where its answers do not tell.

        A zone that is there is answered with SERVFAIL while it loads or after it expired, and with REFUSED where a policy keeps this host out.
        """
        if not isinstance(self.soa, Reply):
            return None
        if self.soa.authoritative and self.soa.rcode == NOERROR and self.soa.serial is not None:
            return True
        if self.soa.truncated:
            return None
        return False if self.soa.rcode in ABSENT or self._is_denied else None

    @property
    def _is_denied(self) -> bool:
        """REFUSED is also said of names in no zone; the transfer of a zone that is there is not NOTAUTH then.

        An update proves less, because a secondary may say NOTAUTH to one; and so does SERVFAIL, because a zone that expired may.
        """
        by_transfer = isinstance(self.transfer, Reply) and self.transfer.rcode == NOTAUTH
        return isinstance(self.soa, Reply) and self.soa.rcode == REFUSED and by_transfer

    @property
    def serial(self) -> int | None:
        return serial_of(self.soa)

    @property
    def serial_after(self) -> int | None:
        return serial_of(self.soa_after)


def serial_of(answer: Answer | None) -> int | None:
    return answer.serial if isinstance(answer, Reply) else None


@dataclass(frozen=True)
class Burst:
    """Many identical questions at once over UDP, and as many over TCP. other: answers that are neither whole nor truncated."""

    name: str
    sent: int
    whole: int
    truncated: int
    other: int
    tcp_answered: int

    @property
    def missing(self) -> int:
        return self.sent - self.whole - self.truncated - self.other

    @property
    def text(self) -> str:
        udp = f"{self.whole} answered, {self.truncated} truncated, {self.other} with an error, {self.missing} not answered"
        return f"of {self.sent} identical questions over UDP {udp}; over TCP {self.tcp_answered} of {self.sent} answered"


@dataclass(frozen=True)
class Observations:
    """tcp, udp: to the first question; the latter with EDNS. edns: the same as udp, or over TCP where UDP is silent.

    versions: by VERSION_NAMES. referral: an outside name without recursion asked for. recursion: with it. root: the root's servers.
    """

    tcp: Answer
    udp: Answer
    edns: Answer
    zones: tuple[Zone, ...] = ()
    versions: Mapping[str, Answer] = field(default_factory=dict)
    referral: Answer | None = None
    recursion: Answer | None = None
    root: Answer | None = None
    burst: Burst | None = None

    def all(self) -> Iterator[Answer]:
        for zone in self.zones:
            yield from (each for each in (zone.soa, zone.transfer, zone.update, zone.deletion, zone.soa_after) if each is not None)
        yield from (self.tcp, self.udp, self.edns, *self.versions.values())
        yield from (each for each in (self.referral, self.recursion, self.root) if each is not None)

    @property
    def silence(self) -> NoAnswer | None:
        """Set where not one question was answered: what came for the first one instead."""
        return self.tcp if isinstance(self.tcp, NoAnswer) and all(isinstance(each, NoAnswer) for each in self.all()) else None

    @property
    def tcp_reply(self) -> Reply | None:
        """Any answer over TCP: a policy may drop one question and answer the next."""
        return next((each for each in self.all() if isinstance(each, Reply) and each.transport == TCP), None)

    @property
    def served(self) -> tuple[Zone, ...]:
        return tuple(zone for zone in self.zones if zone.is_served)
