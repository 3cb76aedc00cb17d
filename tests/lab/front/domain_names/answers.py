# SPDX-License-Identifier: GPL-3.0-or-later
"""What a DNS Server answers: a message and where it came from in, messages out. No sockets.

Names outside the zones have made-up addresses where recursion is on, as the internet would give some. What Microsoft's server says to
a query that it does not want is not documented for every case; `refusal` is the code used there, so that a test can try several.
"""

from __future__ import annotations

from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from . import policies, updates
from .settings import Settings, ZoneSettings

VERSION_NAMES = tuple(dns.name.from_text(name) for name in ("version.bind.", "version.server."))
TRANSFERS = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)
SOMEWHERE = "192.0.2.1"
ROOT_SECONDS, MADE_UP_SECONDS = 518400, 60
TCP_SIZE = 65535
PLAIN_UDP_SIZE = 512


@dataclass(frozen=True)
class Asked:
    """client: the address it came from. tcp: the transport."""

    client: str
    tcp: bool


def respond(wire: bytes, asked: Asked, settings: Settings, refusal: int = dns.rcode.SERVFAIL) -> tuple[list[bytes], str | None]:
    """The answer's messages (none: it is left unanswered), and the name of the zone that an update changed.

    A message that cannot be read is a format error where its id can be.
    """
    try:
        query = dns.message.from_wire(wire, ignore_trailing=True)
    except Exception:  # whatever a stranger sends
        return ([wire[:2] + b"\x80\x01" + bytes(8)] if len(wire) >= 12 else []), None
    if query.flags & dns.flags.QR:
        return [], None
    if query.opcode() == dns.opcode.UPDATE:
        return _updated(query, settings)
    answer = _answer(query, asked, settings, refusal)
    return ([] if answer is None else _wires(query, answer, asked, settings)), None


def _updated(query: dns.message.Message, settings: Settings) -> tuple[list[bytes], str | None]:
    code, changed = updates.apply(query, settings)
    answer = dns.message.make_response(query)
    answer.set_rcode(code)
    return [answer.to_wire()], changed


def _answer(query: dns.message.Message, asked: Asked, settings: Settings, refusal: int) -> dns.message.Message | None:
    if query.opcode() != dns.opcode.QUERY:
        return _coded(query, dns.rcode.NOTIMP)
    if len(query.question) != 1 or (query.edns >= 0 and settings.edns_size is None):
        return _coded(query, dns.rcode.FORMERR)
    if query.edns > 0:
        return _coded(query, dns.rcode.BADVERS)
    action = policies.action(query.question[0], asked.client, asked.tcp, settings)
    if action is not None:
        return None if action == "IGNORE" else _coded(query, dns.rcode.REFUSED)
    question = query.question[0]
    if question.rdclass == dns.rdataclass.CH:
        return _version(query, settings, refusal)
    if question.rdtype in TRANSFERS:
        return _transfer(query, asked, settings)
    zone = _zone_of(question.name, settings)
    return _outside(query, settings, refusal) if zone is None else _inside(query, zone, settings)


def _coded(query: dns.message.Message, code: int) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.set_rcode(dns.rcode.Rcode(code))
    return answer


def _version(query: dns.message.Message, settings: Settings, refusal: int) -> dns.message.Message:
    """The answer's class is IN although CH is asked (nmap-service-probes, Microsoft DNS)."""
    question = query.question[0]
    if settings.version is None or question.name not in VERSION_NAMES or question.rdtype != dns.rdatatype.TXT:
        return _coded(query, refusal)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.AA
    answer.answer.append(dns.rrset.from_text(question.name, 1500, "IN", "TXT", f'"{settings.version}"'))
    return answer


def _zone_of(name: dns.name.Name, settings: Settings) -> ZoneSettings | None:
    """The closest zone that a name stands in."""
    while True:
        if name in settings.zones:
            return settings.zones[name]
        if name == dns.name.root:
            return None
        name = name.parent()


