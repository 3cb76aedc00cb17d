# SPDX-License-Identifier: GPL-3.0-or-later
"""A server does not sleep: from the wrong value in the scheme, in an unmanaged policy value, and in one that Group Policy owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import JOURNALS, Host, python_is_enough, refused_by_the_controller
from behaviour.rdp.checks import assert_converges, assert_refused, state
from behaviour.rdp.registry_seeding import GPO, own, store, stored
from lab import boxes
from lab.engine import Crashed, WriteFault

POWER_POLICY = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings"
POWER = r"SYSTEM\CurrentControlSet\Control\Power"
SLEEP = "238c9fa8-0aad-41ed-83f4-97be242c8f20"
VALUES = {"ac": "ACSettingIndex", "dc": "DCSettingIndex"}


@dataclass(frozen=True)
class Requirement:
    """option: as the module calls it. guid: of the setting. wanted: the option's value, right: what is stored then; wrong: what is seeded."""

    option: str
    guid: str
    wanted: Any
    right: int
    wrong: int
    controls: Mapping[str, str]
    in_scheme: bool = True


def _both(number: str) -> dict[str, str]:
    return {"ac": number, "dc": number}


REQUIREMENTS = (
    Requirement("sleep_after", "29f6c1db-86da-48c5-9fdb-f2b67b1f44da", 0, 0, 1800, _both("01")),
    Requirement("hibernate_after", "9d7815a6-7ee4-497e-8888-515a05f02364", 0, 0, 3600, _both("02")),
    Requirement("unattended_sleep_after", "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0", 0, 0, 120, _both("03")),
    Requirement("hybrid_sleep", "94ac6d29-73ce-41a6-809f-6363ba21b47e", False, 0, 1, _both("04")),
    Requirement("password_on_wake", "0e796bdb-100d-47d6-a2d5-f7d2daa51f51", True, 1, 0, {"dc": "05", "ac": "06"}, False),
    Requirement("network_in_standby", "f15576e8-98b7-4186-b944-eafa664402d9", False, 0, 1, {"dc": "07", "ac": "08"}, False),
)
CASES = [pytest.param(one, source, id=f"{one.option}-{source}") for one in REQUIREMENTS for source in VALUES]
AWAKE: dict[str, Any] = {one.option: {"ac": one.wanted, "dc": one.wanted} for one in REQUIREMENTS} | {"hibernation": False}


def sampled(parameters: Mapping[str, Any]) -> bool:
    return (parameters["requirement"].option, parameters["source"]) not in (("sleep_after", "ac"), ("password_on_wake", "dc"))


def policy_key(requirement: Requirement) -> str:
    return f"{POWER_POLICY}\\{requirement.guid}"


def set_scheme(host: Host, guid: str, source: str, value: int) -> None:
    power = host.box.read_json("power")
    power["subgroups"][SLEEP][guid][source] = value
    host.box.write_json("power", power)


def scheme(host: Host, guid: str, source: str) -> int:
    return int(host.box.read_json("power")["subgroups"][SLEEP][guid][source])


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {control["id"].removeprefix("HW-RDP-PW-"): control["status"] for control in result["controls"]}


def wish(requirement: Requirement, *sources: str, **more: Any) -> list[dict[str, Any]]:
    return [{"power_policy": {requirement.option: dict.fromkeys(sources, requirement.wanted), **more}}]


def test_a_new_server_sleeps_and_is_kept_awake(host: Host) -> None:
    result = assert_converges(host, [{"power_policy": AWAKE}])
    assert set(statuses(result).values()) == {"changed"}
    assert result["reboot_required"] is False
    assert all(scheme(host, one.guid, source) == 0 for one in REQUIREMENTS if one.in_scheme for source in VALUES)
    assert stored(host.box, POWER, "HibernateEnabled") == 0
    assert set(statuses(host.converge([{"power_policy": AWAKE}])).values()) == {"compliant"}


@python_is_enough(lambda parameters: True)
def test_never_sleep_is_the_three_times(host: Host) -> None:
    result = assert_converges(host, [{"power_policy": {"never_sleep": True}}])
    assert len(result["changes"]) == 6
    assert set(statuses(result)) == {"01", "02", "03"}


@python_is_enough(lambda parameters: True)
def test_minutes_become_seconds_in_the_scheme_and_as_policy(host: Host) -> None:
    sleep = REQUIREMENTS[0]
    result = assert_converges(host, [{"power_policy": {"sleep_after": {"ac": 0, "dc": 60}}}])
    assert statuses(result) == {"01": "changed"}
    assert [scheme(host, sleep.guid, source) for source in VALUES] == [0, 3600]
    assert_converges(host, [{"power_policy": {"scope": "policy", "sleep_after": {"ac": 0, "dc": 45}}}])
    assert [stored(host.box, policy_key(sleep), name) for name in VALUES.values()] == [0, 2700]


@python_is_enough(sampled)
@pytest.mark.parametrize(("requirement", "source"), [case for case in CASES if case.values[0].in_scheme])  # type: ignore[attr-defined]
def test_wrong_in_the_scheme(host: Host, requirement: Requirement, source: str) -> None:
    set_scheme(host, requirement.guid, source, requirement.wrong)
    result = assert_converges(host, wish(requirement, source))
    assert statuses(result) == {requirement.controls[source]: "changed"}
    assert scheme(host, requirement.guid, source) == requirement.right


