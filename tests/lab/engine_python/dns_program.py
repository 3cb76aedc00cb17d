# SPDX-License-Identifier: GPL-3.0-or-later
"""dnscmd.exe, as far as the payload calls it. What it refuses names a status, unless it does not understand the command line."""

from __future__ import annotations

from collections.abc import Callable

from lab.dns_values import BY_NAME, DIAGNOSTICS, FORWARDER, HOUR, LIST, LOG_BITS, LOG_LEVEL, TEXT

from . import dns_listen, dns_zones
from .dns_cmdlets import keep_forwarders
from .dns_service import DnsError, DnsService
from .dns_set import INVALID_PROPERTY, TOO_LARGE, set_number, set_property
from .errors import Refusal

UPDATE_MODES = ("None", "NonsecureAndSecure", "Secure")


def _usage(what: str) -> Refusal:
    return Refusal("command_failed", f"dnscmd.exe ended with 87: it does not understand {what}.")


def _number(text: str) -> int:
    """Decimal, or hexadecimal with 0x in front."""
    try:
        found = int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        raise _usage(text) from None
    if not 0 <= found < 2**32:
        raise _usage(text)
    return found


def _config(service: DnsService, arguments: list[str]) -> None:
    """`/Config /Property value`, or `/Config zone /Property value`."""
    if not arguments:
        raise _usage("nothing")
    if not arguments[0].startswith("/"):
        _config_zone(service, *arguments)
        return
    name, values = arguments[0][1:], arguments[1:]
    if name.lower() == LOG_LEVEL.lower():
        _set_log_level(service, _number(_only(values)))
        return
    value = BY_NAME.get(name.lower())
    if value is None or not value.by_dnscmd:
        raise DnsError(INVALID_PROPERTY, f"There is no property {name}.")
    if value.form == LIST:
        set_property(service, value.noun, value.property, [text.lower() for text in values if text])
    elif value.form == TEXT:
        set_property(service, value.noun, value.property, values[0] if values else None)
    else:
        set_number(service, value, _number(_only(values)))


def _only(values: list[str]) -> str:
    if len(values) != 1:
        raise _usage(" ".join(values))
    return values[0]


def _set_log_level(service: DnsService, level: int) -> None:
    for name, bit in LOG_BITS.items():
        service.set(DIAGNOSTICS, name, bool(level & bit))


def _config_zone(service: DnsService, zone: str, name: str = "", text: str = "") -> None:
    number = _number(text)
    if name.lower() == "/allowupdate":
        if number >= len(UPDATE_MODES):
            raise DnsError(TOO_LARGE, f"AllowUpdate cannot be {number}.")
        dns_zones.set_update(service, zone, UPDATE_MODES[number])
    elif name.lower() == "/aging":
        dns_zones.set_aging(service, {"Name": zone, "Aging": number != 0})
    elif name.lower() in ("/refreshinterval", "/norefreshinterval"):
        shown = "RefreshInterval" if name.lower() == "/refreshinterval" else "NoRefreshInterval"
        dns_zones.set_aging(service, {"Name": zone, shown: number * HOUR})
    else:
        raise DnsError(INVALID_PROPERTY, f"A zone has no property {name}.")


def _reset_forwarders(service: DnsService, arguments: list[str]) -> None:
    """Everything is replaced: without a switch the default timer, and root hints where no forwarder answers."""
    servers, timeout, slave, rest = [], "3", False, list(arguments)
    while rest:
        argument = rest.pop(0)
        switch = argument.lower()
        if switch == "/timeout" and rest:
            timeout = rest.pop(0)
        elif switch in ("/slave", "/noslave"):
            slave = switch == "/slave"
        else:
            servers.append(dns_zones.address(argument))
    set_number(service, BY_NAME["forwardingtimeout"], _number(timeout))
    set_property(service, FORWARDER, "UseRootHint", not slave)
    set_property(service, FORWARDER, "IPAddress", servers)
    keep_forwarders(service)


def _reset_secondaries(service: DnsService, arguments: list[str]) -> None:
    if not arguments:
        raise _usage("nothing")
    dns_zones.reset_secondaries(service, arguments[0], arguments[1:])


def _write_back(service: DnsService, arguments: list[str]) -> None:
    """Files are written from what the box says anyway: only whether there is such a zone shows."""
    for name in arguments:
        if name != ".":
            dns_zones.writable(service, name)


COMMANDS: dict[str, Callable[[DnsService, list[str]], None]] = {
    "config": _config,
    "resetlistenaddresses": dns_listen.reset,
    "resetforwarders": _reset_forwarders,
    "zoneresetsecondaries": _reset_secondaries,
    "writebackfiles": _write_back,
}


def run(service: DnsService, command: str, arguments: list[str]) -> None:
    COMMANDS[command.lower()](service, arguments)
