# SPDX-License-Identifier: GPL-3.0-or-later
"""Any sequence of operations: what was written is what is read, what was not named stays, and undo leads back."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from lxml import etree

from lab import boxes
from lab.behaviour.requests import RF, apply, reads, section
from lab.behaviour.situation import APPLICATION_HOST
from lab.box import Box
from lab.engine_python import PythonEngine

SITE = "Default Web Site"
LEVELS = ("", SITE, SITE + "/app")
ATTRIBUTES: dict[tuple[tuple[str, ...], str], list[Any]] = {
    ((), "removeServerHeader"): [True, False],
    ((), "allowHighBitCharacters"): [True, False],
    (("requestLimits",), "maxUrl"): [0, 260, 4096],
    (("requestLimits",), "maxAllowedContentLength"): [1, 4294967295],
    (("fileExtensions",), "allowUnlisted"): [True, False],
    (("verbs",), "allowUnlisted"): [True, False],
}
COLLECTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "hiddenSegments": ("segment", {}),
    "fileExtensions": ("fileExtension", {"allowed": False}),
    "verbs": ("verb", {"allowed": False}),
    "denyUrlSequences": ("sequence", {}),
}
KEYS = ["web.config", "WEB.CONFIG", ".x", '<&">', "TRACE", "trace", "ä\t"]
setting = st.tuples(st.sampled_from(LEVELS), st.sampled_from(list(ATTRIBUTES)), st.integers(0, 2))
entry = st.tuples(st.sampled_from(LEVELS), st.sampled_from(list(COLLECTIONS)), st.sampled_from(KEYS))
sequences = st.lists(setting | entry, min_size=1, max_size=8)
relaxed = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


class Server:
    """A box and what its levels say, asked anew each time."""

    def __init__(self, folder: Path) -> None:
        self.box: Box = boxes.build("default2022", folder / "box")
        self.engine = PythonEngine()
        self.count = 0

    def observe(self) -> dict[str, Any]:
        return self.engine.answer(self.box, "windows_iis", reads(section(locations=LEVELS)))["observations"][0]["value"]

    def tree(self, location: str) -> dict[str, Any] | None:
        value = self.observe()
        level = next(item for item in value["levels"] if item["location"] == location)
        return value["trees"][level["tree"]] if "tree" in level else None

    def trees(self) -> list[Any]:
        return [in_order(self.tree(location)) for location in LEVELS]

    def stored(self, location: str, element: tuple[str, ...], attribute: str) -> str | None:
        base = f"location[@path='{location}']/" if location else ""
        path = "/".join([f"/configuration/{base}{RF}", *element, f"@{attribute}"])
        return next(iter(etree.fromstring(self.content()).xpath(path)), None)

    def content(self) -> bytes:
        return self.box.path(APPLICATION_HOST).read_bytes()

    def apply(self, operation: dict[str, Any]) -> None:
        self.apply_all([operation])

    def apply_all(self, operations: list[dict[str, Any]]) -> None:
        self.count += 1
        steps = [{"operation": operation, "undo": operation} for operation in operations]
        identity = f"20261124T2115{self.count // 60:02}Z-{self.count:08x}"
        answer = self.engine.answer(self.box, "windows_iis", apply(*steps, journal=identity))
        assert answer["steps"] == [{"state": "done", "error": None}] * len(steps), answer["steps"]


def in_order(node: Any) -> Any:
    """Entries by key: an inherited entry that was removed and added again stands elsewhere, which no filter notices."""
    if not isinstance(node, dict):
        return node
    done = {name: in_order(item) for name, item in node.items()}
    if "entries" in done:
        done["entries"] = sorted((in_order(item) for item in done["entries"]), key=repr)
    return done


def operation_of(server: Server, location: str, chosen: Any, value: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The operation and a function of its undo; None where the level is broken by what an earlier one wrote."""
    tree = server.tree(location)
    if tree is None:
        return None
    place = {"provider": "iis", "section": RF, "location": location}
    if isinstance(chosen, tuple):
        return setting_step(server, tree, place, chosen, value)
    return entry_step(tree, place, chosen, value)


