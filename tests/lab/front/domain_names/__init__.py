# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger sees of a box's DNS Server: one port over UDP and TCP on 127.0.0.1, answered by what the box says at that moment.

The box listens on port 53; the front's own port is chosen by the system and stays the same while the front is open.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype

from lab.box import Box

from . import answers, settings
from .limits import DROPPED, TRUNCATED, Limits

__all__ = ["DnsFront"]

ADDRESS = "127.0.0.1"
DATAGRAM = 65535
# a client that says nothing is let go, as Windows does
IDLE_SECONDS = 30
ERRORS = (dns.rcode.REFUSED, dns.rcode.FORMERR, dns.rcode.SERVFAIL)


class DnsFront:
    """refusal: the code of what Microsoft does not document. clock: seconds, for rate limiting."""

    def __init__(self, box: Box, refusal: int = dns.rcode.SERVFAIL, clock: Callable[[], float] = time.monotonic) -> None:
        self.box, self._refusal, self._clock = box, refusal, clock
        self.port: int | None = None
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._wanted = 0
        self._limits = Limits(clock)
        self._known: tuple[object, settings.Settings] | None = None

    def follow(self) -> None:
        """Listens while the box does; after a pause on the port that it had."""
        with self._lock:
            if settings.listens(self.box) == bool(self._sockets):
                return
            if self._sockets:
                self._stop()
            else:
                self._start()

    def close(self) -> None:
        with self._lock:
            self._stop()
        for thread in self._threads:
            thread.join(timeout=5)

    def _start(self) -> None:
        datagrams, streams = _both(self._wanted)
        self._wanted = self.port = datagrams.getsockname()[1]
        self._sockets, self._limits = [datagrams, streams], Limits(self._clock)
        self._run(self._serve_datagrams, datagrams)
        self._run(self._accept, streams)

    def _stop(self) -> None:
        for one in self._sockets:
            _end(one)
        self._sockets, self.port = [], None

    def _run(self, work: Callable[[socket.socket], None], argument: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(argument,), daemon=True)
        self._threads = [known for known in self._threads if known.is_alive()] + [thread]
        thread.start()

    def _serve_datagrams(self, server: socket.socket) -> None:
        while True:
            try:
                wire, client = server.recvfrom(DATAGRAM)
            except OSError:
                return  # it was closed
            if not wire:
                return  # what a shut down socket gives
            for answer in self._limited(self._respond(wire, client[0], tcp=False), client[0]):
                with contextlib.suppress(OSError):
                    server.sendto(answer, client)

    def _limited(self, wires: list[bytes], client: str) -> list[bytes]:
        kept = []
        for wire in wires:
            message = dns.message.from_wire(wire)
            name = message.question[0].name.to_text() if message.question else ""
            chosen = self._settings().limiting
            decided = self._limits.decide(client, f"{name} {message.rcode()}", message.rcode() in ERRORS, chosen)
            if decided != DROPPED:
                kept.append(answers.truncated(message).to_wire() if decided == TRUNCATED else wire)
        return kept

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return  # it was closed
            self._run(self._serve_stream, client)

    def _serve_stream(self, client: socket.socket) -> None:
        client.settimeout(IDLE_SECONDS)
        with client, contextlib.suppress(OSError, struct.error):
            while True:
                (length,) = struct.unpack("!H", _exactly(client, 2))
                for answer in self._respond(_exactly(client, length), client.getpeername()[0], tcp=True):
                    client.sendall(struct.pack("!H", len(answer)) + answer)

    def _respond(self, wire: bytes, client: str, tcp: bool) -> list[bytes]:
        with self.box.lock():
            chosen = self._settings()
            found, changed = answers.respond(wire, answers.Asked(client, tcp), chosen, self._refusal)
            if changed is not None:
                _store(self.box, changed, chosen)
        return found

    def _settings(self) -> settings.Settings:
        """What the box says now; zones take milliseconds to parse, and a burst of questions is not to be lost over it."""
        stamp = [(found.st_ino, found.st_mtime_ns, found.st_size) for found in map(Path.stat, settings.files(self.box))]
        if self._known is None or self._known[0] != stamp:
            self._known = stamp, settings.read(self.box)
        return self._known[1]


def _store(box: Box, name: str, chosen: settings.Settings) -> None:
    """A zone's records after an update, in the box's own form: names relative to the zone."""
    server = box.read_json("dns")
    zone = next(zone.zone for origin, zone in chosen.zones.items() if origin.to_text() == name)
    records = [
        [owner.relativize(zone.origin).to_text(), rdataset.ttl, dns.rdatatype.to_text(rdataset.rdtype), record.to_text()]
        for owner, rdataset in zone.iterate_rdatasets()
        for record in rdataset
    ]
    for item in server["DnsServerZone"]:
        if item["ZoneName"] + "." == name:
            item["records"] = records
    box.write_json("dns", server)


def _both(port: int) -> tuple[socket.socket, socket.socket]:
    """A socket for datagrams and one for streams on the same port; 0 lets the system choose."""
    while True:
        streams = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        streams.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        streams.bind((ADDRESS, port))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(streams.getsockname())
        except OSError:
            streams.close()
            datagrams.close()
            if port:
                raise
            continue
        streams.listen(64)
        return datagrams, streams


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = client.recv(count - len(data))
        if not chunk:
            raise ConnectionError
        data += chunk
    return data


def _end(open_socket: socket.socket) -> None:
    """Wakes who waits on it, then closes it."""
    with contextlib.suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)
    open_socket.close()
