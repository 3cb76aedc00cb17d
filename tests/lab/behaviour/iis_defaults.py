# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: types, defaults and the schema."""

from __future__ import annotations

from lab.behaviour.expectation import Level, Part
from lab.behaviour.iis_names import ERRORS, HANDLERS, MWA_TESTS, PROTOCOL, READ, SCHEMA_RF, SITE, SITES
from lab.behaviour.requests import SERVER, reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import ROOT, Situation

ROWS = (
    Row(
        "limits are the schema's defaults",
        Situation(),
        READ,
        (
            Level("", "requestLimits/@maxUrl", 4096),
            Level("", "requestLimits/@maxQueryString", 2048),
            Level("", "requestLimits/@maxAllowedContentLength", 30000000),
        ),
        SCHEMA_RF,
        "S",
    ),
    Row(
        "flags of requestFiltering by default",
        Situation(),
        READ,
        (
            Level("", "@allowDoubleEscaping", False),
            Level("", "@allowHighBitCharacters", True),
            Level("", "@unescapeQueryString", True),
            Level("", "@removeServerHeader", False),
        ),
        SCHEMA_RF,
        "S",
    ),
    Row(
        "a plain installation hides web.config only",
        Situation(),
        READ,
        (Level("", "hiddenSegments/*segment", ["web.config"]), Level("", "fileExtensions/*fileExtension", [])),
        "applicationHost.config of three plain Web-Server installations",
        "S",
    ),
    Row(
        "an installation with ASP.NET hides eight segments",
        Situation("aspnet2022"),
        READ,
        (
            Level(
                "",
                "hiddenSegments/*segment",
                [
                    "web.config",
                    "bin",
                    "App_code",
                    "App_GlobalResources",
                    "App_LocalResources",
                    "App_WebReferences",
                    "App_Data",
                    "App_Browsers",
                ],
            ),
            Level("", "fileExtensions/[0]/@fileExtension", ".asax"),
            Level("", "fileExtensions/[0]/@allowed", False),
        ),
        "applicationHost.config of six installations with ASP.NET",
        "S",
    ),
    Row(
        "removeServerHeader has no default on 2016",
        Situation("default2016"),
        READ,
        (Level("", "@removeServerHeader", None), Part("schema/attributes/removeServerHeader", {"default": None, "type": "bool"})),
        "IIS_schema.xml of 10.0 RTM: the default is misspelled",
        "S",
    ),
    Row(
        "hsts is not in the schema of 2016",
        Situation("default2016"),
        reads(section(SITES)),
        (Part("schema/collection/entry/site/elements/hsts", "(missing)"),),
        "diff of the schemas 10.0 RTM and 1709",
        "S",
    ),
    Row(
        "an uint is a number, an enum its name",
        Situation(),
        reads(section(ERRORS)),
        (Level("", "@errorMode", "DetailedLocalOnly"), Level("", "[0]/@statusCode", 401), Level("", "[0]/@subStatusCode", -1)),
        "IIS_schema.xml, httpErrors",
        "S",
    ),
    Row(
        "flags are joined in the order of the schema",
        Situation(edits={'accessPolicy="Read, Script"': 'accessPolicy="script,Read"'}),
        reads(section(HANDLERS)),
        (Level("", "@accessPolicy", "Read, Script"),),
        "IIS_schema.xml, handlers; " + PROTOCOL,
        "S",
    ),
    Row(
        "a flags value of zero has its name",
        Situation(),
        reads(section("system.webServer/security/access")),
        (Level("", "@sslFlags", "None"),),
        "IIS_schema.xml, access",
        "S",
    ),
    Row(
        "a timeSpan with days",
        Situation(),
        reads(section("system.webServer/staticContent")),
        (Level("", "clientCache/@cacheControlMaxAge", "1.00:00:00"),),
        "IIS_schema.xml, staticContent",
        "S",
    ),
    Row(
        "a string without default and unset is null",
        Situation(),
        reads(section("system.webServer/security/authentication/basicAuthentication")),
        (Level("", "@realm", None),),
        PROTOCOL,
        "P",
    ),
    Row(
        "expanded attributes come unexpanded",
        Situation(),
        reads(section(SITES)),
        (Level("", "[0]/[0]/[0]/@physicalPath", r"%SystemDrive%\inetpub\wwwroot"),),
        MWA_TESTS,
        "T",
    ),
    Row(
        "an encrypted attribute is not in the tree",
        Situation(),
        reads(section("system.webServer/security/authentication/anonymousAuthentication")),
        (
            Level("", "@password", "(missing)"),
            Level("", "@userName", "IUSR"),
            Part("schema/attributes/password", {"encrypted": True, "default": None}),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "a verb's key counts case, an extension's does not",
        Situation(),
        READ,
        (
            Part("schema/elements/verbs/collection/entry/add/attributes/verb", {"key": True, "case_sensitive": True, "required": True}),
            Part("schema/elements/fileExtensions/collection/entry/add/attributes/fileExtension", {"case_sensitive": False}),
        ),
        SCHEMA_RF,
        "S",
    ),
    Row(
        "a validator with its parameter",
        Situation(),
        reads(section(ERRORS)),
        (
            Part(
                "schema/collection/entry/error/attributes/statusCode",
                {"validation": "integerRange", "parameter": "400,999", "default": None},
            ),
            Part("schema/collection", {"add": ["error"], "remove": "remove", "clear": "clear", "merge_append": True}),
        ),
        "IIS_schema.xml, httpErrors",
        "S",
    ),
    Row(
        "handlers are put in front of the inherited ones",
        Situation(),
        reads(section(HANDLERS)),
        (Part("schema/collection/merge_append", False),),
        "IIS_schema.xml, handlers: mergeAppend=false",
        "S",
    ),
    Row(
        "a binding has no remove",
        Situation(),
        reads(section(SITES)),
        (Part("schema/collection/entry/site/elements/bindings/collection", {"remove": None, "clear": "clear"}),),
        "IIS_schema.xml, sites",
        "S",
    ),
    Row(
        "siteDefaults fill in for a site",
        Situation(),
        reads(section(SITES)),
        (
            Level("", "[0]/logFile/@logFormat", "W3C"),
            Level("", "[0]/traceFailedRequestsLogging/@directory", r"%SystemDrive%\inetpub\logs\FailedReqLogFiles"),
        ),
        "IIS_schema.xml, defaultElement; shipped siteDefaults",
        "S",
    ),
    Row(
        "an application's pool is the default's",
        Situation(),
        reads(SERVER),
        (
            Part("sites/0/applications/0/pool", "DefaultAppPool"),
            Part("sites/0/name", SITE),
            Part("sites/0/id", 1),
            Part(
                "sites/0/applications/0/directories/0",
                {"physical_path": r"%SystemDrive%\inetpub\wwwroot", "expanded_path": ROOT, "subdirectory_configuration": True},
            ),
            Part("shared_configuration", {"enabled": False}),
        ),
        "shipped applicationDefaults",
        "S",
    ),
    Row(
        "globalModules in their order",
        Situation(),
        reads(SERVER),
        (Part("modules/0", "HttpLoggingModule"),),
        "applicationHost.config of a plain installation",
        "S",
    ),
)
