# SPDX-License-Identifier: GPL-3.0-or-later
"""The journals of a box: JSON lines, the first with the undo operations, the last with how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lab.box import Box

from .errors import Refusal
from .writes import Collision, Writes

FOLDER = "%ProgramFiles%\\hardening.windows\\journal"
KEPT = 50
# The folder's rights, as icacls.exe is asked for them: by SID, for Administrators and SYSTEM only.
RIGHTS = ["/inheritance:r", "/grant:r", "*S-1-5-32-544:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F"]


@dataclass(frozen=True)
class Journal:
    """One file as read: the header and the lines after it."""

    file: str
    header: dict[str, Any]
    lines: list[dict[str, Any]]

    @property
    def finish(self) -> dict[str, Any]:
        return next((line for line in self.lines if "finished" in line), {})

    @property
    def identity(self) -> str:
        return self.file.rpartition("\\")[2].removesuffix(".jsonl")

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.header.get("steps", []))

    def summary(self) -> dict[str, Any]:
        return {
            "id": self.identity,
            "file": self.file,
            "started": self.header.get("started"),
            "finished": self.finish.get("at"),
            "result": self.finish.get("finished"),
            "account": (self.header.get("account") or {}).get("name"),
        }

    def states(self) -> list[str]:
        states = ["unknown"] * len(self.steps)
        for line in self.lines:
            for state in ("done", "undone"):
                for number in line.get(state, []):
                    states[number] = state
        return states


def folder(box: Box) -> str:
    return box.expand(FOLDER)


def journals(box: Box) -> list[Journal]:
    """Newest first. A first line that was not written whole says nothing of itself."""
    place = box.path(folder(box))
    files = sorted(place.glob("*.jsonl"), key=lambda file: file.name, reverse=True) if place.is_dir() else []
    return [_parse(f"{folder(box)}\\{file.name}", file.read_text("utf-8")) for file in files]


def _parse(file: str, text: str) -> Journal:
    lines = [_line(line) for line in text.splitlines()] or [{}]
    return Journal(file, lines[0], lines[1:])


def _line(text: str) -> dict[str, Any]:
    """A line that was cut off says nothing."""
    try:
        line: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return line


def read_journals(box: Box, read: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**journal.summary(), "steps": len(journal.steps)} for journal in journals(box)]


def read_journal(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    journal = _find(box, read["id"])
    pairs = zip(journal.steps, journal.states(), strict=True)
    steps = [{"operation": step["operation"], "undo": step["undo"], "state": state} for step, state in pairs]
    return {**journal.summary(), "steps": steps}


def _find(box: Box, identity: str) -> Journal:
    for journal in journals(box):
        if journal.identity == identity:
            return journal
    raise Refusal("not_found", f"Could not find file '{folder(box)}\\{identity}.jsonl'.")


def unfinished(box: Box) -> list[dict[str, Any]]:
    wanted = ("id", "file", "started", "account")
    return [{name: j.summary()[name] for name in wanted} for j in journals(box) if not j.finish]


class Writer:
    """Writes the journal of one apply. clock: the time in UTC as `2026-11-24T21:15:02Z`."""

    def __init__(self, box: Box, identity: str, writes: Writes, clock: Callable[[], str]) -> None:
        self.box = box
        self.file = f"{folder(box)}\\{identity}.jsonl"
        self.writes = writes
        self.clock = clock

    def create(self, identity: str, account: dict[str, Any], steps: list[dict[str, Any]]) -> None:
        """Refusal `journal` where the file cannot be written; then nothing may be applied."""
        header = {"protocol": 1, "id": identity, "started": self.clock(), "account": account, "steps": steps}
        try:
            self._refuse_unwritable()
            self._close_folder()
            self._append(header)
        except (OSError, Collision) as error:
            raise Refusal("journal", f"The journal {self.file} could not be written: {error}") from error

    def _refuse_unwritable(self) -> None:
        if not self.box.host.get("elevated", True) or self.box.is_denied(self.file):
            raise PermissionError(f"Access to the path '{self.file}' is denied.")
        if self.box.path(self.file).exists():
            raise FileExistsError(f"The file '{self.file}' already exists.")

    def _close_folder(self) -> None:
        """A new folder gets its rights, which stand in the box's acl.json."""
        if not self.box.path(folder(self.box)).exists():
            self.box.write_json("acl", {**self.box.read_json("acl"), folder(self.box): RIGHTS})

    def line(self, content: dict[str, Any]) -> None:
        self._append({"at": self.clock(), **content})

    def _append(self, line: dict[str, Any]) -> None:
        append(self.box, self.file, line, self.writes)


def append(box: Box, file: str, line: dict[str, Any], writes: Writes) -> None:
    def write() -> None:
        place = box.path(file)
        content = place.read_bytes() if place.exists() else b""
        if content and not content.endswith(b"\n"):
            content += b"\n"  # the last line was cut off
        text = json.dumps(line, ensure_ascii=False) + "\n"
        box.replace_file(file, content + text.encode("utf-8"))

    writes.make("journal", write)


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    finished = _find(box, operation["id"]).summary()["finished"]
    if finished != operation["planned"]["finished"]:
        raise Refusal("changed_meanwhile", f"The journal {operation['id']} was finished at {finished}.")


def close(box: Box, operation: dict[str, Any], writes: Writes, clock: Callable[[], str]) -> None:
    journal = _find(box, operation["id"])
    append(box, journal.file, {"at": clock(), "finished": operation["result"]}, writes)


def prune(box: Box) -> None:
    """Deletes the finished journals beyond the newest 50."""
    finished: Iterable[Journal] = [journal for journal in journals(box) if journal.finish]
    for journal in list(finished)[KEPT:]:
        box.path(journal.file).unlink()
