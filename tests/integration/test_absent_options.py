# SPDX-License-Identifier: GPL-3.0-or-later
"""An option that is null, `omit` or not given is left alone at any depth; values of surveys arrive as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from integration.ansible_process import NOTHING, Played, canonical, host_variables, play, tasks
from lab import Lab, running

pytestmark = pytest.mark.engine("python")
OMIT = "{{ omit }}"
GIVEN: dict[str, Any] = {"allow_double_escaping": True, "verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}


def with_absent(absent: Any) -> dict[str, Any]:
    """The same options with more of them, at every depth, that are `absent`."""
    rule = {"name": "Agents", "deny_strings": ["sqlmap"], "scan_url": absent, "scan_headers": absent}
    return {
        **GIVEN,
        "verbs": {**GIVEN["verbs"], "allow_unlisted": absent, "absent": absent},
        "target": absent,
        "sites": absent,
        "allow_high_bit_characters": absent,
        "request_limits": {"max_url": absent, "headers": absent},
        "file_extensions": absent,
        "filtering_rules": {"entries": [rule]},
        "sql_injection_rule": absent,
        "only": absent,
    }


NOT_GIVEN = {**GIVEN, "filtering_rules": {"entries": [{"name": "Agents", "deny_strings": ["sqlmap"]}]}}
SHAPES: dict[str, Mapping[str, Any]] = {"not given": NOT_GIVEN, "null": with_absent(None), "omit": with_absent(OMIT)}
CASES = [(form, shape) for form in ("alone", "together") for shape in SHAPES]

TYPED: dict[str, Any] = {
    "iis_harden_allow_double_escaping": False,
    "iis_harden_remove_server_header": True,
    "iis_harden_shared_configuration": False,
    "iis_harden_request_limits": {"max_url": 1024, "headers": {"entries": [{"header": "Cookie", "size_limit": 4096}]}},
    "iis_harden_verbs": {"allow_unlisted": False, "entries": [{"verb": "GET", "allowed": True}]},
    "iis_harden_sql_injection_rule": {"deny_unescaped_percent": False},
    "iis_harden_sql_injection_sites": ["Default Web Site"],
}


def as_text(value: Any) -> Any:
    """What a survey or `-e name=value` makes of it: text, also inside."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def entry(form: str, shape: str) -> dict[str, Any]:
    options = SHAPES[shape]
    if form == "alone":
        return {"name": f"{form} {shape}", "hardening.windows.iis_request_filtering": options}
    return {"name": f"{form} {shape}", "hardening.windows.converge": {"resources": [{"iis_request_filtering": options}], "only": None}}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Played]]:
    names = ["shapes=default2022", "typed=default2022", "text=default2022"]
    with running(names, folder=tmp_path_factory.mktemp("absent")) as lab:
        host_variables(lab, "typed", NOTHING | TYPED)
        host_variables(lab, "text", NOTHING | as_text(TYPED))
        role = {"hosts": "typed:text", "gather_facts": False, "roles": ["hardening.windows.iis_harden"]}
        yield lab, play(lab, [tasks("shapes", *(entry(*case) for case in CASES), check_mode=True), role])


@pytest.mark.parametrize(("form", "shape"), CASES)
def test_every_way_to_leave_an_option_out_plans_the_same(ran: tuple[Lab, Played], form: str, shape: str) -> None:
    changes = ran[1].of("shapes", f"{form} {shape}")["changes"]
    assert [change["target"].rpartition("/")[2] for change in changes] != []
    assert changes == ran[1].of("shapes", "alone not given")["changes"]


def test_what_is_given_is_planned(ran: tuple[Lab, Played]) -> None:
    targets = " ".join(change["target"] for change in ran[1].of("shapes", "together omit")["changes"])
    assert all(name in targets for name in ("allowDoubleEscaping", "TRACE", "Agents"))


def test_the_role_takes_booleans_and_numbers_as_text(ran: tuple[Lab, Played]) -> None:
    lab, played = ran
    assert played.exit_code == 0, played.output
    assert played.of("text")["changes"] == played.of("typed")["changes"] != []
    assert canonical(lab, "text") == canonical(lab, "typed")
