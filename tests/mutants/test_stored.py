# SPDX-License-Identifier: GPL-3.0-or-later
"""The stored mutants fit the project as it is: seconds, where running them all takes minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutants import lab, product, rdp_payload
from mutants.__main__ import MUTANTS
from mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_old_text_occurs_exactly_once(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text("utf-8").count(mutant.old) == 1
    assert mutant.old != mutant.new
    assert (ROOT / mutant.test).is_file()


def test_there_are_enough_of_each_kind() -> None:
    assert len(MUTANTS) >= 40
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert product.MUTANTS
    assert lab.ENGINE
    assert lab.PAYLOAD
    assert rdp_payload.PAYLOAD