def _inside(query: dns.message.Message, zone: ZoneSettings, settings: Settings) -> dns.message.Message:
    question, answer = query.question[0], dns.message.make_response(query)
    answer.flags |= dns.flags.AA | (dns.flags.RA if settings.recursion else 0)
    origin = zone.zone.origin
    node = None if _blocked(question, zone, settings) else zone.zone.get_node(question.name)
    wanted = dns.rdatatype.CNAME if node and node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.CNAME) else question.rdtype
    for rdataset in node or ():
        if wanted in (rdataset.rdtype, dns.rdatatype.ANY):
            answer.answer.append(dns.rrset.from_rdata_list(question.name, rdataset.ttl, list(rdataset)))
    if not answer.answer:
        soa = zone.zone.find_rdataset(origin, "SOA")
        answer.authority.append(dns.rrset.from_rdata_list(origin, soa.ttl, list(soa)))
        answer.set_rcode(dns.rcode.NOERROR if node else dns.rcode.NXDOMAIN)
    return answer


def _blocked(question: dns.rrset.RRset, zone: ZoneSettings, settings: Settings) -> bool:
    """The global query block list is of single labels, below any primary zone."""
    if not zone.primary:
        return False
    return str(question.name.relativize(zone.zone.origin)).lower() in settings.blocked


def _outside(query: dns.message.Message, settings: Settings, refusal: int) -> dns.message.Message:
    question = query.question[0]
    if not settings.recursion:
        return _referral(query, settings) if settings.root_hints else _coded(query, refusal)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    if not query.flags & dns.flags.RD:
        return answer
    if question.name == dns.name.root and question.rdtype == dns.rdatatype.NS:
        answer.answer.append(_root(settings))
    elif question.rdtype in (dns.rdatatype.A, dns.rdatatype.ANY):
        answer.answer.append(dns.rrset.from_text(question.name, MADE_UP_SECONDS, "IN", "A", SOMEWHERE))
    return answer


def _root(settings: Settings) -> dns.rrset.RRset:
    return dns.rrset.from_text(dns.name.root, ROOT_SECONDS, "IN", "NS", *settings.root_hints)


def _referral(query: dns.message.Message, settings: Settings) -> dns.message.Message:
    """Who has root hints and no recursion points upwards, which is a long answer to a short question."""
    answer = dns.message.make_response(query)
    answer.authority.append(_root(settings))
    return answer


def _transfer(query: dns.message.Message, asked: Asked, settings: Settings) -> dns.message.Message:
    question = query.question[0]
    zone = settings.zones.get(question.name)
    if zone is None:
        return _coded(query, dns.rcode.NOTAUTH)
    if not zone.may_transfer(asked.client):
        return _coded(query, dns.rcode.REFUSED)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.AA
    soa = zone.zone.find_rdataset(question.name, "SOA")
    first = dns.rrset.from_rdata_list(question.name, soa.ttl, list(soa))
    answer.answer.append(first)
    if not asked.tcp or (question.rdtype == dns.rdatatype.IXFR and _is_current(query, first)):
        return answer
    for name, rdataset in zone.zone.iterate_rdatasets():
        if (name, rdataset.rdtype) != (question.name, dns.rdatatype.SOA):
            answer.answer.append(dns.rrset.from_rdata_list(name, rdataset.ttl, list(rdataset)))
    answer.answer.append(dns.rrset.from_rdata_list(question.name, soa.ttl, list(soa)))
    return answer


def _is_current(query: dns.message.Message, soa: dns.rrset.RRset) -> bool:
    given = [record for rrset in query.authority if rrset.rdtype == dns.rdatatype.SOA for record in rrset]
    return bool(given) and bool(given[0].serial == soa[0].serial)


def _wires(query: dns.message.Message, answer: dns.message.Message, asked: Asked, settings: Settings) -> list[bytes]:
    size = TCP_SIZE
    if query.edns >= 0 and settings.edns_size is not None:
        answer.use_edns(0, 0, settings.edns_size)
    if not asked.tcp:
        size = min(max(query.payload, PLAIN_UDP_SIZE), settings.edns_size or PLAIN_UDP_SIZE) if query.edns >= 0 else PLAIN_UDP_SIZE
    wire = answer.to_wire(max_size=TCP_SIZE)
    return [wire if len(wire) <= size else truncated(answer).to_wire()]


def truncated(answer: dns.message.Message) -> dns.message.Message:
    """The question alone, with the flag that says to come back over TCP."""
    short = dns.message.from_wire(answer.to_wire(max_size=TCP_SIZE))
    short.flags |= dns.flags.TC
    short.answer, short.authority, short.additional = [], [], []
    return short
