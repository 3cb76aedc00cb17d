# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to a Remote Desktop listener, without a socket: bytes in, events out.

Inside TLS it goes on until the connection is active, with no desktop behind it; with standard security it ends after
the MCS Connect Response, which says all that is to be known of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from spnego.exceptions import SpnegoError

from . import credssp, mcs, x224
from .activation import Activation
from .credssp import CredSsp, State
from .settings import Settings
from .x224 import HYBRID, HYBRID_EX, RDP, RDSTLS, SSL, Refused

# a TLS client that does not ask over X.224 first ("direct approach")
TLS_HANDSHAKE = 0x16
AUTHORIZED, NOT_AUTHORIZED = 0, 5
MALFORMED = (x224.NotRdp, ValueError, IndexError, KeyError, struct.error, SpnegoError)


@dataclass(frozen=True)
class Send:
    data: bytes


@dataclass(frozen=True)
class StartTls:
    """What is sent and received from here on goes through TLS; `pending` was received and belongs to it."""

    pending: bytes = b""


@dataclass(frozen=True)
class Close:
    reason: str = ""


Event = Send | StartTls | Close


class Phase(Enum):
    REQUEST = "request"
    CREDSSP = "credssp"
    MCS = "mcs"
    REFUSED = "refused"
    ACTIVATION = "activation"
    CONNECTED = "connected"


# what a client has to say first; RDSTLS is for redirected sessions, of which there are none
PHASES = {RDP: Phase.MCS, SSL: Phase.MCS, HYBRID: Phase.CREDSSP, HYBRID_EX: Phase.CREDSSP, RDSTLS: Phase.REFUSED}


class Session:
    """settings: one reading of the box. start_credssp: what makes the CredSSP of this connection, once TLS is there.

    closes_silent: whether a client that cannot negotiate and would not be let in is cut off at once; Windows may also
    confirm with 11 bytes and be silent afterwards.
    """

    def __init__(self, settings: Settings, start_credssp: Callable[[], CredSsp], closes_silent: bool = False) -> None:
        self._settings, self._start_credssp, self._closes_silent = settings, start_credssp, closes_silent
        self._data = b""
        self._phase = Phase.REQUEST
        self._requested = 0
        self._protocol = RDP
        self._credssp: CredSsp | None = None
        self._activation = Activation()

    def receive(self, data: bytes) -> list[Event]:
        """What happens next; after Close nothing more does."""
        self._data += data
        if self._phase is Phase.REQUEST and self._data[:1] == bytes([TLS_HANDSHAKE]):
            return self._begin_direct()
        events: list[Event] = []
        try:
            while (message := self._take()) and not any(isinstance(event, Close) for event in events):
                events += self._handle(message)
        except MALFORMED as error:
            events.append(Close(str(error)))
        return events

    def _take(self) -> bytes:
        """The next whole message, empty while there is none."""
        length = (credssp.message_length if self._is_credssp() else x224.tpkt_length)(self._data)
        if length is None or len(self._data) < length:
            return b""
        message, self._data = self._data[:length], self._data[length:]
        return message

    def _is_credssp(self) -> bool:
        return self._phase is Phase.CREDSSP

    def _handle(self, message: bytes) -> list[Event]:
        handlers = {
            Phase.REQUEST: self._negotiate,
            Phase.CREDSSP: self._authenticate,
            Phase.MCS: self._connect,
            Phase.ACTIVATION: self._activate,
        }
        handler = handlers.get(self._phase)
        return [Close("nothing comes after this here")] if handler is None else handler(message)

    def _begin_direct(self) -> list[Event]:
        if self._settings.security_layer == x224.LAYER_RDP:
            return [Close("there is no TLS")]
        self._requested = self._protocol = HYBRID if self._settings.network_level_authentication else SSL
        self._phase = PHASES[self._protocol]
        pending, self._data = self._data, b""
        return [StartTls(pending)]

    def _negotiate(self, message: bytes) -> list[Event]:
        request = x224.parse(message)
        answer = x224.choose(request, self._settings.security_layer, self._settings.network_level_authentication)
        self._requested = request.protocols or 0
        if isinstance(answer, Refused):
            return self._refuse(answer)
        self._protocol = answer.protocol or RDP
        self._phase = PHASES[self._protocol]
        confirm = Send(x224.confirm(answer))
        if self._protocol == RDP:
            return [confirm]
        pending, self._data = self._data, b""
        return [confirm, StartTls(pending)]

    def _refuse(self, answer: Refused) -> list[Event]:
        if answer.code is None:
            self._phase = Phase.REFUSED
            return [Close("no negotiation")] if self._closes_silent else [Send(x224.confirm(answer))]
        return [Send(x224.confirm(answer)), Close(f"failure {answer.code}")]

    def _authenticate(self, message: bytes) -> list[Event]:
        if self._credssp is None:
            self._credssp = self._start_credssp()
        answer = self._credssp.receive(message)
        events: list[Event] = [Send(answer)] if answer else []
        if self._credssp.state is State.FAILED:
            return [*events, Close("logon failure")]
        if self._credssp.state is State.DONE:
            self._phase = Phase.MCS
            events += self._authorize()
        return events

    def _authorize(self) -> list[Event]:
        """Who may not open a session is told so at once where the client can hear it, else much later."""
        allowed = self._credssp is not None and self._credssp.verdict is not None and self._credssp.verdict.authorized
        events: list[Event] = []
        if self._protocol == HYBRID_EX:
            events.append(Send(struct.pack("<I", AUTHORIZED if allowed else NOT_AUTHORIZED)))
        return events if allowed else [*events, Close("no right to log on through Remote Desktop")]

    def _connect(self, message: bytes) -> list[Event]:
        initial = mcs.parse(message)
        chosen: mcs.Encryption | None = mcs.Encryption(0, 0)  # TLS encrypts already
        if self._protocol == RDP:
            chosen = mcs.encryption(self._settings.encryption_level, initial.methods)
        if chosen is None:
            return [Close("no common encryption method")]
        self._phase = Phase.CONNECTED if self._protocol == RDP else Phase.ACTIVATION
        return [Send(mcs.response(self._settings.rdp_version, self._requested, initial, chosen))]

    def _activate(self, message: bytes) -> list[Event]:
        events: list[Event] = [Send(answer) for answer in self._activation.receive(message)]
        return [*events, Close("the client left")] if self._activation.ended else events
