# SPDX-License-Identifier: GPL-3.0-or-later
"""Which controls a task asks for, and how results of one control are joined."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import (
    SEVERITY,
    Control,
    ControlResult,
    Selection,
    join_results,
)
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from unit.core.samples import FIRST, SECOND


@pytest.mark.parametrize(
    ("only", "skip", "controls", "wanted"),
    [
        ((), (), (FIRST,), True),
        ((), (), (), True),
        (("X-1",), (), (FIRST,), True),
        (("REF-2",), (), (FIRST, SECOND), True),
        (("X-2",), (), (FIRST,), False),
        (("X-1",), (), (), False),
        ((), ("X-1",), (FIRST,), False),
        ((), ("REF-1",), (SECOND, FIRST), False),
        ((), ("X-1",), (SECOND,), True),
        ((), ("X-1",), (), True),
        (("X-1",), ("REF-1",), (FIRST,), False),
    ],
)
def test_a_selection_by_own_and_foreign_ids(
    only: tuple[str, ...], skip: tuple[str, ...], controls: tuple[Control, ...], wanted: bool
) -> None:
    assert Selection(frozenset(only), frozenset(skip)).selects(controls) is wanted


@pytest.mark.parametrize("selection", [Selection(only=frozenset({"X-1", "X-9"})), Selection(skip=frozenset({"X-9"}))])
def test_an_id_that_no_control_has_is_refused(selection: Selection) -> None:
    with pytest.raises(HardeningError, match="no control has the id X-9 "):
        selection.check([FIRST, SECOND])


def test_known_ids_pass() -> None:
    Selection(frozenset({"X-1", "REF-2"}), frozenset({"X-2"})).check([FIRST, SECOND])


@pytest.mark.parametrize("severe", range(len(SEVERITY)))
@pytest.mark.parametrize("mild", range(len(SEVERITY)))
def test_the_more_severe_status_wins_in_either_order(severe: int, mild: int) -> None:
    results = [ControlResult(FIRST, SEVERITY[severe], ("a",)), ControlResult(FIRST, SEVERITY[mild], ("b",))]
    (joined,) = join_results(results)
    assert joined.status == SEVERITY[min(severe, mild)]
    assert joined.evidence == ("a", "b")


def test_results_keep_their_order_and_name_evidence_once() -> None:
    results = [
        ControlResult(SECOND, "compliant", ("a",)),
        ControlResult(FIRST, "changed", ("b",)),
        ControlResult(SECOND, "compliant", ("a",)),
    ]
    assert [(one.control.id, one.evidence) for one in join_results(results)] == [("X-2", ("a",)), ("X-1", ("b",))]


def test_a_result_names_the_references() -> None:
    assert ControlResult(FIRST, "changed", ("line",)).as_result() == {
        "id": "X-1",
        "references": ["REF-1", "REF-2"],
        "title": "One",
        "status": "changed",
        "evidence": ["line"],
    }


def test_a_value_takes_the_references_whose_threshold_it_does_not_meet_away() -> None:
    bounded = Control("X-9", "Nine", "because", "somewhere", ("REF-7", "REF-8", "REF-9"), {"REF-7": range(1, 4), "REF-8": range(1, 6)})
    assert [bounded.met_by(value).references for value in (3, 5, 6)] == [("REF-7", "REF-8", "REF-9"), ("REF-8", "REF-9"), ("REF-9",)]
    assert bounded.met_by(6).met_by(3).references == ("REF-9",)


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ([("REF-1", "REF-2"), ("REF-2",)], ("REF-2",)),
        ([("REF-2",), ("REF-1", "REF-2")], ("REF-2",)),
        ([("REF-1",), ("REF-2",)], ()),
        ([("REF-1", "REF-2"), ()], ()),
        ([("REF-1", "REF-2"), ("REF-1", "REF-2")], ("REF-1", "REF-2")),
    ],
)
def test_a_joined_result_claims_what_every_part_meets(parts: list[tuple[str, ...]], joined: tuple[str, ...]) -> None:
    (found,) = join_results(ControlResult(FIRST.claiming(references), "compliant", ("a",)) for references in parts)
    assert found.control.references == joined
