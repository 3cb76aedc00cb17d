# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on 127.0.0.1 that answers each request with the bytes it was given for it, and shakes hands where TLS is told."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
PATIENCE = 10


@dataclass(frozen=True)
class Script:
    """answers: by request, and one without ends the connection. tls: versions to shake hands with. inside: what comes first in it.

    stumbles: as many handshakes as it has entries are closed first. requests: what came.
    """

    answers: Mapping[bytes, bytes]
    tls: frozenset[str] = frozenset()
    inside: bytes = b""
    suites: str = "ECDHE:@SECLEVEL=0"
    certificate: Path | None = None
    stumbles: list[int] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        allowed = [version for name, version in VERSIONS.items() if name in self.tls]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version, made.maximum_version = min(allowed), max(allowed)
        made.set_ciphers(self.suites)
        assert self.certificate is not None
        made.load_cert_chain(self.certificate)
        return made


class _Handler(socketserver.BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        script: Script = self.server.script  # type: ignore[attr-defined]
        self.request.settimeout(PATIENCE)
        try:
            while message := self._message():
                script.requests.append(message)
                answer = script.answers.get(message)
                if answer is None:
                    return
                self.request.sendall(answer)
                if script.tls and leads_into_tls(answer):
                    self._inside(script)
                    return
        except OSError:
            return  # the prober has seen enough

    def _message(self) -> bytes:
        """One TPKT, or nothing where the prober has gone."""
        head = self.request.recv(4, socket.MSG_WAITALL)
        if len(head) < 4:
            return b""
        return head + self.request.recv(int.from_bytes(head[2:4], "big") - 4, socket.MSG_WAITALL)

    def _inside(self, script: Script) -> None:
        if not self.request.recv(1, socket.MSG_PEEK):
            return  # the prober only asked
        if script.stumbles:
            script.stumbles.pop()
            return
        with script.context().wrap_socket(self.request, server_side=True) as wrapped:
            if script.inside:
                script.requests.append(wrapped.recv(4096))
                wrapped.sendall(script.inside)
            wrapped.recv(4096)


def leads_into_tls(answer: bytes) -> bool:
    return len(answer) == 19 and answer[11] == 2 and answer[15] != 0


class _Drip(socketserver.BaseRequestHandler):
    """Says that much is to come, and gives a byte at a time."""

    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(0.02)
        try:
            self.request.sendall(b"\x03\x00\xff\xff")
            while self._is_there():
                self.request.sendall(b"x")
        except OSError:
            return  # the prober has gone

    def _is_there(self) -> bool:
        """Waits for what the prober sends, as long as the pause between two bytes is."""
        try:
            return bool(self.request.recv(4096))
        except TimeoutError:
            return True


@contextmanager
def dripping() -> Iterator[int]:
    with serving(_Drip, None) as port:
        yield port


@contextmanager
def replaying(script: Script) -> Iterator[int]:
    with serving(_Handler, script) as port:
        yield port


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler], script: Script | None) -> Iterator[int]:
    """The port it listens on, chosen by the system."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.script = script  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
