# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are what MS-RDPBCGR says, byte by byte; answers are read for what they are."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._probe import ber, credssp, mcs, x224
from ansible_collections.hardening.windows.plugins.module_utils._probe.answers import Disconnected, Unreadable
from unit.probe.samples import CLASSIC, HYBRID_EX_OF_WINDOWS, HYBRID_OF_WINDOWS, ULTIMATUM, failed, selected

REQUESTS = [
    (0, None, "030000130ee000000000000100080000000000"),
    (3, None, "030000130ee000000000000100080003000000"),
    (0x0B, None, "030000130ee00000000000010008000b000000"),
    (3, "probe", "0300002b26e00000000000436f6f6b69653a206d737473686173683d70726f62650d0a0100080003000000"),
    (None, "probe", "030000231ee00000000000436f6f6b69653a206d737473686173683d70726f62650d0a"),
]


@pytest.mark.parametrize(("protocols", "cookie", "expected"), REQUESTS)
def test_connection_requests(protocols: int | None, cookie: str | None, expected: str) -> None:
    assert x224.connection_request(protocols, cookie).hex() == expected


ANSWERS = [
    (CLASSIC, x224.Classic()),
    (ULTIMATUM, Disconnected()),
    (HYBRID_OF_WINDOWS, x224.Selected(x224.HYBRID, 0x0F)),
    (HYBRID_EX_OF_WINDOWS, x224.Selected(x224.HYBRID_EX, 0x1F)),
    (selected(x224.RDSTLS, 0x1F).hex(), x224.Selected(x224.RDSTLS, 0x1F)),
    (failed(4).hex(), x224.Failed(x224.INCONSISTENT)),
    (failed(6).hex(), x224.Failed(x224.USER_CERTIFICATE_REQUIRED)),
    ("030000130ed000000000000203080002000000", x224.Selected(x224.HYBRID, 3)),
]


@pytest.mark.parametrize(("received", "expected"), ANSWERS)
def test_confirms(received: str, expected: x224.Answer) -> None:
    assert x224.read_confirm(bytes.fromhex(received)) == expected


UNREADABLE = {
    "nothing": "",
    "another service": b"SSH-".hex(),
    "no confirm": "030000130ee000001234000201080000000000",
    "a length of its own that is wrong": "030000130dd000001234000201080000000000",
    "negotiation data of another length": "030000120dd0000012340002010800000000",
    "negotiation data of another type": "030000130ed000001234000901080000000000",
    "negotiation data that says another length": "030000130ed000001234000201070000000000",
    "a length below the header": "0300000206",
}


