# SPDX-License-Identifier: GPL-3.0-or-later
"""`make site`: hardens four simulated hosts twice and shows what each run did, and what a stranger sees before and after.

Exit code 1 where a host failed, where the second run changed anything, where the host that is compliant was changed, or where
Remote Desktop or the DNS Server is not hardened as seen from outside.
"""

from __future__ import annotations

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
NAME_SERVER = "dns_files"
HOSTS = ("default2022", "hoster", COMPLIANT, NAME_SERVER)
PLAYBOOK = ROOT / "playbooks/site.yml"
PROBE = ROOT / "playbooks/probe.yml"
REMOTE_DESKTOP, DNS = "HW-RDP-PROBE-", "HW-DNS-PROBE-"
# What has to be right in the end, with who says what else is. Recursion is not: no profile switches it off.
HARDENED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "HW-RDP-PROBE-01": ("Remote Desktop", HOSTS),
    "HW-DNS-PROBE-01": ("The DNS Server (transfers)", (NAME_SERVER,)),
    "HW-DNS-PROBE-04": ("The DNS Server (updates)", (NAME_SERVER,)),
}
COMPLIANT_SECTION = Path(__file__).with_name("compliant.xml")
# What the administrators of a host say of it.
OWN = {name: Path(__file__).with_name(f"{name}.yml") for name in ("hoster", NAME_SERVER)}


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


def write_host_variables(lab: Lab, ports: Mapping[str, int], seen: Mapping[str, int]) -> None:
    """Beside the inventory, where Ansible looks for them: the port that each host is to have, and where a stranger looks."""
    folder = lab.inventory.parent / "host_vars"
    folder.mkdir(exist_ok=True)
    for name, port in ports.items():
        own = OWN[name].read_text(encoding="utf-8") if name in OWN else ""
        told = f"rdp_harden_listener: {{port: {port}}}\nrdp_harden_probe_port: {seen[name]}\n"
        (folder / f"{name}.yml").write_text(own + told, encoding="utf-8")


def look(lab: Lab, title: str) -> dict[str, dict[str, str]]:
    """What a stranger sees of each host."""
    print(f"\n=== {title}: ansible-playbook {PROBE.relative_to(ROOT)}", flush=True)
    run = run_playbook(PROBE, lab.inventory)
    return {name: verdicts(run.results, name) for name in HOSTS}


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
        f"{what} of {name} is not hardened as seen from outside"
        for control, (what, hosts) in HARDENED.items()
        for name in hosts
        if after[name].get(control) != "pass"
    ]


def seen_table(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]], family: str, hosts: Sequence[str]) -> str:
    """One line per control of a probe; each host's verdict before and after."""
    lines = [f"{'seen from outside':<20}" + "".join(f"{name:>34}" for name in hosts)]
    for control in (control for control in before[hosts[0]] if control.startswith(family)):
        cells = (f"{before[name].get(control, '?')} -> {after[name].get(control, '?')}" for name in hosts)
        lines.append(f"{control:<20}" + "".join(f"{cell:>34}" for cell in cells))
    return "\n".join(lines)


def main() -> int:
    *present, new = free_ports(len(HOSTS) + 1)
    old = dict(zip(HOSTS, present, strict=True))
    wanted = {**old, MOVED: new}
    with tempfile.TemporaryDirectory(prefix="site-") as folder, running(build_hosts(Path(folder), old)) as lab:
        write_host_variables(lab, wanted, seen=old)
        before = look(lab, "before")
        first_run, first = visit(lab, "first run")
        second_run, second = visit(lab, "second run")
        write_host_variables(lab, wanted, seen=wanted)
        after = look(lab, "after")
    wrong = problems([first_run, second_run], first, second) + seen_problems(after)
    tables = [table(first, second), seen_table(before, after, REMOTE_DESKTOP, HOSTS), seen_table(before, after, DNS, [NAME_SERVER])]
    print("\n\n".join(["", *tables, *(f"FAILED: {text}" for text in wrong)]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
