# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two engines' answers and boxes differ. What is not compared stands in NORMALISED, each with its reason."""

from __future__ import annotations

import json
import re
from typing import Any

from lxml import etree

from lab.behaviour.rdp_expectation import inf_sections
from lab.box import Box

# key of the answer -> why its value is not compared
NORMALISED = {
    "message": "the system's own words, which nothing parses (docs/protocol.md, ERROR)",
    "msg": "the same, for a request that was refused as a whole",
    "hresult": "compared by the rows that have a source for it; one engine meets .NET's exceptions, the other has none",
    "started": "the time of the run",
    "finished": "the time of the run",
    "at": "the time of the run",
}

# Kinds of errors whose place is not compared: a folder or a name is at fault and stands beside the error already, and whether Windows'
# own message names a file with them is not known. Where a file's content is at fault (malformed, duplicate, locked) it is compared.
PLACELESS = frozenset(
    {"not_found", "access_denied", "on_share", "link_not_followed", "walk_incomplete", "location_unknown", "changed_meanwhile"}
)


def normal(value: Any) -> Any:
    if isinstance(value, dict) and value.get("kind") in PLACELESS and "file" in value:
        value = value | {"file": None}
    if isinstance(value, dict):
        return {name: None if name in NORMALISED and isinstance(item, str) else normal(item) for name, item in value.items()}
    return [normal(item) for item in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """One line for each place where the two are not the same: types, null against absent, order of lists."""
    if type(one) is not type(other):
        return [f"{path}: {one!r} against {other!r}"]
    if isinstance(one, dict):
        found = [f"{path}: only the {'first' if name in one else 'second'} has {name}" for name in sorted(set(one) ^ set(other))]
        return found + [item for name in one if name in other for item in differences(one[name], other[name], f"{path}/{name}")]
    if isinstance(one, list):
        if len(one) != len(other):
            return [f"{path}: {len(one)} against {len(other)} items: {json.dumps(one)[:300]} against {json.dumps(other)[:300]}"]
        pairs = enumerate(zip(one, other, strict=True))
        return [item for number, pair in pairs for item in differences(*pair, f"{path}/{number}")]
    return [] if one == other else [f"{path}: {one!r} against {other!r}"]


def answers_differ(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return differences(normal(one), normal(other))


def stored(box: Box) -> dict[str, Any]:
    """What a box holds: configuration by its elements, journals by their lines, everything else by its bytes.

    The order of lines in an INF says nothing (secedit sorts them as it likes), nor does that of the rules of one kind in an access list
    (CommonAcl sorts them anew at every change).
    """
    files = (path for path in sorted(box.folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(box.folder)): _content(path.name, path.read_bytes()) for path in files}


def _content(name: str, content: bytes) -> Any:
    if name.endswith(".jsonl"):
        return [normal(_json(line)) for line in content.decode("utf-8").splitlines()]
    if name == "applicationHost.config":
        return _elements(content)
    if name == "security.inf":
        return inf_sections(content.decode("utf-8"))
    found = _json(content.decode("utf-8")) if name.endswith(".json") else content.decode("latin-1")
    return _without_order(found) if name == "dns.json" and isinstance(found, dict) else found


def _without_order(document: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(document.get("directory"), dict):
        return document
    rules = sorted(document["directory"]["rules"], key=lambda rule: json.dumps(rule, sort_keys=True))
    return document | {"directory": document["directory"] | {"rules": rules}}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _elements(content: bytes) -> Any:
    """Comments and elements in order; white space between them is the engine's own."""
    try:
        text = etree.tostring(etree.fromstring(content), method="c14n").decode("utf-8")
    except etree.XMLSyntaxError:
        return content.decode("latin-1")
    return re.sub(r">\s+<", "><", text)
