# SPDX-License-Identifier: GPL-3.0-or-later
"""What the payload makes of cmdlets of the DNS Server that behave as no host of the lab does: it waits, and knows errors by number.

Sources: docs/protocol.md, "Provider dns"; WIN32 numbers in FullyQualifiedErrorId, as Windows PowerShell shows them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from compatibility.check import run
from compatibility.conftest import ROOT

KINDS = {"5": "access_denied", "9601": "zone_unknown", "9603": "zone_unfit", "9611": "zone_unfit", "9717": "dns_error"}
# number or HRESULT of an exception that has no such id -> kind and HRESULT
THROWN = {
    "9003": ("dns_error", "0x8007232b"),
    "1460": ("dns_error", "0x800705b4"),
    str(0x80072030): ("dns_error", "0x80072030"),
    str(0x80041010): ("dns_error", "0x80041010"),
    str(0x80070005): ("access_denied", "0x80070005"),
    # five, but of something else than Windows
    str(0x80040005): ("dns_error", "0x80040005"),
}


@pytest.fixture(scope="module")
def outcome(pwsh: str) -> dict[str, Any]:
    return json.loads(run(pwsh, "dns_calls.ps1", str(ROOT / "plugins/module_utils")))


def test_a_service_that_runs_and_does_not_answer_yet_is_asked_again(outcome: dict[str, Any]) -> None:
    """What a call gave before it failed is not given twice."""
    assert outcome["starting"] == {"value": [{"MaxTtl": 1}], "calls": 3}


@pytest.mark.parametrize("service", ["stopped", "absent"])
def test_a_service_that_does_not_run_is_not_waited_for(outcome: dict[str, Any], service: str) -> None:
    assert (outcome[service]["error"]["kind"], outcome[service]["calls"]) == ("service_stopped", 1)


def test_a_service_that_never_answers_is_an_error(outcome: dict[str, Any]) -> None:
    error = outcome["never"]["error"]

    assert (error["kind"], error["hresult"]) == ("dns_error", "0x800706ba")


@pytest.mark.parametrize("number", KINDS)
def test_an_error_is_known_by_its_number(outcome: dict[str, Any], number: str) -> None:
    error = outcome["numbers"][number]["error"]

    assert (error["kind"], error["hresult"]) == (KINDS[number], f"0x{0x80070000 | int(number):08x}")


@pytest.mark.parametrize("number", THROWN)
def test_an_exception_is_known_by_its_number(outcome: dict[str, Any], number: str) -> None:
    error = outcome["thrown"][number]["error"]

    assert (error["kind"], error["hresult"]) == THROWN[number]


def test_a_cmdlet_that_is_not_there(outcome: dict[str, Any]) -> None:
    assert outcome["missing"]["error"]["kind"] == "command_missing"


def test_seconds_become_a_span_of_time_where_the_cmdlet_takes_one(outcome: dict[str, Any]) -> None:
    common = {"ErrorAction": "Stop", "WarningAction": "SilentlyContinue", "Confirm": "False"}

    assert outcome["cache"] == {**common, "MaxTtl": "00:01:30", "LockingPercent": "100"}


def test_force_is_given_to_a_cmdlet_that_has_it(outcome: dict[str, Any]) -> None:
    assert outcome["hint"]["Force"] == "True"
    assert outcome["hint"]["IPAddress"] == "192.0.2.1 2001:db8::1"


def test_values_are_those_of_the_protocol(outcome: dict[str, Any]) -> None:
    assert outcome["record"]["value"] == [
        {
            "Name": "a.",
            "Records.RecordData.IPv4Address": ["192.0.2.1"],
            "Records.RecordData.IPv6Address": ["2001:db8::1"],
            "Nothing": None,
            "Nothing.Deep": None,
            "Inner.A": 1,
            "Day": "Monday",
            "Span": 86430,
            "Time": "2026-11-24T21:15:02Z",
            "Number": 2**32 - 1,
            "List": ["x"],
        }
    ]


def test_each_question_is_asked_until_it_is_answered(outcome: dict[str, Any]) -> None:
    records = [{"name": "www.example", "type": "A", "data": "192.0.2.1"}, {"name": "www.example", "type": "MX", "data": ""}]

    assert outcome["replies"] == {"value": [{"records": records}, {"records": records}], "calls": 3}


def test_a_question_without_an_answer_does_not_hide_the_next(outcome: dict[str, Any]) -> None:
    assert [one["error"]["hresult"] for one in outcome["no_replies"]["value"]] == ["0x8007232a", "0x8007232a"]
    assert outcome["no_replies"]["calls"] == 2


def test_a_server_that_never_answers_is_not_asked_everything(outcome: dict[str, Any]) -> None:
    """Each question would take the resolver's own time."""
    assert outcome["silence"]["calls"] == 1
    assert [one["error"]["hresult"] for one in outcome["silence"]["value"]] == ["0x800705b4"] * 4


def test_a_server_that_answers_late_is_asked_everything(outcome: dict[str, Any]) -> None:
    assert outcome["late"]["calls"] == 6
    assert all("records" in one for one in outcome["late"]["value"])
