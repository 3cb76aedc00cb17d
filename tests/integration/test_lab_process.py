# SPDX-License-Identifier: GPL-3.0-or-later
"""`make lab` as people start it: two side by side, an inventory that works, and nothing left after Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration.ansible_process import program, settings
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
LAST_LINE = "Ctrl-C ends the lab."
BOXES = ("default2022", "gateway2019")


@dataclass(frozen=True)
class Started:
    """make, as the leader of a process group of its own, which is what a terminal sends Ctrl-C to."""

    make: subprocess.Popen[str]
    box: str
    lines: list[str]

    @property
    def inventory(self) -> str:
        return next(line for line in self.lines if line.startswith("inventory:")).split()[1]

    def members(self) -> dict[int, str]:
        """The processes of the group that have not ended: id -> command line."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state, _parent, group = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:3]
                if int(group) == self.make.pid and state != "Z":
                    found[int(folder.name)] = folder.joinpath("cmdline").read_text().replace("\0", " ")
            except OSError:
                pass  # it has ended meanwhile
        return found

    @property
    def lab(self) -> int:
        [process] = [process for process, line in self.members().items() if "-m lab serve" in line and process != self.make.pid]
        return process


@contextmanager
def make_lab(box: str, folder: Path) -> Iterator[Started]:
    command = ["make", "lab", f"BOX={box}", f"LAB_ARGS=--folder {folder}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as make:
        lines: list[str] = []
        assert make.stdout is not None
        for line in make.stdout:
            lines.append(line.rstrip())
            if line.rstrip() == LAST_LINE:
                break
        try:
            yield Started(make, box, lines)
        finally:
            if make.poll() is None:
                os.killpg(make.pid, signal.SIGKILL)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Started]]:
    with ExitStack() as stack:
        yield [stack.enter_context(make_lab(box, tmp_path / box)) for box in BOXES]


def ad_hoc(started: Started, home: Path) -> subprocess.CompletedProcess[str]:
    """`ansible -m` in check mode, by the inventory that the lab printed."""
    options = json.dumps({"allow_high_bit_characters": False})
    command = [program("ansible"), "-i", started.inventory, "windows", "--check"]
    command += ["-m", "hardening.windows.iis_request_filtering", "-a", options]
    return subprocess.run(command, env=settings(home / "results", home), capture_output=True, text=True, check=False)


def test_two_labs_side_by_side_end_with_nothing_left(two: list[Started], tmp_path: Path) -> None:
    answers = [ad_hoc(started, tmp_path) for started in two]
    assert [answer.returncode for answer in answers] == [0, 0], answers
    assert [answer.stdout.split()[0] for answer in answers] == list(BOXES)
    assert ["HW-IIS-RF-02" in answer.stdout for answer in answers] == [True, True]

    first, second = two
    os.kill(first.lab, signal.SIGINT)
    assert first.make.wait(timeout=30) == 0, "the lab itself ends with 0"
    assert (first.members(), len(second.members())) == ({}, 2)

    os.killpg(second.make.pid, signal.SIGINT)
    # Ctrl-C reaches make as well; it waits for the lab, and then says, as it does for any program, that it was interrupted
    assert second.make.wait(timeout=30) == -signal.SIGINT
    assert second.members() == {}
