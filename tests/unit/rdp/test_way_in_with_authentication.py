# SPDX-License-Identifier: GPL-3.0-or-later
"""Network level authentication and the network logon right: who is left once it is required."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.access_reads import access_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.people import (
    ADMINISTRATORS,
    ALLOW,
    ANNA,
    BEN,
    DENY,
    DENY_NETWORK,
    DOMAIN,
    NETWORK,
    OPERATORS,
    REMOTE_DESKTOP_USERS,
    People,
    member,
    standalone,
)
from unit.rdp.samples import lines, number

WANTED = {"network_level_authentication": True}
SWITCHED = ["UserAuthentication: 0 (false) -> 1 (true)"]


def without(host: People | None = None, **rights: set[str]) -> People:
    """A host where network level authentication is off; only anna may log on unless rights say otherwise."""
    found = host or standalone()
    found.registry[LISTENER] = {"UserAuthentication": number(0), "SecurityLayer": number(2)}
    found.rights |= {ALLOW: {ANNA}} | rights
    return found


def refused(host: People, **options: Any) -> str:
    before = copy.deepcopy(host)
    with pytest.raises(HardeningError) as problem:
        host.plan(RdpSecurityLayer, **(options or WANTED))
    assert host == before
    assert str(problem.value).startswith("Nothing was changed: network_level_authentication true would leave nobody")
    return str(problem.value)


def asked(host: People, **options: Any) -> list[Read]:
    resource = RdpSecurityLayer(options)
    first = unique_reads(resource.reads())
    return [*first, *resource.further_reads(host._observations(first))]


def test_who_has_the_network_right_is_left() -> None:
    found = without().plan(RdpSecurityLayer, **WANTED)
    assert (lines(found), found.warnings) == (SWITCHED, ())


@pytest.mark.parametrize(
    "rights",
    [
        {NETWORK: {ADMINISTRATORS}},
        {NETWORK: set()},
        {DENY_NETWORK: {ANNA}},
        {DENY_NETWORK: {"S-1-5-113"}},
        {ALLOW: {REMOTE_DESKTOP_USERS}, DENY_NETWORK: {REMOTE_DESKTOP_USERS}},
    ],
)
def test_the_last_who_can_log_on_is_not_shut_out(rights: dict[str, set[str]]) -> None:
    host = without(**rights)
    host.groups[REMOTE_DESKTOP_USERS] = {ANNA}
    said = refused(host)
    assert "right to log on over the network" in said
    # one that has both rights is enough
    host.rights = {ALLOW: {ANNA, BEN}, NETWORK: {BEN}}
    assert lines(host.plan(RdpSecurityLayer, **WANTED)) == SWITCHED


def test_a_group_of_the_hosts_own_is_looked_into() -> None:
    host = without(**{ALLOW: {OPERATORS}, DENY_NETWORK: {OPERATORS}})
    host.groups[OPERATORS] = {ANNA}
    assert OPERATORS in refused(host)
    host.rights[DENY_NETWORK] = set()
    assert lines(host.plan(RdpSecurityLayer, **WANTED)) == SWITCHED


def test_a_group_of_the_domain_counts() -> None:
    host = without(member(), **{ALLOW: {f"{DOMAIN}-1105"}})
    assert lines(host.plan(RdpSecurityLayer, **WANTED)) == SWITCHED
    host.rights[ALLOW] = {f"{DOMAIN}-1999"}  # nobody has it any more
    (warning,) = host.plan(RdpSecurityLayer, **WANTED).warnings
    assert "with network level authentication or without it" in warning


def test_who_could_not_log_on_before_is_not_the_settings_fault() -> None:
    found = without(**{DENY: {ANNA}}).plan(RdpSecurityLayer, **WANTED)
    assert lines(found) == SWITCHED
    assert "Nobody can log on through Remote Desktop" in found.warnings[0]


@pytest.mark.parametrize("value", [1, None])
def test_where_it_is_on_already_nobody_is_judged(value: int | None) -> None:
    host = without(**{NETWORK: set()})
    host.registry[TERMINAL_SERVICES_POLICY] = {} if value is None else {"UserAuthentication": number(value)}
    if value is None:
        del host.registry[LISTENER]["UserAuthentication"]
    found = host.plan(RdpSecurityLayer, **WANTED)
    assert not found.warnings


def test_what_group_policy_keeps_off_shuts_nobody_out() -> None:
    host = without(**{NETWORK: set()})
    host.registry[TERMINAL_SERVICES_POLICY] = {"UserAuthentication": number(0)}
    host.owned = [(TERMINAL_SERVICES_POLICY, "UserAuthentication")]
    assert host.plan(RdpSecurityLayer, on_override="report", **WANTED).empty


def test_rights_are_read_only_where_it_is_to_be_on() -> None:
    host = without()
    without_it, with_it = asked(host, security_layer="ssl", network_level_authentication=False), asked(host, **WANTED)
    assert not [read for read in access_reads() if read in without_it]
    assert [read for read in with_it if read not in without_it] == unique_reads(access_reads())
    # they are those of rdp_access, so that a run asks once
    assert not [read for read in access_reads() if read not in RdpAccess({}).reads()]


def test_rights_that_cannot_be_read_are_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    host, answer = without(), People.answer
    denied = Observation(failure=Failure("access_denied", "Access is denied.", "0x80070005"))
    monkeypatch.setattr(People, "answer", lambda self, read: denied if read["provider"] == "right" else answer(self, read))
    with pytest.raises(HardeningError, match="Nothing was changed: who may log on cannot be read"):
        host.plan(RdpSecurityLayer, **WANTED)


# -- rdp_access -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rights", [{NETWORK: {ADMINISTRATORS}}, {DENY_NETWORK: {ANNA}}])
def test_who_will_be_left_once_it_is_required_is_told_while_it_is_off(rights: dict[str, set[str]]) -> None:
    wanted = {"allow": {"mode": "replace", "accounts": ["anna"]}}
    host = without(**{ALLOW: {ANNA, BEN}} | rights)
    (warning,) = host.plan(RdpAccess, **wanted).warnings
    assert "Once it is required, nobody can log on" in warning
    # ben has what it needs
    host.rights = {ALLOW: {ANNA}, NETWORK: {BEN}}
    assert not host.plan(RdpAccess, allow={"accounts": ["ben"]}).warnings


def test_a_group_is_looked_into_before_that_is_told() -> None:
    host = without(**{ALLOW: {ANNA, OPERATORS}, NETWORK: {BEN}})
    host.groups[OPERATORS] = {BEN}
    assert not host.plan(RdpAccess, deny={"accounts": ["guests"]}).warnings
