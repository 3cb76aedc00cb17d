# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's hosts store about Remote Desktop, accounts, policy and certificates."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lab import boxes, inf, policy
from lab.box import Box
from lab.boxes import Certificate

TERMINAL_SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = TERMINAL_SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
RULES = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
STORE = r"SOFTWARE\Microsoft\SystemCertificates\MY\Certificates"
REMOTE_DESKTOP_RIGHT = "SeRemoteInteractiveLogonRight"
REMOTE_DESKTOP_USERS = "*S-1-5-32-555__Members"


def value(box: Box, key: str, name: str) -> Any:
    return box.registry["HKLM"][key][name]["value"]


def sockets(box: Box) -> list[tuple[str, str, int]]:
    own = box.services["TermService"]["process"]
    return [
        (entry["protocol"], entry["address"], entry["port"])
        for entry in json.loads((box.folder / "network.json").read_text("utf-8"))["sockets"]
        if entry["process"] == own
    ]


@pytest.mark.parametrize("release", ["2016", "2019", "2022", "2025"])
def test_a_default_host_has_remote_desktop_on_with_nla(tmp_path: Path, release: str) -> None:
    box = boxes.build(f"default{release}", tmp_path / "box")
    assert value(box, TERMINAL_SERVER, "fDenyTSConnections") == 0
    wanted = {"SecurityLayer": 2, "UserAuthentication": 1, "MinEncryptionLevel": 2, "PortNumber": 3389, "SelectTransport": 2}
    assert {name: value(box, LISTENER, name) for name in wanted} == wanted
    assert POLICY not in box.registry["HKLM"]
    rules = box.registry["HKLM"][RULES]
    own = [name for name in rules if "EmbedCtxt=@FirewallAPI.dll,-28752|" in rules[name]["value"]]
    assert own == ["RemoteDesktop-Shadow-In-TCP", "RemoteDesktop-UserMode-In-TCP", "RemoteDesktop-UserMode-In-UDP"]
    assert all("|Active=TRUE|" in rules[name]["value"] for name in own)
    every = [(protocol, address, 3389) for protocol in ("tcp", "udp") for address in ("0.0.0.0", "::")]
    assert sockets(box) == every


def test_a_fresh_server_denies_connections(tmp_path: Path) -> None:
    box = boxes.build("default2022", tmp_path / "box", remote_desktop=False)
    assert value(box, TERMINAL_SERVER, "fDenyTSConnections") == 1
    assert "|Active=FALSE|" in value(box, RULES, "RemoteDesktop-UserMode-In-TCP")
    assert "|Active=TRUE|" in value(box, RULES, "WINRM-HTTP-In-TCP")
    assert sockets(box) == []
    assert box.services["TermService"]["state"] == "Running"


def test_listener_rules_and_sockets_follow_the_port(tmp_path: Path) -> None:
    box = boxes.build("german2022", tmp_path / "box", rdp_port=13389)
    assert value(box, LISTENER, "PortNumber") == 13389
    assert "|LPort=13389|" in value(box, RULES, "RemoteDesktop-UserMode-In-TCP")
    assert "|LPort=13389|" in value(box, RULES, "RemoteDesktop-UserMode-In-UDP")
    assert {port for _, _, port in sockets(box)} == {13389}


@pytest.mark.parametrize("name", boxes.BOXES)
def test_accounts_groups_rights_and_the_connection_fit_together(name: str, tmp_path: Path) -> None:
    box = boxes.build(name, tmp_path / name)
    accounts, sections, own = box.read_json("accounts"), inf.read(box), box.host["account"]
    known = {entry["sid"] for entry in accounts["users"] + accounts["groups"]} | set(accounts["names"])
    assert own["sid"] in known
    assert set(sections[inf.GROUPS]) == {inf.members_key(group["sid"]) for group in accounts["groups"]}
    named = {sid for section in (inf.RIGHTS, inf.GROUPS) for line in sections[section].values() for sid in inf.sids(line)}
    assert named <= known | {own["sid"]}
    administrators = inf.sids(sections[inf.GROUPS]["*S-1-5-32-544__Members"])
    assert any(sid in {own["sid"], *own["groups"]} for sid in administrators)
    assert all(inf.sids(line) for line in sections[inf.RIGHTS].values()), "a right that nobody has is absent"


