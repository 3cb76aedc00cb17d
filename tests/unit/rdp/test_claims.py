# SPDX-License-Identifier: GPL-3.0-or-later
"""A result claims no id of a benchmark whose threshold the value does not meet: auditors read its references as evidence."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import join_results
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp import account_policy_table, rdp_access_table
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.cipher_suites import LOCAL, POLICY
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.cipher_suites_table import DEFAULTS, has_forward_secrecy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.listener import RdpListener
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel import Schannel
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel_table import SCHANNEL
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer_table import ENCRYPTION_LEVEL
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.people import (
    ADMINISTRATORS,
    ALLOW,
    ANNA,
    DENY,
    DENY_NETWORK,
    DOMAIN,
    DOMAIN_ADMINS,
    GUESTS,
    REMOTE_DESKTOP_USERS,
    People,
    controller,
    fresh_policy,
    member,
    standalone,
)
from unit.rdp.samples import Sample, number

LOCAL_ACCOUNT, LOCAL_ADMINISTRATOR, ENTERPRISE_ADMINS = "S-1-5-113", "S-1-5-114", f"{DOMAIN}-519"
MINUTE = 60_000


def claimed(plan: Plan, control: str) -> str | None:
    """The kinds of benchmark that a control's result names: of its references, CIS' and a STIG's first. None without a result."""
    found = [one.control for one in join_results(plan.controls) if one.control.id == f"HW-RDP-{control}"]
    if not found:
        return None
    kinds = {"STIG" if one.startswith(("V-", "WN")) else one for one in found[0].references}
    return " ".join(sorted(kinds))


# -- account policy: option, its control, a value, and what it claims --------------------------------------

LOCK = {"threshold": 3, "duration": "15", "reset_after": 15}
NUMBERS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"minimum_password_length": 14}, "AP-04", "CIS-WS2022-1.1.4 STIG"),
    ({"minimum_password_length": 13}, "AP-04", ""),
    ({"minimum_password_length": 12}, "AP-04", ""),
    ({"minimum_password_length": 0}, "AP-04", None),
    ({"password_history": 24}, "AP-01", "CIS-WS2022-1.1.1 STIG"),
    ({"password_history": 23}, "AP-01", None),
    ({"maximum_password_age": 60}, "AP-02", "CIS-WS2022-1.1.2 STIG"),
    ({"maximum_password_age": 61}, "AP-02", "CIS-WS2022-1.1.2"),
    ({"maximum_password_age": 365}, "AP-02", "CIS-WS2022-1.1.2"),
    ({"maximum_password_age": 366}, "AP-02", None),
    ({"minimum_password_age": 1}, "AP-03", "CIS-WS2022-1.1.3 STIG"),
    ({"minimum_password_age": 0}, "AP-03", None),
    ({"lockout": LOCK}, "AP-08", "CIS-WS2022-1.2.1 STIG"),
    ({"lockout": LOCK | {"duration": "until_unlocked"}}, "AP-08", "CIS-WS2022-1.2.1 STIG"),
    ({"lockout": LOCK | {"duration": "14", "reset_after": 14}}, "AP-08", ""),
    ({"lockout": LOCK}, "AP-09", "CIS-WS2022-1.2.2 STIG"),
    ({"lockout": LOCK | {"threshold": 5}}, "AP-09", "CIS-WS2022-1.2.2"),
    ({"lockout": LOCK | {"threshold": 4}}, "AP-09", "CIS-WS2022-1.2.2"),
    ({"lockout": LOCK | {"threshold": 6}}, "AP-09", None),
    ({"lockout": LOCK}, "AP-11", "CIS-WS2022-1.2.4 STIG"),
    ({"lockout": LOCK | {"reset_after": 14}}, "AP-11", ""),
    ({"relax_minimum_password_length_limits": True}, "AP-06", "CIS-WS2022-1.1.6"),
    ({"relax_minimum_password_length_limits": False}, "AP-06", None),
]


@pytest.mark.parametrize(("options", "control", "claims"), NUMBERS)
def test_a_number_claims_what_it_meets_before_and_after_it_is_written(options: dict[str, Any], control: str, claims: str | None) -> None:
    host = standalone(policy=fresh_policy() | {"MaximumPasswordAge": 999})
    given = {"stricter": "replace", "accept_unknown_password_age": True, **options}
    found = host.plan(AccountPolicy, **given)
    assert claimed(found, control) == claims
    host.apply(found)
    again = host.plan(AccountPolicy, **given)
    assert again.empty
    assert claimed(again, control) == claims