@pytest.mark.parametrize("received", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_says_so(received: str) -> None:
    found = x224.read_confirm(bytes.fromhex(received))
    assert isinstance(found, Unreadable)
    assert "cannot be read" in found.text


def test_flags_have_their_names() -> None:
    assert x224.flag_names(0x1F) == [
        "EXTENDED_CLIENT_DATA",
        "DYNVC_GFX",
        "RESERVED",
        "RESTRICTED_ADMIN_MODE_SUPPORTED",
        "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED",
    ]
    assert x224.flag_names(0x07) == ["EXTENDED_CLIENT_DATA", "DYNVC_GFX", "RESERVED"]


@pytest.mark.parametrize("length", range(4, 20))
def test_a_message_is_missing_what_its_header_says(length: int) -> None:
    assert x224.missing(bytes.fromhex(HYBRID_OF_WINDOWS)[:length]) == 19 - length


def test_connect_initial_is_385_bytes_and_asks_for_one_method() -> None:
    forty, all_methods = mcs.connect_initial(0x01), mcs.connect_initial(mcs.ALL_METHODS)
    assert len(forty) == 385
    assert forty[:11].hex() == "0300018102f0807f658201"
    assert [(a, b) for a, b in zip(forty, all_methods, strict=True) if a != b] == [(0x01, 0x1B)]
    assert b"\x02\xc0\x0c\x00\x01\x00\x00\x00\x00\x00\x00\x00" in forty


def response(blocks: bytes, result: int = 0) -> bytes:
    """A Connect Response around server blocks."""
    data = b"McDn" + bytes((0x80, len(blocks))) + blocks
    body = bytes((0x0A, 1, result)) + ber.integer(0) + ber.element(0x30, b"") + ber.element(0x04, data)
    return x224.data_unit(ber.element(0x66, body, application=True))


CORE = bytes.fromhex("010c0800 0c000800")
NETWORK = bytes.fromhex("030c0800 eb030000")
SECURITY = bytes.fromhex("020c0c00 02000000 03000000")


@pytest.mark.parametrize("blocks", [CORE + NETWORK + SECURITY, SECURITY + CORE + NETWORK, SECURITY])
def test_the_order_of_the_blocks_does_not_matter(blocks: bytes) -> None:
    found = mcs.read_response(response(blocks))
    assert isinstance(found, mcs.ServerSecurity)
    assert (found.method_name, found.level_name) == ("128-bit", "high")


def test_mcs_refusals_are_refusals() -> None:
    assert mcs.read_response(bytes.fromhex(ULTIMATUM)) == Disconnected()
    assert mcs.read_response(response(SECURITY, result=14)) == Disconnected(14)


@pytest.mark.parametrize("received", [b"", response(CORE), response(b""), bytes.fromhex(CLASSIC), x224.data_unit(b"\x7f\x66\x00")])
def test_mcs_without_security_cannot_be_read(received: bytes) -> None:
    assert isinstance(mcs.read_response(received), Unreadable)


# -- CredSSP --------------------------------------------------------------------------------------------


def pair(number: int, value: bytes) -> bytes:
    return number.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def challenge(pairs: bytes, target: bytes = "CORP".encode("utf-16-le"), flags: int = 0xE28982B7) -> bytes:
    """A TSRequest with the NTLM challenge of a Windows Server 2022."""
    head = b"NTLMSSP\x00" + (2).to_bytes(4, "little")
    fields = len(target).to_bytes(2, "little") * 2 + (56).to_bytes(4, "little")
    info = len(pairs).to_bytes(2, "little") * 2 + (56 + len(target)).to_bytes(4, "little")
    message = head + fields + flags.to_bytes(4, "little") + bytes(8) + bytes(8) + info + bytes.fromhex("0a00 7c4f 0000000f")
    token = ber.element(0x30, ber.element(0xA0, ber.element(0x04, message + target + pairs)))
    return ber.element(0x30, ber.element(0xA0, ber.integer(6)) + ber.element(0xA1, ber.element(0x30, token)))


NAMES = b"".join(pair(number, name.encode("utf-16-le")) for number, name in ((1, "WEB01"), (2, "CORP"), (3, "web01.corp.example")))
CLOCK = pair(7, (133_000_000_000_000_000).to_bytes(8, "little"))


def test_a_challenge_gives_away_names_build_and_clock() -> None:
    found = credssp.read_answer(challenge(NAMES + CLOCK + pair(0, b"")))
    assert isinstance(found, credssp.Challenge)
    assert found.names == {"netbios_computer": "WEB01", "netbios_domain": "CORP", "dns_computer": "web01.corp.example"}
    assert (found.target, found.version) == ("CORP", "10.0.20348")
    assert f"{found.clock:%Y-%m-%d %H:%M:%S}" == "2022-06-18 04:26:40"


@pytest.mark.parametrize("clock", [b"", bytes(7), b"\xff" * 8])
def test_a_clock_out_of_range_is_none(clock: bytes) -> None:
    found = credssp.read_answer(challenge(NAMES + pair(7, clock)))
    assert isinstance(found, credssp.Challenge)
    assert found.clock is None


def test_without_the_version_flag_there_is_no_version() -> None:
    found = credssp.read_answer(challenge(NAMES, flags=0xE08982B7))
    assert isinstance(found, credssp.Challenge)
    assert found.version is None


@pytest.mark.parametrize("at", [12, 40], ids=["target", "names"])
def test_a_challenge_that_points_outside_itself_cannot_be_read(at: int) -> None:
    whole = bytearray(challenge(NAMES))
    length = whole.index(b"NTLMSSP\x00") + at
    whole[length : length + 2] = b"\xff\xff"
    found = credssp.read_answer(bytes(whole))
    assert isinstance(found, Unreadable)
    assert "points outside itself" in found.text


def test_a_server_without_ntlm_declines() -> None:
    error = ber.element(0x30, ber.element(0xA0, ber.integer(6)) + ber.element(0xA4, bytes.fromhex("0204c000005e")))
    assert credssp.read_answer(error) == credssp.Declined(0xC000005E)
    other = ber.element(0x30, ber.element(0xA0, ber.integer(6)) + ber.element(0xA1, b"\x30\x00"))
    assert credssp.read_answer(other) == credssp.Declined(None)


def test_only_negotiate_is_sent() -> None:
    """NTLM message type 1, and no name of anybody."""
    request = credssp.negotiate_request()
    assert request.count(b"NTLMSSP\x00") == 1
    assert request[request.index(b"NTLMSSP\x00") + 8] == 1
    assert len(request) == 57


@pytest.mark.parametrize(
    "element", ["30820102" + "00" * 257, "3080", "30850000000001", "1f8101", "30", "7f", ""], ids=lambda text: text[:8] or "empty"
)
def test_elements_that_are_not_whole_are_none(element: str) -> None:
    assert ber.read_element(bytes.fromhex(element)) is None
