# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused for a zone that is named, what is left with its reason where all are meant, and what no host could take."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_domain import registered_zones
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from unit.dns.zone_plans import DC, EVERYTHING, WRONG, assert_refused, controller, mode, plan, statuses
from unit.dns.zone_samples import DENIED, STOPPED, Server, lines, zone

# -- zones that are left ------------------------------------------------------------------------------------------


def test_zones_that_nobody_hardens_are_left_with_the_reason() -> None:
    server = controller(zone("stub.example", "Stub"), zone(".", "Cache"))
    planned = plan(server, all_zones=EVERYTHING)
    assert {change.place for change in planned.changes} == {"DNS zone corp.example", "DNS zone _msdcs.corp.example"}
    evidence = "\n".join(line for result in planned.controls for line in result.evidence)
    for name in ("0.in-addr.arpa", "TrustAnchors", "partner.example", "stub.example", "."):
        assert f"{name} was left: " in evidence


@pytest.mark.parametrize("name", ["0.in-addr.arpa", "TrustAnchors", "partner.example"])
@pytest.mark.parametrize("setting", EVERYTHING)
def test_such_a_zone_is_refused_by_name(name: str, setting: str) -> None:
    assert_refused(controller(), name, "cannot be hardened", zones=[{"name": name, setting: EVERYTHING[setting]}])


@pytest.mark.parametrize(("now", "status"), [("NonsecureAndSecure", "non_compliant"), ("None", "compliant")])
def test_a_zone_in_a_file_takes_no_secure_updates(now: str, status: str) -> None:
    server = controller(zone("file.example", directory=False, DynamicUpdate=now))
    assert_refused(server, "file.example", "in a file", "Use none", zones=[{"name": "file.example", "dynamic_update": "secure"}])
    planned = plan(server, all_zones={"dynamic_update": "secure"})
    assert planned.empty
    assert statuses(planned)["43"] == status
    assert bool([warning for warning in planned.warnings if "file.example" in warning]) is (status == "non_compliant")


def test_a_zone_in_a_file_is_closed_to_updates_by_name() -> None:
    server = Server([zone("file.example", directory=False, DynamicUpdate="NonsecureAndSecure")])
    left = plan(server, all_zones={"dynamic_update": "none"})
    assert left.empty
    assert "in zones, by name" in left.warnings[0]
    planned = plan(server, zones=[{"name": "file.example", "dynamic_update": "none"}])
    assert statuses(planned)["43"] == "changed"
    server.apply(planned)
    assert server.zones[0]["DynamicUpdate"] == "None"


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("_msdcs.corp.example", "elsewhere.example"),
        ("corp.example", "elsewhere.example"),
        ("corp.example", "CORP.example"),
        ("corp.example", "sub.corp.example"),
    ],
)
def test_the_domain_is_not_made_unfindable(name: str, domain: str) -> None:
    server = controller(zone("other.example"), domain=domain)
    assert_refused(server, name, "dynamic_update none", "Use secure", zones=[{"name": name, "dynamic_update": "none"}])
    planned = plan(server, all_zones={"dynamic_update": "none"})
    assert lines(planned) == ["DNS zone other.example: dynamic_update: secure -> none"]
    assert statuses(planned)["42"] == "changed"
    assert any(f"{name}: dynamic_update is secure and was left" in line for result in planned.controls for line in result.evidence)


LOCATORS = ["_tcp", "_udp", "_sites", "_msdcs", "DomainDnsZones", "ForestDnsZones", "gc._msdcs", "lab._sites"]


@pytest.mark.parametrize("label", LOCATORS)
def test_a_zone_of_its_own_for_services_keeps_its_updates(label: str) -> None:
    """Netlogon registers _ldap._tcp of the domain right in it, wherever the domain's zone is."""
    name = f"{label}.sub.example"
    server = controller(zone(name), zone("tcp.example"), zone("_sip.example"))
    assert_refused(server, name, "domain controllers", "Use secure", zones=[{"name": name, "dynamic_update": "none"}])
    planned = plan(server, all_zones={"dynamic_update": "none"})
    assert {change.place for change in planned.changes} == {"DNS zone tcp.example", "DNS zone _sip.example"}


def test_such_a_zone_of_its_own_is_known_by_its_name_alone() -> None:
    """Whoever cannot ask the server knows as much."""
    assert set(registered_zones(["_tcp.sub.example", "tcp.example", "shop.example"], "corp.example")) == {"_tcp.sub.example"}


@pytest.mark.parametrize("label", LOCATORS)
def test_on_another_server_the_end_of_services_is_said(label: str) -> None:
    server = Server([zone(f"{label}.sub.example", directory=False, DynamicUpdate="NonsecureAndSecure")], facts={})
    planned = plan(server, zones=[{"name": f"{label}.sub.example", "dynamic_update": "none"}])
    assert len(planned.changes) == 1
    assert ["register the services of their domain" in one for one in planned.warnings] == [True]


