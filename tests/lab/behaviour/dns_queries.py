# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what the DNS Server and others answer when the host itself asks them, and whom it asks."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Objects
from lab.behaviour.dns_host import CONTROLLER, FILES, FORWARDER, SHOP, host, reading, stopped
from lab.behaviour.dns_requests import get, query
from lab.behaviour.expectation import Expectation, Part
from lab.behaviour.row import Row
from lab.boxes import dns
from lab.boxes.dns_zones import primary, records

RESOLVE = "Resolve-DnsName, learn.microsoft.com"
CODES = "DNS_ERROR_RCODE_SERVER_FAILURE 9002, NAME_ERROR 9003, REFUSED 9005, ERROR_TIMEOUT 1460, win32 system errors"
HOST, LOOPBACK, CORP = "10.20.0.10", "127.0.0.1", "corp.example"
OTHER = "192.0.2.53"
SERVER_FAILURE, NO_SUCH_NAME, NO_ANSWER = "0x8007232a", "0x8007232b", "0x800705b4"


def _record(name: str, kind: str, data: str) -> dict[str, str]:
    return {"name": name, "type": kind, "data": data}


def _error(hresult: str, index: int = 0) -> tuple[Expectation, ...]:
    return (Part(f"{index}/error/kind", "dns_error"), Part(f"{index}/error/hresult", hresult))


SOA = _record(CORP, "SOA", "dc01.corp.example")
GLUE = _record("dc01.corp.example", "A", HOST)
NAMES = host(
    FILES,
    DnsServerZone=[
        primary(
            SHOP,
            records(
                "ns19.shop.example", ["www", 60, "A", "10.20.0.21"], ["www", 60, "AAAA", "2001:db8::21"], ["note", 60, "TXT", "one two"]
            ),
        ),
        primary("deep.shop.example", records("ns19.shop.example", ["a.b", 60, "A", "10.20.0.22"])),
    ],
)
KNOWN = [
    [".", 518400, "NS", "a.root-servers.net."],
    [".", 518400, "NS", "b.root-servers.net."],
    ["a.root-servers.net.", 518400, "A", "198.41.0.4"],
    ["b.root-servers.net.", 518400, "AAAA", "2801:1b8:10::b"],
]


def _neighbour() -> Any:
    network = {
        "active_profiles": ["Public"],
        "excluded": [],
        "sockets": [],
        "resolvers": dns.resolvers(OTHER),
        "name_servers": {OTHER: KNOWN},
    }
    return host(FILES, network=network)


