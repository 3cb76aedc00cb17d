# SPDX-License-Identifier: GPL-3.0-or-later
"""The Remote Desktop front without sockets: what it answers, byte by byte, by what the box says."""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path
from typing import Any

import pytest

from lab import boxes, inf
from lab.box import Box
from lab.boxes import Certificate
from lab.front import logon, mcs, settings, tls, x224
from lab.front.credssp import CredSsp
from lab.front.session import Close, Send, Session, StartTls

# old versions of TLS are what is tested
pytestmark = pytest.mark.filterwarnings("ignore:ssl.* deprecated:DeprecationWarning")
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
SUITES = r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
COOKIE = b"Cookie: mstshash=probe\r\n"


def request(protocols: int | None, cookie: bytes = b"", flags: int = 0) -> bytes:
    data = cookie + (b"" if protocols is None else struct.pack("<BBHI", 1, flags, 8, protocols))
    return struct.pack(">BBHBBIB", 3, 0, 11 + len(data), 6 + len(data), 0xE0, 0, 0) + data


def negotiated(kind: str, number: int) -> bytes:
    return bytes.fromhex(f"030000130ed00000123400{kind}0800{number:02x}000000")


NOTHING = bytes.fromhex("0300000b06d00000123400")
FAILED_5, FAILED_1, FAILED_2 = (negotiated("0300", code) for code in (5, 1, 2))
RDP, SSL, HYBRID, RDSTLS, HYBRID_EX = (negotiated("021f", protocol) for protocol in (0, 1, 2, 4, 8))
# SecurityLayer, UserAuthentication -> answers to no negotiation, 0, 1, 3, 0x0b, 4, 8
ANSWERS = {
    (2, 1): (NOTHING, FAILED_5, FAILED_5, HYBRID, HYBRID_EX, RDSTLS, HYBRID_EX),
    (2, 0): (NOTHING, FAILED_1, SSL, HYBRID, HYBRID_EX, RDSTLS, HYBRID_EX),
    (1, 1): (NOTHING, FAILED_5, FAILED_5, HYBRID, HYBRID_EX, RDSTLS, HYBRID_EX),
    (1, 0): (NOTHING, RDP, SSL, HYBRID, HYBRID_EX, RDSTLS, HYBRID_EX),
    (0, 0): (NOTHING, RDP, FAILED_2, FAILED_2, FAILED_2, FAILED_2, FAILED_2),
    (0, 1): (NOTHING, RDP, FAILED_2, FAILED_2, FAILED_2, FAILED_2, FAILED_2),
}
REQUESTS = (None, 0, 1, 3, 0x0B, 4, 8)
CASES = [(layer, nla, asked, answer) for (layer, nla), row in ANSWERS.items() for asked, answer in zip(REQUESTS, row, strict=True)]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return boxes.build("default2022", tmp_path / "box")


def write(box: Box, key: str, **values: Any) -> None:
    registry = box.registry
    kinds = {int: "DWord", str: "String", list: "MultiString"}
    stored = registry["HKLM"].setdefault(key, {})
    stored.update({name: {"kind": kinds[type(value)], "value": value} for name, value in values.items()})
    box.write_json("registry", registry)


def session(box: Box, closes_silent: bool = False, **changed: Any) -> Session:
    chosen = dataclasses.replace(settings.read(box), **changed)
    return Session(chosen, lambda: pytest.fail("no CredSSP is due here"), closes_silent)


def sent(events: list[Any]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Send))


def kinds(events: list[Any]) -> list[type]:
    return [type(event) for event in events]


@pytest.mark.parametrize(("layer", "nla", "asked", "answer"), CASES)
@pytest.mark.parametrize("cookie", [b"", COOKIE])
def test_the_answer_to_a_connection_request(box: Box, layer: int, nla: int, asked: int | None, answer: bytes, cookie: bytes) -> None:
    write(box, LISTENER, SecurityLayer=layer, UserAuthentication=nla)
    events = session(box).receive(request(asked, cookie))
    assert sent(events) == answer
    assert (Close in kinds(events)) == (answer[11:12] == b"\x03")
    assert (StartTls in kinds(events)) == (answer in (SSL, HYBRID, HYBRID_EX, RDSTLS))


def test_the_policy_goes_before_the_local_value(box: Box) -> None:
    write(box, POLICY, SecurityLayer=1, UserAuthentication=0, MinEncryptionLevel=3)
    chosen = settings.read(box)
    assert (chosen.security_layer, chosen.network_level_authentication, chosen.encryption_level) == (1, False, 3)
    assert sent(session(box).receive(request(0))) == RDP


def test_fips_goes_before_the_encryption_level(box: Box) -> None:
    write(box, r"SYSTEM\CurrentControlSet\Control\Lsa\FIPSAlgorithmPolicy", Enabled=1)
    assert settings.read(box).encryption_level == 4


@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_request_may_come_in_pieces(box: Box, size: int) -> None:
    whole, talking = request(3, COOKIE), session(box)
    events = [event for start in range(0, len(whole), size) for event in talking.receive(whole[start : start + size])]
    assert sent(events) == HYBRID


