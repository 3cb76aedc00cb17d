# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks return is what RETURN says: names, types, and the same ones whether something changed or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from integration.ansible_process import Played, play, tasks
from lab import running
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
HOST = "default2022"
RESOURCE = {"iis_request_filtering": {"allow_double_escaping": False, "verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}}
TASKS: dict[str, Mapping[str, Any]] = {
    "iis_request_filtering": {"hardening.windows.iis_request_filtering": {"allow_high_bit_characters": False, "restart": "later"}},
    "converge": {"hardening.windows.converge": {"resources": [RESOURCE]}},
    "undo": {"hardening.windows.undo": {"journal": "{{ done.journal[0] | win_basename | splitext | first }}"}},
}
# what Ansible itself adds to a task's result
OF_ANSIBLE = {"_ansible_no_log", "_ansible_verbose_always", "diff", "warnings", "deprecations", "ansible_facts", "failed", "invocation"}
TYPES = {"list": list, "dict": dict, "str": str, "bool": bool, "int": int}
CASES = [(module, again) for module in TASKS for again in ("", " again")]


def documented(module: str) -> dict[str, Any]:
    """RETURN of a module's documentation."""
    tree = ast.parse((ROOT / f"plugins/modules/{module}.py").read_text("utf-8"))
    [text] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "RETURN"
    ]
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Each module twice: the first time something changes, the second time nothing does."""
    entries = [
        {"name": module + again, "register": "done" if (module, again) == ("converge", "") else "ignored", **TASKS[module]}
        for module, again in CASES
    ]
    with running([HOST], folder=tmp_path_factory.mktemp("results")) as lab:
        yield play(lab, [tasks("windows", *entries)])


def test_the_run_succeeds(played: Played) -> None:
    assert played.exit_code == 0, played.output


@pytest.mark.parametrize(("module", "again"), CASES)
def test_the_first_run_changes_and_the_second_does_not(played: Played, module: str, again: str) -> None:
    assert played.of(HOST, module + again)["changed"] is (again == "")


@pytest.mark.parametrize(("module", "again"), CASES)
def test_it_returns_the_keys_that_are_documented(played: Played, module: str, again: str) -> None:
    returned = played.of(HOST, module + again).keys() - OF_ANSIBLE - {"changed"}
    assert returned == documented(module).keys()


@pytest.mark.parametrize(("module", "again"), CASES)
def test_they_have_the_types_that_are_documented(played: Played, module: str, again: str) -> None:
    result = played.of(HOST, module + again)
    wrong = {name: result[name] for name, entry in documented(module).items() if not has_type(result[name], entry)}
    assert wrong == {}


def has_type(value: Any, entry: Mapping[str, Any]) -> bool:
    """Exactly: a bool is no int."""
    elements = TYPES.get(entry.get("elements", ""), object)
    return type(value) is TYPES[entry["type"]] and (not isinstance(value, list) or all(isinstance(item, elements) for item in value))


@pytest.mark.parametrize("module", ["iis_request_filtering", "converge"])
@pytest.mark.parametrize("name", ["changes", "controls"])
def test_entries_have_the_keys_of_the_sample(played: Played, module: str, name: str) -> None:
    sample = documented(module)[name]["sample"][0]
    found = played.of(HOST, module)[name]
    assert [set(entry) for entry in found] == [set(sample)] * len(found) != []


def test_the_journal_of_the_sample_has_the_form_of_a_real_one(played: Played) -> None:
    real, sample = played.of(HOST, "converge")["journal"][0], documented("converge")["journal"]["sample"][0]
    assert [part.count("-") for part in real.split("\\")] == [part.count("-") for part in sample.split("\\")]
    assert len(real) == len(sample)
