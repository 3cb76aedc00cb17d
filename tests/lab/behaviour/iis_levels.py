# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: the root and the location tags of applicationHost.config."""

from __future__ import annotations

from lab.behaviour.expectation import Level, LevelError, Part, Path, ReadError
from lab.behaviour.iis_names import HANDLERS, LOCKING, MODULES, MWA_TESTS, PROTOCOL, READ, SITE
from lab.behaviour.requests import reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering, location

ROWS = (
    Row(
        "a location tag counts for its site",
        Situation(locations=location(SITE, '<requestLimits maxUrl="100" />')),
        READ,
        (Level("", "requestLimits/@maxUrl", 4096), Level(SITE, "requestLimits/@maxUrl", 100)),
        LOCKING,
        "D",
    ),
    Row(
        "a location is found without case",
        Situation(locations=location("DEFAULT web site", '<requestLimits maxUrl="100" />')),
        READ,
        (Path(SITE, "/", "requestLimits/@maxUrl", 100),),
        "location paths name sites, whose names compare without case",
        "K",
    ),
    Row(
        'the location path="" is the root',
        Situation("aspnet2022"),
        reads(section(MODULES)),
        (Part("configuration/occurrences/0", {"location": "", "override_mode": "Allow"}), Level("", "[0]/@name", "HttpLoggingModule")),
        LOCKING + "; applicationHost.config of six installations with ASP.NET",
        "S",
    ),
    Row(
        'the location path="." is the root',
        Situation(request_filtering="", locations=location(".", '<requestLimits maxUrl="7" />')),
        READ,
        (Level("", "requestLimits/@maxUrl", 7), Part("configuration/occurrences/0/location", "")),
        LOCKING,
        "D",
    ),
    Row(
        'root and path="" in one file',
        Situation(locations=location("", '<requestLimits maxUrl="7" />')),
        READ,
        (Level("", "requestLimits/@maxUrl", 7),),
        LOCKING + ": not in both",
        "?",
        ((ReadError("duplicate"),), (ReadError("malformed"),)),
    ),
    Row(
        "the section twice in one place",
        Situation(request_filtering=filtering("") + "\n" + filtering('<requestLimits maxUrl="7" />')),
        READ,
        (ReadError("duplicate", "0x800700b7"),),
        "Config section already defined: sections must only appear once per config file",
        "K",
        ((ReadError("malformed"),),),
    ),
    Row(
        "an orphaned location names no site",
        Situation(locations=location("Gone", '<requestLimits maxUrl="100" />')),
        READ,
        (LevelError("Gone", "location_unknown", "0x80070002"), Level("", "requestLimits/@maxUrl", 4096)),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a location of a path below a site",
        Situation(locations=location(SITE + "/app", '<requestLimits maxUrl="100" />')),
        READ,
        (Level(SITE, "requestLimits/@maxUrl", 4096), Level(SITE + "/app", "requestLimits/@maxUrl", 100)),
        LOCKING,
        "D",
    ),
    Row(
        "a locked section may be set in a location of the same file",
        Situation(
            locations=f'<location path="{SITE}">\n<system.webServer>\n<handlers accessPolicy="Read" />\n</system.webServer>\n</location>'
        ),
        reads(section(HANDLERS)),
        (Level(SITE, "@accessPolicy", "Read"), Level("", "@accessPolicy", "Read, Script")),
        "More config locking; applicationHost.config of mlbakerak/WinIRISBuild",
        "S",
    ),
    Row(
        "asked locations come after the sites",
        Situation(),
        reads(section(locations=(SITE.upper(), SITE + "/x"))),
        (Part("levels", [{"location": ""}, {"location": SITE}, {"location": SITE + "/x"}]),),
        PROTOCOL,
        "P",
    ),
    Row(
        "an unknown location asked for",
        Situation(),
        reads(section(locations=("Nowhere",))),
        (LevelError("Nowhere", "location_unknown", "0x80070002"),),
        MWA_TESTS,
        "T",
    ),
    Row("equal trees stand once", Situation(), READ, (Part("trees", [{}]), Part("levels", [{"tree": 0}, {"tree": 0}])), PROTOCOL, "P"),
    Row(
        "an occurrence as the file says it",
        Situation(request_filtering=filtering('<requestLimits maxUrl="0100" />')),
        READ,
        (
            Part("configuration/occurrences/0/node/children/0", {"tag": "requestLimits", "attributes": {"maxUrl": "0100"}, "children": []}),
            Level("", "requestLimits/@maxUrl", 100),
        ),
        PROTOCOL,
        "P",
    ),
)
