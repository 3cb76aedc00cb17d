# SPDX-License-Identifier: GPL-3.0-or-later
"""From MCS Connect Response to an active connection, inside TLS: channels, licence, capabilities, finalisation.

There is no desktop behind it: a client that got so far has been let in, and that is all a stranger can learn.
Source: MS-RDPBCGR 1.3.1.1 (order of the messages), 2.2.1.5 to 2.2.1.22, 2.2.7 (capability sets).
"""

from __future__ import annotations

import struct
from enum import IntEnum

from .mcs import IO_CHANNEL
from .x224 import NotRdp

# channel of the user, above every channel that a client can ask for, and of the server
USER, SERVER = 2001, 1002
BASE = 1001
SHARE = 0x000103EA
HEADER = b"\x02\xf0\x80"


class Mcs(IntEnum):
    """First byte of a domain PDU."""

    ERECT_DOMAIN = 0x04
    DISCONNECT = 0x21
    ATTACH_USER = 0x28
    JOIN_CHANNEL = 0x38
    SEND_DATA = 0x64
    SEND_DATA_INDICATION = 0x68


INFO_PACKET, LICENSE_PACKET = 0x40, 0x80
DEMAND_ACTIVE, CONFIRM_ACTIVE, DATA_PDU = 0x11, 0x13, 0x17
SYNCHRONIZE, CONTROL, FONT_LIST, FONT_MAP = 31, 20, 39, 40
REQUEST_CONTROL, GRANTED_CONTROL, COOPERATE = 1, 2, 4
# ERROR_ALERT with STATUS_VALID_CLIENT, ST_NO_TRANSITION and an empty blob: no licence is needed
VALID_CLIENT = struct.pack("<BBHIIHH", 0xFF, 3, 16, 7, 2, 4, 0)
# type and content of each capability set
CAPABILITIES = (
    (1, struct.pack("<9H2B", 1, 3, 0x0200, 0, 0, 0x041D, 0, 0, 0, 1, 1)),  # general
    (2, struct.pack("<9H2B2H", 32, 1, 1, 1, 1024, 768, 0, 1, 1, 0, 0, 1, 0)),  # bitmap
    (3, bytes(20) + struct.pack("<6H", 1, 20, 0, 1, 0, 0x22) + bytes(40) + struct.pack("<I4H", 230400, 0, 0, 0, 0)),  # order
    (8, struct.pack("<3H", 1, 25, 25)),  # pointer
    (9, struct.pack("<2H", SERVER, 0)),  # share
    (13, struct.pack("<2H", 0x0015, 0) + bytes(80)),  # input
    (20, struct.pack("<2I", 0, 1600)),  # virtual channels
)


class Activation:
    """Takes whole messages in their TPKT, gives the messages of the answer. `ended`: the client said good-bye."""

    def __init__(self) -> None:
        self.ended = False

    def receive(self, message: bytes) -> list[bytes]:
        """Raises NotRdp for a domain PDU that has no place here."""
        body = message[7:]
        kind = body[0]
        if kind == Mcs.ERECT_DOMAIN:
            return []
        if kind == Mcs.DISCONNECT:
            self.ended = True
            return []
        if kind == Mcs.ATTACH_USER:
            return [_message(struct.pack(">BBH", 0x2E, 0, USER - BASE))]
        if kind == Mcs.JOIN_CHANNEL:
            initiator, channel = struct.unpack_from(">HH", body, 1)
            return [_message(struct.pack(">BBHHH", 0x3E, 0, initiator, channel, channel))]
        if kind == Mcs.SEND_DATA:
            return _data(*_addressed(body))
        raise NotRdp(f"a domain PDU that begins with {kind:#04x} has no place here")


def _addressed(body: bytes) -> tuple[int, bytes]:
    """Channel and content of a Send Data Request."""
    channel: int = struct.unpack_from(">H", body, 3)[0]
    return channel, body[8 if body[6] & 0x80 else 7 :]


def _data(channel: int, content: bytes) -> list[bytes]:
    if channel != IO_CHANNEL:
        return []  # a virtual channel: nobody is at its end
    if struct.unpack_from("<H", content)[0] & INFO_PACKET and struct.unpack_from("<H", content, 2)[0] == 0:
        return [_indication(struct.pack("<HH", LICENSE_PACKET, 0) + VALID_CLIENT), _indication(_demand_active())]
    if struct.unpack_from("<H", content, 2)[0] != DATA_PDU:
        return []  # the client's own capabilities
    return [_indication(answer) for answer in _finalise(content)]


def _finalise(content: bytes) -> list[bytes]:
    kind = content[14]
    if kind == SYNCHRONIZE:
        return [_share_data(SYNCHRONIZE, struct.pack("<HH", 1, USER))]
    if kind == FONT_LIST:
        return [_share_data(FONT_MAP, struct.pack("<4H", 0, 0, 3, 4))]
    if kind == CONTROL:
        if struct.unpack_from("<H", content, 18)[0] == REQUEST_CONTROL:
            return [_share_data(CONTROL, struct.pack("<HHI", GRANTED_CONTROL, USER, SERVER))]
        return [_share_data(CONTROL, struct.pack("<HHI", COOPERATE, 0, 0))]
    return []


def _demand_active() -> bytes:
    sets = b"".join(struct.pack("<HH", kind, len(content) + 4) + content for kind, content in CAPABILITIES)
    combined = struct.pack("<HH", len(CAPABILITIES), 0) + sets
    body = struct.pack("<IHH", SHARE, 4, len(combined)) + b"RDP\0" + combined + bytes(4)
    return _share_control(DEMAND_ACTIVE, body)


def _share_control(kind: int, body: bytes) -> bytes:
    return struct.pack("<HHH", len(body) + 6, kind, SERVER) + body


def _share_data(kind: int, body: bytes) -> bytes:
    return _share_control(DATA_PDU, struct.pack("<IBBHBBH", SHARE, 0, 1, len(body) + 4, kind, 0, 0) + body)


def _indication(content: bytes) -> bytes:
    head = struct.pack(">BHHBH", Mcs.SEND_DATA_INDICATION, SERVER - BASE, IO_CHANNEL, 0x70, len(content) | 0x8000)
    return _message(head + content)


def _message(body: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, len(HEADER) + len(body) + 4) + HEADER + body
