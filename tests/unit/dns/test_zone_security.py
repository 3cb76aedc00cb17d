# SPDX-License-Identifier: GPL-3.0-or-later
"""To whom zones are handed, who is notified, who may change records: every setting from every value, one by one and together."""

from __future__ import annotations

import copy
import itertools
import time
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from unit.dns.zone_plans import DC, EVERYTHING, SERVERS, WRONG, assert_refused, controller, mode, plan, statuses
from unit.dns.zone_samples import DENIED, WEEK, Server, aging, lines, references, zone
from unit.dns.zone_samples import statuses as every_status

TRANSFERS = {
    "none": "NoTransfer",
    "any": "TransferAnyServer",
    "name_servers": "TransferToZoneNameServer",
    "listed": "TransferToSecureServers",
}
NUMBERS = {"any": 0, "name_servers": 1, "listed": 2, "none": 3}
NOTIFY = {"none": "NoNotify", "name_servers": "Notify", "listed": "NotifyServers"}


# -- one setting, from every value to every other ------------------------------------------------------------


@pytest.mark.parametrize(("found", "wanted"), list(itertools.permutations(TRANSFERS, 2)))
def test_every_mode_of_transfers_from_every_other(found: str, wanted: str) -> None:
    server = Server([zone("a.example", SecureSecondaries=TRANSFERS[found], SecondaryServers=["10.9.9.9"] if found == "listed" else None)])
    before = copy.deepcopy(server.zones)
    planned = plan(server, zones=[{"name": "a.example", "transfers": mode(wanted)}])
    (change,) = planned.changes
    assert change.path == "DNS zone a.example: transfers"
    assert change.controls == (() if wanted == "any" else ("HW-DNS-40",))
    server.apply(planned)
    assert server.zones[0]["SecureSecondaries"] == TRANSFERS[wanted]
    assert plan(server, zones=[{"name": "a.example", "transfers": mode(wanted)}]).empty
    server.undo(planned)
    assert server.zones[0]["SecureSecondaries"] == before[0]["SecureSecondaries"]
    if found == "listed":
        assert server.zones == before


@pytest.mark.parametrize(("found", "wanted"), list(itertools.permutations(NOTIFY, 2)))
def test_every_mode_of_notification_from_every_other(found: str, wanted: str) -> None:
    server = Server([zone("a.example", Notify=NOTIFY[found], NotifyServers=["10.9.9.9"] if found == "listed" else None)])
    planned = plan(server, all_zones={"notify": mode(wanted)})
    assert lines(planned)[0].startswith("DNS zone a.example: notify: ")
    assert statuses(planned) == ({} if wanted == "none" else {"44": "changed"})
    server.apply(planned)
    assert server.zones[0]["Notify"] == NOTIFY[wanted]
    assert plan(server, all_zones={"notify": mode(wanted)}).empty
    server.undo(planned)
    assert server.zones[0]["Notify"] == NOTIFY[found]


@pytest.mark.parametrize("wanted", ["none", "secure"])
def test_updates_that_anybody_may_send(wanted: str) -> None:
    server = Server([zone("a.example", DynamicUpdate="NonsecureAndSecure")], facts=DC)
    planned = plan(server, zones=[{"name": "A.Example.", "dynamic_update": wanted}])
    assert lines(planned) == [f"DNS zone a.example: dynamic_update: nonsecure_and_secure -> {wanted}"]
    server.apply(planned)
    assert server.zones[0]["DynamicUpdate"].lower() == wanted
    server.undo(planned)
    assert server.zones[0]["DynamicUpdate"] == "NonsecureAndSecure"
    # the rules of DISA ask for secure and nothing else
    assert bool(references(planned, 42) & {"V-259334"}) is (wanted == "secure")


def test_aging_is_one_call_with_a_line_for_each_setting() -> None:
    server = Server([zone("a.example")], {"a.example": aging(ScavengeServers=["10.1.1.1"])}, facts=DC)
    before = copy.deepcopy(server.aged)
    options = {"enabled": True, "refresh_interval": 336, "no_refresh_interval": 168, "scavenge_servers": []}
    planned = plan(server, all_zones={"aging": options})
    assert len(planned.changes) == 1
    assert lines(planned) == [
        "DNS zone a.example: aging.enabled: off -> on",
        "DNS zone a.example: aging.refresh_interval: 168 h -> 336 h",
        "DNS zone a.example: aging.scavenge_servers: 10.1.1.1 -> every server",
    ]
    assert statuses(planned) == {"45": "changed"}
    server.apply(planned)
    assert server.aged["a.example"] == aging(True, RefreshInterval=2 * WEEK)
    assert plan(server, all_zones={"aging": options}).empty
    server.undo(planned)
    assert server.aged == before


