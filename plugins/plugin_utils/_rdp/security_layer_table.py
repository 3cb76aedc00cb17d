# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may speak to the Remote Desktop listener, and how, as data: settings, and the controls that ask for them.

Names, values and places: TerminalServer.admx and CredSsp.admx (policies), the export of a server's listener key (local values),
Win32_TSGeneralSetting (meaning of the numbers). A stored value counts as known only where it stands, unless a source names the default.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .setting import Setting
from .sources import CIS, NOTES, STIG
from .terminal_services import LISTENER, SERVICE, TERMINAL_SERVICES_POLICY

LSA = r"SYSTEM\CurrentControlSet\Control\Lsa"
FIPS = LSA + r"\FIPSAlgorithmPolicy"
CREDENTIALS_DELEGATION = r"SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation"
CREDSSP = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters"

_ADMX = "TerminalServer.admx"


# The stored numbers that the references of a control ask for, where it is satisfied by others too: FIPS is no less, and not what they name.
_THRESHOLDS = {"03": (3,)}


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    thresholds = dict.fromkeys(references, _THRESHOLDS[number]) if number in _THRESHOLDS else {}
    return Control(f"HW-RDP-SL-{number}", title, reason, source, references, thresholds)


def _stig(suffix: str, *rules: str) -> tuple[str, ...]:
    return (*rules, *(f"WN{year}-{suffix}" for year in (19, 22, 25)))


LAYER = _control(
    "01",
    "Connections to Remote Desktop are made with TLS",
    "Native RDP security does not prove to a client that it speaks to the right server.",
    f"{CIS} 18.10.57.3.9.3; {NOTES}",
    "CIS-WS2022-18.10.57.3.9.3",
)
NLA = _control(
    "02",
    "Network Level Authentication is required",
    "Without it a stranger gets a whole logon screen, and its bugs, before saying who they are.",
    f"{CIS} 18.10.57.3.9.4; {NOTES}",
    "CIS-WS2022-18.10.57.3.9.4",
)
ENCRYPTION = _control(
    "03",
    "The encryption level is High",
    "Where native RDP security is used at all, weaker levels can be broken.",
    f"{CIS} 18.10.57.3.9.5; {STIG}; {NOTES}",
    "CIS-WS2022-18.10.57.3.9.5",
    *_stig("CC-000380", "V-205637", "V-254369", "V-278116"),
)
FIPS_MODE = _control(
    "04",
    "Windows uses FIPS 140 algorithms only",
    "Some organisations must use validated cryptography.",
    f"{STIG}; {NOTES}",
    *_stig("SO-000360", "V-205842", "V-254480", "V-278230"),
)
SECURE_RPC = _control(
    "05",
    "Remote Desktop's administration by RPC is encrypted",
    "Requests to manage sessions could otherwise be read and changed on their way.",
    f"{CIS} 18.10.57.3.9.2; {STIG}; {NOTES}",
    "CIS-WS2022-18.10.57.3.9.2",
    *_stig("CC-000370", "V-205636", "V-254368", "V-278115"),
)
PROMPT = _control(
    "06",
    "A password is asked for at every connection",
    "A password that a client has saved logs on whoever sits in front of that client.",
    f"{CIS} 18.10.57.3.9.1; {STIG}",
    "CIS-WS2022-18.10.57.3.9.1",
    *_stig("CC-000360", "V-205809", "V-254367", "V-278114"),
)
RESTRICTED_ADMIN = _control(
    "07",
    "Restricted Admin is decided on",
    "It keeps an administrator's credentials off the host, and lets in whoever has only the hash of a password.",
    "Microsoft, Remote Credential Guard",
)
PROTECTED_CREDENTIALS = _control(
    "08",
    "Non-exportable credentials can be delegated to the host",
    "Credentials that are never sent to the host cannot be stolen from it.",
    f"{CIS} 18.9.4.2; {STIG}",
    "CIS-WS2022-18.9.4.2",
    *_stig("CC-000100", "V-205863", "V-254342", "V-278089"),
)
ENCRYPTION_ORACLE = _control(
    "09",
    "CredSSP does not fall back to its insecure version",
    "CVE-2018-0886: somebody in between can run commands with the credentials that pass by.",
    f"{CIS} 18.9.4.1",
    "CIS-WS2022-18.9.4.1",
)
CERTIFICATE = _control(
    "10",
    "The listener has a certificate of its own",
    "Who is used to a warning about a self-signed certificate does not see an attack either.",
    NOTES,
)

CONTROLS = (
    LAYER,
    NLA,
    ENCRYPTION,
    FIPS_MODE,
    SECURE_RPC,
    PROMPT,
    RESTRICTED_ADMIN,
    PROTECTED_CREDENTIALS,
    ENCRYPTION_ORACLE,
    CERTIFICATE,
)


