# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of the registry, the account and services, driven by PowerShell as .NET's pages document them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab.box import Box

Run = Callable[[str], list[str]]
PREPARE = """
$ErrorActionPreference = 'Stop'
$machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
function Say { param($Problem)
    $inner = $Problem.Exception
    # PowerShell's own wrapping, and ServiceController's around the system's error
    while ($inner -is [System.Management.Automation.RuntimeException] -or $inner -is [System.InvalidOperationException]) {
        $inner = $inner.InnerException
    }
    "$($inner.GetType().Name) $($inner.NativeErrorCode)".Trim()
}
"""


@pytest.fixture
def box(remote_desktop: Box) -> Box:
    return remote_desktop


@pytest.fixture
def run(script: Any) -> Run:
    """The lines of a script that complains of nothing."""

    def lines(text: str) -> list[str]:
        said = script(PREPARE + text)
        assert not said.errors, said.errors
        return said.lines

    return lines


def test_registry_values_keep_their_kind(run: Run, box: Box) -> None:
    lines = run("""
        $key = $machine.CreateSubKey('SOFTWARE\\Lab')
        $key.SetValue('Number', -1, 'DWord'); $key.SetValue('Text', '%SystemDrive%\\x', 'ExpandString')
        $key.SetValue('Many', [string[]]@('a', 'b'), 'MultiString'); $key.SetValue('Bytes', [byte[]]@(1, 255), 'Binary')
        $key.GetValue('number'); $key.GetValue('Text'); $key.GetValue('Text', $null, 'DoNotExpandEnvironmentNames'); $key.GetValueKind('Many')""")
    assert lines == ["-1", "C:\\x", "%SystemDrive%\\x", "MultiString"]
    stored = box.registry["HKLM"]["SOFTWARE\\Lab"]
    assert stored["Number"] == {"kind": "DWord", "value": 4294967295}
    assert stored["Bytes"] == {"kind": "Binary", "value": "01ff"}


def test_registry_what_is_absent(run: Run) -> None:
    lines = run("""
        $null -eq $machine.OpenSubKey('SOFTWARE\\Nothing'); $machine.OpenSubKey('software').GetValue('Nothing', 'default')
        try { $machine.OpenSubKey('SOFTWARE').SetValue('x', 1) } catch { Say $_ }
        try { $machine.CreateSubKey('SOFTWARE\\Lab').DeleteValue('Nothing') } catch { Say $_ }""")
    assert lines == ["True", "default", "UnauthorizedAccessException", "ArgumentException"]


def test_the_account_is_the_boxs(run: Run, box: Box) -> None:
    account = box.host["account"]
    lines = run("""
        $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $identity.Name; $identity.User.Value; $identity.Groups.Count
        ([System.Security.Principal.WindowsPrincipal]$identity).IsInRole([System.Security.Principal.SecurityIdentifier]'S-1-5-32-544')""")
    assert lines == [account["name"], account["sid"], str(len(account["groups"])), "True"]


def test_a_token_that_is_not_elevated_is_no_administrator(run: Run, box: Box) -> None:
    box.write_json("host", box.host | {"elevated": False})
    lines = run("""
        $principal = [System.Security.Principal.WindowsPrincipal][System.Security.Principal.WindowsIdentity]::GetCurrent()
        $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)""")
    assert lines == ["False"]


def test_services(run: Run, box: Box) -> None:
    lines = run("""
        $service = [System.ServiceProcess.ServiceController]::new('w3svc')
        $service.Stop(); $service.WaitForStatus('Stopped'); "$($service.Status)"
        try { $service.Stop() } catch { Say $_ }
        try { [System.ServiceProcess.ServiceController]::new('Nothing').Status } catch { Say $_ }""")
    assert lines[:2] == ["Stopped", "Win32Exception 1062"]
    assert box.services["W3SVC"]["state"] == "Stopped"


def test_files_made_and_deleted_reach_the_box(run: Run, box: Box) -> None:
    box.replace_file("C:\\old.txt", b"old")
    run("[System.IO.File]::WriteAllText('C:\\new.txt', 'new'); [System.IO.File]::Delete('C:\\old.txt')")
    assert box.path("C:\\new.txt").read_bytes() == b"new"
    assert not box.path("C:\\old.txt").exists()


def test_what_is_closed_cannot_be_opened(run: Run, box: Box) -> None:
    box.replace_file("C:\\closed\\secret.txt", b"secret")
    box.write_json("host", box.host | {"denied": ["C:\\closed"]})
    lines = run("""
        try { [System.IO.File]::ReadAllText('C:\\closed\\secret.txt') } catch { Say $_ }
        try { [System.IO.DirectoryInfo]::new('C:\\closed').GetFiles() } catch { Say $_ }""")
    assert lines == ["UnauthorizedAccessException", "UnauthorizedAccessException"]
    assert box.path("C:\\closed\\secret.txt").read_bytes() == b"secret"
