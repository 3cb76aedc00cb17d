# SPDX-License-Identifier: GPL-3.0-or-later
"""Zones as a host has them: what they are, whom they are served to, and whether their security can be set at all.

Sources: Get-DnsServerZone and its classes by type of zone; MS-DNSP 2.2.5.2.2 (an auto-created zone refuses every operation); of a secondary
zone no cmdlet reads or writes whom it is handed on to, the registry has it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError, whole
from .._core.observation import Failure, Observations
from .._core.operations import Read
from .addresses import same
from .requests import Record, listed, sentence, zone_key
from .zone_options import Servers, Wishes
from .zone_table import LISTED, NOTIFY, REACHES, TRANSFERS, UPDATES, Mode, Reach

PRIMARY, SECONDARY = "Primary", "Secondary"
_PROPERTIES = (
    "ZoneName",
    "ZoneType",
    "IsAutoCreated",
    "IsDsIntegrated",
    "IsReadOnly",
    "DynamicUpdate",
    "IsWinsEnabled",
    *(name for reach in REACHES for name in (reach.mode, reach.servers)),
)
_KINDS = {
    "cache": "it is the server's cache",
    "forwarder": "it is a conditional forwarder, which is served to nobody",
    "stub": "it is a stub zone, which is served to nobody",
}


@dataclass(frozen=True)
class Reached:
    """Whom a zone is served to. mode: None where it is not set, or is a word that is not known. servers, stored: as the host gave them."""

    reach: Reach
    mode: Mode | None
    servers: tuple[str, ...]
    stored: t.Any

    def is_wanted(self, wanted: Servers) -> bool:
        """The list counts with the mode listed only; without it, it is what an earlier choice left."""
        return self.mode == wanted.mode and (wanted.mode.option != LISTED or same(self.servers, wanted.addresses))

    def is_stricter(self, wanted: Servers) -> bool:
        """Whether fewer are served than is wanted. A list without a server serves nobody; two lists are not compared."""
        if self.mode is None or self.mode.strictness is None or wanted.mode.strictness is None:
            return False
        nobody = self.mode.option == LISTED and not self.servers
        return wanted.mode.option != "none" if nobody else self.mode.strictness > wanted.mode.strictness

    @property
    def registered(self) -> Record:
        """Of a secondary zone, what stands in the registry; an empty list may also be absent."""
        return {self.reach.level: self.stored} | ({self.reach.addresses: list(self.servers)} if self.servers else {})

    @property
    def text(self) -> str:
        if self.mode is None:
            return "not set" if self.stored is None else str(self.stored)
        return reach_text(self.mode, self.servers)


def reach_text(mode: Mode, servers: t.Iterable[str]) -> str:
    """Whom it is served to, for a person."""
    if mode.option != LISTED:
        return mode.text
    return f"{mode.text} {', '.join(sorted(servers)) or 'nobody, by an empty list'}".strip()


@dataclass(frozen=True)
class Zone:
    """One zone. kind: V(Primary), V(Secondary), V(Forwarder) ... record: the properties as the host gave them.

    unfit: why its security cannot be set, or None. aging: None where it was not read; aging_failure where it could not be.
    """

    name: str
    kind: str
    directory: bool
    read_only: bool
    wins: bool
    unfit: str | None
    record: Record
    transfers: Reached
    notify: Reached
    aging: Record | None
    aging_failure: Failure | None

    @property
    def key(self) -> str:
        return zone_key(self.name)

    @property
    def primary(self) -> bool:
        return self.kind == PRIMARY

    @property
    def dynamic_update(self) -> str | None:
        """In the option's words; None for a word that is not known."""
        now = str(self.record.get("DynamicUpdate") or "").lower()
        return next((option for option, word in UPDATES.items() if word.lower() == now), None)


def zones_read(wishes: Wishes) -> Read:
    """One read for all zones, with the aging of those that are asked about."""
    every = wishes.general.aging is not None
    # in that spelling, because no cmdlet takes the dot at the end
    names = [key for key, (_name, wish) in wishes.named.items() if wish.aging is not None]
    return Read("dns", "zones", {"properties": list(_PROPERTIES), "aging": "all" if every else names})


def observed_zones(observations: Observations, read: Read) -> list[Zone]:
    """Every zone of the host, in its order. Raises HardeningError where the server cannot be asked."""
    result = observations[read]
    if result.failure:
        raise HardeningError(f"Nothing was changed: {sentence(result.failure, 'Looking at the zones')}")
    with whole("the list of zones"):
        aging = {zone_key(name): one for name, one in result.value["aging"].items()}
        registry = {zone_key(name): values for name, values in result.value["registry"].items()}
        return [_zone(record, aging, registry) for record in result.value["zones"]]


def _zone(record: Record, aging: t.Mapping[str, Record], registry: t.Mapping[str, Record]) -> Zone:
    name = str(record["ZoneName"])
    found = aging.get(zone_key(name))
    failure = Failure.from_answer(found["error"]) if found and "error" in found else None
    values = registry.get(zone_key(name), {}) if record["ZoneType"] == SECONDARY else None
    return Zone(
        name=name,
        kind=str(record["ZoneType"]),
        directory=bool(record.get("IsDsIntegrated")),
        read_only=bool(record.get("IsReadOnly")),
        wins=bool(record.get("IsWinsEnabled")),
        unfit=_unfit(record, name),
        record=record,
        transfers=_reached(TRANSFERS, record, values),
        notify=_reached(NOTIFY, record, values),
        aging=None if failure else found,
        aging_failure=failure,
    )


def _reached(reach: Reach, record: Record, values: Record | None) -> Reached:
    if values is None:
        stored = record.get(reach.mode)
        return Reached(reach, reach.by_cmdlet(stored), tuple(listed(record.get(reach.servers))), stored)
    number = values.get(reach.level)
    return Reached(reach, reach.by_number(number), tuple(listed(values.get(reach.addresses))), number)


def _unfit(record: Record, name: str) -> str | None:
    kind = str(record["ZoneType"])
    if record.get("IsAutoCreated"):
        return "it was made by Windows itself, which lets nobody change it"
    if zone_key(name) == "trustanchors":
        return "it holds the trust anchors of DNSSEC"
    if kind in (PRIMARY, SECONDARY):
        return None
    return _KINDS.get(kind.lower(), f"it is a zone of the kind {kind}")
