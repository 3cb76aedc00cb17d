# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of Resolve-DnsName, of the service's restart and of the directory, under a PowerShell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.box import Box
from lab.engine import WriteFault


@pytest.fixture
def remote_desktop(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    """A box with the role, for `script`; another one by the parameter."""
    return boxes.build(getattr(request, "param", "dns_files"), tmp_path / "box")


def on(name: str) -> Any:
    return pytest.mark.parametrize("remote_desktop", [name], indirect=True, ids=[name])


def test_a_restart_of_the_service_loads_the_registry(script: Any, remote_desktop: Box) -> None:
    document = remote_desktop.read_json("dns")
    document["DnsServerRecursion"]["Enable"] = False
    remote_desktop.write_json("dns", document | {"in_force": {"SocketPoolSize": 2500}})
    said = script("""
        $service = [System.ServiceProcess.ServiceController]::new('DNS'); $service.Stop()
        [System.IO.File]::ReadAllText("$env:LAB_BOX/network.json").Contains('"port": 53'); $service.Start(); "$($service.Status)" """)
    assert said.lines == ["False", "Running"], said.errors
    after = remote_desktop.read_json("dns")
    assert after["DnsServerRecursion"]["Enable"] is True
    assert "in_force" not in after


@on("dns_controller")
def test_the_host_s_own_server_answers_where_it_listens(script: Any, remote_desktop: Box) -> None:
    network = remote_desktop.read_json("network")
    network["name_servers"] = {"192.0.2.53": [["host.partner.example.", 60, "A", "192.0.2.9"]]}
    remote_desktop.write_json("network", network)
    said = script("""
        function Ask {
            param($Name, $Type, $Server)
            try {
                $found = Resolve-DnsName -Name $Name -Type $Type -Server $Server -DnsOnly -NoHostsFile -ErrorAction Stop
                @(foreach ($one in $found) { "$($one.Section) $($one.Name) $($one.Type)" }) -join ', '
            }
            catch { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.Exception.NativeErrorCode)" }
        }
        Ask corp.example SOA 10.20.0.10; Ask WWW.Corp.example. A 127.0.0.1; Ask www.corp.example AAAA 127.0.0.1
        Ask nobody.corp.example A 127.0.0.1; Ask wpad.corp.example A 127.0.0.1; Ask corp.example SOA 10.20.0.99
        Ask host.partner.example A 127.0.0.1; Ask elsewhere.example A 127.0.0.1
        (Ask . NS 127.0.0.1).Split(',')[0]
        Set-DnsServerRecursion -Enable $false; Ask elsewhere.example A 127.0.0.1
        dnscmd.exe . /ResetListenAddresses 10.20.0.10 | Out-Null; Ask corp.example SOA 127.0.0.1
        [System.ServiceProcess.ServiceController]::new('DNS').Stop(); Ask corp.example SOA 10.20.0.10
        Get-DnsClientServerAddress -AddressFamily IPv4 | ForEach-Object { "$($_.InterfaceAlias) $($_.ServerAddresses) $($_.AddressFamily)" }""")
    assert said.lines == [
        "Answer corp.example SOA, Additional dc01.corp.example A",
        "Answer www.corp.example A",
        "",
        "DNS_ERROR_RCODE_NAME_ERROR 9003",
        "DNS_ERROR_RCODE_NAME_ERROR 9003",
        "ERROR_TIMEOUT 1460",
        "Answer host.partner.example A",
        "DNS_ERROR_RCODE_SERVER_FAILURE 9002",
        "Answer  NS",
        "DNS_ERROR_RCODE_REFUSED 9005",
        "ERROR_TIMEOUT 1460",
        "ERROR_TIMEOUT 1460",
        "Ethernet 127.0.0.1 2",
    ], said.errors


OPEN = """
$root = [System.DirectoryServices.DirectoryEntry]::new('LDAP://localhost/RootDSE')
$name = "CN=MicrosoftDNS,CN=System,$($root.Properties['defaultNamingContext'][0])"
$entry = [System.DirectoryServices.DirectoryEntry]::new("LDAP://localhost/$name")
$entry.PSBase.Options.SecurityMasks = 'Owner, Dacl'
$security = $entry.PSBase.ObjectSecurity
$sid = [System.Security.Principal.SecurityIdentifier]::new('S-1-5-32-549')
$rule = [System.DirectoryServices.ActiveDirectoryAccessRule]::new($sid, 'GenericRead', 'Deny', 'None')
"""


@on("dns_controller")
def test_rules_of_the_directory_are_written_as_an_access_list_alone(script: Any, remote_desktop: Box) -> None:
    before = remote_desktop.read_json("dns")["directory"]
    said = script(
        OPEN
        + """
        $security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
        $own = @($security.GetAccessRules($true, $false, [System.Security.Principal.SecurityIdentifier]))
        $security.AddAccessRule($rule); $security.RemoveAccessRuleSpecific($own[0])
        try { $entry.PSBase.CommitChanges(); 'not reached' } catch { $_.Exception.GetBaseException().GetType().Name }
        $entry.PSBase.Options.SecurityMasks = 'Dacl'; $entry.PSBase.CommitChanges()
        $entry.PSBase.Options.SecurityMasks = 'Sacl'; $null -eq $entry.PSBase.ObjectSecurity"""
    )
    # PowerShell passes over what a property's getter throws and gives nothing
    assert said.lines == [before["owner"], "DirectoryServicesCOMException", "True"], said.errors
    after = remote_desktop.read_json("dns")["directory"]
    explicit = [one for one in before["rules"] if not one["inherited"]]
    inherited = [one for one in before["rules"] if one["inherited"]]
    added = explicit[0] | {"sid": "S-1-5-32-549", "rights": 0x20094, "type": "Deny", "inheritance": "None"}
    assert after == before | {"rules": [*explicit[1:], added, *inherited]}


@on("dns_controller")
def test_a_fault_refuses_the_access_list(script: Any, remote_desktop: Box) -> None:
    before = remote_desktop.read_json("dns")
    commit = "$security.AddAccessRule($rule); $entry.PSBase.Options.SecurityMasks = 'Dacl'\n"
    commit += "try { $entry.PSBase.CommitChanges() } catch { '0x{0:x8}' -f $_.Exception.GetBaseException().HResult }"
    said = script(OPEN + commit, WriteFault(1, effect="sharing"))
    assert said.lines == ["0x80070020"], said.errors
    assert remote_desktop.read_json("dns") == before


def test_a_host_without_a_directory_has_no_server_of_it(script: Any) -> None:
    # what an indexer throws is passed over too, but in strict mode
    said = script("""
        Set-StrictMode -Version Latest
        $root = [System.DirectoryServices.DirectoryEntry]::new('LDAP://localhost/RootDSE')
        try { $root.Properties['defaultNamingContext'] } catch { '0x{0:x8}' -f $_.Exception.GetBaseException().HResult }""")
    assert said.lines == ["0x8007203a"], said.errors
