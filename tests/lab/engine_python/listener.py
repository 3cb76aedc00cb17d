# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `listener`, and what Remote Desktop Services listens on after it started."""

from __future__ import annotations

from typing import Any

from lab.box import Box

from .registry import value_of

SERVER = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
LISTENER = SERVER + "\\WinStations\\RDP-Tcp"
POLICY = "SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
ADDRESSES = ("0.0.0.0", "::")
DENIED, TCP_ONLY = 1, 1
# what Windows takes where neither the policy nor the host says anything
DEFAULTS = {"fDenyTSConnections": 1, "PortNumber": 3389, "SelectTransport": 2}

Socket = dict[str, Any]


def read_listeners(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    """`wait` changes nothing here: a box does not change while it is looked at."""
    network = box.read_json("network")
    sockets = [{**_place(socket), "services": _services(box, socket["process"])} for socket in network.get("sockets", [])]
    order = sorted(sockets, key=lambda socket: (socket["protocol"], socket["port"], socket["address"]))
    return {"sockets": order, "excluded": network.get("excluded", [])}


def _place(socket: Socket) -> Socket:
    return {name: socket[name] for name in ("protocol", "address", "port", "process")}


def _services(box: Box, process: int) -> list[str]:
    return sorted(name for name, service in box.services.items() if service.get("process") == process and service["state"] == "Running")


def _in_force(registry: dict[str, Any], key: str, name: str) -> Any:
    """The policy's value, else the host's own, else Windows' default."""
    found = value_of(registry, "HKLM", POLICY, name) or value_of(registry, "HKLM", key, name)
    return DEFAULTS[name] if found is None else found["value"]


def remote_desktop_sockets(registry: dict[str, Any], process: int, others: list[Socket]) -> list[Socket]:
    """What the service opens when it starts. Nothing where it may not, or where somebody else has its port."""
    port = value_of(registry, "HKLM", LISTENER, "PortNumber") or {"value": DEFAULTS["PortNumber"]}
    taken = any((socket["protocol"], socket["port"]) == ("tcp", port["value"]) for socket in others)
    if _in_force(registry, SERVER, "fDenyTSConnections") == DENIED or taken:
        return []
    protocols = ("tcp",) if _in_force(registry, LISTENER, "SelectTransport") == TCP_ONLY else ("tcp", "udp")
    return [
        {"protocol": protocol, "address": address, "port": port["value"], "process": process}
        for protocol in protocols
        for address in ADDRESSES
    ]


def listen_anew(box: Box, process: int | None) -> None:
    """Remote Desktop Services stopped and started."""
    network = box.read_json("network")
    if not network or process is None:
        return
    others = [socket for socket in network.get("sockets", []) if socket["process"] != process]
    network["sockets"] = others + remote_desktop_sockets(box.registry, process, others)
    box.write_json("network", network)
