# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and locations that undo a setting for a part of the host, and entries that would be there twice."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._iis.layers import (
    Conflict,
    conflicts_of,
    covers,
    layers_below,
    layers_of,
    location_and_above,
)
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.section import Section
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.settings import AttributeSetting, EntrySetting
from unit.iis.schemas import SCHEMA

FILE = "applicationHost.config"
HIGH_BIT = AttributeSetting("allow_high_bit_characters", (), "allowHighBitCharacters", False)
MAX_URL = AttributeSetting("request_limits.max_url", ("requestLimits",), "maxUrl", 4096)
DENIED = EntrySetting("verbs", ("verbs",), "TRACE", {"attributes": {"verb": "TRACE", "allowed": False}})
GONE = EntrySetting("verbs", ("verbs",), "TRACE", {"attributes": {"verb": "TRACE"}}, present=False)
BAK = EntrySetting("file_extensions", ("fileExtensions",), ".bak", {"attributes": {"fileExtension": ".bak", "allowed": False}})


def raw(tag: str, line: int | None = None, *children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {"tag": tag, "line": line, "attributes": attributes, "children": list(children)}


def root(*children: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return raw("requestFiltering", 1, *children, **attributes)


def verbs(*directives: str) -> dict[str, Any]:
    """`add TRACE true`, `remove TRACE`, `clear`: each on a line of its own, from 10 on."""
    children = []
    for number, directive in enumerate(directives):
        tag, *rest = directive.split()
        children.append(raw(tag, 10 + number, **dict(zip(("verb", "allowed"), rest, strict=False))))
    return root(raw("verbs", 9, *children))


def section(*places: tuple[str, dict[str, Any]], server: tuple[tuple[str, dict[str, Any]], ...] = ()) -> Section:
    """places: virtual path below site S with what its web.config holds; `/a>/b` is location b of the file at /a."""
    files = []
    for path, node in places:
        folder, _sign, inside = path.partition(">")
        occurrence = {"location": inside, "line": 1, "node": node}
        files.append({"site": "S", "path": folder, "file": f"{folder}web.config", "error": None, "occurrences": [occurrence]})
    return Section.from_value(
        {
            "section": "system.webServer/security/requestFiltering",
            "schema": SCHEMA,
            "configuration": {"file": FILE, "occurrences": [{"location": where, "line": 1, "node": node} for where, node in server]},
            "levels": [{"location": "", "tree": 0}],
            "files": files,
            "paths": [],
            "trees": [{}],
        }
    )


def found(setting: Any, where: Section, location: str = "") -> list[tuple[str, int | None, str, bool]]:
    conflicts: list[Conflict] = conflicts_of(setting, layers_below(layers_of(where), location), where)
    return [(one.layer.location, one.line, one.found, one.duplicate) for one in conflicts]


@pytest.mark.parametrize(
    ("value", "conflict"),
    [("true", [("S", 1, "true", False)]), ("TRUE", [("S", 1, "TRUE", False)]), ("false", []), ("False", [])],
)
def test_an_attribute_in_a_file_below(value: str, conflict: list[Any]) -> None:
    assert found(HIGH_BIT, section(("/", root(allowHighBitCharacters=value)))) == conflict


def test_an_attribute_of_a_child_element() -> None:
    where = section(("/a", root(raw("requestLimits", 5, maxUrl="9"))), ("/b", root(raw("requestLimits", 5, maxUrl="04096"))))
    assert found(MAX_URL, where) == [("S/a", 5, "9", False)]


def test_an_attribute_that_the_schema_does_not_have_conflicts_with_nothing() -> None:
    other = AttributeSetting("x", (), "notThere", True)
    assert found(other, section(("/", root(notThere="false")))) == []
    assert found(AttributeSetting("x", ("nowhere",), "y", True), section(("/", root()))) == []
    assert found(EntrySetting("x", ("nowhere",), "y", {"attributes": {}}), section(("/", root()))) == []


# what the file at / does with TRACE, and what that makes of `denied` and of `absent`
ENTRIES: dict[str, tuple[tuple[str, ...], list[Any], list[Any]]] = {
    "nothing": ((), [], []),
    "another verb": (("add PUT true",), [], []),
    "another case is another verb": (("add trace true",), [], []),
    "removes it": (("remove TRACE",), [("S", 10, "removed", False)], []),
    "clears": (("clear",), [("S", 10, "removed", False)], []),
    "removes and allows it": (
        ("remove TRACE", "add TRACE true"),
        [("S", 11, "verb=TRACE, allowed=true", False)],
        [("S", 11, "verb=TRACE, allowed=true", False)],
    ),
    "clears and denies it": (("clear", "add TRACE false"), [], [("S", 11, "verb=TRACE, allowed=false", False)]),
    "adds it a second time": (
        ("add TRACE false",),
        [("S", 10, "a second entry", True)],
        [("S", 10, "verb=TRACE, allowed=false", False)],
    ),
    "adds it twice itself": (
        ("remove TRACE", "add TRACE false", "add TRACE false"),
        [("S", 12, "a second entry", True)],
        [("S", 12, "a second entry", True)],
    ),
    "adds it before it removes it": (
        ("add TRACE false", "remove TRACE"),
        [("S", 10, "a second entry", True)],
        [],
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_an_entry_in_a_file_below(case: str) -> None:
    directives, denied, absent = ENTRIES[case]
    where = section(("/", verbs(*directives)))
    assert found(DENIED, where) == denied
    assert found(GONE, where) == absent


def test_an_entry_without_case_where_the_schema_says_so() -> None:
    extensions = root(raw("fileExtensions", 2, raw("add", 3, fileExtension=".BAK", allowed="false")))
    assert found(BAK, section(("/", extensions))) == [("S", 3, "a second entry", True)]


def test_a_remove_above_lets_a_file_below_add() -> None:
    where = section(("/", verbs("remove TRACE")), ("/a", verbs("add TRACE false")), ("/b", verbs("clear")))
    assert found(DENIED, where) == [("S", 10, "removed", False), ("S/b", 10, "removed", False)]


def test_a_second_entry_far_below_is_seen() -> None:
    assert found(DENIED, section(("/a/b/c", verbs("add TRACE false")))) == [("S/a/b/c", 10, "a second entry", True)]


def test_paths_that_only_begin_alike_are_apart() -> None:
    where = section(("/a", verbs("remove TRACE")), ("/ab", verbs("add TRACE false")))
    assert found(DENIED, where) == [("S/a", 10, "removed", False), ("S/ab", 10, "a second entry", True)]


def test_parents_come_before_children_whatever_the_order_of_the_files() -> None:
    where = section(("/a/b", verbs("add TRACE false")), ("/a", verbs("remove TRACE")))
    assert [layer.location for layer in layers_of(where)] == ["S/a", "S/a/b"]
    assert found(DENIED, where) == [("S/a", 10, "removed", False)]


def test_a_location_inside_a_file_counts_at_its_path() -> None:
    where = section(("/>a", root(allowHighBitCharacters="true")), ("/b>c/d", root(allowHighBitCharacters="true")))
    assert [one[0] for one in found(HIGH_BIT, where)] == ["S/a", "S/b/c/d"]


@pytest.mark.parametrize("same", ["", ".", "./"])
def test_a_location_that_means_the_file_itself(same: str) -> None:
    assert [one[0] for one in found(HIGH_BIT, section((f"/b>{same}", root(allowHighBitCharacters="true"))))] == ["S/b"]


def test_a_location_of_the_servers_file_below_the_server() -> None:
    where = section(server=(("", root(allowHighBitCharacters="true")), ("S/a", root(allowHighBitCharacters="true"))))
    assert found(HIGH_BIT, where) == [("S/a", 1, "true", False)]


def test_the_target_is_not_its_own_override() -> None:
    server = (("S", root(allowHighBitCharacters="true")), ("s/A", root(allowHighBitCharacters="true")))
    where = section(("/", root(allowHighBitCharacters="true")), server=server)
    assert [(one[0], one[2]) for one in found(HIGH_BIT, where, "s")] == [("S", "true"), ("s/A", "true")]
    assert [one[0] for one in found(HIGH_BIT, where, "S/a")] == []


@pytest.mark.parametrize(
    ("above", "location", "wanted"),
    [("", "s/a", True), ("s", "s", True), ("s", "s/a", True), ("s", "sa", False), ("s/a", "s", False), ("s/a", "s/ab", False)],
)
def test_what_covers_what(above: str, location: str, wanted: bool) -> None:
    assert covers(above, location) is wanted
    assert (above in location_and_above(location)) is wanted
