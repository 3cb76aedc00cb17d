# SPDX-License-Identifier: GPL-3.0-or-later
"""Every requirement of the administrator's notes through the role: from the wrong value, and from one that Group Policy owns.

Each seed differs from what is right, and that is asserted: a default that is right already proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import changed, state, stored_place
from behaviour.rdp.places import Table, own, put, rows, said
from behaviour.rdp.reach import open_ports, reachable
from behaviour.rdp.registry_seeding import GPO
from behaviour.rdp.role import PORT, hardening
from behaviour.rdp.security_seeding import add_group
from lab import boxes
from lab.boxes.accounts import ADMINISTRATORS, MACHINE_SID, REMOTE_DESKTOP_USERS
from lab.boxes.certificates import Certificate, make

SERVER = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
FIPS = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\FIPSAlgorithmPolicy"
PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
SUITES = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
SLEEP = "29f6c1db-86da-48c5-9fdb-f2b67b1f44da"
POWER_POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Power\\PowerSettings\\" + SLEEP
SECRET, NOT_SECRET = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_256_CBC_SHA"
RIGHT, MEMBERS = "user right SeRemoteInteractiveLogonRight", f"group {REMOTE_DESKTOP_USERS}"
ANNA, BEN, OPERATORS = (f"{MACHINE_SID}-{number}" for number in (1002, 1003, 1020))
CERTIFICATE = Certificate("listener.example.test")


@dataclass(frozen=True)
class Requirement:
    """One row of the notes, through the profile baseline.

    given: the role's variables that ask for it beyond the profile. wrong, right: before and after.
    owned: the wrong value that a policy object gives; empty where Windows has no policy for it. setting: what the message calls it then.
    ports: where Remote Desktop is reached afterwards, where the row is about that.
    """

    wrong: Table
    right: Table
    owned: Table = field(default_factory=dict)
    setting: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    ports: frozenset[int] = frozenset()


def listener(name: str, wrong: int, right: int, setting: str) -> Requirement:
    return Requirement({LISTENER: {name: wrong}}, {LISTENER: {name: right}}, {POLICY: {name: wrong}}, setting)


def policy_against_local(name: str, wrong: int, right: int, setting: str) -> Requirement:
    """The local value is right, the policy's is wrong and decides. It stands there without a policy object, or belongs to one."""
    local = {LISTENER: {name: right}}
    return Requirement({**local, POLICY: {name: wrong}}, {**local, POLICY: {name: right}}, {POLICY: {name: wrong}}, setting)


def never(minutes: int) -> Table:
    guids = (SLEEP, "9d7815a6-7ee4-497e-8888-515a05f02364", "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0")
    return {"power scheme": {f"{guid} {source}": minutes * 60 for guid in guids for source in ("ac", "dc")}}


OFF = {"Enabled": 0, "DisabledByDefault": 1}
ON = {"Enabled": 1, "DisabledByDefault": 0}
NOTES: dict[str, Requirement] = {
    "security layer SSL": listener("SecurityLayer", 1, 2, "security_layer"),
    "Network Level Authentication": listener("UserAuthentication", 0, 1, "network_level_authentication"),
    "encryption level High": listener("MinEncryptionLevel", 2, 3, "encryption_level"),
    # a security option; what an object of the domain gives is not told from a value that somebody wrote
    "FIPS, with consent": Requirement(
        {FIPS: {"Enabled": 0}}, {FIPS: {"Enabled": 1}}, given={"security_layer": {"fips_policy": True, "fips_consent": True}}
    ),
    "secure RPC": Requirement(
        {POLICY: {"fEncryptRPCTraffic": 0}}, {POLICY: {"fEncryptRPCTraffic": 1}}, {POLICY: {"fEncryptRPCTraffic": 0}}, "secure_rpc"
    ),
    # Windows has no administrative template for protocol versions
    "no TLS before 1.2": Requirement(
        {f"{PROTOCOLS}\\{name}\\Server": ON for name in ("SSL 3.0", "TLS 1.0", "TLS 1.1")},
        {f"{PROTOCOLS}\\{name}\\Server": OFF for name in ("SSL 3.0", "TLS 1.0", "TLS 1.1")},
    ),
    "forward secrecy": Requirement(
        {SUITES: {"Functions": f"{NOT_SECRET},{SECRET}"}},
        {SUITES: {"Functions": SECRET}},
        {SUITES: {"Functions": f"{NOT_SECRET},{SECRET}"}},
        "cipher_suites_absent",
    ),
    # there are templates to enrol by, but no policy that names a certificate
    "its own certificate": Requirement(
        {LISTENER: {"SSLCertificateSHA1Hash": bytes(20)}},
        {LISTENER: {"SSLCertificateSHA1Hash": bytes.fromhex(make(CERTIFICATE).thumbprint)}},
        given={"security_layer": {"certificate_thumbprint": make(CERTIFICATE).thumbprint}},
    ),
    "the right without Administrators": Requirement(
        {RIGHT: {ADMINISTRATORS: "held"}},
        {RIGHT: {ADMINISTRATORS: None, REMOTE_DESKTOP_USERS: "held"}},
        {RIGHT: {ADMINISTRATORS: "held", REMOTE_DESKTOP_USERS: "held"}},
        "allow",
    ),
    "users by the group Remote Desktop Users": Requirement(
        {MEMBERS: {ANNA: None}}, {MEMBERS: {ANNA: "member"}}, {MEMBERS: {BEN: "member"}}, "remote_desktop_users"
    ),
    "a technical group instead": Requirement(
        {RIGHT: {ADMINISTRATORS: "held", REMOTE_DESKTOP_USERS: "held", OPERATORS: None}},
        {RIGHT: {ADMINISTRATORS: None, REMOTE_DESKTOP_USERS: None, OPERATORS: "held"}},
        {RIGHT: {ADMINISTRATORS: "held", REMOTE_DESKTOP_USERS: "held"}},
        "allow",
        given={"access": {"allow": {"accounts": ["RDP-Operators"]}, "remove_remote_desktop_users": True}},
    ),
    "Remote Desktop is on": Requirement(
        {SERVER: {"fDenyTSConnections": 1}},
        {SERVER: {"fDenyTSConnections": 0}},
        {POLICY: {"fDenyTSConnections": 1}},
        "enabled",
        given={"listener": {"enabled": True}},
        ports=frozenset({3389}),
    ),
    "no sleep": Requirement(never(30), never(0), {POWER_POLICY: {"ACSettingIndex": 1800}}, "sleep_after.ac"),
    "twelve characters": Requirement(
        {"account policy": {"MinimumPasswordLength": 7}},
        {"account policy": {"MinimumPasswordLength": 12}},
        {"account policy": {"MinimumPasswordLength": 7}},
        "minimum_password_length",
    ),
    # no policy names a port; one that makes local rules void refuses the move, see test_port_change.py
    "a port of its own with a rule": Requirement(
        {LISTENER: {"PortNumber": 3389}},
        {LISTENER: {"PortNumber": PORT}},
        given={"listener": {"port": PORT}},
        ports=frozenset({PORT}),
    ),
    "policy against local: SSL": policy_against_local("SecurityLayer", 1, 2, "security_layer"),
    "policy against local: NLA": policy_against_local("UserAuthentication", 0, 1, "network_level_authentication"),
    "policy against local: High": policy_against_local("MinEncryptionLevel", 2, 3, "encryption_level"),
}
OWNED = [name for name, row in NOTES.items() if row.owned]
SAMPLES = ("policy against local: SSL", "the right without Administrators", "no sleep")