def test_a_list_of_scavengers_that_may_be_forgotten_is_told() -> None:
    server = Server([zone("a.example"), zone("b.example")], {"a.example": aging(ScavengeServers=["10.1.1.1"])}, facts=DC)
    (warning,) = plan(server, all_zones={"aging": {"enabled": True}}).warnings
    assert "a.example (aging.scavenge_servers is 10.1.1.1)" in warning
    assert "b.example" not in warning
    assert plan(server, all_zones={"aging": {"enabled": False}}).warnings == ()
    assert plan(server, all_zones={"aging": {"enabled": True, "scavenge_servers": ["10.1.1.1"]}}).warnings == ()


def test_several_settings_of_a_zone_are_one_call_with_parts() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferAnyServer", DynamicUpdate="NonsecureAndSecure")], facts=DC)
    before = copy.deepcopy(server.zones)
    planned = plan(server, all_zones={"transfers": mode("listed"), "notify": mode("name_servers"), "dynamic_update": "secure"})
    (change,) = planned.changes
    assert lines(planned) == [
        "DNS zone a.example: transfers: to anybody -> to 10.20.0.11, 2001:db8::53",
        "DNS zone a.example: notify: nobody, by an empty list -> the zone's name servers",
        "DNS zone a.example: dynamic_update: nonsecure_and_secure -> secure",
    ]
    assert change.target == "transfers, notify, dynamic_update"
    assert set(change.controls) == {"HW-DNS-40", "HW-DNS-42", "HW-DNS-44"}
    server.apply(planned)
    server.undo(planned)
    assert server.zones == [before[0] | {"SecondaryServers": SERVERS}]


def test_a_write_holds_to_what_was_seen_and_its_undo_to_what_was_written() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferToSecureServers", SecondaryServers=["10.9.9.9"])], facts=DC)
    (change,) = plan(server, all_zones={"transfers": mode("listed"), "dynamic_update": "none"}).changes
    seen, written = (operation.parameters["planned"] for operation in (change.operation, change.undo))
    assert [one["parameters"] for one in (*seen, *written)] == [{"Name": "a.example"}] * 2
    listed = {"SecureSecondaries": "TransferToSecureServers"}
    assert seen[0]["values"] == {**listed, "SecondaryServers": ["10.9.9.9"], "DynamicUpdate": "Secure"}
    assert written[0]["values"] == {**listed, "SecondaryServers": SERVERS, "DynamicUpdate": "None"}


# -- lists -----------------------------------------------------------------------------------------------------


def test_lists_are_compared_as_addresses_whatever_their_order_and_spelling() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferToSecureServers", SecondaryServers=["2001:db8::53", "10.20.0.11"])])
    spelled = mode("listed", "10.20.0.11", "2001:0DB8:0:0::53", "10.20.0.11")
    assert plan(server, all_zones={"transfers": spelled}).empty
    shorter = plan(server, all_zones={"transfers": mode("listed", "10.20.0.11")})
    assert lines(shorter) == ["DNS zone a.example: transfers: to 10.20.0.11, 2001:db8::53 -> to 10.20.0.11"]
    assert shorter.changes[0].operation.parameters["parameters"]["SecondaryServers"] == ["10.20.0.11"]


def test_a_list_that_an_earlier_mode_left_does_not_count() -> None:
    server = Server([zone("a.example", SecondaryServers=["10.9.9.9"])])
    assert plan(server, all_zones={"transfers": mode("none")}).empty


def test_the_empty_list_of_a_new_zone_is_left_unless_asked_for() -> None:
    server = controller()
    assert plan(server, all_zones={"transfers": mode("none"), "dynamic_update": "secure"}).empty
    planned = plan(server, zones=[{"name": "corp.example", "notify": mode("none")}])
    assert lines(planned) == ["DNS zone corp.example: notify: nobody, by an empty list -> nobody"]


