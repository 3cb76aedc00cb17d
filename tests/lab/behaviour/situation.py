# SPDX-License-Identifier: GPL-3.0-or-later
"""The box that a row starts from: one of the lab's hosts with a few things changed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab import boxes
from lab.box import Box, replace_atomically
from lab.boxes import windows
from lab.boxes.configuration import DEFAULT_SITE, PLAIN, Site, render

APPLICATION_HOST = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"
JOURNALS = "C:\\Program Files\\hardening.windows\\journal"
ROOT = "C:\\inetpub\\wwwroot"


@dataclass(frozen=True)
class Situation:
    """host, options: what boxes.build makes. facts: over its host.json. edits: text -> text in its applicationHost.config.

    files: Windows path -> text. links: path of the link -> where it leads. documents: name -> what stands in that JSON
    document of the box instead. texts: the same for its text files, such as `security.inf`.
    """

    host: str = "default2022"
    options: dict[str, Any] = field(default_factory=dict)
    request_filtering: str | None = None
    locations: str = ""
    sites: tuple[Site, ...] = (DEFAULT_SITE,)
    edits: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    registry: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def build(self, folder: Path) -> Box:
        box = boxes.build(self.host, folder, **self.options)
        if box.path(APPLICATION_HOST).exists():
            self._configure(box)
        for path, text in self.files.items():
            box.replace_file(path, text.encode("utf-8"))
        for path in self.folders:
            box.path(path).mkdir(parents=True, exist_ok=True)
        for path, target in self.links.items():
            os.symlink(box.path(target), box.path(path), target_is_directory=True)
        box.write_json("host", box.host | self.facts)
        box.write_json("registry", {**box.registry, "HKLM": box.registry["HKLM"] | self.registry})
        box.write_json("services", box.services | self.services)
        for name, document in self.documents.items():
            box.write_json(name, document)
        for name, text in self.texts.items():
            replace_atomically(box.folder / name, text.encode("utf-8"))
        return box

    def _configure(self, box: Box) -> None:
        """Writes applicationHost.config anew where the situation says something about it."""
        if self.request_filtering is not None or self.locations or self.sites != (DEFAULT_SITE,):
            configuration = replace(PLAIN, locations=self.locations, sites=self.sites)
            if self.request_filtering is not None:
                configuration = replace(configuration, request_filtering=self.request_filtering)
            box.replace_file(APPLICATION_HOST, render(configuration, windows.encryption_providers(windows.RELEASES["2022"])))
        text = box.path(APPLICATION_HOST).read_bytes()
        for old, new in self.edits.items():
            if old.encode() not in text:
                raise ValueError(f"{old!r} is not in the lab's applicationHost.config")
            text = text.replace(old.encode(), new.encode())
        box.replace_file(APPLICATION_HOST, text)


def filtering(xml: str) -> str:
    """A requestFiltering section with this content."""
    return f"<requestFiltering>\n{xml}\n</requestFiltering>"


def location(path: str, xml: str, mode: str = "") -> str:
    """A location tag with a requestFiltering section."""
    attribute = f' overrideMode="{mode}"' if mode else ""
    return (
        f'<location path="{path}"{attribute}>\n    <system.webServer>\n        <security>\n'
        f"            {filtering(xml)}\n        </security>\n    </system.webServer>\n</location>"
    )


def web_config(xml: str, section: str = "requestFiltering", inner: str = "") -> str:
    """A web.config: `xml` inside requestFiltering, or another section given whole; `inner` at the top level."""
    body = f"<security>\n{filtering(xml)}\n</security>" if section == "requestFiltering" else xml
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n<system.webServer>\n{body}\n</system.webServer>\n{inner}</configuration>\n'


def journal_text(identity: str, *lines: dict[str, Any], steps: int = 1, started: str = "2026-11-24T21:15:02Z") -> str:
    """A journal as an apply writes it."""
    step = {
        "operation": {"provider": "registry", "operation": "set"},
        "undo": {"provider": "registry", "operation": "delete"},
    }
    account = {"name": "WEB2022\\deploy", "sid": "S-1-5-21-1-2-3-1001"}
    header = {"protocol": 1, "id": identity, "started": started, "account": account, "steps": [step] * steps}
    return "".join(json.dumps(line) + "\n" for line in (header, *lines))
