# SPDX-License-Identifier: GPL-3.0-or-later
"""The payload's scripts: an entry and the module_utils that it needs, as `#AnsibleRequires` lines name them."""

from __future__ import annotations

import re
from typing import TypedDict

from lab.engine_pwsh.build import REPOSITORY

PLUGINS = REPOSITORY / "plugins"
REQUIRES = re.compile(r"^#\s*AnsibleRequires\s+-PowerShell\s+\.*(?:module_utils\.)?(\w+)", re.MULTILINE | re.IGNORECASE)


class Module(TypedDict):
    name: str
    script: str


def read_entry(name: str) -> str:
    """The text of an entry such as `windows_iis`."""
    return (PLUGINS / "modules" / f"{name}.ps1").read_text("utf-8-sig")


def required(script: str) -> list[Module]:
    """The module_utils of a script and theirs, each once, in the order in which they are named."""
    found: dict[str, Module] = {}
    waiting = [script]
    while waiting:
        for name in REQUIRES.findall(waiting.pop(0)):
            if name not in found:
                text = (PLUGINS / "module_utils" / f"{name}.psm1").read_text("utf-8-sig")
                found[name] = Module(name=f"{name}.psm1", script=text)
                waiting.append(text)
    return list(found.values())
