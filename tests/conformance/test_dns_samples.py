# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sample of a real DNS Server is read, and says what a person reads in it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import dns_expected as expected
from conformance import dns_parsers as parsers
from conformance.conftest import SHARED

DATA = SHARED / "data/dns"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real samples are not at {DATA}")

MISC_PACKET, NSLOOKUP, TABLE = "debug-log-update-refused-packet.txt", "nslookup-ls-d-refused.txt", "get-dnsserverzone-table-m3c.txt"
LOG, STIG = "debug-log-samples.txt", "U_MS_Windows_Server_DNS_STIG_V1R1_Manual-xccdf.xml"
REPORTS = ("evotec-ws2016-dc-dump.tsv.txt", "asbuilt-pharmax-ws2019-ws2022-dns.tsv.txt", "asbuilt-pharmax-ws2025-dns.tsv.txt")


def text(name: str) -> str:
    return parsers.text_of(DATA / name)


def part(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: found.get(name, "absent") for name in wanted}


def test_no_sample_is_left_out() -> None:
    zone_files = [f"zonefiles/{name}.dns" for name in expected.ZONE_FILES]
    named = {
        "json": expected.JSON,
        "clixml": expected.CLIXML,
        "dnscmd": {**expected.DNSCMD, **expected.ZONES, **expected.STATUS},
        "registry": {**expected.REGISTRY, **expected.ACCESS},
        "roothints": {**expected.ROOT_HINTS, **expected.ANCHORS},
        "reports": dict.fromkeys(REPORTS),
        "misc": {**expected.LISTED, **expected.ERRORS, **dict.fromkeys((MISC_PACKET, NSLOOKUP, TABLE, LOG, STIG))},
    }
    known = {f"{folder}/{name}" for folder, names in named.items() for name in names} | set(zone_files)
    there = {str(file.relative_to(DATA)) for file in DATA.rglob("*") if file.is_file()} - {"README.md"}
    assert known == there


@pytest.mark.parametrize("name", expected.JSON)
def test_what_a_cmdlet_gave_as_json(name: str) -> None:
    found = parsers.json_objects(DATA / "json" / name)
    assert [part(one, wanted) for one, wanted in zip(found, expected.JSON[name], strict=True)] == expected.JSON[name]


@pytest.mark.parametrize("name", expected.CLIXML)
def test_what_was_exported_as_clixml(name: str) -> None:
    found = parsers.clixml_properties(DATA / "clixml" / name)
    assert part(found, expected.CLIXML[name]) == expected.CLIXML[name]


@pytest.mark.parametrize("name", expected.DNSCMD)
def test_what_dnscmd_says_of_a_server_or_zone(name: str) -> None:
    found = parsers.dnscmd_values(text(f"dnscmd/{name}"))
    assert part(found, expected.DNSCMD[name]) == expected.DNSCMD[name]


@pytest.mark.parametrize("name", expected.ZONES)
def test_which_zones_dnscmd_lists(name: str) -> None:
    assert parsers.dnscmd_zones(text(f"dnscmd/{name}")) == expected.ZONES[name]


@pytest.mark.parametrize("name", expected.STATUS)
def test_why_dnscmd_failed(name: str) -> None:
    assert parsers.dnscmd_status(text(f"dnscmd/{name}")) == expected.STATUS[name]


@pytest.mark.parametrize("name", expected.REGISTRY)
def test_what_the_registry_holds(name: str) -> None:
    assert parsers.registry_values(text(f"registry/{name}")) == expected.REGISTRY[name]


@pytest.mark.parametrize("name", expected.ACCESS)
def test_who_may_write_the_services_key(name: str) -> None:
    rows = parsers.access_rows(text(f"registry/{name}"))
    # the second row of each is for keys below, as a number
    here = {who: rights for who, rights in rows if not rights.lstrip("-").isdigit()}
    assert part(here, expected.ACCESS[name]) == expected.ACCESS[name]
    assert not any("DnsAdmins" in who for who, _ in rows)


@pytest.mark.parametrize("zone", expected.ZONE_FILES)
def test_a_zone_file_that_windows_wrote(zone: str) -> None:
    count, some, addresses = expected.ZONE_FILES[zone]
    found = parsers.zone_records(DATA / f"zonefiles/{zone}.dns", zone)
    assert len(found) == count
    assert set(some) <= found
    assert parsers.glue(DATA / f"zonefiles/{zone}.dns") == addresses


@pytest.mark.parametrize("name", expected.ROOT_HINTS)
def test_root_hints_over_the_years(name: str) -> None:
    found = parsers.root_hints(text(f"roothints/{name}"))
    assert sorted(found) == [f"{letter}.root-servers.net." for letter in "abcdefghijklm"]
    assert part(found, expected.ROOT_HINTS[name]) == expected.ROOT_HINTS[name]


