# SPDX-License-Identifier: GPL-3.0-or-later
"""Password policy and lockout: one setting at a time, options in any order, what is selected, and what is stricter already."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import merge_plans
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from unit.rdp.account_policies import LOCKED, STIG, as_deploy, plan, shown
from unit.rdp.people import standalone
from unit.rdp.samples import statuses


@given(data=st.data())
def test_flip_of_each_setting_is_exactly_that_change(data: st.DataObject) -> None:
    host = standalone()
    host.apply(plan(host, **STIG))
    key, found = data.draw(
        st.sampled_from(
            [
                ("PasswordHistorySize", 5),
                ("MaximumPasswordAge", -1),
                ("MinimumPasswordAge", 0),
                ("MinimumPasswordLength", 12),
                ("PasswordComplexity", 0),
                ("ClearTextPassword", 1),
                ("LockoutBadCount", 9),
                ("LockoutDuration", 60),
                ("ResetLockoutCount", 16),
                ("AllowAdministratorLockout", 0),
            ]
        )
    )
    host.policy[key] = found
    again = plan(host, accept_unknown_password_age=True, **STIG)
    assert list(shown(again)) == [key]
    assert list(statuses(again).values()).count("changed") == 1
    before = copy.deepcopy(host.policy)
    host.apply(again)
    assert plan(host, **STIG).empty
    host.undo(again)
    assert host.policy == before


@given(order=st.permutations(list(STIG)))
def test_the_order_of_options_does_not_matter(order: list[str]) -> None:
    assert plan(standalone(), **{name: STIG[name] for name in order}) == plan(standalone(), **STIG)


def test_only_and_skip_by_any_id() -> None:
    assert list(shown(plan(standalone(), only=["V-254288"], **STIG))) == ["PasswordHistorySize"]
    assert "PasswordHistorySize" not in shown(plan(standalone(), skip=["CIS-WS2022-1.1.1"], **STIG))


def test_two_resources_of_a_task() -> None:
    host = standalone()
    first, second = plan(host, minimum_password_length=14), plan(host, password_history=24, minimum_password_length=14)
    assert len(merge_plans([first, second]).changes) == 2
    with pytest.raises(HardeningError, match="disagree on account policy: MinimumPasswordLength"):
        merge_plans([first, plan(host, minimum_password_length=12)])


def test_nothing_given_is_nothing_done() -> None:
    assert plan(standalone(), minimum_password_length=None, lockout={"threshold": None}).empty


# option, what it asks for, what stands on the host, whether that is stricter
BOUNDS: list[tuple[dict[str, Any], dict[str, int], bool]] = [
    ({"minimum_password_length": 12}, {"MinimumPasswordLength": 16}, True),
    ({"minimum_password_length": 12}, {"MinimumPasswordLength": 11}, False),
    ({"password_history": 5}, {"PasswordHistorySize": 24}, True),
    ({"minimum_password_age": 1}, {"MinimumPasswordAge": 2}, True),
    ({"maximum_password_age": 365}, {"MaximumPasswordAge": 42}, True),
    ({"maximum_password_age": 60}, {"MaximumPasswordAge": -1}, False),
    ({"maximum_password_age": 0}, {"MaximumPasswordAge": 42}, False),
    ({"lockout": {"threshold": 5}}, {**LOCKED, "LockoutBadCount": 3}, True),
    ({"lockout": {"threshold": 5}}, {**LOCKED, "LockoutBadCount": 6}, False),
    ({"lockout": {"threshold": 0}}, LOCKED, False),
    ({"lockout": {"duration": "15"}}, LOCKED, True),
    ({"lockout": {"duration": "60"}}, {**LOCKED, "LockoutDuration": -1}, True),
    ({"lockout": {"duration": "until_unlocked"}}, LOCKED, False),
    ({"lockout": {"reset_after": 10}}, LOCKED, True),
    ({"password_complexity": False}, {"PasswordComplexity": 1}, False),
]


@pytest.mark.parametrize(("options", "stands", "stricter"), BOUNDS)
def test_what_is_stricter_already_is_kept(options: dict[str, Any], stands: dict[str, int], stricter: bool) -> None:
    host = as_deploy(age=1, expires=True)
    host.policy.update(stands)
    kept = plan(host, stricter="keep", **options)
    assert kept.empty == stricter
    assert {control.status for control in kept.controls} <= {"compliant" if stricter else "changed"}
    assert host.plan(AccountPolicy, **options).empty == stricter
    assert not plan(host, stricter="replace", **options).empty
