# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of converge, the options of any resource, and a journal's shape."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.journal import Journal, close_operation, journal_read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import without_absent
from unit.core.samples import Stored

KNOWN = {"stored": Stored}


def build(*items: Any, **options: Any) -> list[Any]:
    return build_resources({"resources": list(items), **options}, KNOWN)


def test_items_become_resources_in_order() -> None:
    first, second = build({"stored": {"values": {"a": "1"}}}, {"hardening.windows.stored": {"values": {"b": "1"}, "level": "low"}})
    assert first.options == {"values": {"a": "1"}, "stages": False}
    assert second.options == {"values": {"b": "1"}, "stages": False, "level": "low"}


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "resources is empty"),
        ([{}], "item 1 of resources has 0 keys"),
        ([{"stored": {"values": {}}}, {"stored": {}, "other": {}}], "item 2 of resources has 2 keys"),
        ([{"nothing": {}}], "item 1 of resources is nothing; the resources are stored"),
        ([{5: {}}], "item 1 of resources is 5;"),
        ([{"stored": None}], r"item 1 of resources \(stored\): missing required arguments: values"),
        ([{"stored": {"values": {}, "nope": 1}}], r"item 1 of resources \(stored\): .*nope"),
        ([{"stored": {"values": {}, "level": "middle"}}], r"item 1 of resources \(stored\): value of level must be one of"),
        ([{"stored": {"values": 5}}], r"item 1 of resources \(stored\): .*dict"),
        ([{"stored": "text"}], r"item 1 of resources \(stored\) has no options"),
        ([{"stored": ["a"]}], r"item 1 of resources \(stored\) has no options"),
    ],
)
def test_an_item_that_is_wrong_is_named(items: list[Any], text: str) -> None:
    with pytest.raises(HardeningError, match=text) as caught:
        build(*items)
    assert str(caught.value).startswith("Nothing was changed: ")


def test_an_option_that_is_null_is_not_given() -> None:
    (resource,) = build({"stored": {"values": {"a": None, "b": "1"}, "level": None, "only": None}})
    assert resource.options == {"values": {"b": "1"}, "stages": False}


def test_the_tasks_selection_joins_the_items() -> None:
    (resource,) = build({"stored": {"values": {}, "only": ["X-1"]}}, only=["X-2"], skip=["REF-1"])
    assert resource.selection.only == {"X-1", "X-2"}
    assert resource.selection.skip == {"REF-1"}


def test_null_is_left_out_at_any_depth() -> None:
    assert without_absent({"a": None, "b": {"c": None, "d": [None, {"e": None}, 0, False, ""]}}) == {"b": {"d": [{}, 0, False, ""]}}


STEP = {"provider": "iis", "operation": "set", "attribute": "x", "planned": {"stored": None}}
JOURNAL: dict[str, Any] = {
    "id": "i",
    "file": "f",
    "started": "s",
    "finished": None,
    "result": None,
    "account": None,
    "steps": [{"operation": STEP, "undo": STEP, "state": "unknown"}],
}


def test_a_journal_is_read_whole() -> None:
    journal = Journal.from_value(JOURNAL)
    assert (journal.finished, journal.account, journal.steps[0].state) == (None, "", "unknown")
    assert journal.steps[0].operation.as_request() == STEP
    assert (journal.steps[0].operation.provider, journal.steps[0].operation.name) == ("iis", "set")


@pytest.mark.parametrize(
    "value", [None, 5, {}, {**JOURNAL, "steps": 5}, {**JOURNAL, "steps": [{}]}, {**JOURNAL, "steps": [{**JOURNAL["steps"][0], "undo": {}}]}]
)
def test_a_spoiled_journal_is_a_sentence(value: Any) -> None:
    with pytest.raises(HardeningError, match="the journal is not what it should be"):
        Journal.from_value(value)


def test_a_journals_read_and_its_close() -> None:
    assert journal_read("i").as_request() == {"provider": "journal", "read": "journal", "id": "i"}
    assert close_operation("i", "undone").parameters == {"id": "i", "result": "undone", "planned": {"finished": None}}
