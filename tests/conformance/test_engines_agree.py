# SPDX-License-Identifier: GPL-3.0-or-later
"""Both engines on the same box: the same complete answer, the same box afterwards."""

from __future__ import annotations

import pytest

from conformance.agreement import answers_differ, differences, stored
from conformance.remembered import Remembered
from lab.behaviour import ROWS
from lab.behaviour.row import Row
from lab.engine import Engine

# Rows whose answers may differ beyond what they expect, with the reason.
OPEN = {
    "a share is not opened": "what Microsoft's API makes of a site on a share that is away is not known; only the walk is fixed",
    "dns: a policy refuses queries by two criteria": "in which order Get-DnsServerQueryResolutionPolicy gives the criteria is not documented",
}

# Where the sources leave more than one outcome open, each engine may show its own.
CERTAIN = [row for row in ROWS if not row.variants and row.name not in OPEN]


@pytest.mark.parametrize("row", CERTAIN, ids=[row.name for row in CERTAIN])
def test_both_engines_answer_a_row_alike(engines: list[Engine], row: Row, remembered: Remembered) -> None:
    one, other = [remembered.of(engine, row.name, row.situation.build, row.asked, row.request) for engine in engines]

    assert answers_differ(one.answer, other.answer) == []
    assert differences(stored(one.box), stored(other.box)) == []
