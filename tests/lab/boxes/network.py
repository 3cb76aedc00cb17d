# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets, services' processes and power settings of a new box.

Sources: netstat -abon of Windows Server 2022 (RpcEptMapper on 135, System on 445 and 5985, TermService on TCP and UDP,
IPv4 and IPv6); powercfg /qh of the scheme Balanced on a machine that can sleep, seconds.
"""

from __future__ import annotations

from typing import Any

from lab.boxes.remote_desktop import RemoteDesktop

SYSTEM = 4
# process ids as they might be; a service without a process of its own here is not asked for its sockets
PROCESSES = {
    "RpcSs": 888,
    "RpcEptMapper": 888,
    "TermService": 1044,
    "UmRdpService": 1208,
    "WinRM": 1320,
    "mpssvc": 1500,
    "WAS": 2044,
    "W3SVC": 2044,
}
LSASS = 652
ANY = ("0.0.0.0", "::")
BALANCED = "381b4222-f694-41f0-9685-ff5bb260df2e"
SLEEP = "238c9fa8-0aad-41ed-83f4-97be242c8f20"
# setting -> seconds or on/off, mains and battery
SLEEP_SETTINGS = {
    "29f6c1db-86da-48c5-9fdb-f2b67b1f44da": (1800, 900),  # sleep after
    "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0": (120, 120),  # unattended sleep
    "94ac6d29-73ce-41a6-809f-6363ba21b47e": (1, 1),  # hybrid sleep
    "9d7815a6-7ee4-497e-8888-515a05f02364": (10800, 10800),  # hibernate after
    "abfc2519-3608-4c2a-94ea-171b0ed546ab": (1, 1),  # standby states
}


def network(chosen: RemoteDesktop, iis: bool, domain: bool = False) -> dict[str, Any]:
    """network.json: what listens after the start of the machine."""
    sockets = _sockets("tcp", 135, PROCESSES["RpcSs"]) + _sockets("tcp", 445, SYSTEM)
    if iis:
        sockets += _sockets("tcp", 80, SYSTEM)
    sockets += _sockets("tcp", 5985, SYSTEM) + _sockets("tcp", 49664, LSASS)
    if chosen.enabled:
        sockets += [socket for protocol in ("tcp", "udp") for socket in _sockets(protocol, chosen.port, PROCESSES["TermService"])]
    profile = "Domain" if domain else "Public"
    return {"active_profiles": [profile], "excluded": [[50000, 50059]], "sockets": sockets}


def _sockets(protocol: str, port: int, process: int) -> list[dict[str, Any]]:
    return [{"protocol": protocol, "address": address, "port": port, "process": process} for address in ANY]


def power() -> dict[str, Any]:
    """power.json."""
    settings = {setting: {"ac": ac, "dc": dc} for setting, (ac, dc) in SLEEP_SETTINGS.items()}
    return {"scheme": BALANCED, "subgroups": {SLEEP: settings}}
