# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log on through Remote Desktop: each row of the notes from wrong, from wrong under Group Policy, and back; on both engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, assert_refused, changed, state
from behaviour.rdp.crashes import assert_every_crash_can_be_undone
from behaviour.rdp.registry_seeding import own as own_value
from behaviour.rdp.registry_seeding import store
from behaviour.rdp.security_seeding import add_group, own, set_members, set_right, statuses
from lab import boxes
from lab.box import Box
from lab.boxes.accounts import ADMINISTRATORS, DOMAIN_SID, MACHINE_SID, REMOTE_DESKTOP_USERS

ALLOW, DENY = "SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight"
NETWORK, DENY_NETWORK = "SeNetworkLogonRight", "SeDenyNetworkLogonRight"
DEPLOY, ANNA, BEN, GUEST = (f"{MACHINE_SID}-{number}" for number in (1001, 1002, 1003, 501))
OPERATORS, ORPHAN = f"{MACHINE_SID}-1020", f"{MACHINE_SID}-1017"
GUESTS, LOCAL_ACCOUNT = "S-1-5-32-546", "S-1-5-113"
LSA = r"SYSTEM\CurrentControlSet\Control\Lsa"
SYSTEM_POLICIES = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
WINRM, SSH = Connection("winrm", "192.0.2.7", "deploy", 5986, True), Connection("ssh", "192.0.2.7", "deploy", 22)
NOTES: dict[str, Any] = {"remove_administrators": True, "remove_remote_desktop_users": True}


@dataclass(frozen=True)
class Requirement:
    """options: what is asked for. right: who has the right that owner is about afterwards. wrong: who has it before. controls: their ends."""

    options: Mapping[str, Any]
    subject: str
    wrong: tuple[str, ...]
    right: frozenset[str]
    controls: frozenset[str]


REQUIREMENTS = {
    "not administrators": Requirement(
        {"remove_administrators": True}, ALLOW, (ADMINISTRATORS, ANNA), frozenset({ANNA}), frozenset({"AC-01"})
    ),
    "not remote desktop users": Requirement(
        {"remove_remote_desktop_users": True, "allow": {"accounts": ["anna"]}},
        ALLOW,
        (ANNA, REMOTE_DESKTOP_USERS),
        frozenset({ANNA}),
        frozenset({"AC-02"}),
    ),
    "a technical group only": Requirement(
        {**NOTES, "allow": {"accounts": ["RDP-Operators"]}},
        ALLOW,
        (ADMINISTRATORS, REMOTE_DESKTOP_USERS),
        frozenset({OPERATORS}),
        frozenset({"AC-01", "AC-02", "AC-03"}),
    ),
    "these users only": Requirement(
        {"allow": {"mode": "replace", "accounts": ["anna", "ben"]}},
        ALLOW,
        (ADMINISTRATORS, REMOTE_DESKTOP_USERS, BEN, ORPHAN),
        frozenset({ANNA, BEN}),
        frozenset({"AC-03"}),
    ),
    "guests denied": Requirement({"deny": {"accounts": ["guests"]}}, DENY, (), frozenset({GUESTS}), frozenset({"AC-04"})),
    "guests denied over the network": Requirement(
        {"network_logon": {"deny": {"accounts": ["guests"]}}}, DENY_NETWORK, (ORPHAN,), frozenset({GUESTS, ORPHAN}), frozenset({"AC-06"})
    ),
    "the group's members": Requirement(
        {"remote_desktop_users": {"mode": "replace", "members": ["ben"]}},
        REMOTE_DESKTOP_USERS,
        (ANNA, ORPHAN),
        frozenset({BEN}),
        frozenset({"AC-05"}),
    ),
}
ALL = [pytest.param(requirement, id=name.replace(" ", "-")) for name, requirement in REQUIREMENTS.items()]


def access(**options: Any) -> list[dict[str, Any]]:
    return [{"rdp_access": options}]


def seed(box: Box, subject: str, sids: tuple[str, ...]) -> None:
    (set_right if subject.startswith("Se") else set_members)(box, subject, *sids)


def accounts_of(box: Box, subject: str) -> set[str]:
    """The SIDs of a right or group, in the spelling of the plan."""
    places = [place.partition(": ") for place in state(box)]
    return {sid.upper() for place, _, sid in places if place in (f"user right {subject}".lower(), f"group {subject}".lower())}


@pytest.fixture
def prepared(host: Host) -> Host:
    """The default server with a technical group, reached as its local administrator deploy."""
    add_group(host.box, "RDP-Operators", OPERATORS, BEN)
    return replace(host, connection=WINRM)


@python_is_enough(lambda parameters: list(REQUIREMENTS.values()).index(parameters["requirement"]) % 3 > 0)
@pytest.mark.parametrize("requirement", ALL)
def test_each_requirement_from_wrong(prepared: Host, requirement: Requirement) -> None:
    seed(prepared.box, requirement.subject, requirement.wrong)
    result = prepared.converge(access(**requirement.options))
    assert "failed" not in result, result["msg"]
    assert accounts_of(prepared.box, requirement.subject) == requirement.right
    assert {end for end, status in statuses(result).items() if status == "changed"} == requirement.controls
    again = prepared.converge(access(**requirement.options))
    assert not again["changed"]
    assert again["round_trips"] == 1
    assert set(statuses(again).values()) == {"compliant"}


