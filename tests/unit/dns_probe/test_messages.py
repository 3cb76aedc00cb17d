# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions as bytes, written by hand from RFC 1035, 2136, 5936 and 6891, and answers out of bytes, as servers send them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import messages
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.answers import TCP, UDP, Record, Reply, Unreadable
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.messages import Query

APEX = b"\x04corp\x07example\0"
# (flags and counts, what follows), after the id.
QUESTIONS = {
    "SOA": (messages.question("corp.example", "SOA"), "0000 0001 0000 0000 0000", APEX + b"\0\x06\0\x01"),
    "recursion desired": (messages.question("corp.example", "A", recursion=True), "0100 0001 0000 0000 0000", APEX + b"\0\x01\0\x01"),
    "the root": (messages.question(".", "NS"), "0000 0001 0000 0000 0000", b"\0\0\x02\0\x01"),
    "version": (
        messages.question("version.bind", "TXT", chaos=True),
        "0000 0001 0000 0000 0000",
        b"\x07version\x04bind\0\0\x10\0\x03",
    ),
    "EDNS with 4096 bytes": (
        messages.question("corp.example", "SOA", edns=True),
        "0000 0001 0000 0000 0001",
        APEX + b"\0\x06\0\x01" + b"\0\0\x29\x10\0\0\0\0\0\0\0",
    ),
    "transfer": (messages.transfer("corp.example"), "0000 0001 0000 0000 0000", APEX + b"\0\xfc\0\x01"),
    "empty update: the zone's name is in use, and nothing is updated": (
        messages.empty_update("corp.example"),
        "2800 0001 0001 0000 0000",
        APEX + b"\0\x06\0\x01" + b"\xc0\x0c\0\xff\0\xff\0\0\0\0\0\0",
    ),
}


@pytest.mark.parametrize(("query", "header", "rest"), QUESTIONS.values(), ids=QUESTIONS)
def test_questions(query: Query, header: str, rest: bytes) -> None:
    assert query.wire[2:] == bytes.fromhex(header.replace(" ", "")) + rest
    assert query.wire[:2] == query.id.to_bytes(2, "big")


def test_a_deletion_deletes_everything_of_a_name_that_nobody_has() -> None:
    """Type and class ANY, no TTL, no data: RFC 2136 2.5.3. No prerequisite, one update."""
    first, second = (messages.deletion_of_nothing("corp.example").wire for _time in range(2))
    header = bytes.fromhex("28000001000000010000")
    pattern = re.escape(header + APEX + b"\0\x06\0\x01" + b"\x26") + rb"probe-([0-9a-f]{32})\xc0\x0c\0\xff\0\xff\0\0\0\0\0\0"
    found = [re.fullmatch(pattern, wire[2:]) for wire in (first, second)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][1] != found[1][1]


def test_identical_questions_differ_in_their_ids_only() -> None:
    found = messages.identical_questions("corp.example", "SOA", 60)
    assert len({query.id for query in found}) == 60
    assert len({query.wire[2:] for query in found}) == 1


# -- answers --------------------------------------------------------------------------------------------


def answer(query: Query, flags: int, counts: str, rest: bytes = b"") -> bytes:
    """The question's id and question, with an answer's flags and counts. counts: of answers, authority and additional records."""
    question = query.wire[12:]
    if query.wire[11]:
        question = question[:-11]
    return query.wire[:2] + flags.to_bytes(2, "big") + b"\0\x01" + bytes.fromhex(counts) + question + rest


def record(name: bytes, kind: int, rdclass: int, data: bytes) -> bytes:
    return name + kind.to_bytes(2, "big") + rdclass.to_bytes(2, "big") + bytes(4) + len(data).to_bytes(2, "big") + data


POINTER = b"\xc0\x0c"
ONE, ONE_AUTHORITY, ONE_ADDITIONAL = "000100000000", "000000010000", "000000000001"


def test_microsofts_version_is_of_another_class_than_the_question() -> None:
    query = messages.question("version.bind", "TXT", chaos=True)
    text = b"Microsoft DNS 6.1.7601 (1DB14556)"
    found = query.read(answer(query, 0x8400, ONE, record(POINTER, 16, 1, bytes([len(text)]) + text)), TCP)
    assert isinstance(found, Reply)
    assert found.authoritative
    assert found.answer == (Record("version.bind.", "TXT", ("Microsoft DNS 6.1.7601 (1DB14556)",)),)


