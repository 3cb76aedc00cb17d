# SPDX-License-Identifier: GPL-3.0-or-later
"""What each sample says, written by hand beside its name: the numbers were read in the file, not taken from an engine."""

from __future__ import annotations

from typing import Any

A, U, G, B, R = "S-1-5-32-544", "S-1-5-32-545", "S-1-5-32-546", "S-1-5-32-551", "S-1-5-32-555"
ALLOW, DENY, NETWORK = "SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight", "SeNetworkLogonRight"
DENY_NETWORK, LOCAL, DENY_LOCAL = "SeDenyNetworkLogonRight", "SeInteractiveLogonRight", "SeDenyInteractiveLogonRight"
EVERYBODY = ["S-1-1-0", A, U, B]

AGES = ("MinimumPasswordAge", "MaximumPasswordAge", "MinimumPasswordLength", "PasswordComplexity", "PasswordHistorySize")
LOCKOUT = ("LockoutBadCount", "ResetLockoutCount", "LockoutDuration")


def policy(ages: str, lockout: str, **others: Any) -> dict[str, Any]:
    """ages and lockout: the numbers in the order of AGES and LOCKOUT."""
    numbers = dict(zip(AGES, map(int, ages.split()), strict=True))
    return numbers | dict(zip(LOCKOUT, map(int, lockout.split()), strict=False)) | others


def switches(change: int, logoff: int, clear: int, lookup: int, guest: int, administrator: int | None = None) -> dict[str, int]:
    named = {"ForceLogoffWhenHourExpire": logoff, "ClearTextPassword": clear, "LSAAnonymousNameLookup": lookup}
    own = {} if administrator is None else {"RequireLogonToChangePassword": change, "EnableAdminAccount": administrator}
    return {**named, **own, "EnableGuestAccount": guest}


def names(guest: str, administrator: str | None = "Administrator") -> dict[str, str]:
    return {"NewGuestName": guest} | ({"NewAdministratorName": administrator} if administrator else {})


