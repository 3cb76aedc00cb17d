# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions as bytes, and answers out of bytes. The only file that needs dnspython; it opens no socket."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update

from .answers import Record, Reply, Unreadable

# Asked for with EDNS: more than any server should offer, so that its own limit is what is seen.
OFFERED_PAYLOAD = 4096


@dataclass(frozen=True)
class Query:
    """One question, with an id of its own."""

    message: dns.message.Message

    @property
    def wire(self) -> bytes:
        return self.message.to_wire()

    def read(self, data: bytes, transport: str) -> Reply | Unreadable:
        """The answer to this question; Unreadable where it is none."""
        try:
            found = dns.message.from_wire(data, one_rr_per_rrset=True, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError) as error:
            return Unreadable(transport, len(data), str(error) or type(error).__name__)
        return _reply(found, transport) if self._is_answered(found) else Unreadable(transport, len(data), "it answers another question")

    def _is_answered(self, found: dns.message.Message) -> bool:
        """An answer repeats the question or leaves it out, as some do that refuse and some that transfer."""
        same = found.id == self.message.id and found.opcode() == self.message.opcode() and bool(found.flags & dns.flags.QR)
        return same and (not found.question or found.question == self.message.question)

    @property
    def id(self) -> int:
        return self.message.id


def _reply(found: dns.message.Message, transport: str) -> Reply:
    return Reply(
        transport=transport,
        rcode=dns.rcode.to_text(found.rcode()),
        authoritative=bool(found.flags & dns.flags.AA),
        truncated=bool(found.flags & dns.flags.TC),
        recursion_available=bool(found.flags & dns.flags.RA),
        answer=_records(found.sections[dns.message.ANSWER]),
        authority=_records(found.sections[dns.message.AUTHORITY]),
        payload=found.payload if found.edns >= 0 else None,
    )


def _records(section: list[dns.rrset.RRset]) -> tuple[Record, ...]:
    return tuple(_record(rrset) for rrset in section)


def _record(rrset: dns.rrset.RRset) -> Record:
    """An RRset of one record, or of none: an answer to an update repeats what asks for nothing but a name."""
    data = next(iter(rrset), None)
    return Record(
        name=rrset.name.to_text().lower(),
        kind=dns.rdatatype.to_text(rrset.rdtype),
        strings=tuple(part.decode("utf-8", "backslashreplace") for part in getattr(data, "strings", ())),
        serial=getattr(data, "serial", None) if rrset.rdtype == dns.rdatatype.SOA else None,
    )


def question(name: str, kind: str, recursion: bool = False, chaos: bool = False, edns: bool = False) -> Query:
    """Without EDNS unless asked for: not every server takes it, and over TCP nothing is gained."""
    made = dns.message.make_query(
        dns.name.from_text(name),
        kind,
        dns.rdataclass.CH if chaos else dns.rdataclass.IN,
        use_edns=0 if edns else -1,
        payload=OFFERED_PAYLOAD if edns else None,
    )
    made.flags = dns.flags.Flag(dns.flags.RD if recursion else 0)
    return Query(made)


def transfer(zone: str) -> Query:
    """The whole zone is asked for; whoever sends this reads one message of it. Source: RFC 5936 2.1."""
    return question(zone, "AXFR")


def empty_update(zone: str) -> Query:
    """An update that asks whether the zone's own name is in use, which it is, and changes nothing. Source: RFC 2136 2.4.4."""
    made = dns.update.UpdateMessage(dns.name.from_text(zone))
    made.present(dns.name.from_text(zone))
    return Query(made)


def deletion_of_nothing(zone: str) -> Query:
    """An update that deletes a name that is not there, so that it is silently ignored. Source: RFC 2136 2.5.3."""
    made = dns.update.UpdateMessage(dns.name.from_text(zone))
    made.delete(dns.name.from_text(f"probe-{secrets.token_hex(16)}", dns.name.from_text(zone)))
    return Query(made)


def identical_questions(name: str, kind: str, count: int) -> list[Query]:
    """The same question again and again; the ids differ, so that each answer counts for one of them."""
    first = secrets.randbelow(0x10000)
    found = [question(name, kind) for _number in range(count)]
    for number, query in enumerate(found):
        query.message.id = (first + number) % 0x10000
    return found
