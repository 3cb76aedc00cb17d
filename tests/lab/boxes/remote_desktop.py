# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server stores about Remote Desktop in its registry: the listener, LSA, the firewall.

Sources: the listener's values and defaults are those of Windows Server 2016 and later with Remote Desktop switched
on (MS-TSTS, TerminalServer.admx "not configured"); a fresh server denies connections and has its rules inactive.
SCHANNEL protocol keys, CredSSP parameters and policies are absent: the release's own defaults hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CONTROL = r"SYSTEM\CurrentControlSet\Control"
TERMINAL_SERVER = CONTROL + r"\Terminal Server"
WINSTATIONS = TERMINAL_SERVER + r"\WinStations"
LISTENER = WINSTATIONS + r"\RDP-Tcp"
TERMINAL_SERVICES_POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
LSA = CONTROL + r"\Lsa"
SYSTEM_POLICIES = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
FIREWALL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
FIREWALL_RULES = FIREWALL + r"\FirewallRules"
FIREWALL_POLICY_RULES = r"SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules"

# "Remote Desktop" in every language
GROUP = "@FirewallAPI.dll,-28752"
SVCHOST = r"App=%SystemRoot%\system32\svchost.exe|Svc=termservice"
WINRM = "Name=@FirewallAPI.dll,-30253|Desc=@FirewallAPI.dll,-30256|EmbedCtxt=@FirewallAPI.dll,-30267|"
# the schema version in front of a stored rule
RULE_VERSION = {"2016": "v2.28", "2019": "v2.28", "2022": "v2.31", "2025": "v2.33"}

TERMINAL_SERVER_NUMBERS = {
    "AllowRemoteRPC": 1,
    "DeleteTempDirsOnExit": 1,
    "fSingleSessionPerUser": 1,
    "PerSessionTempDir": 1,
    "StartRCM": 0,
    "TSUserEnabled": 0,
}
LISTENER_NUMBERS = {
    "ColorDepth": 3,
    "fAllowSecProtocolNegotiation": 1,
    "fAutoClientDrives": 1,
    "fAutoClientLpts": 1,
    "fDisableAudioCapture": 0,
    "fDisableCam": 0,
    "fDisableCcm": 0,
    "fDisableCdm": 0,
    "fDisableClip": 0,
    "fDisableCpm": 0,
    "fDisableEncryption": 1,
    "fDisableExe": 0,
    "fDisableLPT": 0,
    "fEnableWinStation": 1,
    "fForceClientLptDef": 1,
    "fInheritAutoClient": 1,
    "fInheritAutoLogon": 1,
    "fInheritInitialProgram": 1,
    "fInheritMaxDisconnectionTime": 1,
    "fInheritMaxIdleTime": 1,
    "fInheritMaxSessionTime": 1,
    "fInheritReconnectSame": 1,
    "fInheritResetBroken": 1,
    "fInheritSecurity": 0,
    "fInheritShadow": 1,
    "fLogonDisabled": 0,
    "fPromptForPassword": 0,
    "fReconnectSame": 0,
    "fResetBroken": 0,
    "KeepAliveTimeout": 0,
    "LanAdapter": 0,
    "MaxConnectionTime": 0,
    "MaxDisconnectionTime": 0,
    "MaxIdleTime": 0,
    "MaxInstanceCount": 0xFFFFFFFF,
    "MinEncryptionLevel": 2,
    "SecurityLayer": 2,
    "SelectNetworkDetect": 1,
    "SelectTransport": 2,
    "Shadow": 1,
    "UserAuthentication": 1,
    "WebSocketListenerPort": 3387,
    "WebSocketTlsListenerPort": 3392,
}
LSA_NUMBERS = {
    "disabledomaincreds": 0,
    "everyoneincludesanonymous": 0,
    "forceguest": 0,
    "LimitBlankPasswordUse": 1,
    "NoLmHash": 1,
    "restrictanonymous": 0,
    "restrictanonymoussam": 1,
}
# LocalAccountTokenFilterPolicy: Enable-PSRemoting writes 1, else a local administrator has no rights over WinRM
SYSTEM_POLICY_NUMBERS = {"ConsentPromptBehaviorAdmin": 5, "EnableLUA": 1, "FilterAdministratorToken": 0, "LocalAccountTokenFilterPolicy": 1}


