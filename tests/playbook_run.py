# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a real ansible-playbook in a process of its own, with nothing of the user's configuration, and says what came of it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COLLECTIONS = ROOT / "build/collections"


@dataclass(frozen=True)
class PlaybookRun:
    """exit_code: ansible-playbook's. results: each {"host", "task", "state", "result"}. cpu_s: of the controller's processes."""

    exit_code: int
    results: Sequence[Mapping[str, Any]]
    cpu_s: float
    wall_s: float

    def changes(self, host: str) -> int:
        """How many values were changed on a host, as the tasks report them."""
        return sum(len(entry["result"].get("changes", ())) for entry in self.results if entry["host"] == host)

    def failed(self, host: str) -> bool:
        return any(entry["state"] != "ok" for entry in self.results if entry["host"] == host)


def environment(results: Path, temporary: Path, collections: Path) -> dict[str, str]:
    """Ansible's settings for one run; those of the user's shell that begin with ANSIBLE_ are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return kept | {
        "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
        "ANSIBLE_HOME": str(temporary),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/ansible_callbacks"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "RECORD_RESULTS": str(results),
        "LC_ALL": "C.UTF-8",
    }


def run_playbook(playbook: Path, inventory: Path, *arguments: str, show: bool = False, collections: Path = COLLECTIONS) -> PlaybookRun:
    """show: its output goes where this program's goes, as it comes; otherwise it is shown only when it fails."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), "-i", str(inventory), *arguments]
    with tempfile.TemporaryDirectory(prefix="playbook-") as folder:
        results = Path(folder) / "results.jsonl"
        before, started = children_cpu(), time.perf_counter()
        done = subprocess.run(command, env=environment(results, Path(folder), collections), check=False, **output(show))
        wall, cpu = time.perf_counter() - started, children_cpu() - before
        if done.returncode and not show:
            print(done.stdout, file=sys.stderr)
        return PlaybookRun(done.returncode, read_results(results), cpu, wall)


def output(show: bool) -> dict[str, Any]:
    return {} if show else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


def read_results(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def children_cpu() -> float:
    """Seconds of processor time of every process that was started from here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
