# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of Windows' cmdlets, of accounts' names and of TermService, used as their pages document them."""

from __future__ import annotations

from typing import Any

import pytest

from lab.box import Box
from lab.engine import WriteFault

RULES = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"
LISTENER = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp"
SERVER = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
POLICY = "SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
NEW = """
$rule = @{ Name = 'lab-rdp'; DisplayName = 'Remote Desktop 3390'; Description = 'by a test'; Group = 'lab'; Direction = 'Inbound'; Action = 'Allow'
    Enabled = 'True'; Profile = @('Domain', 'Private'); Protocol = 'TCP'; LocalPort = '3390'; Program = '%SystemRoot%\\system32\\svchost.exe'
    Service = 'termservice'; RemoteAddress = @('10.1.2.3/8', '192.0.2.7', 'fe80::/64', 'LocalSubnet'); InterfaceType = 'Wired' }
"""
TEXT = (
    "|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|LPort=3390|RA4=10.0.0.0/255.0.0.0|RA4=192.0.2.7|RA6=fe80::/64"
    "|RA4=LocalSubnet|RA6=LocalSubnet|IFType=Lan|App=%SystemRoot%\\system32\\svchost.exe|Svc=termservice|Name=Remote Desktop 3390|Desc=by a test|EmbedCtxt=lab|"
)


def rule(box: Box, name: str) -> str | None:
    stored = box.registry["HKLM"][RULES].get(name)
    return stored and stored["value"]


def put(box: Box, key: str, **values: int) -> None:
    registry = box.registry
    registry["HKLM"].setdefault(key, {}).update({name: {"kind": "DWord", "value": value} for name, value in values.items()})
    box.write_json("registry", registry)


def test_a_new_rule_stands_as_windows_text(script: Any, remote_desktop: Box) -> None:
    said = script(NEW + "(New-NetFirewallRule @rule).Name; New-NetFirewallRule -Name 'lab-any' -DisplayName 'x' -Enabled False | Out-Null")
    assert said.lines == ["lab-rdp"], said.errors
    assert rule(remote_desktop, "lab-rdp") == "v2.31" + TEXT
    assert rule(remote_desktop, "lab-any") == "v2.31|Action=Allow|Active=FALSE|Dir=In|Name=x|"


def test_what_a_new_rule_may_not_be(script: Any) -> None:
    said = script("""
        function Try-It { param($Rule) try { New-NetFirewallRule @Rule -ErrorAction Stop } catch { $_.FullyQualifiedErrorId } }
        Try-It @{ Name = 'REMOTEDESKTOP-UserMode-In-TCP'; DisplayName = 'x' }
        Try-It @{ Name = 'a'; DisplayName = 'x'; LocalPort = '3390' }
        Try-It @{ Name = 'a'; DisplayName = 'x|y' }
        Try-It @{ Name = 'a'; DisplayName = 'x'; Protocol = 'TCP'; LocalPort = '70000' }
        foreach ($one in '10.0.0.256', '10.1', '10.0.0.0/33', 'fe80::/129', 'LocalNet', '10.0.0.1-10.0.0.2-10.0.0.3') {
            Try-It @{ Name = 'a'; DisplayName = 'x'; RemoteAddress = $one }
        }
        Try-It @{ Name = 'a'; DisplayName = 'x'; Enabled = $true }""")
    ids = ["Windows System Error 183", *["Windows System Error 87"] * 9, "ParameterArgumentTransformationError"]
    assert said.lines == [f"{one},New-NetFirewallRule" for one in ids], said.errors


def test_rules_are_switched_and_removed_by_name_and_group(script: Any, remote_desktop: Box) -> None:
    before = remote_desktop.registry["HKLM"][RULES]
    said = script("""
        Disable-NetFirewallRule -Name 'remotedesktop-usermode-in-tcp'
        Disable-NetFirewallRule -Group '@FirewallAPI.dll,-30267'; Enable-NetFirewallRule -Name 'WINRM-HTTP-In-TCP'
        Remove-NetFirewallRule -Name 'RemoteDesktop-Shadow-In-TCP'
        try { Remove-NetFirewallRule -Name 'Nothing' -ErrorAction Stop } catch { "$($_.CategoryInfo.Category) $($_.FullyQualifiedErrorId)" }""")
    assert said.lines == ["ObjectNotFound CmdletizationQuery_NotFound_InstanceID,Remove-NetFirewallRule"], said.errors
    after = remote_desktop.registry["HKLM"][RULES]
    assert set(before) - set(after) == {"RemoteDesktop-Shadow-In-TCP"}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"RemoteDesktop-UserMode-In-TCP", "WINRM-HTTP-In-TCP-PUBLIC"}
    assert after["WINRM-HTTP-In-TCP-PUBLIC"]["value"] == before["WINRM-HTTP-In-TCP-PUBLIC"]["value"].replace("Active=TRUE", "Active=FALSE")


