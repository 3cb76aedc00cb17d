# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of requestFiltering as a host answers it, as far as layers and levels need it. Source: docs/protocol.md."""

from __future__ import annotations

from typing import Any


def attribute(kind: str, default: Any = None, key: bool = False, case: bool = False) -> dict[str, Any]:
    return {
        "type": kind,
        "default": default,
        "required": key,
        "key": key,
        "case_sensitive": case,
        "encrypted": False,
        "values": None,
        "validation": None,
        "parameter": None,
    }


def collection(entry: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {
        "attributes": attributes,
        "elements": {},
        "collection": {
            "add": ["add"],
            "remove": "remove",
            "clear": "clear",
            "merge_append": True,
            "duplicates": False,
            "entry": {"add": {"attributes": entry, "elements": {}, "collection": None}},
        },
    }


FLAGS = {"allowUnlisted": attribute("bool", True), "applyToWebDAV": attribute("bool", True)}
LIMITS = {
    "maxAllowedContentLength": attribute("uint", 30000000),
    "maxUrl": attribute("uint", 4096),
    "maxQueryString": attribute("uint", 2048),
}
SCHEMA: dict[str, Any] = {
    "attributes": {"allowDoubleEscaping": attribute("bool", False), "allowHighBitCharacters": attribute("bool", True)},
    "elements": {
        "requestLimits": {"attributes": LIMITS, "elements": {}, "collection": None},
        "verbs": collection({"verb": attribute("string", "", key=True, case=True), "allowed": attribute("bool", True)}, **FLAGS),
        "fileExtensions": collection({"fileExtension": attribute("string", "", key=True), "allowed": attribute("bool", True)}, **FLAGS),
    },
    "collection": None,
}
