# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking back is held to what a run is held to: the connection stays possible, and somebody can log on through Remote Desktop."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel import Schannel
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.schannel_table import SCHANNEL
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from unit.rdp.people import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    ALLOW,
    ANNA,
    BEN,
    DENY,
    DENY_NETWORK,
    DEPLOY,
    DOMAIN,
    NETWORK,
    OPERATORS,
    REMOTE_DESKTOP_USERS,
    SYSTEM_POLICIES,
    People,
    member,
    session,
    standalone,
)
from unit.rdp.samples import SSH, WINRM_HTTP, WINRM_HTTPS, number

ID = "20261124T211502Z-3f9c2a1b"
TLS_1_2 = SCHANNEL + r"\Protocols\TLS 1.2\Server"
OFF = {"Enabled": number(0), "DisabledByDefault": number(1)}
# the run that is taken back was somebody else's, at the machine
ELSEWHERE = Connection("local", "192.0.2.7", "administrator", None, None)

Run = tuple[type[Resource], dict[str, Any]]


def done(host: People, kind: type[Resource], **options: Any) -> People:
    """The host after a run, with its journal."""
    plan = host.plan(kind, ELSEWHERE, **options)
    assert plan.changes
    host.apply(plan)
    steps = [{**change.as_step(), "state": "done"} for change in plan.changes]
    ended = {"id": ID, "file": f"C:\\{ID}.jsonl", "started": "2026-11-24T21:15:02Z", "finished": "2026-11-24T21:16:02Z"}
    host.others["journal"] = {**ended, "result": "applied", "account": "a", "steps": steps}
    return host


def undo(host: People, connection: Connection = WINRM_HTTP, **options: Any) -> Plan:
    return host.plan(Undo, connection, **{"journal": ID, "state": "undone", **options})


def refused(host: People, connection: Connection = WINRM_HTTP) -> str:
    before = copy.deepcopy(host)
    with pytest.raises(HardeningError) as refusal:
        undo(host, connection)
    assert host == before
    assert str(refusal.value).startswith("Nothing was changed: taking this back ")
    assert "allow_lockout" in str(refusal.value)
    assert undo(host, connection, allow_lockout=True).changes
    return str(refusal.value)


def with_rights(**rights: set[str]) -> People:
    host = standalone()
    host.rights |= rights
    return host


@pytest.mark.parametrize("denied", [DEPLOY, "S-1-5-114", "S-1-5-113", ADMINISTRATORS])
def test_the_connections_account_is_not_denied_the_network_again(denied: str) -> None:
    host = done(with_rights(**{DENY_NETWORK: {denied}}), RdpAccess, network_logon={"deny": {"absent": [denied]}})
    host.names |= {denied.lower(): (denied, "somebody")}
    assert denied in refused(host)
    assert "deploy, which this connection uses" in refused(host, WINRM_HTTPS)
    refused(host, SSH)


def test_somebody_else_may_be_denied_the_network_again() -> None:
    host = done(with_rights(**{DENY_NETWORK: {BEN}}), RdpAccess, network_logon={"deny": {"absent": ["ben"]}})
    plan = undo(host)
    assert [change.target for change in plan.changes] == [BEN]
    assert not plan.warnings


def test_the_last_right_to_the_network_is_not_taken_from_the_connections_account() -> None:
    host = done(with_rights(**{NETWORK: {REMOTE_DESKTOP_USERS}}), RdpAccess, remote_desktop_users={"members": ["deploy", "anna"]})
    assert f"would be with {REMOTE_DESKTOP_USERS}" in refused(host)
    # also where its session says that it is a member
    host.facts["account"]["groups"].append(REMOTE_DESKTOP_USERS)
    assert "would lose the right to log on over the network" in refused(host)
    host.rights[NETWORK] |= {ADMINISTRATORS}
    assert undo(host).changes


def test_a_run_does_not_take_it_either() -> None:
    host = with_rights(**{NETWORK: {REMOTE_DESKTOP_USERS}})
    host.groups[REMOTE_DESKTOP_USERS] = {DEPLOY, ANNA}
    with pytest.raises(HardeningError, match="would lose the right to log on over the network"):
        host.plan(RdpAccess, remote_desktop_users={"absent": ["deploy"]})


def test_somebody_must_be_left_who_can_log_on() -> None:
    host = done(with_rights(**{ALLOW: set()}), RdpAccess, allow={"accounts": ["anna"]})
    assert "nobody could log on through Remote Desktop afterwards. The right would be with nobody" in refused(host)
    host.rights[ALLOW] |= {BEN}
    assert undo(host).changes