def test_a_fault_refuses_a_rule(script: Any, remote_desktop: Box) -> None:
    said = script(
        NEW + "try { New-NetFirewallRule @rule -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }", WriteFault(1, effect="sharing")
    )
    assert said.lines == ["Windows System Error 32,New-NetFirewallRule"], said.errors
    assert rule(remote_desktop, "lab-rdp") is None


def test_networks_and_sockets(script: Any, remote_desktop: Box) -> None:
    sockets = [
        {"protocol": "tcp", "address": "::", "port": 3389, "process": 1044},
        {"protocol": "udp", "address": "0.0.0.0", "port": 53, "process": 7},
    ]
    remote_desktop.write_json("network", {"active_profiles": ["Domain", "Public"], "excluded": [], "sockets": sockets})
    said = script("""
        foreach ($one in Get-NetConnectionProfile) { "$($one.NetworkCategory) $([int]$one.NetworkCategory)" }
        foreach ($one in Get-NetTCPConnection -State Listen) { "$($one.LocalAddress) $($one.LocalPort) $($one.OwningProcess) $($one.State)" }
        foreach ($one in Get-NetUDPEndpoint) { "$($one.LocalAddress) $($one.LocalPort) $($one.OwningProcess.GetType().Name)" }
        try { Get-NetTCPConnection -LocalPort 1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }""")
    expected = [
        "DomainAuthenticated 2",
        "Public 0",
        ":: 3389 1044 Listen",
        "0.0.0.0 53 UInt32",
        "CmdletizationQuery_NotFound_LocalPort,Get-NetTCPConnection",
    ]
    assert said.lines == expected, said.errors


def test_services_by_process(script: Any, remote_desktop: Box) -> None:
    services = remote_desktop.services
    services["TermService"]["start_type"] = "Automatic"
    remote_desktop.write_json("services", services)
    said = script("""
        foreach ($one in Get-CimInstance -ClassName Win32_Service -Filter "ProcessId = 1044 AND State = 'Running'") {
            "$($one.Name) $($one.ProcessId.GetType().Name)"
        }
        (Get-CimInstance -Query "SELECT Name FROM Win32_Service WHERE Name = 'termservice'").StartMode""")
    assert said.lines == ["TermService UInt32", "Auto"], said.errors


