# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own metadata: what Ansible, Galaxy and automation controller read must agree with the tree."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("iis_harden", "rdp_harden")


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def action_names() -> set[str]:
    return {file.stem for file in (ROOT / "plugins/action").glob("[a-z]*.py")}


def test_action_groups_name_every_action_and_no_other() -> None:
    groups = load("meta/runtime.yml")["action_groups"]
    assert set(groups["all"]) == action_names()
    assert set(groups["iis"]) == {name for name in action_names() if name.startswith("iis_")}
    assert set(groups["dns"]) == {name for name in action_names() if name.startswith("dns_")}
    assert set(groups["rdp"]) == action_names() - set(groups["iis"]) - set(groups["dns"]) - {"converge", "undo"}


def test_the_tests_run_on_the_oldest_core_that_is_promised() -> None:
    pinned = re.findall(r"^ansible-core==(\d+\.\d+)", (ROOT / "tests/requirements.txt").read_text(), re.MULTILINE)
    assert load("meta/runtime.yml")["requires_ansible"] == f">={min(pinned)}.0"


def test_requirements_of_users_are_lower_bounds_without_ansible() -> None:
    lines = [line for line in (ROOT / "meta/ee-requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert lines
    assert all(re.fullmatch(r"[\w.-]+>=[\d.]+", line) and "ansible" not in line for line in lines)
    assert load("meta/execution-environment.yml")["dependencies"]["python"] == "meta/ee-requirements.txt"


def test_the_readme_installs_the_file_that_is_built() -> None:
    galaxy = load("galaxy.yml")
    built = f"build/{galaxy['namespace']}-{galaxy['name']}-{galaxy['version']}.tar.gz"
    assert built in (ROOT / galaxy["readme"]).read_text(encoding="utf-8")


def pattern_template(role: str) -> dict[str, Any]:
    pattern = json.loads((ROOT / f"extensions/patterns/{role}/meta/pattern.json").read_text(encoding="utf-8"))
    assert pattern["name"] == role
    [template] = pattern["aap_resources"]["controller_job_templates"]
    return dict(template)


@pytest.mark.parametrize("role", ROLES)
def test_both_forms_of_the_job_template_ask_the_same(role: str) -> None:
    assert pattern_template(role)["survey"] == load(f"extensions/patterns/{role}/template_surveys/{role}.yml")


@pytest.mark.parametrize("role", ROLES)
def test_both_forms_of_the_job_template_run_the_same_playbook(role: str) -> None:
    [template] = load(f"extensions/patterns/{role}/setup.yml")["controller_templates"]
    assert (template["name"], Path(template["playbook"]).name) == (pattern_template(role)["name"], pattern_template(role)["playbook"])
    assert (ROOT / template["playbook"]).is_file()


@pytest.mark.parametrize("role", ROLES)
def test_the_survey_offers_the_profiles_of_the_role(role: str) -> None:
    [profile] = [question for question in pattern_template(role)["survey"]["spec"] if question["variable"] == f"{role}_profile"]
    defaults = load(f"roles/{role}/defaults/main.yml")
    assert profile["choices"] == list(defaults[f"{role}_profiles"])
    assert profile["default"] == defaults[f"{role}_profile"]


@pytest.mark.parametrize("role", ROLES)
def test_survey_variables_are_the_roles_or_the_playbooks(role: str) -> None:
    options = set(load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"])
    asked = {question["variable"] for question in pattern_template(role)["survey"]["spec"]}
    playbook = (ROOT / f"extensions/patterns/{role}/playbooks" / pattern_template(role)["playbook"]).read_text(encoding="utf-8")
    assert {variable for variable in asked if variable not in options and variable not in playbook} == set()


def test_every_change_has_a_fragment_that_antsibull_reads() -> None:
    config = load("changelogs/config.yaml")
    sections = {name for name, _title in config["sections"]} | {config["prelude_section_name"], config["trivial_section_name"]}
    fragments = list((ROOT / "changelogs/fragments").glob("*.yml"))
    assert fragments
    assert {key for file in fragments for key in yaml.safe_load(file.read_text(encoding="utf-8"))} <= sections
