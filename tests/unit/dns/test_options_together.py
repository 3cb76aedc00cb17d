# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of one task about the same DNS Server: what they disagree on is refused, what they agree on is written once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import plan_together
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options import DnsServerOptions
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options_spec import SPEC
from unit.core.samples import FACTS
from unit.dns.options_samples import Server, with_defaults


def together(server: Server, *items: dict[str, Any]) -> Plan:
    resources = [DnsServerOptions(with_defaults(item, SPEC)) for item in items]
    reads = unique_reads(read for resource in resources for read in resource.reads())
    seen = Observations(reads, [server.answer(read.as_request()) for read in reads])
    return plan_together(resources, seen, HostFacts.from_answer(FACTS))


SUBNET = {"name": "labs", "ipv4": ["10.40.0.0/16"]}
DENY: dict[str, Any] = {"name": "labs", "action": "deny", "query_type": "EQ,ANY"}
OFF: dict[str, Any] = {"recursion": {"scopes": [{"name": ".", "enabled": False}]}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"query_policies": [DENY]}, {"query_policies": [{**DENY, "action": "ignore"}]}),
        ({"query_policies": [DENY]}, {"query_policies": [{**DENY, "processing_order": 1}]}),
        ({"client_subnets": [SUBNET]}, {"client_subnets": [{**SUBNET, "name": "guests"}], "client_subnets_mode": "replace"}),
        (OFF, {"recursion": {"enabled": True}}),
        ({"recursion": {"scopes": [{"name": ".", "forwarders": ["10.0.0.1"]}]}}, {"forwarders": {"addresses": ["10.0.0.2"]}}),
    ],
)
def test_items_that_disagree_are_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    for items in ((one, other), (other, one)):
        with pytest.raises(HardeningError, match="two resources of this task disagree on DNS Server: "):
            together(Server(), *items)
    assert together(Server(), one, one).changes


def test_an_item_that_replaces_does_not_take_what_another_one_wants() -> None:
    server = Server()
    server.found["DnsServerQueryResolutionPolicy"] = [
        {
            "Name": "labs",
            "Action": "Deny",
            "AppliesOn": "QueryProcessing",
            "Condition": "And",
            "IsEnabled": True,
            "ProcessingOrder": 1,
            "Criteria.CriteriaType": ["QType"],
            "Criteria.Criteria": ["EQ,ANY"],
        }
    ]
    others = {"query_policies": [{**DENY, "name": "others"}], "query_policies_mode": "replace"}
    with pytest.raises(HardeningError, match=r"disagree on DNS Server: query_policies: labs \(server\)"):
        together(server, others, {"query_policies": [DENY]})
    changed = {"query_policies": [{**DENY, "action": "ignore"}], "query_policies_mode": "replace"}
    assert together(server, changed).changes
