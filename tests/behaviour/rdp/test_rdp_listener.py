# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Remote Desktop listener offers: every requirement from the wrong value, and from one that Group Policy owns.

What is right is written here a second time, as registry values, and looked for in the box's own file. The move of the port has tests
of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, assert_refused, changed, state
from behaviour.rdp.crashes import assert_every_crash_can_be_undone
from behaviour.rdp.reach import open_ports, served_ports
from behaviour.rdp.registry_seeding import GPO, own, store, stored
from lab import boxes

SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
RELEASES = ("2016", "2019", "2022", "2025")
ON = [{"rdp_listener": {"enabled": True}}]

# option -> its right value, the local key where there is one, name, the wrong and the right number
Case = tuple[Any, str | None, str, int, int]
SETTINGS: dict[str, Case] = {
    "redirections.drives": (False, LISTENER, "fDisableCdm", 0, 1),
    "redirections.clipboard": (False, LISTENER, "fDisableClip", 0, 1),
    "redirections.printers": (False, LISTENER, "fDisableCpm", 0, 1),
    "redirections.com_ports": (False, LISTENER, "fDisableCcm", 0, 1),
    "redirections.lpt_ports": (False, LISTENER, "fDisableLPT", 0, 1),
    "redirections.plug_and_play": (False, None, "fDisablePNPRedir", 0, 1),
    "redirections.audio": (False, LISTENER, "fDisableCam", 0, 1),
    "redirections.audio_capture": (False, LISTENER, "fDisableAudioCapture", 0, 1),
    "redirections.camera": (False, None, "fDisableCameraRedir", 0, 1),
    "redirections.smart_cards": (False, None, "fEnableSmartCard", 1, 0),
    "redirections.webauthn": (False, None, "fDisableWebAuthn", 0, 1),
    "redirections.location": (False, None, "fDisableLocationRedir", 0, 1),
    "redirections.ui_automation": (False, None, "EnableUiaRedirection", 1, 0),
    "time_limits.idle": (15, LISTENER, "MaxIdleTime", 0, 900_000),
    "time_limits.disconnected": (1, LISTENER, "MaxDisconnectionTime", 0, 60_000),
    "time_limits.active": (480, LISTENER, "MaxConnectionTime", 0, 28_800_000),
    "time_limits.end_session": (True, LISTENER, "fResetBroken", 0, 1),
    "shadowing": ("full_consent", LISTENER, "Shadow", 2, 1),
    "temporary_folders.delete_on_exit": (True, SERVER, "DeleteTempDirsOnExit", 0, 1),
    "temporary_folders.per_session": (True, SERVER, "PerSessionTempDir", 0, 1),
    "single_session": (True, SERVER, "fSingleSessionPerUser", 0, 1),
    "transports": ("tcp_only", LISTENER, "SelectTransport", 2, 1),
}
# What else must be 0 for the local value to count.
COMPANIONS = {
    "time_limits.idle": "fInheritMaxIdleTime",
    "time_limits.disconnected": "fInheritMaxDisconnectionTime",
    "time_limits.active": "fInheritMaxSessionTime",
    "time_limits.end_session": "fInheritResetBroken",
    "shadowing": "fInheritShadow",
}
TWO_PLACES = [option for option, row in SETTINGS.items() if row[1]]
SAMPLES = ("redirections.camera", "time_limits.disconnected")


def options_of(*names: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        group, _, below = name.partition(".")
        if below:
            found.setdefault(group, {})[below] = SETTINGS[name][0]
        else:
            found[group] = SETTINGS[name][0]
    return found


def asked(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"rdp_listener": {**options_of(*names), **more}}]


HARDENED = asked(*SETTINGS, enabled=True, disconnect_on_lock=True)


def unsampled(parameters: Mapping[str, Any]) -> bool:
    return parameters["option"] not in SAMPLES


@pytest.fixture
def seeded(host: Host) -> Host:
    """A host on which everything is wrong."""
    for _right, local, name, wrong, _number in SETTINGS.values():
        store(host.box, local or POLICY, **{name: wrong})
    return host


def fresh(host: Host, folder: Path, name: str = "default2022", **options: Any) -> Host:
    return Host(host.engine, boxes.build(name, folder / "fresh", **options))


# -- on and off -----------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: parameters["release"] != "2025")
@pytest.mark.parametrize("release", RELEASES)
def test_remote_desktop_is_switched_on(host: Host, tmp_path: Path, release: str) -> None:
    host = fresh(host, tmp_path, f"default{release}", remote_desktop=False)
    assert open_ports(host.box).isdisjoint({3389})
    result = assert_converges(host, ON)
    assert stored(host.box, SERVER, "fDenyTSConnections") == 0
    assert 3389 in open_ports(host.box)
    assert len(result["changes"]) == 3
    assert result["restarts"] == []


