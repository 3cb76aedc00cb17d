# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan for root hints is asked and says, for the tests of dns_root_hints."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints import DnsRootHints
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints_table import INTERNET
from unit.dns.zone_samples import NAME, Server, hint

DC = {"product_type": "LanmanNT", "computer_name": "DC01"}
A, B, M = "a.root-servers.net.", "b.root-servers.net.", "m.root-servers.net."
A4, A6 = INTERNET[A]
OLD_B, NEW_B = "199.9.14.201", INTERNET[B][0]


def current(*without: str) -> list[dict[str, Any]]:
    return [hint(name, *addresses) for name, addresses in INTERNET.items() if name not in without]


def plan(server: Server, **options: Any) -> Plan:
    return server.plan(DnsRootHints, **options)


def named(name: str, *addresses: str) -> dict[str, Any]:
    return {"name": name, "addresses": list(addresses), "state": "present"}


def absent(name: str) -> dict[str, Any]:
    return {"name": name, "state": "absent"}


def assert_refused(server: Server, *parts: str, **options: Any) -> None:
    with pytest.raises(HardeningError) as problem:
        plan(server, **options)
    assert [part for part in parts if part not in str(problem.value)] == [], str(problem.value)
    assert str(problem.value).startswith("Nothing was changed")


def converged(server: Server, **options: Any) -> Plan:
    """The plan, applied; planned again it is empty; taken back, the hints are what they were."""
    before = by_name(server)
    planned = plan(server, **options)
    server.apply(planned)
    after = copy.deepcopy(server.hints)
    assert plan(server, **options).empty
    server.undo(planned)
    assert by_name(server) == before
    server.hints = after
    return planned


def by_name(server: Server) -> dict[str, set[str]]:
    return {one[NAME]: {address for part, list_ in one.items() if part != NAME for address in list_} for one in server.hints}
