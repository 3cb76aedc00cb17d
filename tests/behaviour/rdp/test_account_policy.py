# SPDX-License-Identifier: GPL-3.0-or-later
"""The account policy from wrong values, from values that Group Policy owns, and back again; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, assert_refused, changed, state
from behaviour.rdp.crashes import assert_every_crash_can_be_undone
from behaviour.rdp.security_seeding import own_settings, set_security, statuses
from lab import boxes
from lab.box import Box

STIG: dict[str, Any] = {
    "password_history": 24,
    "maximum_password_age": 60,
    "minimum_password_age": 1,
    "minimum_password_length": 14,
    "password_complexity": True,
    "reversible_encryption": False,
    "lockout": {"threshold": 3, "duration": "until_unlocked", "reset_after": 15},
    "administrator_lockout": True,
}
STORED = {
    "PasswordHistorySize": 24,
    "MaximumPasswordAge": 60,
    "MinimumPasswordAge": 1,
    "MinimumPasswordLength": 14,
    "PasswordComplexity": 1,
    "ClearTextPassword": 0,
    "LockoutBadCount": 3,
    "LockoutDuration": -1,
    "ResetLockoutCount": 15,
    "AllowAdministratorLockout": 1,
}
# the requirement of the notes first: 12 characters and more; then a wrong value for each of the others
WRONG = [
    ("minimum_password_length", 12, "MinimumPasswordLength", 7),
    ("minimum_password_length", 14, "MinimumPasswordLength", 12),
    ("password_history", 24, "PasswordHistorySize", 5),
    ("maximum_password_age", 60, "MaximumPasswordAge", -1),
    ("maximum_password_age", 0, "MaximumPasswordAge", 42),
    ("minimum_password_age", 1, "MinimumPasswordAge", 0),
    ("password_complexity", True, "PasswordComplexity", 0),
    ("reversible_encryption", False, "ClearTextPassword", 1),
    ("administrator_lockout", True, "AllowAdministratorLockout", 0),
]


def policy(**options: Any) -> list[dict[str, Any]]:
    """Exactly what the options say: every seed is a wrong value here, also one that would be stricter."""
    return [{"account_policy": {"stricter": "replace", **options}}]


def seeded(host: Host, **values: int | None) -> Host:
    set_security(host.box, "System Access", {name: None if value is None else str(value) for name, value in values.items()})
    return host


def found(box: Box) -> dict[str, str]:
    return {place.removeprefix("account policy: "): value for place, value in state(box).items() if place.startswith("account policy: ")}


def judged(value: Any, status: str) -> set[str]:
    """Passwords that never expire are what no control asks for, so that none is named."""
    return set() if value == 0 and value is not False else {status}


def test_the_whole_policy_in_one_write(host: Host) -> None:
    result = assert_converges(host, policy(**STIG))
    assert "failed" not in result
    values = found(host.box)
    assert {name: values[name.lower()] for name in STORED} == {name: str(value) for name, value in STORED.items()}
    apply = next(request for request in host.requests if request["operation"] == "apply")
    assert [step["operation"]["provider"] for step in apply["batch"]] == ["security"]


@python_is_enough(lambda parameters: parameters["key"] != "MinimumPasswordLength")
@pytest.mark.parametrize(("option", "value", "key", "wrong"), WRONG)
def test_each_setting_from_wrong(host: Host, option: str, value: Any, key: str, wrong: int) -> None:
    seeded(host, **{key: wrong})
    result = assert_converges(host, policy(**{option: value}, accept_unknown_password_age=True))
    assert [change["target"] for change in result["changes"]] == [f"account policy: {key}"]
    assert set(statuses(result).values()) == judged(value, "changed")


@python_is_enough(lambda parameters: parameters["key"] != "MinimumPasswordLength")
@pytest.mark.parametrize(("option", "value", "key", "wrong"), WRONG)
def test_each_setting_from_wrong_and_owned_by_policy(host: Host, option: str, value: Any, key: str, wrong: int) -> None:
    own_settings(seeded(host, **{key: wrong}).box, {key: wrong})
    before = state(host.box)
    result = host.converge(policy(**{option: value}))
    assert result["failed"]
    assert not result["changed"]
    assert "from Default Domain Policy" in result["msg"]
    assert set(statuses(result).values()) == judged(value, "overridden")
    assert state(host.box) == before


@python_is_enough(lambda parameters: parameters["key"] not in ("PasswordComplexity", "LockoutDuration"))
@pytest.mark.parametrize("key", STORED)
def test_flip_of_each_setting_is_exactly_that_change(host: Host, key: str) -> None:
    assert "failed" not in host.converge(policy(**STIG))
    wrong = {"LockoutBadCount": 9, "LockoutDuration": 60, "ResetLockoutCount": 16}.get(key, 1 - STORED[key] if STORED[key] in (0, 1) else 7)
    checked = seeded(host, **{key: wrong}).converge(policy(**STIG, accept_unknown_password_age=True), check=True)
    assert [change["target"] for change in checked["changes"]] == [f"account policy: {key}"]
    assert list(statuses(checked).values()).count("changed") == 1


def test_longer_passwords_are_not_made_shorter(host: Host) -> None:
    seeded(host, MinimumPasswordLength=16)
    result = assert_converges(host, policy(minimum_password_length=12, stricter="keep"))
    assert (result["changed"], found(host.box)["minimumpasswordlength"]) == (False, "16")


BAD = [
    {"lockout": {"threshold": 5, "duration": "15", "reset_after": 30}},
    {"lockout": {"threshold": 5}},
    {"lockout": {"duration": "15", "reset_after": 15}},
    {"lockout": {"threshold": 0, "duration": "15"}},
    {"minimum_password_age": 42},
    {"minimum_password_length": 15},
    {"minimum_password_length": 129},
    {"lockout": {"threshold": 5, "duration": "soon", "reset_after": 5}},
]


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("options", BAD)
def test_bad_input_changes_nothing(host: Host, options: dict[str, Any]) -> None:
    assert_refused(host, policy(password_history=24, **options), "Nothing was changed: ")


def test_a_password_that_would_expire(host: Host) -> None:
    accounts = host.box.read_json("accounts")
    for user in accounts["users"]:
        if user["name"] == "deploy":
            user |= {"password_last_set": "2020-01-01T00:00:00Z", "password_expires": True}
    host.box.write_json("accounts", accounts)
    seeded(host, MaximumPasswordAge=-1)
    assert_refused(host, policy(maximum_password_age=60), "would expire the password of WEB22\\deploy")


def test_what_windows_itself_refuses_is_reported_and_nothing_is_written(host: Host) -> None:
    """The times of a lockout that somebody changed between the reading and the writing."""
    seeded(host, LockoutBadCount=5, LockoutDuration=30, ResetLockoutCount=30)

    def meanwhile(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if request["operation"] == "apply":
            seeded(host, LockoutDuration=45)
        return answer()

    host.on_the_way = meanwhile
    result = host.converge(policy(lockout={"duration": "60", "reset_after": 60}))
    assert result["failed"]
    assert "something else changed it meanwhile" in result["msg"]
    assert found(host.box)["lockoutduration"] == "45"


@python_is_enough(lambda parameters: parameters["name"] not in ("german2022", "domain_controller"))
@pytest.mark.parametrize("name", ["default2016", "default2019", "german2022", "default2025", "domain_controller"])
def test_hosts_that_differ(host_of: Callable[[Box], Host], tmp_path: Path, name: str) -> None:
    host = host_of(boxes.build(name, tmp_path / "box"))
    before = state(host.box)
    result = host.converge(policy(**STIG))
    if name == "domain_controller":
        assert "This host is a domain controller" in result["msg"]
        assert (state(host.box), set(statuses(result).values())) == (before, {"overridden", "compliant"})
        return
    assert "failed" not in result
    expected = {"AP-10": "not_applicable"} if name == "default2016" else {}
    assert {end: status for end, status in statuses(result).items() if status == "not_applicable"} == expected
    assert host.undo(result["journal"][0].rpartition("\\")[2].removesuffix(".jsonl"))["changed"]
    assert changed(before, state(host.box)) == set()


@python_is_enough(lambda parameters: parameters["options"] is not STIG)
@pytest.mark.parametrize("options", [STIG, {"lockout": {"threshold": 5, "duration": "15", "reset_after": 15}}], ids=["stig", "lockout"])
def test_undo_of_a_whole_run_and_after_a_crash_at_every_write(host: Host, options: dict[str, Any]) -> None:
    assert_every_crash_can_be_undone(host, policy(**options, relax_minimum_password_length_limits=True))


@python_is_enough(lambda parameters: True)
def test_undo_of_a_lockout_that_was_switched_off(host: Host) -> None:
    seeded(host, LockoutBadCount=5, LockoutDuration=30, ResetLockoutCount=15)
    assert_every_crash_can_be_undone(host, policy(lockout={"threshold": 0}))