def test_an_empty_list_that_was_filled_is_taken_back_as_nobody() -> None:
    server = controller()
    planned = plan(server, zones=[{"name": "corp.example", "notify": mode("listed")}])
    server.apply(planned)
    assert server.zones[0]["NotifyServers"] == SERVERS
    server.undo(planned)
    assert server.zones[0]["Notify"] == "NoNotify"


# -- secondary zones --------------------------------------------------------------------------------------------


def secondary(**values: Any) -> Server:
    return Server([zone("a.example", "Secondary", directory=False)], registry={"a.example": values})


@pytest.mark.parametrize(("found", "wanted"), list(itertools.permutations(NUMBERS, 2)))
def test_transfers_of_a_secondary_zone_are_set_with_both_switches(found: str, wanted: str) -> None:
    values = {"SecureSecondaries": NUMBERS[found], "SecondaryServers": ["10.9.9.9"] if found == "listed" else []}
    server = secondary(**values, NotifyLevel=2, NotifyServers=["10.8.8.8"])
    before = copy.deepcopy(server.registry)
    planned = plan(server, zones=[{"name": "a.example", "transfers": mode(wanted)}])
    (change,) = planned.changes
    assert change.operation.parameters["command"] == "ZoneResetSecondaries"
    assert change.operation.parameters["arguments"][-2:] == ["/NotifyList", "10.8.8.8"]
    assert statuses(planned) == ({} if wanted == "any" else {"41": "changed"})
    server.apply(planned)
    assert server.registry["a.example"]["SecureSecondaries"] == NUMBERS[wanted]
    assert server.registry["a.example"]["SecondaryServers"] == (SERVERS if wanted == "listed" else [])
    assert plan(server, zones=[{"name": "a.example", "transfers": mode(wanted)}]).empty
    server.undo(planned)
    assert server.registry == before


def test_a_secondary_zone_is_planned_on_what_the_registry_has() -> None:
    server = secondary(SecureSecondaries=0, NotifyServers=["10.8.8.8"])
    (change,) = plan(server, all_zones={"transfers": mode("listed")}).changes
    seen = {"SecureSecondaries": 0, "NotifyLevel": None, "NotifyServers": ["10.8.8.8"]}
    assert change.operation.parameters["planned"] == [{"zone": "a.example", "values": seen}]
    # a list that nobody looks at may be empty or absent
    written = {"SecureSecondaries": 2, "SecondaryServers": SERVERS, "NotifyLevel": 0}
    assert change.undo.parameters["planned"] == [{"zone": "a.example", "values": written}]


def test_notification_of_a_secondary_zone_leaves_its_transfers() -> None:
    server = secondary(SecureSecondaries=1, NotifyLevel=0)
    planned = plan(server, all_zones={"notify": mode("listed", "10.8.8.8")})
    assert planned.changes[0].operation.parameters["arguments"] == ["a.example", "/SecureNs", "/NotifyList", "10.8.8.8"]


def test_an_empty_list_of_a_secondary_zone_is_given_as_nobody() -> None:
    """dnscmd takes no list without a server."""
    planned = plan(secondary(SecureSecondaries=2, NotifyLevel=2), zones=[{"name": "a.example", "transfers": mode("name_servers")}])
    (change,) = planned.changes
    assert change.operation.parameters["arguments"] == ["a.example", "/SecureNs", "/NoNotify"]
    assert change.undo.parameters["arguments"] == ["a.example", "/NoXfr", "/NoNotify"]


def test_a_secondary_zone_whose_values_are_not_set() -> None:
    planned = plan(secondary(), all_zones={"transfers": mode("none")})
    assert lines(planned) == ["DNS zone a.example: transfers: not set -> to nobody"]
    assert planned.changes[0].operation.parameters["arguments"] == ["a.example", "/NoXfr", "/NoNotify"]
    assert_refused(secondary(), "notify", "Give transfers, too", zones=[{"name": "a.example", "notify": mode("none")}])
    left = plan(secondary(), all_zones={"notify": mode("name_servers")})
    assert left.empty
    assert statuses(left) == {"44": "non_compliant"}
    assert "a.example" in left.warnings[0]


@pytest.mark.parametrize("setting", [{"dynamic_update": "none"}, {"aging": {"enabled": True}}])
def test_what_a_secondary_zone_does_not_have(setting: dict[str, Any]) -> None:
    assert_refused(secondary(), "a.example", next(iter(setting)), "secondary", zones=[{"name": "a.example", **setting}])
    assert plan(secondary(), all_zones=setting).empty


