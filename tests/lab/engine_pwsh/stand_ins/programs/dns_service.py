# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server's values for the programs beside this file: what the service has in dns.json, what it keeps in the registry.

The names, ranges and defaults are those of the module DnsServer's values.json.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import host

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "feature_modules/DnsServer/values.json").read_text("utf-8"))
VALUES: dict[str, dict[str, Any]] = TABLE["values"]
PARAMETERS: str = TABLE["key"]
ZONES = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\DNS Server\\Zones"
KINDS = {"bool": "DWord", "number": "DWord", "list": "MultiString", "text": "String"}
# [MS-DNSP] 2.2.9.1.1: the packets that are logged, one bit each of LogLevel
LOG_LEVELS = {
    "Queries": 0x1,
    "Notifications": 0x10,
    "Update": 0x20,
    "QuestionTransactions": 0x100,
    "Answers": 0x200,
    "SendPackets": 0x1000,
    "ReceivePackets": 0x2000,
    "UdpPackets": 0x4000,
    "TcpPackets": 0x8000,
    "FullPackets": 0x1000000,
    "UnmatchedResponse": 0x2000000,
    "WriteThrough": 0x80000000,
}
ACCESS_DENIED, UNAVAILABLE, INVALID_ADDRESS, TOO_SMALL, TOO_LARGE, NO_ZONE = 5, 1722, 9552, 9566, 9567, 9601
INVALID_PROPERTY, READ_ONLY, INVALID_OPERATION, INVALID_TYPE = 9553, 9569, 9603, 9611


class Status(Exception):
    """The service answers with an error of Windows, by its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass
class Box:
    """The documents that the service keeps, as they were read."""

    dns: dict[str, Any] = field(default_factory=lambda: host.read_json("dns"))
    registry: dict[str, Any] = field(default_factory=lambda: host.read_json("registry"))
    network: dict[str, Any] = field(default_factory=lambda: host.read_json("network"))

    def key(self, name: str) -> dict[str, Any]:
        """The values of a key below HKLM, which is made where it is not there."""
        machine: dict[str, Any] = self.registry.setdefault("HKLM", {})
        stored = next((one for one in machine if one.lower() == name.lower()), name)
        found: dict[str, Any] = machine.setdefault(stored, {})
        return found

    def put(self, key: str, name: str, kind: str, data: Any) -> None:
        """None takes the value away."""
        values = self.key(key)
        stored = next((one for one in values if one.lower() == name.lower()), name)
        if data is None:
            values.pop(stored, None)
        else:
            values[stored] = {"kind": kind, "value": data}

    def zone(self, name: str) -> dict[str, Any]:
        for zone in self.dns["DnsServerZone"]:
            if zone["ZoneName"].lower() == name.lower().rstrip("."):
                found: dict[str, Any] = zone
                return found
        raise Status(NO_ZONE)


def change(action: Callable[[Box], None]) -> None:
    """One counted write of what the action changes."""
    box, before = Box(), Box()
    action(box)

    def save() -> None:
        for name in ("dns", "registry", "network"):
            if getattr(box, name) != getattr(before, name):
                host.write_json(name, getattr(box, name))

    host.write(save)


def process() -> int | None:
    """The id of the running service; None where it does not run."""
    services = host.read_json("services")
    found = next((one for name, one in services.items() if name.lower() == "dns"), {})
    return int(found.get("process", 0)) if found.get("state") == "Running" else None


def checked(value: dict[str, Any], number: int) -> int:
    """What the service takes for a number; some zeros stand for the default. Raises Status."""
    if number == 0 and ("zero" in value or "or_zero" in value):
        return int(value.get("zero", 0))
    if value["kind"] == "bool":
        return int(number != 0)
    if number < value.get("min", 0):
        raise Status(TOO_SMALL)
    if number > value.get("max", 0xFFFFFFFF):
        raise Status(TOO_LARGE)
    return number


def shown(value: dict[str, Any], data: Any) -> Any:
    """What the getter gives for the data of the registry."""
    if value["kind"] == "bool":
        return bool(data) != bool(value.get("invert"))
    if value["kind"] == "number":
        return data * value.get("unit", 1)
    keeps_empty = value["property"] == "SocketPoolExcludedPortRanges"
    return data if data or keeps_empty else None


def put_value(box: Box, name: str, data: Any) -> None:
    """A value in the service and in the registry; what waits for a restart is noted."""
    value = VALUES[name]
    noun = box.dns[value["of"]]
    new, old = shown(value, data), noun.get(value["property"])
    if value.get("restart"):
        in_force = box.dns.setdefault("in_force", {})
        if in_force.setdefault(value["property"], old) == new:
            del in_force[value["property"]]
        if not in_force:
            del box.dns["in_force"]
    noun[value["property"]] = new
    box.put(PARAMETERS, name, KINDS[value["kind"]], data or None if value["kind"] == "text" else data)


def put_log_level(box: Box, level: int) -> None:
    box.dns["DnsServerDiagnostics"] |= {name: bool(level & bit) for name, bit in LOG_LEVELS.items()}
    box.put(PARAMETERS, "LogLevel", "DWord", level)


def address(text: str) -> str:
    """An address as the service writes it. Raises Status where the text is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Status(INVALID_ADDRESS) from None


def listen(box: Box, addresses: Sequence[str]) -> None:
    """On these addresses of the host; on all where there is none. Raises Status."""
    own = box.dns["DnsServerSetting"]["AllIPAddress"]
    if any(one not in own for one in addresses):
        raise Status(INVALID_ADDRESS)
    box.put(PARAMETERS, "ListenAddresses", "MultiString", list(addresses) or None)
    open_sockets(box)


def open_sockets(box: Box) -> None:
    """TCP, then UDP, each in the order of the addresses; loopback only where the service listens everywhere."""
    running = process()
    kept = [one for one in box.network.get("sockets", []) if one["process"] != running or one["port"] != 53]
    own = box.dns["DnsServerSetting"]["AllIPAddress"]
    asked = box.key(PARAMETERS).get("ListenAddresses", {}).get("value")
    chosen = [one for one in asked if one in own] if asked else [*own, "127.0.0.1", "::1"]
    opened = [{"protocol": kind, "address": one, "port": 53, "process": running} for kind in ("tcp", "udp") for one in chosen]
    box.network["sockets"] = kept + opened
