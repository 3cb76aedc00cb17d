# SPDX-License-Identifier: GPL-3.0-or-later
"""A thin case of each module of the DNS Server, as tasks; what each changes was wrong in the box before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from behaviour.dns.options_host import turn
from integration.ansible_process import tasks
from lab import boxes
from lab.box import Box
from lab.boxes.accounts import DOMAIN_SID
from lab.boxes.dns_zones import FULL, ace

HELPDESK = f"{DOMAIN_SID}-1106"
MODULES: dict[str, dict[str, Any]] = {
    # by a cmdlet, by dnscmd, by the whole object of settings, by the registry, and with a restart
    "dns_server_options": {
        "cache": {"pollution_protection": True, "locking_percent": 100},
        "version_query": "none",
        "block_list": {"enabled": True, "names": ["wpad", "isatap"]},
        "response_rate_limiting": {"mode": "enable"},
        "packet_sizes": {"udp": 1221},
        "updates": {"share_proxy_updates": False},
    },
    "dns_zone_security": {
        "zones": [
            {"name": "corp.example", "transfers": {"mode": "listed", "addresses": ["10.20.0.12"]}, "aging": {"enabled": True}},
            {"name": "zone-001.example", "dynamic_update": "secure", "notify": {"mode": "none"}},
        ]
    },
    "dns_root_hints": {
        "hints": [
            {"name": "b.root-servers.net", "addresses": ["192.228.79.201"]},
            {"name": "m.root-servers.net", "state": "absent"},
        ]
    },
    "dns_server_acl": {"absent": [HELPDESK], "entries": [{"account": "S-1-5-32-544", "access": ["read"]}]},
}


def controller(folder: Path) -> Box:
    """A domain controller on which the help desk administers DNS."""
    box = boxes.build("dns_controller", folder, zones=1)
    settings = [("DnsServerCache", "EnablePollutionProtection", False), ("DnsServerCache", "LockingPercent", 50)]
    turn(box, *settings, ("DnsServerSetting", "EnableVersionQuery", 1), ("DnsServerGlobalQueryBlockList", "Enable", False))
    dns = box.read_json("dns")
    dns["directory"]["rules"].insert(0, ace(HELPDESK, FULL))
    box.write_json("dns", dns)
    return box


def each(hosts: str, again: str = "") -> Mapping[str, Any]:
    """A play with a task for each module, named after it."""
    return tasks(hosts, *({"name": name + again, f"hardening.windows.{name}": options} for name, options in MODULES.items()))
