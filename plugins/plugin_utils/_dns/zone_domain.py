# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones into which domain controllers write their own records: without dynamic updates nobody finds the domain any more.

Sources: MS-DNSP 3.1.1.2.1 (Netlogon registers a domain controller's records by dynamic update, below _msdcs and in the zone of the domain).
"""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .zone_options import zone_key

_LOCATOR = "_msdcs."


def domain_read() -> Read:
    return Read("registry", "value", {"hive": "HKLM", "key": r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "name": "Domain"})


def domain_of(observations: Observations) -> str:
    """The DNS domain of the host; empty where it has none."""
    result = observations[domain_read()]
    if result.failure:
        raise HardeningError(f"Nothing was changed: the host's DNS domain cannot be read: {result.failure.describe()}.")
    return zone_key(str(result.value["value"] or ""))


def registered_zones(names: t.Iterable[str], domain: str) -> dict[str, str]:
    """Of these zones those that domain controllers register in, each with the reason.

    They are _msdcs of any forest, the zone such a zone belongs to, and the zone that holds the domain: its own, or the nearest above it.
    """
    keys = {zone_key(name) for name in names}
    found = {}
    for key in sorted(key for key in keys if key.startswith(_LOCATOR)):
        found[key] = "the domain controllers of the forest are found by it"
        if key.removeprefix(_LOCATOR) in keys:
            found[key.removeprefix(_LOCATOR)] = "the domain controllers of the forest's root register in it"
    holder = _holder(keys, domain)
    if holder:
        found[holder] = f"the domain controllers of {domain} register in it"
    return found


def _holder(keys: t.Container[str], domain: str) -> str | None:
    labels = domain.split(".") if domain else []
    # a zone of one label is a whole top-level domain, which is no domain of the directory unless it is this one
    candidates = [".".join(labels[number:]) for number in range(len(labels))]
    return next((one for one in candidates if one in keys and (one == domain or "." in one)), None)
