# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine made of a case, asked once and judged by several tests: against what is written, and against the other engine.

The tests of one case are run by one process (`case_of`, and the scheduler in conftest.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.box import Box
from lab.engine import Engine


@dataclass(frozen=True)
class Answered:
    """The answer, the box after it, and the paths of the box's files and folders that it changed."""

    answer: dict[str, Any]
    box: Box
    changed: list[str]


@dataclass
class Remembered:
    """new_folder: an empty folder for a box."""

    new_folder: Callable[[], Path]
    _known: dict[tuple[str, str], Answered] = field(default_factory=dict)

    def of(self, engine: Engine, case: str, build: Callable[[Path], Box], entry: str, request: dict[str, Any]) -> Answered:
        """What the engine made of the request on a box that `build` writes; a case always has the same box, entry and request."""
        key = (engine.name, case)
        if key not in self._known:
            box = build(self.new_folder() / "box")
            before = _contents(box)
            answer = engine.answer(box, entry, request)
            after = _contents(box)
            changed = sorted(name for name in before.keys() | after.keys() if before.get(name, "") != after.get(name, ""))
            self._known[key] = Answered(answer, box, changed)
        return self._known[key]


def case_of(nodeid: str) -> str:
    """What a test's id says in brackets, without the engine: the tests of one case have it in common. Else the id itself."""
    _test, bracket, parameters = nodeid.partition("[")
    case = parameters.removesuffix("]").removeprefix("python-").removeprefix("pwsh-")
    return case if bracket else nodeid


def _contents(box: Box) -> dict[str, bytes | None]:
    """Every file and folder of a box, without the lock; a folder has no content."""
    found = (path for path in box.folder.rglob("*") if path.name != ".lock")
    return {str(path.relative_to(box.folder)): path.read_bytes() if path.is_file() else None for path in found}
