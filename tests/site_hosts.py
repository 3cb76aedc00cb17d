# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote Desktop of the hosts of `make site`: one that is open to everybody, one as it is installed, one that complies already."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from lab.box import Box

LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
SUITES = r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"

OPEN: Mapping[str, Mapping[str, int]] = {LISTENER: {"SecurityLayer": 0, "UserAuthentication": 0, "MinEncryptionLevel": 1}}
OFF = {"Enabled": 0, "DisabledByDefault": 1}
COMPLIANT: Mapping[str, Mapping[str, int]] = {
    LISTENER: {"MinEncryptionLevel": 3},
    POLICY: {"fEncryptRPCTraffic": 1},
    PROTOCOLS + r"\TLS 1.0\Server": OFF,
    PROTOCOLS + r"\TLS 1.1\Server": OFF,
}
FORWARD_SECRET = "TLS_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody had a moment ago; they stand for 3389, so that several hosts fit on one machine."""
    with ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def open_to_everybody(box: Box) -> None:
    _store(box, OPEN)


def comply(box: Box) -> None:
    """What the profile baseline asks for, by hand."""
    _store(box, COMPLIANT)
    registry = box.registry
    registry["HKLM"].setdefault(SUITES, {})["Functions"] = {"kind": "String", "value": FORWARD_SECRET}
    box.write_json("registry", registry)
    power = box.read_json("power")
    for settings in power["subgroups"].values():
        for sources in settings.values():
            sources.update(dict.fromkeys(sources, 0))
    box.write_json("power", power)
    file = box.folder / "security.inf"
    text = file.read_text("utf-8")
    for name, value in (("MinimumPasswordLength", 12), ("PasswordComplexity", 1)):
        text = "\n".join(f"{name} = {value}" if line.startswith(f"{name} ") else line for line in text.split("\n"))
    file.write_text(text, "utf-8")


def _store(box: Box, values: Mapping[str, Mapping[str, int]]) -> None:
    registry = box.registry
    for key, numbers in values.items():
        stored = next((one for one in registry["HKLM"] if one.lower() == key.lower()), key)
        registry["HKLM"].setdefault(stored, {}).update({name: {"kind": "DWord", "value": number} for name, number in numbers.items()})
    box.write_json("registry", registry)


def verdicts(results: Any, host: str) -> dict[str, str]:
    """Control to verdict, of the last look at a host from each probe."""
    looks = [entry["result"]["verdicts"] for entry in results if entry["host"] == host and "verdicts" in entry["result"]]
    return {one["id"]: one["verdict"] for look in looks for one in look}
