# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells and the commands in flight: the only state of the lab that a restart loses."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from lab import wsman
from lab.box import Box
from lab.counting import Log
from lab.dispatch import Dispatcher, readable, unwrap
from lab.engine import Answer, WriteFault
from lab.faults import Fault, alter
from lab.wsman import Request, WsmanError

# what a killed command ends with: STATUS_CONTROL_C_EXIT, as Windows reports it
KILLED = 0xC000013A
# a command that runs longer is killed, so that no test run hangs on it
COMMAND_LIMIT = 600.0

Runner = Callable[[str, bytes, WriteFault | None, Callable[[int], None]], Answer]


@dataclass
class Command:
    """One command: takes stdin, runs once, gives its output in portions."""

    line: str
    faults: list[Fault]
    changed: threading.Condition = field(default_factory=threading.Condition)
    stdin: bytearray = field(default_factory=bytearray)
    pending: dict[str, bytes] = field(default_factory=dict)
    exit_code: int | None = None
    killed: bool = False
    worker: threading.Thread | None = None
    watchdog: threading.Timer | None = None
    process_groups: set[int] = field(default_factory=set)

    def feed(self, data: bytes) -> None:
        with self.changed:
            self.stdin += data

    def start(self, runner: Runner) -> None:
        """Runs it in a thread; a second start does nothing."""
        with self.changed:
            if self.worker is not None:
                return
            self.worker = threading.Thread(target=self._work, args=(runner,), daemon=True)
            self.watchdog = threading.Timer(COMMAND_LIMIT, self.kill)
            self.watchdog.daemon = True
        self.watchdog.start()
        self.worker.start()

    def receive(self, timeout: float, limit: int) -> tuple[dict[str, bytes], int | None] | None:
        """Output and, with the last of it, the exit code; None when there was nothing in time."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.exit_code is not None, timeout):
                return None
            taken, self.pending = wsman.portion(self.pending, limit)
            return taken, None if any(self.pending.values()) else self.exit_code

    def kill(self) -> None:
        """Ends whatever it started. Called at Signal, Delete, time-out and exit."""
        with self.changed:
            self.killed = True
            groups = set(self.process_groups)
            self._finish(Answer(b"", b"", KILLED))
        for group in groups:
            _kill_group(group)

    def _work(self, runner: Runner) -> None:
        write = next((fault.write for fault in self.faults if fault.effect == "write"), None)
        try:
            answer = alter(runner(self.line, bytes(self.stdin), write, self._started), self.faults)
        except Exception:  # a fault of the lab itself: shown to whoever runs the test
            answer = Answer(b"", traceback.format_exc().encode("utf-8"), 1)
        release = time.monotonic() + sum(fault.value for fault in self.faults if fault.effect == "slow")
        with self.changed:
            self.changed.wait_for(lambda: self.killed, max(release - time.monotonic(), 0))
            self._finish(answer)

    def _started(self, process_id: int) -> None:
        with self.changed:
            self.process_groups.add(process_id)
            killed = self.killed
        if killed:  # the signal came before the process did
            _kill_group(process_id)

    def _finish(self, answer: Answer) -> None:
        if self.exit_code is None:
            self.pending = {"stdout": answer.stdout, "stderr": answer.stderr}
            self.exit_code = answer.exit_code
            self.process_groups.clear()
            self.changed.notify_all()
        if self.watchdog is not None:
            self.watchdog.cancel()


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended by itself


class Shells:
    """The shells of one host: answers each request of a client with the bytes of a body."""

    def __init__(self, name: str, box: Box, dispatcher: Dispatcher, log: Log) -> None:
        self.name = name
        self._box, self._dispatcher, self._log = box, dispatcher, log
        self._lock = threading.Lock()
        self._shells: dict[str, dict[str, Command]] = {}

    def handle(self, request: Request, faults: list[Fault]) -> bytes | None:
        """The answer; None for a Receive that found nothing in time. Raises WsmanError."""
        handlers: dict[str, Callable[[Request, list[Fault]], bytes | None]] = {
            "Create": self._create,
            "Command": self._command,
            "Send": self._send,
            "Receive": self._receive,
            "Signal": self._signal,
            "Delete": self._delete,
        }
        return handlers[request.action](request, faults)

    def close(self) -> None:
        with self._lock:
            commands = [command for shell in self._shells.values() for command in shell.values()]
            self._shells.clear()
        for command in commands:
            command.kill()
        for command in commands:
            if command.worker is not None:
                command.worker.join(timeout=5)

    def _create(self, request: Request, faults: list[Fault]) -> bytes:
        shell_id = str(uuid.uuid4()).upper()
        with self._lock:
            self._shells[shell_id] = {}
        return wsman.created(request, shell_id)

    def _command(self, request: Request, faults: list[Fault]) -> bytes:
        command_id = str(uuid.uuid4()).upper()
        self._shell(request)[command_id] = command = Command(request.command_line, faults)
        if not request.waits_for_stdin:
            command.start(self._run)
        return wsman.commanded(request, command_id)

    def _send(self, request: Request, faults: list[Fault]) -> bytes:
        command = self._find(request)
        command.feed(request.data)
        if request.end:
            command.start(self._run)
        return wsman.acknowledged(request)

    def _receive(self, request: Request, faults: list[Fault]) -> bytes | None:
        found = self._find(request).receive(request.timeout, wsman.room(request.max_envelope))
        return None if found is None else wsman.received(request, *found)

    def _signal(self, request: Request, faults: list[Fault]) -> bytes:
        command = self._shell(request).pop(request.command_id, None)
        if command is not None:
            command.kill()
        return wsman.acknowledged(request)

    def _delete(self, request: Request, faults: list[Fault]) -> bytes:
        commands = self._shell(request)
        with self._lock:
            self._shells.pop(request.shell_id, None)
        for command in commands.values():
            command.kill()
        return wsman.acknowledged(request)

    def _shell(self, request: Request) -> dict[str, Command]:
        with self._lock:
            if request.shell_id not in self._shells:
                raise WsmanError(f"the host {self.name} has no shell {request.shell_id}", wsman.NOT_FOUND)
            return self._shells[request.shell_id]

    def _find(self, request: Request) -> Command:
        command = self._shell(request).get(request.command_id)
        if command is None:
            raise WsmanError(f"the shell has no command {request.command_id}", wsman.NOT_FOUND)
        return command

    def _run(self, line: str, stdin: bytes, fault: WriteFault | None, on_start: Callable[[int], None]) -> Answer:
        wrapped = unwrap(stdin)
        self._log.append(
            "commands",
            {
                "host": self.name,
                "script": wrapped.script,
                "operation": wrapped.arguments.get("operation"),
                "become": wrapped.become,
                "scripts": wrapped.scripts,
                "command_line": readable(line),
                "stdin": wrapped.outline,
            },
        )
        return self._dispatcher.run(self._box, line, stdin, wrapped, fault, on_start)
