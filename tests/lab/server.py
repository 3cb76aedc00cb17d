# SPDX-License-Identifier: GPL-3.0-or-later
"""A WinRM listener on 127.0.0.1 for one host: HTTP/1.1 with keep-alive and Basic authentication."""

from __future__ import annotations

import base64
import binascii
import hmac
import io
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any

from lab import wsman
from lab.box import Box
from lab.counting import Log
from lab.dispatch import Dispatcher
from lab.faults import CONNECTION_EFFECTS, Fault, FaultList
from lab.shells import Shells
from lab.wsman import Request, WsmanError

# what a client may send at once; Windows' own default is 500 kB
MAX_REQUEST = 4 * 1024 * 1024
TIMED_OUT = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."


class ConnectionBroken(Exception):
    """A fault broke the connection; nothing more is sent on it."""


class CountingReader:
    """Counts what is read from a connection: a request's head is longer than its body says."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def readline(self, limit: int = -1) -> bytes:
        return self._counted(self._stream.readline(limit))

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read(size))

    def _counted(self, data: bytes) -> bytes:
        self.count += len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Listener(ThreadingHTTPServer):
    """One host behind one port of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, name: str, box: Box, dispatcher: Dispatcher, log: Log, faults: FaultList) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.box, self.log, self.faults = name, box, log, faults
        self.shells = Shells(name, box, dispatcher, log)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of the lab; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stops listening, ends every command and connection."""
        self.shutdown()
        self.server_close()
        self.shells.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the client was faster


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""
    # one write for head and body: two would wait for the client's delayed acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.rfile = CountingReader(self.rfile)  # type: ignore[assignment, arg-type]

    def log_message(self, format: str, *args: Any) -> None:
        """The lab counts requests; it prints none."""

    def do_POST(self) -> None:
        self._action, self._size = "", int(self.headers.get("Content-Length", 0))
        if self._size > MAX_REQUEST or self.path.partition("?")[0] != "/wsman":
            self.close_connection = True
            self._answer(404 if self._size <= MAX_REQUEST else 413, b"")
            return
        body = self.rfile.read(self._size)
        if not self._is_known():
            self._answer(401, b"")
            return
        try:
            self._serve(wsman.parse(body))
        except WsmanError as error:
            self._answer(500, wsman.fault("", error.code, str(error)))
        except ConnectionBroken:
            self._break()

    def _serve(self, request: Request) -> None:
        self._action = request.action
        met = self.server.faults.take(self.server.name, request.action)
        connection = [fault for fault in met if fault.effect in CONNECTION_EFFECTS]
        if self._meet(connection, "before", request):
            return
        status, answer, poll = self._handle(request, [fault for fault in met if fault not in connection])
        if self._meet(connection, "after", request):
            return
        self._answer(status, answer, poll=poll, cut=any(fault.when == "middle" for fault in connection))

    def _handle(self, request: Request, faults: list[Fault]) -> tuple[int, bytes, bool]:
        """(HTTP status, body, whether this is a poll that found nothing)."""
        try:
            answer = self.server.shells.handle(request, faults)
        except WsmanError as error:
            return 500, wsman.fault(request.message_id, error.code, str(error)), False
        if answer is None:
            return 500, wsman.fault(request.message_id, wsman.OPERATION_TIMEOUT, TIMED_OUT), True
        return 200, answer, False

    def _meet(self, faults: list[Fault], when: str, request: Request) -> bool:
        """Lets a fault due now happen; true when the client has its answer."""
        fault = next((fault for fault in faults if fault.when == when), None)
        if fault is None:
            return False
        if fault.effect == "reset":
            self._note(0, 0, 0)
            raise ConnectionBroken
        body = b"" if fault.code is None else wsman.fault(request.message_id, fault.code, "a fault asked for in the lab")
        self._answer(fault.status, body)
        return True

    def _is_known(self) -> bool:
        """Whether the request carries a user and a password of the host, the user with or without its name."""
        scheme, _, value = self.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(value).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        host = self.server.box.host
        user = user.lower().removeprefix(host["computer_name"].lower() + "\\")
        users = {name.lower(): secret for name, secret in host["users"].items()}
        known = scheme.lower() == "basic" and user in users
        return known and hmac.compare_digest(users[user].encode(), password.encode())

    def _answer(self, status: int, body: bytes, poll: bool = False, cut: bool = False) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="WSMAN"')
        if body:
            self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        head = b"".join(self._headers_buffer) + b"\r\n"  # type: ignore[attr-defined]
        self.end_headers()
        sent = body[: len(body) // 2] if cut else body
        # noted before the client can see the answer: who asks for the numbers then finds this request in them
        self._note(status, len(head) + len(sent), len(sent), poll)
        self.wfile.write(sent)
        self.wfile.flush()
        if cut:
            raise ConnectionBroken

    def _note(self, status: int, sent_total: int, sent_body: int, poll: bool = False) -> None:
        received, self.rfile.count = self.rfile.count, 0  # type: ignore[attr-defined]
        self.server.log.append(
            "traffic",
            {
                "host": self.server.name,
                "action": self._action,
                "status": status,
                "poll": poll,
                "received_total": received,
                "received_body": self._size,
                "sent_total": sent_total,
                "sent_body": sent_body,
            },
        )

    def _break(self) -> None:
        """Resets the connection: with no time to linger, closing sends RST instead of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # both streams hold the socket open
        self.wfile.close()
        self.rfile.close()
        self.connection.close()
        self.wfile = io.BytesIO()  # http.server flushes it once more
