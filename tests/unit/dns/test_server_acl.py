# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may administer the DNS service: what is granted, revoked and replaced, and what is never taken away."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.access_list import ACCESS, AccessList, Rule
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_acl import DnsServerAcl, acl_read
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.undo_losses import refuse_loss
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from unit.core.samples import FACTS
from unit.dns.zone_samples import Server, zone

DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"
ADMINS, DNS_ADMINS, OPERATORS, READERS = (f"{DOMAIN}-{number}" for number in (512, 1101, 1201, 1202))
CONTROLLERS, SYSTEM, EVERYONE = "S-1-5-9", "S-1-5-18", "S-1-1-0"
FULL = ACCESS["full_control"]
OWN = (Rule(ADMINS, FULL), Rule(DNS_ADMINS, FULL), Rule(CONTROLLERS, FULL))
NAMES = {"CORP\\dns-operators": OPERATORS, "CORP\\DnsAdmins": DNS_ADMINS}
ABOVE = (Rule(SYSTEM, FULL, inherited=True),)


def access_list(rules: tuple[Rule, ...] = OWN, members: tuple[str, ...] = (), owner: str = ADMINS) -> dict[str, Any]:
    return {
        "applies": True,
        "distinguished_name": "CN=MicrosoftDNS,CN=System,DC=corp,DC=example",
        "owner": owner,
        "protected": False,
        "rules": [rule.as_value() for rule in (*rules, *ABOVE)],
        "names": {DNS_ADMINS: "CORP\\DnsAdmins"},
        "admins": {"sid": DNS_ADMINS, "members": [{"sid": f"{DOMAIN}-{1300 + n}", "name": name} for n, name in enumerate(members)]},
    }


def facts(**changes: Any) -> HostFacts:
    account = {"name": "CORP\\deploy", "sid": f"{DOMAIN}-1104", "local": False, "groups": ["S-1-5-11", ADMINS]}
    return HostFacts.from_answer(FACTS | {"computer_name": "DC01", "product_type": "LanmanNT", "account": account} | changes)


def plan(value: Mapping[str, Any], host: HostFacts | None = None, read_only: bool = False, **options: Any) -> Plan:
    resource = DnsServerAcl(options)
    said = {"acl": dict(value), "get": [{"IsReadOnlyDC": read_only}]}
    answers = [
        Observation(
            {name: {"sid": NAMES.get(name), "name": name} for name in read.parameters["names"]}
            if read.name == "resolve"
            else said[read.name]
        )
        for read in resource.reads()
    ]
    return resource.plan(Observations(resource.reads(), answers), host or facts())


def test_a_read_only_controller_changes_nothing() -> None:
    with pytest.raises(HardeningError, match="read-only domain controller"):
        plan(access_list(), read_only=True, absent=["CORP\\DnsAdmins"])
    assert plan(access_list(), read_only=True, absent=[EVERYONE]).empty


def lines(found: Plan) -> list[str]:
    return [f"{part.target.split(' ')[0]}: {part.before} -> {part.after}" for change in found.changes for part in change.shown]


def statuses(found: Plan) -> dict[str, str]:
    return {result.control.id: result.status for result in found.controls}


def applied(value: Mapping[str, Any], found: Plan, undo: bool = False) -> dict[str, Any]:
    """The list after the writes, as Windows would keep it: rules of one account that differ in the rights alone are one."""
    rules = [Rule.from_value(rule) for rule in value["rules"]]
    for change in found.changes:
        given_ = (change.undo if undo else change.operation).parameters
        now = [rule for rule in rules if not rule.inherited]
        assert sorted(map(repr, now)) == sorted(repr(Rule.from_value(rule)) for rule in given_["planned"]["rules"])
        rules = [rule for rule in rules if rule.as_value() not in given_["remove"]]
        for rule in map(Rule.from_value, given_["add"]):
            same = next((one for one in rules if dataclasses.replace(one, rights=rule.rights) == rule), None)
            if same:
                rules.remove(same)
                rules.append(dataclasses.replace(rule, rights=rule.rights | same.rights))
            else:
                rules.append(rule)
    return {**value, "rules": [rule.as_value() for rule in rules]}


