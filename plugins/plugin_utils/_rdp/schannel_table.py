# SPDX-License-Identifier: GPL-3.0-or-later
"""Schannel as data: protocol versions, what holds where nothing is stored, and the controls.

Keys, values and their meaning: Microsoft's "TLS registry settings" (windowsserverdocs, tls-registry-settings.md). What a version of
Windows does by default: "Protocols in TLS/SSL (Schannel SSP)" (win32), where client and server are the same for every version named here.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .sources import NOTES

SCHANNEL = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
DIFFIE_HELLMAN = Place(SCHANNEL + r"\KeyExchangeAlgorithms\Diffie-Hellman", "ServerMinKeyBitLength")
# "If not configured, 2048 bits will be the default" (tls-registry-settings.md).
DIFFIE_HELLMAN_DEFAULT = 2048
DIFFIE_HELLMAN_BITS = (2048, 3072, 4096)

ROLES = {"server": "Server", "client": "Client"}

# How a protocol version stands: ON; BY_REQUEST, only where a program asks for it; OFF, even then; MISSING, Windows does not have it.
ON = "on"
BY_REQUEST = "off unless a program asks for it"
OFF = "off"
MISSING = "not part of this version of Windows"

# build -> release. A build that is not here has no certain defaults.
RELEASES = {14393: "2016", 17763: "2019", 20348: "2022", 26100: "2025"}
# TLS 1.3 before it: "not supported" and "not a safe configuration" to switch on (Protocols in TLS/SSL, note).
TLS_1_3_BUILD = 20348

_CIS = "CIS Microsoft IIS 10 Benchmark v1.2.1"
_STIG = "DISA IIS 10.0 Server STIG, which asks for SSL 3.0, TLS 1.0 and TLS 1.1 off as well, all written down (option explicit)"


# Facts of what stands in the end, which some references ask for besides what their control asks for.
OLD_WRITTEN_OFF = "the older versions are stored as off, and TLS 1.2 as on, for the server"
LIST_STORED = "a list of cipher suites is stored in the policy's place"
_THRESHOLDS: dict[str, t.Container[t.Any]] = {
    **dict.fromkeys(("V-218821", "IIST-SV-000153"), (OLD_WRITTEN_OFF,)),
    "CIS-IIS10-7.12": (LIST_STORED,),
}


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    thresholds = {one: _THRESHOLDS[one] for one in references if one in _THRESHOLDS}
    return Control(f"HW-RDP-SC-{number}", title, reason, source, references, thresholds)


SSL_2_0_OFF = _control("01", "SSL 2.0 is off", "Its encryption can be taken apart (RFC 6176).", f"{_CIS} 7.2; RFC 6176", "CIS-IIS10-7.2")
SSL_3_0_OFF = _control("02", "SSL 3.0 is off", "A stranger on the way can read it (POODLE).", f"{_CIS} 7.3; RFC 7568", "CIS-IIS10-7.3")
TLS_1_0_OFF = _control(
    "03", "TLS 1.0 is off", "It rests on MD5 and SHA-1 and is withdrawn.", f"{_CIS} 7.4; RFC 8996; {NOTES}", "CIS-IIS10-7.4"
)
TLS_1_1_OFF = _control(
    "04", "TLS 1.1 is off", "It rests on MD5 and SHA-1 and is withdrawn.", f"{_CIS} 7.5; RFC 8996; {NOTES}", "CIS-IIS10-7.5"
)
TLS_1_2_ON = _control(
    "05",
    "TLS 1.2 is on",
    "Remote Desktop, WinRM and IIS speak it; without it nothing is left.",
    f"{_CIS} 7.6; {_STIG}; {NOTES}",
    "CIS-IIS10-7.6",
    "V-218821",
    "IIST-SV-000153",
)
TLS_1_3_ON = _control("06", "TLS 1.3 is on", "All its suites have forward secrecy.", "Protocols in TLS/SSL (Schannel SSP)")
DTLS_1_0_OFF = _control("07", "DTLS 1.0 is off", "It is TLS 1.1 over UDP and as old.", "RFC 8996")
FORWARD_SECRECY = _control(
    "08",
    "Only cipher suites with forward secrecy",
    "Who takes the certificate's key later cannot read what was recorded before.",
    f"{NOTES}; {_CIS} 7.12: the order of cipher suites is configured",
    "CIS-IIS10-7.12",
)
BROKEN_SUITES = _control("09", "No cipher suite with a broken cipher", "NULL, DES, 3DES, RC4 and export ciphers protect nothing.", NOTES)
DIFFIE_HELLMAN_SIZE = _control("10", "Diffie-Hellman keys have 2048 bits or more", "Shorter groups can be broken (Logjam).", NOTES)

CONTROLS = (
    SSL_2_0_OFF,
    SSL_3_0_OFF,
    TLS_1_0_OFF,
    TLS_1_1_OFF,
    TLS_1_2_ON,
    TLS_1_3_ON,
    DTLS_1_0_OFF,
    FORWARD_SECRECY,
    BROKEN_SUITES,
    DIFFIE_HELLMAN_SIZE,
)


@dataclass(frozen=True)
class Protocol:
    """One protocol version. name: of its key. controls: by the value that satisfies them. defaults: release to what holds by default."""

    option: str
    name: str
    defaults: t.Mapping[str, str]
    controls: t.Mapping[bool, tuple[Control, ...]]

    def places(self, role: str) -> tuple[Place, Place]:
        """Enabled and DisabledByDefault of a role."""
        key = rf"{SCHANNEL}\Protocols\{self.name}\{ROLES[role]}"
        return Place(key, "Enabled"), Place(key, "DisabledByDefault")

    def default(self, build: int | None) -> str | None:
        """What holds where nothing is stored; None where that is not certain."""
        release = RELEASES.get(build or 0)
        if release is None and self.option == "tls_1_2":
            return ON  # in every version since Server 2012
        return self.defaults[release] if release else None


def _everywhere(state: str) -> dict[str, str]:
    return dict.fromkeys(RELEASES.values(), state)


_SINCE_2022 = {"2016": MISSING, "2019": MISSING, "2022": ON, "2025": ON}

PROTOCOLS = (
    Protocol("ssl_2_0", "SSL 2.0", _everywhere(MISSING), {False: (SSL_2_0_OFF,)}),
    Protocol("ssl_3_0", "SSL 3.0", _everywhere(OFF), {False: (SSL_3_0_OFF,)}),
    Protocol("tls_1_0", "TLS 1.0", _everywhere(ON), {False: (TLS_1_0_OFF,)}),
    Protocol("tls_1_1", "TLS 1.1", _everywhere(ON), {False: (TLS_1_1_OFF,)}),
    Protocol("tls_1_2", "TLS 1.2", _everywhere(ON), {True: (TLS_1_2_ON,)}),
    Protocol("tls_1_3", "TLS 1.3", _SINCE_2022, {True: (TLS_1_3_ON,)}),
    Protocol("dtls_1_0", "DTLS 1.0", _everywhere(ON), {False: (DTLS_1_0_OFF,)}),
    Protocol("dtls_1_2", "DTLS 1.2", _everywhere(ON), {}),
)
BY_OPTION = {protocol.option: protocol for protocol in PROTOCOLS}
# What carries TCP connections; the others are withdrawn or carry datagrams.
TLS = ("tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")