def test_the_policy_says_off_and_the_local_value_says_on(host: Host) -> None:
    own(host.box, POLICY, fDenyTSConnections=1)
    before = state(host.box)
    result = host.converge(ON)
    assert result["failed"]
    assert GPO in result["msg"]
    assert changed(before, state(host.box)) == set()
    assert "failed" not in host.converge([{"rdp_listener": {"enabled": True, "on_override": "report"}}])


def test_a_policy_value_that_nobody_owns_is_changed_where_it_stands(host: Host) -> None:
    store(host.box, POLICY, fDenyTSConnections=1)
    assert_converges(host, ON)
    assert (stored(host.box, POLICY, "fDenyTSConnections"), stored(host.box, SERVER, "fDenyTSConnections")) == (0, 0)


def test_remote_desktop_is_switched_off(host: Host) -> None:
    result = assert_converges(host, [{"rdp_listener": {"enabled": False}}])
    assert stored(host.box, SERVER, "fDenyTSConnections") == 1
    assert "nobody can log on" in result["warnings"][0]
    assert len(result["changes"]) == 1


# -- seeded wrong ---------------------------------------------------------------------------------------


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", SETTINGS)
def test_a_setting_that_is_wrong(seeded: Host, option: str) -> None:
    _right, local, name, _wrong, number = SETTINGS[option]
    result = assert_converges(seeded, asked(option))
    assert stored(seeded.box, local or POLICY, name) == number
    assert len(result["changes"]) == (2 if option in COMPANIONS else 1)
    if option in COMPANIONS:
        assert stored(seeded.box, LISTENER, COMPANIONS[option]) == 0


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", TWO_PLACES)
def test_the_policys_own_place(seeded: Host, option: str) -> None:
    _right, local, name, _wrong, number = SETTINGS[option]
    store(seeded.box, str(local), **{name: number})
    result = assert_converges(seeded, asked(option, scope="policy"))
    assert stored(seeded.box, POLICY, name) == number
    assert len(result["changes"]) == 1


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", SETTINGS)
def test_a_setting_that_is_wrong_and_owned_by_policy(host: Host, option: str) -> None:
    _right, local, name, wrong, number = SETTINGS[option]
    if local:
        store(host.box, local, **{name: number}, **({COMPANIONS[option]: 0} if option in COMPANIONS else {}))
    own(host.box, POLICY, **{name: wrong})
    before = state(host.box)
    result = host.converge(asked(option))
    assert result["failed"]
    assert GPO in result["msg"]
    assert [(one["setting"], one["file"]) for one in result["overrides"]] == [(option, GPO)]
    assert changed(before, state(host.box)) == set()


def test_the_account_owned_limit_is_taken_out_of_force(host: Host) -> None:
    store(host.box, LISTENER, MaxIdleTime=900_000, fInheritMaxIdleTime=1)
    result = assert_converges(host, asked("time_limits.idle"))
    assert [one["target"].rpartition(": ")[2] for one in result["changes"]] == ["fInheritMaxIdleTime"]


def test_a_disabled_policy_is_text(host: Host) -> None:
    store(host.box, POLICY, MaxDisconnectionTime="0")
    assert_converges(host, asked("time_limits.disconnected"))
    assert stored(host.box, POLICY, "MaxDisconnectionTime") == 60_000
    store(host.box, POLICY, MaxDisconnectionTime="0")
    before = state(host.box)
    assert not host.converge([{"rdp_listener": {"time_limits": {"disconnected": 0}}}])["changed"]
    assert changed(before, state(host.box)) == set()


@python_is_enough(lambda parameters: parameters["release"] != "2025")
@pytest.mark.parametrize("release", RELEASES)
def test_a_new_server_is_hardened(host: Host, tmp_path: Path, release: str) -> None:
    host = fresh(host, tmp_path, f"default{release}", remote_desktop=False)
    directions = {"clipboard_to_client": "none", "clipboard_to_server": "text"}
    (one,) = HARDENED
    given = one["rdp_listener"] | {"redirections": one["rdp_listener"]["redirections"] | directions}
    result = assert_converges(host, [{"rdp_listener": given}])
    assert "failed" not in result
    for _right, local, name, _wrong, number in SETTINGS.values():
        assert stored(host.box, local or POLICY, name) == number
    assert [stored(host.box, POLICY, name) for name in ("fDisconnectOnLockLegacy", "fDisconnectOnLockMicrosoftIdentity")] == [1, 1]
    told = [stored(host.box, POLICY, name) for name in ("SCClipLevel", "CSClipLevel")]
    assert told == ([0, 1] if release == "2025" else [None, None])