def test_a_grant_is_added_and_what_is_there_stays() -> None:
    host = access_list()
    wanted = {"entries": [{"account": "CORP\\dns-operators", "access": ["read", "create_children"]}]}
    found = plan(host, **wanted)
    assert lines(found) == [f"{OPERATORS}: absent -> read, create_children"]
    assert any("180 s" in warning for warning in found.warnings)
    after = applied(host, found)
    assert plan(after, **wanted).empty
    assert applied(after, found, undo=True)["rules"] == host["rules"]


def test_more_rights_for_an_account_that_has_some_stay_one_rule() -> None:
    host = access_list((*OWN, Rule(OPERATORS, ACCESS["read"])))
    wanted = {"entries": [{"account": OPERATORS, "access": ["create_children"]}]}
    found = plan(host, **wanted)
    assert lines(found) == [f"{OPERATORS}: read -> read, create_children"]
    after = applied(host, found)
    assert plan(after, **wanted).empty
    assert sorted(map(repr, applied(after, found, undo=True)["rules"])) == sorted(map(repr, host["rules"]))


def test_an_account_is_taken_out_with_all_its_rules() -> None:
    host = access_list((*OWN, Rule(DNS_ADMINS, 0x10, kind="Deny")))
    found = plan(host, absent=["CORP\\DnsAdmins"])
    assert lines(found) == [f"{DNS_ADMINS}: full control and denied 0x10 -> absent"]
    assert statuses(found) == {"HW-DNS-70": "changed", "HW-DNS-71": "compliant"}


def test_the_exact_list_keeps_those_that_the_service_lives_on() -> None:
    host = access_list((*OWN, Rule(EVERYONE, ACCESS["read"]), Rule(READERS, ACCESS["write"], inheritance="None")))
    wanted = {"mode": "replace", "entries": [{"account": READERS, "access": ["read"]}, {"account": "domain_admins", "access": ["read"]}]}
    found = plan(host, **wanted)
    assert lines(found) == [
        f"{EVERYONE}: read -> absent",
        f"{DNS_ADMINS}: full control -> absent",
        f"{READERS}: write, this object only -> read",
    ]
    assert plan(applied(host, found), **wanted).empty


@pytest.mark.parametrize("name", ["system", "domain_admins", "enterprise_domain_controllers", CONTROLLERS])
def test_the_three_that_stay_cannot_be_taken_out(name: str) -> None:
    with pytest.raises(HardeningError, match="never taken out"):
        plan(access_list(), absent=[name])


def test_the_last_control_of_the_session_is_not_given_away() -> None:
    rules = (Rule(CONTROLLERS, FULL), Rule(OPERATORS, FULL), Rule(READERS, ACCESS["read"]))
    mine = facts(account={"name": "CORP\\jane", "sid": f"{DOMAIN}-1300", "local": False, "groups": [OPERATORS]})
    with pytest.raises(HardeningError, match="would not be able to change"):
        plan(access_list(rules), mine, mode="replace", entries=[{"account": READERS, "access": ["read"]}])
    owned = access_list(rules, owner=OPERATORS)
    assert lines(plan(owned, mine, mode="replace", entries=[{"account": READERS, "access": ["read"]}])) == [
        f"{OPERATORS}: full control -> absent"
    ]


def test_taking_back_does_not_give_away_the_control_either() -> None:
    """The run let the account in by its group, and its undo would shut it out."""
    before, mine = (
        access_list((Rule(CONTROLLERS, FULL),)),
        {"name": "CORP\\jane", "sid": f"{DOMAIN}-1300", "local": False, "groups": [OPERATORS]},
    )
    run = plan(before, entries=[{"account": OPERATORS, "access": ["full_control"]}])
    (change,) = run.changes
    seen = Observations([acl_read()], [Observation(applied(before, run))])
    with pytest.raises(
        HardeningError, match=r"leave CORP\\jane, the account of this session, unable to change the access list.*allow_lockout"
    ):
        refuse_loss([change.undo], seen, facts(account=mine))
    refuse_loss([change.undo], seen, facts())
    refuse_loss([change.operation], Observations([acl_read()], [Observation(before)]), facts(account=mine))


