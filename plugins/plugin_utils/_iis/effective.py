# SPDX-License-Identifier: GPL-3.0-or-later
"""The last word: what the host itself says is effective at a path, whatever the files seemed to say."""

from __future__ import annotations

import typing as t

from .._core.plan import Override
from .layers import covers
from .level import Finding
from .nodes import Node, child, entries, entry_schema, key_of, known_schema, same_value, text_of
from .scope import location_of
from .section import PathState, Section
from .settings import EntrySetting, Setting


class EffectiveCheck:
    """Compares settings that stand at their location with the effective trees below it; each different tree is judged once."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._found: dict[tuple[int, int], str | None] = {}
        self._settings: list[Setting] = []
        # The paths of each site, so that planning every site of a server looks at each path once only.
        self._paths: dict[str, list[tuple[str, PathState]]] = {}
        for state in section.paths:
            self._paths.setdefault(state.site.lower(), []).append((location_of(state).lower(), state))

    def overrides(self, finding: Finding, known: t.Sequence[Override]) -> list[Override]:
        """Paths below the finding's location where the setting is not effective, and which no known override explains."""
        setting = finding.setting
        explained = [(one.site + one.path.rstrip("/")).lower() for one in known]
        found = []
        for location, state in self._below(finding.location.lower()):
            if state.tree is None or not covers(finding.location.lower(), location):
                continue
            text = self._text(setting, state.tree)
            if text is not None and not any(covers(above, location) for above in explained):
                found.append(Override(state.site, state.path, "effective configuration", None, setting.target, setting.wanted, text))
        return found

    def _below(self, location: str) -> t.Iterable[tuple[str, PathState]]:
        """The paths that may lie below a location: those of its site, or all of them."""
        if location:
            return self._paths.get(location.partition("/")[0], [])
        return (one for paths in self._paths.values() for one in paths)

    def _text(self, setting: Setting, tree: int) -> str | None:
        """What a tree has instead of the setting; None where it has the setting."""
        key = (id(setting), tree)
        if key not in self._found:
            self._settings.append(setting)  # keeps the id taken
            self._found[key] = found_instead(setting, self._section.trees[tree], self._section)
        return self._found[key]


def found_instead(setting: Setting, tree: Node, section: Section) -> str | None:
    """The text of what a tree holds where the setting is not what it should be; None where it is."""
    schema = known_schema(section.schema, setting.element)
    node = child(tree, setting.element)
    if not isinstance(setting, EntrySetting):
        value = node.get("attributes", {}).get(setting.attribute)
        return None if same_value(value, setting.value, schema["attributes"][setting.attribute]) else text_of(value)
    return _entry_instead(setting, node, entry_schema(schema))


def _entry_instead(setting: EntrySetting, node: Node, schema: t.Mapping[str, t.Any]) -> str | None:
    key = key_of(setting.entry["attributes"], schema)
    entry = next((one for one in entries(node) if key_of(one["attributes"], schema) == key), None)
    if entry is None:
        return "absent" if setting.present else None
    if not setting.present:
        return "present"
    different = [
        f"{name}={text_of(entry['attributes'].get(name))}"
        for name, value in setting.entry["attributes"].items()
        if not same_value(entry["attributes"].get(name), value, schema["attributes"][name])
    ]
    return ", ".join(different) or None
