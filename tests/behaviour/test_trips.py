# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the way or on the host while a run is made: collisions, changes meanwhile, the guard, lost answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour.checks import APPLICATION_HOST, assert_settled
from behaviour.convergence import JOURNALS, Host
from behaviour.documents import parse, tree_hash
from behaviour.role_options import resources_of
from lab.behaviour.situation import ROOT, Situation, web_config
from lab.engine import WriteFault
from lab.engine_python import PythonEngine

BASELINE = resources_of("baseline")
WEB_CONFIG = ROOT + "\\web.config"
Answer = Callable[[], dict[str, Any]]


def stored(host: Host) -> bytes:
    return host.box.path(APPLICATION_HOST).read_bytes()


def edit(host: Host, old: str, new: str) -> None:
    """Somebody else changes applicationHost.config."""
    content = stored(host)
    assert old.encode() in content
    host.box.replace_file(APPLICATION_HOST, content.replace(old.encode(), new.encode()))


def before_apply(action: Callable[[], None]) -> Callable[[dict[str, Any], Answer], Mapping[str, Any]]:
    def on_the_way(request: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        if request["operation"] == "apply":
            action()
        return answer()

    return on_the_way


# --- collisions ---


class EveryNumber(int):
    """Equal to each count of a write, so that a fault is at all of them."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.engine("python")
@pytest.mark.parametrize(("effect", "parts"), [("collide", ("every try", "IIS Manager")), ("sharing", ("antivirus", "0x80070020"))])
def test_commit_that_keeps_failing(tmp_path: Path, effect: str, parts: tuple[str, ...]) -> None:
    """Every try fails; the PowerShell engine's faults are at one write only, so this is the Python engine's alone."""
    host = Host(PythonEngine(), Situation().build(tmp_path / "box"), WriteFault(EveryNumber(1), "before", effect))
    before = stored(host)

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert all(part in result["msg"] for part in (*parts, "Nothing was written", "4 change(s)"))
    assert "Traceback" not in result["msg"]
    assert stored(host) == before
    host.fault = None
    assert host.converge(BASELINE)["changed"] is True


def test_commit_that_collides_once_is_tried_again(host: Host) -> None:
    host.fault = WriteFault(1, "before", "collide")

    result = host.converge(BASELINE)

    assert result["changed"] is True
    assert "failed" not in result
    host.fault = None
    assert_settled(host, BASELINE)


# --- changed meanwhile ---

MEANWHILE = {
    "an entry": (
        '<verbs allowUnlisted="true" applyToWebDAV="true" />',
        '<verbs><add verb="TRACE" allowed="true" /></verbs>',
        "verbs/TRACE",
    ),
    "an attribute": ("<requestFiltering>", '<requestFiltering allowHighBitCharacters="true">', "allowHighBitCharacters"),
}


@pytest.mark.parametrize("case", MEANWHILE)
def test_value_changed_between_the_trips(host: Host, case: str) -> None:
    old, new, name = MEANWHILE[case]
    host.on_the_way = before_apply(lambda: edit(host, old, new))

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert all(part in result["msg"] for part in (name, "changed it meanwhile", "Run the task again", "Nothing was written"))
    assert new.encode() in stored(host)
    assert b'allowHighBitCharacters="false"' not in stored(host)


def test_other_values_changed_between_the_trips_are_kept(host: Host) -> None:
    host.on_the_way = before_apply(lambda: edit(host, "</sites>", "<!-- somebody else --></sites>"))

    result = host.converge(BASELINE)

    assert result["changed"] is True
    assert b"<!-- somebody else -->" in stored(host)


# --- guard ---


def test_site_that_would_stop_working(host: Host) -> None:
    """A web.config with the same entry arrives between the trips: what was written is taken back in the same trip."""
    text = web_config('<verbs>\n<add verb="TRACE" allowed="false" />\n</verbs>')
    before = parse(stored(host))
    host.on_the_way = before_apply(lambda: host.box.replace_file(WEB_CONFIG, text.encode()) and None)

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert all(part in result["msg"] for part in ("stopped working", "taken back", "Default Web Site/", "4 change(s)"))
    after = parse(stored(host))
    assert not after.findall(".//requestFiltering/verbs/add")
    assert after.find(".//requestFiltering").attrib == before.find(".//requestFiltering").attrib


# --- the connection ---


class ConnectionLost(HardeningError):
    """As the action makes it of what a connection plugin throws."""


def lost(when: str, operation: str) -> Callable[[dict[str, Any], Answer], Mapping[str, Any]]:
    def on_the_way(request: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        if request["operation"] == operation and when == "before":
            raise ConnectionLost("The connection was lost (ReadTimeout: no further text).")
        found = answer()
        if request["operation"] == operation:
            raise ConnectionLost("The connection was lost (ReadTimeout: no further text).")
        return found

    return on_the_way


@pytest.mark.parametrize("when", ["before", "after"])
def test_connection_lost_while_reading(host: Host, when: str) -> None:
    untouched = tree_hash(host.box.folder)
    host.on_the_way = lost(when, "read")

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert "connection was lost" in result["msg"]
    assert tree_hash(host.box.folder) == untouched


@pytest.mark.parametrize("when", ["before", "after"])
def test_connection_lost_while_writing(host: Host, when: str) -> None:
    """Nobody can say what was done, so the sentence names the journal that can; running again settles it."""
    host.on_the_way = lost(when, "apply")

    result = host.converge(BASELINE)

    journal = host.requests[-1]["journal"]
    assert result["failed"] is True
    assert result["changed"] is True
    assert all(part in result["msg"] for part in ("connection was lost", journal, "4 change(s)", "allowHighBitCharacters"))
    assert "Traceback" not in result["msg"]
    assert host.box.path(f"{JOURNALS}\\{journal}.jsonl").exists() == (when == "after")
    host.on_the_way = None
    assert host.converge(BASELINE)["changed"] is (when == "before")
    assert_settled(host, BASELINE)


# what a cut answer looks like to the controller, and what the sentence says
CUT: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], tuple[str, ...]]] = {
    "nothing": (lambda answer: {}, ("did not give a whole answer", "Run the task again")),
    "half a document": (
        lambda answer: {"failed": True, "msg": "MODULE FAILURE", "module_stdout": '{"protocol": 1, "obser'},
        ("did not give a whole answer", '{"protocol": 1', "Run the task again"),
    ),
    "without facts": (lambda answer: {key: value for key, value in answer.items() if key != "facts"}, ("facts", "Run the task again")),
    "without a read": (lambda answer: answer | {"observations": answer["observations"][:-1]}, ("1 of 2 reads", "cut short")),
    "an entry of the wrong kind": (lambda answer: answer | {"observations": [1, 2]}, ("is not", "Run the task again")),
    "constrained": (
        lambda answer: {"failed": True, "msg": "Cannot invoke method. Only core types in ConstrainedLanguage mode."},
        ("Constrained Language", "Full Language"),
    ),
}


@pytest.mark.parametrize("case", CUT)
def test_answer_to_a_read_cut_short(host: Host, case: str) -> None:
    cut, parts = CUT[case]
    untouched = tree_hash(host.box.folder)
    host.on_the_way = lambda request, answer: cut(answer())

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert all(part in result["msg"] for part in parts), result["msg"]
    assert "Traceback" not in result["msg"]
    assert tree_hash(host.box.folder) == untouched


@pytest.mark.parametrize("case", ["nothing", "half a document", "without facts", "without a read"])
def test_answer_to_an_apply_cut_short(host: Host, case: str) -> None:
    cut, _parts = CUT[case]
    host.on_the_way = lambda request, answer: cut(answer()) if request["operation"] == "apply" else answer()

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is True
    assert host.requests[-1]["journal"] in result["msg"]
    assert "Traceback" not in result["msg"]
    assert "Nothing was changed" not in result["msg"]
    host.on_the_way = None
    assert_settled(host, BASELINE)


def test_answer_without_all_steps(host: Host) -> None:
    host.on_the_way = lambda request, answer: (
        {**answer(), "steps": [{"state": "done", "error": None}]} if request["operation"] == "apply" else answer()
    )

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert "1 of 4 changes" in result["msg"]
    assert "journal" in result["msg"]


# --- what does not stay ---


def test_change_that_does_not_stick(host: Host) -> None:
    """Something puts the old file back right after the commit: seen in the same trip, and the sentence says what it can be."""
    before = stored(host)

    def put_back(request: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        found = answer()
        if request["operation"] == "apply":
            host.box.replace_file(APPLICATION_HOST, before)
            reread = host.engine.answer(host.box, "windows_iis", {"protocol": 1, "operation": "read", "batch": request["reads"]})
            found = {**found, "observations": reread["observations"]}
        return found

    host.on_the_way = put_back

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert all(part in result["msg"] for part in ("did not stick", "verbs/TRACE", "journal"))


@pytest.mark.engine("python")
def test_journal_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in a closed folder can be created in the PowerShell engine's view of a box, so this is the Python engine's alone."""
    host = Host(PythonEngine(), Situation(facts={"denied": [JOURNALS]}, folders=(JOURNALS,)).build(tmp_path / "denied"))
    untouched = tree_hash(host.box.folder)

    result = host.converge(BASELINE)

    assert result["failed"] is True
    assert result["changed"] is False
    assert all(part in result["msg"] for part in ("journal", "nothing was changed"))
    assert tree_hash(host.box.folder) == untouched
