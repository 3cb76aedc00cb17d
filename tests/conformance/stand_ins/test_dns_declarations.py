# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of the DNS Server's cmdlets are those of the real module, as Get-Command tells them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.box import Box
from lab.engine_pwsh.build import FEATURE_MODULES

REAL = Path(__file__).parents[4] / "shared" / "data" / "powershell51" / "dnsserver-cmdlets.json"
VERBS = ("Get", "Set", "Add", "Remove")
# what docs/protocol.md lets the payload call, the directory's settings, which it only reads, and the getters beside it
NOUNS = (
    "Recursion RecursionScope Cache EDns Forwarder GlobalQueryBlockList ResponseRateLimiting ResponseRateLimitingExceptionlist"
    " QueryResolutionPolicy ZoneTransferPolicy ClientSubnet Diagnostics Scavenging PrimaryZone ZoneAging RootHint TrustAnchor DsSetting"
).split()
READ_TOO = ("Get-DnsServerZone", "Get-DnsServerSetting", "Set-DnsServerSetting", "Get-DnsServerTrustPoint")

# deliberate differences: cmdlet -> why it is not there
ABSENT = {"Add-DnsServerPrimaryZone": "the payload makes no zones, and the protocol has no operation that needs it"}
# type of the real module -> of the stand-in
OTHER_TYPES = {
    "ciminstance": "System.Management.Automation.PSObject",  # CimInstance needs libmi, which PowerShell for Linux does not bring
    "ciminstance[]": "System.Management.Automation.PSObject[]",
}
NAMES = {
    "bool": "System.Boolean",
    "int": "System.Int32",
    "ipaddress[]": "System.Net.IPAddress[]",
    "string[]": "System.String[]",
    "switch": "System.Management.Automation.SwitchParameter",
    "timespan": "System.TimeSpan",
    "uint16": "System.UInt16",
    "uint32": "System.UInt32",
    "CimSession[]": "Microsoft.Management.Infrastructure.CimSession[]",
}
ASK = """
$common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
$found = [ordered]@{}
foreach ($command in Get-Command -Module DnsServer -CommandType Function) {
    $parameters = [ordered]@{}
    foreach ($parameter in $command.Parameters.Values | Where-Object { $common -notcontains $_.Name }) {
        $values = @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateSetAttribute] } | ForEach-Object { $_.ValidValues })
        $parameters[$parameter.Name] = [ordered]@{
            type = $parameter.ParameterType.FullName; aliases = @($parameter.Aliases); values = $values
            sets = [ordered]@{}
        }
        foreach ($set in $parameter.ParameterSets.Keys) { $parameters[$parameter.Name]['sets'][$set] = $parameter.ParameterSets[$set].IsMandatory }
    }
    $found[$command.Name] = [ordered]@{ asks = $command.Parameters.ContainsKey('WhatIf'); parameters = $parameters }
}
ConvertTo-Json -InputObject $found -Depth 6 -Compress
"""


@pytest.fixture
def remote_desktop(tmp_path: Path) -> Box:
    """A box with the role, for `script`."""
    return boxes.build("dns_files", tmp_path / "box")


def _wanted(real: dict[str, Any]) -> dict[str, Any]:
    """A cmdlet of the list in the form that ASK prints."""
    parameters = {}
    for name, one in real["parameters"].items():
        sets = {each: each in one.get("mandatory_in", []) for each in one["sets"]}
        kind = OTHER_TYPES.get(one["type"]) or NAMES.get(one["type"], one["type"])
        parameters[name] = {"type": kind, "aliases": one.get("aliases", []), "values": one.get("values", []), "sets": sets}
    return {"asks": real["supports_should_process"], "parameters": parameters}


def test_every_cmdlet_has_the_parameters_of_the_real_one(script: Any) -> None:
    if not REAL.exists():
        pytest.skip(f"{REAL} is not there: the list of the real module's parameters stands beside the repository")
    real = json.loads(REAL.read_text("utf-8"))
    called = {f"{verb}-DnsServer{noun}" for noun in NOUNS for verb in VERBS} | set(READ_TOO)
    said = script("Import-Module DnsServer\n" + ASK)
    found = json.loads(said.lines[-1]) if said.lines else said.errors

    assert set(found) == (called & set(real)) - set(ABSENT), said.errors
    assert set(real) >= set(ABSENT)
    for name, cmdlet in found.items():
        assert cmdlet == _wanted(real[name]), name


def test_the_manifest_names_every_declared_cmdlet(script: Any) -> None:
    lines = (FEATURE_MODULES / "DnsServer" / "cmdlets.txt").read_text("utf-8").splitlines()
    declared = {line.split()[0] for line in lines if not line.startswith("#")}
    said = script(
        "(Get-Command -Module DnsServer -ListImported:$false -CommandType Function).Name; (Get-Command Set-DnsServerRRL).ResolvedCommand.Name"
    )

    assert set(said.lines) == declared, said.errors


def test_without_the_tools_neither_cmdlets_nor_the_program_are_there(script: Any, remote_desktop: Box) -> None:
    document = remote_desktop.read_json("dns")
    remote_desktop.write_json("dns", document | {"tools": False})
    said = script("""
        foreach ($name in 'Get-DnsServerZone', 'dnscmd.exe', 'Resolve-DnsName') { [bool](Get-Command -Name $name -ErrorAction Ignore) }""")

    assert said.lines == ["False", "False", "True"], said.errors
