# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the payload of Remote Desktop, of the lab's Python engine, and of its stand-ins that no compiler makes.

Stand-ins in C# and C have none: each would compile them all, which takes longer than all mutants together.
"""

from __future__ import annotations

from mutants.mutant import Mutant

_PAYLOAD = "plugins/module_utils/"
_ENGINE = "tests/lab/engine_python/"
_STAND_INS = "tests/lab/engine_pwsh/stand_ins/"
_ROWS = "tests/conformance/test_rows.py"
_OBSTACLES = "tests/conformance/test_rdp_obstacles.py"
_PROGRAMS = "tests/compatibility/test_programs.py"


def _payload(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant(_PAYLOAD + file, old, new, _ROWS, f"pwsh and {only}")


def _engine(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant(_ENGINE + file, old, new, _ROWS, f"python and {only}")


def _stand_in(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant(_STAND_INS + file, old, new, _ROWS, f"pwsh and {only}")


PAYLOAD = (
    _payload("_RightWrite.psm1", "['operation'] -eq 'grant'", "['operation'] -ne 'grant'", "right and taken and last"),
    _payload("_RightWrite.psm1", "($Policy, $sid, 0, $Text, 1)", "($Policy, $sid, 1, $Text, 1)", "right and loses"),
    _payload("_GroupWrite.psm1", "['operation'] -eq 'add'", "['operation'] -ne 'add'", "group and last and members"),
    _payload("_Right.psm1", "if ($status -ne 0x8000001A)", "if ($status -eq 0)", "right and none and 0xC0000060"),
    _payload("_Power.psm1", "@{ ac = $numbers[-2]; dc = $numbers[-1] }", "@{ ac = $numbers[-1]; dc = $numbers[-2] }", "power and settings"),
    _payload(
        "_Power.psm1",
        "'HibernateEnabled', 'HibernateEnabledDefault'",
        "'HibernateEnabledDefault', 'HibernateEnabled'",
        "power and hibernation",
    ),
    _payload("_PowerWrite.psm1", "$setting -and $now['scheme'] -eq", "$setting -or $now['scheme'] -eq", "power and scheme and became"),
    _payload("_Security.psm1", "'^-?\\d+$'", "'^\\d+$'", "security and negative"),
    _payload(
        "_SecurityWrite.psm1",
        "if ((Get-Canonical $now[$pair.Key])",
        "if ($false -and (Get-Canonical $now[$pair.Key])",
        "security and know and applied",
    ),
    _payload("_FirewallWrite.psm1", "-notcontains 'Any'", "-contains 'None'", "firewall and interfaces"),
    _payload("_FirewallWrite.psm1", "{ 'Enable' } else { 'Disable' }", "{ 'Disable' } else { 'Enable' }", "firewall and switched and off"),
    _payload("_Firewall.psm1", "-and ($counts -or $rule.Key", "-and ($rule.Key", "firewall and block"),
    _payload("_Firewall.psm1", "$Request 'Block|Allow'", "$Request 'Block'", "firewall and Policy and beside"),
    _payload("_Certificate.psm1", "$properties.ContainsKey('02000000')", "$true", "certificate and without"),
    _payload("_Certificate.psm1", "in 'RSA\\MachineKeys', 'Keys'", "in @('RSA\\MachineKeys')", "certificate and newer"),
    _payload("_Task.psm1", "$exists = $answer['code'] -eq 0", "$exists = $true", "task and none"),
    _payload("_Session.psm1", "shadow disconnected", "disconnected shadow", "session and state"),
    _payload("_Rsop.psm1", "@{ known = $false;", "@{ known = $true;", "rsop and record"),
    _payload("_Account.psm1", "enabled = $user.Enabled", "enabled = $true", "account and local and last"),
    _payload("_Listener.psm1", "if ($pair.Value -eq $one.OwningProcess)", "if ($pair.Value)", "listener and sockets and running"),
    _payload("_Planned.psm1", "-cne (Get-Canonical $Planned)) {", "-ceq '') {", "right and held and though"),
)

OBSTACLES = (
    Mutant(_PAYLOAD + "_Apply.psm1", "if (-not ($states -like '*Pending')", "if ($true", _OBSTACLES, "asked_to_stop_again"),
    Mutant(_PAYLOAD + "_Apply.psm1", "@($Service) + @($Service.DependentServices)", "@($Service)", _OBSTACLES, "asked_to_stop_again"),
    Mutant(_PAYLOAD + "_JournalWrite.psm1", "        [Directory]::Delete($Folder)\n", "", _OBSTACLES, "closed_to_others"),
    Mutant(_PAYLOAD + "_Apply.psm1", "try { Start-Again $one } catch", "try { $null = $one } catch", _OBSTACLES, "started_again"),
    Mutant(_PAYLOAD + "_Apply.psm1", "-and $Name -notin $script:stopped", "-and $Name", _OBSTACLES, "left_stopped"),
    Mutant(_PAYLOAD + "_JournalWrite.psm1", "-notin 10, -1", "-eq 0", _ROWS, "pwsh and journal and close and cut"),
    Mutant(_PAYLOAD + "_Group.psm1", "if ($found['error'])", "if ($false)", _ROWS, "pwsh and group and domain and answer"),
    Mutant(_PAYLOAD + "_Account.psm1", "$answer = [hashtable]::new()", "$answer = @{}", _ROWS, "pwsh and account and only and case"),
    Mutant(_PAYLOAD + "_Program.psm1", "-match '^$|\\s'", "-match '\\s'", _PROGRAMS, "arguments"),
    Mutant(_PAYLOAD + "_Folder.psm1", "foreach ($try in 1..10)", "foreach ($try in 1)", _PROGRAMS, "held"),
    Mutant(_PAYLOAD + "_Program.psm1", "if (-not $found) {", "if ($false) {", _OBSTACLES, "missing_is_named"),
)

ENGINE = (
    _engine("account.py", '"enabled": user["enabled"]', '"enabled": True', "account and local and last"),
    _engine("account.py", "    if is_domain_controller(box):\n", "    if False:\n", "account and controller"),
    _engine("firewall.py", " or counts)", ")", "firewall and block"),
    _engine("firewall.py", 'wanted(POLICY, "Block", "Allow")', 'wanted(POLICY, "Block")', "firewall and Policy and beside"),
    _engine("right.py", 'if sid != operation["account"]]', "]", "right and taken"),
    _engine("group.py", 'if sid != operation["member"]]', "]", "group and last"),
    _engine("listener.py", 'found = value_of(registry, "HKLM", POLICY, name) or', "found =", "listener and policy"),
    _engine("service.py", "        drop_remote(box)\n", "", "listener and another and port"),
    _engine(
        "security.py", "hidden = WHILE_LOCKING if values.get(COUNT, 0) == 0 else ()", "hidden = ()", "security and stored and exported"
    ),
    _engine("security.py", "> _number(after[DURATION]) != FOR_EVER else", "> _number(after[DURATION]) else", "security and ends"),
    _engine("power.py", "if active else None}", "}", "power and scheme and became"),
    _engine("certificate.py", "present = KEY_PROPERTY in found", "present = True", "certificate and without"),
    _engine("planned.py", "!= wanted:", "== {}:", "right and though"),
    _engine("rsop.py", 'if _is_below(entry["key"], read["keys"])]', "]", "rsop and below"),
)

STAND_INS = (
    _stand_in("programs/powercfg.py", "set_value(name[3:5], *rest)", 'set_value("ac", *rest)', "power and battery"),
    _stand_in("programs/schtasks.py", "    del tasks[path]\n", "", "task and deleted"),
    _stand_in(
        "modules/NetSecurity/NetSecurity.psm1",
        "Set-Active $PSCmdlet $Name $Group FALSE",
        "Set-Active $PSCmdlet $Name $Group TRUE",
        "firewall and switched and off",
    ),
)

MUTANTS = PAYLOAD + OBSTACLES + ENGINE + STAND_INS