@pytest.mark.parametrize(("now", "claims"), [(14, "CIS-WS2022-1.1.4 STIG"), (13, "")])
def test_a_stricter_number_that_is_kept_claims_what_it_meets_itself(now: int, claims: str) -> None:
    host = standalone(policy=fresh_policy() | {"MinimumPasswordLength": now})
    found = host.plan(AccountPolicy, minimum_password_length=12)
    assert (found.empty, claimed(found, "AP-04")) == (True, claims)


def test_what_group_policy_owns_is_said_of_the_number_that_was_asked_for() -> None:
    host = standalone(owned_account=["MinimumPasswordLength"])
    assert claimed(host.plan(AccountPolicy, minimum_password_length=14), "AP-04") == "CIS-WS2022-1.1.4 STIG"
    assert claimed(host.plan(AccountPolicy, minimum_password_length=12), "AP-04") == ""


@pytest.mark.parametrize("control", account_policy_table.CONTROLS, ids=lambda one: one.id)
def test_every_reference_of_the_account_policy_has_a_threshold(control: Any) -> None:
    assert set(control.thresholds) == set(control.references)


@pytest.mark.parametrize("reference", ["CIS-WS2022-1.1.4", "V-205662", "WN22-AC-000070"])
def test_only_and_skip_take_ids_that_the_value_does_not_meet(reference: str) -> None:
    host = standalone()
    options = {"minimum_password_length": 12, "password_complexity": True}
    assert {one.control.id for one in host.plan(AccountPolicy, only=[reference], **options).controls} == {"HW-RDP-AP-04"}
    assert {one.control.id for one in host.plan(AccountPolicy, skip=[reference], **options).controls} == {"HW-RDP-AP-05"}


# -- the listener's limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "minutes", "now", "control", "claims"),
    [
        ("idle", 15, None, "LI-10", "CIS-WS2022-18.10.57.3.10.1"),
        ("idle", 1, None, "LI-10", "CIS-WS2022-18.10.57.3.10.1"),
        ("idle", 16, None, "LI-10", None),
        ("idle", 30, 10 * MINUTE, "LI-10", "CIS-WS2022-18.10.57.3.10.1"),
        ("idle", 30, 14 * MINUTE + 1, "LI-10", "CIS-WS2022-18.10.57.3.10.1"),
        ("idle", 30, 16 * MINUTE, "LI-10", None),
        ("disconnected", 1, None, "LI-11", "CIS-WS2022-18.10.57.3.10.2"),
        ("disconnected", 2, None, "LI-11", None),
        ("disconnected", 1, 30_000, "LI-11", ""),
        ("disconnected", 5, MINUTE, "LI-11", "CIS-WS2022-18.10.57.3.10.2"),
    ],
)
def test_a_time_limit_claims_what_it_meets(limit: str, minutes: int, now: int | None, control: str, claims: str | None) -> None:
    name = {"idle": "MaxIdleTime", "disconnected": "MaxDisconnectionTime"}[limit]
    stored = {name: number(now)} if now else {}
    for scope, key, claimed_there in (
        ("policy", TERMINAL_SERVICES_POLICY, claims),
        ("local", LISTENER, claims and ""),
    ):
        host = Sample({key: stored | {f"fInherit{name}": number(0)}}, facts={"build": 20348}, others={"session": []})
        found = host.plan(RdpListener, time_limits={limit: minutes}, scope=scope)
        assert claimed(found, control) == claimed_there
        host.apply(found)
        assert claimed(host.plan(RdpListener, time_limits={limit: minutes}, scope=scope), control) == claimed_there


BENCHMARKS = "CIS-WS2022-18.10.57.3.9.5 STIG"


@pytest.mark.parametrize(
    ("local", "policy", "options", "status", "claims"),
    [
        # right in the local place only: the benchmarks' checks find no policy
        (3, None, {}, "compliant", ""),
        (2, None, {}, "changed", ""),
        (3, None, {"scope": "policy"}, "changed", BENCHMARKS),
        (None, 3, {}, "compliant", BENCHMARKS),
        (2, 3, {}, "compliant", BENCHMARKS),
        # what is stricter stays in the local place, and is not what they look at
        (4, None, {"scope": "policy"}, "compliant", ""),
        # a value that stands in the policy is changed there
        (3, 2, {}, "changed", BENCHMARKS),
        (3, 1, {"on_override": "report", "owned": True}, "overridden", BENCHMARKS),
    ],
)
def test_a_rule_that_looks_at_the_policy_is_claimed_for_a_policy_value_alone(
    local: int | None, policy: int | None, options: dict[str, Any], status: str, claims: str
) -> None:
    owned = [(TERMINAL_SERVICES_POLICY, "MinEncryptionLevel")] if options.pop("owned", False) else []
    host = Sample(owned=owned)
    for key, stored in ((LISTENER, local), (TERMINAL_SERVICES_POLICY, policy)):
        host.registry[key] = {"MinEncryptionLevel": number(stored)} if stored else {}
    found = host.plan(RdpSecurityLayer, encryption_level="high", **options)
    assert [one.status for one in found.controls] == [status]
    assert claimed(found, "SL-03") == claims


