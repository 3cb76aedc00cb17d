# SPDX-License-Identifier: GPL-3.0-or-later
"""A move of Remote Desktop's port, knocked at by the controller over the network, and what is left where it goes wrong on the way."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from behaviour.rdp.checks import state
from behaviour.rdp.reach import reachable, time_passes
from integration.ansible_process import Played, host_variables, play, tasks
from integration.rdp_hosts import build, port_of
from lab import Lab, running
from lab.engine import WriteFault
from lab.faults import Fault
from lab.ports import free_port

pytestmark = pytest.mark.engine("python")
TASK = r"\hardening.windows\remote-desktop-port"
MOVE = [tasks("windows", {"hardening.windows.rdp_listener": {"port": "{{ wanted }}", "redirections": {"drives": False}}})]
UNDO = [
    tasks(
        "works",
        {"name": "the earlier first", "hardening.windows.undo": {"journal": "{{ first_journal }}"}, "ignore_errors": True},
        {"name": "the later", "hardening.windows.undo": {"journal": "{{ second_journal }}"}},
        {"name": "the earlier", "hardening.windows.undo": {"journal": "{{ first_journal }}"}},
    )
]


@dataclass(frozen=True)
class Move:
    """What goes wrong on a host.

    holds: on which port it is reachable right after the run. says: parts of the message, with {old} and {new}. waits: whether the
    task that puts the port back is left on the host. later: on which port it is reachable once that task's time is up.
    """

    host: str
    fault: dict[str, Any] | None = None
    fails: bool = True
    says: tuple[str, ...] = ()
    holds: str = "old"
    later: str = "old"
    waits: bool = False


# A move is Create, then Command, Send, Receive and Signal of the read, of the apply that moves, and of the one that closes.
MOVES = (
    Move("works", fails=False, holds="new", later="new"),
    Move("silent", says=("{new}", "put back to port {old}")),
    Move("lost_before_the_move", {"effect": "reset", "action": "Command", "number": 2}, says=("{old}", TASK)),
    Move(
        "lost_after_the_move",
        {"effect": "reset", "action": "Receive", "number": 2, "when": "after"},
        says=("Port {old} is still open", TASK),
        holds="new",
        waits=True,
    ),
    Move(
        "killed_after_the_port",
        {"effect": "write", "number": 2, "write": WriteFault(5, "after")},
        says=("Port {old} is still open", TASK),
        waits=True,
    ),
    Move(
        "lost_before_the_end",
        {"effect": "reset", "action": "Command", "number": 3},
        says=("journal", TASK),
        holds="new",
        waits=True,
    ),
    Move(
        "lost_after_the_end",
        {"effect": "reset", "action": "Receive", "number": 3, "when": "after"},
        says=("journal",),
        holds="new",
        later="new",
    ),
)
BY_HOST = {move.host: move for move in MOVES}


@dataclass
class Ran:
    """ports: old and new of each host. reached: where it is reachable after the first run, and after the host's own time."""

    lab: Lab
    ports: Mapping[str, Mapping[str, int]]
    states: dict[str, Mapping[str, str]]
    runs: dict[str, Played] = field(default_factory=dict)
    reached: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    seen: dict[str, dict[str, int | None]] = field(default_factory=dict)
    waiting: dict[str, bool] = field(default_factory=dict)

    def look(self, name: str) -> None:
        """On which ports the box says it is reachable, and on which a stranger finds it."""
        for front in self.lab.fronts.values():
            front.follow()
        self.reached[name] = {host: reachable(box) for host, box in self.lab.boxes.items()}
        self.seen[name] = {host: front.port for host, front in self.lab.fronts.items()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("rdp_port")
    ports = {move.host: {"old": free_port(), "new": free_port()} for move in MOVES}
    hosts = {host: build("default2022", folder / host, rdp_port=ports[host]["old"]) for host in ports}
    # bound, not listening: the front cannot have the port, and who knocks is refused at once
    with socket.socket() as holder, running(hosts, folder=folder / "lab") as lab:
        holder.bind(("127.0.0.1", ports["silent"]["new"]))
        for move in MOVES:
            host_variables(lab, move.host, {"wanted": ports[move.host]["new"]})
            if move.fault:
                lab.faults.add(Fault(host=move.host, **move.fault))
        ran = Ran(lab, ports, {host: state(box) for host, box in hosts.items()})
        go_through(ran)
        yield ran


def go_through(ran: Ran) -> None:
    """The move, the same again, the host's own time, the move once more, and the undo of the one that worked."""
    ran.runs["first"] = play(ran.lab, MOVE, "--diff")
    assert ran.lab.faults.read() == []
    ran.look("first")
    ran.waiting = {host: TASK in box.read_json("tasks") for host, box in ran.lab.boxes.items()}
    ran.runs["again"] = play(ran.lab, MOVE, "--limit", ",".join(move.host for move in MOVES if move.waits))
    for box in ran.lab.boxes.values():
        time_passes(box)
    ran.look("later")
    ran.runs["at last"] = play(ran.lab, MOVE, "--limit", "!silent")
    ran.look("at last")
    # in the order of the result: by their names, two of the same second are in any
    first, second = (file.rpartition("\\")[2].removesuffix(".jsonl") for file in ran.runs["first"].of("works")["journal"])
    host_variables(ran.lab, "works", {"first_journal": first, "second_journal": second})
    ran.runs["undo"] = play(ran.lab, UNDO)
    ran.look("undo")


def message(ran: Ran, host: str, run: str = "first") -> str:
    return str(ran.runs[run].of(host).get("msg", ""))


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.host)
def test_it_ends_as_it_should_and_says_which_port_holds(ran: Ran, move: Move) -> None:
    told = message(ran, move.host)
    assert ran.runs["first"].state(move.host) == ("failed" if move.fails else "ok"), told
    wanted = [part.format(**ran.ports[move.host]) for part in move.says]
    assert [part for part in wanted if part not in told] == [], told
    assert "\n" not in told.strip()


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.host)
def test_the_host_is_reachable_on_the_port_that_holds(ran: Ran, move: Move) -> None:
    assert ran.reached["first"][move.host] == {ran.ports[move.host][move.holds]}
    assert ran.seen["first"][move.host] == ran.ports[move.host][move.holds]


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.host)
def test_the_host_waits_with_its_own_way_back_where_it_must(ran: Ran, move: Move) -> None:
    assert ran.waiting[move.host] is move.waits


