# SPDX-License-Identifier: GPL-3.0-or-later
"""Recursion scopes and the policies that choose among them do not take resolution from the host itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from unit.dns.options_samples import OWN, Server

QUERY, SUBNET, SCOPE = "DnsServerQueryResolutionPolicy", "DnsServerClientSubnet", "DnsServerRecursionScope"
HOME: dict[str, Any] = {"Name": "home", "IPv4Subnet": [f"{OWN}/32"], "IPv6Subnet": None}
WITHIN: dict[str, Any] = {
    "Name": "within",
    "Action": "Allow",
    "AppliesOn": "Recursion",
    "Condition": "And",
    "IsEnabled": True,
    "ProcessingOrder": 1,
    "Criteria.CriteriaType": ["ClientSubnet"],
    "Criteria.Criteria": ["EQ,home"],
    "Content.ScopeName": ["inside"],
    "Content.Weight": [1],
}
SENT = {
    "name": "sent",
    "action": "allow",
    "on_recursion": True,
    "recursion_scope": "closed",
    "internet_protocol": "EQ,IPv4",
}
CLOSED = {"scopes": [{"name": "closed", "enabled": False}]}


def server(own: str = OWN) -> Server:
    return Server().set("DnsClientServerAddress", ServerAddresses=[own])


def split(own: str = OWN) -> Server:
    """Recursion for the host itself only: the usual scope is off, and a policy sends the host to another."""
    found = server(own).set(SCOPE, EnableRecursion=False)
    found.found[SCOPE].append({"Name": "inside", "EnableRecursion": True, "Forwarder": None})
    found.found |= {QUERY: [dict(WITHIN)], SUBNET: [HOME]}
    return found


def test_a_new_policy_that_sends_the_host_to_a_closed_scope() -> None:
    wanted = {"recursion": CLOSED, "query_policies": [SENT]}
    with pytest.raises(
        HardeningError,
        match=rf"resolves through itself \({OWN}\), and the query policy sent sends it to the recursion scope closed.*allow_recursion_loss",
    ):
        server().plan(**wanted)
    assert server().plan(**wanted, allow_recursion_loss=True).changes
    assert server("192.0.2.1").plan(**wanted).changes, "nobody here resolves through the server"
    assert server().plan(recursion={"scopes": [{"name": "closed", "enabled": True}]}, query_policies=[SENT]).changes


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"recursion": {"scopes": [{"name": "Inside", "enabled": False}]}}, "within sends it to the recursion scope inside"),
        ({"query_policies": [], "query_policies_mode": "replace"}, r"no query policy sends it to another than the recursion scope \."),
        (
            {
                "query_policies": [
                    {
                        "name": "within",
                        "action": "allow",
                        "on_recursion": True,
                        "recursion_scope": "inside",
                        "client_subnet": "EQ,home",
                        "enabled": False,
                    }
                ]
            },
            r"no query policy sends it to another than the recursion scope \.",
        ),
        (
            {"client_subnets": [{"name": "home", "ipv4": ["198.51.100.0/24"]}]},
            r"no query policy sends it to another than the recursion scope \.",
        ),
    ],
)
def test_where_recursion_is_split_its_parts_are_kept(wanted: dict[str, Any], why: str) -> None:
    with pytest.raises(HardeningError, match=f"would resolve nothing any more.*{why}.*allow_recursion_loss true"):
        split().plan(**wanted)
    assert split().plan(**wanted, allow_recursion_loss=True).changes
    assert split("192.0.2.1").plan(**wanted).changes


def test_what_does_not_touch_the_host_is_taken() -> None:
    assert split().plan(recursion={"scopes": [{"name": "guests", "enabled": False}]}).changes
    guests = {**SENT, "internet_protocol": "EQ,IPv6"}
    assert split().plan(recursion=CLOSED, query_policies=[guests]).changes


def test_a_scope_that_is_switched_on_again_makes_up_for_the_policy() -> None:
    wanted = {"recursion": {"scopes": [{"name": ".", "enabled": True}]}, "query_policies": [], "query_policies_mode": "replace"}
    assert split().plan(**wanted).changes
