# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: what hardening costs on the wire and on the controller, as a table and as build/bench.json.

Requests, bytes and round trips are counted by the lab, not by the measured code; every number is the median of RUNS runs.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering import IisRequestFiltering
from lab import boxes, running
from lab.box import Box
from lab.engine_python import PythonEngine
from playbook_run import ROOT, PlaybookRun, run_playbook

RUNS = 5
PROFILE = "competition"
BOX = "default2022"
SITES = 200
SITE_PLAYBOOK = ROOT / "playbooks/site.yml"
OUTPUT = ROOT / "build/bench.json"


@dataclass(frozen=True)
class Measurement:
    """bytes_sent: by the controller. controller_cpu_s: ansible-playbook with its workers, or the plan alone."""

    name: str
    hosts: int
    settings: int
    round_trips: float
    http_requests: float
    bytes_sent: float
    bytes_received: float
    controller_cpu_s: float
    wall_s: float


def profile_options() -> dict[str, Any]:
    """The profile's options at the server; the rule against SQL injection is for named sites only."""
    defaults = yaml.safe_load((ROOT / "roles/iis_harden/defaults/main.yml").read_text(encoding="utf-8"))
    options = dict(defaults["iis_harden_profiles"][PROFILE])
    options.pop("sql_injection_rule", None)
    return options


def single_settings(options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same options, one setting each."""
    for name, value in options.items():
        if name == "entries":
            yield from ({"entries": [entry]} for entry in value)
        elif isinstance(value, Mapping):
            yield from ({name: below} for below in single_settings(value))
        else:
            yield {name: value}


def tasks_playbook(folder: Path, settings: Sequence[Mapping[str, Any]]) -> Path:
    """A playbook with a task for each setting."""
    module = "hardening.windows.iis_request_filtering"
    tasks = [{"name": f"Setting {number}", module: dict(one)} for number, one in enumerate(settings, 1)]
    playbook = folder / "tasks.yml"
    play = {"name": "One task for each setting", "hosts": "windows", "gather_facts": False, "tasks": tasks}
    playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    return playbook


def checked(run: PlaybookRun, host: str, changes: bool) -> PlaybookRun:
    """A run that measures something else than its name says must not be counted."""
    if run.exit_code or run.failed(host) or bool(run.changes(host)) is not changes:
        raise SystemExit(f"the measured run ended with {run.exit_code} and {run.changes(host)} changes on {host}")
    return run


def measure_playbook(box: Box, playbook: Path, changes: bool, *arguments: str) -> dict[str, float]:
    """One run of a playbook on one box."""
    with running({BOX: box}) as lab:
        run = checked(run_playbook(playbook, lab.inventory, "-e", f"iis_harden_profile={PROFILE}", *arguments), BOX, changes)
        numbers = lab.log.counters()["total"]
    return {
        "round_trips": numbers["payload_calls"],
        "http_requests": numbers["requests"],
        "bytes_sent": numbers["received_total"],
        "bytes_received": numbers["sent_total"],
        "controller_cpu_s": run.cpu_s,
        "wall_s": run.wall_s,
    }


def measure_plan(folder: Path, options: Mapping[str, Any]) -> Callable[[], dict[str, float]]:
    """The plan for a server with SITES sites: its trips and bytes as the lab counts a check-mode run, its times alone, in this process."""
    resource = IisRequestFiltering(options)
    reads = resource.reads()
    request = {**read_request(reads), "_ansible_check_mode": True}
    box = boxes.build("hoster", folder, sites=SITES)
    raw = PythonEngine().answer(box, "windows_iis_read", request)

    def once() -> dict[str, float]:
        counted = measure_playbook(box, SITE_PLAYBOOK, True, "--check", "-e", "iis_harden_on_override=report")
        wall, cpu = time.perf_counter(), time.process_time()
        answer = parse_answer(raw, reads)
        resource.plan(answer.observations, answer.facts)
        return counted | {"controller_cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}

    return once


def median_of(name: str, settings: int, once: Callable[[int], dict[str, float]]) -> Measurement:
    runs = [once(number) for number in range(RUNS)]
    medians = {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0]}
    return Measurement(name, hosts=1, settings=settings, **medians)


def measure(folder: Path) -> list[Measurement]:
    options = profile_options()
    settings = list(single_settings(options))
    compliant = boxes.build(BOX, folder / "compliant")
    measure_playbook(compliant, SITE_PLAYBOOK, changes=True)
    tasks = tasks_playbook(folder, settings)
    plan = measure_plan(folder / "sites", options)

    def changing(number: int) -> dict[str, float]:
        return measure_playbook(boxes.build(BOX, folder / f"changing{number}"), SITE_PLAYBOOK, changes=True)

    return [
        median_of("role-compliant", len(settings), lambda _: measure_playbook(compliant, SITE_PLAYBOOK, changes=False)),
        median_of("role-changing", len(settings), changing),
        median_of("tasks-compliant", len(settings), lambda _: measure_playbook(compliant, tasks, changes=False)),
        median_of(f"plan-{SITES}-sites", len(settings), lambda _: plan()),
    ]


def table(measurements: Sequence[Measurement]) -> str:
    titles = ("name", "settings", "round trips", "requests", "sent kB", "received kB", "CPU s", "wall s")
    lines = [titles, *(row(one) for one in measurements)]
    return "\n".join("".join(f"{cell:<18}" if not column else f"{cell:>13}" for column, cell in enumerate(line)) for line in lines)


def row(one: Measurement) -> tuple[str, ...]:
    sizes = f"{one.bytes_sent / 1000:.1f}", f"{one.bytes_received / 1000:.1f}"
    times = f"{one.controller_cpu_s:.3f}", f"{one.wall_s:.3f}"
    return (one.name, str(one.settings), f"{one.round_trips:g}", f"{one.http_requests:g}", *sizes, *times)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measurements = measure(Path(folder))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps([asdict(one) for one in measurements], indent=1) + "\n", encoding="utf-8")
    print(table(measurements))
    print(f"\nmedian of {RUNS} runs, profile {PROFILE}, one host, gather_facts off; also in {OUTPUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
