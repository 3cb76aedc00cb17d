# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: power, certificates, scheduled tasks and what Group Policy owns."""

from __future__ import annotations

import struct
from typing import Any

from lab.behaviour.expectation import InAnswer, Part, ReadError, Steps
from lab.behaviour.rdp_expectation import Contains, Document, NothingIn, Whole
from lab.behaviour.rdp_host import ACCOUNTS, ALLOW, DENY, HOST, PROTOCOL, REMOTE, TEMP, host, row
from lab.behaviour.rdp_requests import certificate, delete_task, hibernate, owned, register, scheme, set_power, task
from lab.behaviour.requests import apply, reads

POWERCFG = "powercfg command-line options, learn.microsoft.com"
BALANCED, OTHER = "381b4222-f694-41f0-9685-ff5bb260df2e", "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c"
SLEEP = "238c9fa8-0aad-41ed-83f4-97be242c8f20"
STANDBY, HIBERNATE_IDLE, HYBRID = (
    "29f6c1db-86da-48c5-9fdb-f2b67b1f44da",
    "9d7815a6-7ee4-497e-8888-515a05f02364",
    "94ac6d29-73ce-41a6-809f-6363ba21b47e",
)
POWER_KEY = r"SYSTEM\CurrentControlSet\Control\Power"
POWER = {
    "scheme": BALANCED,
    "subgroups": {SLEEP: {STANDBY: {"ac": 1800, "dc": 900}, HIBERNATE_IDLE: {"ac": 4294967295, "dc": 0}}},
}
AC = (BALANCED, SLEEP, STANDBY)


def power(**values: int) -> Any:
    registry = {POWER_KEY: {name: {"kind": "DWord", "value": value} for name, value in values.items()}}
    return host(documents={"power": POWER}, registry=registry)


ON = power(HibernateEnabled=1, HibernateEnabledDefault=0)
SETTINGS = {STANDBY: {"ac": 1800, "dc": 900}, HIBERNATE_IDLE: {"ac": 4294967295, "dc": 0}}

