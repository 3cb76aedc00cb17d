# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's side of TLS, without sockets: which versions and suites a server takes. Nothing of its certificate is trusted."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
OUTDATED = ("1.0", "1.1")
# OpenSSL offers TLS 1.0 and 1.1 only at the lowest security level (openssl-ciphers(1)).
EVERY_SUITE = "ALL:@SECLEVEL=0"
# Suites whose key exchange is RSA itself: who has the certificate's key can read what was recorded.
RSA_KEY_EXCHANGE = "kRSA:!eNULL:@SECLEVEL=0"
_FORWARD_SECRET = ("ECDHE-", "DHE-", "TLS_")

ACCEPTED, REFUSED, CLOSED, NO_ANSWER, UNCLEAR, NOT_TESTED = "accepted", "refused", "closed", "no_answer", "unclear", "not_tested"

# RFC 5246 7.2 and RFC 8446 6.2: the alerts that say no to a version or to every suite that was offered.
_REFUSING = {40: "handshake_failure", 47: "illegal_parameter", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error"}
_ALERT_RECORD, _FATAL = 0x15, 2
# ssl.OP_LEGACY_SERVER_CONNECT has a name since Python 3.12: servers without secure renegotiation are looked at, too.
_OP_LEGACY_SERVER_CONNECT = 0x4


@dataclass(frozen=True)
class Attempt:
    """One handshake. state: see above. version and suite where it came to an end, reason where it did not."""

    state: str
    reason: str = ""
    version: str | None = None
    suite: str | None = None

    @property
    def text(self) -> str:
        return f"{self.state} with {self.suite}" if self.suite else self.state + (f" ({self.reason})" if self.reason else "")


def is_forward_secret(suite: str) -> bool:
    """By OpenSSL's names; every suite of TLS 1.3 is."""
    return suite.startswith(_FORWARD_SECRET)


def context(version: str | None, suites: str) -> ssl.SSLContext:
    """version: None offers all there are. Raises ssl.SSLError or ValueError where this OpenSSL cannot."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.options |= _OP_LEGACY_SERVER_CONNECT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = VERSIONS[version or "1.0"]
        made.maximum_version = VERSIONS[version or "1.3"]
    made.set_ciphers(suites)
    return made


class Client:
    """A handshake and what follows, as bytes: give what the server sent to `advance`, send what it returns.

    `done` after the handshake, `error` where it broke. Raises ssl.SSLError or ValueError where this OpenSSL cannot offer it.
    """

    def __init__(self, made: ssl.SSLContext, server_name: str | None) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = made.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        self._seen = b""
        self.done = False
        self.error: ssl.SSLError | None = None
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self.hello = self._outgoing.read()

    def advance(self, received: bytes) -> bytes:
        self._seen = (self._seen + received)[:16] if len(self._seen) < 16 else self._seen
        self._incoming.write(received)
        try:
            self._tls.do_handshake()
            self.done = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.error = error
        return self._outgoing.read()

    def encrypt(self, data: bytes) -> bytes:
        self._tls.write(data)
        return self._outgoing.read()

    def decrypt(self, received: bytes) -> bytes:
        """What these bytes, and those before them, hold; empty where a record is not whole. Raises ssl.SSLError."""
        self._incoming.write(received)
        try:
            return self._tls.read(65536)
        except ssl.SSLWantReadError:
            return b""

    @property
    def certificate(self) -> bytes | None:
        return self._tls.getpeercert(True)

    def attempt(self) -> Attempt:
        """What came of the handshake, once it is done or broken."""
        cipher, version = self._tls.cipher(), self._tls.version()
        if self.done and cipher and version:
            return Attempt(ACCEPTED, version="1.0" if version == "TLSv1" else version.removeprefix("TLSv"), suite=cipher[0])
        return self._broken()

    def _broken(self) -> Attempt:
        """An alert is read from the record itself: OpenSSL's errors name a wrong version where the alert's record has another."""
        if len(self._seen) >= 7 and self._seen[0] == _ALERT_RECORD:
            code = self._seen[6]
            if self._seen[5] == _FATAL and code in _REFUSING:
                return Attempt(REFUSED, f"alert {_REFUSING[code]}")
            return Attempt(UNCLEAR, f"alert {code}")
        reason = (self.error.reason if self.error else None) or "no reason given"
        if reason == "UNSUPPORTED_PROTOCOL":
            return Attempt(REFUSED, "answered with another version")
        return Attempt(UNCLEAR, f"OpenSSL here: {reason}")


def client(version: str | None, suites: str, server_name: str | None) -> Client | Attempt:
    """A client that has its first message ready, or that it cannot be tried from here."""
    try:
        made = Client(context(version, suites), server_name)
    except (ssl.SSLError, ValueError) as error:
        return Attempt(NOT_TESTED, f"{ssl.OPENSSL_VERSION} on this machine cannot offer it: {getattr(error, 'reason', None) or error}")
    return made
