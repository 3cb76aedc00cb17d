# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as a program of Windows sees it: the box's documents, files by their Windows names, counted writes, its language.

The programs beside this file run without site-packages and import nothing of the lab, because each call is a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

BOX = Path(os.environ["LAB_BOX"])
VIEW = Path(os.environ["LAB_VIEW"])


def read_json(name: str) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads((BOX / f"{name}.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return data


def write_json(name: str, data: Any) -> None:
    write_text(f"{name}.json", json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def write_text(name: str, text: str) -> None:
    """Replaces a document of the box atomically."""
    unfinished = BOX / f".{os.getpid()}.tmp"  # module tempfile would take as long to import as all the rest
    with open(unfinished, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    os.replace(unfinished, BOX / name)


def is_german() -> bool:
    return str(read_json("host").get("language", "en-US")).startswith("de")


def say(english: str, german: str = "", error: bool = False) -> None:
    """A line in the host's language, as Windows' programs end theirs."""
    text = german if german and is_german() else english
    stream = sys.stderr if error else sys.stdout
    lines = text.replace("\r\n", "\n").split("\n")
    stream.buffer.write("".join(f"{line}\r\n" for line in lines).encode("utf-8"))
    stream.flush()


def option(arguments: list[str], name: str) -> str | None:
    """What stands behind `/name`, which compares without case."""
    names = [argument.lower() for argument in arguments]
    at = names.index(name) + 1 if name in names else len(arguments)
    return arguments[at] if at < len(arguments) else None


def has_option(arguments: list[str], name: str) -> bool:
    return name in (argument.lower() for argument in arguments)


def file_named(windows_path: str) -> Path:
    """Where a file with this Windows path stands in the view. The path of a new file is its own name there."""
    wanted = windows_path.lower()
    return VIEW / next((name for name in os.listdir(VIEW) if name.lower() == wanted), windows_path)


def folder_exists(windows_path: str) -> bool:
    folder = windows_path.rpartition("\\")[0]
    return folder[1:] in ("", ":") or file_named(folder).is_dir()


def registry_value(key: str, name: str) -> Any:
    """The value below HKLM; None where there is none."""
    for stored, values in read_json("registry").get("HKLM", {}).items():
        if stored.lower() == key.lower():
            return next((one["value"] for own, one in values.items() if own.lower() == name.lower()), None)
    return None


class Refused(Exception):
    """The write does not happen because somebody else has the file, as the fault that a test asked for says."""


def write(action: Callable[[], None]) -> None:
    """One write of the answer; a fault may refuse it or end the payload, whose process started this one."""
    kind, number, when, effect = (os.environ.get("LAB_FAULT") or ":0::").split(":")
    counter = VIEW / ".writes"
    made = counter.stat().st_size if counter.exists() else 0
    due = kind == "write" and int(number) == made + 1
    if due and effect == "crash" and when == "before":
        _crash()
    with open(counter, "ab") as stream:
        stream.write(b"w")
    if due and effect != "crash":
        raise Refused("The process cannot access the file because it is being used by another process.")
    action()
    if due:
        _crash()


def _crash() -> NoReturn:
    (VIEW / ".crashed").touch()
    os.kill(os.getppid(), signal.SIGKILL)
    sys.exit(1)
