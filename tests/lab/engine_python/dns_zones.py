# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones of the DNS Server: what they show, who gets them, who may update them, and how they age."""

from __future__ import annotations

import ipaddress
from typing import Any

from lab.dns_values import HOUR

from .dns_service import DnsError, DnsService, Object, zone_key
from .errors import Refusal

SECURITY = ("TransferAnyServer", "TransferToZoneNameServer", "TransferToSecureServers", "NoTransfer")
NOTIFY = ("NoNotify", "Notify", "NotifyServers")
UPDATE = {"none": "None", "secure": "Secure", "nonsecureandsecure": "NonsecureAndSecure"}
# what is not a property of the zone's class
OWN = ("aging", "records")
TRANSFER_VALUES = ("SecureSecondaries", "SecondaryServers", "NotifyLevel", "NotifyServers")
AGING = {"AgingEnabled": False, "RefreshInterval": 168 * HOUR, "NoRefreshInterval": 168 * HOUR, "ScavengeServers": None}
NOT_ON_READ_ONLY, INVALID_OPERATION, INVALID_TYPE = 9569, 9603, 9611


def zone_object(service: DnsService, zone: Object) -> Object:
    shown = {name: value for name, value in zone.items() if name not in OWN}
    return shown | (_transfers(service, zone) if zone["ZoneType"] == "Primary" else {})


def _transfers(service: DnsService, zone: Object) -> Object:
    """Nothing in the registry: a zone of the directory is not transferred, and notifies a list that is empty."""
    values = registry_values(service, zone["ZoneName"])
    secure, notify = (3, 2) if zone["IsDsIntegrated"] else (1, 1)
    return {
        "SecureSecondaries": SECURITY[values.get("SecureSecondaries", secure)],
        "SecondaryServers": values.get("SecondaryServers") or None,
        "Notify": NOTIFY[values.get("NotifyLevel", notify)],
        "NotifyServers": values.get("NotifyServers") or None,
    }


def registry_values(service: DnsService, zone: str) -> Object:
    values = {name.lower(): value["value"] for name, value in service.zone_values(zone).items()}
    return {name: values[name.lower()] for name in TRANSFER_VALUES if name.lower() in values}


def aging_object(zone: Object) -> Object:
    """Only primaries age."""
    if zone["ZoneType"] != "Primary":
        raise DnsError(INVALID_TYPE, f"{zone['ZoneName']} is no primary zone.")
    return {"ZoneName": zone["ZoneName"], **AGING, **zone.get("aging", {})}


def read_zones(service: DnsService, properties: list[str], aging: Any, pick: Any) -> Object:
    """The three parts of the read `zones`; pick: takes the properties of an object."""
    zones = service.document["DnsServerZone"]
    known = {zone["ZoneName"].lower(): zone for zone in zones}
    named = [zone["ZoneName"] for zone in zones if _ages(zone)] if aging == "all" else aging
    secondaries = [zone["ZoneName"] for zone in zones if zone["ZoneType"] == "Secondary"]
    return {
        "zones": [pick(zone_object(service, zone), properties) for zone in zones],
        "aging": {name: _aging(known.get(name.lower()), name) for name in named},
        "registry": {name: registry_values(service, name) for name in secondaries},
    }


def _ages(zone: Object) -> bool:
    return bool(zone["ZoneType"] == "Primary" and not zone["IsAutoCreated"] and zone["ZoneName"] != "TrustAnchors")


def _aging(zone: Object | None, name: str) -> Object:
    try:
        found = aging_object(zone or _missing(name))
    except Refusal as refusal:
        return {"error": refusal.as_error()}
    return {key: found[key] for key in AGING}


def _missing(name: str) -> Object:
    raise DnsError(9601, f"The zone {name} was not found on the server.")


def writable(service: DnsService, name: str, kinds: tuple[str, ...] = ("Primary",)) -> Object:
    """The zone, where something about it may be changed: never one that the service made by itself."""
    zone = service.zone(name)
    if zone["ZoneType"] not in kinds:
        raise DnsError(INVALID_TYPE, f"{name} is a {zone['ZoneType']} zone.")
    if zone["IsAutoCreated"]:
        raise DnsError(INVALID_OPERATION, f"{name} was created by the server itself.")
    return zone


