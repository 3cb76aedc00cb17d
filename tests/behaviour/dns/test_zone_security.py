# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones are hardened on servers with zones in files, in the directory and of other servers: from each wrong value, and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough, refused_by_the_controller
from behaviour.dns.zone_checks import (
    assert_converges,
    assert_refused,
    change_dns,
    change_zone,
    effective,
    set_zone_values,
    taken_back,
    zone_values,
    zones,
)
from lab import boxes
from lab.engine import Crashed, WriteFault

NUMBERS = {"any": 0, "name_servers": 1, "listed": 2, "none": 3}
SERVERS = ["10.20.0.11", "2001:db8::53"]
MakeHost = Callable[..., Host]


@pytest.fixture
def make(engine: Any, tmp_path: Path) -> MakeHost:
    return lambda name, **options: Host(engine, boxes.build(name, tmp_path / name, **options))


def mode(word: str) -> dict[str, Any]:
    return {"mode": word} | ({"addresses": SERVERS} if word == "listed" else {})


def named(zone: str, **settings: Any) -> list[dict[str, Any]]:
    return [{"dns_zone_security": {"zones": [{"name": zone, **settings}]}}]


def every(**settings: Any) -> list[dict[str, Any]]:
    return [{"dns_zone_security": {"all_zones": settings}}]


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"].removeprefix("HW-DNS-"): one["status"] for one in result["controls"]}


# -- seeded wrong -------------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: (parameters["found"], parameters["wanted"]) != ("any", "listed"))
@pytest.mark.parametrize(("found", "wanted"), list(itertools.permutations(NUMBERS, 2)))
def test_transfers_of_a_primary_zone(make: MakeHost, found: str, wanted: str) -> None:
    host = make("dns_files")
    listed = ["10.9.9.9"] if found == "listed" else None
    set_zone_values(host.box, "lab.example", SecureSecondaries=NUMBERS[found], SecondaryServers=listed)
    before = effective(host.box)
    result = assert_converges(host, named("lab.example", transfers=mode(wanted)))
    assert zone_values(host.box, "lab.example")["SecureSecondaries"] == NUMBERS[wanted]
    assert (zone_values(host.box, "lab.example").get("SecondaryServers") or []) == (SERVERS if wanted == "listed" else listed or [])
    assert statuses(result).get("40") == (None if wanted == "any" else "changed")
    taken_back(host)
    assert effective(host.box) == before


@python_is_enough(lambda parameters: (parameters["found"], parameters["wanted"]) != ("name_servers", "listed"))
@pytest.mark.parametrize(("found", "wanted"), list(itertools.permutations(NUMBERS, 2)))
def test_transfers_of_a_secondary_zone(make: MakeHost, found: str, wanted: str) -> None:
    host = make("dns_secondary")
    listed = ["10.9.9.9"] if found == "listed" else None
    set_zone_values(
        host.box, "corp.example", SecureSecondaries=NUMBERS[found], SecondaryServers=listed, NotifyLevel=2, NotifyServers=["10.8.8.8"]
    )
    before = effective(host.box)
    result = assert_converges(host, named("corp.example", transfers=mode(wanted)))
    values = zone_values(host.box, "corp.example")
    assert values["SecureSecondaries"] == NUMBERS[wanted]
    assert (values["NotifyLevel"], values["NotifyServers"]) == (2, ["10.8.8.8"])
    assert statuses(result).get("41") == (None if wanted == "any" else "changed")
    taken_back(host)
    assert effective(host.box) == before


@python_is_enough(lambda parameters: True)
def test_every_copy_that_is_served_on_to_anybody_is_closed(make: MakeHost) -> None:
    host = make("dns_secondary")
    result = assert_converges(host, every(transfers=mode("none")))
    assert [zone_values(host.box, name)["SecureSecondaries"] for name in ("corp.example", "shop.example")] == [3, 3]
    assert len(result["changes"]) == 2
    assert statuses(result) == {"40": "compliant", "41": "changed", "46": "compliant"}


@python_is_enough(lambda parameters: parameters["wanted"] != "secure")
@pytest.mark.parametrize("wanted", ["secure", "none"])
def test_updates_of_one_zone_of_the_directory(make: MakeHost, wanted: str) -> None:
    host = make("dns_controller", zones=2)
    before = effective(host.box)
    # before updates end the zone is asked whether domain controllers register in it
    result = assert_converges(host, named("zone-001.example", dynamic_update=wanted), reads=2 if wanted == "none" else 1, settled=1)
    assert [zones(host.box)[f"zone-00{n}.example"]["DynamicUpdate"].lower() for n in (1, 2)] == [wanted, "nonsecureandsecure"]
    (control,) = [one for one in result["controls"] if one["id"] == "HW-DNS-42"]
    assert control["references"] == [], "the rule speaks of every zone, and the others were not judged"
    taken_back(host)
    assert effective(host.box) == before