def test_a_rule_without_a_policy_place_is_claimed_for_the_local_value() -> None:
    host = standalone()
    assert "STIG" in str(claimed(host.plan(RdpAccess, limit_blank_password_use=True), "AC-08"))
    assert "STIG" in str(claimed(host.plan(RdpSecurityLayer, fips_policy=True, fips_consent=True), "SL-04"))


def test_ids_that_are_not_claimed_still_select() -> None:
    found = Sample().plan(RdpSecurityLayer, encryption_level="high", prompt_for_password=True, only=["V-254369"])
    assert [one.control.id for one in found.controls] == ["HW-RDP-SL-03"]


@pytest.mark.parametrize(("level", "claims"), [("high", 7), ("fips", 0)])
def test_fips_satisfies_the_level_and_is_not_what_the_benchmarks_name(level: str, claims: int) -> None:
    (control,) = ENCRYPTION_LEVEL.served(level, None, ENCRYPTION_LEVEL.policy)
    assert len(control.references) == claims
    (kept,) = ENCRYPTION_LEVEL.served("high", 4, ENCRYPTION_LEVEL.policy)
    assert kept.references == ()


# -- who may log on ----------------------------------------------------------------------------------------

BOTH_CIS = {ADMINISTRATORS, REMOTE_DESKTOP_USERS}
ALL_DENIED = {GUESTS, LOCAL_ACCOUNT, DOMAIN_ADMINS, ENTERPRISE_ADMINS}


@pytest.mark.parametrize(
    ("make", "right", "held", "claims"),
    [
        (standalone, ALLOW, BOTH_CIS, "CIS-WS2022-2.2.10"),
        (standalone, ALLOW, {ADMINISTRATORS}, ""),
        (standalone, ALLOW, {*BOTH_CIS, ANNA}, ""),
        (controller, ALLOW, {ADMINISTRATORS}, "CIS-WS2022-2.2.9 STIG"),
        (controller, ALLOW, BOTH_CIS, ""),
        (standalone, DENY, {GUESTS}, ""),
        (standalone, DENY, {GUESTS, LOCAL_ACCOUNT}, "CIS-WS2022-2.2.27"),
        (member, DENY, {GUESTS, LOCAL_ACCOUNT}, "CIS-WS2022-2.2.27"),
        (member, DENY, ALL_DENIED, "CIS-WS2022-2.2.27 STIG"),
        (member, DENY, ALL_DENIED - {ENTERPRISE_ADMINS}, "CIS-WS2022-2.2.27"),
        (member, DENY, ALL_DENIED - {GUESTS}, ""),
        (controller, DENY, {GUESTS}, "CIS-WS2022-2.2.26 STIG"),
        (standalone, DENY_NETWORK, {GUESTS}, ""),
        (standalone, DENY_NETWORK, {GUESTS, LOCAL_ADMINISTRATOR}, "CIS-WS2022-2.2.22"),
        (controller, DENY_NETWORK, {GUESTS}, "CIS-WS2022-2.2.21"),
    ],
)
def test_the_holders_of_a_right_claim_what_they_meet(make: Any, right: str, held: set[str], claims: str) -> None:
    holders = rdp_access_table.Holders(frozenset(held), make is controller, DOMAIN if make is not standalone else None)
    control = {ALLOW: rdp_access_table.ALLOW, DENY: rdp_access_table.DENY, DENY_NETWORK: rdp_access_table.DENY_NETWORK}[right]
    met = control.met_by(holders).references
    assert " ".join(sorted({"STIG" if one.startswith(("V-", "WN")) else one for one in met})) == claims
    host: People = make()
    host.rights[right] = set(held)
    if right == ALLOW:
        named = {"allow": {"mode": "replace", "accounts": sorted(held)}}
    else:
        named = {"deny": {"accounts": sorted(held)}} if right == DENY else {"network_logon": {"deny": {"accounts": sorted(held)}}}
    number_of = {ALLOW: "AC-03", DENY: "AC-04", DENY_NETWORK: "AC-06"}[right]
    host.names |= {one.lower(): (one, f"CORP\\{one[-3:]}") for one in held if one.startswith(DOMAIN)}
    found = host.plan(RdpAccess, **named)
    assert (found.empty, claimed(found, number_of)) == (True, claims)


def test_a_host_whose_role_is_not_known_claims_nothing_that_depends_on_it() -> None:
    holders = rdp_access_table.Holders(frozenset(ALL_DENIED), None, DOMAIN)
    assert rdp_access_table.DENY.met_by(holders).references == ()


