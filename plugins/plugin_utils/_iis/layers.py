# SPDX-License-Identifier: GPL-3.0-or-later
"""What lower files make of a setting: overrides, and entries that would be there twice.

Order at one path, low to high: location tags of applicationHost.config, location tags of web.config files above, the path's own
web.config. A second entry with the same key, without a remove or clear before it, makes the whole section invalid: HTTP 500.19 with
0x800700b7, the site is down (Microsoft support, HTTP error 500.19).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .nodes import Raw, entry_schema, key_of, raw_below, same_value, schema_below, text_of
from .section import SERVER, Occurrence, Section
from .settings import AttributeSetting, EntrySetting, Setting


@dataclass(frozen=True)
class Layer:
    """One element of the section in a file that is below the server level. path: virtual path inside the site, V(/) for its root."""

    site: str
    path: str
    file: str
    line: int | None
    node: Raw
    in_server_file: bool

    @property
    def location(self) -> str:
        return self.site + self.path.rstrip("/")


@dataclass(frozen=True)
class Conflict:
    """A layer that undoes a setting (duplicate false), or whose own entry would then be there twice (duplicate true)."""

    layer: Layer
    line: int | None
    found: str
    duplicate: bool = False


def layers_of(section: Section) -> list[Layer]:
    """Every layer of the section, parents before children, lower precedence first."""
    found = [_server_layer(section, one) for one in section.occurrences if one.location.strip("./")]
    for file in section.files:
        for one in file.occurrences:
            path = _join(file.path, one.location)
            found.append(Layer(file.site, path, file.file, one.line, one.node, in_server_file=False))
    return sorted(found, key=lambda layer: (layer.site.lower(), layer.path.rstrip("/").count("/"), layer.path.lower()))


def layers_below(layers: t.Iterable[Layer], location: str) -> list[Layer]:
    """The layers that could undo something that is set at a location of applicationHost.config."""
    if location == SERVER:
        return list(layers)
    above = location.lower()
    return [
        layer
        for layer in layers
        if covers(above, layer.location.lower()) and not (layer.in_server_file and layer.location.lower() == above)
    ]


def covers(above: str, location: str) -> bool:
    """Whether a location is another one or lies below it; both in one case."""
    return not above or location == above or location.startswith(above + "/")


def location_and_above(location: str) -> list[str]:
    """A location, those above it, and the server: everything that covers it."""
    parts = location.split("/")
    return [SERVER, *("/".join(parts[:number]) for number in range(1, len(parts) + 1))]


def attribute_conflicts(setting: AttributeSetting, layers: t.Iterable[Layer], section: Section) -> list[Conflict]:
    schema = schema_below(section.schema, setting.element)
    if schema is None or setting.attribute not in schema["attributes"]:
        return []
    found = []
    for layer in layers:
        for raw in raw_below([layer.node], setting.element):
            text = raw["attributes"].get(setting.attribute)
            if text is not None and not same_value(text, setting.value, schema["attributes"][setting.attribute]):
                found.append(Conflict(layer, raw.get("line"), text))
    return found


def entry_conflicts(setting: EntrySetting, layers: t.Iterable[Layer], section: Section) -> list[Conflict]:
    """Follows one entry down the paths of each site, starting from the state that the setting wants."""
    schema = schema_below(section.schema, setting.element)
    if schema is None:
        return []
    walk = _EntryWalk(setting, entry_schema(schema))
    for layer in layers:
        walk.visit(layer)
    return walk.conflicts


def conflicts_of(setting: Setting, layers: t.Iterable[Layer], section: Section) -> list[Conflict]:
    if isinstance(setting, AttributeSetting):
        return attribute_conflicts(setting, layers, section)
    return entry_conflicts(setting, layers, section)


class _EntryWalk:
    """The state of one key at each path: whether it is there, from the nearest path above that says something."""

    def __init__(self, setting: EntrySetting, schema: t.Mapping[str, t.Any]) -> None:
        self._setting = setting
        self._schema = schema
        self._key = key_of(setting.entry["attributes"], schema)
        self._states: dict[str, bool] = {}
        self.conflicts: list[Conflict] = []

    def visit(self, layer: Layer) -> None:
        directives = self._directives(layer)
        if not directives:
            return
        present, duplicate = self._state_above(layer.location.lower()), None
        for directive in directives:
            adds = directive["tag"] not in ("clear", "remove")
            duplicate = duplicate or (directive if adds and present else None)
            present = adds
        self._states[layer.location.lower()] = present
        self._judge(layer, directives[-1], present, duplicate)

    def _judge(self, layer: Layer, last: Raw, present: bool, duplicate: Raw | None) -> None:
        if duplicate:
            self.conflicts.append(Conflict(layer, duplicate.get("line"), "a second entry", duplicate=True))
        elif present != self._setting.present or (present and not self._matches(last)):
            self.conflicts.append(Conflict(layer, last.get("line"), _directive_text(last) if present else "removed"))

    def _state_above(self, location: str) -> bool:
        while location:
            if location in self._states:
                return self._states[location]
            location = location.rpartition("/")[0]
        return self._setting.present

    def _directives(self, layer: Layer) -> list[Raw]:
        """The add, remove and clear elements of a layer that concern this key, in their order."""
        return [
            directive
            for collection in raw_below([layer.node], self._setting.element)
            for directive in collection.get("children", ())
            if directive["tag"] == "clear" or self._concerns(directive)
        ]

    def _concerns(self, directive: Raw) -> bool:
        names = [name for name, attribute in self._schema["attributes"].items() if attribute.get("key")]
        return any(name in directive["attributes"] for name in names) and key_of(directive["attributes"], self._schema) == self._key

    def _matches(self, directive: Raw) -> bool:
        return all(
            same_value(
                directive["attributes"].get(name, self._schema["attributes"][name].get("default")), value, self._schema["attributes"][name]
            )
            for name, value in self._setting.entry["attributes"].items()
        )


def _directive_text(directive: Raw) -> str:
    return ", ".join(f"{name}={text_of(value)}" for name, value in directive["attributes"].items())


def _server_layer(section: Section, one: Occurrence) -> Layer:
    site, _slash, rest = one.location.partition("/")
    return Layer(site, "/" + rest.strip("/"), section.file, one.line, one.node, in_server_file=True)


def _join(path: str, location: str) -> str:
    below = location.strip("/.")
    return path if not below else f"{path.rstrip('/')}/{below}"
