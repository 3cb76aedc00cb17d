# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing in the payload that Windows PowerShell 5.1, C# 5 or .NET Framework 4.6.2 lacks; and the check sees what it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compatibility.allowed import TYPES
from compatibility.check import Commands, Framework, check
from compatibility.conftest import ASSEMBLIES, ROOT

SCRIPTS = [*sorted((ROOT / "plugins/modules").glob("*.ps1")), *sorted((ROOT / "plugins/module_utils").glob("*.psm1"))]

# what is planted -> a piece of the sentence that says so
SEEDED = {
    "null coalescing": ("$x = $null ?? 1", "QuestionQuestion"),
    "null-conditional member": ("$x = $null\n${x}?.Length", "QuestionDot"),
    "ternary": ("$x = $true ? 1 : 2", "TernaryExpressionAst"),
    "pipeline chain": ("Get-Date && Get-Date", "AndAnd"),
    "background job": ("Get-Date &", "PipelineAst"),
    "parallel": ("1..2 | ForEach-Object -Parallel { $_ }", "ForEach-Object has no parameter -Parallel"),
    "as hashtable": ("ConvertFrom-Json -InputObject '{}' -AsHashtable", "ConvertFrom-Json has no parameter -AsHashtable"),
    "relative path": ("[System.IO.Path]::GetRelativePath('a', 'b')", "System.IO.Path has no member GetRelativePath"),
    "contains of a char": ("[string]$text = 'a'\n'a'.Contains([char]'a')", "System.String.Contains does not take (System.Char)"),
    "contains of a char, by the parameter's type": (
        "function Test-It { param([string]$Text) $Text.Contains([char]'a') }",
        "System.String.Contains does not take (System.Char)",
    ),
    "move that overwrites": ("[System.IO.File]::Move('a', 'b', $true)", "System.IO.File.Move does not take 3 arguments"),
    "one argument too many": ("'a'.PadLeft(1, 'b', 2)", "System.String.PadLeft does not take 3 arguments"),
    "C# 6": (
        "Add-Type -TypeDefinition @'\npublic class Planted { public string A(int b) { return $\"{b}\"; } }\n'@",
        "not C# 5",
    ),
    "C# 6 in members": ("Add-Type -Namespace N -Name M -MemberDefinition 'public static string A { get; } = \"{b}\";'", "not C# 5"),
    "C# with a type of .NET": (
        "Add-Type -TypeDefinition 'public class Planted { public System.Text.Json.JsonDocument A() { return null; } }'",
        "not C# 5 of .NET Framework 4.6.2",
    ),
    "a native function that is not listed": (
        "Add-Type -Namespace N -Name M -MemberDefinition '[DllImport(\"advapi32.dll\")] public static extern int LsaOpenPolicy2(IntPtr a);{'",
        "advapi32.dll has no listed function LsaOpenPolicy2",
    ),
    "a native function with a parameter too few": (
        "Add-Type -Namespace N -Name M -MemberDefinition '[DllImport(\"wtsapi32.dll\")] public static extern void WTSFreeMemory();'",
        "WTSFreeMemory has 1 parameters, not 0",
    ),
    "alias": ("gcm", "gcm is an alias"),
    "alias of a symbol": ("1 | % { $_ }", "% is an alias"),
    "unapproved verb": ("function Fetch-Thing { }", "Fetch-Thing has no approved verb"),
    "command of 7": ("Get-Error", "5.1 has no command Get-Error"),
    "parameter of the payload's own": ("Get-UtcText -Tiem 1", "Get-UtcText has no parameter -Tiem"),
    "type of .NET": ("[System.Text.Json.JsonSerializer]", "there is no type System.Text.Json.JsonSerializer"),
    "member of no type": ("$one.EnumerateRunes()", "has a member EnumerateRunes"),
    "member that Microsoft.Web.Administration lacks": ("$manager.CommitNow()", "has a member CommitNow"),
    "member that a zone of the DNS Server lacks": ("$zone.IsHidden", "has a member IsHidden"),
    "not ASCII": ("# Gr\u00f6\u00dfe", "not ASCII"),
    "a mistake": ("if (", "5.1 has no such syntax"),
}


def test_the_payload_uses_nothing_that_5_1_lacks(pwsh: str, framework: Framework, commands: Commands) -> None:
    assert len(SCRIPTS) > 5
    assert [str(problem) for problem in check(pwsh, ASSEMBLIES, SCRIPTS, framework, commands)] == []


@pytest.fixture(scope="module")
def planted(pwsh: str, framework: Framework, commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The problems of a copy of the payload for each planted mistake, all scanned together."""
    folder = tmp_path_factory.mktemp("planted")
    original = (ROOT / "plugins/module_utils/_Document.psm1").read_text("utf-8")
    # what it calls if the scripts for IIS are there
    original += "\nfunction Add-Position { param($Failure, $Problem) }\n"
    files = []
    for name, (text, _said) in SEEDED.items():
        file = folder / f"{name}.psm1"
        file.write_text(f"{original}\n{text}\n", "utf-8")
        files.append(file)
    found: dict[str, list[str]] = {name: [] for name in SEEDED}
    for problem in check(pwsh, ASSEMBLIES, files, framework, commands):
        found[Path(problem.file).stem].append(problem.text)
    return found


@pytest.mark.parametrize("name", SEEDED)
def test_a_planted_mistake_is_caught(planted: dict[str, list[str]], name: str) -> None:
    assert any(SEEDED[name][1] in text for text in planted[name]), planted[name]


def test_nothing_else_is_caught(planted: dict[str, list[str]]) -> None:
    assert planted["alias"] == ["gcm is an alias"]
    assert planted["parallel"] == ["ForEach-Object has no parameter -Parallel"]


def test_the_parameters_of_a_firewall_rule_are_the_cmdlets(commands: Commands) -> None:
    """They are splatted, which the scan cannot see."""
    text = (ROOT / "plugins/module_utils/_FirewallWrite.psm1").read_text("utf-8")
    splatted = set(re.findall(r"\b([A-Z]\w+) = (?:'|\"|\$Rule\[)", text))

    assert {"DisplayName", "Group", "InterfaceType", "RemoteAddress"} <= splatted
    assert {name.lower() for name in splatted} <= {"erroraction", *(commands.parameters["new-netfirewallrule"] or ())}


def test_every_allowed_type_has_a_source() -> None:
    assert all(source for _members, source in TYPES.values())