def test_resultant_set_of_policy(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json(
        "policy",
        {
            "known": True,
            "registry": [{"key": POLICY, "name": "fDisableCdm", "kind": "DWord", "value": 1, "gpo": "Servers"}],
            "options": [{"key": r"System\CurrentControlSet\Control\Lsa", "name": "Level", "kind": "DWord", "value": 3, "gpo": "Options"}],
            "rights": [{"right": "SeDenyRemoteInteractiveLogonRight", "accounts": ["S-1-5-113"], "gpo": "Local Group Policy"}],
            "groups": [{"group": "S-1-5-32-555", "members": [], "gpo": "Servers"}],
            "account": [
                {"setting": "PasswordComplexity", "value": 1, "gpo": "Servers"},
                {"setting": "LockoutBadCount", "value": 3, "gpo": "Servers"},
            ],
        },
    )
    said = script("""
        $ask = @{ Namespace = 'root\\rsop\\computer' }
        $gpos = @{}; foreach ($one in Get-CimInstance @ask -ClassName RSOP_GPO) { $gpos[$one.id] = $one.name }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_RegistryPolicySetting -Filter 'precedence=1') {
            "$($one.registryKey) $($one.valueName) $($gpos[$one.GPOID])"
        }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_UserPrivilegeRight) { "$($one.UserRight) $($one.GPOID)" }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_RegistryValue -Filter 'precedence=1') {
            "$($one.Path) $($one.Type) $($one.Data) $($gpos[$one.GPOID])"
        }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_RestrictedGroup) { $one.GroupName }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_SecuritySettingNumeric) { "$($one.KeyName) $($one.Setting)" }
        foreach ($one in Get-CimInstance @ask -ClassName RSOP_SecuritySettingBoolean) { "$($one.KeyName) $($one.Setting)" }
        Get-CimInstance @ask -ClassName RSOP_RegistryPolicySetting -Filter 'precedence=2'""")
    assert said.lines == [
        f"{POLICY} fDisableCdm Servers",
        "SeDenyRemoteInteractiveLogonRight LocalGPO",
        "MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\Level 4 3 Options",
        "BUILTIN\\Remote Desktop Users",
        "LockoutBadCount 3",
        "PasswordComplexity True",
    ], said.errors


def test_a_host_may_lack_a_class(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json("policy", {"known": True, "missing": ["RSOP_RegistryValue"]})
    said = script("""
        $ask = @{ Namespace = 'root/rsop/computer'; ErrorAction = 'Stop' }
        try { Get-CimInstance @ask -ClassName RSOP_RegistryValue } catch { $_.FullyQualifiedErrorId }
        @(Get-CimInstance @ask -ClassName RSOP_RegistryPolicySetting).Count""")
    assert said.lines == ["HRESULT 0x80041010,Get-CimInstance", "0"], said.errors


def test_without_logging_the_namespace_is_missing(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json("policy", {"known": False})
    said = script("""
        foreach ($one in @{ Namespace = 'root/rsop/computer'; ClassName = 'RSOP_GPO' }, @{ ClassName = 'RSOP_GPO' },
            @{ ClassName = 'Win32_Service'; Filter = 'Name' }) {
            try { Get-CimInstance @one -ErrorAction Stop }
            catch { "$($_.Exception.GetType().Name) $('{0:x8}' -f $_.Exception.HResult) $($_.FullyQualifiedErrorId)" }
        }""")
    failed = "CimException {0} HRESULT 0x{0},Get-CimInstance"
    assert said.lines == [failed.format("8004100e"), failed.format("80041010"), failed.format("80041017")], said.errors


def test_local_users_have_windows_types(script: Any, remote_desktop: Box) -> None:
    user = {
        "name": "anna",
        "sid": "S-1-5-21-1-2-3-1002",
        "enabled": True,
        "password_last_set": "2026-11-01T00:00:00Z",
        "password_expires": True,
    }
    guest = {"name": "Guest", "sid": "S-1-5-21-1-2-3-501", "enabled": False, "password_last_set": None, "password_expires": False}
    remote_desktop.write_json("accounts", {"users": [user, guest], "groups": [], "names": {}})
    said = script("""
        foreach ($one in Get-LocalUser) {
            "$($one.Name) $($one.SID.GetType().Name) $($one.Enabled) $($one.PasswordLastSet -is [datetime]) $($null -eq $one.PasswordExpires)"
        }
        (Get-LocalUser -Name ANNA).PasswordLastSet.ToUniversalTime().ToString('s')
        try { Get-LocalUser -Name nobody -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }""")
    expected = [
        "anna SecurityIdentifier True True False",
        "Guest SecurityIdentifier False False True",
        "2026-11-01T00:00:00",
        "UserNotFound,Get-LocalUser",
    ]
    assert said.lines == expected, said.errors


def test_a_domain_controller_has_no_local_users(script: Any, remote_desktop: Box) -> None:
    registry = remote_desktop.registry
    registry["HKLM"]["SYSTEM\\CurrentControlSet\\Control\\ProductOptions"] = {"ProductType": {"kind": "String", "value": "LanmanNT"}}
    remote_desktop.write_json("registry", registry)
    assert script("try { Get-LocalUser } catch { 'refused' }").lines == ["refused"]


def test_names_and_sids(script: Any, remote_desktop: Box) -> None:
    computer = remote_desktop.host["computer_name"]
    remote_desktop.write_json(
        "accounts",
        {
            "users": [
                {"name": "anna", "sid": "S-1-5-21-1-2-3-1002", "enabled": True, "password_last_set": None, "password_expires": False}
            ],
            "groups": [{"name": "Gäste", "sid": "S-1-5-32-546"}],
            "names": {"S-1-5-113": "NT AUTHORITY\\Local account", "S-1-1-0": "Everyone", "S-1-5-21-7-8-9-1105": "CORP\\anna"},
        },
    )
    said = script("""
        function Name { param($Sid) try { [System.Security.Principal.SecurityIdentifier]::new($Sid).Translate([System.Security.Principal.NTAccount]).Value }
            catch [System.Security.Principal.IdentityNotMappedException] { 'orphan' } }
        function Sid { param($Name) try { [System.Security.Principal.NTAccount]::new($Name).Translate([System.Security.Principal.SecurityIdentifier]).Value }
            catch [System.Security.Principal.IdentityNotMappedException] { 'nobody' } }
        Name 'S-1-5-21-1-2-3-1002'; Name 'S-1-5-113'; Name 'S-1-5-21-1-2-3-4'
        Sid 'ANNA'; Sid '.\\anna'; Sid 'corp\\anna'; Sid 'everyone'; Sid 'Local account'; Sid 'nobody'; (Name 'S-1-5-32-546').Length""")
    assert said.lines == [
        f"{computer}\\anna",
        "NT AUTHORITY\\Local account",
        "orphan",
        "S-1-5-21-1-2-3-1002",
        "S-1-5-21-1-2-3-1002",
        "S-1-5-21-7-8-9-1105",
        "S-1-1-0",
        "S-1-5-113",
        "nobody",
        str(len("BUILTIN\\Gäste")),
    ], said.errors


def test_the_access_list_of_a_key_file(script: Any, remote_desktop: Box) -> None:
    file = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\0123_ab"
    remote_desktop.write_json("keys", {"AB" * 20: {"unique_name": "0123_ab", "sddl": "O:SYG:SYD:(A;;FA;;;SY)"}})
    remote_desktop.replace_file(file, b"key")
    said = script(
        f"(Get-Acl -LiteralPath '{file}').Sddl; try {{ Get-Acl -LiteralPath 'C:\\no' -ErrorAction Stop }} catch {{ $_.Exception.GetType().Name }}"
    )
    assert said.lines == ["O:SYG:SYD:(A;;FA;;;SY)", "ItemNotFoundException"], said.errors


RESTART = "$service = [System.ServiceProcess.ServiceController]::new('TermService'); $service.Stop(); $service.Start()"
TAKEN = {"protocol": "tcp", "address": "0.0.0.0", "port": 3390, "process": 4000}


def open_sockets(box: Box) -> list[tuple[str, str, int]]:
    return [(one["protocol"], one["address"], one["port"]) for one in box.read_json("network")["sockets"] if one["process"] == 1044]


def both(protocol: str, port: int) -> list[tuple[str, str, int]]:
    return [(protocol, "0.0.0.0", port), (protocol, "::", port)]


@pytest.mark.parametrize(
    ("values", "other", "expected"),
    [
        ({LISTENER: {"PortNumber": 3390}}, [], both("tcp", 3390) + both("udp", 3390)),
        ({LISTENER: {"PortNumber": 3390}}, [TAKEN], []),
        ({LISTENER: {"SelectTransport": 1}}, [], both("tcp", 3389)),
        ({POLICY: {"SelectTransport": 1}, LISTENER: {"SelectTransport": 2}}, [], both("tcp", 3389)),
        ({SERVER: {"fDenyTSConnections": 1}}, [], []),
        ({SERVER: {"fDenyTSConnections": 1}, POLICY: {"fDenyTSConnections": 0}}, [], both("tcp", 3389) + both("udp", 3389)),
    ],
    ids=["port", "port in use", "local tcp only", "policy tcp only", "denied", "policy allows"],
)
def test_a_restart_of_remote_desktop(
    script: Any, remote_desktop: Box, values: dict[str, dict[str, int]], other: list[dict[str, Any]], expected: list[tuple[str, str, int]]
) -> None:
    for key, numbers in values.items():
        put(remote_desktop, key, **numbers)
    network = remote_desktop.read_json("network")
    remote_desktop.write_json("network", network | {"sockets": network["sockets"] + other})
    (remote_desktop.folder / "sessions.txt").write_text("1\tConsole\t1\n2\tRDP-Tcp#0\t0\n3\tRDP-Tcp#12\t0\n4\t\t4\n", "utf-8")
    said = script(RESTART)
    assert open_sockets(remote_desktop) == expected, said.errors
    others = [one for one in remote_desktop.read_json("network")["sockets"] if one["process"] != 1044]
    assert others == [one for one in network["sockets"] if one["process"] != 1044] + other
    assert (remote_desktop.folder / "sessions.txt").read_text("utf-8") == "1\tConsole\t1\n4\t\t4\n"


def test_a_service_that_is_stuck_keeps_its_sockets(script: Any, remote_desktop: Box) -> None:
    services = remote_desktop.services
    services["TermService"]["stuck"] = True
    remote_desktop.write_json("services", services)
    before = remote_desktop.read_json("network")
    script("[System.ServiceProcess.ServiceController]::new('TermService').Stop()")
    assert remote_desktop.read_json("network") == before
