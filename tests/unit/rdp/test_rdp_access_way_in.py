# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is left that can log on, and what would close the way in."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp import people
from unit.rdp.access_plans import converged, only, plan, refusal
from unit.rdp.people import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    ALLOW,
    ANNA,
    BEN,
    DENY_NETWORK,
    DEPLOY,
    DOMAIN,
    DOMAIN_ADMINS,
    GUESTS,
    LSA,
    NETWORK,
    OPERATORS,
    REMOTE_DESKTOP_USERS,
    SYSTEM_POLICIES,
    USERS,
    controller,
    member,
    standalone,
)
from unit.rdp.samples import SSH, WINRM_HTTP, lines, number, statuses

# -- who is left -----------------------------------------------------------------------------------------


def test_a_disabled_account_is_nobody() -> None:
    assert "nobody could log on" in refusal(standalone(), allow={"mode": "replace", "accounts": ["Gast"]})


@pytest.mark.parametrize(
    ("denied", "through"),
    [(ANNA, "herself"), (USERS, "a group"), ("S-1-5-113", "local account"), ("S-1-1-0", "everyone"), ("S-1-5-11", "authenticated users")],
)
def test_deny_wins(denied: str, through: str) -> None:
    assert "nobody could log on" in refusal(only(ANNA), deny={"accounts": [denied]}), through


def test_local_account_denied_on_a_host_where_only_local_accounts_could() -> None:
    host = standalone()
    assert "nobody could log on" in refusal(host, deny={"accounts": ["guests", "local_account"]})


def test_local_account_denied_on_a_member_leaves_the_domain_unverified() -> None:
    found = plan(member(), deny={"accounts": ["guests", "local_account"]})
    assert statuses(found) == {"AC-04": "changed"}
    left, way_in = found.warnings
    assert DOMAIN_ADMINS in left
    assert "cannot be told from here" in left
    assert "cannot log on through Remote Desktop any more" in way_in


def test_a_denied_group_is_looked_into() -> None:
    host = only(ANNA)
    host.groups[OPERATORS] = {ANNA}
    assert "nobody could log on" in refusal(host, deny={"accounts": ["RDP-Operators"]})
    host.groups[OPERATORS] = {BEN}
    assert not plan(host, deny={"accounts": ["RDP-Operators"]}).empty


def test_the_last_member_of_the_group() -> None:
    host = only(REMOTE_DESKTOP_USERS)
    host.groups[REMOTE_DESKTOP_USERS] = {ANNA, BEN}
    assert not plan(host, remote_desktop_users={"absent": ["ben"]}).empty
    assert "nobody could log on" in refusal(host, remote_desktop_users={"absent": ["ben", "anna"]})


@pytest.mark.parametrize(
    ("policy", "local", "refused"), [(None, 1, True), (None, None, True), (1, 0, True), (0, 1, False), (None, 0, False)]
)
def test_network_level_authentication_needs_the_network_right(policy: int | None, local: int | None, refused: bool) -> None:
    host = standalone()
    host.rights[NETWORK] = {ADMINISTRATORS}
    for key, value in ((TERMINAL_SERVICES_POLICY, policy), (LISTENER, local)):
        host.registry[key] = {} if value is None else {"UserAuthentication": number(value)}
    wanted = {"mode": "replace", "accounts": ["anna"]}
    if refused:
        assert "the right to log on over the network as well" in refusal(host, allow=wanted)
    else:
        assert not plan(host, allow=wanted).empty


def test_network_level_authentication_heeds_the_denied_network_right() -> None:
    host = standalone()
    host.rights[DENY_NETWORK] = {ANNA}
    assert "nobody could log on" in refusal(host, allow={"mode": "replace", "accounts": ["anna"]})


def test_a_domain_account_counts_but_is_unverified() -> None:
    (warning,) = plan(member(), allow={"mode": "replace", "accounts": ["CORP\\Remote Admins"]}).warnings
    assert f"{DOMAIN}-1105 (CORP\\Remote Admins)" in warning


def test_a_domain_account_that_is_gone_is_nobody() -> None:
    host = member()
    host.rights[ALLOW] = {ANNA, f"{DOMAIN}-1999"}
    assert "nobody could log on" in refusal(host, allow={"absent": ["anna"]})


