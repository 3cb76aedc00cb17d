# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role for Remote Desktop as rows: what is set on a host, and what its own documents hold afterwards.

Every row starts from a box where that is not so already. Places are spelled as `behaviour.rdp.checks.state` gives them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integration.rdp_hosts import NOTHING
from lab.boxes.accounts import MACHINE_SID
from lab.boxes.certificates import Certificate, make
from lab.ports import free_port

CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
SERVER = rf"{CONTROL}\Terminal Server"
LISTENER = rf"{SERVER}\WinStations\RDP-Tcp"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
PROTOCOLS = rf"{CONTROL}\SecurityProviders\SCHANNEL\Protocols"
SUITES = r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
ALLOW, DENY = "user right SeRemoteInteractiveLogonRight", "user right SeDenyRemoteInteractiveLogonRight"
ADMINISTRATORS, GUESTS, USERS = "S-1-5-32-544", "S-1-5-32-546", "S-1-5-32-555"
ANNA = f"{MACHINE_SID}-1002"
SLEEP, WAKE = "29f6c1db-86da-48c5-9fdb-f2b67b1f44da", "0e796bdb-100d-47d6-a2d5-f7d2daa51f51"
CERTIFICATE = Certificate("rdp.example", ends=30)
THUMBPRINT = make(CERTIFICATE).thumbprint
MOVED, LOOKED_AT = free_port(), free_port()
FORWARD_SECRET = "TLS_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
ABSENT = None


def stored(kind: str, value: Any) -> str:
    return json.dumps({"kind": kind, "value": value}, sort_keys=True)


def number(value: int) -> str:
    return stored("DWord", value)


def text(value: str) -> dict[str, Any]:
    """A registry value as a box has it."""
    return {"kind": "String", "value": value}


@dataclass(frozen=True)
class Case:
    """expected: place -> what stands there afterwards, None: nothing. fails: parts of the sentence that the task fails with.

    warns: parts of its warnings. before: key -> values of the box that the case needs. port: the listener's before the run.
    """

    name: str
    variables: Mapping[str, Any]
    expected: Mapping[str, str | None] = field(default_factory=dict)
    box: str = "default2022"
    certificates: tuple[Certificate, ...] = ()
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    port: int | None = None
    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return self.name.replace(" ", "_")

    @property
    def refused(self) -> bool:
        """Whether nothing at all is done."""
        return "Nothing was changed" in self.fails


def _only(name: str, value: Any, expected: Mapping[str, str | None], **more: Any) -> Case:
    """One variable, with a profile that asks for nothing."""
    return Case(name, NOTHING | {f"rdp_harden_{name}": value}, expected, **more)


MODULES = (
    _only(
        "security_layer",
        {
            "security_layer": "ssl",
            "network_level_authentication": None,
            "encryption_level": "high",
            "prompt_for_password": True,
            "secure_rpc": True,
            "certificate_thumbprint": THUMBPRINT.lower(),
        },
        {
            f"{LISTENER}: UserAuthentication": number(0),
            f"{LISTENER}: MinEncryptionLevel": number(3),
            f"{LISTENER}: fPromptForPassword": number(1),
            f"{POLICY}: fEncryptRPCTraffic": number(1),
            f"{LISTENER}: SSLCertificateSHA1Hash": stored("Binary", THUMBPRINT.lower()),
        },
        certificates=(CERTIFICATE,),
        before={LISTENER: {"UserAuthentication": {"kind": "DWord", "value": 0}}},
    ),
    _only(
        "listener",
        {"redirections": {"drives": False, "clipboard": None}, "time_limits": {"idle": 15}, "shadowing": "none", "single_session": False},
        {
            f"{LISTENER}: fDisableCdm": number(1),
            f"{LISTENER}: fDisableClip": number(0),
            f"{LISTENER}: MaxIdleTime": number(900000),
            f"{LISTENER}: fInheritMaxIdleTime": number(0),
            f"{LISTENER}: MaxDisconnectionTime": number(0),
            f"{LISTENER}: Shadow": number(0),
            f"{SERVER}: fSingleSessionPerUser": number(0),
        },
    ),
    _only(
        "access",
        {"deny": {"accounts": ["guests"]}, "remote_desktop_users": {"members": ["anna"]}, "network_logon": None},
        {f"{DENY}: {GUESTS}": "held", f"group {USERS}: {ANNA}": "member", f"{ALLOW}: {ADMINISTRATORS}": "held"},
    ),
    _only(
        "schannel",
        {"protocols": {"tls_1_0": {"server": False, "client": None}}},
        {
            rf"{PROTOCOLS}\TLS 1.0\Server: Enabled": number(0),
            rf"{PROTOCOLS}\TLS 1.0\Server: DisabledByDefault": number(1),
            rf"{PROTOCOLS}\TLS 1.0\Client: Enabled": ABSENT,
        },
    ),
    _only(
        "account_policy",
        {"password_history": 24, "minimum_password_length": 13, "lockout": {"threshold": 5, "duration": "20", "reset_after": 10}},
        {
            "account policy: PasswordHistorySize": "24",
            "account policy: MinimumPasswordLength": "13",
            "account policy: LockoutBadCount": "5",
            "account policy: LockoutDuration": "20",
            "account policy: ResetLockoutCount": "10",
        },
    ),
    _only(
        "power_policy",
        {"sleep_after": {"ac": 0, "dc": None}},
        {f"power scheme: {SLEEP} ac": "0", f"power scheme: {SLEEP} dc": "900"},
    ),
)

