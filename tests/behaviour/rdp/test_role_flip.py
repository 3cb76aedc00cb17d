# SPDX-License-Identifier: GPL-3.0-or-later
"""On a server that has the expected state one thing at a time is turned: check mode names exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_settled, state, stored_place
from behaviour.rdp.places import GROUP, POWER, RIGHT, Row, put, rows
from behaviour.rdp.role import expected, hardening
from behaviour.role_options import PROFILES

# a wrong value for what is neither yes or no nor an account
WRONG: dict[str, Any] = {
    "SecurityLayer": 1,
    "MinEncryptionLevel": 2,
    "MaxIdleTime": 3_600_000,
    "MaxDisconnectionTime": 0,
    "DisableRestrictedAdmin": 0,
    "Functions": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_RSA_WITH_AES_256_GCM_SHA384",
    "PasswordHistorySize": 5,
    "MaximumPasswordAge": -1,
    "MinimumPasswordLength": 8,
    "LockoutBadCount": 50,
    "LockoutDuration": 5,
    "ResetLockoutCount": 5,
}
# Enabled 0 is off, whatever the caller asks for: https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings
STILL_RIGHT = ("DisabledByDefault",)
CASES = [pytest.param(profile, row, id=f"{profile}-{row}") for profile in PROFILES for row in rows(expected(profile))]
SAMPLES = ("TLS 1.0", "SeRemoteInteractiveLogonRight", "account policy", "f15576e8")


def turned(row: Row) -> Row:
    if row.part.startswith((RIGHT, GROUP)):
        return replace(row, value=None if row.value else "held")
    if row.part == POWER:
        return replace(row, value=1800)
    return replace(row, value=WRONG[row.name] if row.name in WRONG else 1 - row.value)


def compliant(host: Host, profile: str) -> Host:
    for row in rows(expected(profile)):
        put(host.box, row)
    return host


@python_is_enough(lambda parameters: parameters["profile"] not in ("baseline", "cis"))
@pytest.mark.parametrize("profile", PROFILES)
def test_the_expected_state_needs_nothing(host: Host, profile: str) -> None:
    assert_settled(compliant(host, profile), hardening(profile))


def unsampled(parameters: Mapping[str, Any]) -> bool:
    part, name = parameters["row"].part, parameters["row"].name
    sampled = parameters["profile"] in ("baseline", "cis") and any(sample in part for sample in SAMPLES)
    return not sampled or name not in ("Enabled", "S-1-5-32-544", "MinimumPasswordLength", "LockoutBadCount", "ACSettingIndex")


@python_is_enough(unsampled)
@pytest.mark.parametrize(("profile", "row"), CASES)
def test_turning_one_thing_is_that_one_change(host: Host, profile: str, row: Row) -> None:
    wrong = turned(row)
    put(compliant(host, profile).box, wrong)
    assert state(host.box).get(row.place) == wrong.said != row.said

    result = host.converge(hardening(profile), check=True)

    assert "failed" not in result, result["msg"]
    found = [stored_place(change["target"]) for change in result["changes"]]
    assert found == ([] if row.name in STILL_RIGHT else [row.place])
    changed = {control["id"] for control in result["controls"] if control["status"] == "changed"}
    assert changed == {control for change in result["changes"] for control in change["controls"]}
