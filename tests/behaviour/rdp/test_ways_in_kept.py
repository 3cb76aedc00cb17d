# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in are judged by what a task leads to: what it repairs is no obstacle, and taking back is held to the same as a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from behaviour import documents
from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, assert_refused, state
from behaviour.rdp.registry_seeding import GPO, own, spelled, store, stored, typed
from behaviour.rdp.role import journals
from behaviour.rdp.security_seeding import add_group, set_right
from lab import policy
from lab.box import Box
from lab.boxes.accounts import ADMINISTRATORS, DOMAIN_SID, MACHINE_SID

LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
LSA, SAM = r"SYSTEM\CurrentControlSet\Control\Lsa", r"SYSTEM\CurrentControlSet\Control\SAM"
FIPS, SYSTEM_POLICIES = LSA + r"\FIPSAlgorithmPolicy", r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
TLS_1_2 = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server"
ALLOW, DENY = "SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight"
NETWORK, DENY_NETWORK = "SeNetworkLogonRight", "SeDenyNetworkLogonRight"
DEPLOY, ANNA, BEN = (f"{MACHINE_SID}-{number}" for number in (1001, 1002, 1003))
OPERATORS = f"{MACHINE_SID}-1020"
CONSOLE = Connection("local", "192.0.2.7", "Administrator", None, None)
WINRM = Connection("winrm", "192.0.2.7", "deploy", 5985, False)
HTTPS = Connection("winrm", "192.0.2.7", "deploy", 5986, True)

NLA = {"rdp_security_layer": {"network_level_authentication": True}}


@pytest.fixture
def unauthenticated(host: Host) -> Host:
    """Network level authentication is off; anna alone may log on, and has no right to the network."""
    store(host.box, LISTENER, UserAuthentication=0)
    set_right(host.box, ALLOW, ANNA)
    set_right(host.box, NETWORK, BEN, DEPLOY)
    return replace(host, connection=WINRM)


@pytest.mark.parametrize("access_first", [True, False])
@python_is_enough(lambda parameters: True)
def test_what_the_task_repairs_is_no_obstacle(unauthenticated: Host, access_first: bool) -> None:
    assert_refused(unauthenticated, [NLA], "would leave nobody who could log on through Remote Desktop")
    access = {"rdp_access": {"allow": {"accounts": ["ben"]}}}
    result = assert_converges(unauthenticated, [access, NLA] if access_first else [NLA, access])
    assert [change["target"].rpartition(": ")[2] for change in result["changes"]] == [BEN, "UserAuthentication"]
    assert stored(unauthenticated.box, LISTENER, "UserAuthentication") == 1


@python_is_enough(lambda parameters: True)
def test_what_the_task_takes_away_is(unauthenticated: Host) -> None:
    access = {"rdp_access": {"deny": {"accounts": ["ben"]}}}
    set_right(unauthenticated.box, ALLOW, ANNA, BEN)
    assert_refused(unauthenticated, [NLA, access], "would leave nobody", BEN)
    assert_converges(unauthenticated, [NLA])


@python_is_enough(lambda parameters: True)
def test_a_group_that_the_task_allows_is_looked_into(unauthenticated: Host) -> None:
    add_group(unauthenticated.box, "RDP-Operators", OPERATORS, ANNA)
    resources = [NLA, {"rdp_access": {"allow": {"accounts": ["RDP-Operators"]}}}]
    assert_refused(unauthenticated, resources, "would leave nobody", OPERATORS)


# -- taking back ------------------------------------------------------------------------------------------


def undo(host: Host, check: bool = False, **options: Any) -> dict[str, Any]:
    return host._guarded(lambda: [Undo({"journal": journals(host)[-1], "state": "undone", **options})], check)


def denied_the_network(box: Box) -> list[dict[str, Any]]:
    set_right(box, DENY_NETWORK, "S-1-5-114")
    return [{"rdp_access": {"network_logon": {"deny": {"absent": ["local_account_and_administrator"]}}}}]


def nobody_allowed(box: Box) -> list[dict[str, Any]]:
    set_right(box, ALLOW)
    return [{"rdp_access": {"allow": {"accounts": ["anna"]}}}]


def filtered_token(box: Box) -> list[dict[str, Any]]:
    store(box, SYSTEM_POLICIES, LocalAccountTokenFilterPolicy=None)
    return [{"rdp_access": {"local_account_token_filter_policy": True}}]


def tls_1_2_off(box: Box) -> list[dict[str, Any]]:
    store(box, TLS_1_2, Enabled=0, DisabledByDefault=1)
    store(box, TLS_1_2.replace("1.2", "1.3"), Enabled=0)
    return [{"schannel": {"protocols": {"tls_1_2": {"server": True}}}}]


# what a run finds closed, how it is asked to open it, and what is said of closing it again
CLOSED: dict[str, tuple[Callable[[Box], list[dict[str, Any]]], str]] = {
    "denied the network": (denied_the_network, "S-1-5-114"),
    "nobody allowed": (nobody_allowed, "nobody could log on through Remote Desktop afterwards"),
    "filtered token": (filtered_token, "takes the administrator's rights from"),
    "tls 1.2 off": (tls_1_2_off, "this task's connection is HTTPS"),
}


