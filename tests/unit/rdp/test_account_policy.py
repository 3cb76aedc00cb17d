# SPDX-License-Identifier: GPL-3.0-or-later
"""Password policy and lockout: what changes, what is refused, and that it can be taken back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.diff import render_diff
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Outcome
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp import undoing
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from unit.core.samples import FACTS
from unit.rdp.account_policies import LOCKED, LOCKOUT, STIG, as_deploy, plan, shown, values
from unit.rdp.people import ADMINISTRATOR, ANNA, SAM, People, controller, fresh_policy, standalone, user
from unit.rdp.samples import WINRM_HTTP, number, statuses


def refusal(host: People, **options: Any) -> str:
    before = copy.deepcopy(host)
    with pytest.raises(HardeningError) as problem:
        plan(host, **options)
    assert host == before
    assert str(problem.value).startswith("Nothing was changed: ")
    return str(problem.value)


# -- one operation, one line for each setting ------------------------------------------------------------


def test_everything_in_one_operation_and_a_line_for_each_setting() -> None:
    host = standalone()
    found = plan(host, **STIG)
    assert values(found) == {
        "PasswordHistorySize": 24,
        "MaximumPasswordAge": 60,
        "MinimumPasswordAge": 1,
        "MinimumPasswordLength": 14,
        "PasswordComplexity": 1,
        "LockoutBadCount": 3,
        "LockoutDuration": -1,
        "ResetLockoutCount": 15,
        "AllowAdministratorLockout": 1,
    }
    assert shown(found) == {
        "PasswordHistorySize": ("0", "24"),
        "MaximumPasswordAge": ("42", "60"),
        "MinimumPasswordAge": ("0", "1"),
        "MinimumPasswordLength": ("0", "14"),
        "PasswordComplexity": ("0 (false)", "1 (true)"),
        "LockoutBadCount": ("0", "3"),
        "LockoutDuration": ("absent", "-1 (until_unlocked)"),
        "ResetLockoutCount": ("absent", "15"),
        "AllowAdministratorLockout": ("0 (false)", "1 (true)"),
    }
    (diff,) = render_diff(found.changes)
    assert "MinimumPasswordLength: 0\n" in diff["before"]
    assert "MinimumPasswordLength: 14\n" in diff["after"]
    assert "LockoutDuration" not in diff["before"]


def test_compliant_after_the_apply_and_as_before_after_the_undo() -> None:
    host = standalone()
    found = plan(host, **STIG)
    host.apply(found)
    again = plan(host, **STIG)
    assert again.empty
    assert set(statuses(again).values()) == {"compliant"}
    host.undo(found)
    assert host.policy == fresh_policy()


def test_the_undo_of_a_lockout_that_was_off_puts_nothing_but_the_zero_back() -> None:
    (change,) = plan(standalone(), **LOCKOUT).changes
    assert change.undo.parameters == {"values": {"LockoutBadCount": 0}, "planned": {"values": LOCKED}}
    assert change.operation.parameters["planned"] == {"values": {"LockoutBadCount": 0, "LockoutDuration": None, "ResetLockoutCount": None}}


def test_a_lockout_that_is_switched_off_comes_back_whole() -> None:
    host = standalone(policy=fresh_policy() | LOCKED)
    found = plan(host, lockout={"threshold": 0})
    assert values(found) == {"LockoutBadCount": 0}
    assert shown(found) == {
        "LockoutBadCount": ("5", "0"),
        "LockoutDuration": ("30", "absent"),
        "ResetLockoutCount": ("15", "absent"),
    }
    host.apply(found)
    assert host.policy == fresh_policy()
    host.undo(found)
    assert host.policy == fresh_policy() | LOCKED


def test_a_change_that_is_taken_back_and_its_result_are_shown_line_by_line() -> None:
    found = plan(standalone(), **LOCKOUT)
    (change,) = found.changes
    assert [(part.target, part.before, part.after) for part in change.reversed.shown] == [
        (part.target, part.after, part.before) for part in change.shown
    ]
    assert change.reversed.reversed == change
    result = task_result(Outcome(found, HostFacts.from_answer(FACTS)), check=True, diff=True)
    assert [one["target"] for one in result["changes"]] == [f"account policy: {name}" for name in LOCKED]


def test_one_value_of_a_lockout_is_written_with_the_other_two() -> None:
    found = plan(standalone(policy=fresh_policy() | LOCKED), lockout={"threshold": 3})
    assert values(found) == LOCKED | {"LockoutBadCount": 3}
    assert shown(found) == {"LockoutBadCount": ("5", "3")}


def test_the_operation_is_judged_by_the_undo_as_it_lies_in_a_journal() -> None:
    host = standalone()
    (change,) = plan(host, **LOCKOUT).changes
    read = undoing.read_for(change.operation)
    assert undoing.holds(change.operation, host._observations([read]))
    assert not undoing.holds(change.undo, host._observations([read]))
    host.perform(change.operation)
    assert undoing.holds(change.undo, host._observations([read]))
    assert not undoing.holds(change.operation, host._observations([read]))


def test_never_expires_is_minus_one_for_secedit_and_zero_is_the_same() -> None:
    assert values(plan(standalone(), maximum_password_age=0)) == {"MaximumPasswordAge": -1}
    for stored in (-1, 0):
        assert plan(standalone(policy=fresh_policy() | {"MaximumPasswordAge": stored}), maximum_password_age=0).empty


# -- what is refused -------------------------------------------------------------------------------------

IMPOSSIBLE = [
    ({"lockout": {"threshold": 5, "duration": "15", "reset_after": 30}}, "reset_after (30 minutes) is longer than"),
    ({"lockout": {"duration": "15", "reset_after": 30}}, "reset_after (30 minutes) is longer than"),
    ({"lockout": {"threshold": 0, "duration": "15"}}, "while lockout.threshold is 0"),
    ({"minimum_password_age": 30, "maximum_password_age": 30}, "not below maximum_password_age"),
    ({"minimum_password_length": 15, "relax_minimum_password_length_limits": False}, "at most 14"),
    ({"minimum_password_length": 129}, "from 0 to 128"),
    ({"password_history": 25}, "from 0 to 24"),
    ({"lockout": {"duration": "a while"}}, "from 1 to 99999, or until_unlocked"),
    ({"lockout": {"duration": "0"}}, "from 1 to 99999"),
    ({"maximum_password_age": -1}, "from 0 to 999"),
]


@pytest.mark.parametrize(("options", "reason"), IMPOSSIBLE)
def test_options_that_no_host_takes_are_refused_before_any_trip(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(HardeningError, match="^Nothing was changed: ") as problem:
        AccountPolicy(options)
    assert reason in str(problem.value)


@pytest.mark.parametrize(
    ("policy", "options", "reason"),
    [
        (LOCKED, {"lockout": {"duration": "10"}}, "reset_after (15 minutes) is longer than"),
        (LOCKED, {"lockout": {"reset_after": 31}}, "reset_after (31 minutes) is longer than"),
        ({}, {"lockout": {"threshold": 5}}, "Give lockout.duration and lockout.reset_after as well"),
        ({}, {"lockout": {"duration": "15", "reset_after": 15}}, "Give a lockout.threshold"),
        ({}, {"minimum_password_age": 42}, "not below maximum_password_age (42 days)"),
        ({"MinimumPasswordAge": 30}, {"maximum_password_age": 30, "accept_unknown_password_age": True}, "minimum_password_age (30 days)"),
        ({}, {"minimum_password_length": 15}, "at most 14"),
        ({"MinimumPasswordLength": 20}, {"relax_minimum_password_length_limits": False}, "at most 14"),
    ],
)
def test_values_that_do_not_fit_what_is_in_effect(policy: dict[str, int], options: dict[str, Any], reason: str) -> None:
    host = standalone(policy=fresh_policy() | policy)
    host.registry[SAM] = {"RelaxMinimumPasswordLengthLimits": number(1)} if policy.get("MinimumPasswordLength") else {}
    assert reason in refusal(host, **options)


# -- the connection's own account ------------------------------------------------------------------------


def test_a_maximum_age_that_would_expire_the_connections_password_is_refused() -> None:
    host = as_deploy(age=30, expires=True)
    assert "it is 30 days old" in refusal(host, maximum_password_age=30, accept_unknown_password_age=True)
    assert not plan(host, maximum_password_age=31).empty


def test_an_unknown_age_is_refused_unless_it_is_accepted() -> None:
    assert "its age is not known" in refusal(as_deploy(age=None, expires=True), maximum_password_age=60)
    assert not plan(as_deploy(age=None, expires=True), maximum_password_age=60, accept_unknown_password_age=True).empty


def test_an_exempt_account_does_not_expire() -> None:
    assert not plan(as_deploy(age=400, expires=False), maximum_password_age=60).empty


def test_while_no_password_expires_nobody_is_known_to_be_exempt() -> None:
    host = as_deploy(age=400, expires=False, maximum=-1)
    assert "no password of the host expires so far" in refusal(host, maximum_password_age=60)
    assert not plan(host, maximum_password_age=60, accept_unknown_password_age=True).empty


def test_a_domain_account_is_not_the_hosts_to_expire() -> None:
    host = standalone(session="S-1-5-21-77-88-99-1104")
    host.names["deploy"] = ("S-1-5-21-77-88-99-1104", "CORP\\deploy")
    assert not plan(host, maximum_password_age=1).empty


def test_the_account_of_the_connection_counts_and_not_that_of_become() -> None:
    host = as_deploy(age=50, expires=True, maximum=60)
    host.session = ANNA  # become: her password is younger
    assert "it is 50 days old" in refusal(host, maximum_password_age=45)


def test_a_new_lockout_says_whom_it_can_lock_out() -> None:
    (warning,) = plan(standalone(), **LOCKOUT).warnings
    assert "can lock WEBDE\\deploy" in warning
    (warning,) = plan(standalone(policy=fresh_policy() | LOCKED), lockout={"threshold": 3}).warnings
    assert "can lock WEBDE\\deploy" in warning
    assert "by 3 wrong passwords" in warning
    assert plan(standalone(policy=fresh_policy() | LOCKED), lockout={"threshold": 6}).warnings == ()


@pytest.mark.parametrize(
    ("before", "options", "warned"),
    [
        ({**LOCKED, "AllowAdministratorLockout": 0}, {"administrator_lockout": True}, True),
        ({"AllowAdministratorLockout": 0}, {"administrator_lockout": True}, False),
        ({"AllowAdministratorLockout": 1}, LOCKOUT, True),
        ({"AllowAdministratorLockout": 0}, LOCKOUT, False),
        ({**LOCKED, "AllowAdministratorLockout": 1}, {"lockout": {"threshold": 4}}, True),
        ({**LOCKED, "AllowAdministratorLockout": 0}, {"lockout": {"threshold": 4}}, False),
        ({**LOCKED, "AllowAdministratorLockout": 1}, {"administrator_lockout": False}, False),
        ({**LOCKED, "AllowAdministratorLockout": 1}, {"password_history": 24}, False),
    ],
)
def test_the_built_in_administrators_connection_is_warned_of_its_lockout(
    before: dict[str, int], options: dict[str, Any], warned: bool
) -> None:
    host = standalone(policy=fresh_policy() | before, session=ADMINISTRATOR)
    host.names["deploy"] = (ADMINISTRATOR, "WEBDE\\Administrator")
    assert any("can lock WEBDE\\Administrator" in one for one in plan(host, **options).warnings) is warned


# -- the passwords of others -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "maximum", "named"),
    [
        (100, 60, "ben"),  # Administrator's password of 170 days is expired already
        (200, 60, "Administrator, ben"),
        (200, 70, "Administrator, ben"),
        (200, 71, "Administrator"),
        (200, 20, "Administrator, anna, ben"),
        (200, 171, None),
        (42, 60, None),
        (200, 0, None),
        (-1, 60, "Administrator, ben"),
    ],
)
def test_whose_passwords_a_new_maximum_age_expires(before: int, maximum: int, named: str | None) -> None:
    host = as_deploy(age=5, expires=True, maximum=before)
    found = plan(host, maximum_password_age=maximum, accept_unknown_password_age=True).warnings
    assert len(found) == (named is not None)
    if named:
        assert f"expires the passwords of {named} at once" in found[0]
        assert ("unless they are exempt" in found[0]) is (before == -1)


def test_the_connections_own_password_is_named_where_its_age_was_accepted() -> None:
    (warning,) = plan(as_deploy(age=400, expires=False, maximum=-1), maximum_password_age=200, accept_unknown_password_age=True).warnings
    assert "expires the passwords of deploy at once, unless" in warning


def test_who_is_disabled_exempt_or_without_a_password_does_not_expire() -> None:
    host = as_deploy(age=5, expires=True, maximum=200)
    assert host.users is not None
    for place, kept in ((0, {"enabled": False}), (3, {"age": None}), (4, {"age": 70, "expires": False})):
        host.users[place] = user(host.users[place]["name"], host.users[place]["sid"], **{"age": 170, **kept})
    assert plan(host, maximum_password_age=60).warnings == ()


# -- hosts that differ -----------------------------------------------------------------------------------


def test_a_host_without_the_administrators_lockout() -> None:
    policy = fresh_policy()
    del policy["AllowAdministratorLockout"]
    found = plan(standalone(policy=policy), administrator_lockout=True)
    assert found.empty
    assert statuses(found) == {"AP-10": "not_applicable"}


@pytest.mark.parametrize(("build", "status"), [(17763, "not_applicable"), (20348, "changed"), (26100, "changed")])
def test_longer_lengths_by_version(build: int, status: str) -> None:
    host = standalone()
    host.facts["build"] = build
    assert statuses(plan(host, relax_minimum_password_length_limits=True)) == {"AP-06": status}


def test_a_length_over_14_is_let_in_before_it_is_written() -> None:
    host = standalone()
    found = plan(host, minimum_password_length=20, relax_minimum_password_length_limits=True)
    assert [change.operation.provider for change in found.changes] == ["registry", "security"]
    host.apply(found)
    assert plan(host, minimum_password_length=20).empty
    host.undo(found)
    assert (host.policy, host.registry[SAM]) == (fresh_policy(), {})


def test_a_domain_controller_is_judged_and_left_alone() -> None:
    host = controller(policy=fresh_policy() | {"MinimumPasswordLength": 14})
    found = plan(host, minimum_password_length=14, password_history=24, relax_minimum_password_length_limits=True, **LOCKOUT)
    assert found.empty
    expected = dict.fromkeys(["AP-01", "AP-06", "AP-08", "AP-09", "AP-11"], "overridden") | {"AP-04": "compliant"}
    assert statuses(found) == expected
    assert all("This host is a domain controller" in failure for failure in found.failures)
    assert len(found.failures) == 5


@pytest.mark.parametrize("report", [False, True])
def test_what_group_policy_owns_is_left_alone(report: bool) -> None:
    host = standalone(owned_account=["MinimumPasswordLength", "LockoutBadCount"])
    options: dict[str, Any] = {"on_override": "report"} if report else {}
    found = plan(host, minimum_password_length=14, password_complexity=True, **LOCKOUT, **options)
    assert shown(found) == {"PasswordComplexity": ("0 (false)", "1 (true)")}
    assert statuses(found) == {
        "AP-04": "overridden",
        "AP-05": "changed",
        "AP-08": "overridden",
        "AP-09": "overridden",
        "AP-11": "overridden",
    }
    assert {one.file for one in found.overrides} == {"Servers"}
    assert len(found.failures) == (0 if report else 4)
    assert sum("Overridden by Group Policy" in one for one in found.warnings) == (4 if report else 0)


def test_what_group_policy_owns_and_is_as_wanted_is_compliant() -> None:
    host = standalone(policy=fresh_policy() | {"MinimumPasswordLength": 14}, owned_account=["MinimumPasswordLength"])
    found = plan(host, minimum_password_length=14)
    assert (found.empty, found.failures, statuses(found)) == (True, (), {"AP-04": "compliant"})
    assert "owned by Servers" in found.controls[0].evidence[0]


def test_an_unknown_owner_is_said() -> None:
    (warning,) = plan(standalone(known=False), password_complexity=True).warnings
    assert "no resultant set of policy" in warning


def test_the_policy_that_cannot_be_read() -> None:
    host = standalone()
    resource = AccountPolicy({"password_history": 24})
    resource.connection = WINRM_HTTP
    observations, facts = host.observe(resource)
    refused = type(observations)(resource.reads(), [observations[read] for read in resource.reads()])
    refused._results[resource.reads()[0].identity] = host._members("S-1-5-32-999")
    with pytest.raises(HardeningError, match="^Nothing was changed: the account policy cannot be read: "):
        resource.plan(refused, facts)
