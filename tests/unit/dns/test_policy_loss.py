# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that would leave the host itself without answers are refused, and those that leave it some are not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from unit.dns.options_samples import OWN, Server

QUERY = "DnsServerQueryResolutionPolicy"
INSIDE: dict[str, Any] = {"name": "inside", "ipv4": ["10.20.0.0/16"]}
HOME: dict[str, Any] = {"name": "home", "ipv4": [f"{OWN}/32"]}
OUTSIDERS = {"name": "outsiders", "action": "deny", "client_subnet": "NE,inside"}
WITHIN = {"name": "within", "action": "allow", "on_recursion": True, "recursion_scope": "within", "client_subnet": "EQ,inside"}
SCOPE = {"scopes": [{"name": "within", "enabled": True}]}


def resolving(*addresses: str) -> Server:
    """A server that resolves through these addresses."""
    return Server().set("DnsClientServerAddress", ServerAddresses=list(addresses))


def policy(**more: Any) -> dict[str, Any]:
    return {"client_subnets": [INSIDE, HOME], "query_policies": [{**OUTSIDERS, **more}]}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"action": "ignore"},
        {"client_subnet": "EQ,home"},
        {"client_subnet": "EQ,home,inside;NE,inside"},
        {"internet_protocol": "EQ,IPv4"},
        {"server_interface": f"EQ,{OWN}"},
        {"query_type": "EQ,ANY", "condition": "or"},
        {"transport_protocol": "EQ,UDP"},
        {"transport_protocol": "EQ,TCP,UDP"},
        {"transport_protocol": "NE,TCP"},
        {"fqdn": "EQ,*"},
        {"fqdn": "NE,*.shop.example"},
        {"query_type": "NE,ANY"},
        {"query_type": "EQ,A,AAAA"},
    ],
)
def test_a_policy_that_meets_every_query_of_the_host_is_refused(more: dict[str, Any]) -> None:
    wanted = policy(**more)
    action = more.get("action", "deny")
    with pytest.raises(HardeningError, match=rf"outsiders would {action} the host's own queries.*\({OWN}\).*allow_address_loss true"):
        resolving("192.0.2.1", OWN).plan(**wanted)
    assert resolving("192.0.2.1", OWN).plan(**wanted, allow_address_loss=True).changes
    assert resolving("192.0.2.1").plan(**wanted).changes, "nobody here resolves through the server"


@pytest.mark.parametrize(
    "more",
    [
        {"client_subnet": "NE,inside,home"},
        {"client_subnet": "EQ,inside"},
        {"query_type": "EQ,ANY"},
        {"query_type": "NE,A"},
        {"fqdn": "EQ,*.shop.example"},
        {"fqdn": "EQ,*;NE,*"},
        {"transport_protocol": "EQ,TCP"},
        {"transport_protocol": "NE,UDP"},
        {"time_of_day": "EQ,01:00-02:00"},
        {"internet_protocol": "EQ,IPv6"},
        {"server_interface": f"NE,{OWN}"},
        {"enabled": False},
    ],
)
def test_one_that_leaves_it_some_is_taken(more: dict[str, Any]) -> None:
    assert resolving(OWN).plan(**policy(**more)).changes


def test_a_policy_of_a_zone_is_held_to_the_same() -> None:
    with pytest.raises(
        HardeningError, match=r"outsiders would deny the host's own queries for the zone shop\.example: .*allow_address_loss true"
    ):
        resolving(OWN).plan(**policy(zone="shop.example"))
    assert resolving(OWN).plan(**policy(zone="shop.example"), allow_address_loss=True).changes
    assert resolving(OWN).plan(**policy(zone="shop.example", client_subnet="NE,inside,home")).changes


def test_loopback_is_an_address_like_another() -> None:
    with pytest.raises(HardeningError, match=r"\(127\.0\.0\.1\)"):
        resolving("127.0.0.1").plan(**policy())
    lo = {"name": "lo", "ipv4": ["127.0.0.0/8"]}
    wanted = {"client_subnets": [INSIDE, lo], "query_policies": [{**OUTSIDERS, "client_subnet": "NE,inside,lo"}]}
    assert resolving("127.0.0.1").plan(**wanted).changes


