# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of one host, loaded once: what a new ServerManager sees until its CommitChanges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lab.box import Box

from .document import Document
from .effective import Node, as_answer
from .errors import Refusal
from .hierarchy import Layer, Occurrence, Registration, effective, occurrences, registrations, same_location
from .schema import ElementSchema, load_schema

INETSRV = "C:\\Windows\\System32\\inetsrv"
REDIRECTION = f"{INETSRV}\\config\\redirection.config"
SITES = "system.applicationHost/sites"


@dataclass(frozen=True)
class Directory:
    """A virtual directory. path: from the site's root, such as `/shop/images`."""

    path: str
    own_path: str
    physical_path: str
    expanded_path: str
    subdirectory_configuration: bool

    @property
    def folder(self) -> str:
        return self.expanded_path.replace("/", "\\").rstrip("\\")


@dataclass(frozen=True)
class Application:
    path: str
    pool: str | None
    directories: tuple[Directory, ...]


@dataclass(frozen=True)
class InForce:
    """A section at a location, as a tree and as docs/protocol.md types it. Shared by all who ask, who change neither."""

    node: Node

    @cached_property
    def answer(self) -> dict[str, Any]:
        return as_answer(self.node)


@dataclass(frozen=True)
class Site:
    name: str
    id: int
    applications: tuple[Application, ...]

    @property
    def directories(self) -> list[Directory]:
        return [directory for application in self.applications for directory in application.directories]


class Configuration:
    """applicationHost.config with its schema. `edited` documents are written by the caller."""

    def __init__(self, box: Box) -> None:
        self.box = box
        _refuse_without_iis(box)
        self.redirection = _redirection(box)
        self.file = f"{INETSRV}\\config\\applicationHost.config"
        if self.redirection["enabled"]:
            self.file = box.expand(self.redirection["path"]).rstrip("\\") + "\\applicationHost.config"
        self.document = read_document(box, self.file)
        self.original = self.document.content()
        self._of_text = self.document.text
        self._in_force: dict[tuple[str, str], InForce] = {}

    @cached_property
    def schemas(self) -> dict[str, ElementSchema]:
        return load_schema(self.box)

    @cached_property
    def registrations(self) -> dict[str, Registration]:
        return registrations(self.document)

    def section(self, path: str) -> tuple[ElementSchema, Registration]:
        if path not in self.registrations:
            raise Refusal(
                "section_unknown",
                f"The configuration section '{path}' cannot be read because it is missing a section declaration",
                self.file,
            )
        if path not in self.schemas:
            raise Refusal("section_unknown", f"The configuration section '{path}' cannot be read because it is missing schema", self.file)
        return self.schemas[path], self.registrations[path]

    def occurrences(self, section: str) -> list[Occurrence]:
        return list(occurrences(self.document, section))

    def layers(self, section: str, location: str) -> list[Layer]:
        """What applicationHost.config itself says for a location: the root, then each part of the path."""
        found = self.occurrences(section)
        parts = [part for part in location.split("/") if part]
        prefixes = ["", *("/".join(parts[: length + 1]) for length in range(len(parts)))]
        return [
            Layer(0, self.file, occurrence) for prefix in prefixes for occurrence in found if same_location(occurrence.location, prefix)
        ]

    def in_force(self, section: str, location: str) -> InForce:
        """As far as this file goes; merged once for each text. Refusal `location_unknown` for no site's name."""
        if self._of_text is not self.document.text:
            self._of_text, self._in_force = self.document.text, {}
        if (section, location) not in self._in_force:
            self._in_force[section, location] = InForce(self._merged(section, location))
        return self._in_force[section, location]

    def _merged(self, section: str, location: str) -> Node:
        schema, registration = self.section(section)
        if location:
            self.site(location.strip("/").split("/")[0])
        return effective(schema, registration, self.layers(section, location))

    @cached_property
    def sites(self) -> list[Site]:
        schema, registration = self.section(SITES)
        answer = as_answer(effective(schema, registration, self.layers(SITES, "")))
        return [_site(entry, self.box) for entry in answer.get("entries", [])]

    def site(self, name: str) -> Site:
        for site in self.sites:
            if site.name.lower() == name.lower():
                return site
        raise unknown_path(name, self.file)


def unknown_path(path: str, file: str | None = None) -> Refusal:
    return Refusal("location_unknown", f"Unrecognized configuration path 'MACHINE/WEBROOT/APPHOST/{path}'", file)


def read_document(box: Box, file: str) -> Document:
    """A configuration file that must be there."""
    if box.is_denied(file):
        raise Refusal("access_denied", "Cannot read configuration file due to insufficient permissions", file)
    try:
        content = box.path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise Refusal("not_found", "Cannot read configuration file", file) from error
    document = Document(content, file)
    if document.root.tag != "configuration":
        raise Refusal("malformed", f"Unrecognized element '{document.root.tag}'", file, document.root.line)
    return document


def _refuse_without_iis(box: Box) -> None:
    dll = f"{INETSRV}\\Microsoft.Web.Administration.dll"
    if not box.path(dll).is_file():
        raise Refusal("iis_missing", f"{dll} is not on this host: IIS is not installed.")
    if not box.host.get("elevated", True):
        raise Refusal("access_denied", "Cannot read configuration file due to insufficient permissions", REDIRECTION)


def _redirection(box: Box) -> dict[str, Any]:
    if not box.path(REDIRECTION).is_file():
        return {"enabled": False, "path": ""}
    element = read_document(box, REDIRECTION).root.child("configurationRedirection")
    attributes = element.attributes if element is not None else {}
    return {"enabled": attributes.get("enabled", "false").lower() == "true", "path": attributes.get("path", "")}


def _site(entry: dict[str, Any], box: Box) -> Site:
    values = entry["attributes"]
    applications = tuple(_application(item, box) for item in entry.get("entries", []))
    return Site(values["name"], values["id"], applications)


def _application(entry: dict[str, Any], box: Box) -> Application:
    values = entry["attributes"]
    directories = tuple(_directory(values["path"], item["attributes"], box) for item in entry.get("entries", []))
    return Application(values["path"], values["applicationPool"], directories)


def _directory(application: str, values: dict[str, Any], box: Box) -> Directory:
    own, physical = values["path"] or "/", values["physicalPath"] or ""
    path = application.rstrip("/") + ("" if own == "/" else own)
    return Directory(path or "/", own, physical, box.expand(physical), values["allowSubDirConfig"])
