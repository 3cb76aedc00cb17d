# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Windows Server release stores: host facts, registry values, services, schema, encryption providers.

Sources: builds and product names from Microsoft's release information for Windows Server; the registry
values are those that docs/protocol.md names under "Facts".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.boxes import remote_desktop
from lab.boxes.accounts import DOMAIN_DNS, MACHINE_SID, Membership
from lab.boxes.certificates import MACHINE_GUID
from lab.boxes.network import PROCESSES
from lab.boxes.remote_desktop import RemoteDesktop
from lab.boxes.remote_desktop import number as _dword
from lab.boxes.remote_desktop import text as _string

SCHEMA = Path(__file__).with_name("schema") / "IIS_schema.xml"
HSTS = re.compile(r'\n *<element name="hsts">.*?</element>', re.DOTALL)
REMOVE_SERVER_HEADER = re.compile(r'\n *<attribute name="removeServerHeader"[^>]*/>')


@dataclass(frozen=True)
class Release:
    """One release: `revision` is UBR; `hsts` and `cng` came with version 1709 of IIS 10."""

    year: str
    build: int
    revision: int
    hsts: bool = True
    cng: bool = True


RELEASES = {
    "2016": Release("2016", 14393, 7428, hsts=False, cng=False),
    "2019": Release("2019", 17763, 6414),
    "2022": Release("2022", 20348, 2700),
    "2025": Release("2025", 26100, 2033),
}

PASSWORD = "Lab-Passw0rd!"
ENVIRONMENT = {
    "SystemDrive": "C:",
    "SystemRoot": "C:\\Windows",
    "windir": "C:\\Windows",
    "ProgramFiles": "C:\\Program Files",
    "ProgramData": "C:\\ProgramData",
    "TEMP": "C:\\Windows\\Temp",
}
# administrators, users, network logon, authenticated users, local account, local account and administrator
GROUPS = ["S-1-5-32-544", "S-1-5-32-545", "S-1-5-2", "S-1-5-11", "S-1-5-113", "S-1-5-114"]

CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CONTROL = r"SYSTEM\CurrentControlSet\Control"
INETSTP = r"SOFTWARE\Microsoft\InetStp"
HTTP_PARAMETERS = r"SYSTEM\CurrentControlSet\Services\HTTP\Parameters"
TCPIP_PARAMETERS = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"


def host_facts(release: Release, computer_name: str, language: str = "en-US") -> dict[str, Any]:
    return {
        "computer_name": computer_name,
        "language": language,
        "process_bits": 64,
        "elevated": True,
        "powershell": {
            "version": f"5.1.{release.build}.{release.revision}",
            "edition": "Desktop",
            "language_mode": "FullLanguage",
        },
        "account": {"name": f"{computer_name}\\deploy", "sid": f"{MACHINE_SID}-1001", "local": True, "groups": GROUPS},
        "users": {"deploy": PASSWORD},
        "environment": ENVIRONMENT | {"COMPUTERNAME": computer_name},
        "denied": [],
    }


def registry(release: Release, iis: bool, chosen: RemoteDesktop, where: Membership, computer_name: str) -> dict[str, Any]:
    machine: dict[str, Any] = {
        CURRENT_VERSION: {
            "CurrentBuildNumber": _string(str(release.build)),
            "UBR": _dword(release.revision),
            "ProductName": _string(f"Windows Server {release.year} Standard"),
            "InstallationType": _string("Server"),
        },
        CONTROL + r"\ProductOptions": {"ProductType": _string("LanmanNT" if where.controller else "ServerNT")},
        CONTROL + r"\Session Manager": {"SystemRoot": _string("C:\\Windows"), "ObjectDirectories": _strings("\\Windows", "\\RPC Control")},
        HTTP_PARAMETERS: {},
        r"SOFTWARE\Microsoft\Cryptography": {"MachineGuid": _string(MACHINE_GUID)},
        TCPIP_PARAMETERS: {"Hostname": _string(computer_name), "Domain": _string(DOMAIN_DNS if where.domain else "")},
        **remote_desktop.registry(release.year, chosen),
    }
    if iis:
        machine[INETSTP] = {
            "MajorVersion": _dword(10),
            "MinorVersion": _dword(0),
            "PathWWWRoot": {"kind": "ExpandString", "value": r"%SystemDrive%\inetpub\wwwroot"},
        }
    return {"HKLM": machine, "HKU": {".DEFAULT\\Environment": {}}}


def services(iis: bool = True) -> dict[str, Any]:
    table = {
        "HTTP": _service("Running", "Manual", *["W3SVC"] * iis, "WinRM"),
        "WinRM": _service("Running", "Automatic"),
        "TermService": _service("Running", "Manual", "UmRdpService"),
        "UmRdpService": _service("Running", "Manual"),
        "RpcSs": _service("Running", "Automatic", "RpcEptMapper", "WinRM", "TermService"),
        "RpcEptMapper": _service("Running", "Automatic"),
        "mpssvc": _service("Running", "Automatic"),
    }
    if iis:
        table |= {"WAS": _service("Running", "Manual", "W3SVC"), "W3SVC": _service("Running", "Automatic")}
    return {name: entry | ({"process": PROCESSES[name]} if name in PROCESSES else {}) for name, entry in table.items()}


def schema(release: Release, remove_server_header: bool = True) -> bytes:
    """The IIS schema file of a release.

    Before version 1709 there is no hsts, and the default of removeServerHeader is misspelled, so it has
    none. Before IIS 10 the attribute is absent: `remove_server_header` false.
    """
    text = SCHEMA.read_text("utf-8")
    if not release.hsts:
        text = HSTS.sub("", text)
        text = REMOVE_SERVER_HEADER.sub(lambda found: found[0].replace("defaultValue", "defaultvalue"), text)
    if not release.cng:
        text = text.replace("[enc:IISWASOnlyCngProvider::", "[enc:IISWASOnlyAesProvider::").replace(
            "[enc:IISCngProvider::", "[enc:AesProvider::"
        )
    if not remove_server_header:
        text = REMOVE_SERVER_HEADER.sub("", text)
    return text.encode("utf-8")


def encryption_providers(release: Release) -> list[str]:
    """The entries of configProtectedData; the session key is the lab's own invention."""
    if release.cng:
        pattern = (
            '<add name="{}" type="Microsoft.ApplicationHost.CngProtectedConfigurationProvider"'
            ' keyContainerName="{}" useMachineContainer="true" />'
        )
        keys = (("IISCngProvider", "iisCngConfigurationKey"), ("IISWASOnlyCngProvider", "iisCngWasKey"))
    else:
        pattern = (
            '<add name="{}" type="Microsoft.ApplicationHost.AesProtectedConfigurationProvider" keyContainerName="{}"'
            ' cspProviderName="" useOAEP="false" useMachineContainer="true" sessionKey="bGFiIHNlc3Npb24ga2V5" />'
        )
        keys = (("AesProvider", "iisConfigurationKey"), ("IISWASOnlyAesProvider", "iisWasKey"))
    return [pattern.format(*key) for key in keys]


def _strings(*values: str) -> dict[str, Any]:
    return {"kind": "MultiString", "value": list(values)}


def _service(state: str, start_type: str, *dependents: str) -> dict[str, Any]:
    return {"state": state, "start_type": start_type, "dependents": list(dependents)}
