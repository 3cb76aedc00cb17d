# SPDX-License-Identifier: GPL-3.0-or-later
"""A setting in the registry: what is in effect, who owns it, and where a wanted value goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import Control
from ansible_collections.hardening.windows.plugins.plugin_utils._core.draft import PlanDraft
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Place, Registry, key_read
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.ownership import Ownership, owned_read
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.setting import Setting, SettingPlanner, setting_reads

LOCAL, POLICY = Place(r"Local\Key", "Level"), Place(r"Policy\Key", "Level")
ENABLER = Place(r"Local\Key", "fInheritLevel")
WORDS = {"low": 1, "high": 3}
CONTROL = Control("X-1", "One", "because", "somewhere")
BOTH = Setting("level", LOCAL, POLICY, "a test", WORDS, default=1, controls=(CONTROL,))
POLICY_ONLY = Setting("level", None, POLICY, "a test", WORDS, controls=(CONTROL,))
INHERITED = Setting("level", LOCAL, POLICY, "a test", WORDS, default=1, enabler=ENABLER)
RESTARTED = Setting("level", LOCAL, None, "a test", WORDS, restarts="TermService", reboot=True)

Values = Mapping[Place, Any]


def observe(values: Values, gpo: str | None = None, known: bool = True) -> Observations:
    reads = [*setting_reads([BOTH, INHERITED]), owned_read()]
    keys: dict[str, dict[str, Any]] = {LOCAL.key: {}, POLICY.key: {}}
    for place, value in values.items():
        keys[place.key][place.name.upper()] = {"kind": "String" if isinstance(value, str) else "DWord", "value": value}
    owned = [{"key": POLICY.key.lower(), "name": "LEVEL", "gpo": gpo}] if gpo else []
    rsop = {"known": known, "registry": owned, "rights": [], "groups": [], "account": []}
    answers = [{"exists": True, "values": keys[key], "subkeys": []} for key in (LOCAL.key, POLICY.key)]
    return Observations(reads, [Observation(value=answer) for answer in (*answers, rsop)])


def plan(setting: Setting, wanted: str, values: Values, scope: str = "local", fail: bool = True, **policy: Any) -> Plan:
    observations = observe(values, **policy)
    draft = PlanDraft()
    SettingPlanner(Registry(observations), Ownership.observed(observations), scope, fail, draft).plan(setting, wanted)
    return draft.plan()


def written(found: Plan) -> dict[str, tuple[str, str]]:
    return {change.path: (change.before, change.after) for change in found.changes}


AT_LOCAL, AT_POLICY = r"HKLM\Local\Key: Level", r"HKLM\Policy\Key: Level"


def test_one_read_for_each_key() -> None:
    assert setting_reads([BOTH, INHERITED, POLICY_ONLY]) == [key_read(LOCAL.key), key_read(POLICY.key)]


def test_a_local_value_is_changed_in_place() -> None:
    found = plan(BOTH, "high", {LOCAL: 1})
    assert written(found) == {AT_LOCAL: ("1 (low)", "3 (high)")}
    assert found.controls[0].status == "changed"
    assert found.changes[0].operation.parameters["planned"] == {"exists": True, "kind": "DWord", "value": 1}
    assert found.changes[0].undo.parameters["planned"] == {"exists": True, "kind": "DWord", "value": 3}


def test_a_value_that_is_not_there_is_added_and_its_undo_takes_it_away() -> None:
    (change,) = plan(BOTH, "high", {}).changes
    assert (change.before, change.after) == ("absent", "3 (high)")
    assert (change.undo.name, change.operation.parameters["planned"]) == ("delete", {"exists": False})


def test_the_default_complies_where_nothing_stands() -> None:
    found = plan(BOTH, "low", {})
    assert (found.empty, found.controls[0].status) == (True, "compliant")
    assert "Windows' default" in found.controls[0].evidence[0]
    # a default that is not certain is not taken for granted
    assert written(plan(RESTARTED, "low", {})) == {AT_LOCAL: ("absent", "1 (low)")}


def test_a_policy_value_wins_over_a_right_local_one() -> None:
    found = plan(BOTH, "high", {LOCAL: 3, POLICY: 1})
    assert written(found) == {AT_POLICY: ("1 (low)", "3 (high)")}


def test_a_right_policy_value_complies_whoever_owns_it() -> None:
    for policy in ({}, {"gpo": "Servers"}, {"known": False}):
        found = plan(BOTH, "high", {LOCAL: 1, POLICY: 3}, **policy)
        assert (found.empty, found.failures) == (True, ())
    assert "Servers" in plan(BOTH, "high", {POLICY: 3}, gpo="Servers").controls[0].evidence[0]


@pytest.mark.parametrize("scope", ["local", "policy"])
@pytest.mark.parametrize("fail", [True, False])
def test_a_value_that_group_policy_owns_is_never_fought(scope: str, fail: bool) -> None:
    found = plan(BOTH, "high", {LOCAL: 3, POLICY: 1}, scope, fail, gpo="Servers")
    assert found.empty
    assert found.controls[0].status == "overridden"
    (override,) = found.overrides
    assert (override.setting, override.wanted, override.found, override.file) == ("level", "3 (high)", "1 (low)", "Servers")
    (sentence,) = found.failures or found.warnings
    assert bool(found.failures) == fail
    assert all(part in sentence for part in ("level is 1 (low) instead of 3 (high)", AT_POLICY, "Servers", "change the policy object"))


def test_an_owner_that_is_not_known_is_not_fought_either() -> None:
    found = plan(BOTH, "high", {POLICY: 1}, known=False)
    assert found.empty
    assert "no resultant set of policy" in found.failures[0]


def test_the_policy_scope_is_for_auditors_who_look_there() -> None:
    assert written(plan(BOTH, "high", {LOCAL: 3}, "policy")) == {AT_POLICY: ("absent", "3 (high)")}
    assert plan(BOTH, "high", {LOCAL: 1, POLICY: 3}, "policy").empty


def test_a_setting_without_a_local_place_goes_to_the_policy_place() -> None:
    assert POLICY_ONLY.local is None
    assert written(plan(POLICY_ONLY, "high", {})) == {AT_POLICY: ("absent", "3 (high)")}


def test_a_setting_without_a_policy_place_stays_local_in_the_policy_scope() -> None:
    assert written(plan(RESTARTED, "high", {LOCAL: 1}, "policy")) == {AT_LOCAL: ("1 (low)", "3 (high)")}


def test_what_a_change_needs_is_only_needed_for_a_change() -> None:
    changed, kept = plan(RESTARTED, "high", {LOCAL: 1}), plan(RESTARTED, "high", {LOCAL: 3})
    assert (changed.stages[0].restarts, changed.reboot_required) == (("TermService",), True)
    assert (kept.stages, kept.reboot_required) == ((), False)


def test_a_local_value_that_is_switched_off_is_switched_on() -> None:
    enabler = r"HKLM\Local\Key: fInheritLevel"
    assert written(plan(INHERITED, "high", {LOCAL: 3, ENABLER: 1})) == {enabler: ("1", "0")}
    assert written(plan(INHERITED, "high", {LOCAL: 1, ENABLER: 1})) == {AT_LOCAL: ("1 (low)", "3 (high)"), enabler: ("1", "0")}
    assert plan(INHERITED, "high", {LOCAL: 3, ENABLER: 0}).empty
    # switched off, the default is in effect, whatever stands there
    assert plan(INHERITED, "low", {LOCAL: 3, ENABLER: 1}).empty


def test_a_policy_that_was_disabled_may_hold_text() -> None:
    number = Setting("minutes", None, POLICY, "a test")
    observations = observe({POLICY: "0"})
    draft = PlanDraft()
    SettingPlanner(Registry(observations), Ownership.observed(observations), "local", True, draft).plan(number, 0)
    assert draft.changes == []


def test_a_key_that_cannot_be_read_is_named() -> None:
    reads = [key_read(LOCAL.key)]
    failed = Observations(reads, [Observation(failure=Failure("access_denied", "Access is denied.", "0x80070005"))])
    with pytest.raises(HardeningError, match=r"HKLM\\Local\\Key cannot be read: Access is denied"):
        Registry(failed).found(LOCAL)


PLACES = st.dictionaries(st.sampled_from([LOCAL, POLICY, ENABLER]), st.sampled_from([0, 1, 3]))


@given(PLACES, st.sampled_from(["low", "high"]), st.sampled_from(["local", "policy"]), st.sampled_from([BOTH, INHERITED, POLICY_ONLY]))
def test_a_plan_is_empty_once_it_is_applied(values: dict[Place, int], wanted: str, scope: str, setting: Setting) -> None:
    after = dict(values)
    for change in plan(setting, wanted, values, scope).changes:
        place = next(place for place in (LOCAL, POLICY, ENABLER) if f"{place.path}: {place.name}" == change.path)
        after[place] = change.operation.parameters["value"]
    assert plan(setting, wanted, after, scope).empty
