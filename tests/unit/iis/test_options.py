# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of iis_request_filtering: every row of the tables is reachable, and what cannot be meant is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering import IisRequestFiltering
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering_options import settings_of
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering_table import (
    ATTRIBUTES,
    COLLECTIONS,
    CONTROLS,
    AttributeRow,
    CollectionRow,
)
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.settings import (
    AttributeSetting,
    EntrySetting,
    ReplaceSetting,
    describe_entry,
)
from unit.iis.hosts import resources

VALUES = {"bool": False, "int": 7, "str": "x"}
KEYS = {"file_extensions": ".x", "always_allowed_urls": "/x"}


def nested(option: str, value: Any) -> dict[str, Any]:
    for name in reversed(option.split(".")):
        value = {name: value}
    return value


def validated(options: dict[str, Any]) -> dict[str, Any]:
    result = ArgumentSpecValidator(IisRequestFiltering.argument_spec).validate(options)
    assert result.error_messages == []
    return resources(options)[0].options  # type: ignore[return-value]


@pytest.mark.parametrize("row", ATTRIBUTES, ids=lambda row: row.option)
def test_every_attribute_is_reached_by_its_option(row: AttributeRow) -> None:
    (setting,) = settings_of(validated(nested(row.option, VALUES[row.type])))
    assert setting == AttributeSetting(row.option, row.element, row.attribute, VALUES[row.type], row.controls, row.explicit)


@pytest.mark.parametrize("row", COLLECTIONS, ids=lambda row: row.option)
def test_every_collection_is_reached_by_its_option(row: CollectionRow) -> None:
    key = KEYS.get(row.option, "x")
    entry: Any = key
    if row.values:
        entry = {row.key[0]: key, **{name: VALUES[kind] for name, _a, kind in row.values}, **{name: [".l"] for name, _e, _a in row.lists}}
    group = {"mode": "replace", "entries": [entry], "absent": ["gone"]}
    absent, replaced, present = settings_of(validated(nested(row.option, group)))
    assert isinstance(absent, EntrySetting)
    assert isinstance(present, EntrySetting)
    assert (absent.present, absent.entry) == (False, {"attributes": {row.key[1]: "gone"}})
    assert present.entry["attributes"] == {row.key[1]: key, **{attribute: VALUES[kind] for _n, attribute, kind in row.values}}
    assert set(present.entry.get("elements", {})) == {element for _n, element, _a in row.lists}
    assert replaced == ReplaceSetting(row.option, row.element, (present.entry,))


def test_every_control_is_reached_by_some_option() -> None:
    options = {
        **{part: value for row in ATTRIBUTES if "." not in row.option for part, value in [(row.option, True)]},
        "request_limits": {
            "max_url": 1,
            "max_query_string": 1,
            "max_allowed_content_length": 1,
            "headers": {"entries": [{"header": "A", "size_limit": 1}]},
        },
        "verbs": {"entries": [{"verb": "TRACE", "allowed": False}, {"verb": "OPTIONS", "allowed": False}]},
        "file_extensions": {"allow_unlisted": False, "entries": [{"extension": ".x", "allowed": False}]},
        "hidden_segments": {"entries": ["bin"]},
    }
    reached = {control.id for setting in settings_of(validated(options)) for control in getattr(setting, "controls", ())}
    assert reached | {"HW-IIS-RF-11"} == {control.id for control in CONTROLS}


@pytest.mark.parametrize("allowed", [True, False])
def test_an_entry_serves_a_control_by_its_value_only(allowed: bool) -> None:
    (setting,) = settings_of({"verbs": {"entries": [{"verb": "TRACE", "allowed": allowed}]}})
    assert bool(getattr(setting, "controls", ())) is not allowed


def test_null_is_not_given_at_any_depth() -> None:
    assert (
        settings_of(validated({"allow_double_escaping": None, "request_limits": {"max_url": None, "headers": None}, "verbs": None})) == []
    )


def rules(**values: Any) -> dict[str, Any]:
    return {"filtering_rules": {"entries": [{"name": "R", **values}]}}


def headers(name: str, size: int = 1) -> dict[str, Any]:
    return {"request_limits": {"headers": {"entries": [{"header": name, "size_limit": size}]}}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"hidden_segments": {"entries": [""]}}, "an entry of hidden_segments has an empty segment"),
    ({"request_limits": {"max_url": -1}}, "request_limits.max_url is -1; it takes 0 to 4294967295"),
    ({"request_limits": {"max_allowed_content_length": 4294967296}}, "it takes 0 to 4294967295"),
    (headers("Cookie", -5), r"request_limits.headers \(Cookie\) size_limit is -5"),
    (headers("Cookie:"), "a header name of request_limits.headers has a colon"),
    ({"file_extensions": {"entries": [{"extension": "bak", "allowed": False}]}}, "file_extensions names the extension bak, .*write .bak"),
    (rules(applies_to=["*"]), "leave the list empty for every URL"),
    (rules(applies_to=["asp"]), "write .asp"),
    ({"always_allowed_urls": {"entries": ["app"]}}, "does not start with a slash"),
    (rules(scan_headers=["User-Agent:"]), "a header name of filtering_rules has a colon"),
    (rules(deny_strings=["x", ""]), r"filtering_rules \(R\) deny_strings has an empty string"),
    (rules(deny_strings=["x", "X"]), "has x and X, which are the same to IIS"),
    (rules(deny_strings=["@", "@"]), "has @ and @, which are the same to IIS"),
    ({"hidden_segments": {"entries": ["bin", "BIN"]}}, "hidden_segments names BIN twice"),
    ({"hidden_segments": {"entries": ["bin"], "absent": ["bin"]}}, "hidden_segments names bin twice"),
    ({"verbs": {"absent": ["TRACE", "TRACE"]}}, "verbs names TRACE twice"),
]


@pytest.mark.parametrize(("options", "text"), REFUSED)
def test_what_cannot_be_meant_is_refused_before_the_first_trip(options: dict[str, Any], text: str) -> None:
    with pytest.raises(HardeningError, match=text) as caught:
        resources(options)
    assert str(caught.value).startswith("Nothing was changed: ")


@pytest.mark.parametrize(
    "options",
    [
        {"verbs": {"entries": [{"verb": "trace", "allowed": False}], "absent": ["TRACE"]}},
        {"request_limits": {"max_allowed_content_length": 4294967295, "max_url": 0}},
        {"file_extensions": {"entries": [{"extension": ".", "allowed": True}]}},
        rules(deny_strings=[], applies_to=[], scan_headers=[]),
    ],
)
def test_what_only_looks_odd_is_taken(options: dict[str, Any]) -> None:
    assert resources(options)


@pytest.mark.parametrize("target", ["sites", "location"])
def test_a_target_needs_its_name(target: str) -> None:
    with pytest.raises(HardeningError, match=f"target is {target} but all of the following are missing: {target}"):
        resources({"target": target})


@pytest.mark.parametrize(
    ("entry", "name", "text"),
    [
        ({"attributes": {"segment": "bin"}}, "bin", "present"),
        ({"attributes": {"segment": "bin"}}, "BIN", "present"),
        ({"attributes": {"verb": "X", "allowed": False}}, "X", "allowed=false"),
        (
            {"attributes": {"name": "R"}, "elements": {"denyStrings": {"entries": [{"attributes": {"string": "a"}}]}, "appliesTo": {}}},
            "R",
            "denyStrings=[a]",
        ),
    ],
)
def test_an_entry_is_described_without_its_key(entry: dict[str, Any], name: str, text: str) -> None:
    assert describe_entry(entry, name) == text