# -- what is stricter than all are meant to be ------------------------------------------------------------------------

STRICTEST = ("none", "listed", "name_servers", "any")


@pytest.mark.parametrize(("found", "wanted"), list(itertools.combinations(STRICTEST, 2)))
@pytest.mark.parametrize("kind", ["Primary", "Secondary"])
def test_all_zones_loosens_the_transfers_of_none(kind: str, found: str, wanted: str) -> None:
    servers = ["10.9.9.9"] if found == "listed" else None
    server = secondary(SecureSecondaries=NUMBERS[found], SecondaryServers=servers)
    if kind == "Primary":
        server = Server([zone("a.example", SecureSecondaries=TRANSFERS[found], SecondaryServers=servers)])
    kept = plan(server, all_zones={"transfers": mode(wanted)})
    assert kept.empty
    assert kept.warnings == ()
    assert statuses(kept) == ({} if wanted == "any" else {"40" if kind == "Primary" else "41": "compliant"})
    assert all("so it is kept" in line for result in kept.controls if result.control.id != "HW-DNS-46" for line in result.evidence)
    assert len(plan(server, all_zones={"transfers": mode(wanted)}, stricter="replace").changes) == 1
    assert len(plan(server, zones=[{"name": "a.example", "transfers": mode(wanted)}]).changes) == 1


def test_a_list_without_a_server_is_as_strict_as_nobody() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferToSecureServers")])
    assert plan(server, all_zones={"transfers": mode("listed")}).empty
    assert len(plan(server, all_zones={"transfers": mode("none")}).changes) == 1


def test_another_list_is_not_compared_but_set() -> None:
    server = Server([zone("a.example", SecureSecondaries="TransferToSecureServers", SecondaryServers=["10.9.9.9"])])
    assert len(plan(server, all_zones={"transfers": mode("listed")}).changes) == 1


@pytest.mark.parametrize(
    ("found", "wanted", "met"),
    [("None", "secure", False), ("None", "nonsecure_and_secure", None), ("Secure", "nonsecure_and_secure", None)],
)
def test_all_zones_loosens_the_updates_of_none(found: str, wanted: str, met: bool | None) -> None:
    server = Server([zone("a.example", DynamicUpdate=found)], facts=DC)
    kept = plan(server, all_zones={"dynamic_update": wanted})
    assert kept.empty
    assert statuses(kept) == ({} if met is None else {"42": "compliant"})
    # what the rules of DISA ask for is not what is there
    assert references(kept, 42) == set()
    replaced = plan(server, all_zones={"dynamic_update": wanted}, stricter="replace")
    assert len(replaced.changes) == 1
    assert bool(references(replaced, 42)) is (wanted == "secure")
    assert len(plan(server, zones=[{"name": "a.example", "dynamic_update": wanted}]).changes) == 1


def test_what_is_kept_of_a_secondary_zone_is_given_as_it_is() -> None:
    server = secondary(SecureSecondaries=3, NotifyLevel=1)
    (change,) = plan(server, all_zones={"transfers": mode("name_servers"), "notify": mode("none")}).changes
    assert change.operation.parameters["arguments"] == ["a.example", "/NoXfr", "/NoNotify"]
    assert change.target == "notify"


# -- which zone gets what ---------------------------------------------------------------------------------------------


def test_a_named_zone_wins_setting_by_setting() -> None:
    server = Server([zone("a.example", **WRONG), zone("b.example", **WRONG)], facts=DC)
    named = [{"name": "A.EXAMPLE.", "transfers": mode("name_servers")}]
    planned = plan(server, zones=named, all_zones={"transfers": mode("none"), "dynamic_update": "secure"})
    assert lines(planned) == [
        "DNS zone a.example: transfers: to anybody -> to the zone's name servers",
        "DNS zone a.example: dynamic_update: nonsecure_and_secure -> secure",
        "DNS zone b.example: transfers: to anybody -> to nobody",
        "DNS zone b.example: dynamic_update: nonsecure_and_secure -> secure",
    ]


def test_only_named_zones_are_touched_without_all() -> None:
    server = Server([zone("a.example", **WRONG), zone("b.example", **WRONG)])
    planned = plan(server, zones=[{"name": "b.example", "transfers": mode("none")}])
    assert {change.place for change in planned.changes} == {"DNS zone b.example"}


