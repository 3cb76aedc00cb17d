# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own playbooks, started as people and job templates start them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from behaviour.dns.places import ZONES, there
from integration.ansible_process import canonical, play, stored, task_name
from integration.dns_hosts import documents
from lab import Lab, running
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
PATTERNS = ROOT / "extensions/patterns"
HOST, NAME_SERVER = "default2022", "dns_files"
# role: the host, and its task
ROLES = {
    "iis_harden": (HOST, "Harden IIS"),
    "rdp_harden": (HOST, "Harden Remote Desktop"),
    "dns_harden": (NAME_SERVER, "Harden the DNS Server"),
}


def survey(role: str) -> list[Mapping[str, Any]]:
    """The questions of a pattern; the first one is for the profile."""
    found: list[Mapping[str, Any]] = yaml.safe_load((PATTERNS / role / f"template_surveys/{role}.yml").read_text("utf-8"))["spec"]
    return found


def test_the_audit_shows_what_the_run_would_do_and_writes_nothing(tmp_path: Path) -> None:
    """Each role on those hosts that have what it hardens."""
    with running([HOST, NAME_SERVER], folder=tmp_path) as lab:
        before = canonical(lab, HOST), documents(lab.boxes[NAME_SERVER])
        audit = play(lab, [{"import_playbook": "hardening.windows.audit"}])
        assert audit.exit_code == 0, audit.output
        assert (canonical(lab, HOST), documents(lab.boxes[NAME_SERVER])) == before
        site = play(lab, [{"import_playbook": "hardening.windows.site"}], "--diff")
        for host, task in (*ROLES.values(), (NAME_SERVER, "Harden Remote Desktop")):
            told, done = (one.of(host, task) for one in (audit, site))
            assert told["changes"] == done["changes"] != []
            assert told["diff"] == done["diff"]
        assert "+requestFiltering/verbs/TRACE: allowed=false" in audit.output
        assert "+transfers: to the zone's name servers" in audit.output
        tasks = {(entry["host"], task_name(entry)) for entry in site.results}
        assert tasks & {(HOST, "Harden the DNS Server"), (NAME_SERVER, "Harden IIS")} == set()


@pytest.mark.parametrize("profile", survey("iis_harden")[0]["choices"])
def test_every_answer_of_the_survey_is_one_the_role_takes(profile: str, tmp_path: Path) -> None:
    with running([HOST], folder=tmp_path) as lab:
        answered(lab, "iis_harden", profile)
        assert stored(lab, HOST, "@allowHighBitCharacters") == ["false"]


def test_every_answer_of_the_survey_for_dns_is_one_the_role_takes(tmp_path: Path) -> None:
    with running([NAME_SERVER], folder=tmp_path) as lab:
        for profile in survey("dns_harden")[0]["choices"]:
            answered(lab, "dns_harden", profile)
            assert there(lab.boxes[NAME_SERVER], f"registry {ZONES}\\lab.example: SecureSecondaries") == 1


def answered(lab: Lab, role: str, profile: str) -> None:
    """Where nothing is answered the survey's default is sent, as text."""
    questions = survey(role)
    answers = {question["variable"]: question["default"] for question in questions} | {questions[0]["variable"]: profile}
    [playbook] = (PATTERNS / role / "playbooks").glob("*.yml")
    played = play(lab, [{"import_playbook": str(playbook)}], "--extra-vars", json.dumps(answers))
    assert played.exit_code == 0, played.output