def writable_in_directory(service: DnsService, name: str) -> Object:
    """The same for what the directory keeps of a zone, which a read-only controller cannot write."""
    zone = writable(service, name)
    if zone["IsDsIntegrated"] and (service.is_read_only or zone["IsReadOnly"]):
        raise DnsError(NOT_ON_READ_ONLY, "A read-only domain controller cannot write it.")
    return zone


def set_update(service: DnsService, name: str, mode: str) -> None:
    """Secure updates need the directory."""
    zone = writable_in_directory(service, name)
    wanted = UPDATE[mode.lower()]
    if wanted == "Secure" and not zone["IsDsIntegrated"]:
        raise DnsError(INVALID_TYPE, f"{name} is not in the directory: it cannot have secure updates.")
    zone["DynamicUpdate"] = wanted


def address(text: str) -> str:
    """As an IPAddress object shows itself."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise DnsError(9552, f"{text} is no address.") from None


def addresses(listed: list[str] | None) -> list[str]:
    return [address(one) for one in listed or []]


def _number(index: int) -> Object:
    return {"kind": "DWord", "value": index}


def _list(listed: list[str]) -> Object | None:
    return {"kind": "MultiString", "value": listed} if listed else None


def set_primary(service: DnsService, parameters: Object) -> None:
    """Set-DnsServerPrimaryZone. Who gets the zone is of this server alone, and stays possible on a read-only controller."""
    name = parameters["Name"]
    zone = writable(service, name)
    if "DynamicUpdate" in parameters:
        set_update(service, name, parameters["DynamicUpdate"])
    if "IgnorePolicies" in parameters:
        zone["IgnorePolicies"] = parameters["IgnorePolicies"]
    key = zone_key(zone["ZoneName"])
    if "SecureSecondaries" in parameters:
        service.write(key, "SecureSecondaries", _number(SECURITY.index(parameters["SecureSecondaries"])))
    if "Notify" in parameters:
        service.write(key, "NotifyLevel", _number(NOTIFY.index(parameters["Notify"])))
    for one in ("SecondaryServers", "NotifyServers"):
        if one in parameters:
            service.write(key, one, _list(addresses(parameters[one])))


SECURITY_SWITCHES = {"/nonsecure": 0, "/securens": 1, "/securelist": 2, "/noxfr": 3}
NOTIFY_SWITCHES = {"/nonotify": 0, "/notify": 1, "/notifylist": 2}


def reset_secondaries(service: DnsService, name: str, arguments: list[str]) -> None:
    """dnscmd /ZoneResetSecondaries: both modes and both lists are written; without a switch for notifying the name servers are notified."""
    zone = writable(service, name, ("Primary", "Secondary"))
    secure, notify = 1, 1
    lists: dict[str, list[str]] = {"secure": [], "notify": []}
    current: list[str] | None = None
    for argument in arguments:
        switch = argument.lower()
        if switch in SECURITY_SWITCHES:
            secure, current = SECURITY_SWITCHES[switch], lists["secure"]
        elif switch in NOTIFY_SWITCHES:
            notify, current = NOTIFY_SWITCHES[switch], lists["notify"]
        elif current is None or argument.startswith("/"):
            raise Refusal("command_failed", f"dnscmd does not know {argument}.")
        else:
            current.append(address(argument))
    key = zone_key(zone["ZoneName"])
    service.write(key, "SecureSecondaries", _number(secure))
    service.write(key, "SecondaryServers", _list(lists["secure"]))
    service.write(key, "NotifyLevel", _number(notify))
    service.write(key, "NotifyServers", _list(lists["notify"]))


def set_aging(service: DnsService, parameters: Object) -> None:
    """Set-DnsServerZoneAging; intervals are whole hours."""
    zone = writable_in_directory(service, parameters["Name"])
    aging = zone.setdefault("aging", dict(AGING))
    if "Aging" in parameters:
        aging["AgingEnabled"] = parameters["Aging"]
    for name in ("RefreshInterval", "NoRefreshInterval"):
        if name in parameters:
            hours = parameters[name] // HOUR
            if hours > 8760:
                raise DnsError(9567, f"{name} is too large.")
            aging[name] = hours * HOUR
    if "ScavengeServers" in parameters:
        aging["ScavengeServers"] = addresses(parameters["ScavengeServers"]) or None
