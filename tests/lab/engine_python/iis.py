# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `iis`: its two reads, and the steps that are committed together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lab.box import Box

from . import operations
from .configuration import Configuration, Site
from .effective import as_answer
from .errors import Refusal
from .walk import WebConfig, WebFiles, file_answer
from .writes import Collision, Writes

COMMIT_TRIES = 5
GLOBAL_MODULES = "system.webServer/globalModules"


def read_server(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    configuration = Configuration(box)
    modules = configuration.in_force(GLOBAL_MODULES, "").answer.get("entries", [])
    return {
        "configuration": configuration.file,
        "shared_configuration": configuration.redirection,
        "modules": [entry["attributes"]["name"] for entry in modules],
        "sites": [_site_answer(site) for site in configuration.sites],
    }


def _site_answer(site: Site) -> dict[str, Any]:
    applications = [
        {
            "path": application.path,
            "pool": application.pool,
            "directories": [
                {
                    "path": directory.own_path,
                    "physical_path": directory.physical_path,
                    "expanded_path": directory.expanded_path,
                    "subdirectory_configuration": directory.subdirectory_configuration,
                }
                for directory in application.directories
            ],
        }
        for application in site.applications
    ]
    return {"name": site.name, "id": site.id, "applications": applications}


class Trees:
    """Equal trees stand once; a level or a path names its tree by number."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def add(self, answer: dict[str, Any]) -> int:
        identity = json.dumps(answer, sort_keys=True)
        if identity not in self._numbers:
            self._numbers[identity] = len(self.nodes)
            self.nodes.append(answer)
        return self._numbers[identity]


def read_section(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    configuration = Configuration(box)
    section = read["section"]
    schema, _ = configuration.section(section)
    # the API has the schema from the section, so a section that is invalid at the root cannot be read at all
    configuration.in_force(section, "")
    own = configuration.occurrences(section)
    trees, files = Trees(), WebFiles(configuration)
    levels = [_level(configuration, section, location, trees) for location in _locations(configuration, read)]
    found = [item for site in configuration.sites for item in files.below(site, section, read["directory_limit"])]
    paths = [_path(files, site, path, section, trees) for site, path in _paths(configuration, found)]
    return {
        "section": section,
        "schema": schema.as_answer(),
        "configuration": {"file": configuration.file, "occurrences": [item.as_answer(schema) for item in own]},
        "levels": levels,
        "files": [file_answer(item, schema) for item in found],
        "paths": paths,
        "trees": trees.nodes,
    }


def read_extensions(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    configuration = Configuration(box)
    site = configuration.site(read["site"])
    wanted = {extension.lower() for extension in read["extensions"]}
    found: set[str] = set()
    complete = True
    for names in WebFiles(configuration).names(site, read["directory_limit"]):
        complete = complete and names is not None
        found |= {extension for extension in wanted for name in names or () if name.lower().endswith(extension)}
        if found == wanted:
            break
    return {"site": site.name, "found": [item for item in read["extensions"] if item.lower() in found], "complete": complete}


def _unique(items: Iterator[Any]) -> list[Any]:
    """Each once, compared without case; the first spelling stays."""
    seen: dict[str, Any] = {}
    for item in items:
        seen.setdefault(json.dumps(item).lower(), item)
    return list(seen.values())


def _locations(configuration: Configuration, read: dict[str, Any]) -> list[str]:
    def every() -> Iterator[str]:
        yield ""
        yield from (item.location for item in configuration.occurrences(read["section"]))
        yield from (site.name for site in configuration.sites)
        yield from read["locations"]

    return _unique(every())


def _level(configuration: Configuration, section: str, location: str, trees: Trees) -> dict[str, Any]:
    try:
        return {"location": location, "tree": trees.add(configuration.in_force(section, location).answer)}
    except Refusal as refusal:
        return {"location": location, "error": refusal.as_error()}


def _paths(configuration: Configuration, found: list[WebConfig]) -> list[tuple[Site, str]]:
    def every() -> Iterator[tuple[str, str]]:
        for site in configuration.sites:
            yield site.name, "/"
            yield from ((site.name, directory.path) for directory in site.directories)
            for item in found:
                if item.site == site.name and item.occurrences:
                    yield site.name, item.path
                    inner = (occurrence.location.strip("/") for occurrence in item.occurrences)
                    yield from ((site.name, f"{item.path.rstrip('/')}/{location}") for location in inner if location)

    return [(configuration.site(name), path) for name, path in _unique(every())]


def _path(files: WebFiles, site: Site, path: str, section: str, trees: Trees) -> dict[str, Any]:
    try:
        return {"site": site.name, "path": path, "tree": trees.add(as_answer(files.effective(site, path, section)))}
    except Refusal as refusal:
        return {"site": site.name, "path": path, "error": refusal.as_error()}


class StepFailed(Exception):
    """A step of the group was refused, or the commit. worked: how many steps had been done in memory, never written."""

    def __init__(self, number: int, refusal: Refusal, worked: int = 0) -> None:
        super().__init__(refusal.message)
        self.number = number
        self.worked = worked
        self.refusal = refusal


def check_group(box: Box, group: list[dict[str, Any]]) -> Configuration:
    """Loads the configuration anew and checks what every operation was planned on. Raises StepFailed."""
    configuration = _load(box)
    for number, operation in enumerate(group):
        _attempt(number, operations.check_planned, configuration, operation)
    return configuration


def commit_group(box: Box, group: list[dict[str, Any]], writes: Writes, planned: bool = True) -> None:
    """Applies the operations in memory and commits once, again from the start when the commit collides."""
    for tries_left in reversed(range(COMMIT_TRIES)):
        configuration = check_group(box, group) if planned else _load(box)
        for number, operation in enumerate(group):
            _attempt(number, operations.apply, configuration, operation, worked=number)
        try:
            return commit(configuration, writes)
        except Collision as collision:
            if not tries_left:
                refusal = Refusal(collision.kind, str(collision), configuration.file)
                raise StepFailed(0, refusal, worked=len(group)) from collision
    return None


def _load(box: Box) -> Configuration:
    try:
        return Configuration(box)
    except Refusal as refusal:
        raise StepFailed(0, refusal) from refusal


def _attempt(number: int, action: Any, configuration: Configuration, operation: dict[str, Any], worked: int = 0) -> None:
    try:
        action(configuration, operation)
    except Refusal as refusal:
        raise StepFailed(number, refusal, worked) from refusal


def commit(configuration: Configuration, writes: Writes) -> None:
    """Writes applicationHost.config when it changed. Raises Collision where somebody else wrote it meanwhile."""
    content = configuration.document.content()
    if content == configuration.original:
        return
    box, file = configuration.box, configuration.file

    def replace() -> None:
        if box.path(file).read_bytes() != configuration.original:
            raise Collision("commit_collision")
        box.replace_file(file, content)

    writes.make("write", replace)


def guard_errors(box: Box, guard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The guarded paths that fail now, read anew. Refusal where the section itself cannot be read."""
    errors = []
    files = WebFiles(Configuration(box))
    for item in guard:
        files.configuration.section(item["section"])
        for name, path in item["paths"]:
            try:
                files.effective(files.configuration.site(name), path, item["section"])
            except Refusal as refusal:
                errors.append({"site": name, "path": path, "error": refusal.as_error()})
    return errors
