# SPDX-License-Identifier: GPL-3.0-or-later
"""A mutant: one small change to the project that must turn a test red."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """file: from the repository's root. old: text that stands in it exactly once. test: a file of tests. only: pytest's -k."""

    file: str
    old: str
    new: str
    test: str
    only: str

    @property
    def name(self) -> str:
        return f"{self.file}: {' '.join(self.old.split())[:60]} -> {' '.join(self.new.split())[:60]}"

    def apply(self, tree: Path) -> str:
        """Changes the file of a copy; returns its text before. Raises ValueError where the old text is not there exactly once."""
        path = tree / self.file
        text = path.read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {self.old!r} {text.count(self.old)} times, not once: bring the mutant up to date")
        path.write_text(text.replace(self.old, self.new), "utf-8")
        return text
