# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that users install: what is in it, what is not, and that it works where it was installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from lab import running
from playbook_run import run_playbook

ROOT = Path(__file__).resolve().parents[2]
GALAXY = str(Path(sys.executable).with_name("ansible-galaxy"))

NEEDED = {
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "MANIFEST.json",
    "meta/runtime.yml",
    "meta/execution-environment.yml",
    "meta/ee-requirements.txt",
    "plugins/modules/windows_iis.ps1",
    "playbooks/site.yml",
    "playbooks/audit.yml",
    "extensions/patterns/iis_harden/meta/pattern.json",
    "roles/iis_harden/meta/argument_specs.yml",
}
# Folders and endings of what a checkout collects while one works in it.
UNWANTED_PARTS = {
    ".ansible",
    ".ci",
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    ".venv-next",
    "__pycache__",
    "build",
}
UNWANTED_ENDINGS = (".pyc", ".tar.gz", ".dll", ".exe", ".log")

PLAYBOOK = """
- hosts: windows
  gather_facts: false
  tasks:
    - hardening.windows.iis_request_filtering:
        verbs: {entries: [{verb: TRACE, allowed: false}]}
    - ansible.builtin.include_role:
        name: hardening.windows.iis_harden
"""


def galaxy(temporary: Path, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"), "ANSIBLE_HOME": str(temporary), "LC_ALL": "C.UTF-8"}
    subprocess.run([GALAXY, "collection", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    galaxy(folder, "build", "--output-path", str(folder))
    [built] = folder.glob("hardening-windows-*.tar.gz")
    return built


@pytest.fixture(scope="module")
def members(tarball: Path) -> list[str]:
    with tarfile.open(tarball) as archive:
        return [member.name for member in archive.getmembers() if not member.isdir()]


def test_what_users_need_is_in(members: list[str]) -> None:
    assert NEEDED - set(members) == set()


def test_every_plugin_and_role_file_is_in(members: list[str]) -> None:
    tree = {
        str(file.relative_to(ROOT))
        for folder in ("plugins", "roles", "playbooks", "extensions", "meta")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert tree - set(members) == set()


def test_nothing_of_the_checkout_is_in(members: list[str]) -> None:
    unwanted = [name for name in members if UNWANTED_PARTS & set(name.split("/")) or name.endswith(UNWANTED_ENDINGS)]
    assert unwanted == []


def test_it_holds_no_link(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        assert [member.name for member in archive.getmembers() if member.issym() or member.islnk()] == []


def test_it_works_where_it_was_installed(tarball: Path, tmp_path: Path) -> None:
    """Away from the checkout: nothing but the installed files may be needed."""
    installed = tmp_path / "collections"
    galaxy(tmp_path, "install", str(tarball), "--collections-path", str(installed), "--offline")
    playbook = tmp_path / "one.yml"
    playbook.write_text(PLAYBOOK, encoding="utf-8")
    with running(["default2022"], folder=tmp_path / "lab") as lab:
        run = run_playbook(playbook, lab.inventory, collections=installed)
        calls = lab.log.counters()["total"]["payload_calls"]
    assert run.exit_code == 0
    assert run.changes("default2022") > 1
    assert calls == 4
