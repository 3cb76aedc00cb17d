# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log on through Remote Desktop: what changes, by names in every language, and what Group Policy owns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import merge_plans
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from unit.rdp import people
from unit.rdp.access_plans import BOTH_GROUPS, converged, plan, refusal
from unit.rdp.people import (
    ADMINISTRATORS,
    ALLOW,
    ANNA,
    BEN,
    DENY,
    DOMAIN,
    DOMAIN_DEPLOY,
    GUESTS,
    OPERATORS,
    ORPHAN,
    REMOTE_DESKTOP_USERS,
    SYSTEM_POLICIES,
    member,
    standalone,
)
from unit.rdp.samples import WINRM_HTTP, lines, statuses

# -- the notes: neither of both groups, but users or a group of one's own ---------------------------------


def test_neither_group_but_a_user() -> None:
    host = standalone()
    found = converged(host, **BOTH_GROUPS, allow={"accounts": ["anna"]})
    assert host.rights[ALLOW] == {ANNA}
    assert lines(found) == [
        f"{ANNA}: absent -> held (anna)",
        f"{ADMINISTRATORS}: held (administrators) -> absent",
        f"{REMOTE_DESKTOP_USERS}: held (remote_desktop_users) -> absent",
    ]
    assert statuses(found) == {"AC-01": "changed", "AC-02": "changed", "AC-03": "changed"}
    assert [change.controls for change in found.changes] == [("HW-RDP-AC-03",), ("HW-RDP-AC-01",), ("HW-RDP-AC-02",)]


def test_neither_group_but_a_technical_group() -> None:
    host = standalone()
    host.groups[OPERATORS] = {BEN}
    converged(host, **BOTH_GROUPS, allow={"accounts": ["RDP-Operators"]})
    assert host.rights[ALLOW] == {OPERATORS}


def test_a_technical_group_without_members_lets_nobody_in() -> None:
    assert "nobody could log on" in refusal(standalone(), **BOTH_GROUPS, allow={"accounts": ["RDP-Operators"]})


def test_without_administrators_the_group_must_have_somebody() -> None:
    assert "nobody could log on" in refusal(standalone(), remove_administrators=True)
    host = standalone()
    converged(host, remove_administrators=True, remote_desktop_users={"members": ["ben"]})
    assert (host.rights[ALLOW], host.groups[REMOTE_DESKTOP_USERS]) == ({REMOTE_DESKTOP_USERS}, {BEN})


@pytest.mark.parametrize("accounts", [[], ["administrators"], ["Remote Desktop Users"]])
def test_both_groups_go_only_where_somebody_is_named(accounts: list[str]) -> None:
    with pytest.raises(HardeningError, match=r"Name the users, or a group of your own, in allow.accounts"):
        RdpAccess({**BOTH_GROUPS, "allow": {"accounts": accounts}})


def test_an_account_that_is_wanted_both_ways() -> None:
    assert "in it and out of it" in refusal(standalone(), remove_administrators=True, allow={"accounts": ["Administratoren", "anna"]})
    assert "in it and out of it" in refusal(standalone(), allow={"accounts": ["anna"], "absent": [ANNA]})


# -- lists -----------------------------------------------------------------------------------------------


def test_merge_adds_and_leaves_the_others() -> None:
    host = standalone()
    assert lines(converged(host, allow={"accounts": ["anna"]})) == [f"{ANNA}: absent -> held (anna)"]
    assert host.rights[ALLOW] == {ADMINISTRATORS, REMOTE_DESKTOP_USERS, ANNA}


def test_replace_names_what_it_removes_an_orphan_too() -> None:
    host = standalone()
    host.rights[ALLOW] = {ADMINISTRATORS, ORPHAN, BEN}
    found = converged(host, allow={"mode": "replace", "accounts": ["administrators"]})
    assert lines(found) == [f"{BEN}: held (ben) -> absent", f"{ORPHAN}: held (nobody any more) -> absent"]


