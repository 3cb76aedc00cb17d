# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets of the DNS Server's module that write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.dns_values import BLOCK_LIST, CACHE, DIAGNOSTICS, EDNS, FORWARDER, RATES, RECURSION, SCAVENGING, SETTING

from . import dns_policies, dns_zones
from .dns_service import DnsError, DnsService, Object
from .dns_set import set_all, set_property
from .dns_zones import addresses
from .errors import Refusal

Write = Callable[[DnsService, Object], None]

RATE_DEFAULTS: dict[str, int] = {
    "ResponsesPerSec": 5,
    "ErrorsPerSec": 5,
    "WindowInSec": 5,
    "IPv4PrefixLength": 24,
    "IPv6PrefixLength": 56,
    "LeakRate": 3,
    "TruncateRate": 2,
    "MaximumResponsesPerWindow": 1024,
}
# property -> smallest, largest, error, a number allowed beside them; in the order in which the service checks them
RATE_RANGES: tuple[tuple[str, int, int, int, int | None], ...] = (
    ("LeakRate", 2, 10, 9916, 0),
    ("TruncateRate", 2, 10, 9915, 0),
    ("WindowInSec", 1, 3600, 9912, None),
    ("IPv4PrefixLength", 0, 32, 9913, None),
    ("IPv6PrefixLength", 0, 128, 9914, None),
)
LEAK_BELOW_TRUNCATE, NO_SUCH_NAME, EXISTS, NO_RECORD = 9917, 9714, 9711, 9701
DNSSEC_IS_OFF = 9125


def _renaming(noun: str, **renamed: str) -> Write:
    return lambda service, parameters: set_all(service, noun, parameters, renamed)


def _cache(service: DnsService, parameters: Object) -> None:
    for name, shown in parameters.items():
        if name == "PollutionProtection":
            set_property(service, RECURSION, "SecureResponse", shown)
        else:
            set_property(service, CACHE, name, shown)


def _forwarder(service: DnsService, parameters: Object) -> None:
    """The list is replaced. The registry has the timer and the mode as soon as it has a list."""
    for name, shown in parameters.items():
        set_property(service, FORWARDER, name, addresses(shown) if name == "IPAddress" else shown)
    if "IPAddress" in parameters:
        keep_forwarders(service)


def keep_forwarders(service: DnsService) -> None:
    for name in ("Timeout", "UseRootHint"):
        set_property(service, FORWARDER, name, service.document[FORWARDER][name])


def _add_forwarder(service: DnsService, parameters: Object) -> None:
    listed = service.document[FORWARDER].get("IPAddress") or []
    _forwarder(service, {"IPAddress": [*listed, *addresses(parameters["IPAddress"])]})


def _remove_forwarder(service: DnsService, parameters: Object) -> None:
    gone = addresses(parameters["IPAddress"])
    _forwarder(service, {"IPAddress": [one for one in service.document[FORWARDER].get("IPAddress") or [] if one not in gone]})


def _block_list(service: DnsService, parameters: Object) -> None:
    """The list is replaced, in small letters; one empty name empties it."""
    if "List" in parameters:
        set_property(service, BLOCK_LIST, "List", [name.lower() for name in parameters["List"] or [] if name])
    if "Enable" in parameters:
        set_property(service, BLOCK_LIST, "Enable", parameters["Enable"])


def _rates(service: DnsService, parameters: Object) -> None:
    """Only what is given changes, the mode too. ResetToDefault goes before everything else and leaves the mode."""
    rates = service.document[RATES]
    if parameters.get("ResetToDefault"):
        rates |= RATE_DEFAULTS
        return
    wanted = rates | {name: value for name, value in parameters.items() if name != "Force"}
    for name, lowest, highest, error, also in RATE_RANGES:
        if not (lowest <= wanted[name] <= highest or wanted[name] == also):
            raise DnsError(error, f"{name} cannot be {wanted[name]}.")
    if 0 not in (wanted["LeakRate"], wanted["TruncateRate"]) and wanted["LeakRate"] < wanted["TruncateRate"]:
        raise DnsError(LEAK_BELOW_TRUNCATE, "LeakRate is smaller than TruncateRate.")
    rates |= wanted


def _diagnostics(service: DnsService, parameters: Object) -> None:
    if "IPFilterList" in parameters:
        parameters = parameters | {"IPFilterList": addresses(parameters["IPFilterList"])}
    set_all(service, DIAGNOSTICS, parameters, {"Updates": "Update", "IPFilterList": "FilterIPAddressList"})


def _scavenging(service: DnsService, parameters: Object) -> None:
    """ApplyOnAllZones writes the intervals into every zone that ages."""
    every = parameters.get("ApplyOnAllZones")
    set_all(service, SCAVENGING, {name: value for name, value in parameters.items() if name != "ApplyOnAllZones"})
    for zone in service.document["DnsServerZone"] if every else ():
        if zone["ZoneType"] == "Primary" and not zone["IsAutoCreated"]:
            found = service.document[SCAVENGING]
            aging = {"AgingEnabled": found["ScavengingState"]} | {name: found[name] for name in ("RefreshInterval", "NoRefreshInterval")}
            zone["aging"] = {**dns_zones.AGING, **zone.get("aging", {}), **aging}


def host_name(text: str) -> str:
    """As a root hint shows its name: small letters, a dot at the end."""
    return text.rstrip(".").lower() + "."


