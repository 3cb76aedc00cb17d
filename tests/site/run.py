# SPDX-License-Identifier: GPL-3.0-or-later
"""`make site`: hardens three simulated hosts twice and shows what each run did, and what a stranger sees before and after.

Exit code 1 where a host failed, where the second run changed anything, where the host that is compliant was changed, or where
Remote Desktop is not hardened as seen from outside.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import Lab, boxes, running
from lab.box import Box
from playbook_run import ROOT, PlaybookRun, run_playbook
from site_hosts import comply, free_ports, open_to_everybody, verdicts

COMPLIANT = "compliant2022"
MOVED = "default2022"
HOSTS = ("default2022", "hoster", COMPLIANT)
PLAYBOOK = ROOT / "playbooks/site.yml"
PROBE = ROOT / "playbooks/probe.yml"
HARDENED = "HW-RDP-PROBE-01"
COMPLIANT_SECTION = Path(__file__).with_name("compliant.xml")
HOSTER_VARIABLES = Path(__file__).with_name("hoster.yml")


@dataclass(frozen=True)
class Visit:
    """One run on one host. round_trips and requests are counted by the lab."""

    changes: int
    failed: bool
    round_trips: int
    requests: int


def build_hosts(folder: Path, ports: Mapping[str, int]) -> dict[str, Box]:
    section = COMPLIANT_SECTION.read_text(encoding="utf-8")
    options: dict[str, dict[str, Any]] = {COMPLIANT: {"request_filtering": section}}
    hosts = {name: boxes.build(name, folder / name, rdp_port=ports[name], **options.get(name, {})) for name in HOSTS}
    open_to_everybody(hosts[MOVED])
    comply(hosts[COMPLIANT])
    return hosts


def write_host_variables(lab: Lab, ports: Mapping[str, int]) -> None:
    """Beside the inventory, where Ansible looks for them: the port that each host is to have."""
    folder = lab.inventory.parent / "host_vars"
    folder.mkdir()
    for name, port in ports.items():
        own = HOSTER_VARIABLES.read_text(encoding="utf-8") if name == "hoster" else ""
        (folder / f"{name}.yml").write_text(f"{own}rdp_harden_listener: {{port: {port}}}\n", encoding="utf-8")


def look(lab: Lab, title: str, ports: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """What a stranger sees of each host on a port."""
    print(f"\n=== {title}: ansible-playbook {PROBE.relative_to(ROOT)}", flush=True)
    given = lab.inventory.parent / "ports.json"
    found = {}
    for name, port in ports.items():
        given.write_text(json.dumps({"rdp_harden_probe_port": port}), encoding="utf-8")
        run = run_playbook(PROBE, lab.inventory, "--limit", name, "-e", f"@{given}")
        found[name] = verdicts(run.results, name)
    return found


def visit(lab: Lab, title: str) -> tuple[PlaybookRun, dict[str, Visit]]:
    """One run of the playbook over all hosts."""
    print(f"\n=== {title}: ansible-playbook {PLAYBOOK.relative_to(ROOT)} --diff\n", flush=True)
    lab.log.reset()
    run = run_playbook(PLAYBOOK, lab.inventory, "--diff", show=True)
    numbers = lab.log.counters()["hosts"]
    return run, {name: host_visit(run, name, numbers.get(name, {})) for name in HOSTS}


def host_visit(run: PlaybookRun, name: str, numbers: Mapping[str, int]) -> Visit:
    return Visit(run.changes(name), run.failed(name), numbers.get("payload_calls", 0), numbers.get("requests", 0))


def problems(runs: Sequence[PlaybookRun], first: Mapping[str, Visit], second: Mapping[str, Visit]) -> list[str]:
    """Every reason to fail, as sentences."""
    found = [f"run {number} of ansible-playbook ended with {run.exit_code}" for number, run in enumerate(runs, 1) if run.exit_code]
    for name, visits in ((name, (first[name], second[name])) for name in HOSTS):
        found += [f"{name} failed in run {number}" for number, one in enumerate(visits, 1) if one.failed or not one.round_trips]
    found += [f"the second run changed {visit.changes} values on {name}" for name, visit in second.items() if visit.changes]
    if first[COMPLIANT].changes:
        found.append(f"{COMPLIANT} was compliant, but the first run changed {first[COMPLIANT].changes} values on it")
    return found


def table(first: Mapping[str, Visit], second: Mapping[str, Visit]) -> str:
    """One line per host; round trips and HTTP requests of the first and of the second run."""
    lines = [f"{'host':<16}{'changes 1st run':>16}{'2nd run':>9}{'round trips':>14}{'HTTP requests':>16}"]
    for name in HOSTS:
        one, two = first[name], second[name]
        trips, requests = f"{one.round_trips} + {two.round_trips}", f"{one.requests} + {two.requests}"
        lines.append(f"{name:<16}{one.changes:>16}{two.changes:>9}{trips:>14}{requests:>16}")
    return "\n".join(lines)


def seen_problems(after: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        f"Remote Desktop of {name} is not hardened as seen from outside" for name, seen in after.items() if seen.get(HARDENED) != "pass"
    ]


def seen_table(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> str:
    """One line per control of the probe; each host's verdict before and after."""
    lines = [f"{'seen from outside':<20}" + "".join(f"{name:>34}" for name in HOSTS)]
    for control in before[MOVED]:
        cells = (f"{before[name].get(control, '?')} -> {after[name].get(control, '?')}" for name in HOSTS)
        lines.append(f"{control:<20}" + "".join(f"{cell:>34}" for cell in cells))
    return "\n".join(lines)


def main() -> int:
    *present, new = free_ports(len(HOSTS) + 1)
    old = dict(zip(HOSTS, present, strict=True))
    wanted = {**old, MOVED: new}
    with tempfile.TemporaryDirectory(prefix="site-") as folder, running(build_hosts(Path(folder), old)) as lab:
        write_host_variables(lab, wanted)
        before = look(lab, "before", old)
        first_run, first = visit(lab, "first run")
        second_run, second = visit(lab, "second run")
        after = look(lab, "after", wanted)
    wrong = problems([first_run, second_run], first, second) + seen_problems(after)
    print("\n".join(["", table(first, second), "", seen_table(before, after), *(f"FAILED: {text}" for text in wrong)]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
