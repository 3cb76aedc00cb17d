# SPDX-License-Identifier: GPL-3.0-or-later
"""What a journal's steps on a DNS Server left, seen again, and what must restart once they are taken back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.journal import JournalStep
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation, Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import key_read
from ansible_collections.hardening.windows.plugins.plugin_utils._dns import undoing
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.requests import (
    ZONES,
    call,
    dnscmd,
    get_read,
    planned_none,
    planned_one,
    planned_zone,
)

SUBNET, POLICY, CACHE = "DnsServerClientSubnet", "DnsServerQueryResolutionPolicy", "DnsServerCache"
PARAMETERS = r"System\CurrentControlSet\Services\DNS\PARAMETERS"
NONE_THERE = {"error": {"kind": "dns_error", "message": "", "hresult": "0x800726f8", "file": None, "line": None}}


def locking(percent: int, planned: int) -> Operation:
    return dnscmd("Config", ["/CacheLockingPercent", str(percent)], planned_one(get_read(CACHE), {}, {"LockingPercent": planned}))


def there(operation: Operation, *results: dict[str, Any]) -> Observations:
    """results: what each of the operation's reads gives, in order."""
    reads = undoing.reads_for(JournalStep(operation, operation, "done"))
    return Observations(reads, [Observation.from_answer(results[number % len(results)]) for number in range(len(reads))])


def value(*found: dict[str, Any]) -> dict[str, Any]:
    return {"value": list(found)}


@pytest.mark.parametrize(("now", "holds"), [(50, True), (90, False)])
def test_a_value_is_what_was_planned_on(now: int, holds: bool) -> None:
    operation = locking(100, planned=50)
    assert undoing.holds(operation, there(operation, value({"LockingPercent": now}))) is holds


def test_every_state_that_was_planned_on_must_be_there() -> None:
    both = dnscmd("Config", ["/x"], *(planned_one(get_read(CACHE), {}, {name: 1}) for name in ("MaxTtl", "MaxKBSize")))
    assert undoing.holds(both, there(both, value({"MaxTtl": 1}), value({"MaxKBSize": 1})))
    assert not undoing.holds(both, there(both, value({"MaxTtl": 1}), value({"MaxKBSize": 2})))


def test_an_entry_that_is_not_there() -> None:
    add = call("Add-" + SUBNET, {"Name": "guests"}, planned_none(get_read(SUBNET), {"Name": "guests"}))
    assert undoing.holds(add, there(add, value({"Name": "staff"})))
    assert undoing.holds(add, there(add, NONE_THERE))
    assert not undoing.holds(add, there(add, value({"Name": "staff"}, {"Name": "guests"})))


def test_of_several_entries_of_a_name_none_is_the_one() -> None:
    remove = call("Remove-" + SUBNET, {"Name": "guests"}, planned_one(get_read(SUBNET), {"Name": "guests"}, {}))
    assert undoing.holds(remove, there(remove, value({"Name": "guests"})))
    assert not undoing.holds(remove, there(remove, value({"Name": "guests"}, {"Name": "guests"})))


def networks(action: str, **given: list[str]) -> Operation:
    return call(
        "Set-" + SUBNET, {"Name": "guests", "Action": action, **given}, planned_one(get_read(SUBNET, "Name"), {"Name": "guests"}, {})
    )


@pytest.mark.parametrize(
    ("action", "ipv4", "ipv6", "holds"),
    [
        ("ADD", ["10.30.0.0/16"], None, True),
        ("ADD", ["10.30.0.0/16", "10.31.0.0/16"], None, False),
        ("ADD", None, ["2001:DB8::/32"], False),
        ("REMOVE", ["10.30.0.0/16"], None, False),
        ("REMOVE", ["10.31.0.0/16", "10.30.0.0/16"], None, False),
        ("REMOVE", ["10.31.0.0/16", "10.30.0.0/16"], ["2001:DB8::/32"], True),
    ],
)
def test_networks_are_there_or_not_in_whatever_order(action: str, ipv4: Any, ipv6: Any, holds: bool) -> None:
    """Before networks are added none of them is there; before they are taken away all are."""
    operation = networks(action, IPv4Subnet=["10.31.0.0/16"], IPv6Subnet=["2001:db8::/32"])
    found = value({"Name": "guests", "IPv4Subnet": ipv4, "IPv6Subnet": ipv6}, {"Name": "staff", "IPv4Subnet": ["10.31.0.0/16"]})
    assert undoing.holds(operation, there(operation, found)) is holds


