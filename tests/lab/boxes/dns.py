# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server of a new box: dns.json, its registry keys, its service and its sockets.

Sources: Get-DnsServerSetting -All and every other getter of Windows Server 2016 domain controllers (defaults), dnscmd /info of
Windows Server 2022, `reg query` of Services\\DNS\\Parameters of a default domain controller, netstat of a server that listens everywhere.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from lab import dns_values
from lab.boxes.accounts import DOMAIN, DOMAIN_DNS
from lab.boxes.dns_zones import DNS_ADMINS, HELPDESK, Zone, in_order, root_hints
from lab.boxes.remote_desktop import number, text

PROCESS = 2460
SERVICE = {"state": "Running", "start_type": "Automatic", "dependents": [], "process": PROCESS}
IPV4, IPV6 = 2, 23
SECURITY = {"NoTransfer": 3, "TransferToSecureServers": 2, "TransferToZoneNameServer": 1, "TransferAnyServer": 0}

# what no registry value stands behind, or none that is documented
SETTING: dict[str, Any] = {
    "MajorVersion": 10,
    "MinorVersion": 0,
    "IsReadOnlyDC": False,
    "EnableRegistryBoot": None,
    "LameDelegationTTL": 0,
    "MaximumSignatureScanPeriod": 172800,
    "MaximumTrustAnchorActiveRefreshInterval": 1296000,
    "ZoneWritebackInterval": 60,
    "ForestDirectoryPartitionBaseName": "ForestDnsZones",
    "DomainDirectoryPartitionBaseName": "DomainDnsZones",
    "RootTrustAnchorsURL": "https://data.iana.org/root-anchors/root-anchors.xml",
    "ScopeOptionValue": 0,
    "VirtualizationInstanceOptionValue": 0,
    "IgnoreServerLevelPolicies": False,
    "IgnoreAllPolicies": False,
}
RATES: dict[str, Any] = {
    "Mode": "Disable",
    "ResponsesPerSec": 5,
    "ErrorsPerSec": 5,
    "WindowInSec": 5,
    "IPv4PrefixLength": 24,
    "IPv6PrefixLength": 56,
    "LeakRate": 3,
    "TruncateRate": 2,
    "MaximumResponsesPerWindow": 1024,
}
LOGGING = (
    "EnableLogFileRollover EnableLoggingForLocalLookupEvent EnableLoggingForPluginDllEvent EnableLoggingForRecursiveLookupEvent"
    " EnableLoggingForRemoteServerEvent EnableLoggingForServerStartStopEvent EnableLoggingForTombstoneEvent"
    " EnableLoggingForZoneDataWriteEvent EnableLoggingForZoneLoadingEvent SaveLogsToPersistentStorage"
)
OTHERS: dict[str, dict[str, Any]] = {
    "DnsServerSetting": SETTING,
    "DnsServerRecursion": {},
    "DnsServerCache": {"IgnorePolicies": False},
    "DnsServerEDns": {},
    "DnsServerForwarder": {},
    "DnsServerGlobalQueryBlockList": {"List": ["wpad", "isatap"]},
    "DnsServerResponseRateLimiting": RATES,
    "DnsServerDiagnostics": {"EnableLoggingToFile": True} | dict.fromkeys((*LOGGING.split(), *dns_values.LOG_BITS), False),
    "DnsServerScavenging": {"LastScavengeTime": None},
    "DnsServerDsSetting": {
        "DirectoryPartitionAutoEnlistInterval": 86400,
        "LazyUpdateInterval": 3,
        "MinimumBackgroundLoadThreads": 1,
        "RemoteReplicationDelay": 30,
        "TombstoneInterval": 1209600,
    },
}
LISTS = (
    "DnsServerResponseRateLimitingExceptionlist",
    "DnsServerRecursionScope",
    "DnsServerQueryResolutionPolicy",
    "DnsServerZoneTransferPolicy",
    "DnsServerClientSubnet",
    "DnsServerTrustAnchor",
)


@dataclass(frozen=True)
class DnsServer:
    """What differs from a server of the release that was only installed.

    server: its whole name. settings: noun -> property -> value, the registry follows. lists: noun -> objects.
    transfers: zone -> values of its registry key. resolvers: what the host itself asks.
    """

    server: str
    addresses: tuple[str, ...]
    zones: tuple[Zone, ...]
    controller: bool = False
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    transfers: dict[str, dict[str, Any]] = field(default_factory=dict)
    listen: tuple[str, ...] | None = None
    hints: list[dict[str, Any]] = field(default_factory=root_hints)
    directory: dict[str, Any] | None = None
    resolvers: tuple[str, ...] = ("127.0.0.1",)


