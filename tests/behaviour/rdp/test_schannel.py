# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS with forward secrecy: every version and the list of suites, from the wrong value and from one that Group Policy owns.

What is right is written here a second time, as registry values, and looked for in the box's own file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from behaviour.convergence import JOURNALS, Host, python_is_enough, refused_by_the_controller
from behaviour.rdp.checks import assert_converges, assert_refused, state
from behaviour.rdp.registry_seeding import GPO, own, store, stored
from lab import boxes
from lab.boxes.certificates import Certificate, install
from lab.engine import Crashed, WriteFault

PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
DIFFIE_HELLMAN = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\KeyExchangeAlgorithms\Diffie-Hellman"
SUITES = r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
LOCAL_SUITES = r"SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002"
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
BINDINGS = r"SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo"
RELEASES = ("2016", "2019", "2022", "2025")
HTTPS = Connection("winrm", "192.0.2.7", "deploy", 5986, True)

# name of the key -> the module's option, the end of its control's id, and whether it shall be on
VERSIONS = {
    "SSL 2.0": ("ssl_2_0", "01", False),
    "SSL 3.0": ("ssl_3_0", "02", False),
    "TLS 1.0": ("tls_1_0", "03", False),
    "TLS 1.1": ("tls_1_1", "04", False),
    "TLS 1.2": ("tls_1_2", "05", True),
    "DTLS 1.0": ("dtls_1_0", "07", False),
}
ROLES = {"server": "Server", "client": "Client"}
SECRET = [
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
]
NOT_SECRET = "TLS_RSA_WITH_AES_256_GCM_SHA384"
BROKEN = "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
HARDENED: dict[str, Any] = {
    "protocols": {option: {"server": on, "client": on} for option, _number, on in VERSIONS.values()},
    "cipher_suites": SECRET,
    "diffie_hellman_minimum": 2048,
}
CASES = [pytest.param(name, role, id=f"{name}-{role}") for name in VERSIONS for role in ROLES]
SAMPLES = (("TLS 1.0", "server"), ("TLS 1.2", "client"))


def sampled(parameters: Mapping[str, Any]) -> bool:
    return (parameters["version"], parameters["role"]) not in SAMPLES


def key(version: str, role: str) -> str:
    return f"{PROTOCOLS}\\{version}\\{ROLES[role]}"


def wrong(version: str) -> dict[str, int]:
    """The opposite of what is wanted, with the number that some tools write for yes."""
    return {"Enabled": 0, "DisabledByDefault": 1} if VERSIONS[version][2] else {"Enabled": 0xFFFFFFFF, "DisabledByDefault": 0}


def is_right(host: Host, version: str, role: str) -> bool:
    enabled, by_default = (stored(host.box, key(version, role), name) for name in ("Enabled", "DisabledByDefault"))
    return (enabled, by_default) == (1, 0) if VERSIONS[version][2] else enabled == 0


def wish(version: str, role: str, **more: Any) -> list[dict[str, Any]]:
    option, _number, on = VERSIONS[version]
    return [{"schannel": {"protocols": {option: {role: on}}, **more}}]


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {control["id"].removeprefix("HW-RDP-SC-"): control["status"] for control in result["controls"]}


# -- from wrong ---------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: parameters["release"] != "2022")
@pytest.mark.parametrize("release", RELEASES)
def test_a_new_server_is_hardened(host: Host, tmp_path: Path, release: str) -> None:
    """What is off by default is not written: only TLS 1.0 and 1.1, DTLS 1.0 and the list of suites."""
    host.box = boxes.build(f"default{release}", tmp_path / "new")
    result = assert_converges(host, [{"schannel": HARDENED}])
    places = {change["target"].rpartition(":")[0].removeprefix("HKLM\\") for change in result["changes"]}
    assert places == {key(version, role) for version in ("TLS 1.0", "TLS 1.1", "DTLS 1.0") for role in ROLES} | {SUITES}
    assert result["reboot_required"] is True
    assert result["restarts"] == []
    assert stored(host.box, SUITES, "Functions") == ",".join(SECRET)
    assert statuses(result) == {
        **dict.fromkeys(("01", "02", "05", "10"), "compliant"),
        **dict.fromkeys(("03", "04", "07", "08", "09"), "changed"),
    }


