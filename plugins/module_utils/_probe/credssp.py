# SPDX-License-Identifier: GPL-3.0-or-later
"""What CredSSP gives away before anybody logs on: the NTLM challenge (MS-CSSP 2.2.1, MS-NLMP 2.2.1.2).

Only NEGOTIATE is ever sent. No AUTHENTICATE follows, so no logon is attempted and none is counted.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from . import ber
from .answers import NoAnswer, Unreadable

_SIGNATURE = b"NTLMSSP\x00"
_CHALLENGE = _SIGNATURE + struct.pack("<I", 2)
_NEGOTIATE_FLAGS = 0xE20882B7
_CLIENT_VERSION = bytes.fromhex("0a 00 63 45 00 00 00 0f")
_TSREQUEST_VERSION = 6
_HAS_VERSION = 0x02000000
_LONGEST = 65536
_TEXTS = {1: "netbios_computer", 2: "netbios_domain", 3: "dns_computer", 4: "dns_domain", 5: "dns_forest"}
_TIMESTAMP = 7
_WINDOWS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_SEQUENCE, _TOKENS, _TOKEN, _ERROR, _INTEGER, _OCTETS = 0x30, 0xA1, 0xA0, 0xA4, 0x02, 0x04


@dataclass(frozen=True)
class Challenge:
    """target: the name the server gives itself. version: such as 10.0.20348, or None. names: by the values of _TEXTS."""

    target: str
    version: str | None
    clock: datetime | None
    names: Mapping[str, str]

    @property
    def text(self) -> str:
        return f"NTLM challenge from {self.target or 'a server without a name'}" + (f", version {self.version}" if self.version else "")


@dataclass(frozen=True)
class Declined:
    """A TSRequest without a challenge, as from a server that does not do NTLM. code: its NTSTATUS, or None."""

    code: int | None

    @property
    def text(self) -> str:
        return "CredSSP answered without an NTLM challenge" + (f" (0x{self.code:08x})" if self.code is not None else "")


CredsspAnswer = Challenge | Declined | Unreadable | NoAnswer


def negotiate_request() -> bytes:
    """A TSRequest with an NTLM NEGOTIATE that names nobody."""
    ntlm = _SIGNATURE + struct.pack("<II", 1, _NEGOTIATE_FLAGS) + bytes(16) + _CLIENT_VERSION
    token = ber.element(_SEQUENCE, ber.element(_TOKEN, ber.element(_OCTETS, ntlm)))
    tokens = ber.element(_TOKENS, ber.element(_SEQUENCE, token))
    return ber.element(_SEQUENCE, ber.element(0xA0, ber.integer(_TSREQUEST_VERSION)) + tokens)


def missing(received: bytes) -> int:
    """How many bytes are still to come before the TSRequest is whole."""
    return ber.missing(received, _LONGEST)


def read_answer(received: bytes) -> CredsspAnswer:
    request = ber.read_element(received)
    if request is None or request.tag != _SEQUENCE:
        return Unreadable(received, "it is no whole TSRequest")
    parts = {part.tag: part.content for part in ber.read_elements(request.content)}
    at = parts.get(_TOKENS, b"").find(_CHALLENGE)
    if at >= 0:
        return _read_challenge(received, parts[_TOKENS][at:])
    if _TOKENS not in parts and _ERROR not in parts:
        return Unreadable(received, "its TSRequest holds neither a token nor an error")
    return Declined(_error_code(parts.get(_ERROR)))


def _error_code(content: bytes | None) -> int | None:
    number = ber.read_element(content) if content else None
    if number is None or number.tag != _INTEGER:
        return None
    return int.from_bytes(number.content, "big") & 0xFFFFFFFF


def _read_challenge(received: bytes, message: bytes) -> CredsspAnswer:
    if len(message) < 48:
        return Unreadable(received, "its NTLM challenge ends in the middle")
    target, pairs = _field(message, 12), _field(message, 40)
    if target is None or pairs is None:
        return Unreadable(received, "its NTLM challenge points outside itself")
    values = _pairs(pairs)
    names = {name: _decoded(values[number]) for number, name in _TEXTS.items() if number in values}
    return Challenge(_decoded(target), _version(message), _clock(values.get(_TIMESTAMP)), names)


def _field(message: bytes, at: int) -> bytes | None:
    """A field is its length, its space and its offset; None where it lies outside the message."""
    length, _space, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + length] if offset + length <= len(message) else None


def _version(message: bytes) -> str | None:
    (flags,) = struct.unpack_from("<I", message, 20)
    if not flags & _HAS_VERSION or len(message) < 56:
        return None
    major, minor, build = struct.unpack_from("<BBH", message, 48)
    return f"{major}.{minor}.{build}"


def _pairs(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        number, length = struct.unpack_from("<HH", data)
        if number == 0 or 4 + length > len(data):
            break
        found[number] = data[4 : 4 + length]
        data = data[4 + length :]
    return found


def _decoded(text: bytes) -> str:
    return text.decode("utf-16-le", errors="replace")


def _clock(value: bytes | None) -> datetime | None:
    """A FILETIME: tenths of microseconds since 1601."""
    if value is None or len(value) != 8:
        return None
    try:
        return _WINDOWS_EPOCH + timedelta(microseconds=int.from_bytes(value, "little") // 10)
    except OverflowError:
        return None
