# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: collections, keys and what a web.config does to what it inherits."""

from __future__ import annotations

from lab.behaviour.expectation import Level, Path, PathError, ReadError
from lab.behaviour.iis_names import (
    ERRORS,
    HANDLERS,
    HEADERS,
    KB_500_19,
    LOCKING,
    READ,
    SCHEMA_DOC,
    SCHEMA_RF,
    SITE,
    WEB_CONFIG,
    below,
    other,
)
from lab.behaviour.requests import reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering, location

ROWS = (
    Row(
        "a web.config adds to what is inherited",
        below('<hiddenSegments><add segment=".git" /></hiddenSegments>'),
        READ,
        (Path(SITE, "/", "hiddenSegments/*segment", ["web.config", ".git"]), Level(SITE, "hiddenSegments/*segment", ["web.config"])),
        SCHEMA_DOC + ": mergeAppend",
        "S",
    ),
    Row(
        "remove takes an inherited entry out",
        below('<hiddenSegments><remove segment="WEB.CONFIG" /></hiddenSegments>'),
        READ,
        (Path(SITE, "/", "hiddenSegments/*segment", []),),
        "projectkudu/kudu Web.config",
        "S",
    ),
    Row(
        "remove of an entry that is not there is allowed",
        below('<hiddenSegments><remove segment="nothing" /></hiddenSegments>'),
        READ,
        (Path(SITE, "/", "hiddenSegments/*segment", ["web.config"]),),
        "projectkudu/kudu Web.config removes what a plain server has not",
        "C",
    ),
    Row(
        "clear takes all inherited entries out",
        below('<hiddenSegments><clear /><add segment="web.config" /></hiddenSegments>'),
        READ,
        (Path(SITE, "/", "hiddenSegments/*segment", ["web.config"]),),
        "jakubgarfield/Bonobo-Git-Server web.config",
        "S",
    ),
    Row(
        "a site's own file wins over the location",
        below('<requestLimits maxUrl="9" />', locations=location(SITE, '<requestLimits maxUrl="8" />')),
        READ,
        (Level(SITE, "requestLimits/@maxUrl", 8), Path(SITE, "/", "requestLimits/@maxUrl", 9)),
        LOCKING,
        "D",
    ),
    Row(
        "the same segment again in a web.config",
        below('<hiddenSegments>\n<add segment="Web.Config" />\n</hiddenSegments>'),
        READ,
        (PathError(SITE, "/", "duplicate", "0x800700b7", WEB_CONFIG, 7), Level(SITE, "hiddenSegments/*segment", ["web.config"])),
        KB_500_19 + "; IIS custom response headers readings 12-14",
        "M",
        ((PathError(SITE, "/", "malformed", "0x8007000d"),),),
    ),
    Row(
        "the same segment after a remove",
        below('<hiddenSegments><remove segment="web.config" /><add segment="web.config" /></hiddenSegments>'),
        READ,
        (Path(SITE, "/", "hiddenSegments/*segment", ["web.config"]),),
        KB_500_19,
        "M",
    ),
    Row(
        "two keys that differ in case are one",
        Situation(request_filtering=filtering('<denyUrlSequences>\n<add sequence="%0a" />\n<add sequence="%0A" />\n</denyUrlSequences>')),
        READ,
        (ReadError("duplicate", "0x800700b7"),),
        SCHEMA_RF + ": sequence is not caseSensitive",
        "S",
    ),
    Row(
        "two verbs that differ in case are two",
        Situation(request_filtering=filtering('<verbs><add verb="TRACE" allowed="false" /><add verb="trace" allowed="false" /></verbs>')),
        READ,
        (Level("", "verbs/*verb", ["TRACE", "trace"]),),
        SCHEMA_RF + ": verb is caseSensitive",
        "S",
    ),
    Row(
        "a header that the server adds already",
        other('<httpProtocol><customHeaders>\n<add name="x-powered-by" value="x" />\n</customHeaders></httpProtocol>', host="aspnet2022"),
        reads(section(HEADERS)),
        (PathError(SITE, "/", "duplicate", "0x800700b7"),),
        "IIS custom response headers readings 12-14",
        "M",
        ((PathError(SITE, "/", "malformed", "0x8007000d"),),),
    ),
    Row(
        "an error row's key is code and sub-status",
        other('<httpErrors><error statusCode="404" subStatusCode="7" path="/e" responseMode="ExecuteURL" /></httpErrors>'),
        reads(section(ERRORS)),
        (Path(SITE, "/", "[9]/@subStatusCode", 7),),
        "IIS_schema.xml, httpErrors: combined key",
        "S",
    ),
    Row(
        "an error row again, the sub-status by default",
        other('<httpErrors>\n<error statusCode="404" path="/e" />\n</httpErrors>'),
        reads(section(ERRORS)),
        (PathError(SITE, "/", "duplicate", "0x800700b7"),),
        "IIS httpErrors readings 21",
        "M",
        ((PathError(SITE, "/", "malformed", "0x8007000d"),),),
    ),
    Row(
        "a handler of a web.config comes first where it may stand",
        other('<handlers><add name="Mine" path="*.x" verb="*" /></handlers>', host="aspnet2022"),
        reads(section(HANDLERS)),
        (Path(SITE, "/", "[0]/@name", "Mine"),),
        "IIS_schema.xml, handlers: mergeAppend=false",
        "S",
    ),
    Row(
        "authorization again for everybody",
        other('<security><authorization>\n<add accessType="Deny" users="*" />\n</authorization></security>'),
        reads(section("system.webServer/security/authorization")),
        (PathError(SITE, "/", "duplicate", "0x800700b7"),),
        "shipped authorization; key users, roles, verbs",
        "C",
    ),
    Row(
        "authorization removed and added",
        other(
            '<security><authorization><remove users="*" roles="" verbs="" /><add accessType="Deny" users="*" /></authorization></security>'
        ),
        reads(section("system.webServer/security/authorization")),
        (Path(SITE, "/", "[0]/@accessType", "Deny"),),
        "iis-docs authorization",
        "D",
    ),
    Row(
        "an ipSecurity entry denies by default",
        Situation(edits={'<ipSecurity allowUnlisted="true" />': '<ipSecurity><add ipAddress="192.0.2.1" /></ipSecurity>'}),
        reads(section("system.webServer/security/ipSecurity")),
        (Level("", "[0]/@allowed", False), Level("", "[0]/@subnetMask", "255.255.255.255")),
        "IIS_schema.xml, ipSecurity",
        "S",
    ),
    Row(
        "a web.config adds a filtering rule with its lists",
        below(
            '<filteringRules><filteringRule name="R" scanUrl="true"><denyStrings>'
            '<add string="&lt;script" /></denyStrings></filteringRule></filteringRules>'
        ),
        READ,
        (
            Path(SITE, "/", "filteringRules/[0]/denyStrings/*string", ["<script"]),
            Path(SITE, "/", "filteringRules/[0]/@denyUnescapedPercent", True),
        ),
        SCHEMA_RF,
        "S",
    ),
    Row(
        "an expanded key in two spellings",
        other(
            "",
            edits={
                'notListedCgisAllowed="false">': 'notListedCgisAllowed="false">'
                r'<add path="%windir%\x.dll" allowed="true" /><add path="C:\Windows\x.dll" allowed="true" />'
            },
        ),
        reads(section("system.webServer/security/isapiCgiRestriction")),
        (Level("", "[1]/@path", r"C:\Windows\x.dll"),),
        "the key is expanded: compared before or after is not documented",
        "?",
        ((ReadError("duplicate"),),),
    ),
)
