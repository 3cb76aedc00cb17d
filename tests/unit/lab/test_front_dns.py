# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS front of a box: what is answered to whom, as its settings say. Real sockets only in the last tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.update
import pytest

from lab.box import Box
from lab.front.domain_names import DnsFront, answers, settings
from lab.front.domain_names.answers import Asked
from lab.front.domain_names.limits import DROPPED, GIVEN, TRUNCATED, Limits

ZONE = "corp.example"
RECORDS = [
    ["@", 3600, "SOA", "ns.corp.example. hostmaster.corp.example. 42 900 600 86400 3600"],
    ["@", 3600, "NS", "ns.corp.example."],
    ["ns", 3600, "A", "127.0.0.2"],
    ["www", 3600, "A", "10.20.0.5"],
    ["wpad", 3600, "A", "10.20.0.6"],
    *(["big", 3600, "TXT", f'"{number:0100d}"'] for number in range(20)),
]
LIMITING = {
    "Mode": "Disable",
    "ResponsesPerSec": 5,
    "ErrorsPerSec": 5,
    "IPv4PrefixLength": 24,
    "IPv6PrefixLength": 56,
    "LeakRate": 3,
    "TruncateRate": 2,
}
TRANSFER_KEY = rf"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones\{ZONE}"


def make_box(folder: Path, **changes: Any) -> Box:
    """changes: documents of dns.json by cmdlet, merged; `transfers`: values of the zone's key; `zone`: properties of the zone."""
    zone = {"ZoneName": ZONE, "ZoneType": "Primary", "IsDsIntegrated": False, "DynamicUpdate": "None", "records": RECORDS}
    document: dict[str, Any] = {
        "DnsServerZone": [zone | changes.pop("zone", {})],
        "DnsServerSetting": {
            "MajorVersion": 10,
            "MinorVersion": 0,
            "BuildNumber": 20348,
            "EnableVersionQuery": 0,
            "MaximumUdpPacketSize": 4000,
        },
        "DnsServerRecursion": {"Enable": True},
        "DnsServerEDns": {"EnableReception": True},
        "DnsServerGlobalQueryBlockList": {"Enable": True, "List": ["wpad", "isatap"]},
        "DnsServerResponseRateLimiting": dict(LIMITING),
        "DnsServerRootHint": [{"name": "a.root-servers.net.", "addresses": ["198.41.0.4"]}],
    }
    transfers = changes.pop("transfers", {})
    for name, value in changes.items():
        document[name] = document[name] | value if isinstance(value, dict) else value
    documents = {
        "dns": document,
        "registry": {"HKLM": {TRANSFER_KEY: {name: {"value": value} for name, value in transfers.items()}}},
        "services": {"DNS": {"state": "Running", "process": 7}},
        "network": {"sockets": [{"protocol": "udp", "address": "0.0.0.0", "port": 53, "process": 7}]},
    }
    for name, content in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return Box(folder)


def ask(box: Box, name: str, kind: str = "A", tcp: bool = True, client: str = "127.0.0.1", **options: Any) -> dns.message.Message | None:
    return send(box, dns.message.make_query(name, kind, **options), tcp, client)


def send(box: Box, query: dns.message.Message, tcp: bool = True, client: str = "127.0.0.1") -> dns.message.Message | None:
    found, _ = answers.respond(query.to_wire(), Asked(client, tcp), settings.read(box))
    assert len(found) < 2
    return dns.message.from_wire(found[0], one_rr_per_rrset=True) if found else None


def code(message: dns.message.Message | None) -> str:
    return "nothing" if message is None else dns.rcode.to_text(message.rcode())


def test_its_own_zone_is_answered_with_authority(tmp_path: Path) -> None:
    answer = ask(make_box(tmp_path), "www.corp.example")
    assert answer is not None
    assert answer.flags & dns.flags.AA
    assert answer.answer[0].to_text() == "www.corp.example. 3600 IN A 10.20.0.5"
    assert code(ask(make_box(tmp_path), "nobody.corp.example")) == "NXDOMAIN"


@pytest.mark.parametrize(
    ("values", "client", "expected"),
    [
        ({"SecureSecondaries": 0}, "203.0.113.9", "NOERROR"),
        ({"SecureSecondaries": 1}, "127.0.0.2", "NOERROR"),
        ({"SecureSecondaries": 1}, "127.0.0.1", "REFUSED"),
        ({"SecureSecondaries": 2, "SecondaryServers": ["127.0.0.1"]}, "127.0.0.1", "NOERROR"),
        ({"SecureSecondaries": 2, "SecondaryServers": ["127.0.0.1"]}, "127.0.0.2", "REFUSED"),
        ({"SecureSecondaries": 3}, "127.0.0.1", "REFUSED"),
        ({}, "127.0.0.1", "REFUSED"),
    ],
)
def test_a_zone_goes_to_those_who_may_have_it(tmp_path: Path, values: dict[str, Any], client: str, expected: str) -> None:
    answer = ask(make_box(tmp_path, transfers=values), ZONE, "AXFR", client=client)
    assert code(answer) == expected
    if answer and expected == "NOERROR":
        assert [rrset.rdtype for rrset in (answer.answer[0], answer.answer[-1])] == [dns.rdatatype.SOA] * 2
        assert len(answer.answer) > 4


