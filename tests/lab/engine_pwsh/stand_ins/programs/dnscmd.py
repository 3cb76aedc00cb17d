# SPDX-License-Identifier: GPL-3.0-or-later
"""dnscmd.exe: /Config, /ResetListenAddresses, /ResetForwarders, /ZoneResetSecondaries and /WriteBackFiles on this server.

Sources: what dnscmd printed on Windows Server 2022 for success, refusal and unknown zones; Microsoft's page "dnscmd";
[MS-DNSP] 3.1.4.1 for what the server refuses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import dns_service
import host
from dns_service import Box, Status

NAMES = {
    5: "ERROR_ACCESS_DENIED",
    32: "ERROR_SHARING_VIOLATION",
    87: "ERROR_INVALID_PARAMETER",
    1722: "RPC_S_SERVER_UNAVAILABLE",
    9552: "DNS_ERROR_INVALID_IP_ADDRESS",
    9553: "DNS_ERROR_INVALID_PROPERTY",
    9566: "DNS_ERROR_DWORD_VALUE_TOO_SMALL",
    9567: "DNS_ERROR_DWORD_VALUE_TOO_LARGE",
    9569: "DNS_ERROR_NOT_ALLOWED_ON_RODC",
    9601: "DNS_ERROR_ZONE_DOES_NOT_EXIST",
    9603: "DNS_ERROR_INVALID_ZONE_OPERATION",
    9611: "DNS_ERROR_INVALID_ZONE_TYPE",
}
INVALID_PARAMETER = 87
# switch -> value of SecureSecondaries, of NotifyLevel
TRANSFERS = {"/nonsecure": 0, "/securens": 1, "/securelist": 2, "/noxfr": 3}
NOTIFIES = {"/nonotify": 0, "/notify": 1, "/notifylist": 2}
UPDATES = ("None", "NonsecureAndSecure", "Secure")
HOUR = 3600


def number(words: list[str]) -> int:
    """A decimal or hexadecimal number. Raises Status."""
    try:
        found = int(words[0], 0)
    except (IndexError, ValueError):
        raise Status(INVALID_PARAMETER) from None
    if not 0 <= found <= 0xFFFFFFFF:
        raise Status(INVALID_PARAMETER)
    return found


def config(box: Box, words: list[str]) -> None:
    if not words:
        raise Status(INVALID_PARAMETER)
    if words[0].startswith("/"):
        config_server(box, words[0][1:], words[1:])
    elif len(words) > 1 and words[1].startswith("/"):
        config_zone(box.zone(words[0]), words[1][1:].lower(), words[2:])
    else:
        raise Status(INVALID_PARAMETER)


def config_server(box: Box, name: str, words: list[str]) -> None:
    if name.lower() == "loglevel":
        dns_service.put_log_level(box, number(words))
        return
    known = next((one for one in dns_service.VALUES if one.lower() == name.lower()), None)
    if known is None or dns_service.VALUES[known].get("dnscmd") is False:
        raise Status(dns_service.INVALID_PROPERTY)
    value = dns_service.VALUES[known]
    if value["kind"] == "list":
        data: object = [word.lower() for word in words] if known == "GlobalQueryBlockList" else words
    elif value["kind"] == "text":
        data = words[0] if words else ""
    else:
        data = dns_service.checked(value, number(words))
    dns_service.put_value(box, known, data)


def config_zone(zone: dict[str, object], name: str, words: list[str]) -> None:
    """Only what is kept with the zone itself. Raises Status."""
    primary(zone)
    aging = zone["aging"]
    assert isinstance(aging, dict)
    if zone.get("IsReadOnly"):
        raise Status(dns_service.READ_ONLY)
    match name:
        case "allowupdate":
            mode = dns_service.checked({"kind": "number", "max": 2}, number(words))
            if mode == 2 and not zone["IsDsIntegrated"]:
                raise Status(dns_service.INVALID_TYPE)
            zone["DynamicUpdate"] = UPDATES[mode]
        case "aging":
            aging["AgingEnabled"] = bool(dns_service.checked({"kind": "bool"}, number(words)))
        case "refreshinterval" | "norefreshinterval":
            aging["RefreshInterval" if name == "refreshinterval" else "NoRefreshInterval"] = number(words) * HOUR
        case _:
            raise Status(dns_service.INVALID_PROPERTY)


def primary(zone: dict[str, object], *more: str) -> None:
    """Raises Status for a zone of another type, and for one that the server made itself."""
    if zone["ZoneType"] not in ("Primary", *more):
        raise Status(dns_service.INVALID_TYPE)
    if zone["IsAutoCreated"]:
        raise Status(dns_service.INVALID_OPERATION)


def reset_listen_addresses(box: Box, words: list[str]) -> None:
    dns_service.listen(box, [dns_service.address(word) for word in words])


def reset_forwarders(box: Box, words: list[str]) -> None:
    """What is not named has its default: the whole is one call to the server."""
    seconds, slave = 3, 0
    addresses, rest = [], list(words)
    while rest:
        word = rest.pop(0).lower()
        if word == "/timeout":
            seconds = number(rest[:1])
            del rest[:1]
        elif word in ("/slave", "/noslave"):
            slave = int(word == "/slave")
        else:
            addresses.append(dns_service.address(word))
    dns_service.put_value(box, "Forwarders", addresses)
    dns_service.put_value(box, "ForwardingTimeout", dns_service.checked(dns_service.VALUES["ForwardingTimeout"], seconds))
    dns_service.put_value(box, "IsSlave", slave)


def zone_reset_secondaries(box: Box, words: list[str]) -> None:
    """Without a switch for notifying the name servers are told, which is dnscmd's own default."""
    if not words:
        raise Status(INVALID_PARAMETER)
    zone = box.zone(words[0])
    primary(zone, "Secondary")
    lists: dict[str, list[str]] = {}
    for word in words[1:]:
        if word.lower() in TRANSFERS or word.lower() in NOTIFIES:
            lists[word.lower()] = []
        elif not lists:
            raise Status(INVALID_PARAMETER)
        else:
            lists[next(reversed(lists))].append(dns_service.address(word))
    key = f"{dns_service.ZONES}\\{zone['ZoneName']}"
    put_mode(box, key, ("SecureSecondaries", "SecondaryServers"), TRANSFERS, lists, "/nonsecure")
    put_mode(box, key, ("NotifyLevel", "NotifyServers"), NOTIFIES, lists, "/notify")


