# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries one connection of a client: a socket, TLS where the session begins it, and the session's events."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from . import tls
from .session import Close, Event, Send, Session, StartTls

if TYPE_CHECKING:
    from .settings import Settings

CHUNK = 16384
# a client that says nothing is let go
IDLE_SECONDS = 60


class Connection:
    """settings: the reading of the box that this connection is served by."""

    def __init__(self, client: socket.socket, session: Session, settings: Settings) -> None:
        self._client, self._session, self._settings = client, session, settings
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._open = True

    def serve(self) -> None:
        """Until either side closes. Errors of the connection end it: a stranger's mistakes are no concern of the lab."""
        try:
            self._client.settimeout(IDLE_SECONDS)
            while self._open and (data := self._client.recv(CHUNK)):
                self._received(data)
        except (OSError, tls.NoTls):
            pass  # ssl.SSLError is an OSError, too
        finally:
            self._client.close()

    def _received(self, data: bytes) -> None:
        if self._tls is None:
            self._act(self._session.receive(data))
            return
        self._incoming.write(data)
        self._advance()

    def _act(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Send):
                self._send(event.data)
            elif isinstance(event, StartTls):
                self._tls = tls.context(self._settings).wrap_bio(self._incoming, self._outgoing, server_side=True)
                self._incoming.write(event.pending)
                self._advance()
            elif isinstance(event, Close):
                self._open = False

    def _send(self, data: bytes) -> None:
        if self._tls is None:
            self._client.sendall(data)
            return
        self._tls.write(data)
        self._flush()

    def _advance(self) -> None:
        """The handshake as far as it goes, then what the client sent. An alert goes out before the error is met."""
        assert self._tls is not None
        try:
            if self._tls.version() is None:
                self._tls.do_handshake()
            while plain := self._tls.read(CHUNK):
                self._act(self._session.receive(plain))
        except ssl.SSLWantReadError:
            pass
        finally:
            self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._client.sendall(self._outgoing.read())