# file -> account policy, and who holds these rights: SIDs, or names as the file has them
SECEDIT: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "tsumihara_stig_secpol.utf16.inf": (
        policy("10 30 8 1 5", "5 30 30", **switches(0, 1, 0, 0, 0, 0), **names("Guest"), AllowAdministratorLockout=1),
        {
            ALLOW: [A, R],
            DENY: [],
            NETWORK: EVERYBODY,
            LOCAL: ["__vmware__", "Guest", A, U, B],
            DENY_NETWORK: ["Guest"],
            DENY_LOCAL: ["Guest"],
        },
    ),
    "ccdc_rit_secpol.utf16.inf": (
        policy("1 30 8 1 10", "5 30 30", **switches(0, 0, 0, 0, 0), **names("lettuce", None)),
        {ALLOW: [A, R], DENY: [G], NETWORK: [U, A, "S-1-5-11"], DENY_NETWORK: [G], "SeDebugPrivilege": [], "SeBatchLogonRight": []},
    ),
    "jebr_german_secpol.utf16.inf": (
        policy("0 42 0 0 0", "0", **switches(0, 0, 0, 0, 0, 0), **names("Gast")),
        {ALLOW: [A, R], DENY: [], LOCAL: ["Gast", A, U, B], DENY_NETWORK: ["Gast"], DENY_LOCAL: ["Gast"]},
    ),
    "aetherbreaker_secpol.utf16.inf": (
        policy("0 42 0 0 0", "10 10 10", **switches(0, 0, 0, 0, 1, 0), **names("Guest"), AllowAdministratorLockout=1),
        {
            ALLOW: [A, R],
            DENY: [],
            NETWORK: EVERYBODY,
            "SeLockMemoryPrivilege": ["Jacob"],
            "SeServiceLogonRight": [
                "S-1-5-18",
                "S-1-5-20",
                "SQLServer2005SQLBrowserUser$DESKTOP-SO94AM2",
                "S-1-5-80-0",
                "S-1-5-80-662610285-924188372-3546950882-3887551209-2297748112",
                "S-1-5-80-85008457-3006388137-487805820-946457145-890444655",
                "S-1-5-82-271721585-897601226-2024613209-625570482-296978595",
                "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415",
                "S-1-5-82-3876422241-1344743610-1729199087-774402673-2621913236",
                "S-1-5-83-0",
            ],
            LOCAL: ["Guest", A, U, B],
        },
    ),
    "ukulele2fire_secpol.ansi.inf": (
        policy("10 20 10 1 24", "5 30 30", **switches(0, 1, 0, 0, 0, 0), **names("Guest")),
        {ALLOW: [A, R], DENY: ["S-1-5-114", G], NETWORK: ["S-1-5-11", A], DENY_NETWORK: ["S-1-5-114", G], DENY_LOCAL: [G], LOCAL: [A]},
    ),
    "jayp1206_template4_secpol.utf16.inf": (
        policy("5 30 14 1 24", "3 30 30", **switches(0, 1, 0, 0, 0, 0), **names("Guest"), AllowAdministratorLockout=1),
        {ALLOW: [], DENY: []},
    ),
    "jayp1206_template3_secpol.ansi.inf": (
        policy("5 30 14 1 25", "5 30 30", **switches(0, 1, 0, 0, 0, 0), **names("Guest"), AllowAdministratorLockout=1),
        {ALLOW: [], DENY: []},
    ),
    "securitypolicydsc_sample.ansi.inf": (
        policy("1 70 8 1 24", "10 30 30", **switches(0, 1, 0, 0, 0, 1), **names("  Guest", "  Administrator")),
        {
            ALLOW: [A, R],
            DENY: [],
            "SeDebugPrivilege": ["testuser1", A],
            "SeTrustedCredManAccessPrivilege": ["TestUserc30098", A, "S-1-5-6", "S-1-5-90-0"],
        },
    ),
    "nsacyber_shb_gpttmpl.utf16.inf": (
        policy("1 60 14 1 24", "3 15 -1", **switches(0, 1, 0, 0, 0), **names("Visitor", None)),
        {ALLOW: [], DENY: [G], NETWORK: [A], DENY_NETWORK: [G], "SeTcbPrivilege": [], LOCAL: [A, U], DENY_LOCAL: [G]},
    ),
    # [File Security] only
    "manoletto_french_gpo_gpttmpl.utf16.inf": ({}, {ALLOW: [], DENY: []}),
}

TS = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = TS + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
ONE = {"kind": "DWord", "value": 1}


def number(value: int) -> dict[str, Any]:
    return {"kind": "DWord", "value": value}


def text(value: str) -> dict[str, Any]:
    return {"kind": "String", "value": value}


def items(*values: str) -> dict[str, Any]:
    return {"kind": "MultiString", "value": list(values)}


