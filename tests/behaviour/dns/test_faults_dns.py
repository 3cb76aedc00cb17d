# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on the way to a DNS Server or on it: what the result says, what the host has, and how it goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour import documents
from behaviour.convergence import JOURNALS, Host, python_is_enough
from behaviour.dns.options_host import asked, property_of, store, stored
from behaviour.dns.restored import changed, dying, journals, state, taken_back
from lab import boxes
from lab.engine import Engine, WriteFault

PLUGIN = "ServerLevelPluginDll"
POOL = asked(version_query="full", socket_pool={"size": 3000})
ON_THE_WAY = "2 change(s) were on their way, the first DNS Server: "
Answer = Callable[[], dict[str, Any]]


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Host:
    return Host(engine, boxes.build("dns_files", tmp_path / "box"))


def result_of(host: Host, journal: str) -> str | None:
    """How the journal on the host says that the run ended; None where it never said."""
    lines = [json.loads(line) for line in host.box.path(f"{JOURNALS}\\{journal}.jsonl").read_text("utf-8").splitlines()]
    return next((line["finished"] for line in lines if "finished" in line), None)


def losing(answered: bool) -> Callable[[dict[str, Any], Answer], Mapping[str, Any]]:
    """The connection is lost at an apply: before the host hears of it, or before anybody hears of its answer."""

    def lost(request: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        if request["operation"] == "read":
            return answer()
        if answered:
            answer()
        raise HardeningError("The connection was lost.")

    return lost


# -- the connection -----------------------------------------------------------------------------------------


@python_is_enough(lambda _parameters: True)
def test_an_apply_that_never_arrived(server: Host) -> None:
    before = documents.tree_hash(server.box.folder)
    server.on_the_way = losing(answered=False)

    lost = server.converge(POOL)

    for part in ("The connection was lost.", ON_THE_WAY, "with the journal 2026", "run the task again"):
        assert part in lost["msg"]
    # nobody can say, and a change that is reported and was not made does less harm
    assert (lost["failed"], lost["changed"]) == (True, True)
    assert documents.tree_hash(server.box.folder) == before
    server.on_the_way = None
    assert (server.converge(POOL)["changed"], server.converge(POOL)["changed"]) == (True, False)


@python_is_enough(lambda _parameters: True)
def test_an_answer_that_never_arrived(server: Host) -> None:
    before = state(server.box)
    server.on_the_way = losing(answered=True)

    lost = server.converge(POOL)

    assert ON_THE_WAY in lost["msg"]
    assert "Look into the event log DNS Server" in lost["msg"]
    (journal,) = journals(server)
    assert journal in lost["msg"]
    assert result_of(server, journal) == "applied"
    assert property_of(server.box, "DnsServerSetting", "SocketPoolSize") == 3000
    server.on_the_way = None
    assert server.converge(POOL)["changed"] is False
    taken_back(server, journal)
    assert changed(before, state(server.box)) == {}


@python_is_enough(lambda _parameters: True)
def test_a_payload_that_ends_midway_is_told_and_gone_on_with(server: Host) -> None:
    server.fault, server.on_the_way = WriteFault(1, "after"), dying
    assert ON_THE_WAY in server.converge(POOL)["msg"]
    server.fault, server.on_the_way = None, None
    (journal,) = journals(server)
    assert result_of(server, journal) is None

    again = server.converge(POOL)

    assert len(again["changes"]) == 1
    assert any(journal in warning and "hardening.windows.undo" in warning for warning in again["warnings"])
    assert server.undo(journal, state="closed")["changed"] is True
    assert not server.converge(POOL).get("warnings")


# -- the service --------------------------------------------------------------------------------------------


def without_its_plugin(host: Host) -> None:
    """Somebody has written a plug-in into the registry that is not there; the service does not start with it."""
    store(host.box, PLUGIN, {"kind": "String", "value": "gone.dll"})


def service(host: Host) -> str:
    return str(host.box.services["DNS"]["state"])


@python_is_enough(lambda _parameters: True)
def test_a_service_that_does_not_come_back(server: Host) -> None:
    without_its_plugin(server)

    result = server.converge(POOL)

    assert result["failed"]
    assert "All changes were written, but DNS did not restart" in result["msg"]
    assert "not in force yet" in result["msg"]
    assert (result["changed"], result["restarts"]) == (True, [{"service": "DNS", "state": "failed"}])
    assert (service(server), stored(server.box, "SocketPoolSize")) == ("Stopped", 3000)


@python_is_enough(lambda _parameters: True)
def test_taking_back_waits_for_a_service_that_does_not_run(server: Host) -> None:
    """Refused with what to do; once the service runs again it is taken back."""
    before = state(server.box)
    without_its_plugin(server)
    server.converge(POOL)
    (journal,) = journals(server)
    stopped = documents.tree_hash(server.box.folder)

    refused = server.undo(journal)

    assert "Nothing was changed" in refused["msg"]
    assert "start the service DNS" in refused["msg"] or "Start it" in refused["msg"]
    assert documents.tree_hash(server.box.folder) == stopped
    store(server.box, PLUGIN, None)
    services = server.box.services
    services["DNS"]["state"] = "Running"
    server.box.write_json("services", services)
    document = server.box.read_json("dns")
    document["DnsServerSetting"][PLUGIN] = None
    server.box.write_json("dns", document)
    taken_back(server, journal)
    assert changed(before, state(server.box)) == {}


@python_is_enough(lambda _parameters: True)
def test_a_plugin_that_is_not_there_is_taken_away_before_the_restart(server: Host) -> None:
    without_its_plugin(server)

    result = server.converge([*asked(plugin_dll="absent", socket_pool={"size": 3000})])

    assert "failed" not in result, result["msg"]
    assert (service(server), stored(server.box, PLUGIN)) == ("Running", None)


@python_is_enough(lambda _parameters: True)
def test_taking_back_to_what_does_not_start_says_so(server: Host) -> None:
    """The run mended what the server could not start with, and its journal is taken back all the same."""
    without_its_plugin(server)
    server.converge(asked(plugin_dll="absent"))

    undone = server.undo(journals(server)[-1])

    assert undone["failed"]
    assert "DNS did not restart" in undone["msg"]
    assert (service(server), stored(server.box, PLUGIN)) == ("Stopped", "gone.dll")


# -- the zones ----------------------------------------------------------------------------------------------


@python_is_enough(lambda _parameters: True)
@pytest.mark.parametrize("silent", [1, 5])
def test_zones_that_do_not_answer_afterwards(engine: Engine, tmp_path: Path, silent: int) -> None:
    """All changes stay, the journal is finished, and its undo is what the sentence offers."""
    server = Host(engine, boxes.build("dns_files", tmp_path / "zones", zones=5))
    error = {"kind": "dns_error", "message": "DNS server failure.", "hresult": "0x8007232a", "file": None, "line": None}

    def failing(request: dict[str, Any], answer: Answer) -> Mapping[str, Any]:
        found = answer()
        for result in found["observations"] if request["operation"] == "apply" else ():
            value = result.get("value")
            if isinstance(value, list) and value and isinstance(value[0], dict) and "records" in value[0]:
                result["value"] = [{"error": error}] * silent + value[silent:]
        return found

    before = state(server.box)
    server.on_the_way = failing

    result = server.converge(POOL)

    assert "does not answer for its own zones within 60 seconds: lab.example (DNS server failure. (0x8007232a))" in result["msg"]
    assert ("and 2 more" in result["msg"]) == (silent == 5)
    assert "All changes stay; undo with their journal takes them back." in result["msg"]
    assert (result["changed"], property_of(server.box, "DnsServerSetting", "SocketPoolSize")) == (True, 3000)
    (journal,) = journals(server)
    assert result_of(server, journal) == "applied"
    server.on_the_way = None
    taken_back(server, journal)
    assert changed(before, state(server.box)) == {}