OTHERS = (
    Case(
        "users",
        {"rdp_harden_users": ["anna"]},
        {f"{ALLOW}: {ADMINISTRATORS}": ABSENT, f"{ALLOW}: {USERS}": "held", f"group {USERS}: {ANNA}": "member"},
    ),
    Case("nobody named", {}, {f"{ALLOW}: {ADMINISTRATORS}": "held", f"group {USERS}: {ANNA}": ABSENT}),
    Case(
        "refused_cipher_suites",
        {"rdp_harden_refused_cipher_suites": ["TLS_RSA_WITH_NULL_SHA"]},
        {f"{SUITES}: Functions": stored("String", f"{FORWARD_SECRET},TLS_RSA_WITH_AES_128_CBC_SHA")},
        before={SUITES: {"Functions": text(f"{FORWARD_SECRET},TLS_RSA_WITH_NULL_SHA,TLS_RSA_WITH_AES_128_CBC_SHA")}},
    ),
    Case(
        "scope",
        NOTHING | {"rdp_harden_scope": "policy", "rdp_harden_listener": {"redirections": {"drives": False}}},
        {f"{POLICY}: fDisableCdm": number(1), f"{LISTENER}: fDisableCdm": number(0)},
    ),
    Case(
        "profiles",
        {"rdp_harden_profiles": {"mine": {"scope": "policy", "listener": {"shadowing": "none"}}}, "rdp_harden_profile": "mine"},
        {f"{POLICY}: Shadow": number(0), f"{LISTENER}: Shadow": number(1), f"{LISTENER}: MinEncryptionLevel": number(2)},
    ),
    Case(
        "a variable wins over the profile",
        {
            "rdp_harden_security_layer": {"encryption_level": "client_compatible"},
            "rdp_harden_account_policy": {"password_complexity": None},
        },
        {f"{LISTENER}: MinEncryptionLevel": number(2), f"{POLICY}: fEncryptRPCTraffic": number(1)},
    ),
    Case(
        "only",
        {"rdp_harden_profile": "cis", "rdp_harden_only": ["V-254366", "CIS-WS2022-1.1.1"]},
        {
            f"{POLICY}: fDisableCdm": number(1),
            "account policy: PasswordHistorySize": "24",
            f"{POLICY}: fPromptForPassword": ABSENT,
            f"{DENY}: {GUESTS}": ABSENT,
        },
    ),
    Case(
        "skip",
        {"rdp_harden_profile": "cis", "rdp_harden_skip": ["HW-RDP-LI-02", "CIS-WS2022-1.1.1"]},
        {f"{POLICY}: fDisableCdm": ABSENT, f"{POLICY}: fDisableCcm": number(1), f"{POLICY}: fPromptForPassword": number(1)},
    ),
    Case(
        "restart",
        NOTHING | {"rdp_harden_restart": "later", "rdp_harden_listener": {"transports": "tcp_only"}},
        {f"{LISTENER}: SelectTransport": number(1)},
    ),
    Case(
        "sessions refuse",
        NOTHING | {"rdp_harden_listener": {"transports": "tcp_only", "shadowing": "none"}},
        {f"{LISTENER}: SelectTransport": number(2), f"{LISTENER}: Shadow": number(1)},
        box="active_sessions",
        fails=("Nothing was changed", "RDP-Tcp#0", "disconnect_sessions"),
    ),
    Case(
        "disconnect_sessions",
        NOTHING | {"rdp_harden_listener": {"transports": "tcp_only"}, "rdp_harden_disconnect_sessions": True},
        {f"{LISTENER}: SelectTransport": number(1)},
        box="active_sessions",
    ),
    Case(
        "the port",
        NOTHING | {"rdp_harden_listener": {"port": MOVED}, "rdp_harden_probe_from": "localhost"},
        {f"{LISTENER}: PortNumber": number(MOVED)},
    ),
    Case(
        "probed",
        {"rdp_harden_probe_from": "localhost", "rdp_harden_probe_host": "127.0.0.1", "rdp_harden_probe_port": LOOKED_AT},
        {f"{LISTENER}: PortNumber": number(LOOKED_AT)},
        port=LOOKED_AT,
    ),
)

