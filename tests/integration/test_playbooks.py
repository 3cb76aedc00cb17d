# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own playbooks, started as people and job templates start them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.ansible_process import canonical, play, stored
from lab import running
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
PATTERN = ROOT / "extensions/patterns/iis_harden"
SURVEY: list[Mapping[str, Any]] = yaml.safe_load((PATTERN / "template_surveys/iis_harden.yml").read_text("utf-8"))["spec"]
HOST = "default2022"


def test_the_audit_shows_what_the_run_would_do_and_writes_nothing(tmp_path: Path) -> None:
    with running([HOST], folder=tmp_path) as lab:
        before = canonical(lab, HOST)
        audit = play(lab, [{"import_playbook": "hardening.windows.audit"}])
        assert (audit.exit_code, canonical(lab, HOST)) == (0, before), audit.output
        site = play(lab, [{"import_playbook": "hardening.windows.site"}], "--diff")
        for task in ("Harden IIS", "Harden Remote Desktop"):
            told, done = (one.of(HOST, task) for one in (audit, site))
            assert told["changes"] == done["changes"] != []
            assert told["diff"] == done["diff"]
        assert "+requestFiltering/verbs/TRACE: allowed=false" in audit.output


@pytest.mark.parametrize("profile", SURVEY[0]["choices"])
def test_every_answer_of_the_survey_is_one_the_role_takes(profile: str, tmp_path: Path) -> None:
    """Where nothing is answered the survey's default is sent, as text."""
    answers = {question["variable"]: question["default"] for question in SURVEY} | {SURVEY[0]["variable"]: profile}
    with running([HOST], folder=tmp_path) as lab:
        [playbook] = (PATTERN / "playbooks").glob("*.yml")
        played = play(lab, [{"import_playbook": str(playbook)}], "--extra-vars", json.dumps(answers))
        assert played.exit_code == 0, played.output
        assert stored(lab, HOST, "@allowHighBitCharacters") == ["false"]
