# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written about rdp_probe, held against its spec, its controls and real results."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hardening.windows.plugins.module_utils._probe import credssp, rdp_controls
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import SEVERITY
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.options import ARGUMENT_SPEC, Options
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result
from unit.probe.samples import CLASSIC, CLOSED, F5, HYBRID, HYBRID_EX, NOW, RDP, SSL, security, seen
from unit.probe.test_certificate import made
from unit.probe.test_messages import CLOCK, NAMES, challenge
from unit.test_documentation import shape, undescribed, written

MODULE = "rdp_probe"
TOLD = credssp.read_answer(challenge(NAMES + CLOCK))
REAL = {
    "hardened": seen((CLOSED, F5, F5, HYBRID, HYBRID_EX), certificate=made(), credssp=TOLD),
    "open": seen((CLASSIC, RDP, SSL, SSL, SSL), classic={"none": security(2, 3)}, methods={2: security(2, 3), 1: security(2, 3)}),
    "silent": seen((CLOSED,) * 5),
}


def test_options_are_documented_field_by_field() -> None:
    options = written(MODULE, "DOCUMENTATION")["options"]
    assert shape(options, "suboptions") == shape(ARGUMENT_SPEC, "options")
    assert undescribed(options, "suboptions") == []
    assert written(MODULE, "DOCUMENTATION")["module"] == MODULE


@pytest.mark.parametrize("task", written(MODULE, "EXAMPLES"), ids=lambda task: task["name"])
def test_examples_fit_the_spec(task: dict[str, Any]) -> None:
    given = task[f"hardening.windows.{MODULE}"]
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(given)
    assert checked.error_messages == []
    assert Options.read(checked.validated_parameters).target.port in (3389, 3390)
    assert task["delegate_to"]


def test_controls_that_the_documentation_names_exist() -> None:
    text = "".join(str(written(MODULE, part)) for part in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
    named = set(re.findall(r"\b(?:HW-RDP-PROBE-\d+|V-\d+|CIS-WS2022-[\d.]+\d)", text))
    assert named
    assert named <= {one for control in rdp_controls.CONTROLS for one in control.ids}


def keys(value: Any) -> Any:
    """A result's shape: the keys of its dictionaries, and those of the first entry of a list."""
    if isinstance(value, dict):
        return {name: keys(one) for name, one in value.items()}
    return [keys(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else type(value)


def comparable(sample: Any, real: Any) -> bool:
    """Whether a sample has a real result's keys, and its types where both have a value."""
    if isinstance(sample, dict):
        return isinstance(real, dict) and set(sample) == set(real) and all(comparable(sample[name], real[name]) for name in sample)
    if isinstance(sample, list) and isinstance(real, list):
        return not sample or not real or comparable(sample[0], real[0])
    return sample is None or real is None or type(sample) is type(real)


@pytest.mark.parametrize("observed", REAL.values(), ids=REAL)
def test_the_documented_result_is_the_real_one(observed: Any) -> None:
    case = Case(observed, NOW, "0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C")
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
    found = result(Case(REAL["open"], NOW), ())
    assert found["encryption"] == {"state": "observed", "method": "128-bit", "level": "high", "methods": ["128-bit"]}
    assert (found["protocols"]["nla"], found["protocols"]["classic"]) == ("fail", "alive")
    assert found["certificate"] is None
    assert found["credssp"]["state"] == "not_observable"


def test_what_a_result_says_about_a_hardened_server() -> None:
    found = result(Case(REAL["hardened"], NOW), ())
    assert found["protocols"]["restricted_admin_capable"] is True
    assert found["encryption"]["state"] == "not_observable"
    assert (found["tls"]["request"], found["tls"]["version"], found["tls"]["rsa_key_exchange"]) == ("3", "1.3", "refused")
    assert found["credssp"] == {
        "state": "challenge",
        "target": "CORP",
        "netbios_computer": "WEB01",
        "netbios_domain": "CORP",
        "dns_computer": "web01.corp.example",
        "dns_domain": None,
        "dns_forest": None,
        "os_version": "10.0.20348",
        "clock": "2022-06-18T04:26:40Z",
        "text": "NTLM challenge from CORP, version 10.0.20348",
    }


def test_what_a_result_says_about_silence() -> None:
    found = result(Case(REAL["silent"], NOW), ())
    assert {part: found[part]["state"] for part in ("encryption", "tls", "credssp")} == dict.fromkeys(
        ("encryption", "tls", "credssp"), "no_answer"
    )
    assert found["protocols"]["restricted_admin_capable"] is None
