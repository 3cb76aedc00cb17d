# SPDX-License-Identifier: GPL-3.0-or-later
"""The web.config files below the sites: which folders are entered, what each file holds, what cannot be read."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.box import Box

from .configuration import Configuration, Directory, Site, read_document, unknown_path
from .document import Document
from .effective import Node
from .errors import Refusal
from .hierarchy import Layer, Occurrence, effective, occurrences, same_location


@dataclass(frozen=True)
class WebConfig:
    """A web.config, or a folder that was not entered (then `file` is the folder)."""

    site: str
    path: str
    file: str
    error: Refusal | None = None
    occurrences: tuple[Occurrence, ...] = ()


class WebFiles:
    """Reads web.config files, each once."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.box: Box = configuration.box
        self._read: dict[str, Document | Refusal | None] = {}

    def document(self, folder: str) -> Document | None:
        """The folder's web.config; None where there is none. Refusal where it cannot be read."""
        file = f"{folder}\\web.config"
        key = file.lower()
        if key not in self._read:
            self._read[key] = self._load(file)
        found = self._read[key]
        if isinstance(found, Refusal):
            raise Refusal(found.kind, found.message, found.file, found.line)
        return found

    def _load(self, file: str) -> Document | Refusal | None:
        if not self.box.path(file).is_file():
            return None
        try:
            return read_document(self.box, file)
        except Refusal as refusal:
            return refusal

    def below(self, site: Site, section: str, limit: int) -> Iterator[WebConfig]:
        """Every file of the site that holds the section or cannot be read, directory by directory, breadth first."""
        for item in self._folders(site, limit):
            if isinstance(item, WebConfig):
                yield item
                continue
            path, folder = item
            try:
                yield from self._own_file(site, path, folder, section)
            except Refusal as refusal:
                yield WebConfig(site.name, path, refusal.file or folder, refusal)

    def names(self, site: Site, limit: int) -> Iterator[list[str] | None]:
        """The names of the files in every folder of the site; None for a folder that was not entered."""
        for item in self._folders(site, limit):
            if isinstance(item, WebConfig):
                yield None
                continue
            with os.scandir(self.box.path(item[1])) as found:
                yield [entry.name for entry in found if entry.is_file()]

    def _folders(self, site: Site, limit: int) -> Iterator[tuple[str, str] | WebConfig]:
        """Virtual path and folder of everything below a site, directory by directory; what could not be entered as a WebConfig."""
        roots = {root.lower() for item in site.directories for root in (item.path, item.folder)}
        for directory in site.directories:
            yield from self._below_directory(site, directory, limit, roots)

    def _below_directory(self, site: Site, directory: Directory, limit: int, roots: set[str]) -> Iterator[tuple[str, str] | WebConfig]:
        queue = deque([(directory.path, directory.folder)])
        entered = 0
        while queue:
            path, folder = queue.popleft()
            entered += 1
            if entered > limit:
                yield _incomplete(site, directory, limit)
                return
            try:
                refuse_folder(self.box, folder, is_root=folder == directory.folder)
            except Refusal as refusal:
                yield WebConfig(site.name, path, refusal.file or folder, refusal)
                continue
            yield path, folder
            names = subfolders(self.box, folder) if directory.subdirectory_configuration else []
            inner = [(path.rstrip("/") + "/" + name, f"{folder}\\{name}") for name in names]
            queue.extend(item for item in inner if not roots & {item[0].lower(), item[1].lower()})

    def _own_file(self, site: Site, path: str, folder: str, section: str) -> Iterator[WebConfig]:
        document = self.document(folder)
        found = tuple(occurrences(document, section)) if document else ()
        if document and found:
            yield WebConfig(site.name, path, document.file, None, found)

    def layers(self, site: Site, path: str, section: str) -> list[Layer]:
        """What counts at a virtual path, in order, with every web.config on the way."""
        parts = [part for part in path.split("/") if part]
        prefixes = ["/" + "/".join(parts[:length]) for length in range(len(parts) + 1)]
        layers = self.configuration.layers(section, "")
        applications = {application.path.lower() for application in site.applications}
        above: list[tuple[str, Document]] = []
        for prefix in prefixes:
            is_application = prefix.lower() in applications
            layers += self._location_layers(site, prefix, section, above, is_application)
            document = self._own_document(site, prefix)
            if document is not None:
                above.append((prefix, document))
                own = [item for item in occurrences(document, section) if not item.location]
                layers += [Layer(len(above), document.file, item, is_application) for item in own]
        return layers

    def _location_layers(
        self, site: Site, prefix: str, section: str, above: list[tuple[str, Document]], is_application: bool
    ) -> Iterator[Layer]:
        for item in self.configuration.occurrences(section):
            if item.location and same_location(item.location, site.name + prefix):
                yield Layer(0, self.configuration.file, item)
        for depth, (folder, document) in enumerate(above, start=1):
            for item in occurrences(document, section):
                if item.location and same_location(f"{folder.rstrip('/')}/{item.location.strip('/')}", prefix):
                    yield Layer(depth, document.file, item, is_application)

    def _own_document(self, site: Site, prefix: str) -> Document | None:
        directory = directory_of(site, prefix)
        if directory is None:
            raise unknown_path(site.name + prefix.rstrip("/"), self.configuration.file)
        is_root = prefix.lower() == directory.path.lower()
        if is_root:
            refuse_folder(self.box, directory.folder, is_root=True)
        elif not directory.subdirectory_configuration:
            return None
        rest = prefix[len(directory.path.rstrip("/")) :].replace("/", "\\").rstrip("\\")
        return self.document(directory.folder + rest)

    def effective(self, site: Site, path: str, section: str) -> Node:
        """The section in force at a virtual path of a site (GetWebConfiguration)."""
        schema, registration = self.configuration.section(section)
        if directory_of(site, "/") is None:
            raise unknown_path(site.name, self.configuration.file)
        return effective(schema, registration, self.layers(site, path, section))


