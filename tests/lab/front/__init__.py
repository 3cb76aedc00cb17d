# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger sees of a box over the network: a Remote Desktop listener that behaves as the box says.

It follows the box without looking at it all the time: `follow` is called when the lab starts and after each command
that it answered. A connection is served by what the box says when it is accepted.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from lab.box import Box

from . import logon, settings, tls
from .connection import Connection
from .credssp import CredSsp
from .ntlm import Acceptor
from .session import Session

__all__ = ["RdpFront"]

ADDRESS = "127.0.0.1"


class RdpFront:
    """The listener of one box, on 127.0.0.1 at the TCP port of TermService's socket.

    problem: why it does not listen though the box does, None where all is well. closes_silent: see Session.
    """

    def __init__(self, box: Box, closes_silent: bool = False) -> None:
        self.box, self.closes_silent = box, closes_silent
        self.problem: str | None = None
        self._lock = threading.Lock()
        self._server: socket.socket | None = None
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False

    @property
    def port(self) -> int | None:
        """Where it listens, None where it does not."""
        server = self._server
        return None if server is None else server.getsockname()[1]

    def follow(self) -> None:
        """Listens where the box says now; another port or none ends the listener that was there."""
        with self._lock:
            wanted = None if self._closed else settings.listening_port(self.box)
            if wanted != self.port:
                self._stop()
                self._start(wanted)

    def close(self) -> None:
        """Ends the listener and every connection."""
        with self._lock:
            self._closed = True
            self._stop()
            clients, threads = list(self._clients), list(self._threads)
        for client in clients:
            _end(client)
        for thread in threads:
            thread.join(timeout=5)

    def _start(self, port: int | None) -> None:
        self.problem = None
        if port is None:
            return
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((ADDRESS, port))
            server.listen(64)
        except OSError as error:
            server.close()
            self.problem = f"the Remote Desktop listener of {self.box.name} cannot listen on {ADDRESS}:{port}: {error.strerror}"
            return
        self._server = server
        self._run(self._accept, server)

    def _stop(self) -> None:
        if self._server is not None:
            _end(self._server)
            self._server = None

    def _run(self, work: Callable[[socket.socket], None], argument: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(argument,), daemon=True)
        self._threads = [known for known in self._threads if known.is_alive()] + [thread]
        thread.start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return  # it was closed
            with self._lock:
                if self._closed:
                    client.close()
                    return
                self._clients.add(client)
                self._run(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        try:
            chosen = settings.read(self.box)
            users = self.box.host["users"]

            def start_credssp() -> CredSsp:
                acceptor = Acceptor(chosen.names, chosen.build, users)
                return CredSsp(acceptor, tls.public_key(chosen), lambda user: logon.judge(self.box, user))

            Connection(client, Session(chosen, start_credssp, self.closes_silent), chosen).serve()
        finally:
            client.close()
            with self._lock:
                self._clients.discard(client)


def _end(open_socket: socket.socket) -> None:
    """Wakes who waits on it, then closes it."""
    try:
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # nobody is connected
    open_socket.close()
