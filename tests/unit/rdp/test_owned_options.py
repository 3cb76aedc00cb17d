# SPDX-License-Identifier: GPL-3.0-or-later
"""Security options that a policy object sets stand in no policy key; they are owned all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.account_policy import AccountPolicy
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.ownership import POLICY_KEYS
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer_table import FIPS
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER, TERMINAL_SERVICES_POLICY
from unit.rdp.people import LSA, SAM, People, standalone
from unit.rdp.samples import GPO, lines, number, statuses

# resource, options, key, name, the number that is wanted and the one that a policy object keeps
Case = tuple[type[Resource], dict[str, Any], str, str, int, int]
CASES: dict[str, Case] = {
    "fips": (RdpSecurityLayer, {"fips_policy": True, "fips_consent": True}, FIPS, "Enabled", 1, 0),
    "fips off": (RdpSecurityLayer, {"fips_policy": False}, FIPS, "Enabled", 0, 1),
    "restricted admin": (RdpSecurityLayer, {"restricted_admin": False}, LSA, "DisableRestrictedAdmin", 1, 0),
    "blank passwords": (RdpAccess, {"limit_blank_password_use": True}, LSA, "LimitBlankPasswordUse", 1, 0),
    "long passwords": (AccountPolicy, {"relax_minimum_password_length_limits": True}, SAM, "RelaxMinimumPasswordLengthLimits", 1, 0),
    "listener": (RdpSecurityLayer, {"network_level_authentication": True}, LISTENER, "UserAuthentication", 1, 0),
}
EACH = pytest.mark.parametrize("case", CASES)


def planned(host: People, case: str, **more: Any) -> Plan:
    kind, options, *_rest = CASES[case]
    return host.plan(kind, **options, **more)


def host_with(case: str, stored: int | None, owned: bool = True) -> People:
    _kind, _options, key, name, _wanted, _kept = CASES[case]
    host = standalone(owned=[(key.upper(), name.lower())] if owned else [])
    host.registry.setdefault(key, {})
    if stored is not None:
        host.registry[key][name] = number(stored)
    return host


@EACH
def test_what_a_policy_object_keeps_is_named_and_left_alone(case: str) -> None:
    _kind, _options, key, name, _wanted, kept = CASES[case]
    host = host_with(case, kept)
    found = planned(host, case)
    assert found.empty
    (override,) = found.overrides
    assert (override.path, override.file) == (f"HKLM\\{key}: {name}", GPO)
    assert GPO in found.failures[0]
    assert set(statuses(found).values()) <= {"overridden"}
    reported = planned(host, case, on_override="report")
    assert (reported.failures, len(reported.warnings)) == ((), 1)


@EACH
def test_what_it_keeps_as_wanted_complies(case: str) -> None:
    found = planned(host_with(case, CASES[case][4]), case)
    assert (found.empty, found.failures, found.overrides) == (True, (), ())
    assert "overridden" not in statuses(found).values()


@EACH
def test_what_no_policy_object_owns_is_changed(case: str) -> None:
    *_rest, wanted, kept = CASES[case]
    found = planned(host_with(case, kept, owned=False), case)
    assert len(found.changes) == 1
    assert found.changes[0].operation.parameters["value"] == wanted


@EACH
def test_a_host_without_records_changes_it_too(case: str) -> None:
    host = host_with(case, CASES[case][5])
    host.known = False
    assert len(planned(host, case).changes) == 1


def test_a_value_that_somebody_deleted_comes_back_by_policy() -> None:
    found = planned(host_with("fips", None), "fips")
    assert found.empty
    assert f"from {GPO}" in found.failures[0]
    assert "UserAuthentication" in planned(host_with("listener", None), "listener").overrides[0].path


def test_a_policy_value_wins_over_an_owned_local_one() -> None:
    host = host_with("listener", 0)
    found = planned(host, "listener", scope="policy")
    assert lines(found) == ["UserAuthentication: absent -> 1 (true)"]
    assert found.changes[0].place.endswith(TERMINAL_SERVICES_POLICY)
    host.apply(found)
    assert planned(host, "listener", scope="policy").empty


@EACH
def test_the_record_is_asked_for_its_key(case: str) -> None:
    key = CASES[case][2].lower()
    assert any((key + "\\").startswith(one.lower() + "\\") for one in POLICY_KEYS)
