# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows about IIS have in common: names, sources, and where a web.config stands."""

from __future__ import annotations

from lab.behaviour.requests import reads, section
from lab.behaviour.situation import ROOT, Situation, web_config

SITE = "Default Web Site"
WEB_CONFIG = ROOT + "\\web.config"
READ = reads(section())
SCHEMA_DOC = "IIS_schema.xml, the comment on the format of the schema"
SCHEMA_RF = "IIS_schema.xml, sectionSchema system.webServer/security/requestFiltering"
KB_500_19 = "KB 942055, http-error-500-19-webpage"
LOCKING = "How to use locking in IIS configuration"
MWA_TESTS = "JexusManager Tests/TestCases.cs, run against the real Microsoft.Web.Administration"
PROTOCOL = "docs/protocol.md"
HEADERS = "system.webServer/httpProtocol"
ERRORS = "system.webServer/httpErrors"
HANDLERS = "system.webServer/handlers"
MODULES = "system.webServer/modules"
SITES = "system.applicationHost/sites"


def below(xml: str, **more: object) -> Situation:
    """A web.config in the root of the only site."""
    return Situation(files={WEB_CONFIG: web_config(xml)}, **more)  # type: ignore[arg-type]


def other(body: str, **more: object) -> Situation:
    """A web.config with another section."""
    return Situation(files={WEB_CONFIG: web_config(body, section="other")}, **more)  # type: ignore[arg-type]
