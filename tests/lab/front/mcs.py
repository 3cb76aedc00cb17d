# SPDX-License-Identifier: GPL-3.0-or-later
"""MCS Connect Initial and Connect Response: what version the server is, and how standard security encrypts.

Sources: MS-RDPBCGR 2.2.1.3, 2.2.1.4, 5.3.1 (levels), 5.3.3.1.1 (proprietary certificate); T.124, T.125.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from functools import cache

from .x224 import DATA, NotRdp

BIT_40, BIT_128, BIT_56, FIPS = 1, 2, 8, 0x10
LOW, CLIENT_COMPATIBLE, HIGH, FIPS_LEVEL = 1, 2, 3, 4
# level -> methods in the order of preference; FIPS is what is left for a client that has nothing else
METHODS = {
    LOW: (BIT_128, BIT_56, BIT_40, FIPS),
    CLIENT_COMPATIBLE: (BIT_128, BIT_56, BIT_40, FIPS),
    HIGH: (BIT_128, FIPS),
    FIPS_LEVEL: (FIPS,),
}
CLIENT_SECURITY, CLIENT_NET = 0xC002, 0xC003
SERVER_CORE, SERVER_SECURITY, SERVER_NET = 0x0C01, 0x0C02, 0x0C03
IO_CHANNEL = 1003
RANDOM_LENGTH, KEY_BITS = 32, 2048
CLIENT_MARK = b"Duca"
# T.124 object identifier; the length that follows is always 0x2a on Windows, and nobody reads it
CONFERENCE = bytes.fromhex("000500147c0001 2a 14760a01010001c000") + b"McDn"
DOMAIN_PARAMETERS = bytes.fromhex("020122 020103 020100 020101 020100 020101 0203 00fff8 020102")


@dataclass(frozen=True)
class Initial:
    """What a Connect Initial says: encryption methods of the client and its number of channels."""

    methods: int
    channels: int


@dataclass(frozen=True)
class Encryption:
    """Method and level; both 0 inside TLS."""

    method: int
    level: int


def parse(message: bytes) -> Initial:
    """A Connect Initial in its TPKT and X.224 data header. Raises NotRdp."""
    mark = message.find(CLIENT_MARK)
    if message[5:6] != bytes([DATA]) or message[7:9] != b"\x7f\x65" or mark < 0:
        raise NotRdp("no MCS Connect Initial with a conference request")
    blocks = dict(_blocks(message, _after_length(message, mark + 4)))
    security, net = blocks.get(CLIENT_SECURITY, b""), blocks.get(CLIENT_NET, b"")
    return Initial(_number(security), _number(net))


def _number(block: bytes) -> int:
    found: int = struct.unpack_from("<I", block)[0] if len(block) >= 4 else 0
    return found


def _after_length(message: bytes, start: int) -> int:
    """Behind a length of the packed encoding rules: one byte, or two where the first has its high bit set."""
    return start + (2 if message[start : start + 1] >= b"\x80" else 1)


def _blocks(message: bytes, position: int) -> list[tuple[int, bytes]]:
    found = []
    while position + 4 <= len(message):
        kind, length = struct.unpack_from("<HH", message, position)
        if length < 4:
            raise NotRdp(f"a block of client data says that it is {length} bytes long")
        found.append((kind, message[position + 4 : position + length]))
        position += length
    return found


def encryption(level: int, methods: int) -> Encryption | None:
    """What standard security does at this level for a client with these methods; None: the client is refused."""
    method = next((method for method in METHODS.get(level, ()) if methods & method), None)
    return None if method is None else Encryption(method, level)


def response(version: int, requested: int, initial: Initial, chosen: Encryption) -> bytes:
    """The Connect Response in its TPKT; `requested` are the protocols that the client asked for."""
    blocks = _block(SERVER_CORE, struct.pack("<III", version, requested, 0))
    blocks += _block(SERVER_NET, _channels(initial.channels)) + _block(SERVER_SECURITY, _security(chosen))
    user_data = CONFERENCE + _packed_length(len(blocks)) + blocks
    body = _element(0x0A, b"\0") + _element(0x02, b"\0") + _element(0x30, DOMAIN_PARAMETERS) + _element(0x04, user_data)
    pdu = b"\x02\xf0\x80" + b"\x7f\x66" + _length(len(body)) + body
    return struct.pack(">BBH", 3, 0, len(pdu) + 4) + pdu


def _channels(count: int) -> bytes:
    numbers = struct.pack(f"<HH{count}H", IO_CHANNEL, count, *range(IO_CHANNEL + 1, IO_CHANNEL + 1 + count))
    return numbers + b"\0" * (len(numbers) % 4)


def _security(chosen: Encryption) -> bytes:
    head = struct.pack("<II", chosen.method, chosen.level)
    if chosen.method == 0:
        return head
    certificate = proprietary_certificate()
    return head + struct.pack("<II", RANDOM_LENGTH, len(certificate)) + secrets.token_bytes(RANDOM_LENGTH) + certificate


@cache
def proprietary_certificate() -> bytes:
    """A certificate of the form that standard security has: 376 bytes for 2048 bit. Nobody can check its signature."""
    size = KEY_BITS // 8
    modulus = secrets.randbits(KEY_BITS) | 1 | 1 << (KEY_BITS - 1)
    key = struct.pack("<4sIIII", b"RSA1", size + 8, KEY_BITS, size - 1, 0x10001) + modulus.to_bytes(size, "little") + b"\0" * 8
    signature = secrets.token_bytes(64) + b"\0" * 8
    return struct.pack("<IIIHH", 1, 1, 1, 6, len(key)) + key + struct.pack("<HH", 8, len(signature)) + signature


def _block(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content) + 4) + content


def _packed_length(length: int) -> bytes:
    return bytes([length]) if length < 0x80 else struct.pack(">H", length | 0x8000)


def _length(length: int) -> bytes:
    return bytes([length]) if length < 0x80 else b"\x82" + struct.pack(">H", length)


def _element(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + _length(len(content)) + content
