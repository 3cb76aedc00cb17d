# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends questions and brings answers: the only file here that opens a socket. Raises nothing of the network."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import answers
from .answers import TCP, UDP, Answer, NoAnswer, Reply
from .messages import Query

# Seconds to wait for the answers to a burst: a server that limits withholds them, so that there is no last one to wait for.
SETTLE = 2.0
# One datagram may get lost.
UDP_ATTEMPTS = 2
# So many questions on one TCP connection: some servers end it after a few.
PER_CONNECTION = 10
_LARGEST = 65535


@dataclass(frozen=True)
class Target:
    """timeout: seconds for one question as a whole over one transport."""

    host: str
    port: int = 53
    timeout: float = 5.0


class Silence(Exception):
    """Nothing came; `answer` says how."""

    def __init__(self, answer: NoAnswer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class Transport:
    """Two ways to one server. Over UDP the address that TCP found is used, so that both meet the same server."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._address: tuple[socket.AddressFamily, tuple[object, ...]] | None = None
        self._unconnected: NoAnswer | None = None
        self._udp_is_silent = False

    def ask(self, query: Query) -> Answer:
        """Over TCP, which nothing limits; over UDP where TCP gives nothing and UDP ever gave something."""
        answer = self.tcp(query)
        if not isinstance(answer, NoAnswer) or self._udp_is_silent:
            return answer
        other = self.udp(query)
        return replace(answer, further=other.text) if isinstance(other, NoAnswer) else other

    def tcp(self, query: Query) -> Answer:
        """The first message that comes; the connection is closed then, however much more would follow."""
        if self._unconnected is not None:
            return self._unconnected
        try:
            with self._connect() as connection:
                return _exchange(connection, query, self._deadline())
        except Silence as silence:
            return silence.answer

    def udp(self, query: Query) -> Answer:
        try:
            with self._datagrams() as channel:
                for _attempt in range(UDP_ATTEMPTS):
                    answer = _ask_once(channel, query, time.monotonic() + self._target.timeout / UDP_ATTEMPTS)
                    if answer is not None:
                        return answer
            self._udp_is_silent = True
            return NoAnswer(UDP, answers.TIMEOUT)
        except Silence as silence:
            self._udp_is_silent = True
            return silence.answer

    def burst(self, queries: Sequence[Query]) -> list[Reply]:
        """All of them at once over UDP; the answers of SETTLE seconds."""
        waiting = {query.id: query for query in queries}
        found: list[Reply] = []
        try:
            with self._datagrams() as channel:
                for query in queries:
                    _send(channel, query)
                deadline = time.monotonic() + SETTLE
                while waiting and (data := _receive(channel, deadline)) is not None:
                    asked = waiting.pop(int.from_bytes(data[:2], "big"), None)
                    answer = asked.read(data, UDP) if asked is not None else None
                    found += [answer] if isinstance(answer, Reply) else []
        except Silence:
            return found
        return found

    def series(self, queries: Sequence[Query]) -> list[Reply]:
        """One after the other over TCP, PER_CONNECTION on each connection; the answers, up to a connection that gives nothing."""
        found: list[Reply] = []
        for start in range(0, len(queries), PER_CONNECTION):
            try:
                self._ask_each(queries[start : start + PER_CONNECTION], found)
            except Silence:
                return found
        return found

    def _ask_each(self, queries: Sequence[Query], found: list[Reply]) -> None:
        with self._connect() as connection:
            deadline = self._deadline()
            for query in queries:
                answer = _exchange(connection, query, deadline)
                found += [answer] if isinstance(answer, Reply) else []

    def _deadline(self) -> float:
        return time.monotonic() + self._target.timeout

    def _connect(self) -> socket.socket:
        """Where the very first connection cannot be made, no other one is tried."""
        try:
            connection = socket.create_connection((self._target.host, self._target.port), self._target.timeout)
        except (OSError, ValueError) as error:
            answer = NoAnswer(TCP, _kind(error))
            if self._address is None:
                self._unconnected = answer
            raise Silence(answer) from error
        self._address = (connection.family, connection.getpeername())
        return connection

    def _datagrams(self) -> socket.socket:
        try:
            family, address = self._address or self._resolved()
            channel = socket.socket(family, socket.SOCK_DGRAM)
            try:
                channel.connect(address)
            except OSError:
                channel.close()
                raise
        except (OSError, ValueError) as error:
            raise Silence(NoAnswer(UDP, _kind(error))) from error
        return channel

    def _resolved(self) -> tuple[socket.AddressFamily, tuple[object, ...]]:
        family, _type, _protocol, _name, address = socket.getaddrinfo(self._target.host, self._target.port, type=socket.SOCK_DGRAM)[0]
        return family, address


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return answers.TIMEOUT
    if isinstance(error, ConnectionRefusedError):
        return answers.REFUSED_PORT
    return answers.UNRESOLVED if isinstance(error, socket.gaierror | ValueError) else answers.UNREACHABLE


def _exchange(connection: socket.socket, query: Query, deadline: float) -> Answer:
    """One question and one message, each with its length in front (RFC 1035 4.2.2). Raises Silence where not a byte comes."""
    try:
        _remaining(connection, deadline)
        wire = query.wire
        connection.sendall(len(wire).to_bytes(2, "big") + wire)
        length = int.from_bytes(_exactly(connection, 2, deadline), "big")
    except TimeoutError as error:
        raise Silence(NoAnswer(TCP, answers.TIMEOUT, connected=True)) from error
    except EOFError as error:
        raise Silence(NoAnswer(TCP, answers.CLOSED, connected=True)) from error
    except OSError as error:
        raise Silence(NoAnswer(TCP, answers.RESET, connected=True)) from error
    try:
        return query.read(_exactly(connection, length, deadline), TCP)
    except (OSError, EOFError):
        return answers.Unreadable(TCP, length, "it ends in the middle")


def _exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    received = b""
    while len(received) < size:
        _remaining(connection, deadline)
        more = connection.recv(size - len(received))
        if not more:
            raise EOFError
        received += more
    return received


def _remaining(channel: socket.socket, deadline: float) -> None:
    channel.settimeout(max(0.001, deadline - time.monotonic()))


def _ask_once(channel: socket.socket, query: Query, deadline: float) -> Answer | None:
    """The answer with the question's id, None where none comes. Raises Silence where the port is closed."""
    _send(channel, query)
    while (data := _receive(channel, deadline)) is not None:
        if int.from_bytes(data[:2], "big") == query.id:
            return query.read(data, UDP)
    return None


def _send(channel: socket.socket, query: Query) -> None:
    try:
        channel.send(query.wire)
    except OSError as error:
        raise Silence(NoAnswer(UDP, _kind(error))) from error


def _receive(channel: socket.socket, deadline: float) -> bytes | None:
    """A datagram; None at the deadline. Raises Silence where the port is closed."""
    if time.monotonic() >= deadline:
        return None
    _remaining(channel, deadline)
    try:
        return channel.recv(_LARGEST)
    except TimeoutError:
        return None
    except OSError as error:
        raise Silence(NoAnswer(UDP, _kind(error))) from error