def unsampled(parameters: Mapping[str, Any]) -> bool:
    return parameters["name"] not in SAMPLES


@pytest.fixture
def prepared(host: Host, tmp_path: Path) -> Host:
    """The default server with a certificate for its listener and a technical group."""
    host.box = boxes.build("default2022", tmp_path / "prepared", certificates=(CERTIFICATE,))
    add_group(host.box, "RDP-Operators", OPERATORS, BEN)
    return host


def seed(host: Host, requirement: Requirement) -> None:
    for row in rows(requirement.wrong):
        put(host.box, row)


def held(host: Host, table: Table) -> dict[str, str | None]:
    """What the box has at the places of a table."""
    now = state(host.box)
    return {place: now.get(place) for place in said(table)}


@python_is_enough(unsampled)
@pytest.mark.parametrize("name", NOTES)
def test_wrong_becomes_right(prepared: Host, name: str) -> None:
    requirement = NOTES[name]
    seed(prepared, requirement)
    assert held(prepared, requirement.wrong) == said(requirement.wrong)
    before = held(prepared, requirement.right)
    assert before != said(requirement.right)

    result = prepared.converge(hardening("baseline", **requirement.given))

    assert "failed" not in result, result["msg"]
    assert held(prepared, requirement.right) == said(requirement.right)
    places = {stored_place(change["target"]): change["controls"] for change in result["changes"]}
    turned = changed(before, said(requirement.right))  # type: ignore[arg-type]
    assert turned <= set(places)
    # where it listens is a choice that no control is about
    assert PORT in requirement.ports or all(places[place] for place in turned), "a change of no control"
    if requirement.ports:
        assert open_ports(prepared.box) & {3389, PORT} == requirement.ports
        assert reachable(prepared.box) <= requirement.ports
    assert prepared.converge(hardening("baseline", **requirement.given))["changed"] is False


@python_is_enough(unsampled)
@pytest.mark.parametrize("name", OWNED)
def test_wrong_and_owned_by_policy_is_left_alone_and_named(prepared: Host, name: str) -> None:
    requirement = NOTES[name]
    own(prepared.box, requirement.owned)
    before = held(prepared, requirement.owned)
    assert before == said(requirement.owned)

    result = prepared.converge(hardening("baseline", **requirement.given))

    assert result["failed"] is True
    assert f"Overridden by Group Policy: {requirement.setting}" in result["msg"]
    assert f"from {GPO}" in result["msg"]
    assert {(one["setting"], one["file"]) for one in result["overrides"]} >= {(requirement.setting, GPO)}
    assert "overridden" in {control["status"] for control in result["controls"]}
    assert held(prepared, requirement.owned) == before
    assert result["changed"] is True, "the rest is done all the same"


@python_is_enough(lambda parameters: True)
def test_fips_without_consent_is_refused(prepared: Host) -> None:
    seed(prepared, NOTES["FIPS, with consent"])
    before = state(prepared.box)
    result = prepared.converge(hardening("baseline", security_layer={"fips_policy": True}))
    assert "fips_consent" in result["msg"]
    assert state(prepared.box) == before
