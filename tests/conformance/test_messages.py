# SPDX-License-Identifier: GPL-3.0-or-later
"""What the payload says where something is no longer what it was planned on: which thing, what is there, what was planned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.behaviour.dns_access import OWN, READER
from lab.behaviour.dns_host import CONTROLLER
from lab.behaviour.dns_host import host as dns_host
from lab.behaviour.dns_requests import acl, call, none, one, several
from lab.behaviour.rdp_host import host
from lab.behaviour.rdp_requests import set_policy
from lab.behaviour.requests import RF, Step, apply, registry_set, set_
from lab.behaviour.situation import Situation
from lab.engine import Engine

KEY = r"SOFTWARE\Lab\Values"
ONE = {"exists": True, "kind": "DWord", "value": 1}
LOCK = {"LockoutBadCount": 5, "LockoutDuration": 15, "ResetLockoutCount": 15}
RECURSION = "DnsServerRecursion"
OFF = {"Enable": False}

# what is named -> family, host, step, pieces of the message
CASES: dict[str, tuple[str, Situation, Step, tuple[str, ...]]] = {
    "a value that is gone": (
        "windows_iis",
        Situation(),
        registry_set(KEY, "On", "DWord", 2, ONE),
        ("'On'", f"'{KEY}'", '{"exists":false}', '"kind":"DWord","value":1}'),
    ),
    "an attribute of IIS": (
        "windows_iis",
        Situation(),
        set_("", "allowDoubleEscaping", False, "true", True),
        (f"'{RF}'", '"effective":false', '"stored":"true"'),
    ),
    "account policy that is not in the export": (
        "windows_rdp",
        host(),
        set_policy(LOCK, {"LockoutBadCount": 0, "LockoutDuration": 30, "ResetLockoutCount": None}, {"LockoutBadCount": 0}),
        ("'LockoutDuration' is absent", "planned was 30"),
    ),
    "a property of the DNS Server": (
        "windows_dns",
        dns_host(),
        call("Set-" + RECURSION, one(RECURSION, {"Enable": False}), **OFF),
        ("'Enable' is true", "planned was false"),
    ),
    "how many there are": (
        "windows_dns",
        dns_host(),
        call("Set-" + RECURSION, several(2, none(RECURSION, {"Enable": True})), **OFF),
        ("Get-DnsServerRecursion gives 1", '{"Enable":true}', "planned were 2"),
    ),
    "rules of the access list": (
        "windows_dns",
        dns_host(CONTROLLER),
        acl([READER], [], [*OWN[:2], READER]),
        (OWN[2]["sid"], READER["sid"]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_message_names_what_is_there_and_what_was_planned(engine_named: Callable[[str], Engine], tmp_path: Path, name: str) -> None:
    family, situation, step, pieces = CASES[name]

    [found] = engine_named("pwsh").answer(situation.build(tmp_path / "box"), family, apply(step))["steps"]

    assert found["error"]["kind"] == "changed_meanwhile"
    assert [piece for piece in pieces if piece not in found["error"]["message"]] == [], found["error"]["message"]
