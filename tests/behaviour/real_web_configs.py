# SPDX-License-Identifier: GPL-3.0-or-later
"""Real web.config files and Microsoft's samples: what happens to each when a server above it is hardened.

Each expectation was read from the file itself: a setting with another value is an override, at the line where the file says so; an
entry that the file adds and the server would add too takes the site down, so it is refused.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from behaviour.role_options import variable

RUNS = ("baseline", "competition", "cis", "all_sites")
DENIED = (".bak", ".old", ".sql", ".zip", ".bat", ".cmd", ".exe", ".ps1")


@dataclass(frozen=True)
class WebConfig:
    """overridden: run -> {setting: line}. refused: (setting, line), in every run. reason: why it is as it is.

    wrap: `section` or `group` for a sample that is only a part of a document: what is put around it.
    """

    file: str
    reason: str
    overridden: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: tuple[str, int] | None = None
    wrap: str = ""

    def expects(self, run: str) -> bool:
        """Whether anything but a plain converge is expected; of the plain ones, the baseline stands for all runs."""
        return bool(self.refused or self.overridden.get(run)) or run == "baseline"

    def content(self, raw: bytes) -> bytes:
        """The sample as a whole document; the lines keep their numbers."""
        security = (b"<system.webServer><security>", b"</security></system.webServer>") if self.wrap == "section" else (b"", b"")
        if not self.wrap:
            return raw
        return b"".join([b"<configuration>", security[0], raw, security[1], b"</configuration>"])


def _each(line: int, element: str, *names: str) -> dict[str, int]:
    return dict(zip([f"{element}/{name}" for name in names], itertools.repeat(line), strict=False))


def _allowed(line: int) -> dict[str, int]:
    return _each(line, "fileExtensions", *variable("allowed_extensions"))


_LIMIT = "requestLimits/maxAllowedContentLength"
_KUDU = {"allowDoubleEscaping": 73, _LIMIT: 74, "requestLimits/maxQueryString": 74}
_NOTHING_MANAGED = "none of the profiles' settings is in it"

WEB_CONFIGS = (
    WebConfig(
        "h5bp_server-configs-iis.server.Web.config",
        "it adds TRACE to the verbs itself, without removing it first",
        refused=("verbs/TRACE", 259),
    ),
    WebConfig(
        "jakubgarfield_Bonobo-Git-Server.web.config",
        "a larger body, every extension and segment cleared",
        {
            "baseline": {_LIMIT: 67},
            "all_sites": {_LIMIT: 67},
            "competition": {
                _LIMIT: 67,
                **_each(69, "fileExtensions", *DENIED),
                **_each(72, "hiddenSegments", "web.config", "bin", "App_Data", ".git", ".svn"),
            },
            "cis": {_LIMIT: 67, "fileExtensions/allowUnlisted": 68, **_allowed(69)},
        },
    ),
    WebConfig("openises_TicketsCAD.apache.web.config", "it is stricter than every profile: only listed extensions, and none listed"),
    WebConfig("openises_TicketsCAD.services.web.config", "it is stricter than every profile: only listed extensions, and none listed"),
    WebConfig("openises_TicketsCAD.sql.web.config", "it is stricter than every profile: only listed extensions, and none listed"),
    WebConfig(
        "openises_TicketsCAD.meshtastic.web.config",
        "it clears the extensions and allows .py alone, so the server's entries are gone there",
        {"competition": _each(30, "fileExtensions", *DENIED), "cis": _allowed(30)},
    ),
    WebConfig(
        "projectkudu_kudu.Web.config",
        "double escaping, no limits, and most of the server's entries removed",
        {
            "baseline": _KUDU,
            "all_sites": _KUDU,
            "competition": {**_KUDU, "hiddenSegments/App_Data": 124, "hiddenSegments/web.config": 130, "hiddenSegments/bin": 131},
            "cis": {**_KUDU, "fileExtensions/allowUnlisted": 75},
        },
    ),
    WebConfig("iis-docs/alwaysAllowedQueryStrings-sample1.xml", _NOTHING_MANAGED, wrap="group"),
    WebConfig("iis-docs/alwaysAllowedUrls-sample1.xml", _NOTHING_MANAGED, wrap="group"),
    WebConfig("iis-docs/denyQueryStringSequences-sample1.xml", _NOTHING_MANAGED, wrap="group"),
    WebConfig("iis-docs/denyUrlSequences-sample1.xml", _NOTHING_MANAGED),
    WebConfig("iis-docs/headerLimits-sample1.xml", _NOTHING_MANAGED),
    WebConfig("iis-docs/filteringRule-denyStrings-sample1.xml", _NOTHING_MANAGED, wrap="section"),
    WebConfig(
        "iis-docs/filteringRule-denyStrings-sample2-SQLInjection.xml", "the profiles set this rule at named sites only", wrap="section"
    ),
    WebConfig("iis-docs/filteringRule-scanHeaders-sample1.xml", _NOTHING_MANAGED, wrap="section"),
    WebConfig(
        "iis-docs/dynamicIpSecurity-sample1.xml", "not applicable: another section, which request filtering does not read", wrap="group"
    ),
    WebConfig(
        "iis-docs/redirection.config-enabled-sample8.xml", "not applicable: a section of redirection.config, which counts only there"
    ),
)