def _hints(service: DnsService) -> list[Object]:
    hints: list[Object] = service.document.setdefault("DnsServerRootHint", [])
    return hints


def _add_hint(service: DnsService, parameters: Object) -> None:
    """Addresses come to those that a name has already."""
    name, added = host_name(parameters["NameServer"]), addresses(parameters["IPAddress"])
    found = next((hint for hint in _hints(service) if hint["name"] == name), None)
    if found is None:
        _hints(service).append({"name": name, "addresses": added})
        return
    new = [one for one in added if one not in found["addresses"]]
    if not new:
        raise DnsError(EXISTS, f"{name} has these addresses already.")
    found["addresses"] += new


def _remove_hint(service: DnsService, parameters: Object) -> None:
    """The name with all its addresses, or some of them; a name without any stays as long as nobody removes it."""
    name, gone = host_name(parameters["NameServer"]), addresses(parameters.get("IPAddress"))
    hints = [hint for hint in _hints(service) if hint["name"] == name]
    if not hints or (gone and not any(one in hint["addresses"] for hint in hints for one in gone)):
        raise DnsError(NO_RECORD, f"There is no such root hint as {name}.")
    if not gone:
        service.document["DnsServerRootHint"] = [hint for hint in _hints(service) if hint["name"] != name]
    for hint in hints:
        hint["addresses"] = [one for one in hint["addresses"] if one not in gone]


ROOT_ANCHORS = (
    (20326, "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"),
    (38696, "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"),
)


def _anchor(name: str, kind: str, data: Object) -> Object:
    return {"TrustAnchorName": host_name(name), "TrustAnchorType": kind, "TrustAnchorState": "Valid", "TrustAnchorData": data}


def _signed(key_tag: int, digest: str, algorithm: str = "RsaSha256", kind: str = "Sha256") -> Object:
    return {"KeyTag": key_tag, "CryptoAlgorithm": algorithm, "DigestType": kind, "Digest": digest}


def _add_anchor(service: DnsService, parameters: Object) -> None:
    """Root fetches those of the root zone from IANA, which a server does only while it validates."""
    if parameters.get("Root"):
        if not service.document[SETTING]["EnableDnsSec"]:
            raise DnsError(DNSSEC_IS_OFF, "DNSSEC is disabled on the server.")
        added = [_anchor(".", "DS", _signed(tag, digest)) for tag, digest in ROOT_ANCHORS]
    elif "Digest" in parameters:
        data = _signed(parameters["KeyTag"], parameters["Digest"], parameters["CryptoAlgorithm"], parameters["DigestType"])
        added = [_anchor(parameters["Name"], "DS", data)]
    else:
        data = {name: parameters[name] for name in ("CryptoAlgorithm", "Base64Data")}
        added = [_anchor(parameters["Name"], "DNSKEY", data | {"KeyProtocol": "DnsSec"})]
    anchors = service.document.setdefault("DnsServerTrustAnchor", [])
    new = [one for one in added if one not in anchors]
    if not new:
        raise DnsError(EXISTS, "The trust anchor is there already.")
    anchors += new


def _remove_anchor(service: DnsService, parameters: Object) -> None:
    anchors = service.document.get("DnsServerTrustAnchor", [])
    if "InputObject" in parameters:
        service.document["DnsServerTrustAnchor"] = [one for one in anchors if one != parameters["InputObject"]]
        return
    name, kind = host_name(parameters["Name"]), parameters.get("Type", "").lower()
    kept = [one for one in anchors if one["TrustAnchorName"] != name or kind not in ("", one["TrustAnchorType"].lower())]
    if len(kept) == len(anchors):
        raise DnsError(NO_SUCH_NAME, f"There is no trust anchor for {name}.")
    service.document["DnsServerTrustAnchor"] = kept


WRITERS: dict[str, Write] = {
    "Set-DnsServerRecursion": _renaming(RECURSION, EnableRecursion="Enable"),
    "Set-DnsServerCache": _cache,
    "Set-DnsServerEDns": _renaming(EDNS),
    "Set-DnsServerForwarder": _forwarder,
    "Add-DnsServerForwarder": _add_forwarder,
    "Remove-DnsServerForwarder": _remove_forwarder,
    "Set-DnsServerGlobalQueryBlockList": _block_list,
    "Set-DnsServerResponseRateLimiting": _rates,
    "Set-DnsServerDiagnostics": _diagnostics,
    "Set-DnsServerScavenging": _scavenging,
    "Set-DnsServerPrimaryZone": dns_zones.set_primary,
    "Set-DnsServerZoneAging": dns_zones.set_aging,
    "Add-DnsServerRootHint": _add_hint,
    "Remove-DnsServerRootHint": _remove_hint,
    "Add-DnsServerTrustAnchor": _add_anchor,
    "Remove-DnsServerTrustAnchor": _remove_anchor,
    **dns_policies.WRITERS,
}


def call(service: DnsService, cmdlet: str, parameters: dict[str, Any]) -> None:
    """A cmdlet by its whole name, without case."""
    found = next((write for name, write in WRITERS.items() if name.lower() == cmdlet.lower()), None)
    if found is None:
        raise Refusal("command_missing", f"The term '{cmdlet}' is not recognized as the name of a cmdlet.")
    found(service, parameters)
