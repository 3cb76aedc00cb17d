# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a Remote Desktop over the network: the only file here that opens a socket."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType

from . import answers, credssp, mcs, tls, x224
from .answers import NoAnswer, Unreadable
from .observation import CLASSIC_REQUESTS, KEY_EXCHANGE, REQUESTS, Observations, is_native, leads_into_tls

# Some listeners do not answer a connection that comes at once after another (nmap, nselib/rdp.lua waits as long).
PAUSE = 0.2
COOKIE = "probe"
_CHUNK = 65536


@dataclass(frozen=True)
class Target:
    """timeout: seconds for one connection as a whole. server_name: for SNI; none is sent without it. pause: seconds between two."""

    host: str
    port: int
    timeout: float = 5.0
    server_name: str | None = None
    pause: float = PAUSE


@dataclass(frozen=True)
class Handshake:
    """A Remote Desktop listens: it answered a Connection Request, with a selection or with a refusal."""

    answer: x224.Confirm

    @property
    def text(self) -> str:
        return f"Remote Desktop answered: {self.answer.text}"


class Silence(Exception):
    """The connection gave nothing; `answer` says how."""

    def __init__(self, answer: NoAnswer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class Connection:
    """One TCP connection with one deadline for everything on it. Raises Silence."""

    def __init__(self, target: Target) -> None:
        self._deadline = time.monotonic() + target.timeout
        try:
            self._socket = socket.create_connection((target.host, target.port), target.timeout)
        except (OSError, ValueError) as error:
            raise Silence(NoAnswer(_unconnected(error), connected=False, detail=getattr(error, "strerror", None) or "")) from error

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        with self._timed():
            self._socket.sendall(data)

    def some(self, most: int = _CHUNK) -> bytes:
        with self._timed():
            received = self._socket.recv(most)
        if not received:
            raise Silence(NoAnswer(answers.CLOSED, connected=True))
        return received

    def whole(self, missing: Callable[[bytes], int]) -> bytes:
        """One message; what there is of it where the server stops in the middle."""
        received = b""
        try:
            while wanted := missing(received):
                received += self.some(wanted)
        except Silence:
            if not received:
                raise
        return received

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self._socket.settimeout(max(0.001, self._deadline - time.monotonic()))
        try:
            yield
        except TimeoutError as error:
            raise Silence(NoAnswer(answers.TIMEOUT, connected=True)) from error
        except OSError as error:
            raise Silence(NoAnswer(answers.RESET, connected=True)) from error


def _unconnected(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return answers.TIMEOUT
    if isinstance(error, ConnectionRefusedError):
        return answers.REFUSED
    return answers.UNRESOLVED if isinstance(error, socket.gaierror | ValueError) else answers.UNREACHABLE


def negotiate(connection: Connection, protocols: int | None, cookie: str | None) -> x224.Answer:
    connection.send(x224.connection_request(protocols, cookie))
    return x224.read_confirm(connection.whole(x224.missing))


def handshake(host: str, port: int, timeout: float) -> Handshake | NoAnswer:
    """Whether a Remote Desktop listens on this port. Takes twice the timeout at most, where only a request with a cookie is answered."""
    answer = Prober(Target(host, port, timeout)).ask("3")
    if isinstance(answer, x224.Confirm):
        return Handshake(answer)
    return answer if isinstance(answer, NoAnswer) else NoAnswer(answers.FOREIGN, connected=True, detail=answer.text)


class Prober:
    """Looks at one target. `look` gives the observations and raises nothing of the network."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._cookie: str | None = None
        self._cookie_tried = False
        self._opened = False

    def look(self) -> Observations:
        first = next(iter(REQUESTS))
        answer = self.ask(first)
        if isinstance(answer, NoAnswer) and not answer.connected:
            return Observations(dict.fromkeys(REQUESTS, answer))
        seen = Observations({first: answer})
        for name in list(REQUESTS)[1:]:
            seen = self._look_at(seen, name)
        return self._look_into_tls(self._look_at_methods(seen))

    def ask(self, name: str) -> x224.Answer:
        """Some listeners answer a request only with its cookie: where the first one is not answered, it is asked again with it."""
        answer = self._ask_once(name)
        if self._cookie_tried or not isinstance(answer, NoAnswer) or not answer.connected:
            return answer
        self._cookie, self._cookie_tried = COOKIE, True
        with_cookie = self._ask_once(name)
        if isinstance(with_cookie, NoAnswer):
            self._cookie = None
            return answer
        return with_cookie

    def _ask_once(self, name: str) -> x224.Answer:
        try:
            with self._connected() as connection:
                return self._negotiate(connection, name)
        except Silence as silence:
            return silence.answer

    def _connected(self) -> Connection:
        if self._opened:
            time.sleep(self._target.pause)
        self._opened = True
        return Connection(self._target)

    def _negotiate(self, connection: Connection, name: str) -> x224.Answer:
        protocols = REQUESTS[name]
        return negotiate(connection, protocols, COOKIE if protocols is None else self._cookie)

    def _look_at(self, seen: Observations, name: str) -> Observations:
        if name not in CLASSIC_REQUESTS:
            return replace(seen, requests={**seen.requests, name: self.ask(name)})
        answer, classic = self._ask_classic(name, mcs.ALL_METHODS)
        seen = replace(seen, requests={**seen.requests, name: answer})
        return seen if classic is None else replace(seen, classic={**seen.classic, name: classic})

    def _ask_classic(self, name: str, methods: int) -> tuple[x224.Answer, mcs.McsAnswer | None]:
        """The answer, and that to MCS Connect Initial on the same connection where the answer lets native RDP security go on."""
        answer: x224.Answer
        try:
            with self._connected() as connection:
                answer = self._negotiate(connection, name)
                return answer, self._connect_initial(connection, methods) if is_native(answer) else None
        except Silence as silence:
            return silence.answer, None

    def _connect_initial(self, connection: Connection, methods: int) -> mcs.McsAnswer:
        try:
            connection.send(mcs.connect_initial(methods))
            return mcs.read_response(connection.whole(x224.missing))
        except Silence as silence:
            return silence.answer

    def _look_at_methods(self, seen: Observations) -> Observations:
        """Each method on a connection of its own; where nothing is encrypted there is none to choose."""
        if seen.security is None or seen.security.level == mcs.NO_LEVEL:
            return seen
        name = next(name for name, answer in seen.classic.items() if answer is seen.security)
        found = {method: self._ask_classic(name, method)[1] for method in mcs.METHODS}
        return replace(seen, methods={method: answer for method, answer in found.items() if answer is not None})

    def _look_into_tls(self, seen: Observations) -> Observations:
        name = seen.tls_request
        if name is None:
            return seen
        attempts = {version: self._attempt(name, version, tls.EVERY_SUITE) for version in tls.VERSIONS}
        attempts[KEY_EXCHANGE] = self._attempt(name, "1.2", tls.RSA_KEY_EXCHANGE)
        return self._look_at_session(replace(seen, tls=attempts), name)

    def _attempt(self, name: str, version: str, suites: str) -> tls.Attempt:
        """Once more where the server closes: once may be chance."""
        attempt, _client = self._shake(name, version, suites)
        return self._shake(name, version, suites)[0] if attempt.state == tls.CLOSED else attempt

    def _shake(self, name: str, version: str | None, suites: str) -> tuple[tls.Attempt, tls.Client | None]:
        client = tls.client(version, suites, self._target.server_name)
        if isinstance(client, tls.Attempt):
            return client, None
        try:
            with self._connected() as connection:
                return self._shake_hands(connection, name, client), client
        except Silence as silence:
            return tls.Attempt(tls.NO_ANSWER, silence.answer.text), None

    def _shake_hands(self, connection: Connection, name: str, client: tls.Client) -> tls.Attempt:
        """Raises Silence where not even the request is answered."""
        answer = self._negotiate(connection, name)
        if not leads_into_tls(answer):
            return tls.Attempt(tls.UNCLEAR, f"the same request was answered differently: {answer.text}")
        try:
            connection.send(client.hello)
            while not client.done and client.error is None:
                connection.send(client.advance(connection.some()))
        except Silence as silence:
            ended = silence.answer.kind in (answers.CLOSED, answers.RESET)
            if client.error is None and not client.done:
                return tls.Attempt(tls.CLOSED if ended else tls.NO_ANSWER, silence.answer.text)
        return client.attempt()

    def _look_at_session(self, seen: Observations, name: str) -> Observations:
        client = tls.client(None, tls.EVERY_SUITE, self._target.server_name)
        if isinstance(client, tls.Attempt):
            return replace(seen, session=client)
        try:
            with self._connected() as connection:
                attempt = self._shake_hands(connection, name, client)
                seen = replace(seen, session=attempt, certificate=client.certificate if client.done else None)
                return self._challenge(seen, name, connection, client)
        except Silence as silence:
            return replace(seen, session=tls.Attempt(tls.NO_ANSWER, silence.answer.text))

    def _challenge(self, seen: Observations, name: str, connection: Connection, client: tls.Client) -> Observations:
        answer = seen.requests[name]
        if not client.done or not isinstance(answer, x224.Selected) or answer.protocol not in x224.CREDENTIALS_FIRST:
            return seen
        try:
            connection.send(client.encrypt(credssp.negotiate_request()))
            return replace(seen, credssp=credssp.read_answer(_decrypted(connection, client)))
        except Silence as silence:
            return replace(seen, credssp=silence.answer)
        except ssl.SSLError as error:
            return replace(seen, credssp=Unreadable(b"", f"TLS broke: {error.reason}"))


def _decrypted(connection: Connection, client: tls.Client) -> bytes:
    """One CredSSP message; what there is of it where the server stops in the middle. Raises Silence or ssl.SSLError."""
    received = b""
    try:
        while credssp.missing(received):
            received += client.decrypt(connection.some())
    except (Silence, ssl.SSLError):
        if not received:
            raise
    return received