@pytest.mark.parametrize("options", [{"absent": [DNS_ADMINS]}, {"mode": "replace", "entries": [{"account": READERS, "access": ["read"]}]}])
def test_an_owner_who_is_taken_out_is_named(options: dict[str, Any]) -> None:
    """An owner can always change the list, so without another owner nothing is achieved, in this run and in the next."""
    host = access_list(owner=DNS_ADMINS)
    found = plan(host, **options)
    for one in (found, plan(applied(host, found), **options)):
        assert statuses(one)["HW-DNS-70"] == "non_compliant"
        assert [warning for warning in one.warnings if "owns the access list" in warning and DNS_ADMINS in warning]
    assert statuses(plan(host, entries=[{"account": READERS, "access": ["read"]}]))["HW-DNS-70"] == "changed"


def test_a_denial_wins_over_what_is_granted() -> None:
    denied = access_list((*OWN, Rule(READERS, FULL, kind="Deny"), Rule(READERS, FULL)))
    found = plan(denied, entries=[{"account": READERS, "access": ["read"]}])
    assert (found.empty, statuses(found)["HW-DNS-70"]) == (True, "non_compliant")
    assert [warning for warning in found.warnings if READERS in warning and "a denial wins" in warning]
    exact = plan(denied, mode="replace", entries=[{"account": READERS, "access": ["read"]}])
    assert statuses(exact)["HW-DNS-70"] == "changed"


def test_what_is_inherited_is_said_and_not_written() -> None:
    found = plan(access_list(), mode="merge", absent=[EVERYONE])
    assert found.empty
    rules = access_list()
    rules["rules"].append(Rule(EVERYONE, ACCESS["read"], inherited=True).as_value())
    assert plan(rules, absent=[EVERYONE]).warnings[0].startswith(f"{EVERYONE} keep rights")


def test_another_controller_writes_and_this_one_verifies() -> None:
    found = plan(access_list(), absent=["CORP\\DnsAdmins"], directory_writer="dc02.corp.example")
    assert found.empty
    assert statuses(found)["HW-DNS-70"] == "non_compliant"
    assert "dc02.corp.example writes it" in found.warnings[0]
    assert not plan(access_list(), absent=["CORP\\DnsAdmins"], directory_writer="dc01.corp.example").empty


def test_members_of_dns_admins_are_named() -> None:
    found = plan(access_list(members=("CORP\\jane",)))
    assert [result.evidence for result in found.controls] == [("members of DnsAdmins: CORP\\jane",)]
    assert statuses(found) == {"HW-DNS-71": "non_compliant"}