def test_merge_leaves_an_orphan_and_absent_removes_it() -> None:
    host = standalone()
    host.rights[ALLOW].add(ORPHAN)
    assert plan(host, allow={"accounts": ["administrators"]}).empty
    assert lines(converged(host, allow={"absent": [ORPHAN]})) == [f"{ORPHAN}: held (nobody any more) -> absent"]


def test_an_orphan_in_the_group_goes_with_replace() -> None:
    host = standalone()
    host.groups[REMOTE_DESKTOP_USERS] = {ORPHAN, ANNA}
    found = converged(host, remote_desktop_users={"mode": "replace", "members": ["anna"]})
    assert lines(found) == [f"{ORPHAN}: member (nobody any more) -> absent"]


def test_what_lets_in_comes_before_what_keeps_out() -> None:
    host = standalone(groups=standalone().groups | {REMOTE_DESKTOP_USERS: {BEN}})
    host.rights[DENY] = {GUESTS}
    found = converged(
        host,
        remove_administrators=True,
        allow={"accounts": ["anna"]},
        remote_desktop_users={"mode": "replace", "members": ["anna"]},
        deny={"mode": "replace", "accounts": ["ben"]},
    )
    operations = [(change.operation.provider, change.operation.name, change.operation.parameters.get("right")) for change in found.changes]
    assert operations == [
        ("right", "grant", ALLOW),
        ("group", "add", None),
        ("right", "revoke", DENY),
        ("right", "revoke", ALLOW),
        ("group", "remove", None),
        ("right", "grant", DENY),
    ]


@given(order=st.permutations(["anna", "ben", "administrators", "RDP-Operators"]))
def test_the_order_of_names_does_not_matter(order: list[str]) -> None:
    wanted = {"mode": "replace", "accounts": order}
    assert plan(standalone(), allow=wanted) == plan(standalone(), allow={**wanted, "accounts": sorted(order)})


HOLDERS = st.frozensets(st.sampled_from([ADMINISTRATORS, REMOTE_DESKTOP_USERS, ANNA, BEN, GUESTS, ORPHAN]))


@given(now=HOLDERS, wanted=st.frozensets(st.sampled_from(["administrators", "anna", "ben"]), min_size=1), replace=st.booleans())
def test_whatever_was_there_it_is_as_wanted_afterwards_and_as_before_after_the_undo(
    now: frozenset[str], wanted: frozenset[str], replace: bool
) -> None:
    host = standalone()
    host.rights[ALLOW] = set(now)
    converged(host, allow={"mode": "replace" if replace else "merge", "accounts": sorted(wanted)})
    sids = {{"administrators": ADMINISTRATORS, "anna": ANNA, "ben": BEN}[name] for name in wanted}
    assert host.rights[ALLOW] == (sids if replace else sids | now)


@pytest.mark.parametrize(
    "options",
    [
        {"allow": {"mode": "replace"}},
        {"allow": {"mode": "replace", "accounts": []}},
        {"deny": {"mode": "replace"}},
        {"remote_desktop_users": {"mode": "replace", "absent": ["ben"]}},
    ],
)
def test_a_replacement_by_nothing_is_refused_before_any_trip(options: dict[str, Any]) -> None:
    with pytest.raises(HardeningError, match="^Nothing was changed: "):
        RdpAccess(options)


def test_deny_may_be_emptied() -> None:
    host = standalone()
    host.rights[DENY] = {GUESTS}
    assert lines(converged(host, deny={"mode": "replace", "accounts": []})) == [f"{GUESTS}: held (guests) -> absent"]


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["administrators", "Administrators", "BUILTIN\\Administrators", ADMINISTRATORS, "Administratoren"])
def test_one_group_by_many_names_on_a_german_host(name: str) -> None:
    assert plan(standalone(), allow={"accounts": [name]}).empty