@pytest.mark.parametrize(("number", "holds"), [(3, True), (0, False), (None, False)])
def test_a_secondary_zone_is_seen_in_the_registry(number: int | None, holds: bool) -> None:
    operation = dnscmd("ZoneResetSecondaries", ["corp.example", "/NoXfr"], planned_zone("corp.example", {"SecureSecondaries": 3}))
    values = {} if number is None else {"SecureSecondaries": {"kind": "DWord", "value": number}}
    read, *_same = undoing.reads_for(JournalStep(operation, operation, "done"))
    assert read == key_read(f"{ZONES}\\corp.example")
    found = {"value": {"exists": True, "values": values, "subkeys": []}}
    assert undoing.holds(operation, there(operation, found)) is holds


def rule(sid: str, inherited: bool = False) -> dict[str, Any]:
    return {"sid": sid, "rights": 1, "inherited": inherited}


@pytest.mark.parametrize(
    ("rules", "holds"),
    [
        ([rule("S-1-2"), rule("S-1-1")], True),
        ([rule("S-1-1"), rule("S-1-2"), rule("S-1-3", inherited=True)], True),
        ([rule("S-1-1")], False),
        ([rule("S-1-1"), rule("S-1-2"), rule("S-1-3")], False),
    ],
)
def test_rules_of_the_access_list_have_no_order(rules: list[dict[str, Any]], holds: bool) -> None:
    operation = Operation("dns", "acl", {"add": [], "remove": [], "planned": {"rules": [rule("S-1-1"), rule("S-1-2")]}})
    found = Observations([Read("dns", "acl")], [Observation({"applies": True, "rules": rules})])
    assert undoing.holds(operation, found) is holds


def test_a_host_that_is_no_controller_has_no_list() -> None:
    operation = Operation("dns", "acl", {"add": [], "remove": [], "planned": {"rules": []}})
    assert not undoing.holds(operation, Observations([Read("dns", "acl")], [Observation({"applies": False})]))


def registry(key: str, name: str = "TcpReceivePacketSize") -> Operation:
    return Operation("registry", "set", {"hive": "HKLM", "key": key, "name": name, "value": 1, "planned": {}})


@pytest.mark.parametrize(
    ("operation", "restarts"),
    [
        (locking(100, 50), ("DNS",)),
        (dnscmd("Config", ["/socketpoolsize", "3000"]), ("DNS",)),
        (dnscmd("Config", ["/EnableVersionQuery", "0"]), ()),
        (dnscmd("ResetListenAddresses", ["192.0.2.53"]), ()),
        (registry(PARAMETERS), ("DNS",)),
        (registry(PARAMETERS, "listenaddresses"), ("DNS",)),
        (registry(PARAMETERS, "NoRecursion"), ()),
        (registry(r"SYSTEM\CurrentControlSet\Services\DNS"), ()),
        (Operation("firewall", "remove", {"name": "x"}), ()),
    ],
)
def test_the_service_restarts_for_what_it_reads_at_its_start(operation: Operation, restarts: tuple[str, ...]) -> None:
    assert undoing.restarts([operation]) == restarts


def test_the_key_that_only_the_dns_server_reads() -> None:
    assert undoing.is_own(registry(PARAMETERS, "NoRecursion"))
    assert not undoing.is_own(registry(r"SYSTEM\CurrentControlSet\Services\DNS"))


