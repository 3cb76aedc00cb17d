# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: which request or command of a host goes wrong, and how."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.box import replace_atomically
from lab.engine import Answer, WriteFault

ACTIONS = ("Create", "Command", "Send", "Receive", "Signal", "Delete")
WHEN = ("before", "after", "middle")
# of the connection: at the nth request of any action, before or after its effect or inside the answer
CONNECTION_EFFECTS = ("status", "reset")
# of a command: at the nth Command, what it prints or writes
COMMAND_EFFECTS = ("cut", "slow", "clixml", "exit_code", "write")

CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    '<S S="Error">a line on the error stream_x000D__x000A_</S></Objs>'
)


@dataclass(frozen=True)
class Fault:
    """One fault; it happens once.

    number: the nth such request since the fault was set, from 1.
    when: `before` the request's effect, `after` it, or in the `middle` of the answer.
    effect: `status` (HTTP status, with a WSManFault `code` in the body where given), `reset` (the
        connection breaks), `cut` (stdout ends after `value` bytes), `slow` (nothing is printed for
        `value` seconds), `clixml` (text on stderr), `exit_code` (`value`, with the JSON as it is),
        `write` (handed to the engine).
    """

    host: str
    effect: str
    action: str = "Command"
    number: int = 1
    when: str = "before"
    status: int = 500
    code: int | None = None
    value: float = 0
    write: WriteFault | None = None
    seen: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        for name, allowed in (("action", ACTIONS), ("when", WHEN), ("effect", CONNECTION_EFFECTS + COMMAND_EFFECTS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"a fault's {name} is one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        if self.effect in COMMAND_EFFECTS and self.action != "Command":
            raise ValueError(f"the effect {self.effect} belongs to a Command, not to a {self.action}")
        if (self.effect == "write") != (self.write is not None):
            raise ValueError("the effect write needs a WriteFault in `write`, and only that effect takes one")
        if self.effect == "status" and self.when == "middle":
            raise ValueError("a status is sent before an answer has begun: `when` is before or after")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Fault:
        """Raises ValueError or TypeError for what is no fault."""
        write = data.get("write")
        return cls(**{**data, "write": WriteFault(**write) if write else None})


def due(faults: list[Fault], host: str, action: str) -> tuple[list[Fault], list[Fault]]:
    """The faults that this request meets, and the list as it stands after it."""
    met, waiting = [], []
    for fault in faults:
        if (fault.host, fault.action) != (host, action):
            waiting.append(fault)
        elif fault.seen + 1 == fault.number:
            met.append(fault)
        else:
            waiting.append(replace(fault, seen=fault.seen + 1))
    return met, waiting


def alter(answer: Answer, faults: list[Fault]) -> Answer:
    """What a command's answer looks like after its faults."""
    for fault in faults:
        if fault.effect == "cut":
            answer = replace(answer, stdout=answer.stdout[: int(fault.value)])
        elif fault.effect == "clixml":
            answer = replace(answer, stderr=CLIXML.encode() + answer.stderr)
        elif fault.effect == "exit_code":
            answer = replace(answer, exit_code=int(fault.value))
    return answer


class FaultList:
    """The faults of one lab, kept in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = Path(folder) / "faults.json"
        self._lock = threading.Lock()

    def read(self) -> list[Fault]:
        try:
            return [Fault.from_json(entry) for entry in json.loads(self._file.read_text("utf-8"))]
        except FileNotFoundError:
            return []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._write([*self.read(), fault])

    def clear(self) -> None:
        with self._lock:
            self._file.unlink(missing_ok=True)

    def take(self, host: str, action: str) -> list[Fault]:
        """The faults that this request meets; they are gone afterwards."""
        with self._lock:
            before = self.read()
            if not before:
                return []
            met, waiting = due(before, host, action)
            self._write(waiting)
            return met

    def _write(self, faults: list[Fault]) -> None:
        text = json.dumps([fault.as_json() for fault in faults], indent=1)
        replace_atomically(self._file, text.encode("utf-8"))
