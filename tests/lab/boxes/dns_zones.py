# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones, root hints and the directory's access list of a new DNS Server.

Sources: Get-DnsServerZone | ConvertTo-Json of a real server (which properties a zone of each class has), named.root of 2024 (root
hints), [MS-DNSP] 3.1.1 notes 107 to 114 (who may administer the service).
"""

from __future__ import annotations

from typing import Any

from lab.boxes.accounts import BUILTIN, DOMAIN_DNS, DOMAIN_SID

Zone = dict[str, Any]
Record = list[Any]
WEEK = 604800
DOMAIN_DN = ",".join(f"DC={label}" for label in DOMAIN_DNS.split("."))
PARTITIONS = {"Domain": "DomainDnsZones", "Forest": "ForestDnsZones"}
AUTO_CREATED = ("0.in-addr.arpa", "127.in-addr.arpa", "255.in-addr.arpa")
DNS_ADMINS, HELPDESK = f"{DOMAIN_SID}-1101", f"{DOMAIN_SID}-1106"

ROOT_SERVERS = {
    "a": ("198.41.0.4", "2001:503:ba3e::2:30"),
    "b": ("170.247.170.2", "2801:1b8:10::b"),
    "c": ("192.33.4.12", "2001:500:2::c"),
    "d": ("199.7.91.13", "2001:500:2d::d"),
    "e": ("192.203.230.10", "2001:500:a8::e"),
    "f": ("192.5.5.241", "2001:500:2f::f"),
    "g": ("192.112.36.4", "2001:500:12::d0d"),
    "h": ("198.97.190.53", "2001:500:1::53"),
    "i": ("192.36.148.17", "2001:7fe::53"),
    "j": ("192.58.128.30", "2001:503:c27::2:30"),
    "k": ("193.0.14.129", "2001:7fd::1"),
    "l": ("199.7.83.42", "2001:500:9f::42"),
    "m": ("202.12.27.33", "2001:dc3::35"),
}


def root_hints(**changed: tuple[str, ...]) -> list[dict[str, Any]]:
    """The root servers; changed: letter -> its addresses instead."""
    return [{"name": f"{letter}.root-servers.net.", "addresses": list(one)} for letter, one in (ROOT_SERVERS | changed).items()]


def records(server: str, *more: Record) -> list[Record]:
    """What every zone has: where it begins and who serves it. server: a whole name without the dot at the end."""
    domain = server.partition(".")[2]
    soa = f"{server}. hostmaster.{domain}. 42 900 600 86400 3600"
    return [["@", 3600, "SOA", soa], ["@", 3600, "NS", f"{server}."], *more]


def _zone(name: str, kind: str, directory: bool, scope: str) -> Zone:
    partition = PARTITIONS.get(scope)
    place = f"DC={name},cn=MicrosoftDNS,DC={partition},{DOMAIN_DN}" if directory else None
    return {
        "ZoneName": name,
        "ZoneType": kind,
        "DistinguishedName": place,
        "IsAutoCreated": False,
        "IsDsIntegrated": directory,
        "IsPaused": False,
        "IsReadOnly": False,
        "IsReverseLookupZone": name.endswith((".in-addr.arpa", ".ip6.arpa")),
        "IsShutdown": False,
    }


def primary(name: str, content: list[Record], *, scope: str = "None", update: str = "None", **more: Any) -> Zone:
    """scope: `None` is a zone in a file, `Domain` or `Forest` one in the directory."""
    directory = scope != "None"
    return {
        **_zone(name, "Primary", directory, scope),
        "DirectoryPartitionName": f"{PARTITIONS[scope]}.{DOMAIN_DNS}" if directory else None,
        "ReplicationScope": scope,
        "ZoneFile": None if directory else f"{name}.dns",
        "DynamicUpdate": update,
        "IsWinsEnabled": False,
        "IsSigned": False,
        "AllowedDcForNsRecordsAutoCreation": None,
        "IgnorePolicies": False,
        "aging": {"AgingEnabled": False, "RefreshInterval": WEEK, "NoRefreshInterval": WEEK, "ScavengeServers": None},
        "records": content,
        **more,
    }


def auto_created(server: str) -> list[Zone]:
    """What the service makes by itself when it starts."""
    return [primary(name, records(server), IsAutoCreated=True) for name in AUTO_CREATED]


def secondary(name: str, masters: list[str], content: list[Record]) -> Zone:
    return {
        **_zone(name, "Secondary", False, "None"),
        "ZoneFile": f"{name}.dns",
        "MasterServers": masters,
        "IsWinsEnabled": False,
        "IgnorePolicies": False,
        "LastSuccessfulSoaCheck": "2026-11-24T20:00:00Z",
        "LastSuccessfulZoneTransfer": "2026-11-24T20:00:00Z",
        "LastZoneTransferAttempt": "2026-11-24T20:00:00Z",
        "LastZoneTransferResult": 0,
        "records": content,
    }


def forwarder(name: str, masters: list[str], scope: str = "None") -> Zone:
    """A conditional forwarder."""
    directory = scope != "None"
    return {
        **_zone(name, "Forwarder", directory, scope),
        "DirectoryPartitionName": f"{PARTITIONS[scope]}.{DOMAIN_DNS}" if directory else None,
        "ReplicationScope": scope,
        "MasterServers": masters,
        "ForwarderTimeout": 5,
        "UseRecursion": False,
        "records": [],
    }


def stub(name: str, masters: list[str], content: list[Record]) -> Zone:
    return {**_zone(name, "Stub", False, "None"), "ZoneFile": f"{name}.dns", "MasterServers": masters, "records": content}


def in_order(zones: list[Zone]) -> list[Zone]:
    """As the service lists them."""
    return sorted(zones, key=lambda zone: zone["ZoneName"].lower())


NO_GUID = "00000000-0000-0000-0000-000000000000"
FULL, READ = 983551, 131220


def ace(sid: str, rights: int, inherited: bool = False) -> dict[str, Any]:
    return {
        "sid": sid,
        "rights": rights,
        "type": "Allow",
        "object_type": NO_GUID,
        "inherited_object_type": NO_GUID,
        "inheritance": "All",
        "inherited": inherited,
    }


def directory(*members: str) -> dict[str, Any]:
    """The object CN=MicrosoftDNS of the domain. members: of the group DnsAdmins."""
    own = [ace(sid, FULL) for sid in (f"{DOMAIN_SID}-512", DNS_ADMINS, "S-1-5-9")]
    above = [ace(sid, FULL, True) for sid in ("S-1-5-18", f"{DOMAIN_SID}-519", BUILTIN + "544")] + [ace(BUILTIN + "554", READ, True)]
    return {
        "distinguished_name": f"CN=MicrosoftDNS,CN=System,{DOMAIN_DN}",
        "owner": DNS_ADMINS,
        "protected": False,
        "rules": own + above,
        "admins": {"sid": DNS_ADMINS, "members": list(members)},
    }