def test_lockout_by_release(tmp_path: Path) -> None:
    found = {year: inf.read(boxes.build(f"default{year}", tmp_path / year))[inf.ACCESS] for year in ("2016", "2022", "2025")}
    assert found["2022"]["LockoutBadCount"] == "0"
    assert "LockoutDuration" not in found["2022"]
    assert "AllowAdministratorLockout" not in found["2016"]
    assert [found["2025"][name] for name in ("LockoutBadCount", "LockoutDuration", "ResetLockoutCount")] == ["10"] * 3


def test_a_german_host_has_german_names_and_the_same_numbers(tmp_path: Path) -> None:
    german, english = (boxes.build(name, tmp_path / name) for name in ("german2022", "default2022"))
    names = {group["sid"]: group["name"] for group in german.read_json("accounts")["groups"]}
    assert names["S-1-5-32-555"] == "Remotedesktopbenutzer"
    assert set(names) == {group["sid"] for group in english.read_json("accounts")["groups"]}
    assert inf.read(german)[inf.RIGHTS] == inf.read(english)[inf.RIGHTS]


def test_a_domain_controller_has_no_accounts_of_its_own(tmp_path: Path) -> None:
    box = boxes.build("domain_controller", tmp_path / "box")
    assert value(box, r"SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType") == "LanmanNT"
    assert box.read_json("accounts")["users"] == []
    assert box.host["account"]["local"] is False
    assert inf.read(box)[inf.RIGHTS][REMOTE_DESKTOP_RIGHT] == "*S-1-5-32-544"


def test_what_a_policy_owns_stands_where_windows_puts_it(tmp_path: Path) -> None:
    box = boxes.build("under_policy", tmp_path / "box", rdp_port=13389)
    owned, sections = box.read_json("policy"), inf.read(box)
    for row in owned["registry"]:
        assert value(box, row["key"], row["name"]) == row["value"]
    assert value(box, POLICY, "UserAuthentication") == 0
    assert value(box, LISTENER, "UserAuthentication") == 1
    assert inf.sids(sections[inf.RIGHTS][REMOTE_DESKTOP_RIGHT]) == owned["rights"][0]["accounts"]
    assert inf.sids(sections[inf.GROUPS][REMOTE_DESKTOP_USERS]) == owned["groups"][0]["members"]
    assert sections[inf.ACCESS]["MinimumPasswordLength"] == "8"
    settings = box.read_json("power")["subgroups"]["238c9fa8-0aad-41ed-83f4-97be242c8f20"]
    assert settings["29f6c1db-86da-48c5-9fdb-f2b67b1f44da"] == {"ac": 1200, "dc": 900}


def test_a_refresh_takes_back_what_was_changed_against_the_policy(tmp_path: Path) -> None:
    box = boxes.build("under_policy", tmp_path / "box")
    before = {name: (box.folder / name).read_bytes() for name in ("registry.json", "security.inf", "power.json")}
    registry, sections = box.registry, inf.read(box)
    registry["HKLM"][POLICY]["UserAuthentication"]["value"] = 1
    del registry["HKLM"][POLICY]["SecurityLayer"]
    box.write_json("registry", registry)
    sections[inf.GROUPS][REMOTE_DESKTOP_USERS] = ""
    sections[inf.ACCESS]["MinimumPasswordLength"] = "14"
    inf.write(box, sections)
    policy.refresh(box)
    assert value(box, POLICY, "UserAuthentication") == 0
    assert value(box, POLICY, "SecurityLayer") == 1
    assert json.loads(before["registry.json"]) == box.registry
    assert (box.folder / "security.inf").read_bytes() == before["security.inf"]


