# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of a box with a DNS Server by name, and what is there; read from the box's documents, by nothing of the project.

`registry KEY: NAME` is a value below HKLM, `zone NAME: PROPERTY` and `NOUN: PROPERTY` what the service has, `hint NAME` a root hint's addresses,
`rule SID` an account's rights, `sockets` where port 53 is open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lab.box import Box

PARAMETERS = r"SYSTEM\CurrentControlSet\Services\DNS\Parameters"
ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones"
# SecureSecondaries
NAME_SERVERS, LISTED, NOBODY = 1, 2, 3
NO_GUID = "00000000-0000-0000-0000-000000000000"

# A place of the box to what is there.
Table = Mapping[str, Any]


def read(box: Box, name: str) -> Any:
    return json.loads((box.folder / f"{name}.json").read_text("utf-8"))


def write(box: Box, name: str, document: Any) -> None:
    (box.folder / f"{name}.json").write_text(json.dumps(document), "utf-8")


def there(box: Box, place: str) -> Any:
    """What a place has; None where it is not there."""
    dns = read(box, "dns")
    what, _, name = place.partition(": ")
    word, _, rest = what.partition(" ")
    if word == "registry":
        keys = {key.lower(): values for key, values in read(box, "registry")["HKLM"].items()}
        return keys.get(rest.lower(), {}).get(name, {}).get("value")
    if word == "zone":
        return next(zone[name] for zone in dns["DnsServerZone"] if zone["ZoneName"] == rest)
    if word == "hint":
        return next((sorted(one["addresses"]) for one in dns["DnsServerRootHint"] if one["name"] == rest), None)
    if word == "rule":
        return next((rule["rights"] for rule in dns["directory"]["rules"] if rule["sid"] == rest), None)
    if word == "sockets":
        return sorted(f"{one['protocol']} {one['address']}" for one in read(box, "network")["sockets"] if one["port"] == 53)
    return dns[what][name] if name else dns.get(what)


def put(box: Box, place: str, value: Any) -> None:
    what, _, name = place.partition(": ")
    word, _, rest = what.partition(" ")
    dns = read(box, "dns")
    if word == "registry":
        registry = read(box, "registry")
        known = next((key for key in registry["HKLM"] if key.lower() == rest.lower()), rest)
        registry["HKLM"].setdefault(known, {})[name] = {"kind": "DWord", "value": value}
        return write(box, "registry", registry)
    if word == "zone":
        next(zone for zone in dns["DnsServerZone"] if zone["ZoneName"] == rest)[name] = value
    elif word == "hint":
        others = [one for one in dns["DnsServerRootHint"] if one["name"] != rest]
        dns["DnsServerRootHint"] = others + ([{"name": rest, "addresses": value}] if value else [])
    elif word == "rule":
        more = {"type": "Allow", "object_type": NO_GUID, "inherited_object_type": NO_GUID, "inheritance": "All", "inherited": False}
        dns["directory"]["rules"].insert(0, {"sid": rest, "rights": value, **more})
    elif word != "sockets":  # those are wrong in the box already
        dns[what][name] = value
    return write(box, "dns", dns)


def held(box: Box, table: Table) -> dict[str, Any]:
    return {place: there(box, place) for place in table}


def state(box: Box) -> dict[str, Any]:
    """Everything that the service has, and what the registry has of it. An empty list and nothing are the same to the server."""
    found = {noun: value if isinstance(value, list) else [value] for noun, value in read(box, "dns").items() if noun != "directory"}
    keys = {key: values for key, values in read(box, "registry")["HKLM"].items() if key.startswith(ZONES)}
    directory = {f"{ZONES}\\{zone['ZoneName']}": zone["IsDsIntegrated"] for zone in read(box, "dns")["DnsServerZone"]}
    rules = read(box, "dns").get("directory", {}).get("rules", [])
    return {
        **{noun: ordered(value) for noun, value in found.items()},
        **{f"{key}: {name}": value for key, values in keys.items() for name, value in meaningful(values, directory[key]).items()},
        "rules": ordered(rules),
        "sockets": there(box, "sockets"),
    }


def meaningful(values: Mapping[str, Any], directory: bool) -> dict[str, Any]:
    """A value that is not there is what Windows does without it; a list that the mode does not look at is none."""
    default = {"SecureSecondaries": NOBODY if directory else NAME_SERVERS}
    found = default | {name: one["value"] for name, one in values.items()}
    unread = {"SecondaryServers": found.get("SecureSecondaries"), "NotifyServers": found.get("NotifyLevel")}
    return {name: value for name, value in found.items() if unread.get(name, LISTED) == LISTED}


def ordered(items: Any) -> list[str]:
    """Root hints, zones and rules have no order; addresses neither, and one that stood twice comes back once."""
    return sorted(json.dumps(one, sort_keys=True) for one in map(settled, items or []))


def settled(item: Any) -> Any:
    if isinstance(item, Mapping) and "addresses" in item:
        return item | {"addresses": sorted(set(item["addresses"]))}
    return {name: value or None for name, value in item.items()} if isinstance(item, Mapping) else item


def differences(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {place: (before.get(place), now.get(place)) for place in {*now, *before} if now.get(place) != before.get(place)}