def test_the_zone_of_another_domain_never_loses_updates(make: MakeHost) -> None:
    """The server answers for the records by which that domain is found."""
    host = make("dns_controller", zones=2)
    dns = host.box.read_json("dns")
    (zone,) = [one for one in dns["DnsServerZone"] if one["ZoneName"] == "zone-001.example"]
    zone["records"].append(["_ldap._tcp", 600, "SRV", "0 100 389 dc1.zone-001.example."])
    host.box.write_json("dns", dns)
    before = effective(host.box)
    result = host.converge(named("zone-001.example", dynamic_update="none"))
    assert "zone-001.example" in result["msg"]
    assert "_ldap._tcp" in result["msg"]
    assert effective(host.box) == before


@python_is_enough(lambda parameters: True)
def test_updates_of_all_zones_of_the_directory(make: MakeHost) -> None:
    host = make("dns_controller", zones=2)
    result = assert_converges(host, every(dynamic_update="secure"))
    found = {name: zone.get("DynamicUpdate") for name, zone in zones(host.box).items() if zone["ZoneType"] == "Primary"}
    # its own zone of DNSSEC and those that it made itself are as they were
    left = {name for name, update in found.items() if update == "None"}
    assert left == {"TrustAnchors", "0.in-addr.arpa", "127.in-addr.arpa", "255.in-addr.arpa"}
    assert set(found.values()) == {"None", "Secure"}
    assert len(result["changes"]) == 2
    assert statuses(result)["42"] == "changed"


@python_is_enough(lambda parameters: True)
def test_zones_in_files_are_left_with_the_reason(make: MakeHost) -> None:
    host = make("dns_files")
    result = assert_converges(host, every(dynamic_update="secure"))
    assert result["changed"] is False
    assert any("lab.example (dynamic_update is nonsecure_and_secure" in warning for warning in result["warnings"])
    assert statuses(result)["43"] == "non_compliant"
    closed = assert_converges(host, named("lab.example", dynamic_update="none"), reads=2, settled=1)
    assert zones(host.box)["lab.example"]["DynamicUpdate"] == "None"
    assert statuses(closed)["43"] == "changed"


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("wanted", ["none", "name_servers", "listed"])
def test_notification(make: MakeHost, wanted: str) -> None:
    host = make("dns_controller")
    result = assert_converges(host, named("corp.example", notify=mode(wanted)))
    assert zone_values(host.box, "corp.example")["NotifyLevel"] == {"none": 0, "name_servers": 1, "listed": 2}[wanted]
    assert statuses(result).get("44") == (None if wanted == "none" else "changed")


def test_aging(make: MakeHost) -> None:
    host = make("dns_controller")
    change_zone(host.box, "corp.example", aging={**zones(host.box)["corp.example"]["aging"], "ScavengeServers": ["10.7.7.7"]})
    before = effective(host.box)
    wanted = {"enabled": True, "refresh_interval": 24, "no_refresh_interval": 48, "scavenge_servers": []}
    result = assert_converges(host, named("corp.example", aging=wanted))
    assert zones(host.box)["corp.example"]["aging"] == {
        "AgingEnabled": True,
        "RefreshInterval": 86400,
        "NoRefreshInterval": 172800,
        "ScavengeServers": None,
    }
    assert len(result["changes"]) == 4
    assert [len(request["batch"]) for request in host.requests if request["operation"] == "apply"] == [1]
    taken_back(host)
    assert effective(host.box) == before


@python_is_enough(lambda parameters: True)
def test_several_settings_of_a_zone_are_one_call(make: MakeHost) -> None:
    host = make("dns_files")
    host.requests.clear()
    wanted = named("lab.example", transfers=mode("listed"), notify=mode("listed"), dynamic_update="none")
    result = assert_converges(host, wanted, reads=2, settled=1)
    (apply,) = [request for request in host.requests if request["operation"] == "apply"]
    (step,) = apply["batch"]
    assert step["operation"]["cmdlet"] == "Set-DnsServerPrimaryZone"
    assert "ReplicationScope" not in step["operation"]["parameters"]
    assert [line.partition(":")[0] for line in result["diff"][0]["after"].splitlines()] == ["transfers", "notify", "dynamic_update"]


