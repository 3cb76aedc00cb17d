# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of Remote Desktop that can be proved from outside.

CIS: Microsoft Windows Server 2022 Benchmark v4.0.0. V- and WN22-: DISA Windows Server 2022 STIG V2R8, which has no rule for NLA, the
security layer or TLS.
"""

from __future__ import annotations

from .control import Control

_CIS = "CIS Microsoft Windows Server 2022 Benchmark v4.0.0"
_OWN = "this collection"

HARDENED = Control(
    "HW-RDP-PROBE-01",
    "Nothing but NLA inside TLS 1.2 or later is accepted",
    "One way in that proves the server and the user first; every other one is an older attack.",
    "MS-RDPBCGR 3.3.5.3.2",
)
NLA_REQUIRED = Control(
    "HW-RDP-PROBE-02",
    "Network Level Authentication is required",
    "Without it a stranger gets a session, its memory and its logon screen before any credential is checked.",
    f"{_CIS} 18.10.57.3.9.4",
    ("CIS-WS2022-18.10.57.3.9.4",),
)
NATIVE_REFUSED = Control(
    "HW-RDP-PROBE-03",
    "Native RDP security is refused",
    "It does not prove the server, so that whoever is in between can read along.",
    f"{_CIS} 18.10.57.3.9.3",
    ("CIS-WS2022-18.10.57.3.9.3",),
)
ENCRYPTION_LEVEL = Control(
    "HW-RDP-PROBE-04",
    "Native RDP security encrypts with 128 bits or by FIPS",
    "40 and 56 bits are broken in hours.",
    f"{_CIS} 18.10.57.3.9.5; DISA Windows Server 2022 STIG V2R8",
    ("CIS-WS2022-18.10.57.3.9.5", "V-254369", "WN22-CC-000380"),
)
TLS_VERSIONS = Control(
    "HW-RDP-PROBE-05",
    "TLS 1.0 and 1.1 are refused",
    "Both rest on SHA-1 and MD5 and are withdrawn.",
    "RFC 8996",
)
FORWARD_SECRECY = Control(
    "HW-RDP-PROBE-06",
    "Every session has keys of its own that nobody can compute later",
    "With the key exchange RSA, who gets the certificate's key can read every session that was recorded.",
    "RFC 9325 4.1",
)
CERTIFICATE_DATES = Control(
    "HW-RDP-PROBE-07",
    "The certificate is valid today",
    "People who click warnings away click the next one away, too.",
    _OWN,
)
CERTIFICATE_STRENGTH = Control(
    "HW-RDP-PROBE-08",
    "The certificate has a strong key and a strong signature",
    "RSA below 2048 bits, curves below 256 bits and signatures with SHA-1 or MD5 can be forged.",
    "NIST SP 800-131A Rev. 2",
)
CERTIFICATE_ISSUER = Control(
    "HW-RDP-PROBE-09",
    "The certificate is issued by somebody else than itself",
    "Nobody can tell a self-signed certificate from that of whoever is in between.",
    _OWN,
)
CERTIFICATE_CONFIGURED = Control(
    "HW-RDP-PROBE-10",
    "The certificate is the configured one",
    "Windows falls back to its self-signed certificate where it cannot use the one it was told.",
    _OWN,
)

CONTROLS = (
    HARDENED,
    NLA_REQUIRED,
    NATIVE_REFUSED,
    ENCRYPTION_LEVEL,
    TLS_VERSIONS,
    FORWARD_SECRECY,
    CERTIFICATE_DATES,
    CERTIFICATE_STRENGTH,
    CERTIFICATE_ISSUER,
    CERTIFICATE_CONFIGURED,
)
