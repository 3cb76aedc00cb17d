# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of Windows' programs: what they print, how they end, and what they leave in the box."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from lab import inf
from lab.box import Box
from lab.engine import WriteFault
from lab.engine_pwsh import run_command

SHARED = Path(__file__).parents[4] / "shared" / "data" / "rdp" / "secedit"
FOLDER = "C:\\Windows\\Temp\\lab"
CREATE = f"schtasks.exe /create /tn '{{}}' /xml '{FOLDER}\\t.xml' | Out-Null; $LASTEXITCODE\n"
BEGIN = f"[void][System.IO.Directory]::CreateDirectory('{FOLDER}')\n"
EXPORT = f"secedit.exe /export /cfg '{FOLDER}\\out.inf' /areas SECURITYPOLICY USER_RIGHTS /quiet; $LASTEXITCODE\n"
SLEEP, STANDBY = "238c9fa8-0aad-41ed-83f4-97be242c8f20", "29f6c1db-86da-48c5-9fdb-f2b67b1f44da"
THUMBPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
TASK = '<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions/></Task>'


def configure(body: str, areas: str = "SECURITYPOLICY", more: str = "") -> str:
    text = '[Unicode]`r`nUnicode=yes`r`n[Version]`r`nsignature=`"`$CHICAGO`$`"`r`nRevision=1`r`n' + body.replace("\n", "`r`n")
    return (
        BEGIN
        + f"[System.IO.File]::WriteAllText('{FOLDER}\\in.inf', \"{text}\", [System.Text.Encoding]::Unicode)\n"
        + f"secedit.exe /configure /db '{FOLDER}\\in.sdb' /cfg '{FOLDER}\\in.inf' /areas {areas} {more}; $LASTEXITCODE\n"
    )


def german(box: Box) -> None:
    box.write_json("host", box.host | {"language": "de-DE"})


def test_an_export_is_utf16_in_windows_form(script: Any, remote_desktop: Box) -> None:
    stored = inf.read(remote_desktop)
    stored[inf.RIGHTS]["SeDenyRemoteInteractiveLogonRight"] = "*S-1-5-32-546," + ",".join(
        f"*{one['sid']}" for one in users(remote_desktop)[1:2]
    )
    inf.write(remote_desktop, stored)
    said = script(BEGIN + EXPORT)
    assert said.lines == ["0"], said.errors
    content = remote_desktop.path(f"{FOLDER}\\out.inf").read_bytes()
    assert content[:2] == b"\xff\xfe"
    text = content.decode("utf-16")
    assert text.count("\n") == text.count("\r\n") > 20
    assert re.findall(r"^\[(.+)\]", text, re.MULTILINE) == ["Unicode", "System Access", "Privilege Rights", "Version"]
    assert "MinimumPasswordLength = 0\r\n" in text
    assert "SeDenyRemoteInteractiveLogonRight = *S-1-5-32-546,Guest\r\n" in text
    assert text.endswith('[Version]\r\nsignature="$CHICAGO$"\r\nRevision=1\r\n')


def users(box: Box) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = box.read_json("accounts")["users"]
    return found


def test_an_export_names_the_settings_of_real_ones(script: Any, remote_desktop: Box) -> None:
    """Names and order in [System Access] as in a machine's own export, with lockout on."""
    file = SHARED / "aetherbreaker_secpol.utf16.inf"
    if not file.exists():
        pytest.skip(f"no real export at {file}")
    real = inf.parse(file.read_text("utf-16"))[inf.ACCESS]
    stored = inf.read(remote_desktop)
    stored[inf.ACCESS] = {name: value for name, value in real.items() if name not in ("LockoutDuration", "ResetLockoutCount")}
    inf.write(remote_desktop, stored)
    script(BEGIN + EXPORT)
    exported = inf.parse(remote_desktop.path(f"{FOLDER}\\out.inf").read_text("utf-16"))[inf.ACCESS]
    assert list(exported) == list(real)
    assert (exported["LockoutDuration"], exported["ResetLockoutCount"]) == ("10", "10")


