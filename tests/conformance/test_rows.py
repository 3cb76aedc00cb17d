# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of behaviour against every engine."""

from __future__ import annotations

import pytest

from conformance.remembered import Remembered
from lab.behaviour import DNS, IIS, RDP, ROWS, iis_documented, journal, refusals, registry, service
from lab.behaviour.expectation import Expectation, Refused
from lab.behaviour.row import CERTAINTIES, Row
from lab.box import Box
from lab.engine import Engine


def problems(expectations: tuple[Expectation, ...], answer: dict, box: Box) -> list[str]:
    return [problem for expectation in expectations for problem in expectation.problems(answer, box)]


def writes_nothing(row: Row) -> bool:
    return row.request["operation"] == "read" or any(isinstance(item, Refused) for item in row.expect)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(engine: Engine, row: Row, remembered: Remembered) -> None:
    answered = remembered.of(engine, row.name, row.situation.build, row.asked, row.request)

    found = problems(row.expect, answered.answer, answered.box)
    if found and any(not problems(variant, answered.answer, answered.box) for variant in row.variants):
        found = []
    assert not found, "\n".join([f"{row.source} [{row.certainty}]", *found])
    if writes_nothing(row):
        assert answered.changed == []


def test_rows_are_named_once_and_sourced() -> None:
    names = [row.name for row in ROWS]

    assert sorted(set(names)) == sorted(names)
    assert all(row.source and row.certainty in CERTAINTIES and row.expect for row in ROWS)


def test_there_are_enough_rows() -> None:
    counts = {"iis": len(IIS), "documented": len(iis_documented.ROWS), "registry": len(registry.ROWS)}
    counts |= {"service": len(service.ROWS), "journal": len(journal.ROWS), "refusals": len(refusals.ROWS)}
    counts |= {"rdp": len(RDP), "dns": len(DNS)}

    wanted = {"dns": 200, "rdp": 110, "iis": 70, "documented": 9, "registry": 10, "service": 6, "journal": 6, "refusals": 8}
    assert {name: count for name, count in counts.items() if count < wanted[name]} == {}
