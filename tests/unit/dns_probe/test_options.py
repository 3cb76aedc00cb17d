# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot be meant are refused with a sentence before anything is asked; a failure says what failed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.options import Options
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import Verdict
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import OptionsError
from unit.dns_probe.samples import REFUSED_PORT

GIVEN: dict[str, Any] = {
    "host": "dc01",
    "port": 53,
    "timeout": 5.0,
    "zones": None,
    "recursion_name": "example.com",
    "rate_limiting": False,
    "require": None,
    "skip": None,
}


def read(**changed: Any) -> Options:
    return Options.read(GIVEN | changed)


def test_what_is_given_is_kept() -> None:
    options = read(port=5353, timeout=0.5, zones=["corp.example"], rate_limiting=True, require=["all"], skip=["V-259403"])
    assert (options.host, options.port, options.timeout, options.rate_limiting) == ("dc01", 5353, 0.5, True)
    assert (options.zones, options.recursion_name) == (("corp.example",), "example.com")
    assert (options.require, options.skip) == ({"all"}, {"V-259403"})


def test_zones_are_written_as_they_go_over_the_wire_and_once() -> None:
    given = ["Corp.Example.", "corp.example", "_msdcs.corp.example", "0/25.2.0.192.in-addr.arpa", "münchen.example", "."]
    assert read(zones=given).zones == (
        "corp.example",
        "_msdcs.corp.example",
        "0/25.2.0.192.in-addr.arpa",
        "xn--mnchen-3ya.example",
        ".",
    )


def test_controls_are_those_that_are_not_skipped() -> None:
    assert dns_controls.UPDATE in read().controls
    assert set(dns_controls.CONTROLS) - set(read(skip=["HW-DNS-PROBE-04", "V-259354"]).controls) == {
        dns_controls.UPDATE,
        dns_controls.TRANSFER,
    }


WRONG = {
    "an unknown control": ({"require": ["HW-DNS-PROBE-99"]}, "No control of dns_probe has the id HW-DNS-PROBE-99 (option require)"),
    "an unknown control to skip": ({"skip": ["all"]}, "(option skip)"),
    "a control twice": ({"require": ["V-259403"], "skip": ["HW-DNS-PROBE-05"]}, "HW-DNS-PROBE-05 stands in both require and skip"),
    "port 0": ({"port": 0}, "port has to be from 1 to 65535; it is 0"),
    "port 65536": ({"port": 65536}, "it is 65536"),
    "no time": ({"timeout": 0.0}, "timeout has to be above 0"),
    "not a time": ({"timeout": float("nan")}, "timeout has to be above 0"),
    "no host": ({"host": " "}, "host is empty"),
    "an empty zone": ({"zones": [""]}, "zones has to hold DNS names; '' is none"),
    "an empty label": ({"zones": ["a..b"]}, "zones has to hold DNS names; 'a..b' is none"),
    "a long label": ({"zones": ["a" * 64]}, "zones has to hold DNS names"),
    "a long name": ({"zones": [".".join(["a" * 60] * 5)]}, "zones has to hold DNS names"),
    "a blank": ({"zones": ["corp example"]}, "zones has to hold DNS names"),
    "a backslash": ({"recursion_name": "www\\"}, "recursion_name has to hold DNS names"),
    "an own name": ({"zones": ["example.com"]}, "example.com is in example.com"),
    "a name below an own zone": ({"zones": ["corp.example"], "recursion_name": "www.Corp.example."}, "www.corp.example is in corp.example"),
}


@pytest.mark.parametrize(("changed", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OptionsError) as refused:
        read(**changed)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("zones", [["ample.com"], ["www.example.com"], ["."]])
def test_a_name_beside_the_zones_is_foreign(zones: list[str]) -> None:
    assert read(zones=zones).recursion_name == "example.com"


def test_a_complaint_names_the_control_and_the_evidence() -> None:
    failure = Verdict(dns_controls.VERSION, "fail", ("told: Microsoft DNS 10.0",))
    said = read().complaint(None, [failure])
    assert "The DNS server at dc01 port 53" in said
    assert "HW-DNS-PROBE-05 (The server does not tell its version): fail; told: Microsoft DNS 10.0" in said


def test_a_complaint_about_silence_says_what_to_check() -> None:
    silence = replace(REFUSED_PORT, further="no answer over UDP: nothing came within the timeout")
    said = read(port=5353).complaint(silence, [Verdict(dns_controls.VERSION, "no_answer", ())])
    assert "dc01 port 5353 cannot be judged: no answer over TCP: the port is closed; no answer over UDP: nothing came" in said
    assert "firewall" in said
