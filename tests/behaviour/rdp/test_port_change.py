# SPDX-License-Identifier: GPL-3.0-or-later
"""A port change with something going wrong at every place of it: afterwards the host is reachable on a port that is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour.convergence import Host, python_is_enough, refused_by_the_controller
from behaviour.rdp.checks import assert_converges, assert_refused, state
from behaviour.rdp.reach import open_ports, reachable, served_ports, time_passes
from lab import boxes, policy
from lab.engine import Crashed, WriteFault

OLD, NEW = 3389, 33890
TASK = r"\hardening.windows\remote-desktop-port"
MOVE = [{"rdp_listener": {"port": NEW, "redirections": {"drives": False}}}]
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
POLICY_RULES = r"SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules"
OWN_PUBLIC = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\PublicProfile"
PUBLIC = r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile"
# three writes of the change itself, two rules, the task, a restart; then the task and two rules again
WRITES = range(1, 7)


def dying(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    """A payload that ended in the middle looks like a lost connection."""
    try:
        return answer()
    except Crashed as crash:
        raise HardeningError("The connection was lost.") from crash


def run(host: Host) -> dict[str, Any]:
    return host.converge(MOVE)


def test_a_move_that_works(host: Host) -> None:
    result = assert_converges(host, MOVE, trips=3)
    assert "failed" not in result
    assert reachable(host.box) == {NEW}
    assert OLD not in open_ports(host.box)
    assert host.box.read_json("tasks") == {}
    time_passes(host.box)
    assert reachable(host.box) == {NEW}


@python_is_enough(lambda parameters: (parameters["stage"], parameters["number"], parameters["when"]) != (1, 5, "after"))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", WRITES)
@pytest.mark.parametrize("stage", [1, 2])
def test_a_payload_that_dies_at_any_write(host: Host, stage: int, number: int, when: str) -> None:
    fault, applies = WriteFault(number, when), []

    def dies_in_stage(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        if request["operation"] == "apply":
            applies.append(request)
        host.fault = fault if len(applies) == stage else None
        return dying(request, answer)

    host.on_the_way = dies_in_stage
    result = run(host)
    if stage == 2 and number > 3:
        assert "failed" not in result  # it has three writes only
    else:
        assert result["failed"] is True
        assert str(OLD) in result["msg"] or stage == 2
    assert reachable(host.box) & {OLD, NEW}
    time_passes(host.box)
    assert reachable(host.box) & {OLD, NEW}
    host.fault, host.on_the_way = None, None
    again = run(host)
    assert "failed" not in again, again.get("msg")
    assert reachable(host.box) == {NEW}


@python_is_enough(lambda parameters: parameters["lost_at"] != 2)
@pytest.mark.parametrize("lost_at", [1, 2])
def test_an_answer_that_never_comes(host: Host, lost_at: int) -> None:
    applies: list[str] = []

    def lose(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        given = answer()
        applies.extend([request["operation"]] if request["operation"] == "apply" else [])
        if request["operation"] == "apply" and len(applies) == lost_at:
            raise HardeningError("The connection was lost (reset).")
        return given

    host.on_the_way = lose
    result = run(host)
    assert result["failed"] is True
    if lost_at == 1:
        assert f"port {OLD} is still open" in result["msg"].lower() or f"Port {OLD} is still open" in result["msg"]
        assert reachable(host.box) == {NEW}
        host.on_the_way = None
        assert_refused(host, MOVE, "never confirmed", TASK)
        time_passes(host.box)
        assert reachable(host.box) == {OLD}
        assert NEW not in open_ports(host.box)
    else:
        assert reachable(host.box) == {NEW}
    assert host.box.read_json("tasks") == {}


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize(("refused", "back"), [(1, OLD), (5, OLD), (50, NEW)])
def test_a_service_that_is_just_starting_is_stopped_later(host: Host, refused: int, back: int) -> None:
    def lose(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        given = answer()
        if request["operation"] == "apply":
            raise HardeningError("The connection was lost (reset).")
        return given

    host.on_the_way = lose
    assert run(host)["failed"]
    services = host.box.services
    services["TermService"]["stops_refused"] = refused
    host.box.write_json("services", services)
    time_passes(host.box)
    assert served_ports(host.box) == {back}
    # what the next start of the host brings is the old port in any case
    assert OLD in open_ports(host.box)
    assert host.box.registry["HKLM"][LISTENER]["PortNumber"]["value"] == OLD


def test_nobody_answers_from_outside(host: Host) -> None:
    before = state(host.box)
    host.knock = lambda port: f"Port {port} gives no answer."
    result = run(host)
    assert result["failed"] is True
    assert all(part in result["msg"] for part in (f"Port {NEW} gives no answer.", f"back to port {OLD}"))
    assert reachable(host.box) == {OLD}
    # what has nothing to do with the port stays done
    differences = {place.rpartition(": ")[2] for place in state(host.box) if state(host.box)[place] != before.get(place)}
    assert differences == {"fdisablecdm"}
    assert host.box.read_json("tasks") == {}


def test_nobody_is_asked_with_verify_from_none(host: Host) -> None:
    host.knock = lambda port: "no answer"
    result = host.converge([{"rdp_listener": {"port": NEW, "verify_from": "none"}}])
    assert "failed" not in result
    assert reachable(host.box) == {NEW}


def test_a_service_that_does_not_restart(host: Host) -> None:
    services = host.box.services
    services["TermService"]["stuck"] = True
    host.box.write_json("services", services)
    result = run(host)
    assert result["failed"] is True
    assert "TermService did not restart" in result["msg"]
    assert f"Port {OLD} is still open" in result["msg"]
    assert OLD in reachable(host.box)
    assert TASK in host.box.read_json("tasks")
    del services["TermService"]["stuck"]
    host.box.write_json("services", services)
    time_passes(host.box)
    assert reachable(host.box) == {OLD}


def test_the_safeguard_stays_where_the_old_port_is_not_served_again(host: Host) -> None:
    thief = {"protocol": "tcp", "address": "0.0.0.0", "port": OLD, "process": 4242}

    def taken(port: int) -> str:
        with_network(host, sockets=[*host.box.read_json("network")["sockets"], thief])
        return f"Port {port} gives no answer."

    host.knock = taken
    result = run(host)
    assert result["failed"] is True
    assert f"nothing of it listens on port {OLD}" in result["msg"]
    assert f"the scheduled task {TASK} on the host puts Remote Desktop back" in result["msg"]
    assert "was put back to port" not in result["msg"]
    assert TASK in host.box.read_json("tasks")
    with_network(host, sockets=[one for one in host.box.read_json("network")["sockets"] if one != thief])
    time_passes(host.box)
    assert reachable(host.box) == {OLD}
    assert host.box.read_json("tasks") == {}


def test_somebody_else_takes_the_port_meanwhile(host: Host) -> None:
    def taken(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        network = host.box.read_json("network")
        thief = {"protocol": "tcp", "address": "0.0.0.0", "port": NEW, "process": 4242}
        if request["operation"] == "apply" and thief not in network["sockets"]:
            network["sockets"].append(thief)
            host.box.write_json("network", network)
        return answer()

    host.on_the_way = taken
    result = run(host)
    assert result["failed"] is True
    assert f"nothing of it listens on port {NEW}" in result["msg"]
    assert reachable(host.box) == {OLD}
    assert NEW not in open_ports(host.box)


def with_network(host: Host, **changes: Any) -> None:
    host.box.write_json("network", {**host.box.read_json("network"), **changes})


def with_policy(host: Host, key: str, name: str, value: int) -> None:
    registry = host.box.registry
    registry["HKLM"].setdefault(key, {})[name] = {"kind": "DWord", "value": value}
    host.box.write_json("registry", registry)


def test_a_port_that_is_taken_is_refused(host: Host) -> None:
    sockets = host.box.read_json("network")["sockets"]
    with_network(host, sockets=[*sockets, {"protocol": "tcp", "address": "::", "port": NEW, "process": 4242}])
    assert_refused(host, MOVE, f"cannot move to port {NEW}", "process 4242")


def test_a_port_that_windows_keeps_is_refused(host: Host) -> None:
    with_network(host, excluded=[[NEW - 10, NEW]])
    assert_refused(host, MOVE, f"cannot move to port {NEW}", "excluded port range")


@python_is_enough(lambda parameters: True)
def test_where_a_policy_lets_the_port_in_local_rules_may_be_void(host: Host) -> None:
    with_network(host, active_profiles=["Public"])
    with_policy(host, PUBLIC, "AllowLocalPolicyMerge", 0)
    text = f"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort={NEW}|RA4=10.0.0.0/255.0.0.0|Name=Remote Desktop|EmbedCtxt=Baseline|"
    registry = host.box.registry
    registry["HKLM"][POLICY_RULES] = {"{6C2D}": {"kind": "String", "value": text}}
    host.box.write_json("registry", registry)
    result = host.converge(MOVE)
    assert "failed" not in result, result["msg"]
    assert NEW in served_ports(host.box)


def test_a_profile_in_which_local_rules_are_void_is_refused(host: Host) -> None:
    with_network(host, active_profiles=["Public"])
    with_policy(host, PUBLIC, "AllowLocalPolicyMerge", 0)
    assert_refused(host, MOVE, f"cannot move to port {NEW}", "AllowLocalPolicyMerge 0", "Public")


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("profiles", [["Domain", "Public"], None])
def test_one_profile_of_several_in_which_local_rules_are_void_is_told(host: Host, profiles: list[str] | None) -> None:
    with_network(host, active_profiles=profiles)
    with_policy(host, PUBLIC, "AllowLocalPolicyMerge", 0)
    result = host.converge(MOVE)
    assert "failed" not in result, result["msg"]
    assert any(f"In the profile Public nobody can come in on port {NEW}" in one for one in result["warnings"])
    assert reachable(host.box) == {NEW}


def test_where_the_firewall_is_off_local_rules_may_be_void(host: Host) -> None:
    with_network(host, active_profiles=["Public"])
    with_policy(host, PUBLIC, "AllowLocalPolicyMerge", 0)
    registry = host.box.registry
    registry["HKLM"][OWN_PUBLIC]["EnableFirewall"] = {"kind": "DWord", "value": 0}
    host.box.write_json("registry", registry)
    result = host.converge(MOVE)
    assert "failed" not in result, result["msg"]
    assert any("The firewall is off in the profile Public" in one for one in result["warnings"])


def test_a_port_that_is_written_and_not_in_force_closes_no_rule(host: Host) -> None:
    registry = host.box.registry
    registry["HKLM"][LISTENER]["PortNumber"] = {"kind": "DWord", "value": NEW}
    host.box.write_json("registry", registry)
    result = run(host)
    assert "failed" not in result, result["msg"]
    assert any(f"set to port {NEW}, and TermService does not listen there" in one for one in result["warnings"])
    assert reachable(host.box) == {OLD}
    assert NEW in open_ports(host.box)
    refused = host.converge([{"rdp_listener": {"port": NEW + 1}}])
    assert "no way back is known to work" in refused["msg"]


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize("port", [5985, 22, 0, 65536])
def test_a_port_of_the_way_in_is_refused(host: Host, port: int) -> None:
    assert_refused(host, [{"rdp_listener": {"port": port}}], "Nothing was changed", str(port))


@python_is_enough(lambda parameters: True)
def test_working_people_are_not_thrown_out(host: Host, tmp_path: Path) -> None:
    host.box = boxes.build("active_sessions", tmp_path / "busy")
    assert_refused(host, MOVE, "RDP-Tcp#", "disconnect_sessions")
    result = host.converge([{"rdp_listener": {**MOVE[0]["rdp_listener"], "disconnect_sessions": True}}])
    assert "failed" not in result
    assert reachable(host.box) == {NEW}
    assert "RDP-Tcp#" not in (host.box.folder / "sessions.txt").read_text("utf-8")


def test_restart_later_is_refused(host: Host) -> None:
    host.restart_now = False
    assert_refused(host, MOVE, "only with restart now")


def test_both_journals_take_it_back_the_later_one_first(host: Host) -> None:
    before = state(host.box)
    result = run(host)
    first, second = (re.findall(r"(\d{8}T\d{6}Z-[0-9a-f]{8})", file)[0] for file in result["journal"])
    refused = host.undo(first)
    assert refused["failed"] is True
    assert "Undo that one first" in refused["msg"]
    assert reachable(host.box) == {NEW}

    for journal in (second, first):
        undone = host.undo(journal)
        assert "failed" not in undone, undone
    assert state(host.box) == before
    assert reachable(host.box) == {OLD}


def test_a_policy_refresh_does_not_undo_the_move(host: Host) -> None:
    run(host)
    policy.refresh(host.box)
    assert reachable(host.box) == {NEW}
    assert served_ports(host.box) == {NEW}
