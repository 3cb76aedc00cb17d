# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of the DNS Server's cmdlets: types and errors as the real ones have them, and what they leave in the box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.box import Box
from lab.engine import WriteFault

PARAMETERS = "SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters"
ZONES = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\DNS Server\\Zones"
# prints what a block fails with: Try-It { ... }
TRY = "function Try-It { param($Block) try { $null = & $Block; 'done' } catch { $_.FullyQualifiedErrorId } }\n"


@pytest.fixture
def remote_desktop(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    """A box with the role, for `script`; another one by the parameter."""
    return boxes.build(getattr(request, "param", "dns_files"), tmp_path / "box")


def on(name: str) -> Any:
    return pytest.mark.parametrize("remote_desktop", [name], indirect=True, ids=[name])


def stored(box: Box, name: str, key: str = PARAMETERS) -> Any:
    return box.registry["HKLM"][key].get(name, {}).get("value")


def lay_over(box: Box, **changed: Any) -> None:
    box.write_json("dns", box.read_json("dns") | changed)


@on("dns_controller")
def test_values_have_the_types_of_windows(script: Any) -> None:
    said = script("""
        $values = (Get-DnsServerCache).MaxTtl, (Get-DnsServerRecursion).Timeout, (Get-DnsServerZone corp.example).DynamicUpdate,
            (Get-DnsServerSetting -All).SelfTest, (Get-DnsServerZoneAging -Name corp.example).RefreshInterval, (Get-DnsServerRecursion).Enable
        foreach ($value in $values) { "$($value.GetType().Name) $value" }
        $hint = @(Get-DnsServerRootHint)[0]
        $hint.NameServer.RecordData.NameServer
        foreach ($record in $hint.IPAddress) {
            foreach ($property in $record.RecordData.PSObject.Properties) { "$($record.RecordType) $($property.Name) $($property.Value.GetType().Name)" }
        }
        $forwarder = Get-DnsServerZone partner.example
        "$($forwarder.MasterServers.GetType().Name) $($forwarder.PSObject.TypeNames[0].Split('/')[-1])"
        $null -eq (Get-DnsServerForwarder).IPAddress; @((Get-DnsServerSetting).PSObject.Properties).Count""")
    assert said.lines == [
        "TimeSpan 1.00:00:00",
        "UInt32 8",
        "String Secure",
        "UInt32 4294967295",
        "TimeSpan 7.00:00:00",
        "Boolean True",
        "a.root-servers.net.",
        "A IPv4Address IPAddress",
        "AAAA IPv6Address IPAddress",
        "IPAddress DnsServerForwarderZone",
        "True",
        "9",
    ], said.errors


def test_an_error_is_known_by_its_id_and_ends_nothing_by_itself(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json("host", remote_desktop.host | {"language": "de-DE"})
    said = script("""
        $found = Get-DnsServerZone -Name gone.example, shop.example -ErrorAction SilentlyContinue -ErrorVariable errors
        'behind'; $one = $errors[-1]; $one.FullyQualifiedErrorId; $one.CategoryInfo.Category; $one.Exception.GetType().Name; $one.Exception.Message
        try { Get-DnsServerZone -Name gone.example -ErrorAction Stop; 'not reached' } catch { $_.FullyQualifiedErrorId }""")
    assert said.lines[:4] == ["behind", "WIN32 9601,Get-DnsServerZone", "ObjectNotFound", "CimException"], said.errors
    assert said.lines[4].startswith("Fehler beim Abrufen")
    assert said.lines[5:] == ["WIN32 9601,Get-DnsServerZone"]


@pytest.mark.parametrize(("what", "number"), [("stopped", 1722), ("denied", 5), ("not elevated", 5)])
def test_who_may_and_whether_it_answers(script: Any, remote_desktop: Box, what: str, number: int) -> None:
    if what == "stopped":
        services = remote_desktop.services
        services["DNS"]["state"] = "Stopped"
        remote_desktop.write_json("services", services)
    elif what == "denied":
        lay_over(remote_desktop, denied=True)
    else:
        remote_desktop.write_json("host", remote_desktop.host | {"elevated": False})
    before = remote_desktop.read_json("dns")
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        Try-It { Get-DnsServerRecursion }; Try-It { Set-DnsServerRecursion -Timeout 9 }
        $text = dnscmd.exe . /Config /NoRecursion 1; $LASTEXITCODE; "$text" -match 'Status = (\\d+)' | Out-Null; $Matches[1]"""
    )
    expected = [f"WIN32 {number},{name}-DnsServerRecursion" for name in ("Get", "Set")]
    assert said.lines == [*expected, str(number & 0xFF), str(number)], said.errors
    assert remote_desktop.read_json("dns") == before


@on("dns_controller")
def test_the_access_list_of_the_directory_lets_others_in(script: Any, remote_desktop: Box) -> None:
    directory = remote_desktop.read_json("dns")["directory"]
    account = remote_desktop.host["account"] | {"groups": ["S-1-5-32-545", "S-1-5-21-9-9-9-1201"]}
    remote_desktop.write_json("host", remote_desktop.host | {"account": account})
    rule = directory["rules"][0] | {"sid": "S-1-5-21-9-9-9-1201", "rights": 0x20094}
    attempt = TRY + "$ErrorActionPreference = 'Stop'; Try-It { Get-DnsServerRecursion }; Try-It { Set-DnsServerRecursion -Timeout 9 }"

    lay_over(remote_desktop, directory=directory | {"rules": [rule]})
    assert script(attempt).lines == ["done", "WIN32 5,Set-DnsServerRecursion"]
    lay_over(remote_desktop, directory=directory | {"rules": [rule | {"rights": 983551}]})
    assert script(attempt).lines == ["done", "done"]


def test_a_cmdlet_that_asks_needs_force(script: Any, remote_desktop: Box) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        Try-It { Set-DnsServerResponseRateLimiting -Mode Enable -Confirm:$false }
        Try-It { Remove-DnsServerRootHint -NameServer a.root-servers.net. }
        Try-It { Set-DnsServerRecursion -Timeout 9 -Confirm }
        Set-DnsServerResponseRateLimiting -Mode Enable -Force -WhatIf
        (Get-DnsServerResponseRateLimiting).Mode
        Set-DnsServerRRL -Mode enable -Force; (Get-DnsServerResponseRateLimiting).Mode; (Get-DnsServerRecursion).Timeout"""
    )
    assert len(said.lines) == 7, said.errors
    assert all(line.split(",")[1].startswith(("Set-DnsServer", "Remove-DnsServer")) and "WIN32" not in line for line in said.lines[:2])
    assert said.lines[2] not in ("done", "")
    assert said.lines[3].startswith("What if:")
    assert said.lines[4:] == ["Disable", "Enable", "8"]


def test_what_a_rate_may_be(script: Any) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        $rates = @{ WindowInSec = 0 }, @{ IPv4PrefixLength = 33 }, @{ IPv6PrefixLength = 129 }, @{ TruncateRate = 1 }, @{ LeakRate = 11 },
            @{ TruncateRate = 4 }, @{ LeakRate = 0; TruncateRate = 4 }, @{ LeakRate = 6 }
        foreach ($rate in $rates) { Try-It { Set-DnsServerResponseRateLimiting @rate -Force } }
        Try-It { Set-DnsServerResponseRateLimiting -Mode Sometimes -Force }
        Set-DnsServerResponseRateLimiting -Mode LogOnly -Force; Set-DnsServerResponseRateLimiting -ResetToDefault -Force
        $after = Get-DnsServerResponseRateLimiting; "$($after.Mode) $($after.LeakRate) $($after.TruncateRate)" """
    )
    refused = [f"WIN32 {number},Set-DnsServerResponseRateLimiting" for number in (9912, 9913, 9914, 9915, 9916, 9917)]
    wrong = "ParameterArgumentValidationError,Set-DnsServerResponseRateLimiting"
    assert said.lines == [*refused, "done", "done", wrong, "LogOnly 3 2"], said.errors


def test_a_whole_object_changes_what_differs_in_it(script: Any, remote_desktop: Box) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        $settings = Get-DnsServerSetting -All
        $settings.EnableVersionQuery = [uint32]1; $settings.SocketPoolExcludedPortRanges = '3000-3010', '4000-4000'
        $settings.ZoneWritebackInterval = [timespan]::FromMinutes(2)
        $settings | Set-DnsServerSetting
        $settings.MaximumUdpPacketSize = [uint32]1221; Try-It { Set-DnsServerSetting -InputObject $settings }
        $settings = Get-DnsServerSetting -All
        $settings.ListeningIPAddress = '127.0.0.1'; Try-It { Set-DnsServerSetting -InputObject $settings }
        $settings.ListeningIPAddress = [string[]]$settings.AllIPAddress; Set-DnsServerSetting -InputObject $settings"""
    )
    assert said.lines == ["WIN32 9553,Set-DnsServerSetting", "WIN32 9552,Set-DnsServerSetting"], said.errors
    after = remote_desktop.read_json("dns")
    assert (after["DnsServerSetting"]["EnableVersionQuery"], after["DnsServerSetting"]["ZoneWritebackInterval"]) == (1, 120)
    assert after["in_force"] == {"SocketPoolExcludedPortRanges": []}
    assert stored(remote_desktop, "EnableVersionQuery") == 1
    assert stored(remote_desktop, "SocketPoolExcludedPortRanges") == ["3000-3010", "4000-4000"]
    assert stored(remote_desktop, "ListenAddresses") is None
    assert stored(remote_desktop, "RoundRobin") is None


