# SPDX-License-Identifier: GPL-3.0-or-later
"""The Remote Desktop front over sockets: it follows its box, speaks TLS as the box says, and knows passwords."""

from __future__ import annotations

import hashlib
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spnego
from spnego._credssp import _get_pub_key_auth
from spnego._credssp_structures import NegoData, TSRequest
from spnego._ntlm_raw.messages import AvId, Challenge
from spnego.tls import get_certificate_public_key

from lab import boxes, running
from lab.box import Box
from lab.boxes import Certificate
from lab.boxes.windows import PASSWORD
from lab.dispatch import Dispatcher, Wrapped
from lab.engine import Crashed
from lab.front import RdpFront
from lab.ports import FIRST_DYNAMIC, free_port

# old versions of TLS are what is tested
pytestmark = pytest.mark.filterwarnings("ignore:ssl.* deprecated:DeprecationWarning")
PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
ASK = {protocols: bytes.fromhex(f"030000130ee0000000000001000800{protocols:02x}000000") for protocols in (0, 1, 3, 0x0B)}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return boxes.build("default2022", tmp_path / "box", rdp_port=free_port(), certificates=[Certificate("rdp.example")])


@pytest.fixture
def front(box: Box) -> Iterator[RdpFront]:
    made = RdpFront(box)
    made.follow()
    assert made.problem is None
    yield made
    made.close()


def write(box: Box, key: str, **values: Any) -> None:
    registry = box.registry
    registry["HKLM"].setdefault(key, {}).update(values)
    box.write_json("registry", registry)


def move(box: Box, port: int | None) -> None:
    """What a restart of the service does to its sockets."""
    network = box.read_json("network")
    own = box.services["TermService"]["process"]
    network["sockets"] = [entry for entry in network["sockets"] if entry["process"] != own]
    if port is not None:
        network["sockets"].append({"protocol": "tcp", "address": "0.0.0.0", "port": port, "process": own})
    box.write_json("network", network)