@python_is_enough(lambda parameters: parameters["closed"] != "denied the network")
@pytest.mark.parametrize("closed", CLOSED)
def test_a_way_in_that_a_run_opened_is_not_closed_by_taking_it_back(host: Host, closed: str) -> None:
    prepare, said = CLOSED[closed]
    at_the_machine = replace(host, connection=CONSOLE)
    resources = prepare(host.box)
    before = state(host.box)
    assert at_the_machine.converge(resources)["changed"]

    remote = replace(host, connection=HTTPS)
    untouched = documents.tree_hash(host.box.folder)
    for refused in (undo(remote, check=True), undo(remote)):
        assert refused["failed"]
        assert refused["msg"].startswith("Nothing was changed: taking this back ")
        assert said in refused["msg"]
        assert "allow_lockout" in refused["msg"]
    assert documents.tree_hash(host.box.folder) == untouched

    taken_back = undo(remote, allow_lockout=True)
    assert "failed" not in taken_back, taken_back["msg"]
    assert state(host.box) == before


@python_is_enough(lambda parameters: True)
def test_what_closes_no_way_in_is_taken_back_in_as_many_trips_as_before(host: Host) -> None:
    before = state(host.box)
    remote = replace(host, connection=HTTPS)
    assert remote.converge([{"rdp_access": {"allow": {"accounts": ["anna"]}, "deny": {"accounts": ["guests"]}}}])["changed"]
    taken_back = undo(remote)
    assert (taken_back["changed"], taken_back["round_trips"], taken_back.get("warnings")) == (True, 3, None)
    assert state(host.box) == before


# -- security options of a policy object ------------------------------------------------------------------

OPTIONS = {
    "fips": ({"rdp_security_layer": {"fips_policy": True, "fips_consent": True}}, FIPS, "Enabled", 0),
    "blank passwords": ({"rdp_access": {"limit_blank_password_use": True}}, LSA, "LimitBlankPasswordUse", 0),
    "long passwords": (
        {"account_policy": {"relax_minimum_password_length_limits": True}},
        SAM,
        "RelaxMinimumPasswordLengthLimits",
        0,
    ),
}


def own_option(box: Box, key: str, name: str, value: int) -> None:
    """A security option of a policy object, written by the refresh that is now."""
    owned = {"known": True} | box.read_json("policy")
    owned["options"] = [{"key": spelled(box.registry["HKLM"], key), "name": name, "gpo": GPO, **typed(value)}]
    box.write_json("policy", owned)
    policy.refresh(box)


@python_is_enough(lambda parameters: parameters["option"] != "fips")
@pytest.mark.parametrize("option", OPTIONS)
def test_a_security_option_that_group_policy_owns_is_left_alone(host: Host, option: str) -> None:
    resource, key, name, kept = OPTIONS[option]
    own_option(host.box, key, name, kept)
    before = state(host.box)
    result = host.converge([resource])
    assert result["failed"]
    assert GPO in result["msg"]
    assert [control["status"] for control in result["controls"]] == ["overridden"]
    assert state(host.box) == before
    policy.refresh(host.box)
    assert state(host.box) == before


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("option", OPTIONS)
def test_one_that_it_keeps_right_complies(host: Host, option: str) -> None:
    resource, key, name, _kept = OPTIONS[option]
    own_option(host.box, key, name, 1)
    result = assert_converges(host, [resource])
    assert not result["changed"]
    assert "failed" not in result


@python_is_enough(lambda parameters: True)
def test_a_policy_that_owns_other_options_does_not_stand_in_the_way(host: Host) -> None:
    own(host.box, r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", fDisableCdm=1)
    own_option(host.box, LSA, "RestrictAnonymous", 1)
    resource, key, name, kept = OPTIONS["fips"]
    store(host.box, key, **{name: kept})
    assert assert_converges(host, [resource])["changed"]


# -- a domain that does not answer ------------------------------------------------------------------------


@pytest.fixture
def cut_off(host: Host) -> Host:
    """A member of a domain whose controllers do not answer."""
    accounts = host.box.read_json("accounts")
    accounts["names"] |= {f"{DOMAIN_SID}-1106": "CORP\\RDP Users"}
    host.box.write_json("accounts", accounts | {"unreachable": {"CORP": DOMAIN_SID}})
    return replace(host, connection=replace(WINRM, user="CORP\\deploy"))


@python_is_enough(lambda parameters: True)
def test_only_a_name_that_is_needed_and_could_not_be_asked_is_refused(cut_off: Host) -> None:
    said = assert_refused(
        cut_off,
        [{"rdp_access": {"allow": {"accounts": ["anna", "CORP\\RDP Users"]}}}],
        "allow.accounts names CORP\\RDP Users, and this host could not look it up",
    )
    assert "anna" not in said
    assert_converges(cut_off, [{"rdp_access": {"allow": {"accounts": ["anna"]}}}])


@python_is_enough(lambda parameters: True)
def test_its_sid_does_instead_of_the_name(cut_off: Host) -> None:
    set_right(cut_off.box, ALLOW, ADMINISTRATORS)
    result = assert_converges(cut_off, [{"rdp_access": {"allow": {"accounts": [f"{DOMAIN_SID}-1106"]}}}])
    assert any("could not find out who has the SID" in warning for warning in result["warnings"])
