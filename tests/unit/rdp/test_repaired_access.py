# SPDX-License-Identifier: GPL-3.0-or-later
"""Network level authentication is judged with the rights as the same task leaves them, whatever the order of its resources."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.people import ALLOW, ANNA, BEN, DENY_NETWORK, DOMAIN, NETWORK, OPERATORS, REMOTE_DESKTOP_USERS, People, member, standalone
from unit.rdp.samples import lines, number

ORDERS = pytest.mark.parametrize("access_first", [True, False])
REFUSED = "network_level_authentication true would leave nobody"


def host(*, make: Any = standalone, **rights: set[str]) -> People:
    """Network level authentication is off, and anna, who alone may log on, has no right to the network."""
    found: People = make()
    found.registry[LISTENER] = {"UserAuthentication": number(0), "SecurityLayer": number(2)}
    found.rights |= {ALLOW: {ANNA}, NETWORK: {BEN}} | rights
    return found


def converge(found: People, access_first: bool, access: dict[str, Any], **layer: Any) -> Plan:
    resources = [RdpAccess(access), RdpSecurityLayer({"network_level_authentication": True, **layer})]
    return found.plan_all(resources if access_first else resources[::-1])


@ORDERS
@pytest.mark.parametrize(
    ("rights", "access"),
    [
        ({}, {"allow": {"accounts": ["ben"]}}),
        ({NETWORK: {ANNA}, DENY_NETWORK: {ANNA}}, {"network_logon": {"deny": {"absent": ["anna"]}}}),
        ({ALLOW: {ANNA, REMOTE_DESKTOP_USERS}, NETWORK: {REMOTE_DESKTOP_USERS}}, {"remote_desktop_users": {"members": ["ben"]}}),
    ],
)
def test_what_the_task_repairs_is_no_obstacle(rights: dict[str, set[str]], access: dict[str, Any], access_first: bool) -> None:
    found = host(**rights)
    with pytest.raises(HardeningError, match=REFUSED):
        found.plan(RdpSecurityLayer, network_level_authentication=True)
    plan = converge(found, access_first, access)
    # what lets somebody in is there before anybody is shut out
    assert lines(plan)[-1] == "UserAuthentication: 0 (false) -> 1 (true)"
    assert len(plan.changes) > 1
    found.apply(plan)
    assert converge(found, access_first, access).empty
    found.undo(plan)
    assert found == host(**rights)


@ORDERS
def test_in_the_policys_place_it_is_last_too(access_first: bool) -> None:
    plan = converge(host(), access_first, {"allow": {"accounts": ["ben"]}}, scope="policy", secure_rpc=True)
    assert [change.path for change in plan.changes][-1] == f"HKLM\\{TERMINAL_SERVICES_POLICY}: UserAuthentication"


@ORDERS
@pytest.mark.parametrize(
    ("rights", "access"),
    [
        ({ALLOW: {ANNA, BEN}}, {"allow": {"absent": ["ben"]}}),
        ({ALLOW: {BEN}}, {"network_logon": {"deny": {"accounts": ["ben"]}}}),
        ({ALLOW: {BEN}}, {"allow": {"mode": "replace", "accounts": ["anna"]}}),
        ({}, {"allow": {"accounts": ["anna"]}}),
    ],
)
def test_what_the_task_itself_takes_away_is(rights: dict[str, set[str]], access: dict[str, Any], access_first: bool) -> None:
    with pytest.raises(HardeningError, match=REFUSED):
        converge(host(**rights), access_first, access)


def test_a_group_that_comes_to_be_allowed_is_looked_into() -> None:
    found = host()
    found.groups[OPERATORS] = {BEN}
    assert lines(converge(found, True, {"allow": {"accounts": ["rdp-operators"]}}))[-1].startswith("UserAuthentication")
    found.groups[OPERATORS] = set()
    with pytest.raises(HardeningError, match=REFUSED):
        converge(found, True, {"allow": {"accounts": ["rdp-operators"]}})


def test_a_group_of_the_domain_that_comes_to_be_allowed_may_let_somebody_in() -> None:
    found = host(make=member, **{NETWORK: {"S-1-5-11"}, ALLOW: set()})
    plan = converge(found, False, {"allow": {"accounts": ["corp\\remote admins"]}})
    assert f"{DOMAIN}-1105" in " ".join(plan.warnings)
    assert lines(plan)[-1].startswith("UserAuthentication")