def test_the_accounts_that_are_left_decide_and_not_those_that_were() -> None:
    host = standalone()
    assert claimed(host.plan(RdpAccess, allow={"accounts": ["anna"]}), "AC-03") == ""
    host.rights[ALLOW] = {*BOTH_CIS, ANNA}
    only_both = {"allow": {"mode": "replace", "accounts": ["administrators", "remote_desktop_users"]}}
    found = host.plan(RdpAccess, remote_desktop_users={"members": ["ben"]}, **only_both)
    assert (found.empty, claimed(found, "AC-03")) == (False, "CIS-WS2022-2.2.10")


def test_a_removal_beside_the_list_takes_the_claim_away() -> None:
    host = standalone()
    host.rights[ALLOW] = {*BOTH_CIS, ANNA}
    found = host.plan(RdpAccess, remove_administrators=True, remote_desktop_users={"members": ["ben"]}, allow={"absent": ["anna"]})
    assert claimed(found, "AC-03") == ""


@pytest.mark.parametrize(("owned", "claims"), [(False, ""), (True, "CIS-WS2022-2.2.10")])
def test_a_list_that_holds_already_is_judged_by_who_is_left(owned: bool, claims: str) -> None:
    host = standalone(owned_rights=[ALLOW] if owned else [])
    host.groups[REMOTE_DESKTOP_USERS] = {ANNA}
    found = host.plan(RdpAccess, remove_administrators=True, allow={"accounts": ["remote_desktop_users"]})
    assert (found.empty, claimed(found, "AC-03")) == (owned, claims)


# -- Schannel ----------------------------------------------------------------------------------------------

OFF, ON = {"Enabled": number(0), "DisabledByDefault": number(1)}, {"Enabled": number(1), "DisabledByDefault": number(0)}
OLD = {"ssl_3_0": {"server": False}, "tls_1_0": {"server": False}, "tls_1_1": {"server": False}}
BASE = "CIS-IIS10-7.6"
STIG = "CIS-IIS10-7.6 IIST-SV-000153 STIG"


@pytest.mark.parametrize(
    ("protocols", "explicit", "claims"),
    [
        ({"tls_1_2": {"server": True}}, False, BASE),
        ({"tls_1_2": {"server": True}}, True, BASE),
        ({**OLD, "tls_1_2": {"server": True}}, False, BASE),
        ({**OLD, "tls_1_2": {"server": True}}, True, STIG),
        ({**OLD, "tls_1_2": {"server": True, "client": True}}, True, STIG),
        ({**OLD, "tls_1_0": {"server": True}, "tls_1_2": {"server": True}}, True, BASE),
    ],
)
def test_tls_1_2_claims_the_stig_where_the_older_versions_are_written_off_too(protocols: Any, explicit: bool, claims: str) -> None:
    host = Sample(facts={"build": 20348})
    found = host.plan(Schannel, protocols=protocols, explicit=explicit)
    assert claimed(found, "SC-05") == claims
    host.apply(found)
    assert claimed(host.plan(Schannel, protocols=protocols, explicit=explicit), "SC-05") == claims


def test_an_older_version_that_is_switched_on_again_takes_the_claim_away() -> None:
    names = {"SSL 3.0": OFF, "TLS 1.0": OFF, "TLS 1.1": OFF, "TLS 1.2": ON}
    host = Sample({rf"{SCHANNEL}\Protocols\{name}\Server": dict(stored) for name, stored in names.items()}, facts={"build": 20348})
    assert claimed(host.plan(Schannel, protocols={"tls_1_2": {"server": True}}), "SC-05") == STIG
    loosened = host.plan(Schannel, protocols={"tls_1_0": {"server": True}, "tls_1_2": {"server": True}})
    assert claimed(loosened, "SC-05") == BASE


def test_the_order_of_suites_is_claimed_where_a_list_is_stored() -> None:
    host = Sample(facts={"build": 20348})
    weak = [name for name in DEFAULTS["2022"] if not has_forward_secrecy(name)]
    assert claimed(host.plan(Schannel, cipher_suites_absent=weak), "SC-08") == "CIS-IIS10-7.12"
    strong = [name for name in DEFAULTS["2022"] if name not in weak]
    by_default = Sample({LOCAL.key: {LOCAL.name: {"kind": "MultiString", "value": strong}}}, facts={"build": 20348})
    assert claimed(by_default.plan(Schannel, cipher_suites_absent=weak), "SC-08") == ""
    by_default.registry[POLICY.key] = {POLICY.name: {"kind": "String", "value": ",".join(strong)}}
    assert claimed(by_default.plan(Schannel, cipher_suites_absent=weak), "SC-08") == "CIS-IIS10-7.12"