# file -> key -> how many values it has, and some of them
REGISTRY: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {
    "terminal_server_export_excerpt.reg": {
        TS: (
            19,
            {
                "fDenyTSConnections": number(0),
                "fSingleSessionPerUser": ONE,
                "DeleteTempDirsOnExit": ONE,
                "PerSessionTempDir": ONE,
                "ProductVersion": text("5.1"),
                "RCDependentServices": items("CertPropSvc", "SessionEnv"),
                "SessionDirectoryCLSID": text("{005a9c68-e216-4b27-8f59-b336829b3868}"),
            },
        ),
        TS + r"\DefaultUserConfiguration": (27, {"Shadow": ONE, "fInheritShadow": number(0), "InitialProgram": text("")}),
        LISTENER: (
            84,
            {
                "PortNumber": number(3389),
                "SecurityLayer": number(2),
                "UserAuthentication": ONE,
                "MinEncryptionLevel": number(2),
                "SelectTransport": number(2),
                "fPromptForPassword": number(0),
                "fDisableCdm": number(0),
                "fInheritMaxIdleTime": ONE,
                "MaxIdleTime": number(0),
                "MaxInstanceCount": number(4294967295),
                "WdName": text("Microsoft RDP 8.0"),
            },
        ),
    },
    "reg_query_terminal_server.txt": {
        TS: (
            16,
            {
                "fDenyTSConnections": number(0),
                "PerSessionTempDir": number(0),
                "RCDependentServices": items("CertPropSvc", "SessionEnv"),
                "InstanceID": text("f72b69d4-53cd-4a4b-9136-2bc8133"),
                "GlassSessionId": number(2),
            },
        ),
    },
    "get_itemproperty_policy_terminal_services.txt": {
        POLICY: (
            11,
            {
                "fDenyTSConnections": ONE,
                "SecurityLayer": ONE,
                "EnableUiaRedirection": number(0),
                "fDisableLocationRedir": ONE,
                "DisablePasswordSaving": ONE,
                "fDisableCcm": ONE,
                "fDisableCdm": ONE,
                "fDisableLPT": ONE,
                "fDisablePNPRedir": ONE,
                "fPromptForPassword": ONE,
                "fEncryptRPCTraffic": ONE,
            },
        ),
    },
    "yossidoctor_machine_registry.pol": {
        POLICY: (
            7,
            {
                "DisablePasswordSaving": ONE,
                "fAllowToGetHelp": number(0),
                "fDenyTSConnections": ONE,
                "fDisableCdm": ONE,
                "fEncryptRPCTraffic": ONE,
                "fPromptForPassword": ONE,
                "MinEncryptionLevel": number(3),
            },
        ),
        r"SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation": (1, {"AllowProtectedCreds": ONE}),
        r"SOFTWARE\Policies\Microsoft\Power\PowerSettings\0e796bdb-100d-47d6-a2d5-f7d2daa51f51": (
            2,
            {"ACSettingIndex": ONE, "DCSettingIndex": ONE},
        ),
        r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002": (1, {"EccCurves": items("NistP384", "NistP256")}),
        r"SOFTWARE\Policies\Microsoft\Windows NT\DNSClient": (2, {"NameServer": text("8.8.8.8 8.8.4.4"), "EnableMulticast": number(0)}),
    },
}

