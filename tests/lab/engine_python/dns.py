# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `dns`: reads and operations of the DNS Server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lab.box import Box
from lab.dns_values import SETTING

from . import dns_acl, dns_cmdlets, dns_listen, dns_program
from .dns_listen import open_sockets
from .dns_objects import objects, picked
from .dns_service import DnsError, DnsService, connect
from .dns_set import set_property
from .dns_zones import read_zones as zones_of
from .dns_zones import registry_values
from .errors import Refusal
from .shapes import planned_item
from .writes import Writes

# numbers by which a getter says that there is nothing of this name
NOTHING = (9601, 9701, 9714, 9972, 9976)
# what a cmdlet calls by another name, too
ALIASES = {
    "ZoneName": ("Name", ("DnsServerZone", "DnsServerZoneAging", "DnsServerPrimaryZone")),
    "TrustAnchorName": ("Name", ("DnsServerTrustAnchor",)),
    "TrustAnchorType": ("Type", ("DnsServerTrustAnchor",)),
    "AgingEnabled": ("Aging", ("DnsServerZoneAging",)),
    "FilterIPAddressList": ("IPFilterList", ("DnsServerDiagnostics",)),
}
POLICIES_OFF = ("IgnoreAllPolicies", "IgnoreServerLevelPolicies")


def _named(noun: str, parameters: dict[str, Any]) -> dict[str, Any]:
    pairs = ((ALIASES.get(name, (name, ())), name, value) for name, value in parameters.items())
    return {alias[0] if noun in alias[1] else name: value for alias, name, value in pairs}


@contextmanager
def _binding() -> Iterator[None]:
    """What PowerShell refuses before the cmdlet runs: a parameter is missing, or has no value of its type."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Refusal("internal", f"ParameterBindingException: {error!r}") from error


def read_get(box: Box, read: dict[str, Any]) -> list[dict[str, Any]]:
    with _binding():
        found = objects(box, read["cmdlet"], _named(read["cmdlet"], read["parameters"]))
    return [picked(one, read["properties"]) for one in found]


def read_zones(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    return zones_of(connect(box, "Get-DnsServerZone"), read["properties"], read["aging"], picked)


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    if operation["operation"] == "acl":
        dns_acl.check_planned(box, operation)
        return
    for planned in operation["planned"]:
        if not planned_item(planned):
            raise Refusal("request_invalid", f"{planned!r} is nothing that can be planned on.")
        if "zone" in planned:
            _check_zone(box, planned)
        else:
            _check(box, planned)


def _check_zone(box: Box, planned: dict[str, Any]) -> None:
    """The values of the zone's key in the registry; null is one that is absent."""
    now = _values(registry_values(DnsService(box), planned["zone"]), planned["values"])
    if now != planned["values"]:
        raise Refusal("changed_meanwhile", f"Planned on {planned['values']}, found {now}.")


def _check(box: Box, planned: dict[str, Any]) -> None:
    """So many objects as `count` says have what is in `where`, and each has these values. Without a count it is one, or none where values is null."""
    where, values = planned["where"], planned["values"]
    count = planned.get("count", int(values is not None))
    found = [one for one in _there(box, planned) if _values(one, where) == where]
    if len(found) != count:
        raise Refusal("changed_meanwhile", f"Planned on {count} {planned['cmdlet']} with {where}, found {len(found)}.")
    now = [_values(one, values or {}) for one in found]
    if now != [values or {}] * count:
        raise Refusal("changed_meanwhile", f"Planned on {values}, found {now}.")


def _values(one: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """What an object does not have is null."""
    return dict.fromkeys(wanted) | picked(one, list(wanted))


def _there(box: Box, planned: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        with _binding():
            return objects(box, planned["cmdlet"], _named(planned["cmdlet"], planned["parameters"]))
    except DnsError as error:
        if error.number not in NOTHING:
            raise
        return []


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    if operation["operation"] == "acl":
        dns_acl.write(box, operation, writes)
        return
    service = connect(box, operation.get("cmdlet") or operation.get("command") or "Set-DnsServerSetting")
    before = dns_listen.listed(service)
    with _binding():
        _change(service, operation)

    def save() -> None:
        service.save()
        if operation["operation"] != "call":
            open_sockets(box)

    writes.make("write", save)
    if operation["operation"] == "setting":
        dns_listen.put_back(box, before, writes)


def _change(service: DnsService, operation: dict[str, Any]) -> None:
    if operation["operation"] == "dnscmd":
        dns_program.run(service, operation["command"], operation["arguments"])
    elif operation["operation"] == "setting":
        _set_setting(service, operation["property"], operation["value"])
    else:
        noun = operation["cmdlet"].partition("-")[2]
        dns_cmdlets.call(service, operation["cmdlet"], _named(noun, _given(service, operation)))


def _given(service: DnsService, operation: dict[str, Any]) -> dict[str, Any]:
    """For InputObject the object itself that was planned on."""
    given: dict[str, Any] = operation["parameters"]
    if given.get("InputObject") is not True:
        return given
    planned = operation["planned"][0]
    (found,) = [one for one in _there(service.box, planned) if _values(one, planned["where"]) == planned["where"]]
    return given | {"InputObject": found}


def _set_setting(service: DnsService, name: str, value: Any) -> None:
    """Set-DnsServerSetting with the whole object. It takes no way back from ignoring policies, and says nothing."""
    if name in POLICIES_OFF and value is False:
        return
    if name not in service.document[SETTING]:
        raise Refusal("internal", f"PropertyNotFound: {name}")
    set_property(service, SETTING, name, value)
    dns_listen.write_shown(service)
