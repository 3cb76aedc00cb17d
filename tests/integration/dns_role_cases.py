# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows for the variables of dns_harden: on which box, what is asked, and what the box then has at which places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from behaviour.dns.places import PARAMETERS, ZONES, Table
from integration.dns_hosts import NOTHING
from lab.boxes.accounts import DOMAIN_SID


@dataclass(frozen=True)
class Case:
    """expected: by place. fails, warns: parts of the sentence. later: what the service does not have until it is started again."""

    name: str
    variables: Mapping[str, Any]
    expected: Table
    box: str = "dns_files"
    options: Mapping[str, Any] = field(default_factory=dict)
    fails: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return re.sub(r"\W+", "_", self.name)


def transfers(zone: str, name: str = "SecureSecondaries") -> str:
    return f"registry {ZONES}\\{zone}: {name}"


ANY, NAME_SERVERS, LISTED = 0, 1, 2
TWICE, ONCE = ["198.41.0.4", "198.41.0.4", "2001:503:ba3e::2:30"], ["198.41.0.4", "2001:503:ba3e::2:30"]
HINT_A, LAB = "hint a.root-servers.net.", transfers("lab.example")
UPDATES, RATES = "zone zone-001.example: DynamicUpdate", "DnsServerResponseRateLimiting: Mode"
HELPDESK = f"rule {DOMAIN_SID}-1106"
MINE = {"mine": {"server_options": {"response_rate_limiting": {"mode": "enable"}}}}

CASES = (
    Case("nothing said", {}, {LAB: NAME_SERVERS, HINT_A: TWICE, RATES: "Disable"}, warns=("lab.example", "nonsecure_and_secure")),
    Case("profile", {"dns_harden_profile": "stig"}, {LAB: NAME_SERVERS, RATES: "Enable", "DnsServerSetting: MaximumUdpPacketSize": 4000}),
    Case("competition", {"dns_harden_profile": "competition"}, {RATES: "Enable", "DnsServerSetting: MaximumUdpPacketSize": 1221}),
    Case("profiles", {"dns_harden_profiles": MINE, "dns_harden_profile": "mine"}, {LAB: ANY, HINT_A: TWICE, RATES: "Enable"}),
    Case(
        "secondaries",
        {"dns_harden_secondaries": ["10.20.0.12", "10.20.0.13"]},
        {LAB: LISTED, transfers("lab.example", "SecondaryServers"): ["10.20.0.12", "10.20.0.13"]},
    ),
    Case("secondary zones", {}, {transfers("corp.example"): NAME_SERVERS, transfers("shop.example"): NAME_SERVERS}, box="dns_secondary"),
    Case(
        "server_options",
        NOTHING | {"dns_harden_server_options": {"recursion": {"timeout": 10}, "cache": {"max_ttl": 3600}}},
        {"DnsServerRecursion: Timeout": 10, "DnsServerCache: MaxTtl": 3600, LAB: ANY},
    ),
    Case(
        "zone_security",
        {"dns_harden_zone_security": {"zones": [{"name": "lab.example", "dynamic_update": "none", "transfers": {"mode": "none"}}]}},
        {"zone lab.example: DynamicUpdate": "None", LAB: 3},
    ),
    Case(
        "root_hints",
        NOTHING | {"dns_harden_root_hints": {"hints": [{"name": "m.root-servers.net", "state": "absent"}], "heal_duplicates": True}},
        {"hint m.root-servers.net.": None, HINT_A: ONCE},
    ),
    Case(
        "server_acl",
        {"dns_harden_server_acl": {"entries": [{"account": "CORP\\helpdesk", "access": ["read"]}]}},
        {HELPDESK: 131220, UPDATES: "Secure"},
        box="dns_controller",
        options={"zones": 1},
    ),
    Case("directory_writer", {"dns_harden_directory_writer": "dc01"}, {UPDATES: "Secure"}, box="dns_controller", options={"zones": 1}),
    Case(
        "another writer",
        {"dns_harden_directory_writer": "DC02"},
        {UPDATES: "NonsecureAndSecure"},
        box="dns_controller",
        options={"zones": 1},
        warns=("DC02", "zone-001.example"),
    ),
    Case("only", {"dns_harden_only": ["V-259354"]}, {LAB: NAME_SERVERS, HINT_A: TWICE}),
    Case("skip", {"dns_harden_skip": ["HW-DNS-40"]}, {LAB: ANY, HINT_A: TWICE}),
    Case(
        "restart",
        {"dns_harden_profile": "competition", "dns_harden_restart": "later"},
        {f"registry {PARAMETERS}: MaximumUdpPacketSize": 1221, "DnsServerSetting: MaximumUdpPacketSize": 4000},
    ),
    Case(
        "listens where others ask",
        {"dns_harden_server_options": {"listen_addresses": ["10.20.0.40"]}},
        {f"registry {PARAMETERS}: ListenAddresses": None},
        box="dns_forwarder",
        fails=("10.20.0.41", "allow_address_loss"),
    ),
    # which is why the one above is refused
    Case(
        "asks the other address",
        {"dns_harden_server_options": {"forwarders": {"addresses": ["10.20.0.41"]}}},
        {"DnsServerForwarder: IPAddress": ["10.20.0.41"]},
    ),
    Case(
        "recursion for nobody",
        {"dns_harden_server_options": {"recursion": {"enabled": False}}},
        {"DnsServerRecursion: Enable": True, LAB: ANY},
        fails=("Nothing was changed", "allow_recursion_loss"),
    ),
    Case(
        "throttle and a look",
        {
            "dns_harden_throttle": 1,
            "dns_harden_probe_from": "localhost",
            "dns_harden_probe_host": "127.0.0.1",
            "dns_harden_probe_zones": ["lab.example"],
            "dns_harden_probe_recursion_name": "www.outside.test",
            "dns_harden_probe_rate_limiting": False,
        },
        {LAB: NAME_SERVERS},
    ),
)
