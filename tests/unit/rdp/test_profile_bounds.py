# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that already asks more than a profile does is not loosened, and what loosens it is not called compliant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.listener import RdpListener
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.people import standalone
from unit.rdp.samples import GPO, Sample, lines, number, statuses

MINUTE = 60_000
IDLE = {"time_limits": {"idle": 15}}
LEVEL = {"encryption_level": "high"}
# resource, what stands, what is wanted, the control
BOUNDS: list[tuple[type[Resource], dict[str, int], dict[str, Any], str]] = [
    (RdpSecurityLayer, {"MinEncryptionLevel": 4}, LEVEL, "SL-03"),
    (RdpListener, {"MaxIdleTime": 5 * MINUTE, "fInheritMaxIdleTime": 0}, IDLE, "LI-10"),
]


def host(stored: dict[str, int], key: str = LISTENER, **fields: Any) -> Sample:
    values = {name: number(value) for name, value in stored.items()}
    return Sample({key: values}, facts={"build": 26100}, others={"session": []}, **fields)


@pytest.mark.parametrize("scope", ["local", "policy"])
@pytest.mark.parametrize(("kind", "stored", "options", "control"), BOUNDS)
def test_a_stricter_value_is_kept_where_it_stands(
    kind: type[Resource], stored: dict[str, int], options: dict[str, Any], control: str, scope: str
) -> None:
    kept = host(stored).plan(kind, scope=scope, **options)
    assert (kept.changes, statuses(kept)) == ((), {control: "compliant"})
    assert "stricter than" in kept.controls[0].evidence[0]
    assert len(host(stored).plan(kind, scope=scope, stricter="replace", **options).changes) == 1


def test_a_policy_object_that_asks_more_is_no_override() -> None:
    owned = [(TERMINAL_SERVICES_POLICY, "MaxIdleTime")]
    strict = host({"MaxIdleTime": 5 * MINUTE}, TERMINAL_SERVICES_POLICY, owned=owned).plan(RdpListener, **IDLE)
    assert (strict.overrides, statuses(strict)) == ((), {"LI-10": "compliant"})
    lax = host({"MaxIdleTime": 20 * MINUTE}, TERMINAL_SERVICES_POLICY, owned=owned).plan(RdpListener, **IDLE)
    assert [one.file for one in lax.overrides] == [GPO]


@pytest.mark.parametrize(
    "stored", [{"MaxIdleTime": 0}, {"MaxIdleTime": 0, "fInheritMaxIdleTime": 0}, {"MaxIdleTime": 5, "fInheritMaxIdleTime": 1}]
)
def test_no_limit_is_never_stricter(stored: dict[str, int]) -> None:
    assert len(host(stored).plan(RdpListener, **IDLE).changes) >= 1


def test_a_limit_is_lifted_by_who_asks_for_none() -> None:
    found = host({"MaxIdleTime": 5 * MINUTE, "fInheritMaxIdleTime": 0}).plan(RdpListener, time_limits={"idle": 0})
    assert lines(found) == ["MaxIdleTime: 300000 ms (5 minutes) -> 0 ms (never)"]


def test_a_number_that_windows_does_not_know_is_not_stricter() -> None:
    assert lines(host({"MinEncryptionLevel": 9}).plan(RdpSecurityLayer, **LEVEL)) == ["MinEncryptionLevel: 9 -> 3 (high)"]


@pytest.mark.parametrize("scope", ["local", "policy"])
def test_what_a_control_forbids_is_not_called_compliant_with_it(scope: str) -> None:
    lax = {
        "network_level_authentication": False,
        "encryption_level": "client_compatible",
        "secure_rpc": False,
        "prompt_for_password": False,
    }
    found = host({"UserAuthentication": 1}).plan(RdpSecurityLayer, scope=scope, **lax)
    assert (len(found.changes), statuses(found)) == (4, {})
    assert [change.controls for change in found.changes] == [()] * 4
    sessions = {"redirections": {"drives": True}, "time_limits": {"idle": 30, "disconnected": 5}, "single_session": False}
    assert statuses(host({}).plan(RdpListener, scope=scope, **sessions)) == {}


def test_an_account_policy_that_a_control_forbids_is_not_called_compliant_with_it() -> None:
    lax = {"password_history": 1, "password_complexity": False, "reversible_encryption": True}
    found = standalone().plan(AccountPolicy, stricter="replace", **lax)
    assert (len(found.changes), statuses(found), found.changes[0].controls) == (1, {}, ())
    open_doors = {"lockout": {"threshold": 0}, "maximum_password_age": 0, "accept_unknown_password_age": True}
    assert statuses(standalone().plan(AccountPolicy, **open_doors)) == {}