def test_a_soa_has_its_serial() -> None:
    query = messages.question("corp.example", "SOA")
    data = b"\0\0" + bytes.fromhex("0000002a") + bytes(16)
    found = query.read(answer(query, 0x8580, ONE, record(POINTER, 6, 1, data)), UDP)
    assert isinstance(found, Reply)
    assert found == Reply(UDP, "NOERROR", True, False, True, (Record("corp.example.", "SOA", serial=42),))
    assert found.serial == 42


def test_a_referral_to_the_root() -> None:
    query = messages.question("corp.example", "A")
    found = query.read(answer(query, 0x8000, ONE_AUTHORITY, record(b"\0", 2, 1, b"\x01A\x0cROOT-SERVERS\x03NET\0")), TCP)
    assert isinstance(found, Reply)
    assert found.authority == (Record(".", "NS"),)
    assert found.text == "NOERROR over TCP, no flags, 0 answers, 1 in authority"


def test_a_truncated_answer_with_edns() -> None:
    query = messages.question("corp.example", "SOA", edns=True)
    found = query.read(answer(query, 0x8600, ONE_ADDITIONAL, b"\0\0\x29\x0f\xa0\0\0\0\0\0\0"), UDP)
    assert isinstance(found, Reply)
    assert (found.truncated, found.payload) == (True, 4000)


def test_a_record_of_microsofts_own_kind_is_read() -> None:
    """WINS is type 65281 (MS-DNSP 2.2.2.1.1): nothing but Windows knows it, and transfers of Windows hold it."""
    query = messages.transfer("corp.example")
    found = query.read(answer(query, 0x8400, ONE, record(POINTER, 65281, 1, bytes(16))), TCP)
    assert isinstance(found, Reply)
    assert [one.kind for one in found.answer] == ["TYPE65281"]


@pytest.mark.parametrize("query", [messages.empty_update("corp.example"), messages.deletion_of_nothing("corp.example")])
def test_a_refused_update_that_is_repeated_in_the_answer(query: Query) -> None:
    """Windows sends the whole update back with the flags a805: response, opcode 5, code 5."""
    found = query.read(query.wire[:2] + b"\xa8\x05" + query.wire[4:], UDP)
    assert isinstance(found, Reply)
    assert found.rcode == "REFUSED"


@pytest.mark.parametrize("query", [messages.transfer("corp.example"), messages.empty_update("corp.example")])
def test_a_refusal_without_the_question(query: Query) -> None:
    flags = 0x8005 | (query.wire[2] & 0x78) << 8
    found = query.read(query.wire[:2] + flags.to_bytes(2, "big") + bytes(8), TCP)
    assert isinstance(found, Reply)
    assert found.rcode == "REFUSED"


def test_an_unassigned_code_is_shown_as_its_number() -> None:
    query = messages.question("corp.example", "SOA")
    found = query.read(answer(query, 0x800C, "000000000000"), TCP)
    assert isinstance(found, Reply)
    assert found.rcode == "12"


FOREIGN = {
    "another id": lambda wire: bytes([wire[0] ^ 1]) + wire[1:2] + b"\x80" + wire[3:],
    "a question": lambda wire: wire,
    "another opcode": lambda wire: wire[:2] + b"\xa8" + wire[3:],
    "another name": lambda wire: wire[:2] + b"\x80" + wire[3:].replace(b"corp", b"more"),
    "another service": lambda wire: b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": lambda wire: b"",
}


@pytest.mark.parametrize("changed", FOREIGN.values(), ids=FOREIGN)
def test_what_answers_no_question_of_ours_is_unreadable(changed: object) -> None:
    query = messages.question("corp.example", "SOA")
    assert isinstance(query.read(changed(query.wire), TCP), Unreadable)  # type: ignore[operator]


def test_an_answer_cut_anywhere_cannot_be_read() -> None:
    query = messages.question("corp.example", "SOA")
    whole = answer(query, 0x8400, ONE, record(POINTER, 6, 1, bytes(22)))
    assert isinstance(query.read(whole, TCP), Reply)
    assert {type(query.read(whole[:length], TCP)) for length in range(len(whole))} == {Unreadable}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_whatever_comes_is_read(data: bytes, begins_right: bool) -> None:
    for query in (messages.question("corp.example", "SOA"), messages.empty_update("corp.example")):
        start = query.wire[:2] + bytes([query.wire[2] | 0x80]) if begins_right else b""
        found = query.read(start + data, TCP)
        assert isinstance(found, Reply | Unreadable)
        assert found.text
