# SPDX-License-Identifier: GPL-3.0-or-later
"""Both engines on the same box: the same complete answer, the same box afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.agreement import answers_differ, differences, stored
from engines import opened_engine
from lab.behaviour import ROWS
from lab.behaviour.row import Row
from lab.engine import Engine

# Rows whose answers may differ beyond what they expect, with the reason.
OPEN = {"a share is not opened": "what Microsoft's API makes of a site on a share that is away is not known; only the walk is fixed"}

# Where the sources leave more than one outcome open, each engine may show its own.
CERTAIN = [row for row in ROWS if not row.variants and row.name not in OPEN]


@pytest.fixture(scope="module")
def engines() -> Iterator[list[Engine]]:
    with opened_engine("python") as python, opened_engine("pwsh") as pwsh:
        yield [python, pwsh]


@pytest.mark.parametrize("row", CERTAIN, ids=[row.name for row in CERTAIN])
def test_both_engines_answer_a_row_alike(engines: list[Engine], row: Row, tmp_path: Path) -> None:
    boxes = [row.situation.build(tmp_path / engine.name / "box") for engine in engines]

    answers = [engine.answer(box, row.entry or row.family, row.request) for engine, box in zip(engines, boxes, strict=True)]

    assert answers_differ(*answers) == []
    assert differences(*[stored(box) for box in boxes]) == []
