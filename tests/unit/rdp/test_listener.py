# SPDX-License-Identifier: GPL-3.0-or-later
"""What the listener offers: what is planned, where, and what is refused."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.listener import RdpListener
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.listener_table import CONTROLS, LONGEST, SETTINGS
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import (
    LISTENER,
    TERMINAL_SERVER,
    TERMINAL_SERVICES_POLICY,
)
from unit.rdp.ports import LOCAL, TCP, UDP, rule, socket
from unit.rdp.samples import GPO, Sample, lines, number, statuses, text

POLICY = TERMINAL_SERVICES_POLICY
IN_USE = [{"id": 2, "name": "RDP-Tcp#0", "state": "active"}]
IN_LISTENER = ("fDisableCdm", "fDisableClip", "fDisableCpm", "fDisableCcm", "fDisableLPT", "fDisableCam", "fDisableAudioCapture")
INHERITED = ("fInheritMaxIdleTime", "fInheritMaxDisconnectionTime", "fInheritMaxSessionTime", "fInheritResetBroken", "fInheritShadow")
# Option, its strict value, and the value of the registry that it stands for: written from the policies' template, not from the table.
STRICT: dict[str, tuple[Any, str, int]] = {
    "drives": (False, "fDisableCdm", 1),
    "clipboard": (False, "fDisableClip", 1),
    "clipboard_to_client": ("none", "SCClipLevel", 0),
    "clipboard_to_server": ("text", "CSClipLevel", 1),
    "printers": (False, "fDisableCpm", 1),
    "com_ports": (False, "fDisableCcm", 1),
    "lpt_ports": (False, "fDisableLPT", 1),
    "plug_and_play": (False, "fDisablePNPRedir", 1),
    "audio": (False, "fDisableCam", 1),
    "audio_capture": (False, "fDisableAudioCapture", 1),
    "camera": (False, "fDisableCameraRedir", 1),
    "smart_cards": (False, "fEnableSmartCard", 0),
    "webauthn": (False, "fDisableWebAuthn", 1),
    "location": (False, "fDisableLocationRedir", 1),
    "ui_automation": (False, "EnableUiaRedirection", 0),
}
WANTED: dict[str, Any] = {
    "enabled": True,
    "transports": "tcp_only",
    "redirections": {option: value for option, (value, _name, _stored) in STRICT.items()},
    "time_limits": {"idle": 15, "disconnected": 1, "active": 0, "end_session": True},
    "shadowing": "none",
    "temporary_folders": {"delete_on_exit": True, "per_session": True},
    "single_session": True,
    "disconnect_on_lock": True,
}


def weak(sessions: list[dict[str, Any]] | None = None, rules: dict[str, str] | None = None, **facts: Any) -> Sample:
    """A host on which everything is as nobody wants it, Remote Desktop off."""
    listener = dict.fromkeys((*IN_LISTENER, "MaxIdleTime", "MaxDisconnectionTime", "MaxConnectionTime", "fResetBroken"), 0)
    listener |= dict.fromkeys(INHERITED, 1) | {"Shadow": 2, "SelectTransport": 2, "PortNumber": 3389}
    server = {"fDenyTSConnections": 1, "DeleteTempDirsOnExit": 0, "PerSessionTempDir": 0, "fSingleSessionPerUser": 0}
    inactive = {TCP: rule(6, Active="FALSE"), UDP: rule(17, Active="FALSE")}
    return Sample(
        {
            LISTENER: {name: number(value) for name, value in listener.items()},
            TERMINAL_SERVER: {name: number(value) for name, value in server.items()},
        },
        facts={"build": 26100, **facts},
        others={
            "session": sessions or [],
            "firewall": {"local": inactive if rules is None else rules, "policy": {}, "active_profiles": ["Public"]},
            "listener": {"sockets": [socket(3389, "TermService")], "excluded": []},
            "task": {"exists": False, "definition": None},
        },
    )


def plan(host: Sample, **options: Any) -> Plan:
    return host.plan(RdpListener, **options)


@pytest.mark.parametrize("option", STRICT)
def test_a_redirection_is_what_windows_calls_it(option: str) -> None:
    value, name, number_wanted = STRICT[option]
    (change,) = plan(weak(), redirections={option: value}).changes
    assert (change.target, change.operation.parameters["value"]) == (name, number_wanted)
    local = name in IN_LISTENER
    assert change.place == f"HKLM\\{LISTENER if local else POLICY}"
    # and the other way round
    host = weak()
    host.registry.setdefault(LISTENER if local else POLICY, {})[name] = number(number_wanted)
    lax = "html" if isinstance(value, str) else True
    (back,) = plan(host, redirections={option: lax}, stricter="replace").changes
    assert back.operation.parameters["value"] == (4 if lax == "html" else 1 - number_wanted)


def test_every_redirection_is_tried() -> None:
    assert set(STRICT) == {one.option.partition(".")[2] for one in SETTINGS if one.option.startswith("redirections.")}


def test_the_scope_decides_where_there_are_two_places() -> None:
    for scope, place in (("local", LISTENER), ("policy", POLICY)):
        (change,) = plan(weak(), scope=scope, redirections={"drives": False}).changes
        assert change.place == f"HKLM\\{place}"


def test_every_row_has_its_source() -> None:
    assert all(setting.source and (setting.local or setting.policy) for setting in SETTINGS)
    assert {control for setting in SETTINGS for control in setting.controls} == set(CONTROLS)


def test_limits_are_milliseconds_and_take_the_accounts_own_out_of_force() -> None:
    found = plan(weak(), time_limits={"idle": 15, "disconnected": 0, "active": 60, "end_session": True}, shadowing="full_consent")
    assert lines(found) == [
        "MaxIdleTime: 0 ms (never) -> 900000 ms (15 minutes)",
        "fInheritMaxIdleTime: 1 -> 0",
        # the value is right already, but the account's own would count
        "fInheritMaxDisconnectionTime: 1 -> 0",
        "MaxConnectionTime: 0 ms (never) -> 3600000 ms (60 minutes)",
        "fInheritMaxSessionTime: 1 -> 0",
        "fResetBroken: 0 (false) -> 1 (true)",
        "fInheritResetBroken: 1 -> 0",
        "Shadow: 2 (full) -> 1 (full_consent)",
        "fInheritShadow: 1 -> 0",
    ]
    # a policy needs no companion
    assert lines(plan(weak(), scope="policy", time_limits={"idle": 15})) == ["MaxIdleTime: absent -> 900000 ms (15 minutes)"]


def test_a_disabled_policy_writes_its_zero_as_text() -> None:
    host = weak()
    host.registry[POLICY] = {"MaxDisconnectionTime": text("0")}
    assert plan(host, time_limits={"disconnected": 0}).empty
    (change,) = plan(host, time_limits={"disconnected": 1}).changes
    assert (change.before, change.after) == ("0 ms (never)", "60000 ms (1 minutes)")
    assert change.operation.parameters["planned"] == {"exists": True, "kind": "String", "value": "0"}
    assert change.undo.parameters["kind"] == "String"


def test_a_policy_value_that_is_no_number_is_replaced() -> None:
    host = weak()
    host.registry[POLICY] = {"MaxIdleTime": text("soon")}
    assert lines(plan(host, time_limits={"idle": 1})) == ["MaxIdleTime: soon -> 60000 ms (1 minutes)"]


@pytest.mark.parametrize("minutes", [-1, LONGEST + 1])
@pytest.mark.parametrize("option", ["idle", "disconnected", "active"])
def test_minutes_that_windows_cannot_store_are_refused(option: str, minutes: int) -> None:
    with pytest.raises(HardeningError, match=f"Nothing was changed: time_limits.{option} is {minutes}"):
        RdpListener({"time_limits": {option: minutes}})
    assert RdpListener({"time_limits": {option: LONGEST}})


def test_shadowing_has_five_kinds() -> None:
    for word, value in {"none": 0, "full_consent": 1, "view_consent": 3, "view": 4}.items():
        assert plan(weak(), shadowing=word).changes[0].operation.parameters["value"] == value


def test_disconnecting_on_lock_is_for_every_kind_of_account() -> None:
    assert [(change.place, change.target) for change in plan(weak(), disconnect_on_lock=True).changes] == [
        (f"HKLM\\{POLICY}", "fDisconnectOnLockLegacy"),
        (f"HKLM\\{POLICY}", "fDisconnectOnLockMicrosoftIdentity"),
    ]


@pytest.mark.parametrize("build", [14393, 20348])
def test_the_clipboards_directions_are_for_2025(build: int) -> None:
    found = plan(weak(build=build), redirections={"clipboard_to_client": "none", "drives": False})
    assert lines(found) == ["fDisableCdm: 0 (true) -> 1 (false)"]
    assert statuses(found)["LI-09"] == "not_applicable"
    assert f"build {build}" in found.warnings[0]
    assert len(plan(weak(), redirections={"clipboard_to_client": "none"}).changes) == 1


# -- on and off -----------------------------------------------------------------------------------------


def test_switching_on_enables_windows_own_rules() -> None:
    found = plan(weak(), enabled=True)
    assert lines(found) == ["fDenyTSConnections: 1 (false) -> 0 (true)", f"{TCP}: disabled -> enabled", f"{UDP}: disabled -> enabled"]
    assert (found.stages[0].restarts, found.warnings) == ((), ())


def test_rules_that_are_enabled_or_of_another_port_are_left_alone() -> None:
    assert len(plan(weak(rules={TCP: rule(6), UDP: rule(17)}), enabled=True).changes) == 1
    host = weak()
    host.registry[LISTENER]["PortNumber"] = number(3390)
    found = plan(host, enabled=True)
    assert len(found.changes) == 1
    assert "no firewall rule lets anybody in on port 3390" in found.warnings[0]
    host.others["firewall"]["local"]["Own"] = rule(6, "3390")
    assert not plan(host, enabled=True).warnings


def test_without_windows_own_rules_somebody_is_told() -> None:
    found = plan(weak(rules={}), enabled=True)
    assert len(found.changes) == 1
    assert "remote_addresses" in found.warnings[0]


BLOCK = {"No": rule(6, None, Action="Block", App="", Svc="", EmbedCtxt="")}
MERGE = r"SOFTWARE\Policies\Microsoft\WindowsFirewall\PublicProfile"


def shut(how: str, **rules: str) -> Sample:
    """A host where rules that allow the port let nobody in."""
    host = weak()
    host.others["firewall"]["local"] |= rules
    if how == "block":
        host.others["firewall"]["local"] |= BLOCK
    else:
        host.registry[MERGE] = {"AllowLocalPolicyMerge": number(0)}
    return host


@pytest.mark.parametrize(("how", "said"), [("block", "rule No"), ("merge", "AllowLocalPolicyMerge")])
def test_switching_on_what_nobody_reaches_is_refused(how: str, said: str) -> None:
    with pytest.raises(HardeningError, match=f"Nothing was changed: enabled true would let nobody in on port 3389: .*{said}"):
        plan(shut(how), enabled=True)
    with pytest.raises(HardeningError, match=said):
        plan(shut(how, **{TCP: rule(6), UDP: rule(17)}), enabled=True)


def test_where_the_firewall_is_off_nobody_is_shut_out_and_that_is_said() -> None:
    host = shut("merge")
    host.registry[LOCAL + r"\PublicProfile"] = {"EnableFirewall": number(0)}
    for rules in (host.others["firewall"]["local"], {}):
        host.others["firewall"]["local"] = rules
        (told,) = plan(host, enabled=True).warnings
        assert told.startswith("The firewall is off in the profile Public")


def test_switching_on_tells_of_rules_that_block_for_some_once() -> None:
    host = weak()
    host.others["firewall"]["local"]["Attackers"] = rule(6, None, Action="Block", App="", Svc="", EmbedCtxt="", RA4="203.0.113.7")
    found = plan(host, enabled=True)
    assert "for some addresses, interfaces or users (Attackers)" in found.warnings[0]
    host.apply(replace(found, stages=(replace(found.stages[0], changes=found.changes[:1]),)))
    for name in (TCP, UDP):
        host.others["firewall"]["local"][name] = host.others["firewall"]["local"][name].replace("FALSE", "TRUE")
    assert not plan(host, enabled=True).warnings


def test_a_policys_own_rule_counts_where_local_ones_do_not() -> None:
    host = shut("merge")
    host.others["firewall"]["policy"] = {"Yes": rule(6)}
    assert not plan(host, enabled=True).warnings


@pytest.mark.parametrize(("how", "said"), [("block", "rule No"), ("merge", "AllowLocalPolicyMerge")])
def test_where_it_is_on_already_that_is_a_warning(how: str, said: str) -> None:
    host = shut(how, **{TCP: rule(6), UDP: rule(17)})
    host.registry[TERMINAL_SERVER]["fDenyTSConnections"] = number(0)
    found = plan(host, enabled=True)
    assert found.empty
    assert said in found.warnings[0]
    assert not plan(host).warnings


def test_rules_for_profiles_that_are_not_in_use_are_told() -> None:
    for local in ({TCP: rule(6, Profile="Domain")}, {TCP: rule(6, Active="FALSE", Profile="Domain")}):
        (warning,) = plan(weak(rules=local), enabled=True).warnings
        assert all(part in warning for part in (TCP, "Domain", "in use is Public"))
    assert not plan(weak(rules={TCP: rule(6, Profile="Domain"), "Own": rule(6, Profile="Public")}), enabled=True).warnings
    host = weak(rules={TCP: rule(6, Profile="Domain")})
    host.others["firewall"]["active_profiles"] = None
    assert not plan(host, enabled=True).warnings


def test_switching_off_says_that_nobody_can_log_on() -> None:
    host = weak(rules={TCP: rule(6), UDP: rule(17)})
    host.registry[TERMINAL_SERVER]["fDenyTSConnections"] = number(0)
    found = plan(host, enabled=False)
    assert lines(found) == ["fDenyTSConnections: 0 (true) -> 1 (false)"]
    assert "nobody can log on" in found.warnings[0]


def test_a_policy_that_keeps_it_off_opens_no_firewall() -> None:
    host = weak()
    host.registry[POLICY] = {"fDenyTSConnections": number(1)}
    host.owned = [(POLICY, "fDenyTSConnections")]
    found = plan(host, enabled=True)
    assert found.empty
    assert GPO in found.failures[0]
    assert statuses(found) == {"LI-01": "overridden"}


def test_a_policy_that_keeps_it_on_is_not_said_to_shut_anybody_out() -> None:
    host = weak()
    host.registry[POLICY] = {"fDenyTSConnections": number(0)}
    host.owned = [(POLICY, "fDenyTSConnections")]
    found = plan(host, enabled=False)
    assert GPO in found.failures[0]
    assert not found.warnings


def test_a_local_value_does_not_hide_what_the_policy_says() -> None:
    host = weak()
    host.registry[TERMINAL_SERVER]["fDenyTSConnections"] = number(0)
    host.registry[POLICY] = {"fDenyTSConnections": number(1)}
    assert lines(plan(host, enabled=True))[0] == "fDenyTSConnections: 1 (false) -> 0 (true)"
    assert plan(host, enabled=True).changes[0].place == f"HKLM\\{POLICY}"


# -- transports and the port ----------------------------------------------------------------------------


def test_transports_are_in_force_after_a_restart() -> None:
    found = plan(weak(), transports="tcp_only")
    assert (lines(found), found.stages[0].restarts) == (["SelectTransport: 2 (both) -> 1 (tcp_only)"], ("TermService",))
    assert plan(weak(), transports="both").empty


def test_the_older_number_for_both_is_both() -> None:
    host = weak()
    host.registry[LISTENER]["SelectTransport"] = number(0)
    assert plan(host, transports="both").empty
    assert lines(plan(host, transports="tcp_only")) == ["SelectTransport: 0 (both) -> 1 (tcp_only)"]


@pytest.mark.parametrize("options", [{"transports": "tcp_only"}, {"enabled": True, "port": 3390, "remote_addresses": ["192.0.2.0/24"]}])
def test_sessions_in_use_are_not_dropped_unasked(options: dict[str, Any]) -> None:
    with pytest.raises(HardeningError, match=r"Nothing was changed: .*RDP-Tcp#0 \(2\).*disconnect_sessions"):
        plan(weak(IN_USE), **options)
    assert plan(weak(IN_USE), disconnect_sessions=True, **options).changes
    assert plan(weak(), **options).changes


def test_what_restarts_nothing_drops_nobody() -> None:
    assert plan(weak(IN_USE), enabled=True, redirections={"drives": False}).changes


def test_the_port_moves_after_everything_else() -> None:
    host = weak(rules={TCP: rule(6), UDP: rule(17)})
    found = plan(host, enabled=True, port=3390, redirections={"drives": False})
    names = [change.target for change in found.stages[0].changes]
    assert names[:2] == ["fDenyTSConnections", "fDisableCdm"]
    assert names[-1] == "PortNumber"
    assert len(found.stages) == 2
    assert (f"HKLM\\{LISTENER}: PortNumber", "3390") in found.wanted


# -- general --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["local", "policy"])
def test_after_it_is_applied_nothing_is_left_and_undo_restores(scope: str) -> None:
    host = weak(rules={TCP: rule(6), UDP: rule(17)})
    before = copy.deepcopy(host.registry)
    found = plan(host, scope=scope, **WANTED)
    host.apply(found)
    again = plan(host, scope=scope, **WANTED)
    assert again.empty
    assert set(statuses(again).values()) == {"compliant"}
    assert len(statuses(again)) == len(CONTROLS)
    host.undo(found)
    assert {key: values for key, values in host.registry.items() if values} == before


@given(st.permutations(list(WANTED)))
def test_the_order_of_options_does_not_matter(names: list[str]) -> None:
    assert plan(weak(), **{name: WANTED[name] for name in names}) == plan(weak(), **WANTED)


@pytest.mark.parametrize(
    "options", [{}, {"redirections": None}, {"redirections": {"drives": None}}, {"time_limits": {}}, {"enabled": None}]
)
def test_what_is_not_given_is_left_alone(options: dict[str, Any]) -> None:
    assert plan(weak(), **options).empty


def test_only_and_skip_choose_by_control() -> None:
    assert [change.target for change in plan(weak(), only=["V-254366"], **WANTED).changes] == ["fDisableCdm"]
    assert "fDisableCdm" not in [change.target for change in plan(weak(), skip=["CIS-WS2022-18.10.57.3.3.3"], **WANTED).changes]


@pytest.mark.parametrize("scope", ["local", "policy"])
@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"redirections": {"drives": False}}, "fDisableCdm", 0),
        ({"redirections": {"ui_automation": False}}, "EnableUiaRedirection", 1),
        ({"time_limits": {"idle": 15}}, "MaxIdleTime", 0),
        ({"shadowing": "none"}, "Shadow", 2),
        ({"single_session": True}, "fSingleSessionPerUser", 0),
        ({"temporary_folders": {"per_session": True}}, "PerSessionTempDir", 0),
        ({"transports": "tcp_only"}, "SelectTransport", 2),
    ],
)
def test_what_group_policy_owns_is_named_and_left_alone(options: dict[str, Any], name: str, value: int, scope: str) -> None:
    host = weak()
    host.registry[POLICY] = {name: number(value)}
    host.owned = [(POLICY, name)]
    found = plan(host, scope=scope, **options)
    assert (found.empty, found.overrides[0].file) == (True, GPO)
    assert GPO in found.failures[0]
    assert not plan(host, scope=scope, on_override="report", **options).failures
