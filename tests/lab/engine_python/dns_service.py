# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server of a box as its own interface sees it: dns.json and the registry, read together and written together."""

from __future__ import annotations

from typing import Any

from lab.box import Box
from lab.dns_values import BY_PROPERTY, DIAGNOSTICS, LOG_BITS, LOG_LEVEL, PARAMETERS, ZONES, Value, log_level

from .errors import Refusal
from .hive import find_key, value_of

NAME = "DNS"
KINDS = {5: "access_denied", 9601: "zone_unknown", 9603: "zone_unfit", 9611: "zone_unfit"}
MISSING = "The term '{}' is not recognized as the name of a cmdlet, function, script file, or operable program."

Object = dict[str, Any]


class DnsError(Refusal):
    """A number of the DNS Server, as its cmdlets and dnscmd give it. Kinds: docs/protocol.md, provider dns."""

    def __init__(self, number: int, what: str = "The DNS Server refused it.") -> None:
        super().__init__(KINDS.get(number, "dns_error"), f"{what} (WIN32 {number})")
        self.number = number

    def as_error(self) -> dict[str, Any]:
        return super().as_error() | {"hresult": f"0x{0x80070000 | self.number:08x}"}


class ServiceStopped(DnsError):
    def __init__(self) -> None:
        super().__init__(1722, "The RPC server is unavailable.")
        self.kind = "service_stopped"


class DnsService:
    """What a call to the running service reads and changes; `save` puts it into the box."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.document = box.read_json("dns")
        self._registry: dict[str, Any] | None = None
        self._registry_changed = False
        self._zone_values: dict[str, dict[str, Any]] | None = None

    @property
    def registry(self) -> dict[str, Any]:
        if self._registry is None:
            self._registry = self.box.registry
        return self._registry

    @property
    def is_read_only(self) -> bool:
        return bool(self.document["DnsServerSetting"].get("IsReadOnlyDC"))

    def values(self, key: str) -> dict[str, Any]:
        """The values of a key below HKLM, for writing: the key is created."""
        self._registry_changed, self._zone_values = True, None
        machine = self.registry.setdefault("HKLM", {})
        values: dict[str, Any] = machine.setdefault(find_key(machine, key) or key, {})
        return values

    def zone_values(self, zone: str) -> dict[str, Any]:
        """The values of the zone's key. There may be very many zones, so the keys are looked through once."""
        if self._zone_values is None:
            prefix = ZONES.lower() + "\\"
            machine = self.registry.get("HKLM", {})
            self._zone_values = {key.lower(): values for key, values in machine.items() if key.lower().startswith(prefix)}
        return self._zone_values.get(zone_key(zone).lower(), {})

    def write(self, key: str, name: str, stored: dict[str, Any] | None) -> None:
        """A value of the registry, or with None its absence."""
        values = self.values(key)
        known = next((found for found in values if found.lower() == name.lower()), name)
        if stored is None:
            values.pop(known, None)
        else:
            values[known] = stored

    def parameter(self, name: str) -> Any:
        found = value_of(self.registry, "HKLM", PARAMETERS, name)
        return None if found is None else found["value"]

    def set(self, noun: str, name: str, shown: Any) -> None:
        """A property, and the value that the registry keeps of it."""
        settings = self.document.setdefault(noun, {})
        before, settings[name] = settings.get(name), shown
        value = BY_PROPERTY.get((noun, name))
        if value is not None:
            self.write(PARAMETERS, value.name, value.stored(shown))
            if value.at_start:
                self._wait(value, before, shown)
        if noun == DIAGNOSTICS and name in LOG_BITS:
            self.write(PARAMETERS, LOG_LEVEL, {"kind": "DWord", "value": log_level(settings)})

    def _wait(self, value: Value, before: Any, shown: Any) -> None:
        """Notes what the service goes on with until it starts again."""
        waiting = self.document.setdefault("in_force", {})
        waiting.setdefault(value.property, before)
        if waiting[value.property] == shown:
            del waiting[value.property]
        if not waiting:
            del self.document["in_force"]

    def zone(self, name: str) -> Object:
        zones: list[Object] = self.document["DnsServerZone"]
        found = next((zone for zone in zones if zone["ZoneName"].lower() == name.lower()), None)
        if found is None:
            raise DnsError(9601, f"The zone {name} was not found on the server.")
        return found

    def save(self) -> None:
        self.box.write_json("dns", self.document)
        if self._registry_changed:
            self.box.write_json("registry", self.registry)


def zone_key(zone: str) -> str:
    return f"{ZONES}\\{zone}"


def service_of(box: Box) -> Object | None:
    return next((service for name, service in box.services.items() if name.lower() == NAME.lower()), None)


def is_running(box: Box) -> bool:
    service = service_of(box)
    return service is not None and service["state"] == "Running"


def connect(box: Box, command: str) -> DnsService:
    """The service behind a cmdlet or dnscmd. Refusals: its tools are not there, it does not run, it does not know the account."""
    service = DnsService(box)
    if not service.document.get("tools"):
        raise Refusal("command_missing", MISSING.format(command))
    if not is_running(box):
        raise ServiceStopped
    if service.document.get("denied"):
        raise DnsError(5, "Access is denied.")
    return service
