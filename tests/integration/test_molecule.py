# SPDX-License-Identifier: GPL-3.0-or-later
"""The molecule scenario: its playbooks are playbooks, and where molecule is installed, all of it runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from integration.ansible_process import program, settings
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
SCENARIO = ROOT / "extensions/molecule/default"
PLAYBOOKS = sorted(file.name for file in SCENARIO.glob("*.yml") if file.name != "molecule.yml")
STEPS = ("destroy", "syntax", "create", "converge", "idempotence", "verify", "destroy")


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_its_playbooks_are_valid(name: str, tmp_path: Path) -> None:
    command = [program("ansible-playbook"), "--syntax-check", "-i", "windows,", str(SCENARIO / name)]
    done = subprocess.run(command, env=settings(tmp_path / "results", tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_scenario_runs(tmp_path: Path) -> None:
    if not Path(program("molecule")).exists():
        pytest.skip("molecule is not installed beside ansible-playbook; make integration installs it (tests/requirements-dev.txt)")
    environment = settings(tmp_path / "results", tmp_path) | {
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([str(Path(program("molecule")).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [program("molecule"), "test"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    ended = [line for line in done.stdout.splitlines() if "] Executed: " in line]
    assert [line.rpartition(" > ")[2] for line in ended] == [f"{step}] Executed: Successful" for step in STEPS]
