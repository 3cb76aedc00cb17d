# SPDX-License-Identifier: GPL-3.0-or-later
"""The observation of one configuration section: every level, every file, every path of a server."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError, whole
from .._core.observation import Failure
from .._core.operations import Read
from .nodes import Node, Raw, Schema, raw_below

SERVER = ""


def section_read(section: str, locations: t.Iterable[str] = ()) -> Read:
    return Read("iis", "section", {"section": section, "locations": sorted(locations), "directory_limit": 20000})


def server_read() -> Read:
    return Read("iis", "server")


@dataclass(frozen=True)
class Occurrence:
    """One element of the section as a file writes it. location: the enclosing location tag's path, empty at the root."""

    location: str
    line: int | None
    node: Raw

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> Occurrence:
        return cls(value["location"], value.get("line"), value["node"])


@dataclass(frozen=True)
class ConfigurationFile:
    """A web.config below a site, or a folder that could not be looked into."""

    site: str
    path: str
    file: str
    failure: Failure | None
    occurrences: tuple[Occurrence, ...]

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> ConfigurationFile:
        error = value.get("error")
        return cls(
            site=value["site"],
            path=value["path"],
            file=value["file"],
            failure=Failure.from_answer(error) if error else None,
            occurrences=tuple(Occurrence.from_value(item) for item in value.get("occurrences") or ()),
        )


@dataclass(frozen=True)
class PathState:
    """What is effective at one path with every file applied, or why the path is down. tree is an index into the trees."""

    site: str
    path: str
    tree: int | None
    failure: Failure | None


@dataclass(frozen=True)
class Section:
    """One section on one server. levels: location without case to tree or failure (applicationHost.config alone)."""

    name: str
    schema: Schema
    file: str
    occurrences: tuple[Occurrence, ...]
    levels: t.Mapping[str, int | Failure]
    files: tuple[ConfigurationFile, ...]
    paths: tuple[PathState, ...]
    trees: t.Sequence[Node]

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> Section:
        with whole("the section"):
            section = cls._from_value(value)
            section._check_indices()
        return section

    @classmethod
    def _from_value(cls, value: t.Mapping[str, t.Any]) -> Section:
        return cls(
            name=value["section"],
            schema=value["schema"],
            file=value["configuration"]["file"],
            occurrences=tuple(Occurrence.from_value(item) for item in value["configuration"]["occurrences"]),
            levels={item["location"].lower(): _tree_or_failure(item) for item in value["levels"]},
            files=tuple(ConfigurationFile.from_value(item) for item in value["files"]),
            paths=tuple(_path_state(item) for item in value["paths"]),
            trees=value["trees"],
        )

    def _check_indices(self) -> None:
        """Raises what a missing server level, schema or tree raises when it is looked up."""
        self.levels[SERVER], self.schema["attributes"]
        for tree in [*self.levels.values(), *(state.tree for state in self.paths if not state.failure)]:
            if not isinstance(tree, Failure):
                self.trees[t.cast(int, tree)]

    def effective(self, location: str) -> Node:
        """What applicationHost.config gives at a location: its own level, or the nearest one above it.

        Raises HardeningError where that level cannot be read.
        """
        level = self.levels[nearest_level(self.levels, location)]
        if isinstance(level, Failure):
            raise HardeningError(f"Nothing was changed: {self.name} cannot be read at {place_of(location)}: {level.describe()}.")
        return self.trees[level]

    def stored_at(self, location: str) -> list[Raw]:
        """The section's elements that applicationHost.config has under exactly this location."""
        return self._stored.get(location.lower(), [])

    def stored_attribute(self, location: str, element: t.Sequence[str], attribute: str) -> str | None:
        for raw in raw_below(self.stored_at(location), element):
            if attribute in raw["attributes"]:
                return t.cast(str, raw["attributes"][attribute])
        return None

    @functools.cached_property
    def _stored(self) -> dict[str, list[Raw]]:
        found: dict[str, list[Raw]] = {}
        for one in self.occurrences:
            found.setdefault(one.location.lower(), []).append(one.node)
        return found


def nearest_level(levels: t.Mapping[str, t.Any], location: str) -> str:
    """The key of the level that holds a location: itself, or the nearest above it (a site, then the server)."""
    wanted = location.lower()
    while wanted and wanted not in levels:
        wanted = wanted.rpartition("/")[0]
    return wanted


def place_of(location: str) -> str:
    return f"location {location}" if location else "the server"


def change_place(location: str) -> str:
    """Where a change is made, as a diff groups by it."""
    return f"applicationHost.config, {'location ' + location if location else 'server'}"


def _tree_or_failure(item: t.Mapping[str, t.Any]) -> int | Failure:
    return Failure.from_answer(item["error"]) if item.get("error") else t.cast(int, item["tree"])


def _path_state(item: t.Mapping[str, t.Any]) -> PathState:
    error = item.get("error")
    return PathState(item["site"], item["path"], item.get("tree"), Failure.from_answer(error) if error else None)
