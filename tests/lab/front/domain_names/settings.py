# SPDX-License-Identifier: GPL-3.0-or-later
"""What a box says about its DNS Server, as far as a stranger can see it.

The running service's settings stand in dns.json, transfers in the registry (KB4050194). Sources for each: MS-DNSP 2.2.4, 2.2.5, 2.2.16.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.zone

from lab.box import Box

ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones"
PORT = 53
# SecureSecondaries: to any server, to the zone's name servers, to listed ones, to nobody
ANY, NAME_SERVERS, LISTED, NOBODY = range(4)


@dataclass(frozen=True)
class ZoneSettings:
    """transfers: SecureSecondaries; secondaries: who is listed. nonsecure_updates: DynamicUpdate is NonsecureAndSecure."""

    zone: dns.zone.Zone
    primary: bool
    transfers: int
    secondaries: frozenset[str]
    nonsecure_updates: bool

    def may_transfer(self, client: str) -> bool:
        if self.transfers == NAME_SERVERS:
            return client in self._name_servers()
        return self.transfers == ANY or (self.transfers == LISTED and client in self.secondaries)

    def _name_servers(self) -> frozenset[str]:
        """The addresses of the zone's NS records, where they stand in the zone."""
        names = self.zone.find_rdataset("@", "NS")
        found = (self.zone.get_rdataset(record.target, kind) for record in names for kind in ("A", "AAAA"))
        return frozenset(record.address for records in found if records for record in records)


@dataclass(frozen=True)
class Policy:
    """A query resolution policy of the server: what is answered to those queries that every criterion fits. Criteria as `EQ,ANY`."""

    action: str
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Settings:
    """One reading of a box. edns_size None: a query with EDNS is a format error. version: what TXT version.bind is answered, None: nothing."""

    zones: dict[dns.name.Name, ZoneSettings]
    recursion: bool
    root_hints: tuple[str, ...]
    version: str | None
    edns_size: int | None
    blocked: frozenset[str]
    policies: tuple[Policy, ...]
    subnets: dict[str, tuple[str, ...]]
    limiting: dict[str, Any]


def listens(box: Box) -> bool:
    """Whether the service has a socket on port 53."""
    service = box.services.get("DNS", {})
    if service.get("state") != "Running":
        return False
    sockets = box.read_json("network").get("sockets", [])
    return any(entry["port"] == PORT and entry["process"] == service.get("process") for entry in sockets)


def files(box: Box) -> tuple[Path, ...]:
    """Where all of it stands."""
    return tuple(box.folder / f"{name}.json" for name in ("dns", "registry"))


def read(box: Box) -> Settings:
    server = box.read_json("dns")
    machine = {key.lower(): values for key, values in box.registry.get("HKLM", {}).items()}
    zones = [_zone(item, machine) for item in server["DnsServerZone"] if item.get("records")]
    blocking = server["DnsServerGlobalQueryBlockList"]
    edns = server["DnsServerEDns"]["EnableReception"]
    return Settings(
        zones={zone.zone.origin: zone for zone in zones if zone.zone.origin is not None},
        recursion=server["DnsServerRecursion"]["Enable"],
        root_hints=tuple(dict.fromkeys(item["name"] for item in server.get("DnsServerRootHint", []))),
        version=_version(server["DnsServerSetting"]),
        edns_size=server["DnsServerSetting"]["MaximumUdpPacketSize"] if edns else None,
        blocked=frozenset(name.lower() for name in blocking["List"] or ()) if blocking["Enable"] else frozenset(),
        policies=_policies(server),
        subnets={item["Name"].lower(): _networks(item) for item in server.get("DnsServerClientSubnet", [])},
        limiting=server["DnsServerResponseRateLimiting"],
    )


def _zone(item: dict[str, Any], machine: dict[str, Any]) -> ZoneSettings:
    stored = machine.get(f"{ZONES}\\{item['ZoneName']}".lower(), {})
    values = {name.lower(): value["value"] for name, value in stored.items()}
    default = NOBODY if item["IsDsIntegrated"] else NAME_SERVERS
    lines = "\n".join(f"{name} {ttl} IN {kind} {data}" for name, ttl, kind, data in item["records"])
    return ZoneSettings(
        zone=dns.zone.from_text(lines, origin=item["ZoneName"] + ".", relativize=False, check_origin=False),
        primary=item["ZoneType"] == "Primary",
        transfers=values.get("securesecondaries", default),
        secondaries=frozenset(str(ipaddress.ip_address(text)) for text in values.get("secondaryservers") or ()),
        nonsecure_updates=str(item.get("DynamicUpdate")).lower() == "nonsecureandsecure",
    )


def _version(setting: dict[str, Any]) -> str | None:
    """1 is the whole version, 2 its first two numbers, 0 nothing (MS-DNSP EnableVersionQuery)."""
    major, minor, build = (setting[name] for name in ("MajorVersion", "MinorVersion", "BuildNumber"))
    return {1: f"Microsoft DNS {major}.{minor}.{build} ({build << 16:08X})", 2: f"Microsoft DNS {major}.{minor}"}.get(
        setting["EnableVersionQuery"]
    )


def _policies(server: dict[str, Any]) -> tuple[Policy, ...]:
    """Those of the server that are on, in their order; the criteria that a stranger's query can fit."""
    found = [one for one in server.get("DnsServerQueryResolutionPolicy", []) if one.get("IsEnabled", True) and not one.get("ZoneName")]
    ordered = sorted(found, key=lambda one: one.get("ProcessingOrder", 0))
    return tuple(
        Policy(one["Action"].upper(), tuple((rule["CriteriaType"], rule["Criteria"]) for rule in one.get("Criteria") or ()))
        for one in ordered
    )


def _networks(item: dict[str, Any]) -> tuple[str, ...]:
    return (*(item.get("IPv4Subnet") or ()), *(item.get("IPv6Subnet") or ()))