def put_mode(box: Box, key: str, names: tuple[str, str], modes: dict[str, int], lists: dict[str, list[str]], default: str) -> None:
    """The number and, with the switch that takes one, the list; any other mode has none. Raises Status for addresses without such a switch."""
    switch = next((one for one in lists if one in modes), default)
    addresses = lists.get(switch, [])
    if addresses and not switch.endswith("list"):
        raise Status(INVALID_PARAMETER)
    box.put(key, names[0], "DWord", modes[switch])
    box.put(key, names[1], "MultiString", addresses or None)


def write_back_files(box: Box, words: list[str]) -> None:
    """Zones and root hints stand in the box's document already; a zone that is named must be there."""
    if words and words[0] != ".":
        box.zone(words[0])


COMMANDS: dict[str, tuple[Callable[[Box, list[str]], None], str, str]] = {
    "/config": (config, "reset registry property", "Zurücksetzen der Registrierungseigenschaft"),
    "/resetlistenaddresses": (reset_listen_addresses, "reset listen addresses", "Zurücksetzen der Abhöradressen"),
    "/resetforwarders": (reset_forwarders, "reset forwarders", "Zurücksetzen der Weiterleitungen"),
    "/zoneresetsecondaries": (zone_reset_secondaries, "reset secondaries", "Zurücksetzen der sekundären Server"),
    "/writebackfiles": (write_back_files, "write back files", "Zurückschreiben der Dateien"),
}


def said(command: str, words: list[str]) -> None:
    if command == "/config":
        name = next((word[1:] for word in words if word.startswith("/")), "")
        host.say(f"\nRegistry property {name} successfully reset.", f"\nDie Registrierungseigenschaft {name} wurde zurückgesetzt.")
    host.say("Command completed successfully.\n", "Der Befehl wurde erfolgreich ausgeführt.\n")


def refused(what: str, german: str, status: int) -> int:
    """The numbers are the same in every language. A process here ends with one byte, Windows' with the number."""
    host.say(f"\nDNS Server failed to {what}.", f"\nDNS-Server: Fehler beim {german}.")
    host.say(f"    Status = {status} (0x{status:08x})")
    name = NAMES.get(status, "")
    host.say(
        f"Command failed:  {name}     {status}    0x{status:X}", f"Fehler bei der Befehlsausführung:  {name}     {status}    0x{status:X}"
    )
    return status & 0xFF or 1


def administers() -> bool:
    """Administrators and Server Operators; what a domain controller's access list says else is the module's."""
    known = host.read_json("host")
    groups = known.get("account", {}).get("groups", [])
    elevated = known.get("elevated") is not False
    return not host.read_json("dns").get("denied") and ("S-1-5-32-549" in groups or (elevated and "S-1-5-32-544" in groups))


def main(arguments: list[str]) -> int:
    server, command, *words = [*arguments, "", ""][: max(2, len(arguments))]
    known = COMMANDS.get(command.lower())
    if known is None or server != ".":
        host.say("Usage: DnsCmd <ServerName> <Command> [<Command Parameters>]", "Syntax: DnsCmd <Servername> <Befehl> [<Befehlsparameter>]")
        return 1
    action, what, german = known
    try:
        if dns_service.process() is None:
            raise Status(dns_service.UNAVAILABLE)
        if not administers():
            raise Status(dns_service.ACCESS_DENIED)
        dns_service.change(lambda box: action(box, words))
    except Status as status:
        return refused(what, german, status.number)
    except host.Refused:
        return refused(what, german, 32)
    said(command.lower(), words)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