ON_OFF, OFF_ON = [1, 0], [0, 1]
TIMES = [0]
TIMES += [60000, 300000, 600000, 900000, 1800000, 3600000, 7200000, 10800000, 21600000, 28800000, 43200000]
TIMES += [57600000, 64800000, 86400000, 172800000, 259200000, 345600000, 432000000]
BOTH_AGES: dict[str, tuple[str, list[Any]]] = {
    "TS_ENCRYPTION_POLICY": ("MinEncryptionLevel", [1, 2, 3]),
    "TS_PASSWORD": ("fPromptForPassword", ON_OFF),
    "TS_SECURITY_LAYER_POLICY": ("SecurityLayer", [0, 1, 2]),
    "TS_USER_AUTHENTICATION_POLICY": ("UserAuthentication", ON_OFF),
    "TS_DISABLE_CONNECTIONS": ("fDenyTSConnections", OFF_ON),
    "TS_RPC_ENCRYPTION": ("fEncryptRPCTraffic", ON_OFF),
    "TS_CLIENT_DISABLE_PASSWORD_SAVING_2": ("DisablePasswordSaving", ON_OFF),
    "TS_RemoteControl_2": ("Shadow", [0, 1, 2, 3, 4]),
    "TS_SINGLE_SESSION": ("fSingleSessionPerUser", ON_OFF),
    "TS_CLIENT_AUDIO": ("fDisableCam", OFF_ON),
    "TS_CLIENT_AUDIO_CAPTURE": ("fDisableAudioCapture", OFF_ON),
    "TS_CLIENT_CLIPBOARD": ("fDisableClip", ON_OFF),
    "TS_CLIENT_COM": ("fDisableCcm", ON_OFF),
    "TS_CLIENT_DRIVE_M": ("fDisableCdm", ON_OFF),
    "TS_CLIENT_LPT": ("fDisableLPT", ON_OFF),
    "TS_CLIENT_PNP": ("fDisablePNPRedir", ON_OFF),
    "TS_CAMERA_REDIRECTION": ("fDisableCameraRedir", ON_OFF),
    "TS_CLIENT_PRINTER": ("fDisableCpm", ON_OFF),
    "TS_SMART_CARD": ("fEnableSmartCard", OFF_ON),
    "TS_Session_End_On_Limit_2": ("fResetBroken", ON_OFF),
    # disabled it writes text, not a number
    "TS_SESSIONS_Disconnected_Timeout_2": ("MaxDisconnectionTime", [*TIMES, "0"]),
    "TS_SESSIONS_Idle_Limit_2": ("MaxIdleTime", TIMES),
    "TS_SESSIONS_Limits_2": ("MaxConnectionTime", TIMES),
    "TS_TEMP_DELETE": ("DeleteTempDirsOnExit", OFF_ON),
    "TS_TEMP_PER_SESSION": ("PerSessionTempDir", OFF_ON),
}
DELEGATION = r"Software\Policies\Microsoft\Windows\CredentialsDelegation"
# file -> policy -> the value that it writes, and what it may write: enabled first, then disabled, or what it offers
TEMPLATES: dict[str, dict[str, tuple[str, list[Any]]]] = {
    "mxk_TerminalServer.admx": {
        **BOTH_AGES,
        "TS_SELECT_TRANSPORT": ("SelectTransport", [2, 1]),
        "TS_CLIENT_CLIPBOARDRESTRICTION_SC": ("SCClipLevel", [0, 1, 2, 3, 4]),
        "TS_CLIENT_CLIPBOARDRESTRICTION_CS": ("CSClipLevel", [0, 1, 2, 3, 4]),
        "TS_LOCATION_REDIRECTION": ("fDisableLocationRedir", ON_OFF),
        "TS_UIA": ("EnableUiaRedirection", ON_OFF),
        "TS_WEBAUTHN": ("fDisableWebAuthn", ON_OFF),
        "TS_DISCONNECT_ON_LOCK_POLICY": ("fDisconnectOnLockLegacy", ON_OFF),
        "TS_DISCONNECT_ON_LOCK_AAD_POLICY": ("fDisconnectOnLockMicrosoftIdentity", ON_OFF),
    },
    "jozefizso_win10_1903_TerminalServer.admx": {**BOTH_AGES, "TS_SELECT_TRANSPORT": ("SelectTransport", [0, 1, 2])},
    "mxk_CredSsp.admx": {
        "AllowEncryptionOracle": ("AllowEncryptionOracle", [0, 1, 2]),
        "AllowProtectedCreds": ("AllowProtectedCreds", ON_OFF),
        "RestrictedRemoteAdministration": ("RestrictedRemoteAdministrationType", [3, 2, 1]),
    },
}
# where a policy's key is another one than the listener's
TEMPLATE_KEYS = {
    "AllowEncryptionOracle": r"Software\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters",
    "AllowProtectedCreds": DELEGATION,
    "RestrictedRemoteAdministration": DELEGATION,
}
# policies that only the newer of the two knows
NEWER = {"TS_LOCATION_REDIRECTION", "TS_UIA", "TS_WEBAUTHN", "TS_CLIENT_CLIPBOARDRESTRICTION_SC", "TS_DISCONNECT_ON_LOCK_POLICY"}

GROUP = "@FirewallAPI.dll,-28752"
SVCHOST = r"%SystemRoot%\system32\svchost.exe"


def rule(**fields: Any) -> dict[str, list[str]]:
    common = {"Action": ["Allow"], "Active": ["TRUE"], "Dir": ["In"]}
    return common | {name: value if isinstance(value, list) else [value] for name, value in fields.items()}


def own_rule(protocol: str, name: str, description: str) -> dict[str, list[str]]:
    name, description = f"@FirewallAPI.dll,-{name}", f"@FirewallAPI.dll,-{description}"
    return rule(Protocol=protocol, LPort="3389", App=SVCHOST, Svc="termservice", Name=name, Desc=description, EmbedCtxt=GROUP)


