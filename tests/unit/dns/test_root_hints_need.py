# SPDX-License-Identifier: GPL-3.0-or-later
"""The last root hint: it stays while recursion needs one, as things are and as the whole task will leave them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.requests import call, dnscmd
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints import DnsRootHints
from unit.core.samples import FACTS
from unit.dns.root_hint_plans import A4, A, absent, assert_refused, converged
from unit.dns.zone_samples import Server, hint

NEEDED = ({}, {"forwarders": ["10.20.0.1"]})
NOT_NEEDED = ({"recursion": False}, {"forwarders": ["10.20.0.1"], "use_root_hints": False})
EMPTYING = ({"mode": "replace", "hints": []}, {"hints": [absent(A)]})


@pytest.mark.parametrize("state", NEEDED)
@pytest.mark.parametrize("options", EMPTYING)
def test_the_last_hint_stays_while_recursion_needs_it(state: dict[str, Any], options: dict[str, Any]) -> None:
    assert_refused(Server(hints=[hint(A, A4)], **state), "no root hint would be left", "recursion", **options)


@pytest.mark.parametrize("state", NOT_NEEDED)
@pytest.mark.parametrize("options", EMPTYING)
def test_the_last_hint_goes_where_nothing_needs_it(state: dict[str, Any], options: dict[str, Any]) -> None:
    server = Server(hints=[hint(A, A4)], **state)
    converged(server, **options)
    assert server.hints == []


def recursion_off() -> tuple[Operation, ...]:
    return (call("Set-DnsServerRecursion", {"Enable": False}), dnscmd("Config", ["/NoRecursion", "1"]))


def forwarding_only() -> tuple[Operation, ...]:
    return (
        call("Set-DnsServerForwarder", {"IPAddress": ["10.20.0.1"], "UseRootHint": False}),
        dnscmd("ResetForwarders", ["10.20.0.1", "/TimeOut", "3", "/Slave"]),
    )


def still_needed() -> tuple[Operation, ...]:
    return (
        call("Set-DnsServerForwarder", {"IPAddress": ["10.20.0.1"]}),
        dnscmd("ResetForwarders", ["/TimeOut", "3", "/Slave"]),
        dnscmd("Config", ["/NoRecursion", "0"]),
        dnscmd("Config", ["/SecureResponses", "1"]),
        Operation("registry", "set", {}),
    )


def judged_with(other: Operation, server: Server | None = None) -> list[str]:
    """What the resource says of a task that also makes another resource's change."""
    server, resource = server or Server(hints=[hint(A, A4)]), DnsRootHints({"mode": "replace", "hints": []})
    observations = server.observe([resource])
    facts = HostFacts.from_answer(FACTS)
    changes = (Change("DNS Server", "something", "1", "2", other, other), *resource.plan(observations, facts).changes)
    return resource.judge(changes, observations, facts)


@pytest.mark.parametrize("other", [*recursion_off(), *forwarding_only()], ids=lambda one: str(one.parameters))
def test_what_another_resource_of_the_task_changes_counts(other: Operation) -> None:
    assert judged_with(other) == []


@pytest.mark.parametrize("other", still_needed(), ids=lambda one: str(one.parameters))
def test_what_leaves_the_need_does_not(other: Operation) -> None:
    with pytest.raises(HardeningError, match="no root hint would be left"):
        judged_with(other)


# -- scopes that policies choose ----------------------------------------------------------------------------------

SCOPE = "DnsServerRecursionScope"
INSIDE = {"Name": "Inside", "EnableRecursion": True, "Forwarder": None}


def split(**scope: Any) -> Server:
    """Recursion is off where no policy chooses the scope inside."""
    return Server(hints=[hint(A, A4)], recursion=False, scopes=[INSIDE | scope])


@pytest.mark.parametrize("options", EMPTYING)
def test_the_last_hint_stays_while_a_scope_recurses_without_a_forwarder(options: dict[str, Any]) -> None:
    assert_refused(split(), "no root hint would be left", "the recursion scope inside recurses", "recursion.scopes", **options)
    forwarding = split()
    forwarding.forwarders, forwarding.use_root_hints = ["10.20.0.1"], False
    assert_refused(forwarding, "the recursion scope inside recurses", **options)


@pytest.mark.parametrize("scope", [{"EnableRecursion": False}, {"Forwarder": ["10.20.0.1"]}])
@pytest.mark.parametrize("options", EMPTYING)
def test_the_last_hint_goes_where_no_scope_needs_it(scope: dict[str, Any], options: dict[str, Any]) -> None:
    server = split(**scope)
    converged(server, **options)
    assert server.hints == []


def scope_call(verb: str, **given: Any) -> Operation:
    return call(f"{verb}-{SCOPE}", {"Name": "inside", **given})


def scope_needs_none() -> tuple[Operation, ...]:
    return scope_call("Remove"), scope_call("Set", EnableRecursion=False), scope_call("Set", Forwarder=["10.20.0.1"])


@pytest.mark.parametrize("other", scope_needs_none(), ids=lambda one: str(one.parameters))
def test_what_becomes_of_the_scope_in_the_same_task_counts(other: Operation) -> None:
    assert judged_with(other, split()) == []


def scope_needs_them() -> tuple[Operation, ...]:
    return scope_call("Add", EnableRecursion=True), scope_call("Set", EnableRecursion=True)


@pytest.mark.parametrize("other", scope_needs_them(), ids=lambda one: str(one.parameters))
def test_a_scope_that_will_recurse_counts(other: Operation) -> None:
    server = split(EnableRecursion=False)
    if other.parameters["cmdlet"].startswith("Add"):
        server.scopes = []
    with pytest.raises(HardeningError, match="the recursion scope inside recurses"):
        judged_with(other, server)