@python_is_enough(sampled)
@pytest.mark.parametrize(("version", "role"), CASES)
def test_a_version_that_is_wrong(host: Host, version: str, role: str) -> None:
    store(host.box, key(version, role), **wrong(version))
    result = assert_converges(host, wish(version, role))
    assert statuses(result) == {VERSIONS[version][1]: "changed"}
    assert len(result["changes"]) == 2
    assert is_right(host, version, role)
    assert result["reboot_required"] is True
    assert host.converge(wish(version, role))["reboot_required"] is False


@python_is_enough(sampled)
@pytest.mark.parametrize(("version", "role"), CASES)
def test_a_version_that_is_wrong_and_owned_by_policy(host: Host, version: str, role: str) -> None:
    """By an administrative template of somebody's own; Windows has none for these values."""
    own(host.box, key(version, role), **wrong(version))
    before = state(host.box)
    result = host.converge(wish(version, role))
    assert result["failed"] is True
    assert all(part in result["msg"] for part in ("Overridden by Group Policy", f"protocols.{VERSIONS[version][0]}.{role}", GPO))
    assert statuses(result) == {VERSIONS[version][1]: "overridden"}
    assert state(host.box) == before
    reported = host.converge(wish(version, role, on_override="report"))
    assert "failed" not in reported
    assert any(GPO in warning for warning in reported["warnings"])


WRONG_LISTS = {
    "no forward secrecy": [NOT_SECRET, *SECRET],
    "broken": [*SECRET, BROKEN],
    "another order": SECRET[::-1],
    "too few": SECRET[:3],
}


@python_is_enough(lambda parameters: parameters["case"] != "no forward secrecy")
@pytest.mark.parametrize("case", WRONG_LISTS)
def test_a_list_that_is_wrong(host: Host, case: str) -> None:
    store(host.box, SUITES, Functions=",".join(WRONG_LISTS[case]))
    result = assert_converges(host, [{"schannel": {"cipher_suites": SECRET}}])
    assert statuses(result) == {"08": "changed", "09": "changed"}
    assert stored(host.box, SUITES, "Functions") == ",".join(SECRET)
    assert result["reboot_required"] is True


@pytest.mark.parametrize("options", [{"cipher_suites": SECRET}, {"cipher_suites_absent": [NOT_SECRET]}], ids=["whole", "absent"])
def test_a_list_that_is_wrong_and_owned_by_policy(host: Host, options: dict[str, Any]) -> None:
    own(host.box, SUITES, Functions=",".join(WRONG_LISTS["no forward secrecy"]))
    before = state(host.box)
    result = host.converge([{"schannel": options}])
    assert result["failed"] is True
    assert all(part in result["msg"] for part in ("Overridden by Group Policy", NOT_SECRET, GPO, "00010002: Functions"))
    assert statuses(result) == {"08": "overridden", "09": "overridden"}
    assert state(host.box) == before


def test_a_list_in_the_computers_own_place_that_is_wrong(host: Host) -> None:
    store(host.box, LOCAL_SUITES, Functions=[NOT_SECRET, *SECRET, BROKEN])
    result = assert_converges(host, [{"schannel": {"cipher_suites_absent": [NOT_SECRET, BROKEN]}}])
    assert statuses(result) == {"08": "changed", "09": "changed"}
    assert stored(host.box, SUITES, "Functions") == ",".join(SECRET)