def test_a_zone_in_the_directory_goes_to_nobody_unless_something_says_so(tmp_path: Path) -> None:
    assert code(ask(make_box(tmp_path, zone={"IsDsIntegrated": True}), ZONE, "AXFR", client="127.0.0.2")) == "REFUSED"
    assert code(ask(make_box(tmp_path), "other.example", "AXFR")) == "NOTAUTH"


def test_recursion_on_and_off_and_what_points_upwards(tmp_path: Path) -> None:
    answer = ask(make_box(tmp_path), "www.elsewhere.example")
    assert answer is not None
    assert answer.flags & dns.flags.RA
    assert answer.answer
    upward = ask(make_box(tmp_path, DnsServerRecursion={"Enable": False}), "www.elsewhere.example")
    assert upward is not None
    assert not upward.flags & dns.flags.RA
    assert not upward.answer
    assert upward.authority[0].name == dns.name.root
    assert code(ask(make_box(tmp_path, DnsServerRecursion={"Enable": False}, DnsServerRootHint=[]), "www.elsewhere.example")) == "SERVFAIL"


@pytest.mark.parametrize(("stored", "text"), [(0, None), (1, "Microsoft DNS 10.0.20348 (4F7C0000)"), (2, "Microsoft DNS 10.0")])
def test_the_version(tmp_path: Path, stored: int, text: str | None) -> None:
    query = dns.message.make_query("version.bind", "TXT", rdclass="CH")
    answer = send(make_box(tmp_path, DnsServerSetting={"EnableVersionQuery": stored}), query)
    assert answer is not None
    assert [str(record).strip('"') for rrset in answer.answer for record in rrset] == ([text] if text else [])
    assert all(rrset.rdclass == dns.rdataclass.IN for rrset in answer.answer)


def test_the_block_list_hides_a_name_of_the_zone(tmp_path: Path) -> None:
    assert code(ask(make_box(tmp_path), "wpad.corp.example")) == "NXDOMAIN"
    assert code(ask(make_box(tmp_path, DnsServerGlobalQueryBlockList={"Enable": False}), "wpad.corp.example")) == "NOERROR"


@pytest.mark.parametrize(("action", "expected"), [("DENY", "REFUSED"), ("IGNORE", "nothing"), ("ALLOW", "NOERROR")])
def test_policies(tmp_path: Path, action: str, expected: str) -> None:
    policy = {"Name": "any", "Action": action, "IsEnabled": True, "Criteria": [{"CriteriaType": "QType", "Criteria": "EQ,ANY"}]}
    box = make_box(tmp_path, DnsServerQueryResolutionPolicy=[policy]) if expected else make_box(tmp_path)
    assert code(ask(box, "www.corp.example", "ANY")) == expected
    assert code(ask(box, "www.corp.example", "A")) == "NOERROR"


def test_a_policy_of_a_client_subnet(tmp_path: Path) -> None:
    policy = {"Name": "out", "Action": "DENY", "IsEnabled": True, "Criteria": [{"CriteriaType": "ClientSubnet", "Criteria": "NE,inside"}]}
    subnets = [{"Name": "Inside", "IPv4Subnet": ["10.20.0.0/16"], "IPv6Subnet": None}]
    box = make_box(tmp_path, DnsServerQueryResolutionPolicy=[policy], DnsServerClientSubnet=subnets)
    assert [code(ask(box, "www.corp.example", client=client)) for client in ("10.20.3.4", "192.0.2.7")] == ["NOERROR", "REFUSED"]


@pytest.mark.parametrize(("stored", "expected"), [("NonsecureAndSecure", "NOERROR"), ("Secure", "REFUSED"), ("None", "REFUSED")])
def test_an_unsigned_update(tmp_path: Path, stored: str, expected: str) -> None:
    box = make_box(tmp_path, zone={"DynamicUpdate": stored, "IsDsIntegrated": True})
    update = dns.update.UpdateMessage(ZONE)
    update.present("www")
    assert code(send(box, update)) == expected
    wrong = dns.update.UpdateMessage(ZONE)
    wrong.present("no-such-name")
    assert code(send(box, wrong)) == ("NXDOMAIN" if expected == "NOERROR" else "REFUSED")