def test_an_export_keeps_the_encoding_of_a_file_that_is_there(script: Any, remote_desktop: Box) -> None:
    script(BEGIN + f"[System.IO.File]::WriteAllText('{FOLDER}\\out.inf', '')\n" + EXPORT)
    assert remote_desktop.path(f"{FOLDER}\\out.inf").read_bytes().startswith(b"[Unicode]\r\n")


def test_an_export_needs_its_folder_and_rights(script: Any, remote_desktop: Box) -> None:
    said = script(EXPORT.replace("/quiet", ""))
    assert said.lines[-1] == "1"
    assert "The system cannot find the path specified." in said.lines
    remote_desktop.write_json("host", remote_desktop.host | {"elevated": False})
    assert script(BEGIN + EXPORT).lines[-1] == "1"


def test_account_policy_is_set(script: Any, remote_desktop: Box) -> None:
    before = inf.read(remote_desktop)
    said = script(
        configure(
            "[System Access]\nLockoutBadCount = 5\nLockoutDuration = -1\nResetLockoutCount = 60\nMinimumPasswordLength = 14", more="/quiet"
        )
    )
    assert said.lines == ["0"], said.errors
    after = inf.read(remote_desktop)
    changed = {name: value for name, value in after[inf.ACCESS].items() if before[inf.ACCESS].get(name) != value}
    assert changed == {"LockoutBadCount": "5", "LockoutDuration": "-1", "ResetLockoutCount": "60", "MinimumPasswordLength": "14"}
    assert {name: after[name] for name in (inf.RIGHTS, inf.GROUPS)} == {name: before[name] for name in (inf.RIGHTS, inf.GROUPS)}


@pytest.mark.parametrize(
    "asked",
    [
        "LockoutDuration = 15",
        "ResetLockoutCount = 15",
        "LockoutBadCount = 5\nLockoutDuration = 15\nResetLockoutCount = 16",
        "LockoutBadCount = 5\nLockoutDuration = 5",
    ],
)
def test_lockout_values_that_contradict_each_other(script: Any, remote_desktop: Box, asked: str) -> None:
    before = inf.read(remote_desktop)
    german(remote_desktop)
    said = script(configure(f"[System Access]\nMinimumPasswordLength = 14\n{asked}"))
    assert (said.lines[0], said.lines[-1]) == ("Falscher Parameter.", "1"), said.errors
    assert inf.read(remote_desktop) == before


def test_what_the_host_does_not_know_is_passed_over(script: Any, remote_desktop: Box) -> None:
    stored = inf.read(remote_desktop)
    stored[inf.ACCESS].pop("AllowAdministratorLockout", None)
    inf.write(remote_desktop, stored)
    said = script(configure("[System Access]\nAllowAdministratorLockout = 1\nNothing = 1\nLockoutBadCount = 3"))
    assert said.lines[-1] == "0", said.errors
    changed = set(inf.read(remote_desktop)[inf.ACCESS].items()) - set(stored[inf.ACCESS].items())
    assert changed == {("LockoutBadCount", "3"), ("LockoutDuration", "30"), ("ResetLockoutCount", "30")}


def test_a_template_without_its_version_is_no_template(script: Any) -> None:
    said = script(configure("").replace("CHICAGO", "BOSTON"))
    assert (said.lines[0], said.lines[-1]) == ("The data is invalid.", "1"), said.errors


def test_rights_by_name_and_sid_are_stored_as_sids(script: Any, remote_desktop: Box) -> None:
    script(configure("[Privilege Rights]\nSeTcbPrivilege = Guest,*S-1-5-6\nSeBackupPrivilege =", "USER_RIGHTS"))
    rights = inf.read(remote_desktop)[inf.RIGHTS]
    assert rights["SeTcbPrivilege"] == f"*{users(remote_desktop)[1]['sid']},*S-1-5-6"
    assert "SeBackupPrivilege" not in rights


