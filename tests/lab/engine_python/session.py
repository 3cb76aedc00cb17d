# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `session`: the sessions of the host, from its sessions.txt."""

from __future__ import annotations

import re
from typing import Any

from lab.box import Box, replace_atomically

FILE = "sessions.txt"
# in the order of WTS_CONNECTSTATE_CLASS
STATES = ("active", "connected", "connect_query", "shadow", "disconnected", "idle", "listen", "reset", "down", "init")
REMOTE = re.compile(r"RDP-Tcp#\d+", re.IGNORECASE)


def _lines(box: Box) -> list[str]:
    path = box.folder / FILE
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()] if path.exists() else []


def read_sessions(box: Box, read: dict[str, Any]) -> list[dict[str, Any]]:
    fields = (line.split("\t") for line in _lines(box))
    sessions = [{"id": int(number), "name": name, "state": STATES[int(state)]} for number, name, state in fields]
    return sorted((session for session in sessions if session["id"] != 0), key=lambda session: int(session["id"]))


def drop_remote(box: Box) -> None:
    """The service that carried them stopped."""
    lines = _lines(box)
    kept = [line for line in lines if not REMOTE.fullmatch(line.split("\t")[1])]
    if kept != lines:
        replace_atomically(box.folder / FILE, "".join(line + "\n" for line in kept).encode("utf-8"))
