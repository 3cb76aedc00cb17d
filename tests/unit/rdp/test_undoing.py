# SPDX-License-Identifier: GPL-3.0-or-later
"""What a journal's steps left, seen again; and what taking them back must not do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.journal import journal_read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change, Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Place, set_change
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.power_table import SETTINGS as POWER
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.safeguard import NAME
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel_table import SCHANNEL
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer_table import CREDSSP, FIPS
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from unit.core.samples import FACTS
from unit.rdp.people import standalone
from unit.rdp.ports import TCP, UDP, Scene, rule

ID = "20261124T211502Z-3f9c2a1b"
HOST = HostFacts.from_answer(FACTS)


def switch(provider: str, names: tuple[str, str], key: str, **place: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An operation and its undo where the state is there or not."""
    there, gone = ({"planned": {key: state}} for state in (True, False))
    return {"provider": provider, "operation": names[0], **place, **gone}, {"provider": provider, "operation": names[1], **place, **there}


def registry(value: int | None, planned: int | None) -> dict[str, Any]:
    now = {"exists": False} if planned is None else {"exists": True, "kind": "DWord", "value": planned}
    place = {"provider": "registry", "hive": "HKLM", "key": r"Some\Key", "name": "Level", "planned": now}
    return place | ({"operation": "delete"} if value is None else {"operation": "set", "kind": "DWord", "value": value})


def policy(value: int, planned: int | None) -> dict[str, Any]:
    values = {"LockoutDuration": value, "LockoutBadCount": value}
    return {"provider": "security", "operation": "set", "values": values, "planned": {"values": dict.fromkeys(values, planned)}}


def power(value: int, planned: int) -> dict[str, Any]:
    place = {"scheme": "s", "subgroup": "g", "setting": "sleep", "source": "ac"}
    return {"provider": "power", "operation": "set", **place, "value": value, "planned": {"value": planned}}


def hibernate(enabled: bool) -> dict[str, Any]:
    return {"provider": "power", "operation": "hibernate", "enabled": enabled, "planned": {"enabled": not enabled}}


def found(value: int | None) -> dict[str, Any]:
    return {"key_exists": True, "exists": value is not None, "kind": "DWord", "value": value}


def rules(text: str | None) -> dict[str, Any]:
    return {"local": {"r": text} if text else {}, "policy": {}, "active_profiles": None}


RIGHT = switch("right", ("grant", "revoke"), "held", right="SeX", account="S-1-1")
GROUP = switch("group", ("add", "remove"), "member", group="S-1-5-32-555", member="S-1-1")
TASK = switch("task", ("register", "delete"), "exists", name="t", definition="<x/>")
ADDED = (
    {"provider": "firewall", "operation": "add", "name": "R", "rule": {}, "planned": {"exists": False}},
    {"provider": "firewall", "operation": "remove", "name": "R", "planned": {"exists": True, "enabled": True}},
)

# provider -> operation, undo, what its read gives before and after, and the change that undoes it as a person reads it
STEPS: dict[str, tuple[dict[str, Any], dict[str, Any], Any, Any, tuple[str, str, str]]] = {
    "registry": (registry(1, None), registry(None, 1), found(None), found(1), (r"HKLM\Some\Key: Level", "1", "absent")),
    "right": (*RIGHT, {"accounts": []}, {"accounts": ["S-1-1"]}, ("user right SeX: S-1-1", "held", "absent")),
    "group": (*GROUP, {"members": []}, {"members": ["S-1-1"]}, ("group S-1-5-32-555: S-1-1", "member", "absent")),
    "task": (*TASK, {"exists": False}, {"exists": True}, ("scheduled tasks: t", "registered", "absent")),
    "firewall": (*ADDED, rules(None), rules(rule(6)), ("firewall, inbound rules: R", "enabled", "absent")),
    "security": (
        policy(5, None),
        policy(0, 5),
        {},
        {"LockoutDuration": 5, "LockoutBadCount": 5},
        ("account policy: LockoutDuration, LockoutBadCount", "5, 5", "absent, absent"),
    ),
    "power": (
        power(0, 1800),
        power(1800, 0),
        {"settings": {"sleep": {"ac": 1800, "dc": 1}}},
        {"settings": {"sleep": {"ac": 0, "dc": 1}}},
        ("power scheme: sleep on mains", "0", "1800"),
    ),
    "hibernate": (
        hibernate(False),
        hibernate(True),
        {"hibernate": True, "settings": {}},
        {"hibernate": False, "settings": {}},
        ("power scheme: hibernation", "off", "on"),
    ),
}


