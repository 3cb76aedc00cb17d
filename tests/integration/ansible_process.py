# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook as a process of its own against a lab, and keeps what it printed and what its tasks returned."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from lab import Lab
from playbook_run import COLLECTIONS, environment, read_results

SECTION = "system.webServer/security/requestFiltering"
APPLICATION_HOST = r"C:\Windows\System32\inetsrv\config\applicationHost.config"
JOURNALS = r"C:\Program Files\hardening.windows\journal"

# One role on every host: what most of these tests run.
ROLE = [{"hosts": "windows", "gather_facts": False, "roles": [{"role": "hardening.windows.iis_harden"}]}]
# A profile that asks for nothing, so that a test says itself what it wants.
NOTHING = {"iis_harden_profiles": {"nothing": {}}, "iis_harden_profile": "nothing"}


@dataclass(frozen=True)
class Played:
    """results: each {"host", "task", "state", "result"}, in order. output: stdout and stderr together."""

    exit_code: int
    output: str
    results: Sequence[Mapping[str, Any]]

    def of(self, host: str, task: str | None = None) -> Mapping[str, Any]:
        """The last result of a host, or of its task; where there is none, the test fails with what was printed."""
        found = [entry for entry in self.results if entry["host"] == host and task in (None, task_name(entry))]
        assert found, f"no result of {host}, task {task}:\n{self.output}"
        return found[-1]["result"]

    def state(self, host: str) -> str:
        return [entry["state"] for entry in self.results if entry["host"] == host][-1]


def task_name(entry: Mapping[str, Any]) -> str:
    """Without the role's name, which ansible-core 2.21 puts before it."""
    return str(entry["task"]).rpartition(" : ")[2]


def program(name: str) -> str:
    """One of Ansible's programs, of the environment that the tests run in."""
    return str(Path(sys.executable).with_name(name))


def settings(results: Path, home: Path) -> dict[str, str]:
    """Ansible's environment for one run: a home of its own and no colours."""
    return environment(results, home, COLLECTIONS) | {"HOME": str(home), "ANSIBLE_NOCOLOR": "1"}


@contextmanager
def started(lab: Lab, playbook: Sequence[Mapping[str, Any]], *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The process, and the file its results go to. The playbook is written as JSON, which is YAML."""
    with tempfile.TemporaryDirectory(prefix="playbook-") as folder:
        home, file = Path(folder), Path(folder) / "playbook.yml"
        file.write_text(json.dumps(playbook), encoding="utf-8")
        command = [program("ansible-playbook"), str(file), "-i", str(lab.inventory), *arguments]
        results = home / "results.jsonl"
        with subprocess.Popen(command, env=settings(results, home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            yield process, results


def play(lab: Lab, playbook: Sequence[Mapping[str, Any]], *arguments: str) -> Played:
    with started(lab, playbook, *arguments) as (process, results):
        output, _nothing = process.communicate()
        return Played(process.returncode, output, read_results(results))


def tasks(hosts: str, *entries: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    """One play without facts."""
    return {"hosts": hosts, "gather_facts": False, "tasks": list(entries), **keywords}


def host_variables(lab: Lab, host: str, variables: Mapping[str, Any]) -> None:
    """Beside the inventory, where Ansible looks for them."""
    folder = lab.inventory.parent / "host_vars"
    folder.mkdir(exist_ok=True)
    (folder / f"{host}.yml").write_text(json.dumps(variables), encoding="utf-8")


def configuration(lab: Lab, host: str, file: str = APPLICATION_HOST) -> etree._Element:
    """applicationHost.config of a host, read by nothing of the project."""
    root = etree.fromstring(lab.boxes[host].path(file).read_bytes(), etree.XMLParser(remove_comments=True))
    for element in root.iter():
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
    return root


def canonical(lab: Lab, host: str) -> str:
    """The same as text that two equal documents share, whatever their indentation and attribute order."""
    return etree.tostring(configuration(lab, host), method="c14n").decode("utf-8")


def meaning(document: str) -> str:
    """Without elements that neither say nor hold anything: they mean nothing to IIS, and an undo leaves them in the file."""
    root = etree.fromstring(document)
    parts = [f"//{SECTION}//*", "//location/" + SECTION, "//location/system.webServer/security", "//location/system.webServer"]
    for element in [element for part in parts for element in reversed(root.xpath(part))]:
        if not element.attrib and not len(element):
            element.getparent().remove(element)
    for location in root.xpath("location[not(*)]"):
        root.remove(location)
    return etree.tostring(root, method="c14n").decode("utf-8")


def stored(lab: Lab, host: str, path: str, location: str = "", file: str = APPLICATION_HOST) -> list[str]:
    """What an XPath below the section gives at a location of applicationHost.config (the root: "")."""
    root = configuration(lab, host, file)
    if location:
        found = root.xpath("location[@path=$path]", path=location)
        assert len(found) == 1, f"{host} has {len(found)} locations {location}"
        root = found[0]
    return [str(value) for value in root.xpath(f"{SECTION}/{path}")]


def journals(lab: Lab, host: str) -> list[list[dict[str, Any]]]:
    """Every journal on a host, oldest first, each as its lines."""
    folder = lab.boxes[host].path(JOURNALS)
    return [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in sorted(folder.glob("*.jsonl"))]