@python_is_enough(lambda parameters: True)
def test_all_zones_loosens_none(make: MakeHost) -> None:
    """A zone of the directory is handed to nobody as it is made; one in a file to its name servers."""
    host = make("dns_controller", zones=1)
    change_zone(host.box, "corp.example", DynamicUpdate="None")
    wanted = {"transfers": mode("name_servers"), "dynamic_update": "secure"}
    result = assert_converges(host, every(**wanted))
    assert [change["target"] for change in result["changes"]] == ["DNS zone zone-001.example: dynamic_update"]
    assert any("corp.example: transfers is to nobody, stricter than" in line for one in result["controls"] for line in one["evidence"])
    replaced = assert_converges(host, [{"dns_zone_security": {"all_zones": wanted, "stricter": "replace"}}])
    assert zone_values(host.box, "corp.example")["SecureSecondaries"] == NUMBERS["name_servers"]
    assert zones(host.box)["corp.example"]["DynamicUpdate"] == "Secure"
    assert len(replaced["changes"]) == 5


# -- flip and undo ------------------------------------------------------------------------------------------

CLOSED: dict[str, Any] = {
    "transfers": mode("none"),
    "notify": mode("none"),
    "dynamic_update": "secure",
    "aging": {"enabled": True, "refresh_interval": 24, "no_refresh_interval": 24},
}
TURNED: dict[str, Callable[[Host], None]] = {
    "transfers": lambda host: set_zone_values(host.box, "corp.example", SecureSecondaries=0),
    "notify": lambda host: set_zone_values(host.box, "corp.example", NotifyLevel=1),
    "dynamic_update": lambda host: change_zone(host.box, "corp.example", DynamicUpdate="NonsecureAndSecure"),
    "aging.enabled": lambda host: turn_aging(host, AgingEnabled=False),
    "aging.refresh_interval": lambda host: turn_aging(host, RefreshInterval=90000),
    "aging.no_refresh_interval": lambda host: turn_aging(host, NoRefreshInterval=90000),
}


def turn_aging(host: Host, **values: Any) -> None:
    change_zone(host.box, "corp.example", aging=zones(host.box)["corp.example"]["aging"] | values)


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("setting", TURNED)
def test_turning_one_setting_is_one_change(make: MakeHost, setting: str) -> None:
    host = make("dns_controller")
    assert_converges(host, every(**CLOSED))
    TURNED[setting](host)
    (change,) = host.converge(every(**CLOSED), check=True)["changes"]
    assert change["target"] == f"DNS zone corp.example: {setting}"


@python_is_enough(lambda parameters: True)
def test_undo_of_a_whole_run(make: MakeHost) -> None:
    host = make("dns_controller", zones=2)
    set_zone_values(host.box, "corp.example", SecureSecondaries=0, NotifyLevel=1)
    before = effective(host.box)
    assert "failed" not in host.converge(every(**CLOSED))
    assert effective(host.box) != before
    taken_back(host)
    assert effective(host.box) == before


WRITES = 10


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_a_run_that_is_broken_off_is_taken_back(make: MakeHost, number: int) -> None:
    host = make("dns_controller", zones=2)
    before = effective(host.box)
    host.fault = WriteFault(number, "after")
    with pytest.raises(Crashed):
        host.outcome(every(**CLOSED))
    host.fault = None
    assert effective(host.box) != before
    taken_back(host)
    assert effective(host.box) == before


# -- bad input ------------------------------------------------------------------------------------------------


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize(
    ("box", "resources", "parts"),
    [
        ("dns_files", named("nowhere.example", transfers=mode("none")), ("no zone nowhere.example",)),
        ("dns_files", named("lab.example", dynamic_update="secure"), ("lab.example", "in a file")),
        ("dns_files", named("lab.example", transfers={"mode": "listed", "addresses": []}), ("no addresses",)),
        ("dns_files", named("127.in-addr.arpa", transfers=mode("none")), ("made by Windows itself",)),
        ("dns_controller", named("TrustAnchors", dynamic_update="secure"), ("DNSSEC",)),
        ("dns_controller", named("partner.example", transfers=mode("none")), ("conditional forwarder",)),
        ("dns_controller", named("corp.example", dynamic_update="none"), ("corp.example", "Use secure")),
        ("dns_controller", named("_msdcs.corp.example", dynamic_update="none"), ("_msdcs.corp.example", "Use secure")),
        ("dns_secondary", named("corp.example", dynamic_update="none"), ("secondary",)),
        ("dns_secondary", named("corp.example", aging={"enabled": True}), ("secondary",)),
    ],
)
def test_bad_input_changes_nothing(make: MakeHost, box: str, resources: Any, parts: tuple[str, ...]) -> None:
    assert_refused(make(box), resources, *parts)