POWER_ROWS = (
    row(
        "power: settings of the active scheme by GUID, numbers unsigned, one that the machine lacks left out",
        ON,
        reads(scheme(SLEEP.upper())),
        (Whole({"scheme": BALANCED, "settings": SETTINGS, "hibernate": True}), Part(f"settings/{HYBRID}", "(missing)")),
        POWERCFG,
        "D",
    ),
    row(
        "power: hibernation as the host's own value, then Windows' default",
        power(HibernateEnabledDefault=1),
        reads(scheme(SLEEP)),
        (Part("hibernate", True),),
        PROTOCOL,
        "P",
    ),
    row(
        "power: hibernation switched off",
        power(HibernateEnabled=0, HibernateEnabledDefault=1),
        reads(scheme(SLEEP)),
        (Part("hibernate", False),),
        PROTOCOL,
        "P",
    ),
    row("power: hibernation unknown", power(), reads(scheme(SLEEP)), (Part("hibernate", None),), PROTOCOL, "P"),
    row("power: no such subgroup", ON, reads(scheme(OTHER)), (ReadError("command_failed"),), POWERCFG, "K"),
    row(
        "power: sleep never, on mains and on battery",
        ON,
        apply(set_power(AC, "ac", 0, 1800), set_power(AC, "dc", 0, 900), read=(scheme(SLEEP),)),
        (
            Steps(("done", "done")),
            Part(f"settings/{STANDBY}", {"ac": 0, "dc": 0}),
            Part(f"settings/{HIBERNATE_IDLE}", {"ac": 4294967295, "dc": 0}),
            Part("scheme", BALANCED),
            InAnswer("changed", True),
        ),
        POWERCFG,
        "D",
    ),
    row(
        "power: hibernation off",
        ON,
        apply(hibernate(False, True), read=(scheme(SLEEP),)),
        (Steps(("done",)), Part("hibernate", False), Document("registry", ("HKLM", POWER_KEY, "HibernateEnabled", "value"), 0)),
        POWERCFG,
        "D",
    ),
    row(
        "power: hibernation on",
        power(HibernateEnabled=0),
        apply(hibernate(True, False), read=(scheme(SLEEP),)),
        (Steps(("done",)), Part("hibernate", True)),
        POWERCFG,
        "D",
    ),
    row(
        "power: planned on another number",
        ON,
        apply(set_power(AC, "ac", 0, 1800), set_power(AC, "dc", 0, 901), read=(scheme(SLEEP),)),
        (Steps(("not_attempted", "failed:changed_meanwhile")), Part(f"settings/{STANDBY}", {"ac": 1800, "dc": 900})),
        PROTOCOL,
        "P",
    ),
    row(
        "power: another scheme became the active one",
        ON,
        apply(set_power((OTHER, *AC[1:]), "ac", 0, 1800), read=(scheme(SLEEP),)),
        (Steps(("failed:changed_meanwhile",)), Part(f"settings/{STANDBY}", {"ac": 1800, "dc": 900})),
        PROTOCOL,
        "P",
    ),
    row(
        "power: hibernation was switched meanwhile",
        ON,
        apply(hibernate(True, False)),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
)

KEYED, KEYLESS, CNG, LOST = (digit * 40 for digit in "ABCD")
NAME = "0123456789abcdef0123456789abcdef_2e1b9a1c-6a0f-4d0e-9a6d-0c9a3f1f2b3c"
NAMES = {KEYED: NAME, CNG: "f" + NAME[1:], LOST: "e" + NAME[1:]}
SDDL = "O:SYG:SYD:AI(A;;GAGR;;;SY)(A;;GAGR;;;BA)(A;;GR;;;NS)"
MACHINE_KEYS = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\"
CNG_KEYS = "C:\\ProgramData\\Microsoft\\Crypto\\Keys\\"
DER = "3082000401020304"
STORE = r"SOFTWARE\Microsoft\SystemCertificates\MY\Certificates" + "\\"


def blob(*properties: tuple[int, str]) -> dict[str, Any]:
    """A serialized certificate: its properties one after the other."""
    parts = [struct.pack("<III", identity, 1, len(value) // 2).hex() + value for identity, value in properties]
    return {"Blob": {"kind": "Binary", "value": "".join(parts)}}


WITH_KEY = blob((3, "aa" * 20), (2, "00112233"), (32, DER))
CERTIFICATES = host(
    registry={STORE + KEYED: WITH_KEY, STORE + CNG: WITH_KEY, STORE + LOST: WITH_KEY, STORE + KEYLESS: blob((3, "bb" * 20), (32, DER))},
    documents={"keys": {thumbprint: {"unique_name": name, "sddl": SDDL} for thumbprint, name in NAMES.items()}},
    files={MACHINE_KEYS + NAME: "key", CNG_KEYS + NAMES[CNG]: "key"},
    folders=("C:\\ProgramData\\Microsoft\\Crypto\\Keys", "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys"),
)


def held(present: bool, name: str | None = None, file: str | None = None) -> dict[str, Any]:
    key = {"present": present, "unique_name": name, "file": file, "sddl": SDDL if file else None}
    return {"exists": True, "der": DER, "key": key}


CERTUTIL = "certutil -store, learn.microsoft.com; CERT_KEY_PROV_INFO_PROP_ID, wincrypt.h"
CERTIFICATE_ROWS = (
    row(
        "certificate: with its private key's file and who may read it",
        CERTIFICATES,
        reads(certificate(KEYED), certificate(KEYED.lower())),
        (Whole(held(True, NAME, MACHINE_KEYS + NAME)), Whole(held(True, NAME, MACHINE_KEYS + NAME), number=1)),
        CERTUTIL,
        "D",
    ),
    row(
        "certificate: a key of the newer kind lies elsewhere",
        CERTIFICATES,
        reads(certificate(CNG)),
        (Whole(held(True, NAMES[CNG], CNG_KEYS + NAMES[CNG])),),
        CERTUTIL,
        "D",
    ),
    row("certificate: without a private key", CERTIFICATES, reads(certificate(KEYLESS)), (Whole(held(False)),), CERTUTIL, "D"),
    row("certificate: the key's file is gone", CERTIFICATES, reads(certificate(LOST)), (Whole(held(True, NAMES[LOST])),), PROTOCOL, "P"),
    row(
        "certificate: an entry of the store that has none in it",
        host(registry={STORE + KEYED: blob((3, "aa" * 20))}),
        reads(certificate(KEYED)),
        (Part("exists", True), Part("der", None), Part("key/present", False)),
        PROTOCOL,
        "I",
    ),
    row("certificate: not in the store", CERTIFICATES, reads(certificate("E" * 40)), (Whole({"exists": False}),), PROTOCOL, "P"),
)

TASK, COMMAND = "\\hardening.windows\\undo", "<Command>powershell.exe</Command>"
DEFINITION = (
    '<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
    '<Triggers /><Principals><Principal id="Author"><UserId>S-1-5-18</UserId></Principal></Principals>'
    f'<Actions Context="Author"><Exec>{COMMAND}</Exec></Actions></Task>'
)
TASKS = host(documents={"tasks": {TASK: DEFINITION}})
SCHTASKS = "schtasks, learn.microsoft.com"
TASK_ROWS = (
    row(
        "task: its definition, by a name without case",
        TASKS,
        reads(task(TASK), task(TASK.upper())),
        (Part("exists", True), Contains("definition", COMMAND), Contains("definition", "<?xml"), Part("exists", True, number=1)),
        SCHTASKS,
        "D",
    ),
    row("task: a name that no command line takes", TASKS, reads(task(TASK + '"')), (ReadError("invalid_value"),), PROTOCOL, "P"),
    row("task: none of this name", TASKS, reads(task(TASK + "2")), (Whole({"exists": False, "definition": None}),), PROTOCOL, "P"),
    row(
        "task: registered",
        HOST,
        apply(register(TASK, DEFINITION), read=(task(TASK),)),
        (Steps(("done",)), Part("exists", True), Contains("definition", COMMAND), InAnswer("changed", True), NothingIn(TEMP)),
        SCHTASKS,
        "D",
    ),
    row(
        "task: deleted",
        TASKS,
        apply(delete_task(TASK, DEFINITION), read=(task(TASK),)),
        (Steps(("done",)), Whole({"exists": False, "definition": None}), Document("tasks", (), {})),
        SCHTASKS,
        "D",
    ),
    row(
        "task: there already, though planned as absent",
        TASKS,
        apply(register(TASK, DEFINITION.replace("powershell", "cmd")), read=(task(TASK),)),
        (Steps(("failed:changed_meanwhile",)), Contains("definition", COMMAND)),
        PROTOCOL,
        "P",
    ),
    row("task: gone, though planned as there", HOST, apply(delete_task(TASK, "x")), (Steps(("failed:changed_meanwhile",)),), PROTOCOL, "P"),
    row(
        "task: a definition that is no XML",
        HOST,
        apply(register(TASK, "<Task>"), read=(task(TASK),)),
        (Steps(("failed:command_failed",)), Part("exists", False), NothingIn(TEMP)),
        SCHTASKS,
        "K",
    ),
)

TERMINAL = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
POWER_POLICY = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings"


def setting(key: str, name: str, gpo: str = "Servers") -> dict[str, Any]:
    return {"key": key, "name": name, "kind": "DWord", "value": 1, "gpo": gpo}


OWNED = {
    "known": True,
    "registry": [
        setting(TERMINAL, "UserAuthentication"),
        setting(TERMINAL, "SecurityLayer", "Baseline"),
        setting(POWER_POLICY + "\\29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA", "ACSettingIndex"),
        setting(TERMINAL + " Other", "Else"),
        setting(r"SOFTWARE\Policies\Other", "Else"),
    ],
    "rights": [
        {"right": ALLOW, "accounts": ["S-1-5-32-544"], "gpo": "Servers"},
        {"right": DENY, "accounts": [], "gpo": "Servers"},
    ],
    "groups": [
        {"group": "Remote Desktop Users", "members": [], "gpo": "Servers"},
        {"group": "S-1-5-32-544", "members": [], "gpo": "Baseline"},
    ],
    "account": [
        {"setting": "MinimumPasswordLength", "value": 14, "gpo": "Default Domain Policy"},
        {"setting": "LockoutBadCount", "value": 5, "gpo": "Default Domain Policy"},
    ],
}
LSA, SAM = r"System\CurrentControlSet\Control\Lsa", r"SYSTEM\CurrentControlSet\Control\SAM"
OPTIONS: dict[str, Any] = OWNED | {
    "options": [
        {"key": LSA + r"\FIPSAlgorithmPolicy", "name": "Enabled", "kind": "DWord", "value": 1, "gpo": "Options"},
        {"key": LSA, "name": "LimitBlankPasswordUse", "kind": "DWord", "value": 0, "gpo": "Options"},
        {"key": r"SOFTWARE\Microsoft\Elsewhere", "name": "Level", "kind": "String", "value": "1", "gpo": "Options"},
    ],
}
LENGTH_OWNED = {"setting": "MinimumPasswordLength", "gpo": "Default Domain Policy"}
MANAGED = host(documents={"accounts": ACCOUNTS, "policy": OWNED})
UNKNOWN: dict[str, Any] = {"known": False, "registry": [], "rights": [], "groups": [], "account": []}
RSOP = "RSOP_RegistryPolicySetting, RSOP_UserPrivilegeRight, RSOP_RestrictedGroup, RSOP_SecuritySettingNumeric, learn.microsoft.com"
RSOP_ROWS = (
    row(
        "rsop: values of a key and below it without case, each with the name of its policy",
        MANAGED,
        reads(owned(TERMINAL.upper(), POWER_POLICY)),
        (
            Part("known", True),
            Part(
                "registry",
                [
                    {
                        "key": POWER_POLICY + "\\29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA",
                        "name": "ACSettingIndex",
                        "gpo": "Servers",
                    },
                    {"key": TERMINAL, "name": "SecurityLayer", "gpo": "Baseline"},
                    {"key": TERMINAL, "name": "UserAuthentication", "gpo": "Servers"},
                ],
            ),
        ),
        RSOP,
        "D",
    ),
    row(
        "rsop: rights, groups by SID and account policy, sorted",
        MANAGED,
        reads(owned()),
        (
            Whole(
                {
                    "known": True,
                    "registry": [],
                    "rights": [{"right": DENY, "gpo": "Servers"}, {"right": ALLOW, "gpo": "Servers"}],
                    "groups": [{"group": "S-1-5-32-544", "gpo": "Baseline"}, {"group": REMOTE, "gpo": "Servers"}],
                    "account": [
                        {"setting": "LockoutBadCount", "gpo": "Default Domain Policy"},
                        {"setting": "MinimumPasswordLength", "gpo": "Default Domain Policy"},
                    ],
                },
            ),
        ),
        RSOP,
        "D",
    ),
    row(
        "rsop: security options stand among the values",
        host(documents={"policy": OPTIONS}),
        reads(owned(TERMINAL, LSA.lower(), SAM)),
        (
            Part(
                "registry",
                [
                    {"key": TERMINAL, "name": "SecurityLayer", "gpo": "Baseline"},
                    {"key": TERMINAL, "name": "UserAuthentication", "gpo": "Servers"},
                    {"key": LSA, "name": "LimitBlankPasswordUse", "gpo": "Options"},
                    {"key": LSA + r"\FIPSAlgorithmPolicy", "name": "Enabled", "gpo": "Options"},
                ],
            ),
        ),
        "RSOP_RegistryValue, learn.microsoft.com: Path is the registry path; [Registry Values] of a security template: MACHINE\\...\\name",
        "D",
    ),
    row(
        "rsop: a host without the class of security options",
        host(documents={"policy": OPTIONS | {"missing": ["RSOP_RegistryValue"]}}),
        reads(owned(TERMINAL, LSA)),
        (
            Part("known", True),
            Part(
                "registry",
                [
                    {"key": TERMINAL, "name": "SecurityLayer", "gpo": "Baseline"},
                    {"key": TERMINAL, "name": "UserAuthentication", "gpo": "Servers"},
                ],
            ),
            Part("account", [{"setting": "LockoutBadCount", "gpo": "Default Domain Policy"}, LENGTH_OWNED]),
        ),
        PROTOCOL,
        "P",
    ),
    row(
        "rsop: a host without another class keeps no record",
        host(documents={"policy": OPTIONS | {"missing": ["RSOP_UserPrivilegeRight"]}}),
        reads(owned(TERMINAL)),
        (Whole(UNKNOWN),),
        PROTOCOL,
        "P",
    ),
    row(
        "rsop: no policy at all",
        HOST,
        reads(owned(TERMINAL)),
        (Whole(UNKNOWN | {"known": True}),),
        PROTOCOL,
        "I",
    ),
    row(
        "rsop: Windows keeps no record",
        host(documents={"policy": OWNED | {"known": False}}),
        reads(owned(TERMINAL)),
        (Whole(UNKNOWN),),
        PROTOCOL,
        "P",
    ),
)

ROWS = POWER_ROWS + CERTIFICATE_ROWS + TASK_ROWS + RSOP_ROWS