def test_nobody_could_before_is_not_the_undos_fault() -> None:
    host = done(with_rights(**{ALLOW: {ANNA}}), RdpAccess, allow={"accounts": ["ben"]})
    host.rights[DENY] = {ANNA, BEN}
    assert undo(host).changes


def test_authentication_that_comes_back_counts() -> None:
    host = with_rights(**{ALLOW: {ANNA}, NETWORK: {DEPLOY}})
    host.registry[LISTENER] = {"UserAuthentication": number(1), "SecurityLayer": number(2)}
    done(host, RdpSecurityLayer, network_level_authentication=False)
    assert "Network level authentication is required" in refused(host)
    host.rights[NETWORK] |= {ANNA}
    assert not undo(host).warnings


def test_a_group_that_is_denied_again_is_looked_into() -> None:
    host = with_rights(**{ALLOW: {ANNA}, DENY: {OPERATORS}})
    host.groups[OPERATORS] = {BEN}
    done(host, RdpAccess, deny={"absent": ["rdp-operators"]})
    assert undo(host).changes
    host.groups[OPERATORS] = {ANNA}
    assert OPERATORS in refused(host)


def test_accounts_of_a_domain_are_counted_and_said_to_be_unverified() -> None:
    host = member()
    host.rights[ALLOW] = {f"{DOMAIN}-1105"}
    done(host, RdpAccess, allow={"accounts": ["anna"]})
    (warning,) = undo(host).warnings
    assert f"{DOMAIN}-1105 (CORP\\Remote Admins) can, but whether" in warning


def administrator(host: People) -> Connection:
    host.session = ADMINISTRATOR
    host.facts["account"] = session(ADMINISTRATOR)
    return Connection("winrm", "192.0.2.7", "administrator", 5985, False)


@pytest.mark.parametrize("before", [{"LocalAccountTokenFilterPolicy": number(0)}, {}])
def test_the_administrators_rights_are_not_taken_from_the_connections_account(before: dict[str, Any]) -> None:
    host = standalone()
    host.registry[SYSTEM_POLICIES] = dict(before)
    done(host, RdpAccess, local_account_token_filter_policy=True)
    assert "takes the administrator's rights from WEBDE\\deploy" in refused(host)
    refused(host, WINRM_HTTPS)
    assert undo(host, SSH).changes
    assert undo(host, administrator(host)).changes


def test_an_administrator_of_the_domain_is_not_filtered() -> None:
    host = member()
    host.registry[SYSTEM_POLICIES] = {}
    done(host, RdpAccess, local_account_token_filter_policy=True)
    assert undo(host, Connection("winrm", "192.0.2.7", "corp\\deploy", 5985, False)).changes


@pytest.mark.parametrize("stored", [OFF, {"Enabled": number(1), "DisabledByDefault": number(1)}])
def test_the_version_that_the_connection_speaks_stays_on(stored: dict[str, Any]) -> None:
    host = standalone()
    host.facts["build"] = 17763
    host.registry[TLS_1_2] = dict(stored)
    done(host, Schannel, protocols={"tls_1_2": {"server": True}})
    assert "this task's connection is HTTPS, the controller speaks TLS 1.2" in refused(host, WINRM_HTTPS)
    assert undo(host, WINRM_HTTP).changes
    assert undo(host, SSH).changes
    host.facts["build"] = 20348  # where TLS 1.3 is on
    assert undo(host, WINRM_HTTPS).changes


@pytest.mark.parametrize(
    "run",
    [
        lambda host: done(host, RdpSecurityLayer, security_layer="ssl"),
        lambda host: done(host, RdpAccess, limit_blank_password_use=True),
    ],
)
def test_what_is_about_no_way_in_is_not_looked_at(run: Callable[[People], People]) -> None:
    host = run(standalone())
    host.users = []  # what is not asked for cannot be judged
    resource = Undo({"journal": ID, "state": "undone"})
    observations, _facts = host.observe(resource)
    assert {read.provider for read, _result in observations.items()} == {"journal", "registry"}


def test_a_journal_that_is_only_closed_is_not_judged() -> None:
    host = done(with_rights(**{ALLOW: set()}), RdpAccess, allow={"accounts": ["anna"]})
    assert undo(host, state="closed").empty