def document(dns: DnsServer, build: int) -> dict[str, Any]:
    """dns.json."""
    found: dict[str, Any] = {"tools": True, **copy.deepcopy(OTHERS)}
    for value in dns_values.VALUES:
        found[value.noun].setdefault(value.property, dns_values.default(value, build))
    found["DnsServerSetting"] |= {
        "ComputerName": dns.server,
        "BuildNumber": build,
        "AllIPAddress": list(dns.addresses),
        "DsAvailable": dns.controller,
        "BootMethod": 3 if dns.controller else 0,
        "AdminConfigured": True,
    }
    for noun, changed in dns.settings.items():
        found[noun] |= changed
    found |= {noun: dns.lists.get(noun, []) for noun in LISTS}
    found |= {"DnsServerRootHint": dns.hints, "DnsServerZone": in_order(list(dns.zones))}
    return found | ({"directory": dns.directory} if dns.directory else {})


def registry(dns: DnsServer, build: int) -> dict[str, Any]:
    """The keys below HKLM. A value stands there once it is not the default any more."""
    values = {"EnableGlobalQueryBlockList": number(1), "GlobalQueryBlockList": strings("wpad", "isatap")}
    values |= {"PreviousLocalHostname": text(dns.server), "AdminConfigured": number(1)}
    values |= {"BootMethod": number(3)} if dns.controller else {}
    for noun, changed in dns.settings.items():
        values |= _changed(noun, changed)
    if dns.listen is not None:
        values[dns_values.LISTEN] = strings(*dns.listen)
    return {dns_values.PARAMETERS: values, **_zone_keys(dns)}


def _changed(noun: str, changed: dict[str, Any]) -> dict[str, Any]:
    known = ((dns_values.BY_PROPERTY.get((noun, name)), value) for name, value in changed.items())
    values = {value.name: value.stored(shown) for value, shown in known if value is not None}
    if noun == dns_values.FORWARDER and "Forwarders" in values:
        values = {"ForwardingTimeout": number(3), "IsSlave": number(0)} | values
    level = dns_values.log_level(changed) if noun == dns_values.DIAGNOSTICS else 0
    return values | ({dns_values.LOG_LEVEL: number(level)} if level else {})


def _zone_keys(dns: DnsServer) -> dict[str, Any]:
    types = {"Primary": 1, "Secondary": 2, "Stub": 3, "Forwarder": 4}
    keys = {}
    for zone in dns.zones:
        if zone["IsAutoCreated"]:
            continue
        values = {"Type": number(types[zone["ZoneType"]])}
        if zone.get("ZoneFile"):
            values["DatabaseFile"] = text(zone["ZoneFile"])
        keys[f"{dns_values.ZONES}\\{zone['ZoneName']}"] = values | _transfers(dns.transfers.get(zone["ZoneName"], {}))
    return keys


def _transfers(values: dict[str, Any]) -> dict[str, Any]:
    return {name: strings(*value) if isinstance(value, list) else number(value) for name, value in values.items()}


def strings(*values: str) -> dict[str, Any]:
    return {"kind": "MultiString", "value": list(values)}


def network(dns: DnsServer) -> dict[str, Any]:
    """What the role adds to network.json; its sockets are to be put behind the others."""
    addresses = dns.listen or (*dns.addresses, "127.0.0.1", "::1")
    own = [{"protocol": kind, "address": one, "port": 53, "process": PROCESS} for kind in ("tcp", "udp") for one in addresses]
    return {"sockets": own, "resolvers": resolvers(*dns.resolvers), "name_servers": {}}


def resolvers(*addresses: str) -> list[dict[str, Any]]:
    """Objects of Get-DnsClientServerAddress of a host with one network adapter."""
    interfaces = ((family, [one for one in addresses if (":" in one) == (family == IPV6)]) for family in (IPV4, IPV6))
    return [
        {"InterfaceAlias": "Ethernet", "InterfaceIndex": 4, "AddressFamily": family, "ServerAddresses": found}
        for family, found in interfaces
    ]


def names(dns: DnsServer) -> dict[str, str]:
    """Accounts that only a domain with a DNS Server has, by SID."""
    return {DNS_ADMINS: f"{DOMAIN}\\DnsAdmins", HELPDESK: f"{DOMAIN}\\helpdesk"} if dns.controller else {}


def whole(computer_name: str) -> str:
    return f"{computer_name.lower()}.{DOMAIN_DNS}"
