# SPDX-License-Identifier: GPL-3.0-or-later
"""dns.exe: what the DNS Server does when its service starts and stops.

`started` loads every value from the registry, where what is not there has its default, and opens the sockets; with a plug-in that does not
load the service stops again ([MS-DNSP] 3.1.4.1, ServerLevelPluginDll). `stopped PROCESS` closes the sockets.
"""

from __future__ import annotations

import sys
from typing import Any

import dns_service
import host


def load(box: dns_service.Box) -> None:
    """What the registry has becomes what the service has, and all of it is in force."""
    stored = {name.lower(): one["value"] for name, one in box.key(dns_service.PARAMETERS).items()}
    for name, value in dns_service.VALUES.items():
        if name.lower() in stored or "default" in value:
            box.dns[value["of"]][value["property"]] = dns_service.shown(value, _usable(value, stored.get(name.lower())))
    level = stored.get("loglevel", 0)
    box.dns["DnsServerDiagnostics"] |= {name: bool(level & bit) for name, bit in dns_service.LOG_LEVELS.items()}
    box.dns.pop("in_force", None)
    dns_service.open_sockets(box)


def _usable(value: dict[str, Any], data: Any) -> Any:
    """The data, or the default where there is none or it is outside its range."""
    default = value.get("default")
    if data is None:
        return default
    if value["kind"] == "number":
        try:
            return dns_service.checked(value, data)
        except dns_service.Status:
            return default if default is not None else data
    return data


def has_bad_plugin(box: dns_service.Box) -> bool:
    """Whether the registry names a DLL that is not on the host's own drives."""
    stored = {name.lower(): one["value"] for name, one in box.key(dns_service.PARAMETERS).items()}
    plugin = str(stored.get("serverlevelplugindll") or "")
    return bool(plugin) and not host.file_named(plugin).is_file()


def stop() -> None:
    services = host.read_json("services")
    next(one for name, one in services.items() if name.lower() == "dns")["state"] = "Stopped"
    host.write_json("services", services)


def close(box: dns_service.Box, process: int) -> None:
    box.network["sockets"] = [one for one in box.network.get("sockets", []) if one["process"] != process]


def main(arguments: list[str]) -> None:
    box = dns_service.Box()
    if arguments[:1] == ["started"]:
        load(box)
        if has_bad_plugin(box):
            close(box, dns_service.process() or 0)
            stop()
    else:
        close(box, int(arguments[1]))
    for name, data in {"dns": box.dns, "network": box.network}.items():
        if data != host.read_json(name):
            host.write_json(name, data)


if __name__ == "__main__":
    main(sys.argv[1:])