def test_what_is_deleted_with_its_folder_does_not_stay(script: Any, remote_desktop: Box) -> None:
    script(configure("[System Access]\nMinimumPasswordLength = 14") + f"[System.IO.Directory]::Delete('{FOLDER}', $true)")
    assert not remote_desktop.path(FOLDER).exists()
    # also where a write brought it into the box in between
    write = "[Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\Lab').SetValue('a', 1)\n"
    script(configure("[System Access]\nMinimumPasswordLength = 14") + write + f"[System.IO.Directory]::Delete('{FOLDER}', $true)")
    assert not remote_desktop.path(FOLDER).exists()


@pytest.mark.parametrize(("when", "stored"), [("before", None), ("after", "14")])
def test_a_fault_in_a_program_ends_the_payload(script: Any, remote_desktop: Box, when: str, stored: str | None) -> None:
    write = "[Microsoft.Win32.Registry]::LocalMachine.CreateSubKey('SOFTWARE\\Lab').SetValue('a', 1)\n"
    said = script(write + configure("[System Access]\nMinimumPasswordLength = 14") + "'went on'", WriteFault(2, when))
    assert said.crashed
    assert "went on" not in said.lines
    found = inf.read(remote_desktop)[inf.ACCESS]["MinimumPasswordLength"]
    assert (found == "14") is (stored == "14")


@pytest.mark.parametrize(("fault", "exit_code"), [(None, 0), (WriteFault(1), 86)])
def test_the_command_that_ansible_sends_has_the_same_stand_ins(
    script: Any, remote_desktop: Box, fault: WriteFault | None, exit_code: int
) -> None:
    text = "powercfg.exe /hibernate off; (Get-NetConnectionProfile).Name"
    encoded = base64.b64encode(text.encode("utf-16-le")).decode("ascii")
    started: list[int] = []
    answer = run_command(remote_desktop, f"PowerShell -NoProfile -NonInteractive -EncodedCommand {encoded}", b"", fault, started.append)
    assert (answer.exit_code, b"Network" in answer.stdout) == (exit_code, fault is None), answer.stderr
    assert len(started) == 1


def last_numbers(lines: list[str], setting: str) -> list[int]:
    """The last two hexadecimal numbers of a setting, read as a program in any language may read them."""
    start = next(at for at, line in enumerate(lines) if setting in line)
    block = "\n".join(lines[start:]).split("\n\n")[0]
    return [int(number, 16) for number in re.findall(r"0x[0-9a-f]{8}", block)[-2:]]


@pytest.mark.parametrize("language", ["en-US", "de-DE"])
def test_power_settings(script: Any, remote_desktop: Box, language: str) -> None:
    remote_desktop.write_json("host", remote_desktop.host | {"language": language})
    said = script(f"""
        powercfg.exe /setacvalueindex SCHEME_CURRENT {SLEEP} {STANDBY} 0; powercfg.exe /setdcvalueindex SCHEME_CURRENT SUB_SLEEP STANDBYIDLE 0x3c
        powercfg.exe /setactive SCHEME_CURRENT; powercfg.exe /qh SCHEME_CURRENT {SLEEP}; $LASTEXITCODE
        powercfg.exe /setacvalueindex SCHEME_CURRENT {SLEEP} {THUMBPRINT} 0 | Out-Null; $LASTEXITCODE""")
    assert said.lines[-2:] == ["0", "1"], said.errors
    assert last_numbers(said.lines, STANDBY) == [0, 60]
    assert remote_desktop.read_json("power")["subgroups"][SLEEP][STANDBY] == {"ac": 0, "dc": 60}
    assert said.lines[0].startswith("Power Scheme GUID: " if language == "en-US" else "GUID des Energieschemas: ")