@python_is_enough(lambda parameters: parameters["requirement"] is not REQUIREMENTS["not administrators"])
@pytest.mark.parametrize("requirement", ALL)
def test_each_requirement_from_wrong_and_owned_by_policy(prepared: Host, requirement: Requirement) -> None:
    seed(prepared.box, requirement.subject, requirement.wrong)
    if requirement.subject.startswith("Se"):
        own(prepared.box, "rights", {"right": requirement.subject, "accounts": list(requirement.wrong), "gpo": "Servers"})
    else:
        own(prepared.box, "groups", {"group": requirement.subject, "members": list(requirement.wrong), "gpo": "Servers"})
    before = state(prepared.box)
    result = prepared.converge(access(**requirement.options))
    assert result["failed"]
    assert "from Servers" in result["msg"]
    assert {end for end, status in statuses(result).items() if status == "overridden"} == requirement.controls
    assert changed(before, state(prepared.box)) == set()
    reported = prepared.converge(access(**requirement.options, on_override="report"))
    assert "failed" not in reported
    assert any("Overridden by Group Policy" in one for one in reported["warnings"])


EVERYTHING: dict[str, Any] = {
    **NOTES,
    "allow": {"accounts": ["RDP-Operators", "anna"]},
    "remote_desktop_users": {"mode": "replace", "members": ["ben"]},
    "deny": {"mode": "replace", "accounts": ["guests"]},
    "network_logon": {"deny": {"accounts": ["guests"]}},
    "limit_blank_password_use": True,
}


def test_everything_together(prepared: Host) -> None:
    store(prepared.box, LSA, LimitBlankPasswordUse=0)
    result = assert_converges(prepared, access(**EVERYTHING))
    assert "failed" not in result
    assert accounts_of(prepared.box, ALLOW) == {OPERATORS, ANNA}


@python_is_enough(lambda parameters: parameters["sid"] not in (ANNA, ORPHAN))
@pytest.mark.parametrize(
    ("subject", "sid"),
    [(ALLOW, ANNA), (ALLOW, ADMINISTRATORS), (ALLOW, REMOTE_DESKTOP_USERS), (REMOTE_DESKTOP_USERS, ORPHAN), (DENY, GUESTS), (DENY, BEN)],
)
def test_flip_of_each_account_is_exactly_that_change(prepared: Host, subject: str, sid: str) -> None:
    assert "failed" not in prepared.converge(access(**EVERYTHING))
    seed(prepared.box, subject, tuple(accounts_of(prepared.box, subject) ^ {sid}))
    checked = prepared.converge(access(**EVERYTHING), check=True)
    place = f"user right {subject}" if subject.startswith("Se") else f"group {subject}"
    assert [change["target"] for change in checked["changes"]] == [f"{place}: {sid}"]
    assert list(statuses(checked).values()).count("changed") == 1


@python_is_enough(lambda parameters: parameters["name"] != "german2022")
@pytest.mark.parametrize("name", ["german2022", "default2016", "default2025"])
def test_names_of_no_language_on_hosts_of_any(host_of: Callable[[Box], Host], tmp_path: Path, name: str) -> None:
    host = replace(host_of(boxes.build(name, tmp_path / "box")), connection=WINRM)
    names = ["administrators", "Remote Desktop Users", "BUILTIN\\Backup Operators", "Administratoren" if name == "german2022" else "anna"]
    result = assert_converges(host, access(allow={"mode": "replace", "accounts": names}, deny={"accounts": ["guests"]}))
    assert "failed" not in result
    named = set() if name == "german2022" else {ANNA}
    assert accounts_of(host.box, ALLOW) == {ADMINISTRATORS, REMOTE_DESKTOP_USERS, "S-1-5-32-551"} | named


def test_a_domain_controller(host_of: Callable[[Box], Host], tmp_path: Path) -> None:
    host = host_of(boxes.build("domain_controller", tmp_path / "box"))
    assert_refused(host, access(deny={"accounts": ["administrators"]}), "nobody could log on")
    options = {"allow": {"mode": "replace", "accounts": ["administrators"]}, "deny": {"accounts": ["guests", "domain_guests"]}}
    result = assert_converges(host, access(**options))
    assert "failed" not in result
    assert any("cannot be told from here" in one for one in result["warnings"])
    assert accounts_of(host.box, DENY) == {GUESTS, f"{DOMAIN_SID}-514"}