def test_a_domain_controller() -> None:
    host = controller()
    (warning,) = plan(host, allow={"accounts": ["CORP\\Remote Admins"]}).warnings
    assert "cannot be told from here" in warning
    assert plan(host, allow={"mode": "replace", "accounts": ["administrators"]}).empty
    assert "nobody could log on" in refusal(host, deny={"accounts": ["administrators"]})


# -- the way in ------------------------------------------------------------------------------------------


def test_a_denied_way_in_through_remote_desktop_is_only_a_warning() -> None:
    (warning,) = plan(standalone(), deny={"accounts": ["deploy"]}).warnings
    assert "WEBDE\\deploy, which this connection uses, cannot log on through Remote Desktop any more" in warning


@pytest.mark.parametrize("name", ["deploy", "administrators", "local_account", "local_account_and_administrator", "everyone", "users"])
@pytest.mark.parametrize("connection", [WINRM_HTTP, SSH], ids=["winrm", "ssh"])
def test_a_denied_way_in_over_the_network_is_refused(name: str, connection: Any) -> None:
    host = standalone()
    resource = RdpAccess({"network_logon": {"deny": {"accounts": [name]}}})
    resource.connection = connection
    with pytest.raises(HardeningError, match="which this connection uses, is among them"):
        resource.plan(*host.observe(resource))


@pytest.mark.parametrize("denied_already", [True, False])
def test_a_denied_group_that_the_way_in_becomes_a_member_of(denied_already: bool) -> None:
    host = standalone()
    options: dict[str, Any] = {"remote_desktop_users": {"members": ["deploy"]}}
    if denied_already:
        host.rights[DENY_NETWORK] = {REMOTE_DESKTOP_USERS}
    else:
        options["network_logon"] = {"deny": {"accounts": ["remote_desktop_users"]}}
    assert "S-1-5-32-555 (remote_desktop_users) would be denied to log on over the network" in refusal(host, **options)


def test_guests_are_denied_over_the_network() -> None:
    host = standalone()
    found = converged(host, network_logon={"deny": {"accounts": ["guests"]}})
    assert host.rights[DENY_NETWORK] == {GUESTS}
    assert statuses(found) == {"AC-06": "changed"}


def test_the_account_of_the_connection_counts_and_not_that_of_become() -> None:
    host = standalone(session=ADMINISTRATOR)
    host.facts["account"] = people.session(ADMINISTRATOR)
    assert "WEBDE\\deploy" in refusal(host, network_logon={"deny": {"accounts": ["deploy"]}})


def test_an_account_of_the_host_itself_as_people_write_it() -> None:
    host, resource = standalone(session=ADMINISTRATOR), RdpAccess({"network_logon": {"deny": {"accounts": [".\\deploy"]}}})
    host.facts["account"] = people.session(ADMINISTRATOR)
    resource.connection = Connection("psrp", "192.0.2.7", ".\\deploy", 5986, True)
    with pytest.raises(HardeningError, match=r"WEBDE.deploy, which this connection uses"):
        resource.plan(*host.observe(resource))


def test_the_token_filter_and_the_connection() -> None:
    host = standalone()
    assert "takes the administrator's rights from WEBDE\\deploy" in refusal(host, local_account_token_filter_policy=False)
    found = host.plan(RdpAccess, SSH, local_account_token_filter_policy=False)
    assert lines(found) == ["LocalAccountTokenFilterPolicy: 1 (true) -> 0 (false)"]
    host.groups[ADMINISTRATORS].remove(DEPLOY)
    assert not plan(host, local_account_token_filter_policy=False).empty


def test_the_built_in_administrator_is_never_filtered() -> None:
    host = standalone()
    host.names["deploy"] = (ADMINISTRATOR, "WEBDE\\Administrator")
    converged(host, local_account_token_filter_policy=False)
    assert host.registry[SYSTEM_POLICIES]["LocalAccountTokenFilterPolicy"] == number(1)  # taken back


def test_a_filter_that_is_on_already_harms_nobody() -> None:
    host = standalone()
    host.registry[SYSTEM_POLICIES] = {}
    assert statuses(plan(host, local_account_token_filter_policy=False)) == {"AC-07": "compliant"}


def test_blank_passwords() -> None:
    host = standalone()
    found = converged(host, limit_blank_password_use=True)
    assert [change.path for change in found.changes] == [f"HKLM\\{LSA}: LimitBlankPasswordUse"]
    assert statuses(found) == {"AC-08": "changed"}