@pytest.mark.parametrize("name", ["annna", "RDP-Operator", f"{people.MACHINE}-9999", "Administrators de l’entreprise"])
def test_a_name_that_nobody_has(name: str) -> None:
    for option, entries in (("allow", "accounts"), ("deny", "accounts"), ("remote_desktop_users", "members")):
        assert name in refusal(standalone(), **{option: {entries: [name]}})


def test_an_orphaned_sid_in_the_options() -> None:
    assert "nobody has this SID any more" in refusal(standalone(), allow={"accounts": [ORPHAN]})


def test_every_name_is_asked_for_in_one_batch() -> None:
    resource = RdpAccess({"allow": {"accounts": ["anna", "administrators"]}, "deny": {"absent": ["ben"]}})
    resource.connection = WINRM_HTTP
    (resolve,) = [read for read in resource.reads() if read.name == "resolve"]
    assert resolve.parameters["names"] == ["", "anna", "ben", "deploy"]


def test_a_compliant_host_is_asked_once() -> None:
    host, resource = standalone(), RdpAccess({"allow": {"accounts": ["RDP-Operators"]}})
    host.rights[ALLOW] = {OPERATORS, ORPHAN}
    assert resource.further_reads(host._observations(resource.reads())) == []
    host.rights[ALLOW] = {ORPHAN}
    assert resource.further_reads(host._observations(resource.reads()))


def test_a_group_of_the_domain_by_its_number() -> None:
    host = member()
    found = converged(host, deny={"accounts": ["domain_guests"]})
    assert host.rights[DENY] == {f"{DOMAIN}-514"}
    assert statuses(found) == {"AC-04": "changed"}
    assert "which domain it belongs to" in refusal(standalone(), deny={"accounts": ["domain_admins"]})


ROOT = "S-1-5-21-1-2-3"


def test_the_hosts_domain_is_not_that_of_an_account_of_the_root() -> None:
    host = member(session=f"{ROOT}-1104")
    converged(host, deny={"accounts": ["domain_guests"]})
    assert host.rights[DENY] == {f"{DOMAIN}-514"}
    # where the host's administrators do not tell, the session's account does
    host = standalone(session=f"{ROOT}-1104")
    converged(host, deny={"accounts": ["domain_guests"]})
    assert host.rights[DENY] == {f"{ROOT}-514"}


def test_the_administrators_of_two_domains_leave_open_which_is_the_hosts() -> None:
    host = member(session=DOMAIN_DEPLOY)
    host.groups[people.ADMINISTRATORS].add(f"{ROOT}-512")
    said = refusal(host, deny={"accounts": ["domain_guests"]})
    assert all(part in said for part in ("deny.accounts names domain_guests", f"{ROOT}-512, {DOMAIN}-512", "DOMAIN\\name or by its SID"))
    # nothing else depends on it
    converged(host, deny={"accounts": ["guests", "corp\\remote admins"]})
    assert host.rights[DENY] == {people.GUESTS, f"{DOMAIN}-1105"}


def test_a_group_that_only_the_root_of_a_forest_has() -> None:
    assert "which the host's domain does not have" in refusal(member(), deny={"accounts": ["enterprise_admins"]})
    host = member()
    host.names["corp\\organisations-admins"] = (f"{DOMAIN}-519", "CORP\\Organisations-Admins")
    converged(host, deny={"accounts": ["enterprise_admins"]})
    assert host.rights[DENY] == {f"{DOMAIN}-519"}


def test_a_local_group_is_no_member_of_a_local_group() -> None:
    for name in ("RDP-Operators", "administrators"):
        assert "no local group into a local group" in refusal(standalone(), remote_desktop_users={"members": [name]})