def test_a_zone_keeps_transfers_in_the_registry(script: Any, remote_desktop: Box) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        Set-DnsServerPrimaryZone -Name shop.example -SecureSecondaries TransferToSecureServers -SecondaryServers '10.0.0.9', '2001:DB8::9' -Notify nonotify
        $zone = Get-DnsServerZone shop.example
        "$($zone.SecureSecondaries) $($zone.SecondaryServers.IPAddressToString -join ' ') $($zone.Notify) $($null -eq $zone.NotifyServers)"
        Set-DnsServerPrimaryZone -Name shop.example -SecureSecondaries NoTransfer; (Get-DnsServerZone shop.example).SecondaryServers.Count
        Try-It { Set-DnsServerPrimaryZone -Name shop.example -DynamicUpdate Secure }
        Try-It { Set-DnsServerPrimaryZone -Name 127.in-addr.arpa -Notify Notify }
        Try-It { Set-DnsServerPrimaryZone -Name gone.example -Notify Notify }
        Try-It { Set-DnsServerPrimaryZone -Name shop.example -Notify Notify -ZoneFile x.dns }
        Set-DnsServerPrimaryZone -Name shop.example -DynamicUpdate NonSecureAndSecure; (Get-DnsServerZone shop.example).DynamicUpdate"""
    )
    assert said.lines == [
        "TransferToSecureServers 10.0.0.9 2001:db8::9 NoNotify True",
        "2",
        "WIN32 9611,Set-DnsServerPrimaryZone",
        "WIN32 9603,Set-DnsServerPrimaryZone",
        "WIN32 9601,Set-DnsServerPrimaryZone",
        "AmbiguousParameterSet,Set-DnsServerPrimaryZone",
        "NonsecureAndSecure",
    ], said.errors
    assert stored(remote_desktop, "SecureSecondaries", f"{ZONES}\\shop.example") == 3
    assert stored(remote_desktop, "NotifyLevel", f"{ZONES}\\shop.example") == 0


@on("dns_forwarder")
def test_policies_keep_their_order_and_what_they_use(script: Any, remote_desktop: Box) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        Add-DnsServerQueryResolutionPolicy -Name any -Action DENY -QType 'EQ,ANY'
        Add-DnsServerQueryResolutionPolicy -Name first -Action IGNORE -Fqdn 'EQ,*.bad.example' -ProcessingOrder 1 -Condition OR -Disable
        foreach ($one in Get-DnsServerQueryResolutionPolicy) {
            "$($one.ProcessingOrder) $($one.Name) $($one.Action) $($one.Condition) $($one.IsEnabled) $($one.AppliesOn)"
        }
        Try-It { Add-DnsServerQueryResolutionPolicy -Name any -Action DENY -QType 'EQ,TXT' }
        Try-It { Add-DnsServerQueryResolutionPolicy -Name x -Action ALLOW -QType 'EQ,TXT' }
        Try-It { Add-DnsServerQueryResolutionPolicy -Name x -Action DENY -ClientSubnet 'EQ,gone' }
        Try-It { Add-DnsServerQueryResolutionPolicy -Name x -Action DENY -ProcessingOrder 9 -QType 'EQ,TXT' }
        Try-It { Get-DnsServerQueryResolutionPolicy -Name gone }
        Try-It { Remove-DnsServerClientSubnet -Name guests -Force }
        Try-It { Remove-DnsServerRecursionScope -Name guests -Force }
        Try-It { Remove-DnsServerRecursionScope -Name . -Force }
        foreach ($name in 'first', 'guests') { Remove-DnsServerQueryResolutionPolicy -Name $name -Force }
        Remove-DnsServerClientSubnet -Name guests -Force
        (Get-DnsServerQueryResolutionPolicy).ProcessingOrder; (Get-DnsServerRecursionScope).Name -join ' '"""
    )
    name = "Add-DnsServerQueryResolutionPolicy"
    assert said.lines == [
        "1 guests Allow And True Recursion",
        "1 first Ignore Or False QueryProcessing",
        "2 any Deny And True QueryProcessing",
        *(f"WIN32 {number},{name}" for number in (9971, 9974, 9976, 9985)),
        "WIN32 9972,Get-DnsServerQueryResolutionPolicy",
        "WIN32 9975,Remove-DnsServerClientSubnet",
        "WIN32 9988,Remove-DnsServerRecursionScope",
        "WIN32 9960,Remove-DnsServerRecursionScope",
        "1",
        ". guests",
    ], said.errors
    assert remote_desktop.read_json("dns")["DnsServerQueryResolutionPolicy"][0]["ZoneName"] is None


