# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says about files that undo it, entries that would be there twice, and applications that need other values."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

POLICY_SPEC: dict[str, t.Any] = {
    "target": {"type": "str", "choices": ["server", "sites", "all_sites", "location"], "default": "server"},
    "sites": {"type": "list", "elements": "str"},
    "location": {"type": "str"},
    "on_override": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "accepted_overrides": {
        "type": "list",
        "elements": "dict",
        "options": {
            "site": {"type": "str", "required": True},
            "path": {"type": "str", "default": "/"},
            "setting": {"type": "str"},
            "reason": {"type": "str", "required": True},
        },
    },
    "on_duplicate": {"type": "str", "choices": ["refuse", "skip"], "default": "refuse"},
    "known_applications": {"type": "str", "choices": ["pin", "refuse", "ignore"], "default": "pin"},
    "shared_configuration": {"type": "bool", "default": False},
}

POLICY_REQUIRED_IF: list[t.Any] = [("target", "sites", ["sites"]), ("target", "location", ["location"])]


@dataclass(frozen=True)
class AcceptedOverride:
    """An override that is known and wanted: everything at or below a path of a site, or one option of it."""

    site: str
    path: str
    setting: str | None
    reason: str

    def accepts(self, site: str, path: str, option: str) -> bool:
        below = path.lower().rstrip("/") + "/"
        return (
            site.lower() == self.site.lower()
            and below.startswith(self.path.lower().rstrip("/") + "/")
            and (self.setting is None or option == self.setting or option.startswith(self.setting + "."))
        )


@dataclass(frozen=True)
class Policy:
    """The task's policy options, in one place."""

    target: str
    sites: tuple[str, ...]
    location: str
    fail_on_override: bool
    accepted: tuple[AcceptedOverride, ...]
    skip_duplicates: bool
    known_applications: str
    shared_configuration: bool

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Policy:
        return cls(
            target=options.get("target", "server"),
            sites=tuple(options.get("sites", ())),
            location=options.get("location", "").strip("/"),
            fail_on_override=options.get("on_override", "fail") == "fail",
            accepted=tuple(
                AcceptedOverride(item["site"], item.get("path", "/"), item.get("setting"), item["reason"])
                for item in options.get("accepted_overrides", ())
            ),
            skip_duplicates=options.get("on_duplicate", "refuse") == "skip",
            known_applications=options.get("known_applications", "pin"),
            shared_configuration=bool(options.get("shared_configuration")),
        )

    def named_locations(self) -> list[str]:
        """The locations that the options name, for the read."""
        return {"sites": list(self.sites), "location": [self.location]}.get(self.target, [])

    def acceptance(self, site: str, path: str, option: str) -> str | None:
        """The reason why an override is accepted, or None."""
        for one in self.accepted:
            if one.accepts(site, path, option):
                return one.reason
        return None
