# SPDX-License-Identifier: GPL-3.0-or-later
"""What a box says about its Remote Desktop listener: the value of a policy before the local one before the default.

Sources: MS-TSTS and TerminalServer.admx for the listener, "TLS registry settings" and "Protocols in TLS/SSL" of the
Windows documentation for SCHANNEL, CPU and Windows 10 release tables for the protocol version. [K] marks what is
common knowledge without an opened source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.box import Box
from lab.boxes.certificates import self_signed

CONTROL = r"SYSTEM\CurrentControlSet\Control"
LISTENER = CONTROL + r"\Terminal Server\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
FIPS = CONTROL + r"\Lsa\FIPSAlgorithmPolicy"
PROTOCOLS = CONTROL + r"\SecurityProviders\SCHANNEL\Protocols"
SUITES_POLICY = r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
SUITES_LOCAL = CONTROL + r"\Cryptography\Configuration\Local\SSL\00010002"
CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"

DEFAULTS = {"SecurityLayer": 2, "UserAuthentication": 1, "MinEncryptionLevel": 2}
FIPS_LEVEL = 4
TLS_NAMES = ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
# the first build whose Schannel serves TLS 1.3
FIRST_TLS_1_3 = 20348
# build -> version of the server core data: RDP 10.2, 10.6, 10.7 and later ones [K]
RDP_VERSIONS = ((26100, 0x00080011), (20348, 0x0008000F), (17763, 0x0008000B), (14393, 0x00080007))
# NETWORK SERVICE, who runs the listener, is allowed to read the key
NETWORK_SERVICE_READS = re.compile(r"\(A;[^;]*;(?:FA|FR|GA|GR|0x[0-9a-fA-F]+);;;(?:NS|S-1-5-20)\)")


@dataclass(frozen=True)
class Names:
    """How the host names itself in NTLM; on a host without a domain it is its own domain."""

    computer: str
    domain: str
    dns_computer: str
    dns_domain: str


@dataclass(frozen=True)
class Settings:
    """One reading of a box. `certificate` None: the listener cannot read the key of its certificate.

    tls: names of the versions that are on. suites: names of cipher suites as Windows has them; None: the default ones.
    """

    security_layer: int
    network_level_authentication: bool
    encryption_level: int
    rdp_version: int
    build: int
    names: Names
    certificate: Path | None
    tls: tuple[str, ...]
    suites: tuple[str, ...] | None


def read(box: Box) -> Settings:
    machine, host = _Machine(box.registry.get("HKLM", {})), box.host
    build = int(machine.value(CURRENT_VERSION, "CurrentBuildNumber", "20348"))
    effective = {name: machine.value(POLICY, name, machine.value(LISTENER, name, default)) for name, default in DEFAULTS.items()}
    fips = machine.value(FIPS, "Enabled", 0) == 1
    return Settings(
        security_layer=effective["SecurityLayer"],
        network_level_authentication=effective["UserAuthentication"] == 1,
        encryption_level=FIPS_LEVEL if fips else effective["MinEncryptionLevel"],
        rdp_version=next((version for first, version in RDP_VERSIONS if build >= first), 0x00080004),
        build=build,
        names=_names(host),
        certificate=_certificate(box, machine),
        tls=tuple(name for name in TLS_NAMES if _is_on(machine, name, build)),
        suites=_suites(machine),
    )


def listening_port(box: Box) -> int | None:
    """The TCP port of TermService's socket, None where it has none or does not run."""
    service = box.services.get("TermService", {})
    if service.get("state") != "Running" or "process" not in service:
        return None
    sockets = box.read_json("network").get("sockets", [])
    own = (entry["port"] for entry in sockets if entry["protocol"] == "tcp" and entry["process"] == service["process"])
    return next(own, None)


class _Machine:
    """HKLM, looked up without case."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self._keys = {key.lower(): {name.lower(): value["value"] for name, value in values.items()} for key, values in keys.items()}

    def value(self, key: str, name: str, default: Any) -> Any:
        return self._keys.get(key.lower(), {}).get(name.lower(), default)


def _names(host: dict[str, Any]) -> Names:
    computer, domain = host["computer_name"], host.get("domain")
    if domain is None:
        return Names(computer.upper(), computer.upper(), computer, computer)
    return Names(computer.upper(), domain["netbios"], f"{computer}.{domain['dns']}", domain["dns"])


def _is_on(machine: _Machine, name: str, build: int) -> bool:
    """Absent keys are the release's default; any Enabled but 0 is on, unless only who asks for it gets it."""
    key = f"{PROTOCOLS}\\{name}\\Server"
    default = 1 if name != "TLS 1.3" or build >= FIRST_TLS_1_3 else 0
    return bool(machine.value(key, "Enabled", default) != 0 and machine.value(key, "DisabledByDefault", 0) == 0)


def _suites(machine: _Machine) -> tuple[str, ...] | None:
    """The list of a policy goes before the local one; text with commas or a list of texts."""
    found = machine.value(SUITES_POLICY, "Functions", machine.value(SUITES_LOCAL, "Functions", None))
    if found is None:
        return None
    names = found.split(",") if isinstance(found, str) else found
    return tuple(name.strip() for name in names if name.strip())


def _certificate(box: Box, machine: _Machine) -> Path | None:
    """The certificate that is chosen, the listener's own where none is or it is not there [K]."""
    thumbprint = str(machine.value(LISTENER, "SSLCertificateSHA1Hash", "")).upper()
    file = box.folder / "certificates" / f"{thumbprint}.pem"
    if not thumbprint or not file.exists():
        return self_signed(box)
    sddl = box.read_json("keys").get(thumbprint, {}).get("sddl", "")
    return file if NETWORK_SERVICE_READS.search(sddl) else None
