# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the DNS Server listens: the registry's list or, without one, everywhere; and the sockets that come of it."""

from __future__ import annotations

import ipaddress
from typing import Any

from lab.box import Box
from lab.dns_values import LISTEN, PARAMETERS, SETTING

from .dns_service import DnsError, DnsService, is_running, service_of
from .errors import Refusal
from .writes import Writes

LOOPBACK = ("127.0.0.1", "::1")
PORT = 53


def listening(service: DnsService) -> list[str]:
    """What Get-DnsServerSetting shows: every address of the host where no list says otherwise."""
    listed = service.parameter(LISTEN)
    return list(listed) if listed else list(service.document[SETTING].get("AllIPAddress") or [])


def reset(service: DnsService, addresses: list[str]) -> None:
    """dnscmd /ResetListenAddresses: no address is everywhere. Refuses what is not the host's own, loopback too, and keeps the list as it was."""
    own = {_normal(one) for one in service.document[SETTING].get("AllIPAddress") or []}
    wanted = [_normal(one) for one in addresses]
    for one in wanted:
        if one is None or one not in own:
            raise DnsError(9552, f"The server cannot listen on {one}.")
    service.write(PARAMETERS, LISTEN, {"kind": "MultiString", "value": wanted} if wanted else None)


def write_shown(service: DnsService) -> None:
    """What Set-DnsServerSetting does with the addresses, of which the object has those that are shown.

    Whether Windows makes a list of them is not known. A box does whose dns.json says `settings_write_listen`, of those that the host has.
    """
    if service.document.get("settings_write_listen"):
        own = service.document[SETTING].get("AllIPAddress") or []
        reset(service, [one for one in listening(service) if one in own])


def put_back(box: Box, before: list[str], writes: Writes) -> None:
    """Raises Refusal where the list is not what it was before Set-DnsServerSetting; then it was put back, or could not be."""
    service, why = DnsService(box), ""
    if listed(service) == before:
        return
    try:
        reset(service, before)
    except DnsError as error:
        why = str(error)
    else:
        writes.make("write", lambda: _save(service))
    told = "were put back." if listed(DnsService(box)) == before else f"could not be put back to {before} (none is all). {why}"
    raise Refusal("not_applied", f"Set-DnsServerSetting also changed the addresses on which the DNS Server listens. They {told}")


def listed(service: DnsService) -> list[str]:
    """The registry's list; empty is everywhere."""
    return list(service.parameter(LISTEN) or [])


def _save(service: DnsService) -> None:
    service.save()
    open_sockets(service.box)


def _normal(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def _open(service: DnsService) -> list[str]:
    """The addresses of the sockets. The host itself is answered on loopback only where the service listens everywhere."""
    everywhere = not service.parameter(LISTEN)
    addresses = [*listening(service), *(LOOPBACK if everywhere else ())]
    return [one for one in addresses if ":" not in one or service.document[SETTING].get("EnableIPv6", True)]


def open_sockets(box: Box) -> None:
    """Puts the sockets of the service in place of those that it had; none where it does not run."""
    found = service_of(box)
    process = None if found is None else found.get("process")
    network: dict[str, Any] = box.read_json("network")
    if not network or process is None:
        return
    others = [socket for socket in network.get("sockets", []) if socket["process"] != process]
    addresses = _open(DnsService(box)) if is_running(box) else []
    own = [{"protocol": kind, "address": one, "port": PORT, "process": process} for kind in ("tcp", "udp") for one in addresses]
    network["sockets"] = others + own
    box.write_json("network", network)
