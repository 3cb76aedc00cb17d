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
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.zone_security import DnsZoneSecurity
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering import IisRequestFiltering
from lab import boxes, running
from lab.box import Box
from lab.engine_python import PythonEngine
from playbook_run import ROOT, PlaybookRun, run_playbook

RUNS = 5
PROFILE = "competition"
BOX, NAME_SERVER = "default2022", "dns_files"
SITES, ZONES = 200, 500
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


def profile_of(role: str) -> dict[str, Any]:
    defaults = yaml.safe_load((ROOT / f"roles/{role}/defaults/main.yml").read_text(encoding="utf-8"))
    return dict(defaults[f"{role}_profiles"][PROFILE])


def profile_options() -> dict[str, Any]:
    """The profile's options at the server; the rule against SQL injection is for named sites only."""
    options = profile_of("iis_harden")
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
    return written(folder / "tasks.yml", {"name": "One task for each setting", "hosts": "windows", "gather_facts": False, "tasks": tasks})


def role_playbook(folder: Path, role: str) -> Path:
    """A playbook with this role alone, so that what is counted is what the line's name says."""
    return written(
        folder / f"{role}.yml", {"name": role, "hosts": "windows", "gather_facts": False, "roles": [f"hardening.windows.{role}"]}
    )


def written(playbook: Path, play: Mapping[str, Any]) -> Path:
    playbook.write_text(yaml.safe_dump([dict(play)], sort_keys=False), encoding="utf-8")
    return playbook


def checked(run: PlaybookRun, host: str, changes: bool) -> PlaybookRun:
    """A run that measures something else than its name says must not be counted."""
    if run.exit_code or run.failed(host) or bool(run.changes(host)) is not changes:
        raise SystemExit(f"the measured run ended with {run.exit_code} and {run.changes(host)} changes on {host}")
    return run


def measure_playbook(box: Box, playbook: Path, changes: bool, *arguments: str) -> dict[str, float]:
    """One run of a playbook on one box."""
    with running({BOX: box}) as lab:
        profile = {f"{role}_profile": PROFILE for role in ("iis_harden", "dns_harden")}
        run = checked(run_playbook(playbook, lab.inventory, "-e", json.dumps(profile), *arguments), BOX, changes)
        numbers = lab.log.counters()["total"]
    return {
        "round_trips": numbers["payload_calls"],
        "http_requests": numbers["requests"],
        "bytes_sent": numbers["received_total"],
        "bytes_received": numbers["sent_total"],
        "controller_cpu_s": run.cpu_s,
        "wall_s": run.wall_s,
    }


def measure_plan(resource: Resource, box: Box, playbook: Path, changes: bool, *arguments: str) -> Callable[[], dict[str, float]]:
    """A plan alone, in this process: its times. Trips and bytes are those of a run of the playbook in check mode, as the lab counts them."""
    reads = resource.reads()
    raw = PythonEngine().answer(box, f"{resource.entry}_read", {**read_request(reads), "_ansible_check_mode": True})

    def once() -> dict[str, float]:
        counted = measure_playbook(box, playbook, changes, "--check", *arguments)
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
    return [*measure_iis(folder), *measure_dns(folder)]


def measure_iis(folder: Path) -> Iterator[Measurement]:
    options = profile_options()
    settings = list(single_settings(options))
    role, tasks = role_playbook(folder, "iis_harden"), tasks_playbook(folder, settings)
    compliant = boxes.build(BOX, folder / "compliant")
    measure_playbook(compliant, role, changes=True)
    sites = boxes.build("hoster", folder / "sites", sites=SITES)
    plan = measure_plan(IisRequestFiltering(options), sites, role, True, "-e", "iis_harden_on_override=report")

    def changing(number: int) -> dict[str, float]:
        return measure_playbook(boxes.build(BOX, folder / f"changing{number}"), role, changes=True)

    yield median_of("role-compliant", len(settings), lambda _: measure_playbook(compliant, role, changes=False))
    yield median_of("role-changing", len(settings), changing)
    yield median_of("tasks-compliant", len(settings), lambda _: measure_playbook(compliant, tasks, changes=False))
    yield median_of(f"plan-{SITES}-sites", len(settings), lambda _: plan())


def measure_dns(folder: Path) -> Iterator[Measurement]:
    """A small server that changes, one with many zones that complies, and the plan of those alone."""
    settings = sum(len(list(single_settings(options))) for options in profile_of("dns_harden").values())
    role = role_playbook(folder, "dns_harden")
    compliant = boxes.build(NAME_SERVER, folder / "dns_compliant", zones=ZONES)
    measure_playbook(compliant, role, changes=True)
    zones = DnsZoneSecurity({"all_zones": {"transfers": {"mode": "name_servers"}, "dynamic_update": "secure"}})
    plan = measure_plan(zones, compliant, role, False)

    def changing(number: int) -> dict[str, float]:
        return measure_playbook(boxes.build(NAME_SERVER, folder / f"dns_changing{number}"), role, changes=True)

    yield median_of("dns-changing", settings, changing)
    yield median_of(f"dns-{ZONES}-zones", settings, lambda _: measure_playbook(compliant, role, changes=False))
    yield median_of(f"plan-{ZONES}-zones", settings, lambda _: plan())


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