def journal(*steps: tuple[dict[str, Any], dict[str, Any]], finished: str | None = "2026-11-24T21:16:02Z") -> dict[str, Any]:
    listed = [{"operation": operation, "undo": undo, "state": "done"} for operation, undo in steps]
    return {"id": ID, "file": f"C:\\{ID}.jsonl", "started": "2026-11-24T21:15:02Z", "finished": finished, "account": "a", "steps": listed}


def undo_plan(value: dict[str, Any], answers: list[Any], sessions: tuple[str, ...] = (), **options: Any) -> Plan:
    """The plan of an undo whose steps' own reads are answered in order; everything else is as on a host of a workgroup."""
    undo = Undo({"journal": ID, "state": "undone", **options})
    seen = Observations([journal_read(ID)], [Observation(value=value)])
    reads = unique_reads([journal_read(ID), *undo.further_reads(seen)])
    listed = [{"id": 2, "name": "RDP-Tcp#0", "state": state} for state in sessions]
    host = standalone(others={"session": listed, "firewall": answers[-1]})
    results = [Observation(value=one) for one in (value, *answers)]
    results += [host.answer(read.as_request()) for read in reads[len(results) :]]
    return undo.plan(Observations(reads, results), HOST)


@pytest.mark.parametrize("provider", STEPS)
def test_what_is_still_there_is_taken_back(provider: str) -> None:
    operation, undo, before, after, told = STEPS[provider]
    plan = undo_plan(journal((operation, undo)), [after])
    assert [(change.path, change.before, change.after) for change in plan.changes] == [told]
    assert (plan.changes[0].operation.as_request(), plan.changes[0].undo.as_request()) == (undo, operation)
    assert undo_plan(journal((operation, undo)), [before]).empty


THIRD: dict[str, Any] = {
    "registry": found(7),
    "security": {"LockoutDuration": 9, "LockoutBadCount": 5},
    "power": {"settings": {"sleep": {"ac": 60, "dc": 1}}},
    "firewall": rules(rule(6, Active="FALSE")),
}


@pytest.mark.parametrize("provider", THIRD)
def test_what_somebody_changed_since_is_left_alone(provider: str) -> None:
    operation, undo, *_rest = STEPS[provider]
    with pytest.raises(HardeningError, match="neither"):
        undo_plan(journal((operation, undo)), [THIRD[provider]])


def moved() -> tuple[Scene, list[tuple[Change, ...]]]:
    """A host whose port was moved in two stages."""
    scene = Scene()
    stages = scene.stages(port=3390)
    for stage in stages:
        scene = scene.apply(stage.changes)
    return scene, [stage.changes for stage in stages]


def undo_of(scene: Scene, changes: tuple[Change, ...], restart_now: bool = True) -> Plan:
    steps = [(change.operation.as_request(), change.undo.as_request()) for change in changes]
    undo = Undo({"journal": ID, "state": "undone"})
    undo.restart_now = restart_now
    value = journal(*json.loads(json.dumps(steps)))
    seen = Observations([journal_read(ID)], [Observation(value=value)])
    reads = list({read.identity: read for read in undo.further_reads(seen)}.values())
    answers = [Observation(value=answer_of(scene, read)) for read in reads]
    return undo.plan(Observations([journal_read(ID), *reads], [Observation(value=value), *answers]), HOST)


def answer_of(scene: Scene, read: Read) -> Any:
    request = read.as_request()
    if request["provider"] == "session":
        return []
    if request["provider"] == "registry":
        return {"key_exists": True, "exists": True, "kind": "DWord", "value": scene.port}
    return scene.answer(request)


def test_the_safeguard_of_a_move_is_not_registered_again() -> None:
    scene, (_first, second) = moved()
    assert second[0].target == NAME
    back = undo_of(scene, second)
    assert NAME not in [change.target for change in back.changes]
    opened = scene.apply(back.changes)
    assert undo_of(opened, second).empty
    # another task is registered anew
    other = (STEPS["task"][1], STEPS["task"][0])
    assert not undo_plan(journal(other), [{"exists": False}]).empty