@python_is_enough(lambda parameters: parameters["release"] != "2019")
@pytest.mark.parametrize("release", RELEASES)
def test_suites_are_dropped_from_the_default(host: Host, tmp_path: Path, release: str) -> None:
    host.box = boxes.build(f"default{release}", tmp_path / "new")
    dropped = [NOT_SECRET, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", *(f"TLS_PSK_WITH_NULL_SHA{size}" for size in (256, 384))]
    dropped += ["TLS_PSK_WITH_AES_256_GCM_SHA384", "TLS_PSK_WITH_AES_128_GCM_SHA256", "TLS_PSK_WITH_AES_256_CBC_SHA384"]
    dropped += ["TLS_PSK_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC4_128_MD5"]
    assert_converges(host, [{"schannel": {"cipher_suites_absent": dropped}}])
    names = stored(host.box, SUITES, "Functions").split(",")
    assert not set(dropped) & set(names)
    assert [name for name in names if name in SECRET] == SECRET
    assert (BROKEN in names) is (release != "2025")
    assert ("TLS_AES_256_GCM_SHA384" in names) is (release in ("2022", "2025"))


@pytest.mark.parametrize("policy_owns", [False, True])
def test_short_diffie_hellman_keys(host: Host, policy_owns: bool) -> None:
    (own if policy_owns else store)(host.box, DIFFIE_HELLMAN, ServerMinKeyBitLength=1024)
    task = [{"schannel": {"diffie_hellman_minimum": 2048}}]
    if policy_owns:
        assert statuses(host.converge(task)) == {"10": "overridden"}
        assert stored(host.box, DIFFIE_HELLMAN, "ServerMinKeyBitLength") == 1024
    else:
        assert statuses(assert_converges(host, task)) == {"10": "changed"}
        assert stored(host.box, DIFFIE_HELLMAN, "ServerMinKeyBitLength") == 2048


def test_explicit_writes_everything_that_auditors_look_for(host: Host) -> None:
    result = assert_converges(host, [{"schannel": {**HARDENED, "explicit": True}}])
    assert len(result["changes"]) == 2 * 2 * len(VERSIONS) + 2
    assert all(is_right(host, version, role) for version in VERSIONS for role in ROLES)
    assert stored(host.box, DIFFIE_HELLMAN, "ServerMinKeyBitLength") == 2048


# -- flip ---------------------------------------------------------------------------------------------


@python_is_enough(sampled)
@pytest.mark.parametrize(("version", "role"), CASES)
def test_turning_one_version_is_its_changes_only(host: Host, version: str, role: str) -> None:
    assert "failed" not in host.converge([{"schannel": HARDENED}])
    store(host.box, key(version, role), **wrong(version))
    changes = host.converge([{"schannel": HARDENED}], check=True)["changes"]
    assert {change["target"].rpartition(":")[0] for change in changes} == {f"HKLM\\{key(version, role)}"}
    assert {tuple(change["controls"]) for change in changes} == {(f"HW-RDP-SC-{VERSIONS[version][1]}",)}


@pytest.mark.parametrize(("place", "name", "value"), [(SUITES, "Functions", NOT_SECRET), (DIFFIE_HELLMAN, "ServerMinKeyBitLength", 1024)])
def test_turning_anything_else_is_one_change(host: Host, place: str, name: str, value: Any) -> None:
    assert "failed" not in host.converge([{"schannel": HARDENED}])
    store(host.box, place, **{name: value})
    (change,) = host.converge([{"schannel": HARDENED}], check=True)["changes"]
    assert change["target"] == f"HKLM\\{place}: {name}"


# -- refusals -----------------------------------------------------------------------------------------


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"protocols": {"tls_1_2": {"server": False}}}, ("protocols.tls_1_2.server", "may not be switched off")),
        ({"protocols": {"ssl_2_0": {"client": True}}}, ("no SSL 2.0",)),
        ({"cipher_suites": [*SECRET, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P256"]}, ("no cipher suite", "_P256")),
        ({"cipher_suites": []}, ("cipher_suites is empty",)),
        ({"cipher_suites": SECRET[:2]}, ("Remote Desktop (RSA key)", SECRET[2])),
        ({"cipher_suites_absent": [name for name in SECRET if "_RSA_" in name] + ["TLS_AES"]}, ("no cipher suite TLS_AES",)),
        ({"only": ["HW-RDP-SC-99"]}, ("HW-RDP-SC-99",)),
    ],
)
def test_bad_input_changes_nothing(host: Host, options: dict[str, Any], parts: tuple[str, ...]) -> None:
    task = {"protocols": {"tls_1_0": {"server": False}}, **options}
    assert_refused(host, [{"schannel": task}], *parts)


@pytest.mark.parametrize("release", ["2016", "2019"])
def test_tls_1_3_is_refused_where_windows_does_not_support_it(host: Host, tmp_path: Path, release: str) -> None:
    host.box = boxes.build(f"default{release}", tmp_path / "old")
    task = [{"schannel": {"protocols": {"tls_1_0": {"server": False}, "tls_1_3": {"server": True}}}}]
    assert_refused(host, task, "TLS 1.3 since Server 2022")


@pytest.mark.parametrize("role", ROLES)
def test_older_versions_stay_where_tls_1_2_is_off(host: Host, role: str) -> None:
    store(host.box, key("TLS 1.2", role), Enabled=0, DisabledByDefault=1)
    assert_refused(host, wish("TLS 1.0", role), "TLS 1.2 is off", f"protocols.tls_1_2.{role}: true")


def test_the_certificates_in_use_decide_about_the_suites(host: Host) -> None:
    """Remote Desktop with an ECDSA certificate, WinRM over HTTPS with an RSA one: each needs its own."""
    listener, winrm = (install(host.box, Certificate(f"{kind}.example.test", key=kind)) for kind in ("ec", "rsa"))
    store(host.box, LISTENER, SSLCertificateSHA1Hash=bytes.fromhex(listener))
    store(host.box, rf"{BINDINGS}\0.0.0.0:5986", SslCertHash=bytes.fromhex(winrm), SslCertStoreName="MY")
    host.connection = HTTPS
    rsa, ecdsa = ([name for name in SECRET if f"_{kind}_" in name] for kind in ("RSA", "ECDSA"))
    assert_refused(host, [{"schannel": {"cipher_suites": rsa}}], "Remote Desktop (ECDSA key)")
    assert_refused(host, [{"schannel": {"cipher_suites": ecdsa}}], "HTTPS on 0.0.0.0:5986 (RSA key)")
    result = host.converge([{"schannel": {"cipher_suites": SECRET}}])
    assert result["changed"] is True
    assert "failed" not in result
    assert host.converge([{"schannel": {"cipher_suites": SECRET}}])["round_trips"] == 1


def test_https_with_a_certificate_that_cannot_be_told_needs_both_kinds(host: Host) -> None:
    host.connection = HTTPS
    assert_refused(host, [{"schannel": {"cipher_suites": SECRET[2:]}}], "this task's connection (port 5986)")
    assert "failed" not in host.converge([{"schannel": {"cipher_suites": SECRET}}])


# -- undo ---------------------------------------------------------------------------------------------


def journals(host: Host) -> list[str]:
    return sorted(file.stem for file in host.box.path(JOURNALS).glob("*.jsonl"))


def spoil(host: Host) -> None:
    for version in ("TLS 1.1", "TLS 1.2"):
        store(host.box, key(version, "server"), **wrong(version))
    store(host.box, SUITES, Functions=",".join(WRONG_LISTS["broken"]))


def test_undo_of_a_whole_run(host: Host) -> None:
    spoil(host)
    before = state(host.box)
    host.outcome([{"schannel": HARDENED}])
    assert host.undo(journals(host)[0])["changed"] is True
    assert state(host.box) == before
    assert host.undo(journals(host)[0])["changed"] is False


# three versions with two roles of two values, TLS 1.2 of the server, and the list
WRITES = 3 * 2 * 2 + 2 + 1


@python_is_enough(lambda parameters: (parameters["number"], parameters["when"]) != (7, "before"))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_undo_after_a_crash_at_any_write(host: Host, number: int, when: Any) -> None:
    spoil(host)
    before = state(host.box)
    host.fault = WriteFault(number, when)
    with pytest.raises(Crashed):
        host.outcome([{"schannel": HARDENED}])
    host.fault = None
    assert (state(host.box) != before) is ((number, when) != (1, "before"))
    host.undo(journals(host)[0])
    assert state(host.box) == before