def test_nothing_asked_is_nothing_read() -> None:
    assert DnsZoneSecurity({"zones": []}).reads() == []
    assert plan(Server(failures={"zones": DENIED}), zones=[]).empty


def test_controls_select_settings() -> None:
    server = Server([zone("a.example", **WRONG)], facts=DC)
    wanted = {"transfers": mode("none"), "dynamic_update": "secure"}
    assert set(statuses(plan(server, all_zones=wanted, only=["V-259362"]))) == {"42"}
    assert set(statuses(plan(server, all_zones=wanted, skip=["HW-DNS-42"]))) == {"40"}
    assert set(every_status(plan(server, all_zones=wanted, only=["HW-DNS-46"]))) == {"46"}


def test_wins_is_checked_and_never_changed() -> None:
    server = Server([zone("a.example", IsWinsEnabled=True), zone("b.example"), zone("x.arpa", IsAutoCreated=True, IsWinsEnabled=True)])
    planned = plan(server, all_zones={"transfers": mode("none")})
    assert planned.empty
    assert every_status(planned)["46"] == "non_compliant"
    assert "Zone a.example looks" in planned.warnings[0]
    assert every_status(plan(server, zones=[{"name": "b.example", "transfers": mode("none")}]))["46"] == "compliant"


FEW = {"name": "a.example", "transfers": {"mode": "none"}, "dynamic_update": "secure", "notify": {"mode": "name_servers"}}
GENERAL = {key: value for key, value in FEW.items() if key != "name"}
RULES = {40: "V-259354", 42: "V-259334", 44: "V-259396", 46: "V-259377"}


def ruled(planned: Plan) -> set[int]:
    """The controls whose rule of DISA the result claims."""
    return {number for number, rule in RULES.items() if rule in references(planned, number)}


@pytest.mark.parametrize(
    ("others", "options", "claims"),
    [
        ([zone("b.example", **WRONG)], {"zones": [FEW]}, set()),
        ([zone("b.example", **WRONG)], {"zones": [FEW], "all_zones": {"aging": {"enabled": True}}}, {46}),
        ([zone("b.example", **WRONG)], {"all_zones": GENERAL}, {40, 42, 44, 46}),
        ([zone("b.example", **WRONG)], {"zones": [FEW, {**FEW, "name": "B.example."}]}, {40, 42, 44, 46}),
        # this one is handed to anybody on purpose
        ([zone("b.example")], {"all_zones": GENERAL, "zones": [{"name": "b.example", "transfers": {"mode": "any"}}]}, {42, 44, 46}),
        # what no rule is about leaves none of them out
        ([zone("partner.example", "Forwarder"), zone("127.in-addr.arpa", IsAutoCreated=True)], {"zones": [FEW]}, {40, 42, 44, 46}),
        ([zone("b.example", "Secondary", directory=False)], {"zones": [FEW]}, {40, 42}),
        ([zone("b.example", directory=False)], {"zones": [FEW]}, {42}),
    ],
    ids=["one", "another setting", "all", "all by name", "all but one", "unfit", "secondary", "in a file"],
)
def test_a_rule_that_speaks_of_every_zone_is_claimed_where_every_one_was_judged(
    others: list[Any], options: dict[str, Any], claims: set[int]
) -> None:
    planned = plan(Server([zone("a.example", **WRONG), *others], facts=DC), **options)
    assert ruled(planned) == claims
    assert {"40", "42", "44", "46"} <= set(every_status(planned))


# -- many --------------------------------------------------------------------------------------------------------------


def test_five_hundred_zones_are_one_question_and_half_a_second() -> None:
    zones = [zone(f"z{n}.example", **WRONG) for n in range(500)]
    server = Server(zones, {one["ZoneName"]: aging() for one in zones}, facts=DC)
    resource = DnsZoneSecurity(
        {"all_zones": EVERYTHING, "zones": [{"name": f"z{n}.example", "transfers": mode("none")} for n in range(250)]}
    )
    assert len(resource.reads()) == 1
    observations = server.observe([resource])
    started = time.process_time()
    planned = server.judged([resource], observations)
    taken = time.process_time() - started
    assert len(planned.changes) == 1000
    assert taken < 0.5, f"{taken:.2f} s"
