# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage that must be proved before the next one begins, and what is taken back where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection, connection_of
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change, Plan, Proof, Sight, Stage
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Outcome, Run, RunSettings
from unit.core.samples import Host, change

KEPT = "The door is where it was."
OTHERWISE = "The host puts it back by itself."
CLOSING = "The old door may still be open."


def value_of(name: str) -> Read:
    return Read("store", "value", {"name": name})


class Moved(Resource):
    """Opens a new door, moves to it, and closes the old one once the move is proved. A sign is changed in the same stage."""

    name = "moved"
    entry = "windows_store"
    argument_spec: ClassVar[dict[str, Any]] = {"door": {"type": "int"}, "watched": {"type": "bool"}}

    def reads(self) -> list[Read]:
        return [value_of(name) for name in ("sign", "new", "at", "old")]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        found = {read.parameters["name"]: observations.value(read) for read in self.reads()}
        wanted = {"sign": "2", "new": "open", "at": "new", "old": "shut"}
        needed = {name: change(name, found[name], value) for name, value in wanted.items() if found[name] != value}
        first = tuple(needed[name] for name in ("sign", "new", "at") if name in needed)
        proofs = (self.proof(needed),) if "at" in needed else ()
        closing = tuple(needed[name] for name in ("old",) if name in needed)
        stages = (Stage(first, ("DOOR",), proofs=proofs), Stage(closing, lost=(CLOSING,)))
        return Plan(stages=tuple(stage for stage in stages if stage.changes))

    def proof(self, needed: dict[str, Change]) -> Proof:
        read = value_of("seen")

        def problem(observations: Observations) -> str | None:
            return None if observations.value(read) == "yes" else "Nobody is at the new door."

        changes, tidy = (needed["at"],), (needed["new"],)
        return Proof((read,), problem, self.options.get("door"), changes, ("DOOR",), tidy, KEPT, OTHERWISE, self.regained())

    def regained(self) -> Sight | None:
        read = value_of("back")

        def problem(observations: Observations) -> str | None:
            return None if observations.value(read) == "yes" else "Nobody is at the old door."

        return Sight((read,), problem) if self.options.get("watched") else None


def host(seen: str = "yes") -> Host:
    return Host({"sign": "1", "new": "shut", "at": "old", "old": "open", "seen": seen})


def run(box: Host, knock: Callable[[int], str | None] = lambda port: None, **options: Any) -> Outcome:
    return Run([Moved(options)], box.send, RunSettings(False, True, lambda: "20261124T211502Z-3f9c2a1b", knock=knock)).execute()


def test_a_proved_stage_is_followed_by_the_next() -> None:
    box = host()
    outcome = run(box)
    assert (outcome.failures, outcome.round_trips, box.operations) == ([], 3, ["read", "apply", "apply"])
    assert box.values == {"sign": "2", "new": "open", "at": "new", "old": "shut", "seen": "yes"}


def test_what_is_not_proved_is_taken_back_and_the_rest_stays() -> None:
    box = host(seen="no")
    outcome = run(box)
    assert outcome.failures == ["Nobody is at the new door.", KEPT]
    assert box.values == {"sign": "2", "new": "shut", "at": "old", "old": "open", "seen": "no"}
    assert [request.get("restarts") for request in box.requests] == [None, ["DOOR"], ["DOOR"], []]


def test_nothing_is_tidied_before_the_way_back_is_seen() -> None:
    box = host(seen="no")
    box.values["back"] = "no"
    outcome = run(box, watched=True)
    assert outcome.failures == ["Nobody is at the new door.", f"Taking that back failed: Nobody is at the old door. {OTHERWISE}"]
    assert (box.values["at"], box.values["new"]) == ("old", "open")
    regained = host(seen="no")
    regained.values["back"] = "yes"
    assert run(regained, watched=True).failures == ["Nobody is at the new door.", KEPT]
    assert (regained.values["at"], regained.values["new"]) == ("old", "shut")


def test_the_vantage_point_is_asked_once_the_host_is_content() -> None:
    asked: list[int] = []

    def knock(port: int) -> str | None:
        asked.append(port)
        return "No answer at the new door."

    box = host()
    outcome = run(box, knock, door=7)
    assert (asked, outcome.failures) == ([7], ["No answer at the new door.", KEPT])
    assert box.values["at"] == "old"
    assert run(host(seen="no"), knock, door=7).failures[0] == "Nobody is at the new door."
    assert asked == [7]


def test_nobody_is_asked_where_no_port_is_named() -> None:
    assert run(host(), lambda port: "never").failures == []


def test_a_stage_that_fails_midway_is_taken_back_as_far_as_it_came() -> None:
    box = host()
    box.fail_at = 2

    def once(answer: dict[str, Any]) -> dict[str, Any]:
        if "steps" in answer:
            box.fail_at = None
        return answer

    box.spoil = once
    outcome = run(box)
    assert "store: at was not changed to new" in outcome.failures[0]
    assert outcome.failures[-1] == KEPT
    assert box.values == {"sign": "2", "new": "shut", "at": "old", "old": "open", "seen": "yes"}
    assert box.operations == ["read", "apply", "apply"]


def test_of_a_stage_of_which_nothing_was_made_nothing_is_said_to_be_taken_back() -> None:
    box = host()
    box.fail_at = 0
    outcome = run(box)
    (failure,) = outcome.failures
    assert "store: sign was not changed to 2" in failure
    assert "Nothing was written" in failure


def test_a_service_that_does_not_restart_is_a_reason_to_take_back() -> None:
    box = host()
    box.restart_error = {"kind": "service_timeout", "message": "It did not stop."}
    outcome = run(box)
    assert "DOOR did not restart" in outcome.failures[0]
    assert outcome.failures[1].startswith("Taking that back failed:")
    assert outcome.failures[1].endswith(OTHERWISE)


@pytest.mark.parametrize("lost_at", [2, 3])
def test_a_lost_connection_says_what_the_host_does_by_itself(lost_at: int) -> None:
    box = host()

    def lose(answer: dict[str, Any]) -> dict[str, Any]:
        return {"msg": "reset"} if len(box.requests) == lost_at else answer

    box.spoil = lose
    outcome = run(box)
    assert outcome.written
    assert (OTHERWISE in outcome.failures[0], CLOSING in outcome.failures[0]) == (lost_at == 2, lost_at == 3)


OPTIONS = {
    "winrm": ({"remote_addr": "h", "remote_user": "u", "port": None, "scheme": "https"}, Connection("winrm", "h", "u", 5986, True)),
    "ansible.builtin.psrp": (
        {"remote_addr": "h", "remote_user": "u", "port": 5985, "protocol": "http"},
        Connection("psrp", "h", "u", 5985, False),
    ),
    "psrp": ({"remote_addr": "h", "remote_user": None, "port": None, "protocol": None}, Connection("psrp", "h", None, 5986, True)),
    "ssh": ({"host": "h", "remote_user": "u", "port": "22"}, Connection("ssh", "h", "u", 22, None)),
    "local": ({}, Connection("local")),
}


@pytest.mark.parametrize("transport", OPTIONS)
def test_the_way_in_is_read_from_the_connection_plugin(transport: str) -> None:
    given, expected = OPTIONS[transport]
    assert connection_of(transport, given.__getitem__) == expected