@pytest.mark.parametrize("was", [3389, None])
def test_a_port_does_not_go_back_without_a_restart(was: int | None) -> None:
    found = None if was is None else {"kind": "DWord", "value": was}
    change = set_change(Place(LISTENER, "PortNumber"), found, 3390)
    scene = Scene(port=3390, local={TCP: rule(6)})
    with pytest.raises(HardeningError, match="goes back to port 3389 only with restart now"):
        undo_of(scene, (change,), restart_now=False)
    assert undo_of(scene, (change,)).stages[0].restarts == ("TermService",)
    # what moves no port may wait
    after, (_first, second) = moved()
    assert undo_of(after, second, restart_now=False).changes


def test_power_is_told_in_the_words_of_the_plan() -> None:
    (setting,) = (one for one in POWER if one.option == "sleep_after")
    place = {"scheme": "s", "subgroup": "g", "setting": setting.guid.lower(), "source": "dc"}
    steps = [{"provider": "power", "operation": "set", **place, "value": a, "planned": {"value": b}} for a, b in ((0, 1800), (1800, 0))]
    (change,) = undo_plan(journal((steps[0], steps[1])), [{"settings": {setting.guid.lower(): {"ac": 1, "dc": 0}}}]).changes
    assert (change.path, change.before, change.after) == ("power scheme: sleep_after on battery", "never", "1800 s")


def test_a_moved_port_is_not_taken_back_behind_a_closed_firewall() -> None:
    scene, (first, second) = moved()
    with pytest.raises(HardeningError, match=r"back on port 3389, for which no enabled firewall rule .* Undo that one first"):
        undo_of(scene, first)
    # a rule that lets one server in everywhere is no way in to this port, one for everybody is
    scene.policy = {"Management": rule(6, None, App="", Svc="", EmbedCtxt="", RA4="10.1.2.3")}
    with pytest.raises(HardeningError, match="Undo that one first"):
        undo_of(scene, first)
    everybody = Scene(**vars(scene) | {"policy": {"All": rule(6, None, App="", Svc="", EmbedCtxt="")}})
    assert undo_of(everybody, first).changes
    closing = undo_of(scene, second)
    assert [change.target for change in closing.changes][:2] == [UDP, TCP]
    opened = scene.apply(closing.changes)
    back = undo_of(opened, first)
    assert back.stages[0].restarts == ("TermService",)
    assert opened.apply(back.changes).port == 3389


def test_only_what_the_service_reads_at_its_start_restarts_it() -> None:
    change = set_change(Place(LISTENER, "SecurityLayer"), None, 2)
    plan = undo_plan(journal((change.operation.as_request(), change.undo.as_request())), [found(2)])
    assert plan.stages[0].restarts == ()
    certificate = set_change(Place(LISTENER, "SSLCertificateSHA1Hash", "Binary"), None, "00")
    left = {"key_exists": True, "exists": True, "kind": "Binary", "value": "00"}
    plan = undo_plan(journal((certificate.operation.as_request(), certificate.undo.as_request())), [left])
    assert plan.stages[0].restarts == ("TermService",)
    transports = set_change(Place(LISTENER, "SelectTransport"), None, 1)
    plan = undo_plan(journal((transports.operation.as_request(), transports.undo.as_request())), [found(1)])
    assert (plan.stages[0].restarts, plan.reboot_required) == (("TermService",), False)


@pytest.mark.parametrize(
    "key", [SCHANNEL + r"\Protocols\TLS 1.0\Server", FIPS, CREDSSP, r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"]
)
def test_what_a_restart_of_the_host_brought_into_force_needs_one_to_go(key: str) -> None:
    change = set_change(Place(key, "Enabled"), None, 0)
    assert undo_plan(journal((change.operation.as_request(), change.undo.as_request())), [found(0)]).reboot_required


def test_working_people_are_not_thrown_out_by_an_undo() -> None:
    certificate = set_change(Place(LISTENER, "SSLCertificateSHA1Hash", "Binary"), None, "00")
    left = {"key_exists": True, "exists": True, "kind": "Binary", "value": "00"}
    value = journal((certificate.operation.as_request(), certificate.undo.as_request()))
    with pytest.raises(HardeningError, match=r"taking this back needs a restart .* RDP-Tcp#0 \(2\)"):
        undo_plan(value, [left], ("active",))
    assert not undo_plan(value, [left], ("disconnected",)).empty
    assert not undo_plan(value, [left], ("active",), disconnect_sessions=True).empty
