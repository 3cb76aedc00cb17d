# SPDX-License-Identifier: GPL-3.0-or-later
"""The first exchange of RDP: X.224 Connection Request and Confirm with the negotiation of the security protocol.

Sources: MS-RDPBCGR 2.2.1.1, 2.2.1.2, 5.4.2; what Windows chooses: README of rdp-sec-check (a server that demands NLA
answers 0 and 1 with failure 5), output of nmap's rdp-enum-encryption against Windows Server 2016 and later (CredSSP,
CredSSP with early user authorisation and RDSTLS succeed when asked for alone).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

RDP, SSL, HYBRID, RDSTLS, HYBRID_EX = 0, 1, 2, 4, 8
SSL_REQUIRED, SSL_NOT_ALLOWED, HYBRID_REQUIRED = 1, 2, 5
# extended client data, graphics, reserved, restricted administration, redirected authentication: Windows since 1607
RESPONSE_FLAGS = 0x1F
LAYER_RDP, LAYER_NEGOTIATE, LAYER_TLS = 0, 1, 2
CONNECTION_REQUEST, DATA = 0xE0, 0xF0
MAX_REQUEST = 1024


class NotRdp(Exception):
    """The bytes are no message that a Remote Desktop server understands; it closes the connection."""


@dataclass(frozen=True)
class Request:
    """`protocols` None: the client sent no negotiation request."""

    protocols: int | None
    flags: int = 0


@dataclass(frozen=True)
class Selected:
    """The protocol of the answer; None for a client that does not negotiate and gets standard security."""

    protocol: int | None


@dataclass(frozen=True)
class Refused:
    """`code` of the failure; None for a client that does not negotiate and therefore understands no failure."""

    code: int | None


def tpkt_length(data: bytes) -> int | None:
    """How long the first message is, None while its head is not complete. Raises NotRdp."""
    if data[:1] not in (b"", b"\x03"):
        raise NotRdp(f"a message begins with {data[0]:#04x}, not with TPKT version 3")
    if len(data) < 4:
        return None
    length: int = struct.unpack_from(">H", data, 2)[0]
    if length < 7:
        raise NotRdp(f"a TPKT message of {length} bytes is too short")
    return length


def parse(message: bytes) -> Request:
    """A Connection Request in its TPKT. Raises NotRdp."""
    if len(message) < 11 or len(message) > MAX_REQUEST or message[5] != CONNECTION_REQUEST or message[4] != len(message) - 5:
        raise NotRdp("no X.224 Connection Request")
    rest = message[11:]
    end = rest.find(b"\r\n")  # a routing token or a cookie stands first
    if end >= 0 and rest.startswith(b"Cookie:"):
        rest = rest[end + 2 :]
    if len(rest) < 8 or rest[0] != 1:
        return Request(None)
    flags, _, protocols = struct.unpack_from("<BHI", rest, 1)
    return Request(protocols, flags)


def choose(request: Request, layer: int, nla: bool) -> Selected | Refused:
    """What Windows answers, by the effective SecurityLayer and UserAuthentication.

    With layer 0 there is no TLS and so no NLA, whatever UserAuthentication says.
    """
    if layer == LAYER_RDP:
        return Refused(SSL_NOT_ALLOWED) if request.protocols else Selected(request.protocols)
    required = HYBRID_REQUIRED if nla else SSL_REQUIRED if layer == LAYER_TLS else None
    if request.protocols is None:
        return Selected(None) if required is None else Refused(None)
    for protocol in (HYBRID_EX, HYBRID, RDSTLS, *([] if nla else [SSL])):
        if request.protocols & protocol:
            return Selected(protocol)
    return Selected(RDP) if required is None else Refused(required)


def confirm(answer: Selected | Refused) -> bytes:
    """The Connection Confirm; 11 bytes for a client that did not negotiate."""
    if isinstance(answer, Selected):
        data = b"" if answer.protocol is None else struct.pack("<BBHI", 2, RESPONSE_FLAGS, 8, answer.protocol)
    else:
        data = b"" if answer.code is None else struct.pack("<BBHI", 3, 0, 8, answer.code)
    return struct.pack(">BBHBBHHB", 3, 0, 11 + len(data), 6 + len(data), 0xD0, 0, 0x1234, 0) + data