@pytest.mark.parametrize("data", [b"GET / HTTP/1.0\r\n\r\n", b"\x03\x00\x00\x03", request(3)[:5] + b"\xd0" + request(3)[6:]])
def test_what_is_no_request_is_cut_off(box: Box, data: bytes) -> None:
    assert kinds(session(box).receive(data)) == [Close]


def test_who_cannot_negotiate_is_silenced_at_one_of_two_points(box: Box) -> None:
    patient = session(box)
    assert sent(patient.receive(request(None))) == NOTHING
    assert kinds(patient.receive(connect_initial(3))) == [Close]
    assert kinds(session(box, closes_silent=True).receive(request(None))) == [Close]


def test_tls_without_a_request_is_answered_unless_there_is_none(box: Box) -> None:
    hello = b"\x16\x03\x01\x00\x05hello"
    assert session(box).receive(hello) == [StartTls(hello)]
    assert kinds(session(box, security_layer=0).receive(hello)) == [Close]


def connect_initial(methods: int, channels: int = 2) -> bytes:
    """Only what the server reads: the conference mark, a length, and the client's blocks."""
    security = struct.pack("<HHII", 0xC002, 12, methods, 0)
    net = struct.pack("<HHI", 0xC003, 8 + 12 * channels, channels) + b"rdpdr\0\0\0\0\0\0\0" * channels
    blocks = struct.pack("<HHI", 0xC001, 8, 0x00080004) + security + net
    body = b"\x02\xf0\x80\x7f\x65" + b"Duca" + bytes([len(blocks)]) + blocks
    return struct.pack(">BBH", 3, 0, len(body) + 4) + body


def server_blocks(response: bytes) -> dict[int, bytes]:
    position = response.index(b"McDn") + 4
    position += 2 if response[position] & 0x80 else 1
    found = {}
    while position < len(response):
        kind, length = struct.unpack_from("<HH", response, position)
        found[kind] = response[position + 4 : position + length]
        position += length
    return found


BIT_40, BIT_56, BIT_128, FIPS = 1, 8, 2, 0x10


@pytest.mark.parametrize(
    ("level", "methods", "method"),
    [
        (1, BIT_40, BIT_40),
        (1, BIT_40 | BIT_56, BIT_56),
        (2, BIT_40 | BIT_56 | BIT_128 | FIPS, BIT_128),
        (2, FIPS, FIPS),
        (3, BIT_128 | BIT_40, BIT_128),
        (3, BIT_40 | BIT_56, None),
        (4, BIT_128 | FIPS, FIPS),
        (4, BIT_128, None),
        (2, 0, None),
    ],
)
def test_standard_security_by_level_and_by_what_the_client_can(box: Box, level: int, methods: int, method: int | None) -> None:
    write(box, LISTENER, SecurityLayer=0, UserAuthentication=0, MinEncryptionLevel=level)
    talking = session(box)
    talking.receive(request(None))
    events = talking.receive(connect_initial(methods))
    if method is None:
        assert kinds(events) == [Close]
        return
    blocks = server_blocks(sent(events))
    found = struct.unpack_from("<IIII", blocks[0x0C02])
    assert found == (method, level, 32, 376)
    assert len(blocks[0x0C02]) == 16 + 32 + 376
    assert len(blocks[0x0C03]) % 4 == 0


def test_the_random_is_new_for_each_connection(box: Box) -> None:
    answers = [mcs.response(0x00080007, 0, mcs.Initial(2, 0), mcs.Encryption(2, 3)) for _ in range(2)]
    first, second = (server_blocks(answer)[0x0C02] for answer in answers)
    assert first[16:48] != second[16:48]
    assert first[48:] == second[48:]


def test_inside_tls_there_is_no_other_encryption(box: Box) -> None:
    write(box, LISTENER, UserAuthentication=0)
    talking = session(box)
    talking.receive(request(1))
    blocks = server_blocks(sent(talking.receive(connect_initial(BIT_128))))
    assert blocks[0x0C02] == bytes(8)
    assert struct.unpack("<III", blocks[0x0C01]) == (0x0008000F, 1, 0)


@pytest.mark.parametrize(("release", "expected"), [("2016", 3), ("2019", 3), ("2022", 4), ("2025", 4)])
def test_tls_versions_of_a_release(tmp_path: Path, release: str, expected: int) -> None:
    assert len(settings.read(boxes.build(f"default{release}", tmp_path / "box")).tls) == expected


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({"Enabled": 0}, False),
        ({"Enabled": 0, "DisabledByDefault": 0}, False),
        ({"Enabled": 0xFFFFFFFF, "DisabledByDefault": 0}, True),
        ({"Enabled": 1, "DisabledByDefault": 1}, False),
        ({"DisabledByDefault": 1}, False),
    ],
)
def test_a_tls_version_by_its_two_values(box: Box, values: dict[str, int], on: bool) -> None:
    write(box, PROTOCOLS + r"\tls 1.0\SERVER", **values)
    write(box, PROTOCOLS + r"\TLS 1.1\Client", Enabled=0)
    assert ("TLS 1.0" in settings.read(box).tls) == on
    assert "TLS 1.1" in settings.read(box).tls