@pytest.mark.parametrize(
    ("domain", "holder"), [("corp.example", "corp.example"), ("a.b.corp.example", "corp.example"), ("b.example", None)]
)
def test_the_zone_that_holds_the_domain_is_found_without_its_forest(domain: str, holder: str | None) -> None:
    """The forest's _msdcs may be a part of the zone, or on other servers."""
    server = Server([zone("corp.example"), zone("example"), zone("other.example")], facts=DC, domain=domain)
    planned = plan(server, all_zones={"dynamic_update": "none"})
    assert {"corp.example", "example", "other.example"} - {change.place.split()[-1] for change in planned.changes} == {holder} - {None}


SERVICES = {("_ldap._tcp.child.example", "SRV"): {"records": [{"name": "_ldap._tcp.child.example", "type": "SRV", "data": ""}]}}
BOTH: dict[str, Any] = {"all_zones": {"dynamic_update": "none"}}


def test_the_zone_of_another_domain_is_known_by_its_records() -> None:
    server = controller(zone("child.example"), zone("other.example"), zone("10.in-addr.arpa"))
    server.answers |= SERVICES
    assert_refused(server, "child.example", "_ldap._tcp", zones=[{"name": "Child.example.", "dynamic_update": "none"}])
    planned = plan(server, **BOTH)
    assert lines(planned) == [f"DNS zone {name}: dynamic_update: secure -> none" for name in ("other.example", "10.in-addr.arpa")]
    server.apply(planned)
    assert plan(server, **BOTH).empty


def test_a_zone_that_does_not_say_it_keeps_its_updates() -> None:
    server = controller(zone("child.example"))
    failed = {"kind": "dns_error", "message": "DNS server failure.", "hresult": "0x8007232a", "file": None, "line": None}
    server.answers[("_ldap._tcp.child.example", "SRV")] = {"error": failed}
    assert_refused(
        server, "child.example", "did not say", "DNS server failure", zones=[{"name": "child.example", "dynamic_update": "none"}]
    )


def test_on_another_server_it_is_said_where_it_is_asked_for_by_name() -> None:
    server = Server([zone("child.example", directory=False, DynamicUpdate="NonsecureAndSecure")])
    server.answers |= SERVICES
    planned = plan(server, zones=[{"name": "child.example", "dynamic_update": "none"}])
    assert len(planned.changes) == 1
    assert "_ldap._tcp" in planned.warnings[0]


def test_nobody_is_asked_while_no_updates_end() -> None:
    server = controller(zone("child.example", DynamicUpdate="None"))
    resource = DnsZoneSecurity({"zones": [{"name": "child.example", "dynamic_update": "none"}]})
    assert resource.further_reads(server.observe([resource])) == []


def test_the_domain_with_nonsecure_updates_is_left_and_said() -> None:
    server = controller()
    server.zones[0]["DynamicUpdate"] = "NonsecureAndSecure"
    planned = plan(server, all_zones={"dynamic_update": "none"})
    assert planned.empty
    assert statuses(planned)["42"] == "non_compliant"
    assert "corp.example (dynamic_update is nonsecure_and_secure, wanted none)" in planned.warnings[0]


def test_the_own_domain_of_a_member_is_warned_of() -> None:
    server = Server([zone("corp.example", directory=False, DynamicUpdate="NonsecureAndSecure")])
    planned = plan(server, zones=[{"name": "corp.example", "dynamic_update": "none"}])
    assert len(planned.changes) == 1
    assert "own domain" in planned.warnings[0]


# -- what stands in the directory -----------------------------------------------------------------------------------


def test_a_read_only_controller_sets_what_is_its_own() -> None:
    server = Server([zone("a.example", IsReadOnly=True, **WRONG)], facts=DC)
    planned = plan(server, all_zones={"transfers": mode("none"), "dynamic_update": "secure", "aging": {"enabled": True}})
    assert lines(planned) == ["DNS zone a.example: transfers: to anybody -> to nobody"]
    assert statuses(planned) == {"40": "changed", "42": "non_compliant", "45": "non_compliant"}
    assert "read-only domain controller" in planned.warnings[0]
    for setting in ({"dynamic_update": "secure"}, {"aging": {"enabled": True}}):
        assert_refused(server, "a.example", "read-only", zones=[{"name": "a.example", **setting}])
    assert plan(server, zones=[{"name": "a.example", "dynamic_update": "nonsecure_and_secure"}]).empty