ANSWERED = (
    reading(
        "where a zone begins, with the address of its server",
        host(CONTROLLER),
        query(HOST, (CORP, "SOA"), (CORP.upper() + ".", "NS")),
        Part("0/records", [SOA, GLUE]),
        Part("1/records", [{"type": "NS", "data": "dc01.corp.example"}, {"type": "A", "data": HOST}]),
        source="nslookup -type=soa of a Windows DNS Server: the internet address of the primary server comes with it",
        certainty="K",
    ),
    reading(
        "the zone with the longest name answers, and data of other types is not carried",
        NAMES,
        query(
            LOOPBACK,
            ("www.shop.example", "AAAA"),
            ("a.b.deep.shop.example", "A"),
            ("note.shop.example", "TXT"),
            ("deep.shop.example", "SOA"),
        ),
        Part("0/records", [_record("www.shop.example", "AAAA", "2001:db8::21")]),
        Part("1/records", [_record("a.b.deep.shop.example", "A", "10.20.0.22")]),
        Part("2/records", [_record("note.shop.example", "TXT", "")]),
        Part("3/records/0/data", "ns19.shop.example"),
        source=RESOLVE,
        certainty="D",
    ),
    reading(
        "a name without a record of the type, and one above others",
        NAMES,
        query(LOOPBACK, ("note.shop.example", "A"), ("b.deep.shop.example", "A")),
        Part("0/records", []),
        Part("1/records", []),
        source="RFC 2308 and 8020: no data, and nothing but names below, is no error",
        certainty="D",
    ),
    reading(
        "a name that does not exist, and one question's error hides no other's answer",
        host(CONTROLLER),
        query(HOST, ("nobody.corp.example", "A"), (CORP, "SOA")),
        *_error(NO_SUCH_NAME),
        Part("1/records/0/type", "SOA"),
        source=CODES,
        certainty="D",
    ),
    reading(
        "a name of the block list does not exist, though the zone has it",
        host(CONTROLLER),
        query(HOST, ("wpad.corp.example", "A"), ("www.corp.example", "A")),
        *_error(NO_SUCH_NAME),
        Part("1/records/0/data", "10.20.0.5"),
        source="[MS-DNSP] 3.1.1.1.1 EnableGlobalQueryBlockList",
        certainty="D",
    ),
    reading(
        "a name of the block list is found where the list is off",
        host(CONTROLLER, DnsServerGlobalQueryBlockList={"Enable": False}),
        query(HOST, ("wpad.corp.example", "A")),
        Part("0/records/0/data", "10.20.0.6"),
        source="[MS-DNSP] 3.1.1.1.1 EnableGlobalQueryBlockList",
        certainty="D",
    ),
    reading(
        "the root is what the root hints say",
        host(DnsServerRootHint=[{"name": "a.root-servers.net.", "addresses": ["198.41.0.4", "2001:503:ba3e::2:30"]}]),
        query(LOOPBACK, (".", "NS")),
        Part(
            "0/records",
            [
                {"type": "NS", "data": "a.root-servers.net"},
                {"type": "A", "name": "a.root-servers.net", "data": "198.41.0.4"},
                {"type": "AAAA", "data": "2001:503:ba3e::2:30"},
            ],
        ),
        source="facts of upward referrals; the lab reaches no root server",
        certainty="I",
    ),
    reading(
        "another server is asked, with its addresses",
        _neighbour(),
        query(OTHER, (".", "NS"), ("a.root-servers.net", "A")),
        Part(
            "0/records",
            [{"data": "a.root-servers.net"}, {"data": "b.root-servers.net"}, {"data": "198.41.0.4"}, {"data": "2801:1b8:10::b"}],
        ),
        Part("1/records", [{"name": "a.root-servers.net", "type": "A", "data": "198.41.0.4"}]),
        source=RESOLVE,
        certainty="D",
    ),
)


def _silent(name: str, situation: Any, server: str) -> Row:
    return reading(name, situation, query(server, (SHOP, "SOA")), *_error(NO_ANSWER), source=CODES, certainty="D")


UNANSWERED = (
    reading(
        "a name outside the zones, which the lab's server cannot find",
        host(),
        query(LOOPBACK, ("www.elsewhere.example", "A")),
        *_error(SERVER_FAILURE),
        source=CODES + "; recursion reaches nobody",
        certainty="I",
    ),
    _silent("a server that nobody is at", host(), "203.0.113.1"),
    _silent("an address of the host at which the service does not listen", host("dns_hardened"), LOOPBACK),
    _silent("the service does not run", stopped(), "10.20.0.20"),
)

RESOLVERS = (
    reading(
        "whom the host itself asks, by kind of address",
        host(FORWARDER),
        get("DnsClientServerAddress", "InterfaceAlias", "AddressFamily", "ServerAddresses"),
        Objects(
            ({"AddressFamily": 2, "ServerAddresses": [OTHER], "InterfaceAlias": "Ethernet"}, {"AddressFamily": 23, "ServerAddresses": []})
        ),
        source="Get-DnsClientServerAddress, learn.microsoft.com",
        certainty="D",
    ),
    reading(
        "whom the host itself asks, one kind only, where the service does not run",
        stopped(),
        get("DnsClientServerAddress", "ServerAddresses", AddressFamily="IPv4"),
        Objects(({"ServerAddresses": [LOOPBACK]},)),
        source="Get-DnsClientServerAddress, learn.microsoft.com",
        certainty="D",
    ),
)

ROWS = (*ANSWERED, *UNANSWERED, *RESOLVERS)