def setting_step(server: Server, tree: Any, place: Any, chosen: Any, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    element, attribute = chosen
    values = ATTRIBUTES[chosen]
    effective = descend(tree, element)["attributes"][attribute]
    stored = server.stored(place["location"], element, attribute)
    place = {**place, "element": list(element), "attribute": attribute}
    planned = {"stored": stored, "effective": effective}
    operation = {**place, "operation": "set", "value": values[number % len(values)], "planned": planned}
    if stored is not None and number == 2:
        operation = {**place, "operation": "unset", "planned": planned}
    undo = {**place, "operation": "unset"} if stored is None else {**place, "operation": "set", "value": effective}
    return operation, undo


def entry_step(tree: Any, place: Any, name: str, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    attribute, rest = COLLECTIONS[name]
    same = (lambda text: text) if name == "verbs" else str.lower
    entries = descend(tree, (name,)).get("entries", [])
    present = next((item for item in entries if same(item["attributes"][attribute]) == same(key)), None)
    place = {**place, "element": [name]}
    removal = {**place, "operation": "remove", "key": {attribute: key}}
    if present is not None:
        return {**removal, "planned": {"entry": present}}, {**place, "operation": "add", "entry": present, "index": None}
    addition = {**place, "operation": "add", "entry": {"attributes": {attribute: key, **rest}}, "index": None}
    return {**addition, "planned": {"entry": None}}, removal


def descend(tree: Any, element: tuple[str, ...]) -> Any:
    for name in element:
        tree = tree.get("elements", {}).get(name, {})
    return tree


def with_plan(server: Server, undo: dict[str, Any]) -> dict[str, Any]:
    """An undo is planned on what the operation left."""
    tree = server.tree(undo["location"])
    found = descend(tree, tuple(undo["element"]))
    if undo["operation"] in ("set", "unset"):
        effective = found["attributes"][undo["attribute"]]
        stored = server.stored(undo["location"], tuple(undo["element"]), undo["attribute"])
        return {**undo, "planned": {"stored": stored, "effective": effective}}
    if undo["operation"] == "add":
        return {**undo, "planned": {"entry": None}}
    (attribute, key), *_ = undo["key"].items()
    entry = next(item for item in found["entries"] if item["attributes"][attribute] == key)
    return {**undo, "planned": {"entry": entry}}


def one_stage(server: Server, chosen: list[Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Steps that are all planned on what holds before them, as those of a stage are; each entry is touched at one level.

    An entry that one step adds at the root and another removes at a location cannot be taken back: the removal is undone
    by an entry of the location's own, which no longer goes when the root's goes.
    """
    targets = {}
    for location, what, value in chosen:
        identity = (location, what) if isinstance(what, tuple) else (what, value.lower())
        targets.setdefault(identity, (location, what, value))
    steps = (operation_of(server, *target) for target in targets.values())
    return [step for step in steps if step is not None]


@relaxed
@given(sequences)
def test_undo_in_reverse_order_restores_every_level(chosen: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        before, steps = server.trees(), one_stage(server, chosen)
        server.apply_all([operation for operation, _ in steps])
        for _, undo in reversed(steps):
            server.apply(with_plan(server, undo))

        assert server.trees() == before


@relaxed
@given(setting)
def test_a_read_after_a_write_shows_what_was_written(chosen: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        location, what, number = chosen
        number %= 2  # 2 takes a stored attribute away
        operation, _ = operation_of(server, location, what, number)  # type: ignore[misc]
        expected = copy.deepcopy(server.tree(location))
        descend(expected, what[0])["attributes"][what[1]] = operation["value"]

        server.apply(operation)

        assert server.tree(location) == expected
        assert [server.tree(other) for other in LEVELS if not other.startswith(location)] == [
            Server(Path(folder) / str(number)).tree(other) for number, other in enumerate(LEVELS) if not other.startswith(location)
        ]


@relaxed
@given(sequences)
def test_what_no_operation_names_stays(chosen: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        before = server.content()
        for location, what, value in chosen:
            step = operation_of(server, location, what, value)
            if step is not None:
                server.apply(step[0])
        after = server.content()

        assert without_request_filtering(after) == without_request_filtering(before)
        assert after.count(b"\n") == after.count(b"\r\n")
        start = before.index(b"<requestFiltering>")
        assert after[:start] == before[:start]


def without_request_filtering(content: bytes) -> bytes:
    """The file as lxml writes it, without that section and the locations that hold nothing else."""
    root = etree.fromstring(content)
    for element in root.findall(".//requestFiltering"):
        element.getparent().remove(element)
    for location in root.findall("location"):
        if not location.xpath(".//*[not(self::system.webServer or self::security)]"):
            root.remove(location)
    for element in root.iter():
        element.tail = None
        element.text = (element.text or "").strip()
    return etree.tostring(root, method="c14n")
