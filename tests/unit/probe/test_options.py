# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot be meant are refused with a sentence before anything is connected to; a failure says what failed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._probe import rdp_controls
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import Verdict
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import OptionsError
from ansible_collections.hardening.windows.plugins.module_utils._probe.options import Options
from unit.probe.samples import REFUSED_TCP

GIVEN: dict[str, Any] = {
    "host": "web01",
    "port": 3389,
    "timeout": 5.0,
    "server_name": None,
    "certificate_thumbprint": None,
    "require": None,
    "skip": None,
}


def read(**changed: Any) -> Options:
    return Options.read(GIVEN | changed)


def test_what_is_given_is_kept() -> None:
    options = read(port=3390, timeout=0.5, server_name="web01.corp.example", require=["all"], skip=["V-254369"])
    assert (options.target.host, options.target.port, options.target.timeout) == ("web01", 3390, 0.5)
    assert options.target.server_name == "web01.corp.example"
    assert (options.require, options.skip, options.thumbprint) == ({"all"}, {"V-254369"}, None)


WRONG = {
    "an unknown control": ({"require": ["HW-RDP-PROBE-99"]}, "No control of rdp_probe has the id HW-RDP-PROBE-99 (option require)"),
    "an unknown control to skip": ({"skip": ["all"]}, "(option skip)"),
    "a control twice": ({"require": ["V-254369"], "skip": ["HW-RDP-PROBE-04"]}, "HW-RDP-PROBE-04 stands in both require and skip"),
    "port 0": ({"port": 0}, "port has to be from 1 to 65535; it is 0"),
    "port 65536": ({"port": 65536}, "it is 65536"),
    "no time": ({"timeout": 0.0}, "timeout has to be above 0"),
    "not a time": ({"timeout": float("nan")}, "timeout has to be above 0"),
    "no host": ({"host": " "}, "host is empty"),
    "a server name that is none": ({"server_name": "a..b"}, "server_name has to be a DNS name"),
    "a server name with a zero byte": ({"server_name": "web01\0"}, "server_name has to be a DNS name"),
    "a thumbprint of 39 digits": ({"certificate_thumbprint": "0" * 39}, "40 hexadecimal digits"),
}


@pytest.mark.parametrize(("changed", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OptionsError) as refused:
        read(**changed)
    assert sentence in str(refused.value)


def test_a_complaint_names_the_control_and_the_evidence() -> None:
    failure = Verdict(rdp_controls.NLA_REQUIRED, "fail", ("request 0: selected RDP",))
    said = read().complaint(None, [failure])
    assert "web01 port 3389" in said
    assert "HW-RDP-PROBE-02 (Network Level Authentication is required): fail; request 0: selected RDP" in said


def test_a_complaint_about_silence_says_what_to_check() -> None:
    said = read(port=3390).complaint(REFUSED_TCP, [Verdict(rdp_controls.NLA_REQUIRED, "no_answer", ())])
    assert "web01 port 3390 cannot be judged: no answer: the TCP connection was refused" in said
    assert "firewall" in said
