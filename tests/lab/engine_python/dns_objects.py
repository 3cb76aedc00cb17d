# SPDX-License-Identifier: GPL-3.0-or-later
"""What the getters of the DNS Server's module give, and the properties that a read picks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.box import Box
from lab.dns_values import CACHE, FORWARDER, RECURSION, SETTING

from .dns_listen import listening
from .dns_service import MISSING, DnsError, DnsService, Object, connect
from .dns_zones import aging_object, zone_object
from .errors import Refusal

Getter = Callable[[DnsService, Object], list[Object]]
RESOLVER = "DnsClientServerAddress"
FAMILIES = {"ipv4": 2, "ipv6": 23}
# what Get-DnsServerSetting shows without All
BRIEF = ("ComputerName MajorVersion MinorVersion BuildNumber IsReadOnlyDC EnableDnsSec EnableIPv6 ListeningIPAddress AllIPAddress").split()
ABSENT = object()


def _plain(noun: str) -> Getter:
    return lambda service, parameters: [dict(service.document.get(noun) or {})]


def _setting(service: DnsService, parameters: Object) -> list[Object]:
    every = {**service.document[SETTING], "ListeningIPAddress": listening(service)}
    return [every if parameters.get("All") else {name: every[name] for name in BRIEF if name in every}]


def _cache(service: DnsService, parameters: Object) -> list[Object]:
    """The cache is a zone; the protection against pollution is the recursion's secure response."""
    zone = {"ZoneName": ".", "ZoneType": "Cache", "IsAutoCreated": False, "IsReverseLookupZone": False, "IsPaused": False}
    return [zone | service.document[CACHE] | {"EnablePollutionProtection": service.document[RECURSION]["SecureResponse"]}]


def _forwarder(service: DnsService, parameters: Object) -> list[Object]:
    found = service.document[FORWARDER]
    return [{**found, "ReorderedIPAddress": found.get("IPAddress")}]


def _scopes(service: DnsService, parameters: Object) -> list[Object]:
    """`.` is the server itself."""
    own = {
        "Name": ".",
        "Forwarder": service.document[FORWARDER].get("IPAddress"),
        "EnableRecursion": service.document[RECURSION]["Enable"],
    }
    return _by_name([own, *service.document.get("DnsServerRecursionScope", [])], parameters, 9959)


def _by_name(found: list[Object], parameters: Object, missing: int) -> list[Object]:
    if "Name" not in parameters:
        return list(found)
    wanted = parameters["Name"].lower()
    named = [one for one in found if str(one.get("Name")).lower() == wanted]
    if not named:
        raise DnsError(missing, f"{parameters['Name']} does not exist.")
    return named


def _named(noun: str, missing: int) -> Getter:
    return lambda service, parameters: _by_name(service.document.get(noun, []), parameters, missing)


def _policies(noun: str) -> Getter:
    def found(service: DnsService, parameters: Object) -> list[Object]:
        zone = parameters.get("ZoneName")
        if zone is not None:
            service.zone(zone)
        every = [one for one in service.document.get(noun, []) if (one.get("ZoneName") or "").lower() == (zone or "").lower()]
        return _by_name(sorted(every, key=lambda one: one["ProcessingOrder"]), parameters, 9972)

    return found


def _root_hints(service: DnsService, parameters: Object) -> list[Object]:
    return [_hint(hint["name"], hint["addresses"]) for hint in service.document.get("DnsServerRootHint", [])]


def _hint(name: str, addresses: list[str]) -> Object:
    types = [("AAAA", "IPv6Address") if ":" in address else ("A", "IPv4Address") for address in addresses]
    records = [
        {"HostName": name, "RecordType": kind, "RecordData": {shown: address}}
        for address, (kind, shown) in zip(addresses, types, strict=True)
    ]
    return {"NameServer": {"HostName": "@", "RecordType": "NS", "RecordData": {"NameServer": name}}, "IPAddress": records or None}


def _anchors(service: DnsService, parameters: Object) -> list[Object]:
    wanted = parameters["Name"].rstrip(".").lower()
    found = [one for one in service.document.get("DnsServerTrustAnchor", []) if one["TrustAnchorName"].rstrip(".").lower() == wanted]
    if not found:
        raise DnsError(9714, f"There is no trust anchor for {parameters['Name']}.")
    return found


def _zones(service: DnsService, parameters: Object) -> list[Object]:
    names = parameters.get("Name")
    if names is None:
        return [zone_object(service, zone) for zone in service.document["DnsServerZone"]]
    return [zone_object(service, service.zone(name)) for name in ([names] if isinstance(names, str) else names)]


def _aging(service: DnsService, parameters: Object) -> list[Object]:
    names = parameters["Name"]
    return [aging_object(service.zone(name)) for name in ([names] if isinstance(names, str) else names)]


GETTERS: dict[str, Getter] = {
    **{
        noun: _plain(noun)
        for noun in (
            "DnsServerRecursion",
            "DnsServerEDns",
            "DnsServerGlobalQueryBlockList",
            "DnsServerResponseRateLimiting",
            "DnsServerDiagnostics",
            "DnsServerScavenging",
            "DnsServerDsSetting",
        )
    },
    "DnsServerSetting": _setting,
    "DnsServerCache": _cache,
    "DnsServerForwarder": _forwarder,
    "DnsServerRecursionScope": _scopes,
    "DnsServerClientSubnet": _named("DnsServerClientSubnet", 9976),
    "DnsServerResponseRateLimitingExceptionlist": _named("DnsServerResponseRateLimitingExceptionlist", 9972),
    "DnsServerQueryResolutionPolicy": _policies("DnsServerQueryResolutionPolicy"),
    "DnsServerZoneTransferPolicy": _policies("DnsServerZoneTransferPolicy"),
    "DnsServerRootHint": _root_hints,
    "DnsServerTrustAnchor": _anchors,
    "DnsServerZone": _zones,
    "DnsServerZoneAging": _aging,
}


def objects(box: Box, noun: str, parameters: Object) -> list[Object]:
    """What Get-<noun> gives. Raises Refusal."""
    if noun.lower() == RESOLVER.lower():
        return _resolvers(box, parameters)
    getter = next((found for name, found in GETTERS.items() if name.lower() == noun.lower()), None)
    if getter is None:
        raise Refusal("command_missing", MISSING.format(f"Get-{noun}"))
    return getter(connect(box, f"Get-{noun}"), parameters)


def _resolvers(box: Box, parameters: Object) -> list[Object]:
    family = FAMILIES.get(str(parameters.get("AddressFamily", "")).lower())
    found = box.read_json("network").get("resolvers", [])
    return [one for one in found if family in (None, one["AddressFamily"])]


def picked(found: Object, properties: list[str]) -> Object:
    """These properties of an object; what it does not have is left out."""
    values = ((path, _follow(found, path.split("."))) for path in properties)
    return {path: value for path, value in values if value is not ABSENT}


def _follow(found: Any, path: list[str]) -> Any:
    """A step over a list takes each item, and what has no such property falls out."""
    if isinstance(found, list):
        items = [_follow(item, path) for item in found] if path else found
        flat = [one for item in items for one in (item if isinstance(item, list) else [item])]
        return [one for one in flat if one is not ABSENT and one is not None]
    if not path or found is None:
        return found
    if not isinstance(found, dict) or path[0] not in found:
        return ABSENT
    return _follow(found[path[0]], path[1:])
