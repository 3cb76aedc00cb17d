# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `service` and the restarts of an apply."""

from __future__ import annotations

from typing import Any

from lab.box import Box

from . import dns_restart, dns_service
from .errors import Refusal
from .listener import SERVICE, listen_anew
from .session import drop_remote
from .writes import Collision, Writes

NEVER_RESTARTED = ("http", "winrm", "rpcss")


def _find(box: Box, name: str) -> dict[str, Any] | None:
    return next((service for found, service in box.services.items() if found.lower() == name.lower()), None)


def read_service(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    service = _find(box, read["name"])
    if service is None:
        return {"exists": False}
    dependents = [name for name in service.get("dependents", []) if _is_running(_find(box, name))]
    return {"exists": True, "state": service["state"], "start_type": service["start_type"], "dependents": dependents}


def _is_running(service: dict[str, Any] | None) -> bool:
    return service is not None and service["state"] == "Running"


def restart(box: Box, name: str, writes: Writes) -> dict[str, Any]:
    """A running service stops and starts, which Remote Desktop Services and the DNS Server show in the box; a stopped one stays stopped."""
    try:
        service = _find(box, name)
        if service is None:
            raise Refusal("service_missing", f"Service {name} was not found on computer '.'.")
        if _is_running(service):
            writes.make("write", lambda: _stop_and_start(box, service, name))
    except Refusal as refusal:
        return {"service": name, "error": refusal.as_error()}
    except Collision as collision:
        return {"service": name, "error": Refusal(collision.kind, str(collision)).as_error()}
    return {"service": name, "error": None}


def _stop_and_start(box: Box, service: dict[str, Any], name: str) -> None:
    """What the box's services.json says of it beside its state.

    `stuck`: it never changes its state. `slow`: so many times it stops later than it is waited for, and is started then.
    `denied`: the account may not stop it.
    """
    if service.get("denied"):
        raise Refusal("access_denied", f"Cannot stop {name} service on computer '.'.")
    if service.get("stuck"):
        raise Refusal("service_timeout", f"{name} did not reach the state within 60 s.")
    if name.lower() == SERVICE:
        drop_remote(box)
        listen_anew(box, service.get("process"))
    if name.lower() == dns_service.NAME.lower():
        dns_restart.start_again(box)
    if service.get("slow"):
        services = box.services
        services[next(found for found in services if found.lower() == name.lower())]["slow"] -= 1
        box.write_json("services", services)
        raise Refusal("service_timeout", f"{name} did not reach the state within 60 s. Now it is Running.")