def read_only(host: Host) -> None:
    change_dns(host.box, DnsServerSetting={"IsReadOnlyDC": True})
    for name, zone in zones(host.box).items():
        if zone["IsDsIntegrated"]:
            change_zone(host.box, name, IsReadOnly=True)


def test_a_read_only_controller(make: MakeHost) -> None:
    host = make("dns_controller", zones=1)
    read_only(host)
    assert_refused(host, named("zone-001.example", dynamic_update="secure"), "zone-001.example", "read-only")
    set_zone_values(host.box, "corp.example", SecureSecondaries=0)
    result = assert_converges(host, every(transfers=mode("none"), dynamic_update="secure"))
    assert [change["target"] for change in result["changes"]] == ["DNS zone corp.example: transfers"]
    assert statuses(result)["42"] == "non_compliant"


def stopped(host: Host) -> None:
    services = host.box.services
    services["DNS"]["state"] = "Stopped"
    host.box.write_json("services", services)


OBSTACLES: dict[str, tuple[Callable[[Host], None], str]] = {
    "stopped": (stopped, "start the service DNS"),
    "tools": (lambda host: change_dns(host.box, tools=False), "RSAT-DNS-Server"),
    "denied": (lambda host: change_dns(host.box, denied=True), "may not administer"),
}


@python_is_enough(lambda parameters: parameters["obstacle"] == "tools")
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_a_server_that_cannot_be_asked_is_not_changed(make: MakeHost, obstacle: str) -> None:
    host = make("dns_files")
    put, part = OBSTACLES[obstacle]
    put(host)
    assert_refused(host, every(transfers=mode("none")), part)


@python_is_enough(lambda parameters: True)
def test_a_host_without_the_role(host: Host) -> None:
    assert_refused(host, every(transfers=mode("none")), "RSAT-DNS-Server")


@pytest.mark.parametrize(("box", "zone"), [("dns_files", "lab.example"), ("dns_secondary", "corp.example")])
def test_what_changed_meanwhile_is_not_written(make: MakeHost, box: str, zone: str) -> None:
    host = make(box)

    def interfere(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        if request["operation"] == "apply":
            set_zone_values(host.box, zone, SecureSecondaries=1)
        return answer()

    host.on_the_way = interfere
    result = host.converge(named(zone, transfers=mode("none")))
    assert result["failed"] is True
    assert "something else changed it meanwhile" in result["msg"]
    assert zone_values(host.box, zone)["SecureSecondaries"] == 1


# -- many, and two at once --------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize(("number", "check"), [(500, True), (20, False)])
def test_many_zones_are_one_call_to_look_and_one_to_write(make: MakeHost, number: int, check: bool) -> None:
    host = make("dns_controller", zones=number)
    result = host.converge(every(transfers=mode("none"), dynamic_update="secure"), check=check)
    assert "failed" not in result
    assert (len(result["changes"]), result["round_trips"]) == (number, 1 if check else 2)
    again = host.converge(every(transfers=mode("none"), dynamic_update="secure"), check=check)
    assert (len(again["changes"]), again["round_trips"]) == (number if check else 0, 1)


@python_is_enough(lambda parameters: True)
def test_only_the_writer_writes_what_stands_in_the_directory(make: MakeHost) -> None:
    host = make("dns_controller", zones=1)
    set_zone_values(host.box, "zone-001.example", SecureSecondaries=0)
    wanted = {"all_zones": {"transfers": mode("none"), "dynamic_update": "secure"}}
    result = assert_converges(host, [{"dns_zone_security": {**wanted, "directory_writer": "DC99"}}])
    assert zones(host.box)["zone-001.example"]["DynamicUpdate"] == "NonsecureAndSecure"
    assert zone_values(host.box, "zone-001.example")["SecureSecondaries"] == 3
    assert any("DC99" in warning for warning in result["warnings"])
    own = host.box.read_json("host")["computer_name"]
    assert assert_converges(host, [{"dns_zone_security": {**wanted, "directory_writer": own}}])["changed"] is True
    assert zones(host.box)["zone-001.example"]["DynamicUpdate"] == "Secure"