@pytest.mark.parametrize("name", expected.ANCHORS)
def test_the_roots_trust_anchors(name: str) -> None:
    assert parsers.trust_anchors(text(f"roothints/{name}")) == expected.ANCHORS[name]


@pytest.mark.parametrize("name", expected.LISTED)
def test_what_a_person_sees_of_an_object(name: str) -> None:
    count, some = expected.LISTED[name]
    found = parsers.listed(text(f"misc/{name}"))
    assert len(found) == count
    assert part(found, some) == some


def test_what_2012_does_not_have_yet() -> None:
    older, newer = (parsers.listed(text(f"misc/get-dnsserversetting-all-{name}.txt")) for name in ("ws2012-docs", "ws2016-dc"))
    assert set(newer) - set(older) == {
        "IgnoreAllPolicies",
        "IgnoreServerLevelPolicies",
        "RootTrustAnchorsURL",
        "ScopeOptionValue",
        "VirtualizationInstanceOptionValue",
        "ZoneWritebackInterval",
    }


@pytest.mark.parametrize("name", expected.ERRORS)
def test_an_error_is_known_by_its_number_in_any_language(name: str) -> None:
    said = text(f"misc/{name}")
    assert "Fehler beim Erstellen" in said
    assert parsers.win32_number(said) == expected.ERRORS[name]


def test_the_debug_log_in_its_three_forms() -> None:
    assert parsers.debug_lines(text(f"misc/{LOG}")) == expected.PACKETS


def test_an_unsigned_update_is_refused() -> None:
    assert parsers.packet_header(text(f"misc/{MISC_PACKET}")) == {"QR": 1, "OPCODE": 5, "AA": 0, "TC": 0, "RD": 0, "RA": 0, "RCODE": 5}
    assert "Query refused" in text(f"misc/{NSLOOKUP}")


def test_the_table_of_zones() -> None:
    rows = parsers.zone_table(text(f"misc/{TABLE}"))
    assert {row[0]: tuple([*row[1:5], "False"][:4]) for row in rows} == expected.TABLE


def test_the_stig_has_its_rules() -> None:
    rules = parsers.stig_rules(DATA / "misc" / STIG)
    assert len(rules) == len(set(rules)) == 84
    assert (rules[0], rules[-1]) == (("V-259334", "WDNS-22-000001"), ("V-259417", "WDNS-22-000120"))


def test_rate_limiting_is_off_on_every_server_of_the_reports() -> None:
    (first, second), *_ = [parsers.tables_with(text(f"reports/{name}"), "Mode") for name in expected.LIMITING]
    found = {rows[0]["GatheredFrom"]: rows[0]["Mode"] for rows in (first, second)}
    assert found == expected.LIMITING[REPORTS[0]]
    tables = parsers.tables_with(text(f"reports/{REPORTS[1]}"), "Status", "Leak Rate")
    assert {row["DC Name"]: row["Status"] for rows in tables for row in rows} == expected.LIMITING[REPORTS[1]]


def test_root_hints_of_the_reports_have_duplicates_and_old_addresses() -> None:
    servers = parsers.tables_with(text(f"reports/{REPORTS[1]}"), "Name", "IPv4 Address", "IPv6 Address")
    first, second, third = [{row["Name"]: parsers.addresses(row, "IPv4 Address", "IPv6 Address") for row in rows} for rows in servers]
    assert first["b.root-servers.net."] == ["199.9.14.201", "2001:500:200::b"]
    assert second["b.root-servers.net."] == ["170.247.170.2", "2801:1b8:10::b"]
    assert second["a.root-servers.net."] == ["198.41.0.4", "198.41.0.4", "2001:503:ba3e::2:30"]
    assert (third["a.root-servers.net."], third["c.root-servers.net."]) == (["198.41.0.4"], ["2001:500:2::c"])


def test_zone_transfers_of_the_reports() -> None:
    tables = parsers.tables_with(text(f"reports/{REPORTS[1]}"), "Secure Secondaries")
    found = {row["Zone Name"]: (row["Secondary Servers"], row["Secure Secondaries"]) for rows in tables for row in rows}
    assert found.keys() == expected.TRANSFERS.keys()
    for zone, (listed, words) in expected.TRANSFERS.items():
        assert found[zone][0] == listed
        assert words in found[zone][1]


def test_a_domain_of_mixed_versions() -> None:
    rows = [row for rows in parsers.tables_with(text(f"reports/{REPORTS[2]}"), "Build Number", "DnsSec") for row in rows]
    assert {(row["Build Number"], row["DnsSec"]) for row in rows} == expected.MIXED
