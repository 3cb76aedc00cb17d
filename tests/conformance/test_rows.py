# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of behaviour against every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.behaviour import IIS, RDP, ROWS, iis_documented, journal, refusals, registry, service
from lab.behaviour.expectation import Expectation, Refused
from lab.behaviour.row import CERTAINTIES, Row
from lab.box import Box
from lab.engine import Engine


def problems(expectations: tuple[Expectation, ...], answer: dict, box: Box) -> list[str]:
    return [problem for expectation in expectations for problem in expectation.problems(answer, box)]


def contents(box: Box) -> dict[str, bytes | None]:
    """Every file and folder of a box, without the lock."""
    found = (path for path in box.folder.rglob("*") if path.name != ".lock")
    return {str(path.relative_to(box.folder)): path.read_bytes() if path.is_file() else None for path in found}


def writes_nothing(row: Row) -> bool:
    return row.request["operation"] == "read" or any(isinstance(item, Refused) for item in row.expect)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(engine: Engine, row: Row, tmp_path: Path) -> None:
    box = row.situation.build(tmp_path / "box")
    before = contents(box)

    answer = engine.answer(box, row.asked, row.request)

    found = problems(row.expect, answer, box)
    if found and any(not problems(variant, answer, box) for variant in row.variants):
        found = []
    assert not found, "\n".join([f"{row.source} [{row.certainty}]", *found])
    if writes_nothing(row):
        assert contents(box) == before


def test_rows_are_named_once_and_sourced() -> None:
    names = [row.name for row in ROWS]

    assert sorted(set(names)) == sorted(names)
    assert all(row.source and row.certainty in CERTAINTIES and row.expect for row in ROWS)


def test_there_are_enough_rows() -> None:
    counts = {"iis": len(IIS), "documented": len(iis_documented.ROWS), "registry": len(registry.ROWS)}
    counts |= {"service": len(service.ROWS), "journal": len(journal.ROWS), "refusals": len(refusals.ROWS)}
    counts |= {"rdp": len(RDP)}

    wanted = {"rdp": 110, "iis": 70, "documented": 9, "registry": 10, "service": 6, "journal": 6, "refusals": 8}
    assert {name: count for name, count in counts.items() if count < wanted[name]} == {}
