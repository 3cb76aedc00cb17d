# SPDX-License-Identifier: GPL-3.0-or-later
"""A box: a folder that holds what one Windows host stores, and nothing derived from it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DRIVE_PATH = re.compile(r"^(?:\\\\\?\\)?([A-Za-z]):[\\/]*(.*)$", re.DOTALL)
LOCK_FILE = ".lock"


class Box:
    """One simulated host. Every property reads its file anew, so a restart changes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"Box({str(self.folder)!r})"

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def host(self) -> dict[str, Any]:
        return self.read_json("host")

    @property
    def registry(self) -> dict[str, Any]:
        return self.read_json("registry")

    @property
    def services(self) -> dict[str, Any]:
        return self.read_json("services")

    def path(self, windows_path: str) -> Path:
        """The file or folder behind an absolute Windows path.

        Parts that exist are matched without case, as Windows does; the rest keeps its
        spelling. Raises ValueError for a path without a drive or one that leaves it.
        """
        match = DRIVE_PATH.match(windows_path)
        if match is None:
            raise ValueError(f"{windows_path!r} is no path on a drive of the box {self.name}")
        drive, rest = match.groups()
        return _descend(self.folder / drive.upper(), _parts(rest))

    def windows_path(self, path: Path) -> str:
        """The Windows path of a file or folder inside the box."""
        drive, *parts = Path(path).relative_to(self.folder).parts
        return f"{drive}:\\" + "\\".join(parts)

    def expand(self, text: str) -> str:
        """`text` with %names% of the box's environment replaced, unknown ones kept."""
        values = {name.lower(): value for name, value in self.host.get("environment", {}).items()}
        return re.sub(r"%([^%]+)%", lambda found: values.get(found[1].lower(), found[0]), text)

    def is_denied(self, windows_path: str) -> bool:
        """Whether the box's host.json lists this path, or a folder above it, as closed to the account."""
        wanted = "\\".join(_split(windows_path)).lower() + "\\"
        denied = self.host.get("denied", [])
        return any(wanted.startswith("\\".join(_split(entry)).lower() + "\\") for entry in denied)

    def read_json(self, name: str) -> dict[str, Any]:
        """The document `name`.json of the box; empty where there is none."""
        try:
            data: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return data

    def write_json(self, name: str, data: Any) -> None:
        """Replaces the document `name`.json atomically."""
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        replace_atomically(self.folder / f"{name}.json", text.encode("utf-8"))

    def replace_file(self, windows_path: str, content: bytes) -> Path:
        """Writes a file atomically, creating its folders; returns where it stands."""
        target = self.path(windows_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_atomically(target, content)
        return target

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the box against every other process and thread. Not reentrant."""
        with open(self.folder / LOCK_FILE, "a+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)


def _split(windows_path: str) -> list[str]:
    match = DRIVE_PATH.match(windows_path)
    if match is None:
        return [windows_path]
    return [f"{match[1]}:", *_parts(match[2])]


def _parts(rest: str) -> list[str]:
    parts = [part for part in re.split(r"[\\/]+", rest) if part not in ("", ".")]
    if ".." in parts:
        raise ValueError(f"{rest!r} leaves its folder: a box takes absolute paths without '..'")
    return parts


def _descend(folder: Path, parts: list[str]) -> Path:
    for part in parts:
        folder = folder / _spelling(folder, part)
    return folder


def _spelling(folder: Path, part: str) -> str:
    """How `part` is spelled in `folder`; an exact match wins, an absent name stays as asked."""
    try:
        # lexists, because a link into nothing is still a name that is taken
        if os.path.lexists(folder / part):
            return part
        names = os.listdir(folder)
    except (NotADirectoryError, FileNotFoundError):
        return part
    return next((name for name in sorted(names) if name.lower() == part.lower()), part)


def replace_atomically(target: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
