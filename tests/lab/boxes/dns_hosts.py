# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Servers written for the lab, one for each way such a server is used."""

from __future__ import annotations

from typing import Any

from lab.boxes.accounts import DOMAIN_DNS
from lab.boxes.dns import SECURITY, DnsServer, whole
from lab.boxes.dns_zones import (
    HELPDESK,
    Record,
    Zone,
    auto_created,
    directory,
    forwarder,
    primary,
    records,
    root_hints,
    secondary,
)

REVERSE = "20.10.in-addr.arpa"
MANY: list[Record] = [["www", 3600, "A", "10.20.0.80"]]


def _address(computer_name: str, address: str) -> Record:
    return [computer_name.lower(), 3600, "A", address]


def _more(server: str, zones: int, **kind: Any) -> list[Zone]:
    return [primary(f"zone-{number:03}.example", records(server, *MANY), **kind) for number in range(1, zones + 1)]


def controller(computer_name: str, zones: int = 0) -> DnsServer:
    """A domain controller as promotion leaves it, with a reverse zone, a conditional forwarder and somebody in DnsAdmins."""
    server, own = whole(computer_name), "10.20.0.10"
    service: Record = ["_ldap._tcp.dc", 600, "SRV", f"0 100 389 {server}."]
    forward = records(server, _address(computer_name, own), ["www", 3600, "A", "10.20.0.5"], ["wpad", 3600, "A", "10.20.0.6"])
    return DnsServer(
        server=server,
        addresses=(own, "fe80::5b4:a375:14eb:da4b"),
        controller=True,
        zones=(
            *auto_created(server),
            primary(DOMAIN_DNS, forward, scope="Domain", update="Secure"),
            primary(f"_msdcs.{DOMAIN_DNS}", records(server, service), scope="Forest", update="Secure"),
            primary(REVERSE, records(server, ["10.0", 1200, "PTR", f"{server}."]), scope="Domain", update="Secure"),
            primary("TrustAnchors", records(server), scope="Forest"),
            forwarder("partner.example", ["192.0.2.53"], "Forest"),
            *_more(server, zones, scope="Domain", update="NonsecureAndSecure"),
        ),
        directory=directory(HELPDESK),
    )


def files(computer_name: str, zones: int = 0) -> DnsServer:
    """Zones in files, one open to everybody; nobody has looked at the root hints for years."""
    server, own = f"{computer_name.lower()}.shop.example", "10.20.0.20"
    return DnsServer(
        server=server,
        addresses=(own,),
        zones=(
            *auto_created(server),
            primary("shop.example", records(server, _address(computer_name, own), ["www", 3600, "A", "10.20.0.21"])),
            primary("lab.example", records(server, ["printer", 3600, "A", "10.20.0.30"]), update="NonsecureAndSecure"),
            *_more(server, zones),
        ),
        transfers={"lab.example": {"SecureSecondaries": SECURITY["TransferAnyServer"], "NotifyLevel": 1}},
        hints=root_hints(a=("198.41.0.4", "198.41.0.4", "2001:503:ba3e::2:30"), b=("199.9.14.201", "2001:500:200::b")),
    )


def secondaries(computer_name: str, zones: int = 0) -> DnsServer:
    """Copies of other servers' zones, served on to anyone."""
    server, own, master = whole(computer_name), "10.20.0.30", "10.20.0.10"
    content = records(f"dc22.{DOMAIN_DNS}", ["www", 3600, "A", "10.20.0.5"])
    names = [DOMAIN_DNS, "shop.example", *(f"zone-{number:03}.example" for number in range(1, zones + 1))]
    return DnsServer(
        server=server,
        addresses=(own,),
        zones=(*auto_created(server), *(secondary(name, [master], content) for name in names)),
        transfers={name: {"SecureSecondaries": SECURITY["TransferAnyServer"], "NotifyLevel": 0} for name in names},
        resolvers=(master,),
    )


def forwarding(computer_name: str, zones: int = 0) -> DnsServer:
    """Everything goes to forwarders; guests are told apart by a scope, a subnet and a policy."""
    server, own, inside = f"{computer_name.lower()}.intern.example", "10.20.0.40", "10.20.0.41"
    criteria = [{"CriteriaType": "ClientSubnet", "Criteria": "EQ,guests"}]
    policy = {
        "Name": "guests",
        "Level": "Server",
        "AppliesOn": "Recursion",
        "Action": "Allow",
        "Condition": "And",
        "IsEnabled": True,
        "ProcessingOrder": 1,
        "ZoneName": None,
        "Criteria": criteria,
        "Content": [{"ScopeName": "guests", "Weight": 1}],
    }
    return DnsServer(
        server=server,
        addresses=(own, inside),
        zones=(
            *auto_created(server),
            primary("intern.example", records(server, _address(computer_name, own))),
            *_more(server, zones),
        ),
        settings={"DnsServerForwarder": {"IPAddress": ["192.0.2.53", "198.51.100.53"]}},
        lists={
            "DnsServerRecursionScope": [{"Name": "guests", "Forwarder": ["203.0.113.53"], "EnableRecursion": True}],
            "DnsServerClientSubnet": [{"Name": "guests", "IPv4Subnet": ["10.30.0.0/16"], "IPv6Subnet": None}],
            "DnsServerQueryResolutionPolicy": [policy],
        },
        resolvers=("192.0.2.53",),
    )


def hardened(computer_name: str, zones: int = 0) -> DnsServer:
    """An authoritative server of public zones that does nothing else."""
    server, own = f"{computer_name.lower()}.shop.example", "10.20.0.50"
    return DnsServer(
        server=server,
        addresses=(own,),
        zones=(
            *auto_created(server),
            primary("shop.example", records(server, _address(computer_name, own), ["www", 3600, "A", "10.20.0.51"])),
            *_more(server, zones),
        ),
        settings={
            "DnsServerRecursion": {"Enable": False},
            "DnsServerSetting": {"OpenAclOnProxyUpdates": False},
            "DnsServerResponseRateLimiting": {"Mode": "Enable"},
        },
        transfers={
            name: {"SecureSecondaries": SECURITY["NoTransfer"], "NotifyLevel": 0}
            for name in ("shop.example", *(f"zone-{number:03}.example" for number in range(1, zones + 1)))
        },
        listen=(own,),
        hints=[],
        resolvers=("192.0.2.53",),
    )
