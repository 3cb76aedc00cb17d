# SPDX-License-Identifier: GPL-3.0-or-later
"""MCS Connect Initial and Response: whether native RDP security is alive, and how it encrypts (MS-RDPBCGR 2.2.1.3, 2.2.1.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .answers import Disconnected, NoAnswer, Unreadable
from .ber import element, integer, read_element
from .x224 import data_unit, is_ultimatum, payload_of

METHODS = {0x01: "40-bit", 0x08: "56-bit", 0x02: "128-bit", 0x10: "FIPS"}
ALL_METHODS = 0x1B
NO_LEVEL, LOW, CLIENT_COMPATIBLE, HIGH, FIPS = range(5)
LEVELS = {NO_LEVEL: "none", LOW: "low", CLIENT_COMPATIBLE: "client compatible", HIGH: "high", FIPS: "FIPS"}

_CONNECT_INITIAL, _CONNECT_RESPONSE = 0x65, 0x66
# T.125 DomainParameters: target, minimum and maximum, each channels, users, tokens, priorities, throughput, height, PDU size, version.
_DOMAIN_PARAMETERS = (
    (34, 2, 0, 1, 0, 1, 65535, 2),
    (1, 1, 1, 1, 0, 1, 1056, 2),
    (65535, 64535, 65535, 1, 0, 1, 65535, 2),
)
# T.124 ConnectData with the object identifier of its version 0.0.20.124.0.1, and the conference name "1".
_CONFERENCE = bytes.fromhex("00 05 00 14 7c 00 01")
_CREATE_REQUEST = bytes.fromhex("00 08 00 10 00 01 c0 00") + b"Duca"
_SERVER_KEY = b"McDn"
_SC_SECURITY = 0x0C02


@dataclass(frozen=True)
class ServerSecurity:
    """The server's answer. method: a bit of METHODS or 0. level: of LEVELS."""

    method: int
    level: int

    @property
    def text(self) -> str:
        return f"MCS answered with encryption method {self.method_name}, level {self.level_name}"

    @property
    def method_name(self) -> str:
        return METHODS.get(self.method, "none" if self.method == 0 else f"unknown 0x{self.method:x}")

    @property
    def level_name(self) -> str:
        return LEVELS.get(self.level, f"unknown {self.level}")


McsAnswer = ServerSecurity | Disconnected | Unreadable | NoAnswer


def connect_initial(methods: int) -> bytes:
    """A Connect Initial as a client of the size 1024 x 768 that can encrypt by these methods."""
    blocks = _client_core() + _block(0xC004, struct.pack("<II", 13, 0)) + _block(0xC002, struct.pack("<II", methods, 0))
    blocks += _block(0xC003, struct.pack("<I", 0))
    request = _CREATE_REQUEST + _packed_length(len(blocks)) + blocks
    user_data = _CONFERENCE + _packed_length(len(request)) + request
    domain = b"".join(element(0x30, b"".join(map(integer, numbers))) for numbers in _DOMAIN_PARAMETERS)
    body = element(0x04, b"\x01") + element(0x04, b"\x01") + element(0x01, b"\xff") + domain + element(0x04, user_data)
    return data_unit(element(_CONNECT_INITIAL, body, application=True))


def _client_core() -> bytes:
    size_and_name = struct.pack("<IHHHHII32s", 0x00080004, 1024, 768, 0xCA01, 0xAA03, 0x409, 2600, "probe".encode("utf-16-le"))
    keyboard_and_input = struct.pack("<III64s", 4, 0, 12, b"")
    colours_and_capabilities = struct.pack("<HHIHHH64sBBI", 0xCA01, 1, 0, 24, 7, 1, b"", 0, 0, 0)
    return _block(0xC001, size_and_name + keyboard_and_input + colours_and_capabilities)


def _block(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data) + 4) + data


def _packed_length(length: int) -> bytes:
    """A PER length in its two-byte form."""
    return struct.pack(">H", 0x8000 | length)


def read_response(received: bytes) -> McsAnswer:
    payload = payload_of(received)
    if isinstance(payload, Unreadable):
        return payload
    if is_ultimatum(payload):
        return Disconnected()
    response = read_element(payload)
    if response is None or response.tag != (0x7F00 | _CONNECT_RESPONSE):
        return Unreadable(received, "it is no MCS Connect Response")
    result = read_element(response.content)
    if result is None or result.tag != 0x0A:
        return Unreadable(received, "its MCS Connect Response has no result")
    code = int.from_bytes(result.content, "big")
    return Disconnected(code) if code else _read_blocks(received, response.content)


def _read_blocks(received: bytes, content: bytes) -> McsAnswer:
    _before, key, rest = content.partition(_SERVER_KEY)
    if not key or not rest:
        return Unreadable(received, "its MCS Connect Response has no server data")
    found = dict(_blocks(rest[2 if rest[0] & 0x80 else 1 :]))
    security = found.get(_SC_SECURITY, b"")
    if len(security) < 8:
        return Unreadable(received, "its MCS Connect Response says nothing about encryption")
    method, level = struct.unpack_from("<II", security)
    return ServerSecurity(method, level)


def _blocks(data: bytes) -> list[tuple[int, bytes]]:
    """The blocks in any order; what stands behind a broken length is left out."""
    found = []
    while len(data) >= 4:
        kind, length = struct.unpack_from("<HH", data)
        if not 4 <= length <= len(data):
            break
        found.append((kind, data[4:length]))
        data = data[length:]
    return found
