# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's DNS Servers store: complete, the registry and the service of one mind, and so after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import boxes, dns_values
from lab.box import Box
from lab.boxes.dns_zones import DNS_ADMINS, HELPDESK
from lab.engine_python import PythonEngine
from lab.engine_python.dns_restart import start_again

SERVERS = sorted(name for name in boxes.BOXES if name.startswith("dns_"))
REAL = Path(__file__).resolve().parents[4] / "shared/data/dns/misc"
# what that server, a domain controller, shows otherwise than a member: as itself, as a word of the format view, as a TimeSpan
OF_THAT_HOST = {
    "DsAvailable": ("True",),
    "BootMethod": ("3",),
    "SendPort": ("Random",),
    "LameDelegationTTL": ("00:00:00",),
    "MaximumSignatureScanPeriod": ("2.00:00:00",),
    "MaximumTrustAnchorActiveRefreshInterval": ("15.00:00:00",),
    "ZoneWritebackInterval": ("00:01:00",),
}


def documents(box: Box) -> dict[str, Any]:
    return {name: box.read_json(name) for name in ("dns", "registry", "network", "services")}


@pytest.mark.parametrize("name", SERVERS)
def test_a_restart_of_a_new_server_changes_nothing(name: str, tmp_path: Path) -> None:
    box = boxes.build(name, tmp_path / "box", zones=2)
    before = documents(box)
    start_again(box)
    assert documents(box) == before


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_has_every_value(name: str, tmp_path: Path) -> None:
    stored = boxes.build(name, tmp_path / "box").read_json("dns")
    assert all(value.property in stored[value.noun] for value in dns_values.VALUES)
    assert set(dns_values.LOG_BITS) <= set(stored["DnsServerDiagnostics"])


def shown(name: str) -> dict[str, str]:
    """What a getter of a real server printed: property -> text."""
    file = REAL / name
    if not file.exists():
        pytest.skip(f"what a real server printed is not here: {file}")
    pairs = (line.partition(":") for line in file.read_text("utf-8").splitlines() if ":" in line)
    return {left.strip().removesuffix("(s)"): right.strip() for left, _colon, right in pairs}


def plain(value: Any) -> str:
    return str(value) if isinstance(value, bool | int) else ""


@pytest.mark.parametrize(
    ("file", "noun", "derived"),
    [
        ("get-dnsserversetting-all-ws2016-dc.txt", "DnsServerSetting", {"ListeningIPAddress"}),
        ("get-dnsserverdiagnostics-docs.txt", "DnsServerDiagnostics", set()),
    ],
)
def test_a_server_of_2016_has_the_properties_of_a_real_one(file: str, noun: str, derived: set[str], tmp_path: Path) -> None:
    real = {name: text for name, text in shown(file).items() if name not in derived}
    stored = boxes.build("dns_secondary", tmp_path / "box").read_json("dns")[noun]
    assert sorted(stored) == sorted(real)
    differing = {name for name, value in stored.items() if plain(value) and real[name] not in (plain(value), *OF_THAT_HOST.get(name, ()))}
    assert differing == set()


@pytest.mark.parametrize("name", SERVERS)
def test_there_may_be_many_zones(name: str, tmp_path: Path) -> None:
    few, many = (boxes.build(name, tmp_path / str(count), zones=count).read_json("dns")["DnsServerZone"] for count in (0, 300))
    assert len(many) - len(few) == 300
    assert [zone["ZoneName"].lower() for zone in many] == sorted({zone["ZoneName"].lower() for zone in many})


def test_the_controller_is_as_promotion_leaves_it(tmp_path: Path) -> None:
    box = boxes.build("dns_controller", tmp_path / "box")
    stored = box.read_json("dns")
    kinds = {(zone["ZoneName"], zone["ReplicationScope"], zone.get("DynamicUpdate")) for zone in stored["DnsServerZone"]}
    assert {("corp.example", "Domain", "Secure"), ("_msdcs.corp.example", "Forest", "Secure"), ("TrustAnchors", "Forest", "None")} <= kinds
    assert stored["directory"]["admins"] == {"sid": DNS_ADMINS, "members": [HELPDESK]}
    assert box.read_json("accounts")["names"][DNS_ADMINS] == "CORP\\DnsAdmins"
    assert box.registry["HKLM"][dns_values.PARAMETERS]["BootMethod"]["value"] == 3


def test_the_files_server_has_old_and_doubled_root_hints(tmp_path: Path) -> None:
    hints = {hint["name"]: hint["addresses"] for hint in boxes.build("dns_files", tmp_path / "box").read_json("dns")["DnsServerRootHint"]}
    assert len(hints) == 13
    assert hints["a.root-servers.net."].count("198.41.0.4") == 2
    assert hints["b.root-servers.net."] == ["199.9.14.201", "2001:500:200::b"]


def test_sockets_are_those_of_the_list_or_of_everything(tmp_path: Path) -> None:
    def addresses(name: str) -> set[str]:
        sockets = boxes.build(name, tmp_path / name).read_json("network")["sockets"]
        return {socket["address"] for socket in sockets if socket["port"] == 53}

    assert addresses("dns_hardened") == {"10.20.0.50"}
    assert addresses("dns_files") == {"10.20.0.20", "127.0.0.1", "::1"}


@pytest.mark.parametrize("value", dns_values.VALUES, ids=[value.name for value in dns_values.VALUES])
def test_a_default_is_in_range_and_comes_back_from_the_registry(value: dns_values.Value) -> None:
    shown = dns_values.default(value, 20348)
    stored = value.stored(shown)
    if stored["kind"] == "DWord":
        assert value.allows(stored["value"])
    assert (value.shown(stored["value"]) or None) == (shown or None)


def test_names_of_values_are_each_there_once() -> None:
    assert len(dns_values.BY_NAME) == len(dns_values.BY_PROPERTY) == len(dns_values.VALUES)


def test_every_secondary_zone_has_its_registry_values(tmp_path: Path) -> None:
    box = boxes.build("dns_secondary", tmp_path / "box", zones=400)
    read = {"provider": "dns", "read": "zones", "properties": ["ZoneName"], "aging": "all"}
    answer = PythonEngine().answer(box, "windows_dns_read", {"protocol": 1, "operation": "read", "batch": [read]})
    found = answer["observations"][0]["value"]
    assert len(found["registry"]) == 402
    assert all(values == {"SecureSecondaries": 0, "NotifyLevel": 0} for values in found["registry"].values())