# -- Group Policy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("report", [False, True])
def test_a_right_that_group_policy_owns_is_left_alone(report: bool) -> None:
    host = standalone(owned_rights=[ALLOW])
    options: dict[str, Any] = {"on_override": "report"} if report else {}
    found = plan(host, **BOTH_GROUPS, allow={"accounts": ["anna"]}, deny={"accounts": ["guests"]}, **options)
    assert lines(found) == [f"{GUESTS}: absent -> held (guests)"]
    assert statuses(found) == {"AC-01": "overridden", "AC-02": "overridden", "AC-03": "overridden", "AC-04": "changed"}
    (override,) = found.overrides
    assert (override.file, override.setting, override.path) == ("Servers", "allow", f"user right {ALLOW}")
    sentences = found.warnings if report else found.failures
    assert any("Overridden by Group Policy: allow is" in one for one in sentences)
    assert bool(found.failures) is not report


def test_a_group_that_group_policy_owns_is_left_alone() -> None:
    host = standalone(owned_groups=[REMOTE_DESKTOP_USERS])
    found = plan(host, remote_desktop_users={"members": ["anna"]})
    assert (found.empty, statuses(found)) == (True, {"AC-05": "overridden"})


def test_an_owned_right_that_is_as_wanted_is_compliant() -> None:
    host = standalone(owned_rights=[ALLOW])
    found = plan(host, allow={"mode": "replace", "accounts": ["administrators", "remote_desktop_users"]})
    assert (found.empty, found.failures, statuses(found)) == (True, (), {"AC-03": "compliant"})
    assert "owned by Servers" in found.controls[0].evidence[0]


def test_a_part_that_holds_is_compliant_under_group_policy_too() -> None:
    host = standalone(owned_rights=[ALLOW])
    host.rights[ALLOW] = {REMOTE_DESKTOP_USERS}
    found = plan(host, **BOTH_GROUPS, allow={"accounts": ["anna"]})
    assert statuses(found) == {"AC-01": "compliant", "AC-02": "overridden", "AC-03": "overridden"}


def test_what_group_policy_keeps_counts_for_who_is_left() -> None:
    host = standalone(owned_groups=[REMOTE_DESKTOP_USERS])
    assert "nobody could log on" in refusal(host, remove_administrators=True, remote_desktop_users={"members": ["anna"]})


def test_the_owned_token_filter_is_left_alone() -> None:
    host = standalone(owned=[(SYSTEM_POLICIES, "LocalAccountTokenFilterPolicy")])
    found = plan(host, local_account_token_filter_policy=False)
    assert (found.empty, statuses(found)) == (True, {"AC-07": "overridden"})


def test_an_unknown_owner_is_said() -> None:
    (warning,) = plan(standalone(known=False), allow={"accounts": ["anna"]}).warnings
    assert "no resultant set of policy" in warning


# -- selection and converge ------------------------------------------------------------------------------


def test_only_and_skip_by_any_id() -> None:
    options: dict[str, Any] = {**BOTH_GROUPS, "allow": {"accounts": ["anna"]}, "deny": {"accounts": ["guests"]}}
    assert lines(plan(standalone(), only=["V-254439"], **options)) == [f"{GUESTS}: absent -> held (guests)"]
    skipped = plan(standalone(), skip=["HW-RDP-AC-01"], **options)
    assert f"{ADMINISTRATORS}: held (administrators) -> absent" not in lines(skipped)
    assert "AC-01" not in statuses(skipped)


def test_two_resources_of_a_task() -> None:
    host = standalone()
    adds, closed = plan(host, allow={"accounts": ["anna"]}), plan(host, allow={"mode": "replace", "accounts": ["administrators"]})
    merged = merge_plans([adds, plan(host, allow={"accounts": ["anna", "ben"]})])
    assert lines(merged) == [f"{ANNA}: absent -> held (anna)", f"{BEN}: absent -> held (ben)"]
    with pytest.raises(HardeningError, match="disagree on user right SeRemoteInteractiveLogonRight"):
        merge_plans([adds, closed])
    with pytest.raises(HardeningError, match="disagree"):
        merge_plans(
            [plan(host, remove_administrators=True, allow={"accounts": ["anna"]}), plan(host, allow={"accounts": ["administrators"]})]
        )


def test_nothing_given_is_nothing_done() -> None:
    assert plan(standalone(), allow=None, deny={"accounts": None}).empty
