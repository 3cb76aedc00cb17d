# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a run back: what still holds, what is back already, and what somebody else has changed since."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.journal import JournalStep
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation
from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.undoing import holds, place_of, read_for
from unit.iis.hosts import SITE, location

SERVER = '<requestLimits maxUrl="5" /><verbs><add verb="PUT" allowed="true" /></verbs><hiddenSegments><add segment="a" /></hiddenSegments>'
EVERYTHING: dict[str, Any] = {
    "allow_high_bit_characters": False,  # set, then unset
    "request_limits": {"max_url": 6},  # set, then set
    "verbs": {"entries": [{"verb": "PUT", "allowed": False}, {"verb": "TRACE", "allowed": False}]},  # an entry's attribute; add
    "hidden_segments": {"absent": ["a"]},  # remove
}


@pytest.fixture
def done(host: Any) -> tuple[Any, dict[str, Any]]:
    web = host(SERVER)
    result = web.run(EVERYTHING)
    assert result.get("msg") is None
    return web, result


def test_every_kind_of_operation_holds_before_and_its_undo_after(host: Any) -> None:
    web = host(SERVER)
    plan = web.plan(**EVERYTHING)
    kinds = {(change.operation.name, change.undo.name) for change in plan.changes}
    assert kinds == {("set", "unset"), ("set", "set"), ("add", "remove"), ("remove", "add")}

    def state(operation: Operation) -> bool:
        read = read_for(operation)
        observations: Observations = parse_answer(web.send("windows_iis", read_request([read])), [read]).observations
        return holds(operation, observations)

    assert [(state(change.operation), state(change.undo)) for change in plan.changes] == [(True, False)] * len(plan.changes)
    web.run(EVERYTHING)
    assert [(state(change.operation), state(change.undo)) for change in plan.changes] == [(False, True)] * len(plan.changes)


def test_an_undo_gives_the_host_back_and_then_has_nothing_to_do(host: Any) -> None:
    web = host(SERVER)
    before = web.effective()
    result = web.run(EVERYTHING)
    undone = web.undo(result)
    assert (undone["changed"], undone.get("msg"), len(undone["changes"])) == (True, None, len(result["changes"]))
    assert web.effective() == before
    again = web.undo(result)
    assert (again["changed"], again.get("msg"), again["changes"]) == (False, None, [])


def test_an_undo_can_itself_be_undone(done: tuple[Any, dict[str, Any]]) -> None:
    web, result = done
    after = web.effective()
    undone = web.undo(result)
    assert web.undo(undone).get("msg") is None
    assert web.effective() == after


def test_what_is_back_already_is_left_alone(done: tuple[Any, dict[str, Any]]) -> None:
    web, result = done
    web.run({"request_limits": {"max_url": 5}})
    undone = web.undo(result)
    assert undone.get("msg") is None
    assert len(undone["changes"]) == len(result["changes"]) - 1


def test_a_third_value_is_refused_and_nothing_is_written(done: tuple[Any, dict[str, Any]]) -> None:
    web, result = done
    web.run({"request_limits": {"max_url": 7}})
    before = web.effective()
    with pytest.raises(
        HardeningError, match=r"requestFiltering/requestLimits/maxUrl is neither 6, as the run left it, nor 5, as it was before"
    ):
        web.undo(result)
    assert web.effective() == before


def test_closing_writes_no_setting(done: tuple[Any, dict[str, Any]]) -> None:
    web, result = done
    before = web.effective()
    assert web.undo(result, state="closed").get("msg") is None
    assert web.effective() == before


def test_a_journal_that_is_not_there_is_a_sentence(host: Any) -> None:
    with pytest.raises(HardeningError, match="the journal 20200101T000000Z-00000000 cannot be read on this host"):
        host(SERVER).run({"journal": "20200101T000000Z-00000000"}, name="undo")


def test_a_place_reads_as_it_did_in_the_plan(host: Any) -> None:
    web = host(SERVER, locations=location(SITE, '<verbs><add verb="HEAD" allowed="true" /></verbs>'))
    options = {**EVERYTHING, "target": "location", "location": SITE}
    for change in web.plan(**options).changes:
        for step in _steps(change):
            place, target = place_of(step)
            assert place == change.place
            assert target.startswith(change.target.removesuffix(" (as it was)")), change.target


def _steps(change: Change) -> list[JournalStep]:
    """The step as it was planned, and as a host's journal may give it back: with the attributes of an entry in another order."""
    turned = [
        Operation(one.provider, one.name, json.loads(json.dumps(one.parameters), object_pairs_hook=lambda pairs: dict(reversed(pairs))))
        for one in (change.operation, change.undo)
    ]
    return [JournalStep(change.operation, change.undo, "done"), JournalStep(turned[0], turned[1], "done")]
