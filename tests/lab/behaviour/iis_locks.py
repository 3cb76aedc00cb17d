# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: locked sections, attributes, elements and items."""

from __future__ import annotations

from lab.behaviour.expectation import Level, LevelError, Path, PathError
from lab.behaviour.iis_names import ERRORS, HANDLERS, KB_500_19, LOCKING, MODULES, MWA_TESTS, READ, SITE, WEB_CONFIG, below, other
from lab.behaviour.requests import reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering, location

ROWS = (
    Row(
        "a section that is denied by default in a web.config",
        other('<handlers accessPolicy="Read" />'),
        reads(section(HANDLERS)),
        (PathError(SITE, "/", "locked", "0x80070021", WEB_CONFIG, 4), Level(SITE, "@accessPolicy", "Read, Script")),
        KB_500_19,
        "D",
    ),
    Row(
        "another section of the same file still reads",
        other('<handlers accessPolicy="Read" /><directoryBrowse enabled="true" />'),
        reads(section("system.webServer/directoryBrowse")),
        (Path(SITE, "/", "@enabled", True),),
        MWA_TESTS,
        "T",
    ),
    Row(
        'a section that is unlocked by location path=""',
        other('<handlers accessPolicy="Read" />', host="aspnet2022"),
        reads(section(HANDLERS)),
        (Path(SITE, "/", "@accessPolicy", "Read"),),
        LOCKING,
        "D",
    ),
    Row(
        "a section that is locked for one site",
        below('<requestLimits maxUrl="9" />', locations=location(SITE, "", "Deny")),
        READ,
        (PathError(SITE, "/", "locked", "0x80070021", WEB_CONFIG),),
        LOCKING,
        "D",
    ),
    Row(
        "a section that is unlocked for one site",
        other(
            '<handlers accessPolicy="Read" />',
            locations=f'<location path="{SITE}" overrideMode="Allow">\n<system.webServer>\n<handlers />\n</system.webServer>\n</location>',
        ),
        reads(section(HANDLERS)),
        (Path(SITE, "/", "@accessPolicy", "Read"),),
        "the comment in every applicationHost.config",
        "S",
    ),
    Row(
        "AppHostOnly never stands in a web.config",
        other('<security><isapiCgiRestriction notListedCgisAllowed="true" /></security>'),
        reads(section("system.webServer/security/isapiCgiRestriction")),
        (PathError(SITE, "/", "locked", "0x80070021"),),
        LOCKING,
        "D",
    ),
    Row(
        "a locked attribute in a web.config",
        other('<httpErrors defaultPath="/e.htm" />'),
        reads(section(ERRORS)),
        (PathError(SITE, "/", "locked", "0x80070021", WEB_CONFIG, 4),),
        "IIS httpErrors readings: defaultPath in a web.config",
        "M",
    ),
    Row(
        "an unlocked attribute beside a locked one",
        other('<httpErrors errorMode="Custom" />'),
        reads(section(ERRORS)),
        (Path(SITE, "/", "@errorMode", "Custom"),),
        LOCKING,
        "D",
    ),
    Row(
        "a locked item removed in a web.config",
        other('<modules>\n<remove name="StaticFileModule" />\n</modules>', host="aspnet2022"),
        reads(section(MODULES)),
        (PathError(SITE, "/", "locked", "0x80070021", WEB_CONFIG, 5),),
        MWA_TESTS,
        "T",
    ),
    Row(
        "clear over a locked item in a web.config",
        other("<modules>\n<clear />\n</modules>", host="aspnet2022"),
        reads(section(MODULES)),
        (PathError(SITE, "/", "locked", "0x80070021", WEB_CONFIG),),
        LOCKING,
        "D",
    ),
    Row(
        "an item without a lock removed in a web.config",
        other('<modules><remove name="FormsAuthentication" /></modules>', host="aspnet2022"),
        reads(section(MODULES)),
        (Path(SITE, "/", "@runAllManagedModulesForAllRequests", False),),
        LOCKING,
        "D",
    ),
    Row(
        "lockElements keeps clear out",
        below(
            "<hiddenSegments>\n<clear />\n</hiddenSegments>",
            request_filtering=filtering('<hiddenSegments lockElements="clear,remove"><add segment="web.config" /></hiddenSegments>'),
        ),
        READ,
        (PathError(SITE, "/", "locked", "0x80070021"),),
        LOCKING,
        "D",
    ),
    Row(
        "a lock does not bind a location of the same file",
        Situation(
            request_filtering=filtering('<requestLimits lockAttributes="maxUrl" maxUrl="5" />'),
            locations=location(SITE, '<requestLimits maxUrl="6" />'),
        ),
        READ,
        (Level(SITE, "requestLimits/@maxUrl", 6),),
        "More config locking",
        "D",
        ((LevelError(SITE, "locked"),),),
    ),
    Row(
        "lockAllAttributesExcept leaves one open",
        below('<requestLimits maxUrl="9" />', request_filtering=filtering('<requestLimits lockAllAttributesExcept="maxUrl" />')),
        READ,
        (Path(SITE, "/", "requestLimits/@maxUrl", 9),),
        LOCKING,
        "D",
    ),
)