@pytest.mark.parametrize(("standing", "owned"), [(0, 1), (1, 0)])
def test_a_refresh_switches_remote_desktop_and_no_session_ends(tmp_path: Path, standing: int, owned: int) -> None:
    box = boxes.build("default2022", tmp_path / "box", remote_desktop=not standing)
    box.write_json(
        "policy", {"registry": [{"key": POLICY, "name": "fDenyTSConnections", "kind": "DWord", "value": owned, "gpo": "Servers"}]}
    )
    sessions = (box.folder / "sessions.txt").read_bytes()
    assert value(box, TERMINAL_SERVER, "fDenyTSConnections") == standing
    process = box.services["TermService"]["process"]
    policy.refresh(box)
    opened = sorted({(one["protocol"], one["port"]) for one in box.read_json("network")["sockets"] if one["process"] == process})
    assert opened == ([] if owned else [("tcp", 3389), ("udp", 3389)])
    assert (box.folder / "sessions.txt").read_bytes() == sessions


def test_a_refresh_without_a_policy_changes_nothing(tmp_path: Path) -> None:
    box = boxes.build("default2022", tmp_path / "box")
    before = {file: file.read_bytes() for file in box.folder.rglob("*") if file.is_file()}
    policy.refresh(box)
    assert {file: file.read_bytes() for file in before} == before


def test_sessions(tmp_path: Path) -> None:
    busy, idle = (boxes.build(name, tmp_path / name) for name in ("active_sessions", "default2022"))
    assert (idle.folder / "sessions.txt").read_text("utf-8") == ""
    rows = [line.split("\t") for line in (busy.folder / "sessions.txt").read_text("utf-8").splitlines()]
    assert ["2", "RDP-Tcp#0", "0"] in rows
    assert ["3", "", "4"] in rows


def properties(blob: bytes) -> dict[int, bytes]:
    found, position = {}, 0
    while position < len(blob):
        number, one, length = struct.unpack_from("<III", blob, position)
        assert one == 1
        found[number] = blob[position + 12 : position + 12 + length]
        position += 12 + length
    return found


def test_a_certificate_stands_in_store_keys_and_file(tmp_path: Path) -> None:
    wanted = Certificate("rdp.example", names=("rdp.example",), ends=30)
    box = boxes.build("default2022", tmp_path / "box", certificates=[wanted, Certificate("short.example", bits=1024, readable=False)])
    first, second = box.read_json("keys")
    found = properties(bytes.fromhex(value(box, f"{STORE}\\{first}", "Blob")))
    certificate = x509.load_der_x509_certificate(found[32])
    assert found[3].hex().upper() == first
    assert certificate.subject.rfc4514_string() == "CN=rdp.example"
    assert 28 <= (certificate.not_valid_after_utc - datetime.now(UTC)).days <= 30
    assert x509.ExtendedKeyUsageOID.SERVER_AUTH in certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    container_offset, provider_offset, kind, flags, _, _, _ = struct.unpack_from("<7I", found[2])
    assert (kind, flags) == (12, 0x20)
    assert found[2][container_offset:provider_offset].decode("utf-16-le").endswith("}\0")
    name = box.read_json("keys")[first]["unique_name"]
    assert box.path(f"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\{name}").is_file()
    pem = (box.folder / "certificates" / f"{first}.pem").read_bytes()
    assert load_pem_private_key(pem, None).public_key() == certificate.public_key()
    assert [";;;NS)" in box.read_json("keys")[thumbprint]["sddl"] for thumbprint in (first, second)] == [True, False]


def test_a_certificate_without_its_key(tmp_path: Path) -> None:
    box = boxes.build("default2022", tmp_path / "box", certificates=[Certificate("bare.example", private_key=False, usages=())])
    assert box.read_json("keys") == {}
    [key] = [key for key in box.registry["HKLM"] if key.startswith(STORE)]
    found = properties(bytes.fromhex(value(box, key, "Blob")))
    assert set(found) == {3, 32}
    assert [type(extension.value).__name__ for extension in x509.load_der_x509_certificate(found[32]).extensions] == ["KeyUsage"]
