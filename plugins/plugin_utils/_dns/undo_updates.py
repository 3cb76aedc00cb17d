# SPDX-License-Identifier: GPL-3.0-or-later
"""What taking back must not do to zones: end the dynamic updates by which domain controllers register.

A run that switched updates on found them off, and its journal brings that back. The zones are judged as a run judges them.
Source: MS-DNSP 3.1.1.2.1 (AllowUpdate 0 ends the registration of domain controllers' records).
"""

from __future__ import annotations

import typing as t

from .._core.facts import HostFacts
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .requests import get_read, objects, zone_key
from .zone_domain import LISTEN_READ, domain_of, domain_read, registered_zones, services_query, serving_zones

_ZONES_READ = get_read("DnsServerZone", "ZoneName", "IsDsIntegrated")
_LOST = (
    "Nothing was changed: taking this back would end the dynamic updates of zone {zone} on {host}: {why}, and without dynamic updates they could "
    "not. Leave this run as it is, or set allow_lockout to true where nobody registers there; dns_zone_security sets a zone's updates afterwards "
    "(dynamic_update secure)."
)


def updates_reads(undone: t.Iterable[Operation], observations: Observations) -> list[Read]:
    """What must be seen to judge these operations; once that is seen, whether a domain is found by the zones. Empty where no updates end."""
    ending = _ending(undone)
    if not ending:
        return []
    reads = [domain_read(), LISTEN_READ, _ZONES_READ]
    if any(read not in observations for read in reads):
        return reads
    query = services_query([name for name in ending if not name.endswith(".arpa")], observations)
    return [*reads, query] if query else reads


def updates_loss(undone: t.Iterable[Operation], observations: Observations, facts: HostFacts) -> str | None:
    """Why these operations must not be done, as sentences; None where no domain controller registers in the zones."""
    ending = _ending(undone)
    registered = _registered(observations, facts) if ending else {}
    zone = next((name for name in ending if name in registered), None)
    return zone and _LOST.format(zone=zone, host=facts.computer_name or "this host", why=registered[zone])


def _registered(observations: Observations, facts: HostFacts) -> dict[str, str]:
    """As for a run: on a server that is no domain controller records may be kept by hand, except in the directory."""
    zones = objects(observations, _ZONES_READ)
    if facts.product_type == "LanmanNT":
        return serving_zones(observations) | registered_zones((str(one["ZoneName"]) for one in zones), domain_of(observations))
    return registered_zones((str(one["ZoneName"]) for one in zones if one.get("IsDsIntegrated")), "")


def _ending(undone: t.Iterable[Operation]) -> list[str]:
    """The zones, by key, that take no updates once the last of these operations is done; sorted."""
    last: dict[str, str] = {}
    for one in undone:
        if (one.provider, one.name, one.parameters.get("cmdlet")) == ("dns", "call", "Set-DnsServerPrimaryZone"):
            given = one.parameters["parameters"]
            last |= {zone_key(str(given["Name"])): str(given["DynamicUpdate"]).lower()} if "DynamicUpdate" in given else {}
    return sorted(name for name, updates in last.items() if updates == "none")