def test_hibernation(script: Any, remote_desktop: Box) -> None:
    power = "SYSTEM\\CurrentControlSet\\Control\\Power"
    assert script("powercfg.exe /hibernate off; $LASTEXITCODE").lines == ["0"]
    assert remote_desktop.registry["HKLM"][power]["HibernateEnabled"] == {"kind": "DWord", "value": 0}
    registry = remote_desktop.registry
    del registry["HKLM"][power]
    remote_desktop.write_json("registry", registry)
    assert script("powercfg.exe /hibernate off; $LASTEXITCODE").lines[-1] == "1"


def test_tasks(script: Any, remote_desktop: Box) -> None:
    written = (
        f"[System.IO.File]::WriteAllText('{FOLDER}\\t.xml', \"{TASK.replace(chr(34), '`' + chr(34))}\", [System.Text.Encoding]::Unicode)\n"
    )
    name = "\\hardening.windows\\x"
    said = script(
        BEGIN
        + written
        + 2 * CREATE.format(name)
        + f"schtasks.exe /query /tn '{name.upper()}' /xml; schtasks.exe /delete /tn '{name}' /f | Out-Null; $LASTEXITCODE\n"
        + f"schtasks.exe /query /tn '{name}' /xml; $LASTEXITCODE; schtasks.exe /delete /tn '{name}' /f; $LASTEXITCODE"
    )
    assert said.lines == ["0", "1", *TASK.split("\r\n"), "0", "1", "1"]
    assert "The system cannot find the file specified." in said.errors
    assert remote_desktop.read_json("tasks") == {}


def test_a_task_is_stored_as_it_was_given(script: Any, remote_desktop: Box) -> None:
    written = (
        f"[System.IO.File]::WriteAllText('{FOLDER}\\t.xml', \"{TASK.replace(chr(34), '`' + chr(34))}\", [System.Text.Encoding]::{{}})\n"
    )
    create = CREATE.format("x")
    said = script(BEGIN + written.format("UTF8") + create + written.format("Unicode") + create)
    # a file in UTF-8 that says UTF-16 is malformed
    assert said.lines == ["1", "0"], said.errors
    assert remote_desktop.read_json("tasks") == {"\\x": TASK}


@pytest.mark.parametrize(("language", "label"), [("en-US", "  Unique container name: "), ("de-DE", "  Eindeutiger Containername: ")])
def test_the_container_of_a_key(script: Any, remote_desktop: Box, language: str, label: str) -> None:
    unique = "0123456789abcdef0123456789abcdef_5b7c1b52-4a53-4a27-9d0e-3b1d2d4a7c11"
    registry = remote_desktop.registry
    for thumbprint in (THUMBPRINT, "AA" * 20):
        key = f"SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates\\{thumbprint}"
        registry["HKLM"][key] = {"Blob": {"kind": "Binary", "value": "00"}}
    remote_desktop.write_json("registry", registry)
    remote_desktop.write_json("keys", {THUMBPRINT: {"unique_name": unique, "sddl": "O:SY"}})
    remote_desktop.write_json("host", remote_desktop.host | {"language": language})
    said = script(f"certutil.exe -store My {THUMBPRINT.lower()}; $LASTEXITCODE")
    assert said.lines[-1] == "0", said.errors
    assert label + unique in said.lines
    said = script(f"certutil.exe -store My {'AA' * 20}; $LASTEXITCODE; certutil.exe -store My {'BB' * 20} | Out-Null; $LASTEXITCODE -ne 0")
    assert said.lines[-1] == "True"
    assert not any(label in line for line in said.lines)


def test_excluded_ports(script: Any, remote_desktop: Box) -> None:
    remote_desktop.write_json("network", {"active_profiles": [], "excluded": [[5357, 5357], [50000, 50059]], "sockets": []})
    said = script("netsh.exe int ipv4 show excludedportrange protocol=tcp; $LASTEXITCODE")
    rows = [line.split() for line in said.lines if re.match(r"\s*\d+\s+\d+", line)]
    assert rows == [["5357", "5357"], ["50000", "50059"]], said.errors
    assert said.lines[-1] == "0"