def test_a_host_with_orphans(prepared: Host) -> None:
    seed(prepared.box, ALLOW, (ADMINISTRATORS, ORPHAN))
    seed(prepared.box, REMOTE_DESKTOP_USERS, (ORPHAN, ANNA))
    merged = prepared.converge(access(allow={"accounts": ["anna"]}, remote_desktop_users={"members": ["ben"]}))
    assert "failed" not in merged
    assert ORPHAN in accounts_of(prepared.box, ALLOW) & accounts_of(prepared.box, REMOTE_DESKTOP_USERS)
    removed = prepared.converge(access(allow={"absent": [ORPHAN]}, remote_desktop_users={"mode": "replace", "members": ["anna", "ben"]}))
    assert {change["before"] for change in removed["changes"]} == {"held (nobody any more)", "member (nobody any more)"}
    assert ORPHAN not in accounts_of(prepared.box, ALLOW) | accounts_of(prepared.box, REMOTE_DESKTOP_USERS)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"allow": {"accounts": ["anna", "annna"]}}, "annna"),
    ({"allow": {"accounts": [ORPHAN]}}, "nobody has this SID any more"),
    ({"remote_desktop_users": {"members": ["RDP-Operators"]}}, "no local group into a local group"),
    ({"allow": {"mode": "replace", "accounts": ["Guest"]}}, "nobody could log on"),
    ({"deny": {"accounts": ["local_account"]}}, "nobody could log on"),
    ({"remove_administrators": True}, "nobody could log on"),
    ({"remove_remote_desktop_users": True}, "allow.accounts"),
    ({"network_logon": {"deny": {"accounts": ["deploy"]}}}, "which this connection uses"),
    ({"network_logon": {"deny": {"accounts": ["local_account_and_administrator"]}}}, "which this connection uses"),
    ({"local_account_token_filter_policy": False}, "takes the administrator's rights from WEB22\\deploy"),
    ({"allow": {"mode": "replace", "accounts": []}}, "replaces everybody by nobody"),
    ({"deny": {"accounts": ["domain_admins"]}}, "which domain it belongs to"),
    ({"only": ["HW-RDP-AC-99"]}, "HW-RDP-AC-99"),
]


@python_is_enough(lambda parameters: "annna" not in parameters["reason"])
@pytest.mark.parametrize(("options", "reason"), BAD)
def test_bad_input_changes_nothing(prepared: Host, options: dict[str, Any], reason: str) -> None:
    assert_refused(prepared, access(limit_blank_password_use=False, **options), "Nothing was changed: ", reason)


def test_who_needs_the_network_right_and_has_it_not(prepared: Host) -> None:
    seed(prepared.box, NETWORK, (ADMINISTRATORS,))
    wanted = access(allow={"mode": "replace", "accounts": ["anna"]})
    assert_refused(prepared, wanted, "the right to log on over the network as well")
    store(prepared.box, r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp", UserAuthentication=0)
    assert "failed" not in prepared.converge(wanted)


def test_a_member_of_a_domain_under_policy(host_of: Callable[[Box], Host], tmp_path: Path) -> None:
    host = replace(host_of(boxes.build("under_policy", tmp_path / "box")), connection=WINRM)
    before = state(host.box)
    result = host.converge(access(**NOTES, allow={"accounts": ["CORP\\Remote Admins"]}, deny={"accounts": ["guests", "local_account"]}))
    assert statuses(result) == {"AC-01": "overridden", "AC-02": "overridden", "AC-03": "compliant", "AC-04": "changed"}
    assert changed(before, state(host.box)) == {f"user right {DENY}: {sid}".lower() for sid in (GUESTS, LOCAL_ACCOUNT)}


def test_the_token_filter(prepared: Host) -> None:
    store(prepared.box, SYSTEM_POLICIES, LocalAccountTokenFilterPolicy=1)
    host = replace(prepared, connection=SSH)
    assert "failed" not in assert_converges(host, access(local_account_token_filter_policy=False))
    own_value(host.box, SYSTEM_POLICIES, LocalAccountTokenFilterPolicy=1)
    result = host.converge(access(local_account_token_filter_policy=False))
    assert (result["changed"], statuses(result)) == (False, {"AC-07": "overridden"})


def test_blank_passwords(prepared: Host) -> None:
    store(prepared.box, LSA, LimitBlankPasswordUse=0)
    result = assert_converges(prepared, access(limit_blank_password_use=True))
    assert statuses(result) == {"AC-08": "changed"}


@python_is_enough(lambda parameters: True)
def test_undo_of_a_whole_run_and_after_a_crash_at_every_write(prepared: Host) -> None:
    seed(prepared.box, REMOTE_DESKTOP_USERS, (ORPHAN, ANNA))
    seed(prepared.box, DENY, (BEN,))
    assert_every_crash_can_be_undone(prepared, access(**EVERYTHING))


@python_is_enough(lambda parameters: True)
def test_a_crash_anywhere_leaves_somebody_who_can_log_on(prepared: Host) -> None:
    """The orders of the writes are the plan's: whoever is let in comes first."""
    apply_order = [change["before"] == "absent" for change in prepared.converge(access(**EVERYTHING), check=True)["changes"]]
    assert apply_order[:3] == [True, True, True]
