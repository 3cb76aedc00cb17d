# SPDX-License-Identifier: GPL-3.0-or-later
"""X.224 Connection Request and Confirm of Remote Desktop, without sockets (MS-RDPBCGR 2.2.1.1 and 2.2.1.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .answers import Disconnected, NoAnswer, Unreadable

RDP, SSL, HYBRID, RDSTLS, HYBRID_EX, RDSAAD = 0, 1, 2, 4, 8, 16
PROTOCOLS = {RDP: "RDP", SSL: "SSL", HYBRID: "HYBRID", RDSTLS: "RDSTLS", HYBRID_EX: "HYBRID_EX", RDSAAD: "RDSAAD"}
# With these the connection goes on inside TLS.
INSIDE_TLS = frozenset({SSL, HYBRID, RDSTLS, HYBRID_EX})
# With these credentials are proved before a session is made (NLA).
CREDENTIALS_FIRST = frozenset({HYBRID, HYBRID_EX})

SSL_REQUIRED, SSL_NOT_ALLOWED, NO_CERTIFICATE, INCONSISTENT, HYBRID_REQUIRED, USER_CERTIFICATE_REQUIRED = 1, 2, 3, 4, 5, 6
FAILURES = {
    SSL_REQUIRED: "SSL_REQUIRED_BY_SERVER",
    SSL_NOT_ALLOWED: "SSL_NOT_ALLOWED_BY_SERVER",
    NO_CERTIFICATE: "SSL_CERT_NOT_ON_SERVER",
    INCONSISTENT: "INCONSISTENT_FLAGS",
    HYBRID_REQUIRED: "HYBRID_REQUIRED_BY_SERVER",
    USER_CERTIFICATE_REQUIRED: "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
}

RESTRICTED_ADMIN = 0x08
FLAGS = {
    0x01: "EXTENDED_CLIENT_DATA",
    0x02: "DYNVC_GFX",
    0x04: "RESERVED",
    RESTRICTED_ADMIN: "RESTRICTED_ADMIN_MODE_SUPPORTED",
    0x10: "REDIRECTED_AUTHENTICATION_MODE_SUPPORTED",
}

_TPKT_VERSION, _TPKT_HEADER, _X224_HEADER = 3, 4, 7
_CONNECTION_REQUEST, _CONNECTION_CONFIRM, _DATA = 0xE0, 0xD0, 0xF0
_NEGOTIATION_REQUEST, _NEGOTIATION_RESPONSE, _NEGOTIATION_FAILURE, _NEGOTIATION_LENGTH = 1, 2, 3, 8
_DISCONNECT_ULTIMATUM = 0x20


@dataclass(frozen=True)
class Selected:
    """RDP_NEG_RSP: the server chose `protocol`, which may be none that was asked for."""

    protocol: int
    flags: int

    @property
    def text(self) -> str:
        return f"selected {protocol_name(self.protocol)}"


@dataclass(frozen=True)
class Failed:
    """RDP_NEG_FAILURE."""

    code: int

    @property
    def text(self) -> str:
        return f"refused with code {self.code} {FAILURES.get(self.code, 'unknown')}"


@dataclass(frozen=True)
class Classic:
    """A Connection Confirm without negotiation data. It proves nothing before MCS is tried."""

    @property
    def text(self) -> str:
        return "confirmed without negotiation data"


Confirm = Selected | Failed | Classic
Answer = Confirm | Disconnected | Unreadable | NoAnswer


def protocol_name(protocol: int) -> str:
    return PROTOCOLS.get(protocol, f"unknown protocol 0x{protocol:x}")


def flag_names(flags: int) -> list[str]:
    return [name for bit, name in FLAGS.items() if flags & bit]


def tpkt(payload: bytes) -> bytes:
    return struct.pack(">BBH", _TPKT_VERSION, 0, _TPKT_HEADER + len(payload)) + payload


def data_unit(payload: bytes) -> bytes:
    """An X.224 Data TPDU in its TPKT."""
    return tpkt(bytes((2, _DATA, 0x80)) + payload)


def connection_request(protocols: int | None, cookie: str | None = None) -> bytes:
    """protocols: None asks for nothing, as clients before RDP 5.2 do."""
    variable = f"Cookie: mstshash={cookie}\r\n".encode("ascii") if cookie is not None else b""
    if protocols is not None:
        variable += struct.pack("<BBHI", _NEGOTIATION_REQUEST, 0, _NEGOTIATION_LENGTH, protocols)
    fixed = bytes((6 + len(variable), _CONNECTION_REQUEST, 0, 0, 0, 0, 0))
    return tpkt(fixed + variable)


def missing(received: bytes) -> int:
    """How many bytes are still to come before the TPKT is whole; 0 also for what is no TPKT."""
    if received[:1] not in (b"", bytes((_TPKT_VERSION,))):
        return 0
    if len(received) < _TPKT_HEADER:
        return _TPKT_HEADER - len(received)
    return max(0, int.from_bytes(received[2:4], "big") - len(received))


def payload_of(received: bytes) -> bytes | Unreadable:
    """What stands behind `02 f0 80`."""
    if missing(received):
        return Unreadable(received, "it ends in the middle")
    if received[:1] != bytes((_TPKT_VERSION,)) or received[4:7] != bytes((2, _DATA, 0x80)):
        return Unreadable(received, "it is no X.224 data unit")
    return received[7 : int.from_bytes(received[2:4], "big")]


def is_ultimatum(payload: bytes) -> bool:
    return bool(payload) and payload[0] & 0xFC == _DISCONNECT_ULTIMATUM


def read_confirm(received: bytes) -> Answer:
    """The answer to a Connection Request. Judged by what was selected, never by the kind of the message."""
    payload = payload_of(received)
    if isinstance(payload, bytes) and is_ultimatum(payload):
        return Disconnected()
    if received[:1] != bytes((_TPKT_VERSION,)):
        return Unreadable(received, "it is no TPKT, so this is no Remote Desktop")
    if missing(received):
        return Unreadable(received, "it ends in the middle")
    body = received[_TPKT_HEADER : int.from_bytes(received[2:4], "big")]
    if len(body) < _X224_HEADER or body[1] & 0xF0 != _CONNECTION_CONFIRM or body[0] != len(body) - 1:
        return Unreadable(received, "it is no X.224 Connection Confirm")
    return _read_negotiation(received, body[_X224_HEADER:])


def _read_negotiation(received: bytes, data: bytes) -> Answer:
    if not data:
        return Classic()
    if len(data) != _NEGOTIATION_LENGTH:
        return Unreadable(received, f"its negotiation data has {len(data)} bytes")
    kind, flags, length, value = struct.unpack("<BBHI", data)
    if length == _NEGOTIATION_LENGTH and kind == _NEGOTIATION_RESPONSE:
        return Selected(value, flags)
    if length == _NEGOTIATION_LENGTH and kind == _NEGOTIATION_FAILURE:
        return Failed(value)
    return Unreadable(received, f"its negotiation data is of the unknown type {kind}")