def shown(name: str, **fields: Any) -> dict[str, list[str]]:
    return rule(Name=f"Remote Desktop - {name}", EmbedCtxt="Remote Desktop", **fields)


OFF: dict[str, Any] = {"Active": "FALSE"}
HOME = ["Domain", "Private"]
# file -> how many rules it has, the group of Remote Desktop in it, its rules by the name in the box
FIREWALL: dict[str, tuple[int, str, dict[str, dict[str, list[str]]]]] = {
    "firewallrules_registry_values.txt": (
        3,
        GROUP,
        {
            "RemoteDesktop-UserMode-In-TCP": own_rule("6", "28775", "28756"),
            "RemoteDesktop-UserMode-In-UDP": own_rule("17", "28776", "28777"),
            "RemoteDesktop-Shadow-In-TCP": rule(
                Protocol="6",
                App=r"%SystemRoot%\system32\RdpSa.exe",
                Name="@FirewallAPI.dll,-28778",
                Desc="@FirewallAPI.dll,-28779",
                EmbedCtxt=GROUP,
                Edge="TRUE",
                Defer="App",
            ),
        },
    ),
    "yossidoctor_firewallrules.reg": (31, GROUP, {}),
    "logicdaemon_netsh_remote_desktop.txt": (
        3,
        "Remote Desktop",
        {
            "Remote Desktop - Shadow (TCP-In)": shown("Shadow (TCP-In)", Protocol="6", Profile=HOME),
            "Remote Desktop - User Mode (UDP-In)": shown("User Mode (UDP-In)", Protocol="17", Profile=HOME, LPort="3389"),
            "Remote Desktop - User Mode (TCP-In)": shown("User Mode (TCP-In)", Protocol="6", Profile=HOME, LPort="3389"),
        },
    ),
    # a Home edition, which has no Remote Desktop
    "logancave_netsh_show_rule_all.txt": (504, "Remote Desktop", {}),
    "vishalni_get_netfirewallrule.utf16.txt": (
        522,
        "Remote Desktop",
        {
            "Remote Desktop - (TCP-WS-In)": shown("(TCP-WS-In)", **OFF),
            "Remote Desktop - (TCP-WSS-In)": shown("(TCP-WSS-In)", **OFF),
            "Remote Desktop - Shadow (TCP-In)": shown("Shadow (TCP-In)", **OFF),
            "Remote Desktop - User Mode (TCP-In)": shown("User Mode (TCP-In)", **OFF),
            "Remote Desktop - User Mode (UDP-In)": shown("User Mode (UDP-In)", **OFF),
        },
    ),
}
# inbound rules that block, which a read always gives
BLOCKS = {
    "vishalni_get_netfirewallrule.utf16.txt": {"Block Telnet"},
    "yossidoctor_firewallrules.reg": {
        "{667EAD47-2CEC-467D-865C-4D8D8A2A0D85}",
        "{276C1AD4-CA77-4318-8421-12E8A735F67B}",
        "{DF320710-B7E6-4FE4-A24E-411D92EEE3D1}",
        "{C4B745EB-57E0-4E18-919D-58923675DFC6}",
        "{02962219-58C7-47A3-8937-C196E615768F}",
        "{6A7366B0-6A94-4843-A1D5-BB66A87CC63A}",
        "{7AA57A2D-5082-4D0F-9E03-34295978F247}",
        "{EB35A523-251D-4A1D-A87B-E6AF1621DA2B}",
        "{1B7A73B4-A247-4CFE-BEDB-606A6B488B40}",
        "{A535FC06-13B2-441A-8762-AAC2259BC5C4}",
        "{5024541E-ECBA-42EF-A71D-30EE5C6BE722}",
        "{721E9EE2-A234-415C-9EDE-9E93F0A8B6EA}",
        "{C6FE174D-5F93-4EC1-9C18-A285E9F75CF0}",
        "{779FA491-A19C-48C9-8A16-F1221B28CD90}",
        "{8F534034-82C7-48A1-B33F-C25DABC39698}",
    },
}