def connect(port: int | None) -> socket.socket:
    assert port is not None
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def begin_tls(port: int | None, protocols: int, version: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
    client = connect(port)
    client.sendall(ASK[protocols])
    assert client.recv(19)[11] == 2
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context.wrap_socket(client)


def test_it_follows_the_sockets_of_its_box(box: Box, front: RdpFront) -> None:
    first, second = front.port, free_port()
    assert first == box.registry["HKLM"][LISTENER]["PortNumber"]["value"]
    move(box, second)
    front.follow()
    assert front.port == second
    assert (listens(first), listens(second)) == (False, True)
    move(box, None)
    front.follow()
    assert front.port is None
    assert not listens(second)


def test_a_port_that_is_taken_is_a_problem_with_a_sentence(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        move(box, taken.getsockname()[1])
        front = RdpFront(box)
        front.follow()
        assert front.port is None
        assert str(front.problem).startswith("the Remote Desktop listener of box cannot listen on 127.0.0.1:")
        front.close()


def test_closing_ends_open_connections(front: RdpFront) -> None:
    with connect(front.port) as client:
        client.sendall(ASK[3])
        assert client.recv(19)[11] == 2
        front.close()
        assert client.recv(1) == b""
        assert front.port is None


def test_a_box_that_changes_is_seen_by_the_next_connection(box: Box, front: RdpFront) -> None:
    def answer(protocols: int) -> bytes:
        with connect(front.port) as client:
            client.sendall(ASK[protocols])
            return client.recv(19)[11:]

    assert answer(0) == bytes.fromhex("0300080005000000")
    write(box, LISTENER, SecurityLayer={"kind": "DWord", "value": 0}, UserAuthentication={"kind": "DWord", "value": 0})
    assert answer(0) == bytes.fromhex("021f080000000000")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_versions_by_schannel(box: Box, front: RdpFront, version: ssl.TLSVersion) -> None:
    name = {0x301: "TLS 1.0", 0x302: "TLS 1.1", 0x303: "TLS 1.2", 0x304: "TLS 1.3"}[version.value]
    with begin_tls(front.port, 3, version) as client:
        assert client.version() == name.replace(" ", "v").removesuffix(".0")
    write(box, PROTOCOLS + rf"\{name}\Server", Enabled={"kind": "DWord", "value": 0})
    with pytest.raises(ssl.SSLError):
        begin_tls(front.port, 3, version)


def test_tls_is_answered_without_a_request_before_it(front: RdpFront) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(connect(front.port)) as client:
        assert client.getpeercert(True)


def test_the_certificate_is_the_one_that_is_bound(box: Box, front: RdpFront) -> None:
    def thumbprint() -> str:
        with begin_tls(front.port, 3) as client:
            return hashlib.sha1(client.getpeercert(True) or b"").hexdigest().upper()

    [bound] = box.read_json("keys")
    assert thumbprint() != bound
    write(box, LISTENER, SSLCertificateSHA1Hash={"kind": "Binary", "value": bound.lower()})
    assert thumbprint() == bound
    keys = box.read_json("keys")
    keys[bound]["sddl"] = "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"
    box.write_json("keys", keys)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        thumbprint()


def exchange(client: ssl.SSLSocket, request: TSRequest) -> TSRequest:
    client.sendall(request.pack())
    return TSRequest.unpack(client.recv(16384))


def log_on(port: int | None, user: str, password: str, protocols: int = 0x0B) -> tuple[int | None, bytes]:
    """(NTSTATUS of a refusal, what came after the credentials) of a CredSSP client that is not the lab's."""
    ntlm = spnego.client(user, password, protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    nonce = b"\x07" * 32
    with begin_tls(port, protocols) as client:
        key = get_certificate_public_key(client.getpeercert(True) or b"")
        challenge = exchange(client, TSRequest(6, nego_tokens=NegoData(ntlm.step() or b"")))
        token = ntlm.step(challenge.nego_tokens[0].nego_token)
        proof = ntlm.wrap(_get_pub_key_auth(key, "initiate", nonce)).data
        answer = exchange(client, TSRequest(6, nego_tokens=NegoData(token), pub_key_auth=proof, client_nonce=nonce))
        if answer.error_code is not None:
            return answer.error_code & 0xFFFFFFFF, b""
        assert ntlm.unwrap(answer.pub_key_auth).data == _get_pub_key_auth(key, "accept", nonce)
        client.sendall(TSRequest(6, auth_info=ntlm.wrap(b"credentials").data).pack())
        return None, client.recv(16)


@pytest.mark.parametrize("user", ["deploy", "DEPLOY", "WEB22\\deploy", ".\\deploy"])
def test_the_right_password_opens_the_door(front: RdpFront, user: str) -> None:
    assert log_on(front.port, user, PASSWORD) == (None, bytes(4))


@pytest.mark.parametrize(("user", "password"), [("deploy", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_one_does_not(front: RdpFront, user: str, password: str) -> None:
    assert log_on(front.port, user, password) == (0xC000006D, b"")


def test_who_lacks_the_right_is_told_early(box: Box, front: RdpFront) -> None:
    box.write_json("host", box.host | {"users": {"deploy": PASSWORD, "anna": "Another-1"}})
    assert log_on(front.port, "anna", "Another-1") == (None, struct.pack("<I", 5))


@pytest.mark.parametrize(
    ("name", "target", "computer", "dns"),
    [("default2019", "WEB19", "WEB19", "WEB19"), ("under_policy", "CORP", "MEMBER22", "MEMBER22.corp.example")],
)
def test_what_the_challenge_tells_a_stranger(tmp_path: Path, name: str, target: str, computer: str, dns: str) -> None:
    box = boxes.build(name, tmp_path / "box", rdp_port=free_port())
    front = RdpFront(box)
    front.follow()
    ntlm = spnego.client("x", "y", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    with begin_tls(front.port, 3) as client:
        answer = exchange(client, TSRequest(2, nego_tokens=NegoData(ntlm.step() or b"")))
    front.close()
    challenge = Challenge.unpack(answer.nego_tokens[0].nego_token)
    build = box.registry["HKLM"][r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"]["CurrentBuildNumber"]["value"]
    info = challenge.target_info
    assert info is not None
    assert (challenge.target_name, info[AvId.nb_computer_name], info[AvId.dns_computer_name]) == (target, computer, dns)
    assert str(challenge.version.build if challenge.version else 0) == build
    assert AvId.timestamp in info


def test_a_lab_listens_for_each_host_and_stops_with_it() -> None:
    with running(["default2022", "fresh=default2016"]) as lab:
        ports = {name: front.port for name, front in lab.fronts.items()}
        assert len({*ports.values()}) == 2
        assert all(port is not None and port < FIRST_DYNAMIC and listens(port) for port in ports.values())
    assert not any(listens(port) for port in ports.values() if port is not None)


class MovesThePort:
    """An engine whose every answer leaves the listener elsewhere, or dies after it did so."""

    name = "moves"

    def __init__(self, port: int, crashes: bool) -> None:
        self.port, self.crashes = port, crashes

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: Any = None) -> dict[str, Any]:
        move(box, self.port)
        if self.crashes:
            raise Crashed
        return {}


@pytest.mark.parametrize("crashes", [False, True])
def test_the_front_has_moved_before_the_answer_is_seen(box: Box, front: RdpFront, crashes: bool) -> None:
    port = free_port()
    dispatcher = Dispatcher(MovesThePort(port, crashes), lambda changed: front.follow())
    script = "ansible_collections.hardening.windows.plugins.modules.windows_rdp.ps1"
    dispatcher.run(box, "", b"", Wrapped(script), None, lambda process: None)
    assert front.port == port
