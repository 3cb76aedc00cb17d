# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written about dns_probe, held against its spec, its controls and real results."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import SEVERITY, Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.options import ARGUMENT_SPEC, Options
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.report import result, unserved
from unit.dns_probe.samples import (
    A_RECORD,
    FULL,
    GARBAGE,
    HARD,
    NAME,
    NOERROR,
    NOTAUTH,
    REFUSED,
    SERVFAIL,
    SILENT,
    SOA,
    reply,
    seen,
    txt,
    zone,
)
from unit.probe.test_rdp_probe_documentation import comparable, keys
from unit.test_documentation import shape, undescribed, written

MODULE = "dns_probe"
OPEN = seen(
    zones=zone(transfer=FULL, update=NOERROR, deletion=NOERROR, soa_after=SOA),
    recursion=reply(flags="ra", answer=[A_RECORD]),
    versions={"version.bind": txt("Microsoft DNS 10.0"), "version.server": txt("Microsoft DNS 10.0")},
)
REAL = {"hardened": HARD, "open": OPEN, "silent": SILENT, "without zones": seen(zones=(), burst=None), "garbage": seen(recursion=GARBAGE)}


def test_options_are_documented_field_by_field() -> None:
    options = written(MODULE, "DOCUMENTATION")["options"]
    assert shape(options, "suboptions") == shape(ARGUMENT_SPEC, "options")
    assert undescribed(options, "suboptions") == []
    assert written(MODULE, "DOCUMENTATION")["module"] == MODULE


@pytest.mark.parametrize("task", written(MODULE, "EXAMPLES"), ids=lambda task: task["name"])
def test_examples_fit_the_spec(task: dict[str, Any]) -> None:
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(task[f"hardening.windows.{MODULE}"])
    assert checked.error_messages == []
    assert Options.read(checked.validated_parameters).port == 53
    assert task["delegate_to"]


def test_controls_that_the_documentation_names_exist() -> None:
    text = "".join(str(written(MODULE, part)) for part in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
    named = set(re.findall(r"\b(?:HW-DNS-PROBE-\d+|V-\d+|WDNS-22-\d+)", text))
    assert named
    assert named <= {one for control in dns_controls.CONTROLS for one in control.ids}


@pytest.mark.parametrize("observed", REAL.values(), ids=REAL)
def test_the_documented_result_is_the_real_one(observed: Any) -> None:
    case = Case(observed, NAME)
    real = result(case, judge(case))
    documented = written(MODULE, "RETURN")
    assert set(real) == set(documented)
    for name, one in documented.items():
        assert one["description"]
        assert real[name] is None or isinstance(real[name], {"list": list, "dict": dict}[one["type"]])
        assert real[name] is None or comparable(one["sample"], real[name]), keys(real[name])


def test_every_verdict_is_explained() -> None:
    text = " ".join(written(MODULE, "RETURN")["verdicts"]["description"])
    assert {f"V({one})" for one in SEVERITY} <= set(re.findall(r"V\(\w+\)", text))


def test_what_a_result_says_about_an_open_server() -> None:
    found = result(Case(OPEN, NAME), ())
    assert found["version"]["told"] == ["Microsoft DNS 10.0"]
    assert (found["zones"][0]["transfer"]["verdict"], found["zones"][0]["update"]["verdict"]) == ("fail", "fail")
    assert (found["zones"][0]["serial"], found["zones"][0]["serial_after"]) == (42, 42)
    assert found["recursion"]["offered"] is True


def test_no_record_of_a_zone_is_shown() -> None:
    case = Case(OPEN, NAME)
    assert "example.com." not in str(result(case, judge(case)))


def test_what_a_result_says_about_a_hardened_server() -> None:
    found = result(Case(HARD, NAME), ())
    assert found["transports"]["udp_payload"] == 1232
    assert found["recursion"]["offered"] is False
    assert found["rate_limiting"] == {
        "name": "corp.example",
        "sent": 60,
        "whole": 5,
        "truncated": 28,
        "other": 0,
        "missing": 27,
        "tcp_answered": 60,
    }


def test_what_a_result_says_about_silence() -> None:
    found = result(Case(SILENT, NAME), ())
    assert (found["transports"]["tcp"]["kind"], found["recursion"]["offered"]) == ("no_answer", None)
    assert found["recursion"]["root"] == {"kind": "not_tested", "text": "not asked"}
    assert found["rate_limiting"] is None


def test_zones_that_are_not_served_are_named() -> None:
    assert unserved(Case(seen(zones=(*zone(), *zone(name="missing.example", soa=NOTAUTH))), NAME)) == ["missing.example"]


@pytest.mark.parametrize("soa", [REFUSED, SERVFAIL, reply(flags="tc")], ids=["refused", "loading", "truncated"])
def test_a_zone_of_which_nothing_is_told_is_not_named_as_missing(soa: Any) -> None:
    case = Case(seen(zones=zone(soa=soa)), NAME)
    assert unserved(case) == []
    assert result(case, ())["zones"][0]["served"] is None
