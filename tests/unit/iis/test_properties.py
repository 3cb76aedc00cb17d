# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for any options on any server: order, null, exactness of the plan, and the way back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from unit.iis.hosts import CONFIGURATION, SITE, Host, lines, location, resources

VERBS = ("TRACE", "OPTIONS", "PUT", "trace")
SEGMENTS = ("bin", "App_Data", ".git")
EXTENSIONS = (".bak", ".OLD", ".config")
# Shrinking a failure costs minutes on a host that answers each time; the first example found says enough.
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def group(entries: st.SearchStrategy[list[Any]], names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """A collection's options; an entry is not both wanted and unwanted."""

    def without(drawn: tuple[str, list[Any], set[str]]) -> dict[str, Any]:
        mode, chosen, absent = drawn
        keys = {str(one if isinstance(one, str) else one[0]) for one in chosen}
        return {"mode": mode, "entries": chosen, "absent": sorted(absent - keys)}

    return st.tuples(st.sampled_from(["merge", "replace"]), entries, st.sets(st.sampled_from(names), max_size=2)).map(without)


def pairs(names: tuple[str, ...]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.tuples(st.sampled_from(names), st.booleans()), unique_by=lambda one: one[0], max_size=3)


def named(option: str, key: str) -> Any:
    return lambda drawn: {option: {**drawn, "entries": [{key: name, "allowed": allowed} for name, allowed in drawn["entries"]]}}


OPTIONS: st.SearchStrategy[dict[str, Any]] = st.tuples(
    st.fixed_dictionaries({}, optional={"allow_double_escaping": st.booleans(), "allow_high_bit_characters": st.booleans()}),
    st.fixed_dictionaries(
        {},
        optional={"request_limits": st.fixed_dictionaries({"max_url": st.integers(1, 9), "max_allowed_content_length": st.just(30000000)})},
    ),
    group(pairs(VERBS), VERBS).map(named("verbs", "verb")),
    group(pairs(EXTENSIONS), EXTENSIONS).map(named("file_extensions", "extension")),
    group(st.lists(st.sampled_from(SEGMENTS), unique=True), SEGMENTS).map(lambda drawn: {"hidden_segments": drawn}),
    st.sampled_from([{}, {"target": "location", "location": SITE}]),
    st.just({"on_duplicate": "skip", "on_override": "report"}),
).map(lambda parts: {name: value for part in parts for name, value in part.items()})


def element(verbs: list[tuple[str, bool]], segments: list[str], escaping: bool | None) -> str:
    attribute = "" if escaping is None else f' allowDoubleEscaping="{str(escaping).lower()}"'
    adds = "".join(f'<add verb="{name}" allowed="{str(allowed).lower()}" />' for name, allowed in verbs)
    hidden = "".join(f'<add segment="{name}" />' for name in segments)
    return f"<requestFiltering{attribute}><verbs>{adds}</verbs><hiddenSegments>{hidden}</hiddenSegments></requestFiltering>"


def elements(names: tuple[str, ...], segments: tuple[str, ...]) -> st.SearchStrategy[str]:
    escaping = st.sampled_from([None, True, False])
    return st.builds(element, pairs(names), st.lists(st.sampled_from(segments), unique=True), escaping)


# The site's own entries are others than the server's: the same ones would take it down.
STATES = st.tuples(elements(VERBS[:2], SEGMENTS[:2]), elements(VERBS[2:], SEGMENTS[2:]))


@pytest.fixture(scope="module")
def web() -> Iterator[Host]:
    folder = Path(tempfile.mkdtemp())
    yield Host(folder / "box")
    shutil.rmtree(folder)


def put(web: Host, state: tuple[str, str]) -> None:
    server, site = state
    web.configure(server, location(SITE, site), {SITE: ()})


@FEW
@given(state=STATES, options=OPTIONS)
def test_the_plan_is_made_exactly_and_taken_back_exactly(web: Host, state: tuple[str, str], options: dict[str, Any]) -> None:
    """On what the plan leaves there is nothing left to plan, and its undo gives back what was effective."""
    put(web, state)
    before, plan = web.effective(), web.plan(**options)
    result = web.run(options)
    assert result.get("msg") is None
    assert [f"{one['before']} -> {one['after']}" for one in result["changes"]] == [line.rpartition(": ")[2] for line in lines(plan)]
    assert web.plan(**options).empty
    if result["changed"]:
        assert web.undo(result).get("msg") is None
        assert by_key(web.effective()) == by_key(before)


def by_key(value: Any) -> Any:
    """The same with entries in one order: a location's entry that was inherited comes back as its own, behind the others."""
    if isinstance(value, dict):
        return {name: sorted(map(by_key, below), key=str) if name == "entries" else by_key(below) for name, below in value.items()}
    return [by_key(one) for one in value] if isinstance(value, list | tuple) else value


def turned(options: Any) -> Any:
    """The same options, every dictionary and every list the other way round."""
    if isinstance(options, dict):
        return {name: turned(options[name]) for name in reversed(options)}
    return [turned(one) for one in reversed(options)] if isinstance(options, list) else options


@FEW
@given(state=STATES, options=OPTIONS)
def test_the_order_of_options_changes_no_change(web: Host, state: tuple[str, str], options: dict[str, Any]) -> None:
    put(web, state)
    assert sorted(lines(web.plan(**options))) == sorted(lines(web.plan(**turned(options))))


def with_nulls(options: dict[str, Any]) -> dict[str, Any]:
    nulls = {"unescape_query_string": None, "filtering_rules": None, "only": None, "accepted_overrides": None}
    return {**nulls, **{name: {**one, "apply_to_webdav": None} if name == "verbs" else one for name, one in options.items()}}


@FEW
@given(options=OPTIONS)
def test_null_is_as_good_as_nothing(options: dict[str, Any]) -> None:
    (one,), (other,) = resources(options), resources(with_nulls(options))
    assert one.options == other.options


@FEW
@given(state=STATES, options=OPTIONS)
def test_check_mode_writes_nothing_and_says_the_same(web: Host, state: tuple[str, str], options: dict[str, Any]) -> None:
    put(web, state)
    before = web.box.path(CONFIGURATION).read_bytes()
    checked = web.run(options, check=True)
    assert web.box.path(CONFIGURATION).read_bytes() == before
    ran = web.run(options)
    assert (checked["changed"], checked["diff"]) == (ran["changed"], ran["diff"])
