# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `listener`, and what Remote Desktop Services listens on: as it started, and since it was switched on or off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.box import Box

from .hive import value_of

SERVER = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
LISTENER = SERVER + "\\WinStations\\RDP-Tcp"
POLICY = "SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
ADDRESSES = ("0.0.0.0", "::")
DENIED, TCP_ONLY = 1, 1
SERVICE = "termservice"
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


def _is_denied(registry: dict[str, Any]) -> bool:
    return bool(_in_force(registry, SERVER, "fDenyTSConnections") == DENIED)


def remote_desktop_sockets(registry: dict[str, Any], process: int, others: list[Socket]) -> list[Socket]:
    """What the service opens when it starts. Nothing where it may not, or where somebody else has its port."""
    port = value_of(registry, "HKLM", LISTENER, "PortNumber") or {"value": DEFAULTS["PortNumber"]}
    taken = any((socket["protocol"], socket["port"]) == ("tcp", port["value"]) for socket in others)
    if _is_denied(registry) or taken:
        return []
    protocols = ("tcp",) if _in_force(registry, LISTENER, "SelectTransport") == TCP_ONLY else ("tcp", "udp")
    return [
        {"protocol": protocol, "address": address, "port": port["value"], "process": process}
        for protocol in protocols
        for address in ADDRESSES
    ]


def listen_anew(box: Box, process: int | None) -> None:
    """Remote Desktop Services opens what the registry says now in place of what it had open."""
    network = box.read_json("network")
    if not network or process is None:
        return
    others = [socket for socket in network.get("sockets", []) if socket["process"] != process]
    network["sockets"] = others + remote_desktop_sockets(box.registry, process, others)
    box.write_json("network", network)


def following_switch(box: Box, change: Callable[[], None]) -> None:
    """Makes a change of the registry. The service watches the one value that allows connections, and needs no restart for it.

    Sessions stay. What else the registry says about the listener counts only when sockets are opened.
    """
    before = _is_denied(box.registry)
    change()
    if _is_denied(box.registry) == before:
        return
    service = next((service for name, service in box.services.items() if name.lower() == SERVICE), None)
    if service is not None and service["state"] == "Running":
        listen_anew(box, service.get("process"))
