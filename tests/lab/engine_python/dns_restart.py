# SPDX-License-Identifier: GPL-3.0-or-later
"""The service DNS starts again: it reads the registry, and what is not there has its default."""

from __future__ import annotations

from typing import Any

from lab.box import Box
from lab.dns_values import DIAGNOSTICS, FLAG, INVERTED, LIST, LOG_BITS, LOG_LEVEL, PARAMETERS, SETTING, TEXT, VALUES, Value, default

from .dns_listen import open_sockets
from .dns_service import NAME, DnsService
from .errors import Refusal
from .hive import value_of

PLUGIN = "ServerLevelPluginDll"


def start_again(box: Box) -> None:
    """The registry is read before the plug-in is loaded. Refusal `service_timeout` where that is not there: the service stays stopped."""
    service = DnsService(box)
    if not service.document:
        return
    service.document.pop("in_force", None)
    build = service.document[SETTING].get("BuildNumber", 0)
    for value in VALUES:
        service.document[value.noun][value.property] = _read(service, value, build)
    level = service.parameter(LOG_LEVEL) or 0
    service.document[DIAGNOSTICS] |= {name: bool(level & bit) for name, bit in LOG_BITS.items()}
    box.write_json("dns", service.document)
    if not _loads(box, service.document[SETTING][PLUGIN]):
        _stay_stopped(box)
        raise Refusal("service_timeout", f"{NAME} did not reach the state within 60 s.")
    open_sockets(box)


def _read(service: DnsService, value: Value, build: int) -> Any:
    """What stands in the registry, where the service takes it; a list that is missing or empty is nothing."""
    found = value_of(service.registry, "HKLM", PARAMETERS, value.name)
    if found is None:
        return default(value, build)
    if value.form in (TEXT, LIST):
        return found["value"] or default(value, build)
    number = found["value"]
    is_taken = isinstance(number, int) and (value.form in (FLAG, INVERTED) or value.allows(number))
    return value.shown(number) if is_taken else default(value, build)


def _loads(box: Box, plugin: str | None) -> bool:
    """A share is never there."""
    if not plugin:
        return True
    if plugin.startswith("\\\\"):
        return False
    return box.path(plugin if ":" in plugin else f"C:\\Windows\\System32\\{plugin}").exists()


def _stay_stopped(box: Box) -> None:
    services = box.services
    for name, service in services.items():
        if name.lower() == NAME.lower():
            service["state"] = "Stopped"
    box.write_json("services", services)
    open_sockets(box)