@python_is_enough(sampled)
@pytest.mark.parametrize(("requirement", "source"), CASES)
def test_wrong_in_an_unmanaged_policy_value(host: Host, requirement: Requirement, source: str) -> None:
    """The scheme is right, the policy's value decides, and nobody owns it."""
    if requirement.in_scheme:
        set_scheme(host, requirement.guid, source, requirement.right)
    store(host.box, policy_key(requirement), **{VALUES[source]: requirement.wrong})
    result = assert_converges(host, wish(requirement, source))
    assert statuses(result) == {requirement.controls[source]: "changed"}
    assert stored(host.box, policy_key(requirement), VALUES[source]) == requirement.right


@python_is_enough(sampled)
@pytest.mark.parametrize(("requirement", "source"), CASES)
def test_wrong_and_owned_by_policy(host: Host, requirement: Requirement, source: str) -> None:
    own(host.box, policy_key(requirement), **{VALUES[source]: requirement.wrong})
    before = state(host.box)
    result = host.converge(wish(requirement, source))
    assert result["failed"] is True
    assert all(part in result["msg"] for part in ("Overridden by Group Policy", requirement.option, GPO, VALUES[source]))
    assert [item["setting"] for item in result["overrides"]] == [f"{requirement.option}.{source}"]
    assert statuses(result) == {requirement.controls[source]: "overridden"}
    assert state(host.box) == before
    reported = host.converge(wish(requirement, source, on_override="report"))
    assert "failed" not in reported
    assert any(requirement.option in warning for warning in reported["warnings"])


def test_what_the_policy_owns_is_left_and_the_rest_is_done(host: Host, tmp_path: Path) -> None:
    host.box = boxes.build("under_policy", tmp_path / "owned")
    result = host.converge([{"power_policy": {"never_sleep": True}}])
    assert result["failed"] is True
    assert len(result["changes"]) == 5
    assert scheme(host, REQUIREMENTS[0].guid, "ac") == 1200
    assert scheme(host, REQUIREMENTS[0].guid, "dc") == 0
    assert statuses(result) == {"01": "overridden", "02": "changed", "03": "changed"}


def test_what_the_machine_lacks_complies(host: Host) -> None:
    power = host.box.read_json("power")
    power["subgroups"][SLEEP] = {}
    host.box.write_json("power", power)
    result = host.converge([{"power_policy": {"never_sleep": True, "hybrid_sleep": {"ac": False, "dc": False}}}])
    assert result["changed"] is False
    assert set(statuses(result).values()) == {"compliant"}
    assert all("has no" in line for control in result["controls"] for line in control["evidence"])


def test_hibernation_that_cannot_be_told_is_left_alone(host: Host) -> None:
    store(host.box, POWER, HibernateEnabled=None, HibernateEnabledDefault=None)
    result = host.converge([{"power_policy": {"hibernation": False}}])
    assert result["changed"] is False
    assert statuses(result) == {"02": "not_applicable"}
    assert any("left alone" in warning for warning in result["warnings"])


@python_is_enough(sampled)
@pytest.mark.parametrize(("requirement", "source"), CASES)
def test_turning_one_is_one_change(host: Host, requirement: Requirement, source: str) -> None:
    assert "failed" not in host.converge([{"power_policy": AWAKE}])
    if requirement.in_scheme:
        set_scheme(host, requirement.guid, source, requirement.wrong)
    else:
        store(host.box, policy_key(requirement), **{VALUES[source]: requirement.wrong})
    (change,) = host.converge([{"power_policy": AWAKE}], check=True)["changes"]
    assert change["controls"] == [f"HW-RDP-PW-{requirement.controls[source]}"]


def test_turning_hibernation_is_one_change(host: Host) -> None:
    assert "failed" not in host.converge([{"power_policy": AWAKE}])
    store(host.box, POWER, HibernateEnabled=1)
    (change,) = host.converge([{"power_policy": AWAKE}], check=True)["changes"]
    assert change["target"] == "power scheme: hibernation"


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"sleep_after": {"ac": -1}}, ("sleep_after.ac", "minutes")),
        ({"hibernate_after": {"dc": 71582789}}, ("hibernate_after.dc", "71582788")),
        ({"never_sleep": True, "sleep_after": {"dc": 5}}, ("never_sleep contradicts sleep_after.dc",)),
        ({"never_sleep": True, "skip": ["HW-RDP-PW-99"]}, ("HW-RDP-PW-99",)),
    ],
)
def test_bad_input_changes_nothing(host: Host, options: dict[str, Any], parts: tuple[str, ...]) -> None:
    assert_refused(host, [{"power_policy": {"hibernation": False, **options}}], *parts)


def test_a_scheme_that_cannot_be_read_changes_nothing(host: Host) -> None:
    power = host.box.read_json("power")
    power["subgroups"] = {}
    host.box.write_json("power", power)
    assert_refused(host, [{"power_policy": AWAKE}], "power")


def journals(host: Host) -> list[str]:
    return sorted(file.stem for file in host.box.path(JOURNALS).glob("*.jsonl"))


@python_is_enough(lambda parameters: True)
def test_undo_of_a_whole_run(host: Host) -> None:
    before = state(host.box)
    host.outcome([{"power_policy": AWAKE}])
    assert state(host.box) != before
    assert host.undo(journals(host)[0])["changed"] is True
    assert state(host.box) == before
    assert host.undo(journals(host)[0])["changed"] is False


WRITES = 2 * len(REQUIREMENTS) + 1


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_undo_after_a_crash_at_any_write(host: Host, number: int, when: Any) -> None:
    before = state(host.box)
    host.fault = WriteFault(number, when)
    with pytest.raises(Crashed):
        host.outcome([{"power_policy": AWAKE}])
    host.fault = None
    done = state(host.box)
    assert (done != before) is ((number, when) != (1, "before"))
    host.undo(journals(host)[0])
    assert state(host.box) == before
