# SPDX-License-Identifier: GPL-3.0-or-later
"""Handshakes in memory, with a server that is told what it may do, and the alerts that servers answer with."""

from __future__ import annotations

import ssl
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.hardening.windows.plugins.module_utils._probe import tls
from unit.probe.test_certificate import RSA_2048, made

CERTIFICATE = made()


class Server:
    """The server's side of a handshake in memory."""

    def __init__(self, folder: Path, lowest: str, highest: str, suites: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version, context.maximum_version = tls.VERSIONS[lowest], tls.VERSIONS[highest]
        context.set_ciphers(suites)
        context.load_cert_chain(self.write(folder))
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    @staticmethod
    def write(folder: Path) -> Path:
        file = folder / "server.pem"
        form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        certificate = ssl.DER_cert_to_PEM_cert(CERTIFICATE).encode("ascii")
        file.write_bytes(RSA_2048.private_bytes(serialization.Encoding.PEM, form, nothing) + certificate)
        return file

    def answer(self, received: bytes) -> bytes:
        self._incoming.write(received)
        try:
            self._tls.do_handshake()
        except ssl.SSLError:
            pass  # what it says about it is in its bytes
        return self._outgoing.read()


def shaken(client: tls.Client, server: Server) -> tls.Attempt:
    sent = client.hello
    for _round in range(5):
        sent = client.advance(server.answer(sent))
        if client.done or client.error is not None:
            break
    return client.attempt()


def ready(version: str | None, suites: str = tls.EVERY_SUITE) -> tls.Client:
    client = tls.client(version, suites, None)
    assert isinstance(client, tls.Client), client
    return client


@pytest.mark.parametrize("version", tls.VERSIONS)
def test_each_version_is_offered_and_accepted(version: str, tmp_path: Path) -> None:
    attempt = shaken(ready(version), Server(tmp_path, version, version, tls.EVERY_SUITE))
    assert (attempt.state, attempt.version) == (tls.ACCEPTED, version)
    assert attempt.suite is not None
    assert tls.is_forward_secret(attempt.suite)


@pytest.mark.parametrize("version", tls.VERSIONS)
def test_another_version_is_refused(version: str, tmp_path: Path) -> None:
    other = "1.2" if version != "1.2" else "1.3"
    attempt = shaken(ready(version), Server(tmp_path, other, other, tls.EVERY_SUITE))
    assert attempt.state == tls.REFUSED
    assert attempt.reason.startswith("alert ")


def test_the_session_offers_everything(tmp_path: Path) -> None:
    client = ready(None)
    attempt = shaken(client, Server(tmp_path, "1.0", "1.2", tls.EVERY_SUITE))
    assert (attempt.state, attempt.version) == (tls.ACCEPTED, "1.2")
    assert client.certificate == CERTIFICATE


@pytest.mark.parametrize(("suites", "state"), [("ECDHE:@SECLEVEL=0", tls.REFUSED), (tls.EVERY_SUITE, tls.ACCEPTED)])
def test_rsa_key_exchange_alone(suites: str, state: str, tmp_path: Path) -> None:
    attempt = shaken(ready("1.2", tls.RSA_KEY_EXCHANGE), Server(tmp_path, "1.2", "1.2", suites))
    assert attempt.state == state
    assert attempt.suite is None or not tls.is_forward_secret(attempt.suite)


ALERTS = {
    "protocol_version": ("15 0301 0002 02 46", tls.REFUSED),
    "protocol_version in a record of another version": ("15 0303 0002 02 46", tls.REFUSED),
    "internal_error": ("15 0301 0002 02 50", tls.REFUSED),
    "handshake_failure": ("15 0303 0002 02 28", tls.REFUSED),
    "insufficient_security": ("15 0303 0002 02 47", tls.REFUSED),
    "access_denied": ("15 0303 0002 02 31", tls.UNCLEAR),
    "no TLS at all": (b"HTTP/1.1 400 Bad Request\r\n".hex(), tls.UNCLEAR),
}


@pytest.mark.parametrize("version", ["1.0", "1.2", "1.3"])
@pytest.mark.parametrize(("received", "state"), ALERTS.values(), ids=ALERTS)
def test_alerts(received: str, state: str, version: str) -> None:
    client = ready(version)
    client.advance(bytes.fromhex(received))
    assert client.error is not None
    assert client.attempt().state == state


def test_bytes_one_by_one(tmp_path: Path) -> None:
    """The network cuts where it likes."""
    client, server = ready("1.2"), Server(tmp_path, "1.2", "1.2", tls.EVERY_SUITE)
    sent = client.hello
    while not client.done:
        sent = b"".join(client.advance(bytes((one,))) for one in server.answer(sent))
    assert client.attempt().state == tls.ACCEPTED


def test_what_openssl_cannot_offer_is_not_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a build without TLS 1.0, which fails before anything is sent."""

    def refuse(*_arguments: object) -> ssl.SSLContext:
        raise ssl.SSLError(1, "[SSL: NO_PROTOCOLS_AVAILABLE] no protocols available")

    monkeypatch.setattr(tls, "context", refuse)
    attempt = tls.client("1.0", tls.EVERY_SUITE, None)
    assert isinstance(attempt, tls.Attempt)
    assert attempt.state == tls.NOT_TESTED
    assert ssl.OPENSSL_VERSION in attempt.reason


def test_suites_that_openssl_does_not_have_are_not_tested() -> None:
    """At a security level above its own a version has no suites left, so that the first message cannot be made."""
    for suites in ("NO-SUCH-SUITE", "ALL:@SECLEVEL=3"):
        attempt = tls.client("1.0", suites, None)
        assert isinstance(attempt, tls.Attempt)
        assert attempt.state == tls.NOT_TESTED


@pytest.mark.parametrize("server_name", ["web01.corp.example", "x" * 300, "a..b"])
def test_any_server_name_gives_a_client_or_a_reason(server_name: str) -> None:
    client = tls.client("1.2", tls.EVERY_SUITE, server_name)
    sent = client.hello if isinstance(client, tls.Client) else b""
    assert (server_name.encode() in sent) == (server_name == "web01.corp.example")


def test_forward_secrecy_by_name() -> None:
    names = ("ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA", "TLS_AES_256_GCM_SHA384", "AES256-GCM-SHA384", "DES-CBC3-SHA")
    assert [tls.is_forward_secret(name) for name in names] == [True, True, True, False, False]
