# SPDX-License-Identifier: GPL-3.0-or-later
"""How Remote Desktop is secured: every requirement from the wrong value, and from one that Group Policy owns.

What is right is written here a second time, as registry values, and looked for in the box's own file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, assert_refused, changed, state
from behaviour.rdp.crashes import assert_every_crash_can_be_undone
from behaviour.rdp.registry_seeding import GPO, own, store, stored
from lab import boxes
from lab.boxes.certificates import Certificate, make

TERMINAL_SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = TERMINAL_SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
LSA = r"SYSTEM\CurrentControlSet\Control\Lsa"
FIPS = LSA + r"\FIPSAlgorithmPolicy"
DELEGATION = r"SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation"
CREDSSP = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters"
RELEASES = ("2016", "2019", "2022", "2025")

# option -> its right value, the local and the policy key, name, the wrong and the right number, the end of its control's id
Case = tuple[Any, str | None, str | None, str, int, int, str]
SETTINGS: dict[str, Case] = {
    "security_layer": ("ssl", LISTENER, POLICY, "SecurityLayer", 1, 2, "01"),
    "network_level_authentication": (True, LISTENER, POLICY, "UserAuthentication", 0, 1, "02"),
    "encryption_level": ("high", LISTENER, POLICY, "MinEncryptionLevel", 2, 3, "03"),
    "fips_policy": (True, FIPS, None, "Enabled", 0, 1, "04"),
    "secure_rpc": (True, None, POLICY, "fEncryptRPCTraffic", 0, 1, "05"),
    "prompt_for_password": (True, LISTENER, POLICY, "fPromptForPassword", 0, 1, "06"),
    "restricted_admin": (False, LSA, None, "DisableRestrictedAdmin", 0, 1, "07"),
    "protected_credentials": (True, None, DELEGATION, "AllowProtectedCreds", 0, 1, "08"),
    "credssp_encryption_oracle": ("force_updated_clients", None, CREDSSP, "AllowEncryptionOracle", 2, 0, "09"),
}
LOCAL = [option for option, row in SETTINGS.items() if row[1]]
BY_POLICY = [option for option, row in SETTINGS.items() if row[2]]
SAMPLES = ("encryption_level", "secure_rpc")
GOOD = Certificate("listener.example.test")
CNG = Certificate("cng.example.test", key="ec")


def task(**options: Any) -> list[dict[str, Any]]:
    return [{"rdp_security_layer": options}]


def asked(option: str, **more: Any) -> list[dict[str, Any]]:
    consent = {"fips_consent": True} if option == "fips_policy" else {}
    return task(**{option: SETTINGS[option][0]}, **consent, **more)


HARDENED = task(**{option: row[0] for option, row in SETTINGS.items()}, fips_consent=True)


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {control["id"].removeprefix("HW-RDP-SL-"): control["status"] for control in result["controls"]}


def unsampled(parameters: Mapping[str, Any]) -> bool:
    return parameters["option"] not in SAMPLES


@pytest.fixture
def seeded(host: Host) -> Host:
    """A host on which everything is wrong."""
    for _right, local, policy, name, wrong, _number, _id in SETTINGS.values():
        store(host.box, local or str(policy), **{name: wrong})
    return host


def with_certificates(host: Host, folder: Path, *wanted: Certificate, box: str = "default2022") -> Host:
    return Host(host.engine, boxes.build(box, folder / "certified", certificates=wanted))


# -- seeded wrong ---------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: parameters["release"] != "2019")
@pytest.mark.parametrize("release", RELEASES)
def test_a_new_server_is_hardened(host: Host, tmp_path: Path, release: str) -> None:
    host = Host(host.engine, boxes.build(f"default{release}", tmp_path / "release"))
    result = assert_converges(host, HARDENED)
    assert "failed" not in result
    for _right, local, policy, name, _wrong, number, _id in SETTINGS.values():
        assert stored(host.box, local or str(policy), name) in (number, None if name == "DisableRestrictedAdmin" else number)


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", SETTINGS)
def test_a_setting_that_is_wrong(seeded: Host, option: str) -> None:
    _right, local, policy, name, _wrong, number, control = SETTINGS[option]
    result = assert_converges(seeded, asked(option))
    assert statuses(result) == {control: "changed"}
    assert stored(seeded.box, local or str(policy), name) == number
    assert len(result["changes"]) == 1
    assert result["reboot_required"] == (option in ("fips_policy", "credssp_encryption_oracle"))
    assert result["restarts"] == []


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", [option for option in BY_POLICY if option in LOCAL])
def test_the_policys_own_place(seeded: Host, option: str) -> None:
    _right, local, policy, name, wrong, number, _control = SETTINGS[option]
    # a right local value is not what the auditor looks at
    store(seeded.box, str(local), **{name: number})
    assert_converges(seeded, asked(option, scope="policy"))
    assert stored(seeded.box, str(policy), name) == number
    assert wrong != number


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", BY_POLICY)
def test_a_setting_that_is_wrong_and_owned_by_policy(host: Host, option: str) -> None:
    _right, local, policy, name, wrong, number, control = SETTINGS[option]
    if local:
        store(host.box, local, **{name: number})
    own(host.box, str(policy), **{name: wrong})
    before = state(host.box)
    result = host.converge(asked(option))
    assert result["failed"]
    assert not result["changed"]
    assert GPO in result["msg"]
    assert statuses(result) == {control: "overridden"}
    assert [(one["setting"], one["file"]) for one in result["overrides"]] == [(option, GPO)]
    assert changed(before, state(host.box)) == set()
    reported = host.converge(asked(option, on_override="report"))
    assert "failed" not in reported
    assert GPO in reported["warnings"][0]


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", BY_POLICY)
def test_a_policy_value_that_nobody_owns_is_changed_where_it_stands(host: Host, option: str) -> None:
    _right, _local, policy, name, wrong, number, _control = SETTINGS[option]
    store(host.box, str(policy), **{name: wrong})
    assert_converges(host, asked(option))
    assert stored(host.box, str(policy), name) == number


def test_a_host_under_policy_gets_everything_else(host: Host, tmp_path: Path) -> None:
    host = Host(host.engine, boxes.build("under_policy", tmp_path / "member"))
    result = host.converge(HARDENED)
    assert result["failed"]
    found = statuses(result)
    assert [number for number, status in found.items() if status == "overridden"] == ["01", "02", "03", "05"]
    assert (stored(host.box, POLICY, "SecurityLayer"), stored(host.box, FIPS, "Enabled")) == (1, 1)


# -- flip -----------------------------------------------------------------------------------------------


@python_is_enough(unsampled)
@pytest.mark.parametrize("option", SETTINGS)
def test_turning_one_setting_is_one_change(seeded: Host, option: str) -> None:
    assert "failed" not in seeded.converge(HARDENED)
    _right, local, policy, name, wrong, number, control = SETTINGS[option]
    store(seeded.box, local or str(policy), **{name: wrong})
    result = seeded.converge(HARDENED, check=True)
    assert [(one["target"], one["controls"]) for one in result["changes"]] == [
        (f"HKLM\\{local or policy}: {name}", [f"HW-RDP-SL-{control}"])
    ]
    assert [one for one, status in statuses(result).items() if status == "changed"] == [control]
    assert result["changes"][0]["after"].startswith(str(number))


# -- the certificate ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [GOOD, CNG], ids=["RSA", "CNG"])
def test_a_certificate_is_bound_and_the_service_restarts(host: Host, tmp_path: Path, wanted: Certificate) -> None:
    host = with_certificates(host, tmp_path, wanted)
    thumbprint = make(wanted).thumbprint
    dirty = "\u200e" + " ".join(thumbprint[at : at + 2] for at in range(0, 40, 2))
    result = assert_converges(host, task(certificate_thumbprint=dirty))
    assert stored(host.box, LISTENER, "SSLCertificateSHA1Hash") == thumbprint.lower()
    assert result["restarts"] == [{"service": "TermService", "state": "restarted"}]
    assert statuses(result) == {"10": "changed"}
    # another one in its place
    store(host.box, LISTENER, SSLCertificateSHA1Hash=bytes(20))
    again = host.converge(task(certificate_thumbprint=thumbprint), check=True)
    assert [one["before"] for one in again["changes"]] == ["0" * 40]


UNUSABLE: dict[str, tuple[Certificate, str]] = {
    "no key": (Certificate("x.example.test", private_key=False), "private key is not on the host"),
    "not for servers": (Certificate("x.example.test", usages=("client",)), "Server Authentication"),
    "key usage": (Certificate("x.example.test", key_usage=("key_cert_sign",)), "digitalSignature"),
    "expired": (Certificate("x.example.test", starts=-20, ends=-1), "expired"),
    "not yet valid": (Certificate("x.example.test", starts=3), "valid only from"),
    "key not readable": (Certificate("x.example.test", readable=False), "NETWORK SERVICE"),
}


@python_is_enough(lambda parameters: parameters["case"] not in ("no key", "key not readable"))
@pytest.mark.parametrize("case", UNUSABLE)
def test_a_certificate_that_cannot_be_used_changes_nothing(host: Host, tmp_path: Path, case: str) -> None:
    wanted, said = UNUSABLE[case]
    host = with_certificates(host, tmp_path, wanted)
    assert_refused(host, task(certificate_thumbprint=make(wanted).thumbprint, encryption_level="high"), said, "cannot be used")


def test_a_certificate_that_is_not_there_changes_nothing(host: Host) -> None:
    assert_refused(host, task(certificate_thumbprint="ab" * 20, secure_rpc=True), "not in the store LocalMachine\\My")


def test_a_key_whose_file_is_nowhere_is_warned_of(host: Host, tmp_path: Path) -> None:
    host = with_certificates(host, tmp_path, GOOD)
    keys = host.box.read_json("keys")
    host.box.write_json("keys", {name: entry | {"unique_name": "f" * 32 + "_" + "0" * 8} for name, entry in keys.items()})
    result = host.converge(task(certificate_thumbprint=make(GOOD).thumbprint))
    assert "failed" not in result
    assert "could not be told" in result["warnings"][0]


def test_sessions_in_use_are_dropped_only_when_asked(host: Host, tmp_path: Path) -> None:
    host = with_certificates(host, tmp_path, GOOD, box="active_sessions")
    thumbprint = make(GOOD).thumbprint
    assert_refused(host, task(certificate_thumbprint=thumbprint), "RDP-Tcp#0 (2)", "disconnect_sessions")
    assert "failed" not in host.converge(task(security_layer="negotiate", secure_rpc=True))
    result = assert_converges(host, task(certificate_thumbprint=thumbprint, disconnect_sessions=True))
    assert result["restarts"]
    assert "RDP-Tcp#0" not in (host.box.folder / "sessions.txt").read_text("utf-8")


def test_restart_later_drops_nobody(host: Host, tmp_path: Path) -> None:
    host = with_certificates(host, tmp_path, GOOD, box="active_sessions")
    host.restart_now = False
    result = host.converge(task(certificate_thumbprint=make(GOOD).thumbprint))
    assert result["restarts"] == [{"service": "TermService", "state": "not in force yet"}]
    assert "RDP-Tcp#0" in (host.box.folder / "sessions.txt").read_text("utf-8")


# -- bad input ------------------------------------------------------------------------------------------

BAD: dict[str, tuple[dict[str, int], dict[str, Any], str]] = {
    "TLS with level Low": ({}, {"security_layer": "ssl", "encryption_level": "low"}, "encryption level against security layer"),
    "NLA without TLS": ({}, {"security_layer": "rdp", "network_level_authentication": True}, "Network Level Authentication against"),
    "FIPS without consent": ({}, {"fips_policy": True, "secure_rpc": True}, "fips_consent"),
    "no thumbprint": ({}, {"certificate_thumbprint": "abc", "secure_rpc": True}, "40 hexadecimal digits"),
    "level Low in effect": ({"MinEncryptionLevel": 1, "SecurityLayer": 1}, {"security_layer": "ssl"}, "give encryption_level too"),
    "TLS in effect": ({}, {"encryption_level": "low"}, "give security_layer too"),
    "native security in effect": (
        {"SecurityLayer": 0, "UserAuthentication": 0},
        {"network_level_authentication": True},
        "security_layer too",
    ),
    "NLA in effect": ({}, {"security_layer": "rdp"}, "give network_level_authentication too"),
}


@python_is_enough(lambda parameters: parameters["case"] not in ("FIPS without consent", "level Low in effect"))
@pytest.mark.parametrize("case", BAD)
def test_contradictions_change_nothing(host: Host, case: str) -> None:
    seeds, options, said = BAD[case]
    store(host.box, LISTENER, **seeds)
    assert_refused(host, task(**options), "Nothing was changed: ", said)


def test_a_contradiction_with_a_policy_is_one_too(host: Host) -> None:
    own(host.box, POLICY, MinEncryptionLevel=1)
    store(host.box, LISTENER, SecurityLayer=1)
    assert_refused(host, task(security_layer="ssl", encryption_level="high"), GPO, "encryption level against security layer")


def test_who_is_no_administrator_is_refused(host: Host) -> None:
    host.box.write_json("host", host.box.host | {"elevated": False})
    assert_refused(host, HARDENED, "administrator")


# -- undo -----------------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("scope", ["local", "policy"])
def test_undo_after_a_crash_at_any_write(host: Host, tmp_path: Path, scope: str) -> None:
    host = with_certificates(host, tmp_path, GOOD)
    store(host.box, LISTENER, SecurityLayer=1, UserAuthentication=0)
    assert_every_crash_can_be_undone(
        host,
        task(scope=scope, security_layer="ssl", network_level_authentication=True, certificate_thumbprint=make(GOOD).thumbprint),
    )


def test_undo_of_everything(seeded: Host) -> None:
    before = state(seeded.box)
    result = seeded.converge(HARDENED)
    (journal,) = result["journal"]
    assert len(changed(before, state(seeded.box))) == len(SETTINGS)
    assert "failed" not in seeded.undo(journal.rpartition("\\")[2].removesuffix(".jsonl"))
    assert changed(before, state(seeded.box)) == set()


# -- unlike connections ---------------------------------------------------------------------------------


@python_is_enough(lambda _parameters: True)
@pytest.mark.parametrize("connection", [Connection("ssh", "192.0.2.7", "deploy", 22, None), None])
def test_the_way_in_does_not_matter(host: Host, connection: Connection | None) -> None:
    host.connection = connection
    assert "failed" not in host.converge(HARDENED)