# What baseline asks for wherever it runs.
BASELINE: Mapping[str, str | None] = {
    f"{LISTENER}: MinEncryptionLevel": number(3),
    f"{POLICY}: fEncryptRPCTraffic": number(1),
    rf"{PROTOCOLS}\TLS 1.1\Server: Enabled": number(0),
    "account policy: PasswordComplexity": "1",
    f"power scheme: {SLEEP} ac": "0",
}
CIS: Mapping[str, str | None] = {
    f"{POLICY}: SecurityLayer": number(2),
    f"{POLICY}: UserAuthentication": number(1),
    f"{POLICY}: MaxIdleTime": number(900000),
    f"{DENY}: {GUESTS}": "held",
    "account policy: MinimumPasswordLength": "14",
    "account policy: LockoutBadCount": "5",
}
STIG: Mapping[str, str | None] = {
    f"{POLICY}: MinEncryptionLevel": number(3),
    f"{POLICY}: fDisableCdm": number(1),
    "account policy: LockoutBadCount": "3",
    f"{POLICY}: SecurityLayer": ABSENT,
}
PROFILES = (
    Case("baseline 2016", {}, BASELINE, box="default2016"),
    Case("competition 2019", {"rdp_harden_profile": "competition"}, BASELINE | {f"{LISTENER}: Shadow": number(0)}, box="default2019"),
    Case("profile", {"rdp_harden_profile": "cis"}, CIS),
    Case("stig 2025", {"rdp_harden_profile": "stig"}, STIG, box="default2025"),
    Case("cis german", {"rdp_harden_profile": "cis"}, CIS, box="german2022"),
    Case("baseline german", {"rdp_harden_users": ["WEBDE\\anna"]}, BASELINE | {f"group {USERS}: {ANNA}": "member"}, box="german2022"),
)
POLICIES = (
    Case(
        "override fails",
        {},
        {
            f"{POLICY}: SecurityLayer": number(1),
            f"{LISTENER}: MinEncryptionLevel": number(2),
            rf"{PROTOCOLS}\TLS 1.1\Server: Enabled": number(0),
        },
        box="under_policy",
        fails=("Servers", "SecurityLayer"),
    ),
    Case(
        "on_override",
        {"rdp_harden_on_override": "report"},
        {f"{POLICY}: SecurityLayer": number(1), rf"{PROTOCOLS}\TLS 1.1\Server: Enabled": number(0)},
        box="under_policy",
        warns=("Servers", "SecurityLayer"),
    ),
    Case(
        "domain controller",
        {},
        {f"{LISTENER}: MinEncryptionLevel": number(3), "account policy: PasswordComplexity": "0"},
        box="domain_controller",
        fails=("domain controller", "password_complexity", "Default Domain Policy"),
    ),
)
CASES = MODULES + OTHERS + PROFILES + POLICIES
