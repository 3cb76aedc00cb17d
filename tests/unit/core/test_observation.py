# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads by identity, and observations that belong to them."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation, Read


def test_equal_reads_have_one_identity_whatever_the_order_of_their_keys() -> None:
    one, two = Read("iis", "section", {"a": 1, "b": [1]}), Read("iis", "section", {"b": [1], "a": 1})
    assert one.identity == two.identity
    assert one.identity != Read("iis", "section", {"a": 1, "b": [2]}).identity
    assert one.identity != Read("iis", "other", {"a": 1, "b": [1]}).identity


def test_a_batch_asks_each_question_once_in_order() -> None:
    first, second = Read("x", "b"), Read("x", "a")
    assert unique_reads([first, second, Read("x", "b")]) == [first, second]


def test_requests_name_what_is_asked_or_written() -> None:
    assert Read("x", "value", {"name": "n"}).as_request() == {"provider": "x", "read": "value", "name": "n"}
    assert Operation("x", "set", {"planned": 1}).as_request() == {"provider": "x", "operation": "set", "planned": 1}


def test_an_answer_with_fewer_results_than_reads_is_a_sentence() -> None:
    with pytest.raises(HardeningError, match="answered 1 of 2 reads: its answer was cut short"):
        Observations([Read("x", "a"), Read("x", "b")], [Observation(value=1)])


def test_a_failed_read_does_not_hide_the_others() -> None:
    reads = [Read("x", "a"), Read("x", "b")]
    results = [Observation.from_answer({"error": {"kind": "not_found", "message": "gone"}}), Observation.from_answer({"value": None})]
    observations = Observations(reads, results)
    assert observations.value(reads[1]) is None
    with pytest.raises(HardeningError, match=r"^gone$"):
        observations.value(reads[0])


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ({"kind": "k", "message": "Bad\r\n  file", "file": "C:\\f", "line": 3, "hresult": "0x1"}, "C:\\f, line 3: Bad file (0x1)"),
        ({"kind": "k", "message": "Bad", "file": "C:\\f", "line": None}, "C:\\f: Bad"),
        ({"kind": "k", "message": "Bad", "hresult": "0x1"}, "Bad (0x1)"),
        ({}, ""),
    ],
)
def test_a_failure_says_where_and_what_in_one_line(error: dict[str, object], text: str) -> None:
    assert Failure.from_answer(error).describe() == text


def test_a_failure_without_a_kind_is_internal() -> None:
    assert Failure.from_answer({"message": "x"}).kind == "internal"
