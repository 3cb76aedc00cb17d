# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer that several tests judge is asked for once, with what it changed; and the tests of one case have it in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.remembered import Remembered, case_of
from lab import boxes
from lab.box import Box


class Writer:
    """An engine that makes a file and takes a folder away."""

    name = "writer"

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: object = None) -> dict[str, Any]:
        self.asked += 1
        box.replace_file("C:\\new.txt", b"")
        box.path("C:\\Windows\\Temp").rmdir()
        return {"asked": self.asked}


def test_a_case_is_asked_once(tmp_path: Path) -> None:
    engine, folders = Writer(), iter(range(2))
    remembered = Remembered(lambda: tmp_path / str(next(folders)))

    first, again, other = [
        remembered.of(engine, case, lambda folder: boxes.build("no_iis", folder), "windows_rdp", {}) for case in ("a", "a", "b")
    ]

    assert (first.answer, other.answer) == ({"asked": 1}, {"asked": 2})
    assert again is first
    assert first.changed == ["C/Windows/Temp", "C/new.txt"]


@pytest.mark.parametrize("test", ["test_row[python-", "test_row[pwsh-", "test_both_engines_answer_a_row_alike["])
def test_the_tests_of_a_case_have_it_in_common(test: str) -> None:
    assert case_of(f"tests/conformance/test_rows.py::{test}right: one [of two]]") == "right: one [of two]"


def test_a_test_without_cases_stands_alone() -> None:
    assert (
        case_of("tests/conformance/test_rows.py::test_there_are_enough_rows")
        == "tests/conformance/test_rows.py::test_there_are_enough_rows"
    )