def test_the_size_of_an_answer(tmp_path: Path) -> None:
    box = make_box(tmp_path)
    for options, truncated in (({}, True), ({"use_edns": 0, "payload": 4096}, False), ({"use_edns": 0, "payload": 1232}, True)):
        answer = ask(box, "big.corp.example", "TXT", tcp=False, **options)
        assert answer is not None
        assert bool(answer.flags & dns.flags.TC) is truncated
    small = make_box(tmp_path, DnsServerSetting={"MaximumUdpPacketSize": 1221})
    answer = ask(small, "big.corp.example", "TXT", tcp=False, use_edns=0, payload=4096)
    assert answer is not None
    assert answer.flags & dns.flags.TC
    assert answer.payload == 1221
    assert code(ask(make_box(tmp_path, DnsServerEDns={"EnableReception": False}), "www.corp.example", use_edns=0)) == "FORMERR"


def test_rate_limiting_counts_by_second_and_by_answer() -> None:
    now = [100.0]
    limits = Limits(lambda: now[0])
    limiting = LIMITING | {"Mode": "Enable"}
    decided = [limits.decide("192.0.2.1", "www NOERROR", False, limiting) for _ in range(11)]
    assert decided == [GIVEN] * 5 + [DROPPED, TRUNCATED, GIVEN, TRUNCATED, DROPPED, GIVEN]
    assert limits.decide("192.0.2.99", "www NOERROR", False, limiting) == DROPPED
    assert limits.decide("198.51.100.1", "www NOERROR", False, limiting) == GIVEN
    now[0] += 1
    assert limits.decide("192.0.2.1", "www NOERROR", False, limiting) == GIVEN
    assert {limits.decide("192.0.2.1", "x", False, LIMITING | {"Mode": "LogOnly"}) for _ in range(20)} == {GIVEN}


def test_what_is_no_message_is_a_format_error(tmp_path: Path) -> None:
    asked = b"\x12\x34\x01\x00\x00\x01" + bytes(6) + b"\x3fcut short"
    found, _ = answers.respond(asked, Asked("127.0.0.1", True), settings.read(make_box(tmp_path)))
    assert [(wire[:2], wire[3] & 15) for wire in found] == [(b"\x12\x34", dns.rcode.FORMERR)]
    assert answers.respond(b"\x12", Asked("127.0.0.1", True), settings.read(make_box(tmp_path))) == ([], None)


def test_over_sockets_and_an_update_is_stored(tmp_path: Path) -> None:
    box = make_box(tmp_path, zone={"DynamicUpdate": "NonsecureAndSecure"})
    front = DnsFront(box)
    front.follow()
    try:
        assert front.port is not None
        query = dns.message.make_query("www.corp.example", "A")
        assert dns.query.udp(query, "127.0.0.1", timeout=5, port=front.port).answer
        update = dns.update.UpdateMessage(ZONE)
        update.add("new", 60, "A", "10.20.0.9")
        assert dns.query.tcp(update, "127.0.0.1", timeout=5, port=front.port).rcode() == dns.rcode.NOERROR
        assert dns.query.tcp(dns.message.make_query("new.corp.example", "A"), "127.0.0.1", timeout=5, port=front.port).answer
        assert ["new", 60, "A", "10.20.0.9"] in box.read_json("dns")["DnsServerZone"][0]["records"]
        box.write_json("services", {"DNS": {"state": "Stopped"}})
        before = front.port
        front.follow()
        assert front.port is None
        box.write_json("services", {"DNS": {"state": "Running", "process": 7}})
        front.follow()
        assert front.port == before
    finally:
        front.close()
    assert all(not thread.is_alive() for thread in front._threads)


def test_rate_limiting_over_sockets(tmp_path: Path) -> None:
    front = DnsFront(make_box(tmp_path, DnsServerResponseRateLimiting={"Mode": "Enable"}), clock=lambda: 1.0)
    front.follow()
    try:
        query = dns.message.make_query("www.corp.example", "A")
        answered = [dns.query.udp(query, "127.0.0.1", timeout=5, port=front.port or 0, ignore_trailing=True) for _ in range(5)]
        assert all(answer.answer for answer in answered)
        with pytest.raises(dns.exception.Timeout):
            dns.query.udp(query, "127.0.0.1", timeout=0.2, port=front.port or 0)
        assert dns.query.udp(query, "127.0.0.1", timeout=5, port=front.port or 0).flags & dns.flags.TC
        assert dns.query.tcp(query, "127.0.0.1", timeout=5, port=front.port or 0).answer
    finally:
        front.close()
