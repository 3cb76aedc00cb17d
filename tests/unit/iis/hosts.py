# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for planning: a box of the lab, answered by its Python engine in this process, and runs against it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.payload import parse_answer, read_request
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Run, RunSettings
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.request_filtering_table import SECTION
from ansible_collections.hardening.windows.plugins.plugin_utils._iis.section import Section, section_read
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from lab import boxes
from lab.box import Box
from lab.boxes.configuration import PLAIN, Site, render
from lab.boxes.windows import RELEASES, encryption_providers
from lab.engine_python import PythonEngine

CONFIGURATION = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"
SITE = "Default Web Site"
NUMBERS = itertools.count()
KNOWN: dict[str, type[Resource]] = {**RESOURCES, "undo": Undo}


def location(path: str, xml: str) -> str:
    """A location tag of applicationHost.config around the content of requestFiltering."""
    content = f"<requestFiltering>{xml}</requestFiltering>" if not xml.startswith("<requestFiltering") else xml
    return f'<location path="{path}"><system.webServer><security>{content}</security></system.webServer></location>'


def web_config(xml: str, path: str | None = None) -> bytes:
    """A web.config with the content of requestFiltering, under a location of its own where a path is given."""
    content = xml if xml.startswith("<requestFiltering") else f"<requestFiltering>{xml}</requestFiltering>"
    inner = f"<system.webServer><security>{content}</security></system.webServer>"
    body = inner if path is None else f'<location path="{path}">{inner}</location>'
    return f'<?xml version="1.0"?><configuration>{body}</configuration>'.encode()


def journal_id() -> str:
    return f"20261124T000000Z-{next(NUMBERS):08x}"


class Host:
    """One box. Sites have their root below C:\\sites, except the default one; applications are (path, folder)."""

    def __init__(
        self, folder: Path, server: str = "", locations: str = "", sites: Mapping[str, tuple[tuple[str, str], ...]] | None = None
    ) -> None:
        self.box: Box = boxes.build("default2022", folder)
        self.engine = PythonEngine()
        self.trips = 0
        self.configure(server, locations, sites or {SITE: ()})

    def configure(self, server: str, locations: str, sites: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
        named = [
            Site(name, number, self.root(name), f"*:80:{number}", None, tuple((path, "DefaultAppPool", folder) for path, folder in below))
            for number, (name, below) in enumerate(sites.items(), start=1)
        ]
        configuration = replace(PLAIN, sites=tuple(named), locations=locations)
        if server:
            configuration = replace(configuration, request_filtering=server)
        self.box.replace_file(CONFIGURATION, render(configuration, encryption_providers(RELEASES["2022"])))
        for folder in [self.root(name) for name in sites] + [folder for below in sites.values() for _path, folder in below]:
            self.box.path(folder).mkdir(parents=True, exist_ok=True)

    @staticmethod
    def root(site: str) -> str:
        return "C:\\inetpub\\wwwroot" if site == SITE else f"C:\\sites\\{site}"

    def write(self, folder: str, xml: str, path: str | None = None, site: str = SITE) -> str:
        """A web.config in a folder below the site's root; gives back its Windows path."""
        file = "\\".join(part for part in (self.root(site), folder, "web.config") if part)
        self.box.replace_file(file, web_config(xml, path))
        return file

    def send(self, entry: str, request: Mapping[str, Any], check: bool = False) -> Any:
        self.trips += 1
        return json.loads(json.dumps(self.engine.answer(self.box, entry, {**request, "_ansible_check_mode": check})))

    def observe(self, resource: Resource) -> tuple[Observations, HostFacts]:
        answer = parse_answer(self.send(resource.entry, read_request(resource.reads())), resource.reads())
        return answer.observations, answer.facts

    def section(self, *locations: str) -> Section:
        read = section_read(SECTION, locations)
        answer = parse_answer(self.send("windows_iis", read_request([read])), [read])
        return Section.from_value(answer.observations.value(read))

    def effective(self) -> list[Any]:
        """What is effective everywhere, for comparing two moments."""
        section = self.section()
        levels = [(name, section.trees[tree] if isinstance(tree, int) else str(tree)) for name, tree in section.levels.items()]
        return [levels, [(state.site, state.path, state.tree is None or section.trees[state.tree]) for state in section.paths]]

    def plan(self, **options: Any) -> Plan:
        (resource,) = resources(options)
        return resource.plan(*self.observe(resource))

    def run(self, *items: Mapping[str, Any], check: bool = False, name: str = "iis_request_filtering") -> dict[str, Any]:
        settings = RunSettings(check, True, journal_id)
        outcome = Run(resources(*items, name=name), lambda entry, request: self.send(entry, request, check), settings).execute()
        return task_result(outcome, check, diff=True)

    def undo(self, result: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        (file,) = result["journal"]
        return self.run({"journal": file.rpartition("\\")[2].removesuffix(".jsonl"), **options}, name="undo")


def resources(*items: Mapping[str, Any], name: str = "iis_request_filtering") -> list[Resource]:
    return build_resources({"resources": [{name: dict(item)} for item in items]}, KNOWN)


def lines(plan: Plan) -> list[str]:
    """Each change of a plan as a line, without the file's name."""
    return [
        f"{change.path.removeprefix('applicationHost.config, ').replace('requestFiltering/', '')}: {change.before} -> {change.after}"
        for change in plan.changes
    ]


def statuses(plan: Plan) -> dict[str, str]:
    return {result.control.id: result.status for result in plan.controls}
