# SPDX-License-Identifier: GPL-3.0-or-later
"""Root hints: adding, editing, removing and copying them, what stands twice, and when the last one may go."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints import DnsRootHints
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.root_hints_table import INTERNET, differences
from unit.dns.root_hint_plans import A4, A6, DC, NEW_B, OLD_B, A, B, M, absent, assert_refused, by_name, converged, current, named, plan
from unit.dns.zone_samples import DENIED, NAME, STOPPED, V4, V6, Server, hint, lines, references, statuses

SHARED = Path(__file__).resolve().parents[4] / "shared/data/dns/roothints"

# -- the four edits ------------------------------------------------------------------------------------------


def test_a_hint_is_added() -> None:
    server = Server(hints=current(M))
    planned = converged(server, hints=[named("M.Root-Servers.NET", *INTERNET[M])])
    assert lines(planned) == [f"DNS root hints: {M}: absent -> 202.12.27.33, 2001:dc3::35"]
    assert planned.changes[0].operation.parameters["cmdlet"] == "Add-DnsServerRootHint"


def test_the_addresses_of_a_hint_are_replaced() -> None:
    server = Server(hints=[*current(B), hint(B, OLD_B)])
    planned = converged(server, hints=[named(B, NEW_B, "2801:01b8:10::000b")])
    assert lines(planned) == [f"DNS root hints: {B}: {OLD_B} -> absent", f"DNS root hints: {B}: absent -> {NEW_B}, 2801:1b8:10::b"]
    assert by_name(server)[B] == set(INTERNET[B])


def test_a_write_holds_to_what_was_seen_and_its_undo_to_what_was_written() -> None:
    removed, added = plan(Server(hints=[hint(A, A4)]), hints=[named(A, "10.1.1.1", "10.1.1.2", A6)]).changes
    (seen,), (none,) = removed.operation.parameters["planned"], added.operation.parameters["planned"]
    assert (seen["where"], seen["values"]) == ({NAME: A}, {V4: [A4], V6: []})
    assert (none["where"], none["values"]) == ({NAME: A}, None)
    # in which order the server gives several addresses is its own affair
    (written,) = added.undo.parameters["planned"]
    assert (written["where"], written["values"]) == ({NAME: A}, {V6: [A6]})
    assert removed.undo.parameters["planned"] == [none]


def test_a_hint_is_removed() -> None:
    server = Server(hints=current())
    planned = converged(server, hints=[absent("a.root-servers.net")])
    assert lines(planned) == [f"DNS root hints: {A}: {A4}, {A6} -> absent"]
    assert A not in by_name(server)


def test_only_named_hints_stay_with_replace() -> None:
    server = Server(hints=current())
    planned = converged(server, mode="replace", hints=[named("root.corp.example", "10.20.0.53"), named(A, A4, A6)])
    assert set(by_name(server)) == {"root.corp.example.", A}
    # a new hint comes first, so that the list is never emptier than it must be
    assert planned.changes[0].target == "root.corp.example."
    assert statuses(planned) == {"60": "changed"}


@pytest.mark.parametrize(
    ("hints", "met"),
    [
        ([], True),
        ([named("root.corp.example", "10.20.0.53")], True),
        ([named(A, A4)], False),
        ([named(A, "10.20.0.53")], False),
        ([named("x.corp.example", A6)], False),
        ([named("x.corp.example", OLD_B)], False),
        ([named("x.corp.example", "10.20.0.53", "8.8.8.8")], False),
    ],
)
def test_of_the_rule_about_internal_roots_the_running_list_is_told_and_no_more_claimed(hints: list[dict[str, Any]], met: bool) -> None:
    """CACHE.DNS, from which the list may fill again, is not looked at."""
    server = Server(hints=current(), forwarders=["10.20.0.1"], use_root_hints=False)
    planned = converged(server, mode="replace", hints=hints)
    for one in (planned, plan(server, mode="replace", hints=hints)):
        assert references(one, 60) == set()
        (result,) = one.controls
        assert ["the running list is as V-259357 wants it, and whether CACHE.DNS" in line for line in result.evidence] == [met]


def test_a_list_as_wanted_is_compliant_whatever_its_order_and_spelling() -> None:
    hints = [{**one, NAME: one[NAME].upper().removesuffix(".")} for one in reversed(current())]
    wanted = [named(name, *reversed(addresses)) for name, addresses in INTERNET.items()]
    planned = plan(Server(hints=hints), mode="replace", hints=wanted)
    assert planned.empty
    assert statuses(planned) == {"60": "compliant"}


def test_a_name_is_removed_as_the_host_writes_it() -> None:
    server = Server(hints=[*current(), hint("Old.Corp.Example.", "10.1.1.1")])
    planned = plan(server, hints=[absent("old.corp.example")])
    assert planned.changes[0].operation.parameters["parameters"] == {"NameServer": "Old.Corp.Example."}
    server.apply(planned)
    assert plan(server, hints=[absent("old.corp.example")]).empty


# -- what stands twice ------------------------------------------------------------------------------------------

TWICE = {
    "address": [hint(A, A4, A4, A6)],
    "name": [hint(A, A4), hint(A, A6)],
    "all": [hint(A, A4, A6), hint(A, A4, A6)],
}


@pytest.mark.parametrize("kind", TWICE)
def test_what_stands_twice_is_healed(kind: str) -> None:
    server = Server(hints=[*current(A), *TWICE[kind]])
    told = plan(server, hints=[named(M, *INTERNET[M])])
    assert told.empty
    assert "heal_duplicates" in told.warnings[0]
    planned = plan(server, heal_duplicates=True)
    assert statuses(planned) == {"62": "changed"}
    assert {change.target for change in planned.changes} == {A}
    server.apply(planned)
    assert [one for one in server.hints if one[NAME] == A] == [
        hint(A, *sorted({a for one in TWICE[kind] for a in by_name(Server(hints=[one]))[A]}))
    ]
    again = plan(server, heal_duplicates=True)
    assert again.empty
    assert statuses(again) == {"62": "compliant"}
    server.undo(planned)
    assert plan(server, heal_duplicates=True).empty


# -- copying ------------------------------------------------------------------------------------------------------


def answer(*records: tuple[str, str, str]) -> dict[str, Any]:
    return {"records": [{"name": name, "type": kind, "data": data} for name, kind, data in records]}


def other_server(**more: Any) -> Server:
    """Knows two root servers: the addresses of one come along, those of the other must be asked for."""
    answers = {
        (".", "NS"): answer((".", "NS", "A.root-servers.net"), (".", "NS", "b.root-servers.net"), ("a.root-servers.net", "A", A4)),
        (A, "AAAA"): answer(("a.root-servers.net", "AAAA", A6)),
        (B, "A"): answer(("b.root-servers.net", "A", NEW_B)),
    }
    return Server(answers=answers, **more)


def test_hints_of_another_server_are_added_and_nothing_is_removed() -> None:
    server = other_server(hints=[hint(A, "10.3.3.3"), hint("own.corp.example.", "10.1.1.1")])
    planned = converged(server, copy_from="192.0.2.1")
    assert by_name(server) == {A: {"10.3.3.3", A4, A6}, B: {NEW_B}, "own.corp.example.": {"10.1.1.1"}}
    assert {change.target for change in planned.changes} == {A, B}


def test_what_is_named_wins_over_what_is_copied() -> None:
    server = other_server(hints=[hint(A, A4)])
    converged(server, copy_from="192.0.2.1", hints=[named(A, "10.1.1.1"), absent(B)])
    assert by_name(server) == {A: {"10.1.1.1"}}


def test_addresses_that_came_along_are_not_asked_for() -> None:
    resource = DnsRootHints({"copy_from": "192.0.2.1"})
    first = [read for read in resource.reads() if read.name == "query"]
    assert [read.parameters["questions"] for read in first] == [[{"name": ".", "type": "NS"}]]
    reads = [read for read, _result in other_server().observe([resource]).items() if read.name == "query"]
    asked = [(one["name"], one["type"]) for read in reads[1:] for one in read.parameters["questions"]]
    assert asked == [(A, "AAAA"), (B, "A"), (B, "AAAA")]


@pytest.mark.parametrize(
    ("first", "part"),
    [
        ({"error": {"kind": "dns_error", "message": "refused", "hresult": "0x8007232d", "file": None, "line": None}}, "did not tell"),
        (answer(), "names no root server"),
        (answer((".", "NS", "a.root-servers.net")), "names no root server"),
        (answer(("com", "NS", "a.gtld-servers.net"), ("a.gtld-servers.net", "A", "192.5.6.30")), "names no root server"),
    ],
)
def test_a_server_that_gives_no_hints(first: dict[str, Any], part: str) -> None:
    assert_refused(Server(hints=current(), answers={(".", "NS"): first}), "192.0.2.1", part, copy_from="192.0.2.1")


# -- domain controllers ----------------------------------------------------------------------------------------------


def test_only_the_writer_writes_the_hints_of_domain_controllers() -> None:
    server = Server(hints=[hint(A, A4)], facts=DC)
    wanted = {"mode": "replace", "hints": [named(A, A4, A6)], "directory_writer": "DC02.corp.example"}
    planned = plan(server, **wanted)
    assert planned.empty
    assert statuses(planned) == {"60": "non_compliant"}
    assert A in planned.warnings[0]
    assert "DC02" in planned.warnings[0]
    server.facts = {**DC, "computer_name": "DC02"}
    assert len(plan(server, **wanted).changes) == 2
    # root hints of any other server are its own
    server.facts = {"computer_name": "NS01"}
    assert len(plan(server, **wanted).changes) == 2


def test_a_read_only_controller_cannot_write_them() -> None:
    server = Server(hints=[hint(A, A4)], facts=DC, read_only=True)
    assert_refused(server, B, "read-only", "directory_writer", hints=[named(B, NEW_B)])
    assert plan(server, hints=[named(A, A4)]).empty
    assert plan(server, hints=[named(B, NEW_B)], directory_writer="DC02").empty


# -- the Internet's list -----------------------------------------------------------------------------------------------


def test_todays_hints_are_those_of_the_internet() -> None:
    planned = plan(Server(hints=current()), compare_with_internet=True)
    assert planned.empty
    assert planned.warnings == ()
    assert statuses(planned) == {"61": "compliant"}


@pytest.mark.parametrize(
    ("hints", "part"),
    [
        ([*current(B), hint(B, OLD_B)], f"{B} has {OLD_B}"),
        (current(M), f"{M} is missing"),
        ([*current(), hint("x.corp.example.", "10.1.1.1")], "x.corp.example. is none of"),
        ([*current(B), hint(B, NEW_B, OLD_B)], f"{B} has {OLD_B}"),
        ([*current(B), hint(B)], f"{B} is missing"),
    ],
)
def test_other_hints_are_not(hints: list[dict[str, Any]], part: str) -> None:
    planned = plan(Server(hints=hints), compare_with_internet=True)
    assert planned.empty
    assert statuses(planned) == {"61": "non_compliant"}
    assert part in planned.warnings[0]


def test_hints_are_compared_as_they_will_be() -> None:
    server = Server(hints=[*current(B), hint(B, OLD_B)])
    planned = plan(server, compare_with_internet=True, hints=[named(B, *INTERNET[B])])
    assert statuses(planned) == {"61": "changed"}
    assert planned.warnings == ()
    held = {"facts": DC, "hints": server.hints}
    assert statuses(plan(Server(**held), compare_with_internet=True, hints=[named(B, NEW_B)], directory_writer="DC02")) == {
        "61": "non_compliant"
    }


def test_one_address_of_a_root_server_is_enough() -> None:
    assert differences({name: frozenset(addresses[:1]) for name, addresses in INTERNET.items()}) == []


def test_the_table_is_ianas_list() -> None:
    files = sorted(SHARED.glob("named.root-2024*.txt"))
    if not files:
        pytest.skip("../shared/data/dns/roothints has no list of 2024")
    found: dict[str, set[str]] = {}
    for name, address in re.findall(r"(?im)^(\S+)\s+\d+\s+(?:A|AAAA)\s+(\S+)$", files[-1].read_text("utf-8")):
        found.setdefault(name.lower(), set()).add(str(ipaddress.ip_address(address)))
    assert found == {name: set(addresses) for name, addresses in INTERNET.items()}


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"hints": [named("a..b", A4)]}, ("'a..b'",)),
        ({"hints": [named(".", A4)]}, ("'.'",)),
        ({"hints": [named("-x.example", A4)]}, ("'-x.example'",)),
        ({"hints": [named("x" * 64, A4)]}, ("no name of a server",)),
        ({"hints": [named(A)]}, (A, "no addresses")),
        ({"hints": [named(A, "198.41.0")]}, ("'198.41.0'",)),
        ({"hints": [named(A, "224.0.0.1")]}, ("224.0.0.1",)),
        ({"hints": [named(A, A4), absent("A.ROOT-servers.net")]}, ("twice",)),
        ({"hints": [absent("A.ROOT-servers.net"), named(A, A4)]}, ("twice",)),
        ({"hints": [{**absent(A), "addresses": [A4]}]}, ("absent and has addresses",)),
        ({"mode": "replace"}, ("needs hints",)),
        ({"mode": "replace", "hints": [absent(A)]}, ("state absent",)),
        ({"mode": "replace", "hints": [], "copy_from": "192.0.2.1"}, ("copy_from adds",)),
        ({"copy_from": "dns.example"}, ("'dns.example'",)),
    ],
)
def test_bad_input_is_refused(options: dict[str, Any], parts: tuple[str, ...]) -> None:
    assert_refused(Server(hints=current()), *parts, **options)


@pytest.mark.parametrize(("failure", "part"), [(DENIED, "Administrators"), (STOPPED, "start the service DNS")])
def test_a_server_that_cannot_be_asked(failure: Failure, part: str) -> None:
    assert_refused(Server(failures={"DnsServerRootHint": failure}), part, heal_duplicates=True)


def test_no_root_hints_at_all_is_no_error() -> None:
    none = Failure("dns_error", "There are no root hints.", "0x8007255c")
    planned = plan(Server(failures={"DnsServerRootHint": none}), hints=[named(A, A4)])
    assert lines(planned) == [f"DNS root hints: {A}: absent -> {A4}"]


def test_controls_select_what_is_done() -> None:
    server = Server(hints=[*current(A), *TWICE["address"]])
    assert plan(server, mode="replace", hints=[], heal_duplicates=True, only=["HW-DNS-61"]).controls == ()
    assert set(statuses(plan(server, hints=[absent(M)], heal_duplicates=True, only=["HW-DNS-62"]))) == {"62"}
    assert DnsRootHints({"hints": [absent(M)], "copy_from": "192.0.2.1", "only": ["HW-DNS-62"]}).reads() == []
    assert set(statuses(plan(server, mode="replace", hints=[named(A, A4, A6)], heal_duplicates=True, skip=["V-259357"]))) == {"62"}


def test_a_change_serves_what_it_is_about() -> None:
    server = Server(hints=[*current(B), hint(B, OLD_B), *TWICE["address"]])
    planned = plan(server, hints=[named(B, NEW_B)], heal_duplicates=True)
    served = {change.target: change.controls for change in planned.changes}
    assert served == {A: ("HW-DNS-62",), B: ()}


def test_two_resources_that_disagree_are_refused() -> None:
    server = Server(hints=current())
    one, other = DnsRootHints({"mode": "replace", "hints": [named(A, A4)]}), DnsRootHints({"hints": [named(M, *INTERNET[M])]})
    with pytest.raises(HardeningError, match="disagree"):
        server.plan_all([one, other])