@pytest.mark.parametrize("move", [move for move in MOVES if move.waits], ids=lambda move: move.host)
def test_until_then_a_further_run_refuses_to_touch_the_port(ran: Ran, move: Move) -> None:
    assert ran.runs["again"].state(move.host) == "failed"
    told = message(ran, move.host, "again")
    assert all(part in told for part in ("Nothing was changed", "never confirmed", TASK)), told


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.host)
def test_when_its_time_is_up_the_host_is_reachable(ran: Ran, move: Move) -> None:
    assert ran.reached["later"][move.host] == {ran.ports[move.host][move.later]}
    assert ran.seen["later"][move.host] == ran.ports[move.host][move.later]


@pytest.mark.parametrize("move", [move for move in MOVES if move.host != "silent"], ids=lambda move: move.host)
def test_the_move_succeeds_in_the_end(ran: Ran, move: Move) -> None:
    assert ran.runs["at last"].state(move.host) == "ok", message(ran, move.host, "at last")
    assert ran.reached["at last"][move.host] == {ran.ports[move.host]["new"]}
    assert ran.seen["at last"][move.host] == ran.ports[move.host]["new"]


def test_where_nobody_answers_nothing_stays(ran: Ran) -> None:
    """But for the redirection, which does not depend on the port."""
    before, after = ran.states["silent"], state(ran.lab.boxes["silent"])
    different = {place.rpartition(": ")[2] for place in {*before, *after} if before.get(place) != after.get(place)}
    assert different <= {"fdisablecdm"}
    assert ran.lab.boxes["silent"].read_json("tasks") == {}


def test_the_controller_knocked(ran: Ran) -> None:
    told = message(ran, "silent")
    assert "as seen from the controller" in told
    assert port_of(ran.lab.boxes["silent"]) == ran.ports["silent"]["old"]


def test_both_journals_take_it_back_in_order_only(ran: Ran) -> None:
    undo = ran.runs["undo"]
    refused = undo.of("works", "the earlier first")
    assert "Undo that one first" in refused["msg"]
    assert re.search(rf"\b{ran.ports['works']['old']}\b", refused["msg"])
    assert [undo.of("works", task)["changed"] for task in ("the later", "the earlier")] == [True, True], undo.output
    assert ran.reached["undo"]["works"] == {ran.ports["works"]["old"]}
    assert ran.seen["undo"]["works"] == ran.ports["works"]["old"]
    assert state(ran.lab.boxes["works"]) == ran.states["works"]


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    printed = [line for run in ran.runs.values() for line in run.output.splitlines()]
    assert [line for line in printed if "Traceback" in line] == []
