# SPDX-License-Identifier: GPL-3.0-or-later
"""What the payload makes of properties that the module DnsServer computes, which the stand-ins store.

Sources: Get-Member of Get-DnsServerZoneAging on Windows Server 2016 (ScavengeServers is a ScriptProperty, System.Net.IPAddress[]);
Get-DnsServerForwarder shows one forwarder without braces and two in braces, so that a list of one is the address itself.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from compatibility.check import run
from compatibility.conftest import ROOT


@pytest.fixture(scope="module")
def outcome(pwsh: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(pwsh, "dns_getters.ps1", str(ROOT / "plugins/module_utils")))
    return found


def test_a_list_of_one_address_is_a_list(outcome: dict[str, Any]) -> None:
    record = outcome["record"]

    assert (record["IPAddress"], record["SecondaryServers"], record["Timeout"]) == (["192.0.2.1"], ["192.0.2.1", "192.0.2.2"], 3)


def test_a_getter_need_not_be_strict(outcome: dict[str, Any]) -> None:
    """One that fails gives null without a word, as if the list were empty."""
    assert outcome["record"]["Forwarder"] == ["192.0.2.1"]


def test_a_getter_that_gives_nothing_gives_null(outcome: dict[str, Any]) -> None:
    assert outcome["record"]["ScavengeServers"] is None


def test_an_hresult_in_the_id_is_the_number(outcome: dict[str, Any]) -> None:
    assert (outcome["failure"]["kind"], outcome["failure"]["hresult"]) == ("dns_error", "0x80041003")