# -- flip -----------------------------------------------------------------------------------------------


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", [*SETTINGS, *(f"{option} (inherited)" for option in COMPANIONS)])
def test_turning_one_setting_is_one_change(seeded: Host, option: str) -> None:
    assert "failed" not in seeded.converge(HARDENED)
    option, _, inherited = option.partition(" ")
    _right, local, name, wrong, _number = SETTINGS[option]
    place, name = (LISTENER, COMPANIONS[option]) if inherited else (local or POLICY, name)
    store(seeded.box, place, **{name: 1 if inherited else wrong})
    result = seeded.converge(HARDENED, check=True)
    assert [one["target"] for one in result["changes"]] == [f"HKLM\\{place}: {name}"]


def test_turning_the_switch_or_a_firewall_rule_is_one_change(host: Host) -> None:
    assert host.converge(ON, check=True)["changes"] == []
    store(host.box, SERVER, fDenyTSConnections=1)
    assert [one["target"] for one in host.converge(ON, check=True)["changes"]] == [f"HKLM\\{SERVER}: fDenyTSConnections"]
    store(host.box, SERVER, fDenyTSConnections=0)
    rules = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
    for name in ("RemoteDesktop-UserMode-In-TCP", "RemoteDesktop-UserMode-In-UDP"):
        was = stored(host.box, rules, name)
        store(host.box, rules, **{name: was.replace("Active=TRUE", "Active=FALSE")})
        assert [one["target"] for one in host.converge(ON, check=True)["changes"]] == [f"firewall, inbound rules: {name}"]
        store(host.box, rules, **{name: was})


# -- restarts -------------------------------------------------------------------------------------------


def test_without_udp_the_service_has_no_udp_socket(host: Host) -> None:
    def udp() -> set[int]:
        process = host.box.services["TermService"]["process"]
        sockets = host.box.read_json("network")["sockets"]
        return {one["port"] for one in sockets if one["protocol"] == "udp" and one["process"] == process}

    assert udp() == {3389}
    result = assert_converges(host, asked("transports"))
    assert result["restarts"] == [{"service": "TermService", "state": "restarted"}]
    assert (udp(), served_ports(host.box)) == (set(), {3389})


def test_sessions_in_use_are_dropped_only_when_asked(host: Host, tmp_path: Path) -> None:
    host = fresh(host, tmp_path, "active_sessions")
    assert_refused(host, asked("transports"), "RDP-Tcp#0 (2)", "disconnect_sessions")
    assert "failed" not in host.converge(asked("redirections.drives", enabled=True))
    assert host.converge(asked("transports", disconnect_sessions=True))["restarts"]
    assert "RDP-Tcp#0" not in (host.box.folder / "sessions.txt").read_text("utf-8")


# -- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-1, 71583])
def test_minutes_that_windows_cannot_store_change_nothing(host: Host, minutes: int) -> None:
    assert_refused(host, [{"rdp_listener": {"time_limits": {"idle": minutes}, "enabled": False}}], "time_limits.idle", "0 (never)")


def test_who_is_no_administrator_is_refused(host: Host) -> None:
    host.box.write_json("host", host.box.host | {"elevated": False})
    assert_refused(host, HARDENED, "administrator")


def test_a_number_that_somebody_wrote_as_words_is_replaced(host: Host) -> None:
    store(host.box, LISTENER, MaxIdleTime="soon")
    result = assert_converges(host, asked("time_limits.idle"))
    assert result["changes"][0]["before"] == "soon"


# -- undo -----------------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("scope", ["local", "policy"])
def test_undo_after_a_crash_at_any_write(host: Host, tmp_path: Path, scope: str) -> None:
    host = fresh(host, tmp_path, remote_desktop=False)
    assert_every_crash_can_be_undone(host, asked("time_limits.idle", "redirections.camera", enabled=True, scope=scope))


def test_undo_of_everything(seeded: Host) -> None:
    before = state(seeded.box)
    result = seeded.converge(HARDENED)
    (journal,) = result["journal"]
    assert changed(before, state(seeded.box))
    assert "failed" not in seeded.undo(journal.rpartition("\\")[2].removesuffix(".jsonl"))
    assert changed(before, state(seeded.box)) == set()
