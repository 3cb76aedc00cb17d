# SPDX-License-Identifier: GPL-3.0-or-later
"""Query resolution policies of the server: whether a query is denied, ignored or let through.

Source: Add-DnsServerQueryResolutionPolicy (criteria `EQ,a,b;NE,c`, names with a wildcard in front); the criteria of one policy hold together.
"""

from __future__ import annotations

import fnmatch
import ipaddress

import dns.rdatatype
import dns.rrset

from .settings import Policy, Settings


def action(question: dns.rrset.RRset, client: str, tcp: bool, settings: Settings) -> str | None:
    """DENY or IGNORE of the first policy that fits, None where none does."""
    facts = {
        "QType": dns.rdatatype.to_text(question.rdtype),
        "TransportProtocol": "TCP" if tcp else "UDP",
        "Fqdn": str(question.name).rstrip(".").lower(),
        "InternetProtocol": "IPv4" if ipaddress.ip_address(client).version == 4 else "IPv6",
    }
    return next((one.action for one in settings.policies if one.action != "ALLOW" and _fits(one, facts, client, settings)), None)


def _fits(policy: Policy, facts: dict[str, str], client: str, settings: Settings) -> bool:
    return all(_holds(kind, text, facts, client, settings) for kind, text in policy.criteria)


def _holds(kind: str, text: str, facts: dict[str, str], client: str, settings: Settings) -> bool:
    results = []
    for part in text.split(";"):
        operator, *values = (item.strip() for item in part.split(","))
        found = _in_subnet(client, values, settings) if kind == "ClientSubnet" else _is_one_of(facts.get(kind, ""), values)
        results.append((operator.upper(), found))
    wanted = [found for operator, found in results if operator == "EQ"]
    return (any(wanted) if wanted else True) and not any(found for operator, found in results if operator == "NE")


def _is_one_of(fact: str, values: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(fact.lower(), value.rstrip(".").lower()) for value in values)


def _in_subnet(client: str, names: list[str], settings: Settings) -> bool:
    address = ipaddress.ip_address(client)
    return any(address in ipaddress.ip_network(text) for name in names for text in settings.subnets.get(name.lower(), ()))