@pytest.mark.parametrize("functions", ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_NULL"]])
def test_suites_of_the_policy(box: Box, functions: str | list[str]) -> None:
    write(box, SUITES, Functions=functions)
    context = tls.context(settings.read(box))
    older = [cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"]
    assert older == ["ECDHE-RSA-AES256-GCM-SHA384"]
    assert context.options & tls.ssl.OP_NO_TLSv1_3, "the list has no suite of TLS 1.3"


def test_no_version_left_means_no_tls(box: Box) -> None:
    for name in ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"):
        write(box, PROTOCOLS + rf"\{name}\Server", Enabled=0)
    with pytest.raises(tls.NoTls):
        tls.context(settings.read(box))


@pytest.mark.parametrize(("readable", "bound"), [(True, True), (False, False)])
def test_a_bound_certificate_needs_a_key_that_the_service_may_read(tmp_path: Path, readable: bool, bound: bool) -> None:
    box = boxes.build("default2022", tmp_path / "box", certificates=[Certificate("rdp.example", readable=readable)])
    [thumbprint] = box.read_json("keys")
    registry = box.registry
    registry["HKLM"][LISTENER]["SSLCertificateSHA1Hash"] = {"kind": "Binary", "value": thumbprint.lower()}
    box.write_json("registry", registry)
    found = settings.read(box).certificate
    assert (found is not None and found.stem == thumbprint) == bound
    assert bound or found is None


def test_an_unknown_thumbprint_leaves_the_listeners_own_certificate(box: Box) -> None:
    registry = box.registry
    registry["HKLM"][LISTENER]["SSLCertificateSHA1Hash"] = {"kind": "Binary", "value": "00" * 20}
    box.write_json("registry", registry)
    found = settings.read(box).certificate
    assert found is not None
    assert found.name == "self-signed.pem"


def test_the_port_is_that_of_the_services_socket(box: Box) -> None:
    assert settings.listening_port(box) == 3389
    services = box.services
    services["TermService"]["process"] = 1
    box.write_json("services", services)
    assert settings.listening_port(box) is None
    services["TermService"] |= {"process": 1044, "state": "Stopped"}
    box.write_json("services", services)
    assert settings.listening_port(box) is None


def change(box: Box, section: str, name: str, text: str) -> None:
    sections = inf.read(box)
    sections[section][name] = text
    inf.write(box, sections)


@pytest.mark.parametrize(
    ("edits", "user", "verdict"),
    [
        ({}, "deploy", logon.Verdict(0, True)),
        ({}, "anna", logon.Verdict(0, False)),
        ({(inf.GROUPS, "*S-1-5-32-555__Members"): "*S-1-5-21-1004336348-1177238915-682003330-1002"}, "anna", logon.Verdict(0, True)),
        ({}, "nobody", logon.Verdict(0xC000006D, False)),
        ({}, "guest", logon.Verdict(0xC0000072, False)),
        ({(inf.RIGHTS, "SeDenyNetworkLogonRight"): "*S-1-5-114"}, "deploy", logon.Verdict(0xC000015B, True)),
        ({(inf.RIGHTS, "SeDenyNetworkLogonRight"): "*S-1-5-114"}, "anna", logon.Verdict(0, False)),
        ({(inf.RIGHTS, "SeDenyRemoteInteractiveLogonRight"): "*S-1-5-113"}, "deploy", logon.Verdict(0, False)),
        ({(inf.RIGHTS, "SeRemoteInteractiveLogonRight"): ""}, "deploy", logon.Verdict(0, False)),
    ],
)
def test_who_may_log_on(box: Box, edits: dict[tuple[str, str], str], user: str, verdict: logon.Verdict) -> None:
    for (section, name), text in edits.items():
        change(box, section, name, text)
    assert logon.judge(box, user) == verdict


def test_rdstls_lets_nobody_in(box: Box) -> None:
    talking = session(box)
    talking.receive(request(4))
    assert kinds(talking.receive(connect_initial(0))) == [Close]


def test_a_request_for_nla_is_followed_by_nothing_but_credssp(box: Box) -> None:
    def never() -> CredSsp:
        raise AssertionError("no TSRequest was sent")

    talking = Session(settings.read(box), never)
    talking.receive(request(3))
    assert kinds(talking.receive(connect_initial(0))) == [Close]


def test_a_confirm_is_read_back_by_its_own_rules() -> None:
    assert x224.confirm(x224.Selected(x224.HYBRID_EX)) == HYBRID_EX
    assert x224.parse(request(0x0B, COOKIE, flags=1)) == x224.Request(0x0B, 1)
    assert x224.parse(request(None, COOKIE)) == x224.Request(None)