@pytest.mark.parametrize(("word", "told"), [("listed", True), ("name_servers", True), ("none", False)])
def test_a_read_only_controller_says_that_it_hands_no_zone_on(word: str, told: bool) -> None:
    server = Server([zone("a.example", IsReadOnly=True, **WRONG), zone("b.example", **WRONG)], facts=DC)
    warnings = plan(server, zones=[{"name": name, "transfers": mode(word)} for name in ("a.example", "b.example")]).warnings
    assert [all(part in one for part in ("a.example can", "transfers_from_read_only")) for one in warnings] == [True] * told
    # where all are meant it is about who may not
    assert plan(server, all_zones={"transfers": mode(word)}).warnings == ()


@pytest.mark.parametrize("writer", ["DC02", "dc02.corp.example"])
def test_only_the_writer_writes_what_stands_in_the_directory(writer: str) -> None:
    server = Server([zone("a.example", **WRONG), zone("file.example", directory=False)], facts=DC)
    wanted = {"transfers": mode("none"), "dynamic_update": "secure", "aging": {"enabled": True}}
    planned = plan(server, all_zones=wanted, directory_writer=writer)
    assert lines(planned) == [
        "DNS zone a.example: transfers: to anybody -> to nobody",
        "DNS zone file.example: transfers: to the zone's name servers -> to nobody",
        "DNS zone file.example: aging.enabled: off -> on",
    ]
    assert statuses(planned)["42"] == "non_compliant"
    assert writer in planned.warnings[0]
    server.facts = {**DC, "computer_name": "DC02"}
    there = plan(server, all_zones=wanted, directory_writer=writer)
    assert statuses(there)["42"] == "changed"
    assert there.warnings == ()


def test_what_the_writer_wrote_is_compliant_elsewhere() -> None:
    planned = plan(Server([zone("a.example")], facts=DC), all_zones={"dynamic_update": "secure"}, directory_writer="DC02")
    assert statuses(planned) == {"42": "compliant"}
    assert planned.warnings == ()


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"zones": [{"name": "nowhere.example", "transfers": mode("none")}]}, ("no zone nowhere.example",)),
        ({"zones": [{"name": "corp.example"}, {"name": "CORP.example."}]}, ("CORP.example.", "twice")),
        ({"zones": [{"name": " . "}]}, ("empty name",)),
        ({"all_zones": {"transfers": {"mode": "listed", "addresses": []}}}, ("all_zones: transfers", "no addresses")),
        ({"all_zones": {"notify": {"mode": "listed"}}}, ("all_zones: notify", "no addresses")),
        ({"all_zones": {"notify": {"mode": "none", "addresses": ["10.1.1.1"]}}}, ("mode listed only",)),
        ({"zones": [{"name": "corp.example", "transfers": mode("listed", "10.1")}]}, ("zone corp.example", "'10.1'")),
        ({"all_zones": {"transfers": mode("listed", "0.0.0.0")}}, ("0.0.0.0",)),
        ({"all_zones": {"aging": {"refresh_interval": -1}}}, ("aging.refresh_interval", "1 to 8760")),
        ({"all_zones": {"aging": {"no_refresh_interval": 0}}}, ("aging.no_refresh_interval",)),
        ({"all_zones": {"aging": {"refresh_interval": 8761}}}, ("8760",)),
        ({"all_zones": {"aging": {"scavenge_servers": ["dc01"]}}}, ("'dc01'",)),
    ],
)
def test_bad_input_is_refused(options: dict[str, Any], parts: tuple[str, ...]) -> None:
    assert_refused(controller(), *parts, **options)


@pytest.mark.parametrize(("failure", "part"), [(DENIED, "Administrators"), (STOPPED, "start the service DNS")])
def test_a_server_that_cannot_be_asked(failure: Any, part: str) -> None:
    assert_refused(controller(failures={"zones": failure}), part, all_zones=EVERYTHING)


def test_two_resources_that_disagree_about_a_zone_are_refused() -> None:
    server = Server([zone("a.example")])
    one, other = (DnsZoneSecurity({"zones": [{"name": "a.example", "transfers": mode(word)}]}) for word in ("none", "name_servers"))
    with pytest.raises(HardeningError, match="DNS zone a.example: transfers"):
        server.plan_all([one, other])


def test_aging_that_cannot_be_read() -> None:
    error = {"error": {"kind": "dns_error", "message": "try later", "hresult": "0x80072552", "file": None, "line": None}}
    server = controller(aged={"corp.example": error})
    assert_refused(server, "corp.example", "try later", zones=[{"name": "corp.example", "aging": {"enabled": True}}])
    planned = plan(server, all_zones={"aging": {"enabled": True}})
    assert {change.place for change in planned.changes} == {"DNS zone _msdcs.corp.example"}
    assert "corp.example" in planned.failures[0]


def test_a_mode_that_no_version_is_known_to_have_is_shown_and_set() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferToFriends")])
    planned = plan(server, all_zones={"transfers": mode("none")})
    assert lines(planned) == ["DNS zone a.example: transfers: TransferToFriends -> to nobody"]