def test_what_removes_an_entry_and_adds_it_anew_belongs_together() -> None:
    remove = undoing.entry_of(call("Remove-" + POLICY, {"Name": "Guests", "ZoneName": "corp.example"}))
    assert remove is not None
    assert remove == undoing.entry_of(call("Add-" + POLICY, {"Name": "guests", "ZoneName": "CORP.example", "Action": "DENY"}))
    assert remove != undoing.entry_of(call("Add-" + POLICY, {"Name": "guests"}))
    assert remove != undoing.entry_of(call("Add-" + SUBNET, {"Name": "guests", "ZoneName": "corp.example"}))
    assert undoing.entry_of(call("Set-" + SUBNET, {"Name": "guests"})) is None
    hints = [call(f"{verb}-DnsServerRootHint", {"NameServer": name}) for verb, name in (("Remove", "A."), ("Add", "a."), ("Add", "b."))]
    assert [undoing.entry_of(one) == undoing.entry_of(hints[0]) for one in hints] == [True, True, False]
    # anchors of one zone have its name, each of them
    assert undoing.entry_of(call("Add-DnsServerTrustAnchor", {"Name": "."})) is None


def test_a_person_reads_where_and_what() -> None:
    zone = planned_one(get_read("DnsServerZone", Name="corp.example"), {}, {"DynamicUpdate": "Secure"})
    step = JournalStep(call("Set-DnsServerPrimaryZone", {}, zone), call("Set-DnsServerPrimaryZone", {}, zone), "done")
    assert undoing.place_of(step) == ("DnsServerZone corp.example", "DynamicUpdate")
    assert undoing.before_and_after(step) == ("DynamicUpdate Secure", "DynamicUpdate Secure")
    add = call("Add-" + SUBNET, {"Name": "guests"}, planned_none(get_read(SUBNET), {"Name": "guests"}))
    remove = call("Remove-" + SUBNET, {"Name": "guests"}, planned_one(get_read(SUBNET), {"Name": "guests"}, {}))
    added = JournalStep(add, remove, "done")
    assert undoing.place_of(added) == (SUBNET, "guests")
    assert undoing.before_and_after(added) == ("absent", "there")


# -- entries that were added --------------------------------------------------------------------------------

SUBNETS = ("Name", "IPv4Subnet", "IPv6Subnet")


def guests(*networks: str) -> dict[str, Any]:
    return {"Name": "guests", "IPv4Subnet": list(networks), "IPv6Subnet": None}


def subnet_step() -> JournalStep:
    read = get_read(SUBNET, *SUBNETS)
    add = call("Add-" + SUBNET, {"Name": "guests", "IPv4Subnet": ["10.1.0.0/16", "10.2.0.0/16"]}, planned_none(read, {"Name": "guests"}))
    return JournalStep(add, call("Remove-" + SUBNET, {"Name": "guests"}, planned_one(read, {"Name": "guests"}, {})), "done")


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([guests("10.2.0.0/16", "10.1.0.0/16")], True),
        ([guests("10.1.0.0/16")], False),
        ([guests("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16")], False),
        ([], False),
    ],
)
def test_an_entry_of_the_name_has_the_meaning_too(found: list[dict[str, Any]], left: bool) -> None:
    step = subnet_step()
    reads = undoing.reads_for(step)
    seen = Observations(reads, [Observation.from_answer(value(*found))] * len(reads))
    assert undoing.is_left(step, seen) is left


def test_that_there_is_none_is_no_failure() -> None:
    """Root hints say it as an error, DNS_ERROR_NO_ROOT_HINTS, like a subnet that is not there."""
    hint = get_read("DnsServerRootHint", "NameServer.RecordData.NameServer")
    error = {"error": {"kind": "dns_error", "message": "", "hresult": "0x8007255c"}}
    seen = Observations([hint], [Observation.from_answer(error)])
    assert undoing.objects(seen, hint) == []