def directory_of(site: Site, path: str) -> Directory | None:
    """The virtual directory that a virtual path lies in: the one with the longest path."""
    wanted = path.rstrip("/").lower() + "/"
    inside = [item for item in site.directories if wanted.startswith(item.path.rstrip("/").lower() + "/")]
    return max(inside, key=lambda item: len(item.path), default=None)


def refuse_folder(box: Box, folder: str, is_root: bool) -> None:
    if folder.startswith("\\\\"):
        raise Refusal("on_share", f"{folder} is on a share; it is not opened.", folder)
    place = _place(box, folder)
    if not is_root and place.is_symlink():
        raise Refusal("link_not_followed", f"{folder} is a link to another folder; it is not entered.", folder)
    if box.is_denied(folder):
        raise Refusal("access_denied", f"Access to the path '{folder}' is denied.", folder)
    if not place.is_dir():
        raise Refusal("not_found", f"Could not find a part of the path '{folder}'.", folder)


def _place(box: Box, folder: str) -> Path:
    try:
        return box.path(folder)
    except ValueError as error:
        raise Refusal("not_found", f"Could not find a part of the path '{folder}'.", folder) from error


def subfolders(box: Box, folder: str) -> list[str]:
    """Names of the folders directly below, links to folders included, in the order of their names."""
    with os.scandir(box.path(folder)) as entries:
        return sorted((entry.name for entry in entries if entry.is_dir()), key=str.upper)


def _incomplete(site: Site, directory: Directory, limit: int) -> WebConfig:
    message = f"More than {limit} folders below {directory.folder}: not all of its web.config files were read."
    refusal = Refusal("walk_incomplete", message, directory.folder)
    return WebConfig(site.name, directory.path, directory.folder, refusal)


def file_answer(item: WebConfig, schema: Any) -> dict[str, Any]:
    return {
        "site": item.site,
        "path": item.path,
        "file": item.file,
        "error": item.error.as_error() if item.error else None,
        "occurrences": [occurrence.as_answer(schema) for occurrence in item.occurrences],
    }
