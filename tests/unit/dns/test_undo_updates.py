# SPDX-License-Identifier: GPL-3.0-or-later
"""Which zones' dynamic updates may end by taking back, and what is asked to know it."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.requests import call
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.undo_updates import updates_loss, updates_reads
from unit.core.samples import FACTS
from unit.dns.zone_plans import DC, controller
from unit.dns.zone_samples import Server, zone


def updates(name: str, word: str | None = "None") -> Operation:
    return call("Set-DnsServerPrimaryZone", {"Name": name, **({"DynamicUpdate": word} if word else {"Notify": "NoNotify"})})


def observed(server: Server, *undone: Operation) -> Observations:
    """All that is asked for, trip by trip."""
    reads, seen = updates_reads(undone, Observations([], [])), Observations([], [])
    while any(read not in seen for read in reads):
        seen = Observations(reads, [server.answer(read.as_request()) for read in reads])
        reads = updates_reads(undone, seen)
    return seen


def loss(server: Server, *undone: Operation) -> str | None:
    return updates_loss(undone, observed(server, *undone), HostFacts.from_answer(FACTS | server.facts))


KNOWN = ["_msdcs.corp.example", "corp.example", "CORP.example.", "_tcp.sub.example", "DomainDnsZones.sub.example"]


@pytest.mark.parametrize("name", KNOWN)
def test_the_updates_of_a_zone_that_domain_controllers_register_in_do_not_end(name: str) -> None:
    server = controller(zone("_tcp.sub.example"), zone("DomainDnsZones.sub.example"))
    told = loss(server, updates(name))
    parts = (
        f"zone {name.lower().removesuffix('.')} on DC01: ",
        "Nothing was changed: taking this back would",
        "allow_lockout",
        "dns_zone_security",
    )
    assert [part for part in parts if part not in (told or "")] == []


def test_the_zone_of_another_domain_is_known_by_its_records() -> None:
    server = controller(zone("child.example"), zone("other.example"))
    server.answers[("_ldap._tcp.child.example", "SRV")] = {"records": [{"name": "_ldap._tcp.child.example", "type": "SRV", "data": ""}]}
    assert "_ldap._tcp" in (loss(server, updates("child.example")) or "")
    assert loss(server, updates("other.example")) is None


@pytest.mark.parametrize("name", ["other.example", "10.in-addr.arpa"])
def test_other_zones_are_given_back(name: str) -> None:
    assert loss(controller(zone(name)), updates(name)) is None


def test_on_another_server_zones_in_files_are_kept_by_hand() -> None:
    files = [zone(name, directory=False) for name in ("_msdcs.corp.example", "corp.example")]
    assert loss(Server(files), updates("corp.example")) is None
    assert loss(Server([zone("_msdcs.corp.example")]), updates("_msdcs.corp.example"))


STAYING: list[list[Operation]] = [
    [updates("corp.example", "Secure")],
    [updates("corp.example", None)],
    [updates("corp.example"), updates("corp.example", "Secure")],
    [call("Set-DnsServerRecursion", {"Enable": True})],
    [Operation("registry", "set", {})],
]


@pytest.mark.parametrize("undone", STAYING)
def test_nothing_is_asked_where_no_updates_end(undone: list[Operation]) -> None:
    server = controller()
    assert updates_reads(undone, observed(server, *undone)) == []
    assert loss(server, *undone) is None


def test_whether_a_domain_is_found_is_asked_of_no_reverse_zone() -> None:
    undone = [updates("10.in-addr.arpa")]
    server = Server([zone("10.in-addr.arpa")], facts=DC)
    assert [read.name for read in updates_reads(undone, observed(server, *undone))] == ["value", "get", "get"]
    both = [*undone, updates("b.example"), updates("a.example")]
    *_, query = updates_reads(both, observed(server, *both))
    assert [one["name"] for one in query.parameters["questions"]] == ["_ldap._tcp.a.example", "_ldap._tcp.b.example"]