def test_root_hints_by_name_and_by_object(script: Any, remote_desktop: Box) -> None:
    said = script(
        TRY
        + """
        $ErrorActionPreference = 'Stop'
        $hints = Get-DnsServerRootHint
        $hints | Where-Object { $_.NameServer.RecordData.NameServer -ne 'a.root-servers.net.' } | Remove-DnsServerRootHint -Force
        @(Get-DnsServerRootHint).Count
        Try-It { Remove-DnsServerRootHint -NameServer b.root-servers.net -Force }
        Try-It { Remove-DnsServerRootHint -NameServer a.root-servers.net -IPAddress 192.0.2.1 -Force }
        Try-It { Add-DnsServerRootHint -NameServer A.ROOT-SERVERS.NET -IPAddress 198.41.0.4 }
        Remove-DnsServerRootHint -NameServer A.ROOT-SERVERS.NET -IPAddress 198.41.0.4 -Force
        Add-DnsServerRootHint -InputObject $hints[1]
        Set-DnsServerRootHint -InputObject $hints[2]"""
    )
    assert said.lines == [
        "1",
        "WIN32 9714,Remove-DnsServerRootHint",
        "WIN32 9701,Remove-DnsServerRootHint",
        "WIN32 9711,Add-DnsServerRootHint",
    ], said.errors
    assert [hint["name"] for hint in remote_desktop.read_json("dns")["DnsServerRootHint"]] == ["c.root-servers.net."]


def test_a_fault_is_a_refused_write(script: Any, remote_desktop: Box) -> None:
    before = remote_desktop.read_json("dns")
    attempt = TRY + "$ErrorActionPreference = 'Stop'; Try-It { Set-DnsServerRecursion -Timeout 9 }"
    said = script(attempt, WriteFault(1, effect="sharing"))

    assert said.lines == ["WIN32 32,Set-DnsServerRecursion"], said.errors
    assert remote_desktop.read_json("dns") == before


@pytest.mark.parametrize(("when", "kept"), [("before", 8), ("after", 9)])
def test_a_crash_at_a_write(script: Any, remote_desktop: Box, when: str, kept: int) -> None:
    said = script("Set-DnsServerRecursion -Timeout 9; 'not reached'", WriteFault(1, when))

    assert (said.lines, said.exit_code) == ([], 86)
    assert remote_desktop.read_json("dns")["DnsServerRecursion"]["Timeout"] == kept
