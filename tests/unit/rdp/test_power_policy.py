# SPDX-License-Identifier: GPL-3.0-or-later
"""Sleep and hibernation: what is planned in the scheme, what as policy, and what is left alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.power_policy import PowerPolicy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.power_table import POLICY, POLICY_NAMES, SETTINGS, SOURCES
from unit.rdp.samples import GPO, Sample, lines, number, statuses

SCHEME = "381b4222-f694-41f0-9685-ff5bb260df2e"
IN_SCHEME = [setting for setting in SETTINGS if setting.in_scheme]
BY_POLICY = [setting for setting in SETTINGS if not setting.in_scheme]
BOTH = {"ac": 0, "dc": 0}


def sleeper(**changes: Any) -> Sample:
    """A machine that sleeps, hibernates and does whatever else the controls do not want."""
    settings = {one.guid.lower(): {"ac": 1800, "dc": 900} if one.minutes else {"ac": 1, "dc": 1} for one in IN_SCHEME}
    return Sample(power={"scheme": SCHEME, "settings": settings, "hibernate": True}, **changes)


def place(guid: str) -> str:
    return f"{POLICY}\\{guid}"


def test_a_server_that_sleeps_is_kept_awake() -> None:
    host = sleeper()
    plan = host.plan(PowerPolicy, never_sleep=True)
    assert lines(plan) == [
        "sleep_after on mains: 1800 s -> never",
        "sleep_after on battery: 900 s -> never",
        "hibernate_after on mains: 1800 s -> never",
        "hibernate_after on battery: 900 s -> never",
        "unattended_sleep_after on mains: 1800 s -> never",
        "unattended_sleep_after on battery: 900 s -> never",
    ]
    assert {change.place for change in plan.changes} == {"power scheme"}
    assert not plan.reboot_required
    assert not plan.stages[0].restarts


def test_every_setting_is_planned_applied_and_taken_back() -> None:
    host = sleeper()
    wanted: dict[str, Any] = {one.option: {"ac": one.meets, "dc": one.meets} for one in SETTINGS}
    before = copy.deepcopy(host)
    plan = host.plan(PowerPolicy, **wanted, hibernation=False)
    host.apply(plan)
    assert set(statuses(plan).values()) == {"changed"}
    assert len(statuses(plan)) == 8
    again = host.plan(PowerPolicy, **wanted, hibernation=False)
    assert again.empty
    assert set(statuses(again).values()) == {"compliant"}
    host.undo(plan)
    assert host.power == before.power
    assert not any(host.registry.values())


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("setting", IN_SCHEME, ids=lambda one: one.option)
def test_one_setting_of_the_scheme_is_one_change(setting: Any, source: str) -> None:
    (change,) = sleeper().plan(PowerPolicy, **{setting.option: {source: setting.meets}}).changes
    assert change.operation.provider == "power"
    assert (change.operation.parameters["setting"], change.operation.parameters["source"]) == (setting.guid.lower(), source)
    assert change.controls == (getattr(setting, source).id,)


def test_minutes_are_stored_as_seconds() -> None:
    (change,) = sleeper().plan(PowerPolicy, sleep_after={"dc": 60}).changes
    assert change.operation.parameters["value"] == 3600
    assert sleeper().plan(PowerPolicy, sleep_after={"ac": 30}).empty
    (change,) = Sample().plan(PowerPolicy, scope="policy", sleep_after={"dc": 60}).changes
    assert change.operation.parameters["value"] == 3600


def test_a_value_that_no_control_asks_for_shows_none() -> None:
    assert sleeper().plan(PowerPolicy, sleep_after={"ac": 5}, hybrid_sleep={"dc": True}).controls == ()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("setting", BY_POLICY, ids=lambda one: one.option)
def test_settings_without_a_place_in_the_scheme_are_policy_values(setting: Any, source: str) -> None:
    resource = PowerPolicy({setting.option: {source: setting.meets}})
    assert not any(read.provider == "power" for read in resource.reads())
    (change,) = Sample().plan(PowerPolicy, **{setting.option: {source: setting.meets}}).changes
    assert change.path == f"HKLM\\{place(setting.guid)}: {POLICY_NAMES[source]}"
    assert change.operation.parameters["value"] == int(setting.meets)


def test_scope_policy_writes_the_policy_value_even_where_the_machine_lacks_the_setting() -> None:
    plan = Sample(power={"scheme": SCHEME, "settings": {}, "hibernate": None}).plan(PowerPolicy, scope="policy", never_sleep=True)
    assert len(plan.changes) == 6
    assert all(change.operation.provider == "registry" and change.operation.parameters["value"] == 0 for change in plan.changes)


def test_what_the_machine_lacks_is_compliant_and_the_evidence_says_so() -> None:
    host = sleeper()
    assert host.power
    host.power["settings"] = {}
    plan = host.plan(PowerPolicy, never_sleep=True, hybrid_sleep={"ac": False})
    assert plan.empty
    assert statuses(plan) == dict.fromkeys(("PW-01", "PW-02", "PW-03", "PW-04"), "compliant")
    assert all("has no" in line for result in plan.controls for line in result.evidence)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.option)
def test_a_policy_value_beats_the_scheme(setting: Any) -> None:
    """The scheme is right and the policy value is wrong: the policy value is what must change, unmanaged as it is."""
    host = sleeper(registry={place(setting.guid): {"ACSettingIndex": number(not setting.meets)}})
    assert host.power
    if setting.in_scheme:
        host.power["settings"][setting.guid.lower()]["ac"] = 0
    plan = host.plan(PowerPolicy, **{setting.option: {"ac": setting.meets}})
    (change,) = plan.changes
    assert change.path == f"HKLM\\{place(setting.guid)}: ACSettingIndex"
    host.apply(plan)
    assert host.plan(PowerPolicy, **{setting.option: {"ac": setting.meets}}).empty


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.option)
def test_a_policy_value_that_is_owned_is_left_alone(setting: Any, known: bool) -> None:
    wrong = {place(setting.guid): {"DCSettingIndex": number(not setting.meets)}}
    host = sleeper(registry=wrong, owned=[(place(setting.guid).upper(), "dcsettingindex")], known=known)
    plan = host.plan(PowerPolicy, **{setting.option: {"dc": setting.meets}})
    assert plan.empty
    (override,) = plan.overrides
    assert override.setting == f"{setting.option}.dc"
    assert GPO in override.file or not known
    assert len(plan.failures) == 1
    assert override.file in plan.failures[0]
    assert set(statuses(plan).values()) == {"overridden"}
    reported = host.plan(PowerPolicy, on_override="report", **{setting.option: {"dc": setting.meets}})
    assert (len(reported.failures), len(reported.warnings)) == (0, 1)


def test_a_policy_value_that_is_owned_and_right_is_compliant() -> None:
    sleep = place(SETTINGS[0].guid)
    host = sleeper(registry={sleep: {"ACSettingIndex": number(0)}}, owned=[(sleep, "ACSettingIndex")])
    plan = host.plan(PowerPolicy, sleep_after={"ac": 0})
    assert plan.empty
    assert statuses(plan) == {"PW-01": "compliant"}
    assert GPO in plan.controls[0].evidence[0]


def test_hibernation_is_switched() -> None:
    host = sleeper()
    plan = host.plan(PowerPolicy, hibernation=False)
    assert lines(plan) == ["hibernation: on -> off"]
    host.apply(plan)
    assert host.plan(PowerPolicy, hibernation=False).empty
    assert lines(host.plan(PowerPolicy, hibernation=True)) == ["hibernation: off -> on"]


def test_hibernation_that_cannot_be_told_is_left_alone_with_a_warning() -> None:
    host = sleeper()
    assert host.power
    host.power["hibernate"] = None
    plan = host.plan(PowerPolicy, hibernation=False)
    assert plan.empty
    assert statuses(plan) == {"PW-02": "not_applicable"}
    assert "left alone" in plan.warnings[0]


@pytest.mark.parametrize("minutes", [-1, 71582789])
def test_minutes_that_fit_no_value_are_refused(minutes: int) -> None:
    with pytest.raises(HardeningError, match=r"Nothing was changed: sleep_after\.ac"):
        PowerPolicy({"sleep_after": {"ac": minutes}})


def test_never_sleep_does_not_go_with_a_time() -> None:
    with pytest.raises(HardeningError, match=r"contradicts hibernate_after\.dc: 60"):
        PowerPolicy({"never_sleep": True, "hibernate_after": {"dc": 60}})
    assert sleeper().plan(PowerPolicy, never_sleep=True, sleep_after=BOTH) == sleeper().plan(PowerPolicy, never_sleep=True)


def test_never_sleep_that_is_not_asked_for_changes_nothing() -> None:
    assert sleeper().plan(PowerPolicy, never_sleep=False).empty
    assert sleeper().plan(PowerPolicy).empty


def test_only_and_skip_by_any_id() -> None:
    everything: dict[str, Any] = {one.option: {"ac": one.meets, "dc": one.meets} for one in SETTINGS} | {"hibernation": False}
    only = sleeper().plan(PowerPolicy, **everything, only=["WN22-CC-000190"])
    assert [change.controls for change in only.changes] == [("HW-RDP-PW-06",)]
    skipped = sleeper().plan(PowerPolicy, **everything, skip=["HW-RDP-PW-02", "CIS-WS2022-18.9.33.6.1"])
    assert not {"PW-02", "PW-07"} & set(statuses(skipped))
    assert len(statuses(skipped)) == 6


VALUE = st.one_of(st.none(), st.integers(0, 7200))
POLICY_VALUE = st.one_of(st.none(), st.none(), st.integers(0, 7200))


@st.composite
def hosts(draw: st.DrawFn) -> Sample:
    """A machine with any values in its scheme and in its policy, or with none."""
    sample = sleeper()
    assert sample.power
    for one in IN_SCHEME:
        values = {source: draw(VALUE) for source in SOURCES}
        sample.power["settings"][one.guid.lower()] = {source: value for source, value in values.items() if value is not None}
    for one in SETTINGS:
        values = {POLICY_NAMES[source]: draw(POLICY_VALUE) for source in SOURCES}
        sample.registry[place(one.guid)] = {name: number(value) for name, value in values.items() if value is not None}
    return sample


@settings(max_examples=60, deadline=None, derandomize=True)
@given(hosts(), st.permutations(SETTINGS), st.sampled_from(["local", "policy"]), st.integers(0, 3), st.booleans())
def test_applied_it_is_empty_and_undone_it_is_as_before(host: Sample, order: list[Any], scope: str, minutes: int, yes: bool) -> None:
    options = {one.option: {"dc": minutes if one.minutes else yes, "ac": minutes if one.minutes else yes} for one in order}
    before = copy.deepcopy(host)
    plan = host.plan(PowerPolicy, scope=scope, **options)
    assert plan == host.plan(PowerPolicy, scope=scope, **dict(sorted(options.items())))
    host.apply(plan)
    assert host.plan(PowerPolicy, scope=scope, **options).empty
    host.undo(plan)
    assert (host.power, host.registry) == (before.power, before.registry)
