# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the DNS Server listens: the registry's list or, without one, everywhere; and the sockets that come of it."""

from __future__ import annotations

import ipaddress
from typing import Any

from lab.box import Box
from lab.dns_values import LISTEN, PARAMETERS, SETTING

from .dns_service import DnsError, DnsService, is_running, service_of

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