def denied_elsewhere(action: str = "Deny", subnet: str = "guests") -> dict[str, Any]:
    criteria = {"Criteria.CriteriaType": ["ClientSubnet"], "Criteria.Criteria": [f"EQ,{subnet}"]}
    return {
        "Name": "there",
        "Action": action,
        "AppliesOn": "QueryProcessing",
        "Condition": "And",
        "IsEnabled": True,
        "ProcessingOrder": 1,
        **criteria,
    }


def test_a_subnet_that_grows_over_the_host_is_seen_as_well() -> None:
    server = resolving(OWN)
    server.found |= {
        QUERY: [denied_elsewhere()],
        "DnsServerClientSubnet": [{"Name": "Guests", "IPv4Subnet": ["10.31.0.0/16"], "IPv6Subnet": None}],
    }
    assert server.plan(client_subnets=[{"name": "guests", "ipv4": ["10.32.0.0/16"]}]).changes
    with pytest.raises(HardeningError, match="query policy there would deny"):
        server.plan(client_subnets=[{"name": "guests", "ipv4": ["192.0.2.0/24"]}])


def test_the_networks_of_the_family_that_is_not_given_stay() -> None:
    server = resolving(OWN)
    server.found["DnsServerClientSubnet"] = [{"Name": "home", "IPv4Subnet": [f"{OWN}/32"], "IPv6Subnet": None}]
    wanted = {
        "client_subnets": [{"name": "home", "ipv6": ["2001:db8::/32"]}],
        "query_policies": [{**OUTSIDERS, "client_subnet": "EQ,home"}],
    }
    with pytest.raises(HardeningError, match="query policy outsiders would deny"):
        server.plan(**wanted)


def test_what_is_denied_already_is_not_taken_away() -> None:
    server = resolving(OWN)
    server.found |= {
        QUERY: [denied_elsewhere()],
        "DnsServerClientSubnet": [{"Name": "guests", "IPv4Subnet": ["192.0.2.0/24"], "IPv6Subnet": None}],
    }
    assert server.plan(**policy()).changes


def test_the_first_policy_that_matches_decides() -> None:
    own = {**WITHIN, "name": "own", "client_subnet": "EQ,home", "processing_order": 1}
    rest = {"name": "rest", "action": "deny", "on_recursion": True, "client_subnet": "NE,inside", "processing_order": 2}
    wanted = {"client_subnets": [INSIDE, HOME], "recursion": SCOPE}
    assert resolving(OWN).plan(**wanted, query_policies=[own, rest]).changes
    with pytest.raises(HardeningError, match="query policy rest would deny.*allow_recursion_loss true"):
        resolving(OWN).plan(**wanted, query_policies=[{**own, "processing_order": 2}, {**rest, "processing_order": 1}])
    assert resolving(OWN).plan(**wanted, query_policies=[rest | {"processing_order": 1}], allow_recursion_loss=True).changes


def test_subnets_that_nobody_named_count_as_well() -> None:
    """A policy that is there lets the host resolve by its subnet, before one that denies the rest."""
    server = resolving(OWN)
    allowed = {**denied_elsewhere("Allow", "home"), "AppliesOn": "Recursion", "Content.ScopeName": ["within"], "Content.Weight": [1]}
    server.found |= {QUERY: [allowed], "DnsServerClientSubnet": [{"Name": "home", "IPv4Subnet": [f"{OWN}/32"], "IPv6Subnet": None}]}
    rest = {"name": "rest", "action": "deny", "on_recursion": True, "internet_protocol": "EQ,IPv4"}
    assert server.plan(query_policies=[rest]).changes
    server.found[QUERY] = []
    with pytest.raises(HardeningError, match="query policy rest would deny"):
        server.plan(query_policies=[rest])
