# SPDX-License-Identifier: GPL-3.0-or-later
"""What went over the wire and what was run: two append-only files, and the numbers made from them.

`traffic.jsonl` has a line for each HTTP request, `commands.jsonl` one for each command. Nothing is
counted in memory, so a restart of the server loses nothing.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BYTES = ("received_body", "received_total", "sent_body", "sent_total")
NUMBERS = ("requests", "polls", *BYTES, "commands", "payload_calls", "become")
# modules of this collection are the payload; everything else is somebody else's task
PAYLOAD = "ansible_collections.hardening.windows."


class Log:
    """The two files of one lab."""

    def __init__(self, folder: Path) -> None:
        self._files = {name: Path(folder) / f"{name}.jsonl" for name in ("traffic", "commands")}
        self._lock = threading.Lock()

    def append(self, name: str, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._lock, open(self._files[name], "a", encoding="utf-8") as stream:
            stream.write(line)

    def read(self, name: str) -> list[dict[str, Any]]:
        with self._lock:
            try:
                text = self._files[name].read_text("utf-8")
            except FileNotFoundError:
                return []
        return [json.loads(line) for line in text.splitlines()]

    def reset(self) -> None:
        with self._lock:
            for file in self._files.values():
                file.unlink(missing_ok=True)

    def counters(self) -> dict[str, Any]:
        return count(self.read("traffic"), self.read("commands"))

    def scripts(self) -> dict[str, list[str]]:
        """Every script the hosts were sent: name -> the SHA-256 sums seen, each once."""
        seen: dict[str, list[str]] = {}
        for command in self.read("commands"):
            for name, digest in command["scripts"].items():
                if digest not in seen.setdefault(name, []):
                    seen[name].append(digest)
        return seen

    def find(self, text: str) -> list[dict[str, Any]]:
        """Where `text` was seen: each {"host", "number", "in"}; `in` is command_line or stdin."""
        return [
            {"host": command["host"], "number": number, "in": place}
            for number, command in enumerate(self.read("commands"))
            for place in ("command_line", "stdin")
            if text in command[place]
        ]


def count(traffic: Iterable[dict[str, Any]], commands: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """{"hosts": {name: numbers}, "total": numbers}.

    `requests` are HTTP requests without polls; a poll is a Receive answered with the operation's
    time-out, which depends on the machine's speed. The bytes are those of all requests. `commands`
    are all commands, `payload_calls` those that ran a module of this collection (round trips),
    `become` those that came with become.
    """
    hosts: dict[str, Counter[str]] = {}
    for entry in traffic:
        numbers = hosts.setdefault(entry["host"], Counter())
        numbers["polls" if entry["poll"] else "requests"] += 1
        numbers[f"{entry['action']} requests"] += not entry["poll"]
        numbers.update({name: entry[name] for name in BYTES})
    for entry in commands:
        numbers = hosts.setdefault(entry["host"], Counter())
        numbers["commands"] += 1
        numbers["payload_calls"] += entry["script"].startswith(PAYLOAD)
        numbers["become"] += entry["become"]
    return {
        "hosts": {name: _numbers(numbers) for name, numbers in hosts.items()},
        "total": _numbers(sum(hosts.values(), Counter())),
    }


def _numbers(numbers: Counter[str]) -> dict[str, Any]:
    suffix = " requests"
    actions = {name.removesuffix(suffix): number for name, number in numbers.items() if name.endswith(suffix)}
    return {name: numbers[name] for name in NUMBERS} | {"actions": actions}