@dataclass(frozen=True)
class RemoteDesktop:
    """How Remote Desktop stands on a new box. `enabled` false is the fresh server."""

    enabled: bool = True
    port: int = 3389


def registry(year: str, chosen: RemoteDesktop) -> dict[str, Any]:
    """The keys below HKLM, by release year."""
    return {
        TERMINAL_SERVER: _numbers(TERMINAL_SERVER_NUMBERS | {"fDenyTSConnections": int(not chosen.enabled)}),
        WINSTATIONS: {"SelfSignedCertStore": text("Remote Desktop")},
        LISTENER: _numbers(LISTENER_NUMBERS | {"PortNumber": chosen.port}) | {"WdName": text("Microsoft RDP 8.0"), "PdName": text("tcp")},
        LSA: _numbers(LSA_NUMBERS),
        LSA + r"\FIPSAlgorithmPolicy": {"Enabled": number(0)},
        SYSTEM_POLICIES: _numbers(SYSTEM_POLICY_NUMBERS),
        CONTROL + r"\SecurityProviders\SCHANNEL": {"EventLogging": number(1)},
        CONTROL + r"\Power": {"HibernateEnabled": number(1), "HibernateEnabledDefault": number(1)},
        FIREWALL + r"\DomainProfile": _numbers({"DisableNotifications": 0, "EnableFirewall": 1}),
        FIREWALL + r"\StandardProfile": _numbers({"DisableNotifications": 0, "EnableFirewall": 1}),
        FIREWALL + r"\PublicProfile": _numbers({"DisableNotifications": 0, "EnableFirewall": 1}),
        FIREWALL_RULES: {name: text(f"{RULE_VERSION[year]}|{rule}") for name, rule in _rules(chosen).items()},
    }


def _rules(chosen: RemoteDesktop) -> dict[str, str]:
    """Windows' own rules as it stores them, without the version in front."""
    active = f"Action=Allow|Active={str(chosen.enabled).upper()}|Dir=In"
    winrm = "Action=Allow|Active=TRUE|Dir=In|Protocol=6"
    return {
        "RemoteDesktop-Shadow-In-TCP": rf"{active}|Protocol=6|App=%SystemRoot%\system32\RdpSa.exe|Name=@FirewallAPI.dll,-28778"
        f"|Desc=@FirewallAPI.dll,-28779|EmbedCtxt={GROUP}|Edge=TRUE|Defer=App|",
        "RemoteDesktop-UserMode-In-TCP": f"{active}|Protocol=6|LPort={chosen.port}|{SVCHOST}|Name=@FirewallAPI.dll,-28775"
        f"|Desc=@FirewallAPI.dll,-28756|EmbedCtxt={GROUP}|",
        "RemoteDesktop-UserMode-In-UDP": f"{active}|Protocol=17|LPort={chosen.port}|{SVCHOST}|Name=@FirewallAPI.dll,-28776"
        f"|Desc=@FirewallAPI.dll,-28777|EmbedCtxt={GROUP}|",
        "WINRM-HTTP-In-TCP": f"{winrm}|Profile=Domain|Profile=Private|LPort=5985|App=System|{WINRM}",
        "WINRM-HTTP-In-TCP-PUBLIC": f"{winrm}|Profile=Public|LPort=5985|RA4=LocalSubnet|RA6=LocalSubnet|App=System|{WINRM}",
    }


def _numbers(table: dict[str, int]) -> dict[str, Any]:
    return {name: number(value) for name, value in table.items()}


def number(value: int) -> dict[str, Any]:
    return {"kind": "DWord", "value": value}


def text(value: str) -> dict[str, Any]:
    return {"kind": "String", "value": value}
