# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose domain does not answer: only the names that are needed, and that nobody could look up, are refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER
from unit.rdp.access_plans import refusal
from unit.rdp.people import ADMINISTRATORS, ALLOW, ANNA, DENY, DOMAIN, GUESTS, People, member, standalone
from unit.rdp.samples import lines, number

REMOTE_ADMINS = f"{DOMAIN}-1105"
BY_DOMAIN_ACCOUNT = Connection("winrm", "192.0.2.7", "corp\\deploy", 5986, True)


def cut_off(**rights: set[str]) -> People:
    host = member(cut_off=True)
    host.rights |= rights
    return host


@pytest.mark.parametrize(
    "options",
    [
        {"allow": {"accounts": ["CORP\\Remote Admins"]}},
        {"deny": {"absent": ["CORP\\Remote Admins"]}},
        {"remote_desktop_users": {"members": ["anna", "CORP\\Remote Admins"]}},
    ],
)
def test_a_name_that_is_needed_and_could_not_be_asked_is_named(options: dict[str, Any]) -> None:
    said = refusal(cut_off(), **options)
    assert "CORP\\Remote Admins, and this host could not look it up: The trust relationship failed" in said
    assert "knows no such account" not in said
    # where the domain answers the same is planned
    assert member().plan(RdpAccess, **options).wanted


def test_names_of_the_host_are_not_hidden_by_those_of_the_domain() -> None:
    host = cut_off()
    found = host.plan(RdpAccess, BY_DOMAIN_ACCOUNT, allow={"accounts": ["anna"]}, deny={"accounts": ["guests"]})
    assert lines(found) == [f"{ANNA}: absent -> held (anna)", f"{GUESTS}: absent -> held (guests)"]
    assert host.plan(AccountPolicy, BY_DOMAIN_ACCOUNT, password_history=24).changes


def test_a_sid_is_taken_as_it_was_given_and_said_to_be_so() -> None:
    host = cut_off()
    found = host.plan(RdpAccess, allow={"accounts": [REMOTE_ADMINS]})
    assert lines(found) == [f"{REMOTE_ADMINS}: absent -> held"]
    (warning,) = found.warnings
    assert f"could not find out who has the SID {REMOTE_ADMINS}" in warning
    assert not host.plan(RdpAccess, deny={"absent": [REMOTE_ADMINS]}).warnings


def test_a_text_that_only_begins_as_a_sid_is_none() -> None:
    assert "names S-1-5-21-x, and this host could not look it up: Value was invalid" in refusal(
        standalone(), allow={"accounts": ["S-1-5-21-x"]}
    )


def test_who_could_not_be_asked_about_is_not_called_gone() -> None:
    """Whoever holds the right may be there, as accounts of a domain always may."""
    host = cut_off(**{ALLOW: {REMOTE_ADMINS, ADMINISTRATORS}})
    host.groups[ADMINISTRATORS] = {f"{DOMAIN}-512"}
    (warning,) = host.plan(RdpAccess, remove_administrators=True).warnings
    assert f"{REMOTE_ADMINS} can, but whether such an account is enabled" in warning
    assert "nobody any more" not in warning


def test_authentication_is_switched_on_where_somebody_of_the_domain_may_be_left() -> None:
    host = cut_off(**{ALLOW: {REMOTE_ADMINS}, DENY: set()})
    host.registry[LISTENER] = {"UserAuthentication": number(0), "SecurityLayer": number(2)}
    assert lines(host.plan(RdpSecurityLayer, network_level_authentication=True)) == ["UserAuthentication: 0 (false) -> 1 (true)"]


def test_the_account_of_the_connection_is_then_the_sessions() -> None:
    host = cut_off()
    said = refusal(host, network_logon={"deny": {"accounts": ["local_account"]}})
    assert "which this connection uses" in said