def _policy(name: str) -> Place:
    return Place(TERMINAL_SERVICES_POLICY, name)


_LISTENER_SOURCE = f"{_ADMX}; Win32_TSGeneralSetting; export of the listener's key"

SECURITY_LAYER = Setting(
    "security_layer",
    Place(LISTENER, "SecurityLayer"),
    _policy("SecurityLayer"),
    _LISTENER_SOURCE,
    {"rdp": 0, "negotiate": 1, "ssl": 2},
    controls=(LAYER,),
    meets=("ssl",),
)
NETWORK_LEVEL_AUTHENTICATION = Setting(
    "network_level_authentication",
    Place(LISTENER, "UserAuthentication"),
    _policy("UserAuthentication"),
    _LISTENER_SOURCE,
    {True: 1, False: 0},
    controls=(NLA,),
    meets=(True,),
)
ENCRYPTION_LEVEL = Setting(
    "encryption_level",
    Place(LISTENER, "MinEncryptionLevel"),
    _policy("MinEncryptionLevel"),
    _LISTENER_SOURCE,
    {"low": 1, "client_compatible": 2, "high": 3, "fips": 4},
    controls=(ENCRYPTION,),
    bound="least",
    meets=("high", "fips"),
)
FIPS_POLICY = Setting(
    "fips_policy",
    Place(FIPS, "Enabled"),
    None,
    f"{STIG} SO-000360; Microsoft, security policy setting 'System cryptography: Use FIPS compliant algorithms'",
    {True: 1, False: 0},
    default=0,
    controls=(FIPS_MODE,),
    meets=(True,),
    reboot=True,
)
CERTIFICATE_THUMBPRINT = Setting(
    "certificate_thumbprint",
    Place(LISTENER, "SSLCertificateSHA1Hash", "Binary"),
    None,
    "Microsoft, Remote Desktop listener certificate configurations",
    default="the self-signed certificate",
    controls=(CERTIFICATE,),
    restarts=SERVICE,
)

SETTINGS = (
    SECURITY_LAYER,
    NETWORK_LEVEL_AUTHENTICATION,
    ENCRYPTION_LEVEL,
    FIPS_POLICY,
    Setting(
        "secure_rpc",
        None,
        _policy("fEncryptRPCTraffic"),
        f"{_ADMX}, TS_RPC_ENCRYPTION",
        {True: 1, False: 0},
        controls=(SECURE_RPC,),
        meets=(True,),
    ),
    Setting(
        "prompt_for_password",
        Place(LISTENER, "fPromptForPassword"),
        _policy("fPromptForPassword"),
        f"{_ADMX}, TS_PASSWORD; Win32_TSLogonSetting; export of the listener's key",
        {True: 1, False: 0},
        controls=(PROMPT,),
        meets=(True,),
    ),
    # absent means disabled (Microsoft, Remote Credential Guard)
    Setting(
        "restricted_admin",
        Place(LSA, "DisableRestrictedAdmin"),
        None,
        "Microsoft, Remote Credential Guard",
        {True: 0, False: 1},
        default=1,
        controls=(RESTRICTED_ADMIN,),
    ),
    Setting(
        "protected_credentials",
        None,
        Place(CREDENTIALS_DELEGATION, "AllowProtectedCreds"),
        "CredSsp.admx, AllowProtectedCreds",
        {True: 1, False: 0},
        controls=(PROTECTED_CREDENTIALS,),
        meets=(True,),
    ),
    Setting(
        "credssp_encryption_oracle",
        None,
        Place(CREDSSP, "AllowEncryptionOracle"),
        "CredSsp.admx, AllowEncryptionOracle; Microsoft, CredSSP updates for CVE-2018-0886",
        {"force_updated_clients": 0, "mitigated": 1, "vulnerable": 2},
        controls=(ENCRYPTION_ORACLE,),
        meets=("force_updated_clients",),
        reboot=True,
    ),
    CERTIFICATE_THUMBPRINT,
)


@dataclass(frozen=True)
class Contradiction:
    """Two values that cannot stand together. name: what it is called; reason: why, with its source."""

    name: str
    one: tuple[Setting, object]
    other: tuple[Setting, object]
    reason: str


CONTRADICTIONS = (
    # Win32_TSGeneralSetting.SetSecurityLayer
    Contradiction(
        "encryption level against security layer",
        (SECURITY_LAYER, "ssl"),
        (ENCRYPTION_LEVEL, "low"),
        "Windows' own interface refuses TLS while the level is Low",
    ),
    # MS-RDPBCGR 5.4.5: CredSSP is the TLS based Enhanced RDP Security
    Contradiction(
        "Network Level Authentication against security layer",
        (NETWORK_LEVEL_AUTHENTICATION, True),
        (SECURITY_LAYER, "rdp"),
        "Network Level Authentication happens inside TLS, which native RDP security does without",
    ),
)
