# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers. Whatever comes back, a person reads a sentence."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError, Refused
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import apply_request, parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Stage
from unit.core.samples import FACTS, JOURNAL, change

READS = [Read("store", "value", {"name": "a"})]
APPLIED: dict[str, Any] = {
    "protocol": 1,
    "changed": True,
    "facts": FACTS,
    "observations": [{"value": "2"}],
    "journal": JOURNAL,
    "steps": [{"state": "done", "error": None}, {"state": "failed", "error": {"kind": "locked", "message": "no"}}],
    "guard": [{"site": "S", "path": "/", "error": {"kind": "malformed", "message": "bad"}}],
    "restarts": [{"service": "W3SVC", "error": {"kind": "service_timeout", "message": "slow"}}],
}


def test_a_read_request() -> None:
    assert read_request(READS) == {"protocol": 1, "operation": "read", "batch": [{"provider": "store", "read": "value", "name": "a"}]}


@pytest.mark.parametrize("now", [True, False])
def test_an_apply_request(now: bool) -> None:
    one = change("a")
    request = apply_request(Stage((one,), restarts=("S",), guard=({"provider": "iis"},)), READS, "id", now)
    assert request["operation"] == "apply"
    assert request["batch"] == [{"operation": one.operation.as_request(), "undo": one.undo.as_request()}]
    assert request["reads"] == [READS[0].as_request()]
    assert (request["guard"], request["restarts"], request["journal"]) == ([{"provider": "iis"}], ["S"] if now else [], "id")


def test_a_whole_answer_is_read_whole() -> None:
    answer = parse_answer(APPLIED, READS)
    assert answer.observations.value(READS[0]) == "2"
    assert [step.state for step in answer.steps] == ["done", "failed"]
    assert answer.steps[1].failure is not None
    assert answer.steps[1].failure.kind == "locked"
    assert answer.journal == JOURNAL
    assert answer.guard[0]["error"].message == "bad"
    assert answer.restarts[0]["error"].message == "slow"


def refusal(kind: str, message: str = "the text") -> dict[str, Any]:
    return {"protocol": 1, "failed": True, "msg": message, "error": {"kind": kind, "message": message, "hresult": None}}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (refusal("request_invalid"), "The payload refused the request, nothing was changed: the text"),
        (refusal("constrained_language"), "Constrained Language mode"),
        (refusal("check_mode"), "told to write under check mode"),
        ({"protocol": 1, "failed": True, "msg": "only this"}, "nothing was changed: only this"),
        ({"protocol": 1, "failed": True, "msg": "m", "error": "a text"}, "nothing was changed: a text"),
        ({"protocol": 1, "failed": True}, "The payload refused"),
    ],
)
def test_a_refusal_is_a_sentence_and_certain(answer: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        parse_answer(answer, READS)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({}, "did not give a whole answer. Run the task again"),
        (
            {"failed": True, "msg": "MODULE FAILURE\nSee stdout", "module_stdout": '{"protocol": 1, "fac'},
            'It began with: {"protocol": 1, "fac',
        ),
        ({"msg": "Cannot invoke method in ConstrainedLanguage mode"}, "Constrained Language mode"),
        ({"protocol": 2}, "did not give a whole answer"),
        ({"msg": None, "module_stdout": None, "rc": 1}, "did not give a whole answer"),
        ({"stdout": "x" * 5000}, "x" * 200),
    ],
)
def test_what_is_no_answer_is_a_sentence(answer: dict[str, Any], text: str) -> None:
    with pytest.raises(HardeningError) as caught:
        parse_answer(answer, READS)
    assert text in str(caught.value)
    assert len(str(caught.value)) < 800
    assert not isinstance(caught.value, Refused)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside an answer, facts left out: an unknown fact is not held against a host."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in items:
        if path or name not in ("facts", "protocol"):
            yield (*path, name)
            yield from places(below, (*path, name))


def spoiled(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    answer = copy.deepcopy(APPLIED)
    inner: Any = answer
    for step in path[:-1]:
        inner = inner[step]
    if value is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return answer


@pytest.mark.parametrize("value", [KeyError, None, 5, "text", [], [None], [5], {}, {"a": 1}, True], ids=repr)
@pytest.mark.parametrize("path", sorted(places(APPLIED), key=str), ids=str)
def test_a_spoiled_answer_is_never_a_traceback(path: tuple[Any, ...], value: Any) -> None:
    try:
        parse_answer(spoiled(path, value), READS)
    except HardeningError as problem:
        assert str(problem).endswith(".") or isinstance(problem, Refused)


@pytest.mark.parametrize("path", [("facts",), ("observations",), ("observations", 0, "value"), ("steps", 0, "state"), ("guard", 0, "site")])
def test_what_is_needed_is_missed(path: tuple[Any, ...]) -> None:
    with pytest.raises(HardeningError, match="is not whole|was cut short"):
        parse_answer(spoiled(path, KeyError), READS)


@pytest.mark.parametrize(
    "facts", [None, 5, "x", [1], {"reboot_pending": 5}, {"account": 5}, {"unfinished_journals": [5]}, {"powershell": "7"}]
)
def test_spoiled_facts_are_a_sentence(facts: Any) -> None:
    with pytest.raises(HardeningError, match="is not whole"):
        parse_answer({**APPLIED, "facts": facts}, READS)