def test_a_server_that_is_no_controller_has_no_list() -> None:
    found = plan({"applies": False}, absent=[EVERYONE])
    assert found.empty
    assert set(statuses(found).values()) == {"not_applicable"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mode": "replace"}, "without entries"),
        ({"entries": [{"account": "CORP\\nobody", "access": ["read"]}]}, "knows no such account"),
        ({"entries": [{"account": READERS, "access": ["read"]}], "absent": [READERS]}, "more than once"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(HardeningError, match=sentence):
        plan(access_list(), **options)


DENIED = Observation(failure=Failure("access_denied", "Zugriff verweigert", "0x80070005"))
CHANGES = ({"absent": [EVERYONE]}, {"mode": "replace", "entries": [{"account": READERS, "access": ["read"]}]})


def unreadable(**options: Any) -> Plan:
    resource = DnsServerAcl(options)
    reads = resource.reads()
    answers = [DENIED if read.name == "acl" else Observation([{"IsReadOnlyDC": False}]) for read in reads]
    return resource.plan(Observations(reads, answers), facts())


@pytest.mark.parametrize("options", CHANGES)
def test_a_list_that_cannot_be_read_is_not_changed_and_that_is_a_sentence(options: dict[str, Any]) -> None:
    with pytest.raises(HardeningError, match=r"^Nothing was changed: reading the access list.*may not administer the DNS Server"):
        unreadable(**options)


@pytest.mark.parametrize("options", [{}, {"entries": [], "absent": []}, *({**one, "skip": ["HW-DNS-70"]} for one in CHANGES)])
def test_a_list_that_is_only_looked_at_and_cannot_be_read_is_a_warning(options: dict[str, Any]) -> None:
    """Every run of the role looks at it, and has more to do than that."""
    found = unreadable(**options)
    assert (found.empty, found.failures) == (True, ())
    expected = {"HW-DNS-71"} if "skip" in options else {"HW-DNS-70", "HW-DNS-71"}
    assert statuses(found) == dict.fromkeys(expected, "skipped")
    assert all(line.startswith("not judged: reading the access list") for one in found.controls for line in one.evidence)
    (warning,) = found.warnings
    parts = ("HW-DNS-71 could not be judged", "0x80070005", "member of Administrators")
    assert [part for part in parts if part not in warning] == []


def test_the_rest_of_a_run_goes_on_without_the_list() -> None:
    server = Server(
        [zone("a.example", SecureSecondaries="TransferAnyServer")], failures={"acl": Failure("not_found", "There is no such object.")}
    )
    found = server.plan_all([DnsZoneSecurity({"all_zones": {"transfers": {"mode": "none"}}}), DnsServerAcl({})])
    assert [change.place for change in found.changes] == ["DNS zone a.example"]
    assert statuses(found)["HW-DNS-71"] == "skipped"


@pytest.mark.parametrize("options", [{"skip": ["HW-DNS-70", "HW-DNS-71"]}, {"only": ["HW-DNS-40"], "absent": [EVERYONE]}])
def test_a_list_that_no_control_asks_for_is_not_read(options: dict[str, Any]) -> None:
    resource = DnsServerAcl(options)
    assert resource.reads() == []
    found = resource.plan(Observations([], []), facts())
    assert (found.empty, found.controls, found.warnings) == (True, (), ())


_SIDS = st.sampled_from([OPERATORS, READERS, EVERYONE, DNS_ADMINS])
_ENTRIES = st.lists(
    st.fixed_dictionaries({"account": _SIDS, "access": st.lists(st.sampled_from(list(ACCESS)), min_size=1, unique=True)}),
    min_size=1,
    unique_by=lambda entry: entry["account"],
)


@given(entries=_ENTRIES, mode=st.sampled_from(["merge", "replace"]), has=st.dictionaries(_SIDS, st.sampled_from(list(ACCESS.values()))))
def test_what_was_applied_is_compliant_and_what_was_taken_back_is_as_before(
    entries: list[dict[str, Any]], mode: str, has: dict[str, int]
) -> None:
    host = access_list((Rule(ADMINS, FULL), Rule(CONTROLLERS, FULL), *(Rule(sid, rights) for sid, rights in has.items())))
    found = plan(host, entries=entries, mode=mode)
    after = applied(host, found)
    assert plan(after, entries=entries, mode=mode).empty
    assert plan(after, entries=entries[::-1], mode=mode).empty
    assert sorted(map(repr, applied(after, found, undo=True)["rules"])) == sorted(map(repr, host["rules"]))


def test_the_domain_is_known_by_its_own_accounts() -> None:
    assert AccessList.from_value(access_list()).domain == DOMAIN


ROOT = "S-1-5-21-1-2-3"
ROOT_ADMINS = Rule(f"{ROOT}-519", FULL, inherited=True)
# of the forest's root, which sorts before the domain's own accounts
ROOT_OPERATORS = Rule(f"{ROOT}-1300", ACCESS["read"])


@pytest.mark.parametrize("group", [True, False], ids=["DnsAdmins", "no DnsAdmins"])
def test_in_a_child_domain_accounts_of_the_root_do_not_pass_for_its_own(group: bool) -> None:
    host = access_list((ROOT_OPERATORS, ROOT_ADMINS, *OWN)) | ({} if group else {"admins": None})
    assert AccessList.from_value(host).domain == DOMAIN
    with pytest.raises(HardeningError, match="never taken out"):
        plan(host, absent=[ADMINS])
    found = plan(host, mode="replace", entries=[{"account": "domain_admins", "access": ["full_control"]}])
    assert {line.split(":")[0] for line in lines(found)} == {ROOT_OPERATORS.sid, DNS_ADMINS}


def test_enterprise_admins_are_those_of_the_root() -> None:
    wanted = [{"account": "enterprise_admins", "access": ["read"]}]
    assert lines(plan(access_list((ROOT_ADMINS, *OWN)), entries=wanted)) == [f"{ROOT_ADMINS.sid}: absent -> read"]
    assert lines(plan(access_list(), entries=wanted)) == [f"{DOMAIN}-519: absent -> read"]
