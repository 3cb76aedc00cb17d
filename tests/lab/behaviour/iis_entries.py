# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what add and remove leave in applicationHost.config."""

from __future__ import annotations

from lab.behaviour.expectation import Level, Steps, Stored
from lab.behaviour.iis_changes import AFTER, AT_SITE, DOCS_RF, GIT, ROOT_RF, SITE_RF, WEB
from lab.behaviour.iis_names import ERRORS, HANDLERS, HEADERS, MODULES, MWA_TESTS, PROTOCOL, SITE
from lab.behaviour.requests import add, apply, remove, section
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering, location

ROWS = (
    Row(
        "add appends",
        Situation(),
        apply(GIT, read=AFTER),
        (
            Steps(("done",)),
            Level("", "hiddenSegments/*segment", ["web.config", ".git"]),
            Stored(ROOT_RF + "/hiddenSegments/add", ('<add segment="web.config"/>', '<add segment=".git"/>')),
        ),
        DOCS_RF,
        "D",
    ),
    Row(
        "add at a place",
        Situation(),
        apply(add("hiddenSegments", {"segment": ".git"}, ("segment",), index=0), read=AFTER),
        (Steps(("done",)), Level("", "hiddenSegments/*segment", [".git", "web.config"])),
        MWA_TESTS + ": AddAt",
        "T",
    ),
    Row(
        "add at a location",
        Situation(),
        apply(add("hiddenSegments", {"segment": ".git"}, ("segment",), SITE), read=AFTER),
        (
            Steps(("done",)),
            Stored(SITE_RF, ('<requestFiltering><hiddenSegments><add segment=".git"/></hiddenSegments></requestFiltering>',)),
            Level(SITE, "hiddenSegments/*segment", ["web.config", ".git"]),
        ),
        MWA_TESTS,
        "T",
    ),
    Row(
        "two entries in one batch",
        Situation(),
        apply(GIT, add("hiddenSegments", {"segment": ".svn"}, ("segment",)), read=AFTER),
        (Steps(("done", "done")), Level("", "hiddenSegments/*segment", ["web.config", ".git", ".svn"])),
        PROTOCOL,
        "P",
    ),
    Row(
        "an entry whose key is there in another case",
        Situation(),
        apply(add("hiddenSegments", {"segment": "WEB.CONFIG"}, ("segment",), planned={"attributes": WEB})),
        (Steps(("failed:duplicate",)), Stored(ROOT_RF + "/hiddenSegments/add", ('<add segment="web.config"/>',))),
        MWA_TESTS,
        "T",
    ),
    Row(
        "an entry that is inherited already",
        Situation(),
        apply(add("hiddenSegments", WEB, ("segment",), SITE, planned={"attributes": WEB})),
        (Steps(("failed:duplicate",)), Stored(AT_SITE + "/*", ())),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a verb in another case is another entry",
        Situation(request_filtering=filtering('<verbs><add verb="TRACE" allowed="false" /></verbs>')),
        apply(add("verbs", {"verb": "trace", "allowed": False}, ("verb",)), read=AFTER),
        (Steps(("done",)), Level("", "verbs/*verb", ["TRACE", "trace"])),
        "IIS_schema.xml: verb is caseSensitive",
        "S",
    ),
    Row(
        "an entry without a required attribute",
        Situation(),
        apply(add("verbs", {"verb": "TRACE"}, ("verb",))),
        (Steps(("failed:invalid_value",)), Stored(ROOT_RF + "/verbs/add", ())),
        MWA_TESTS,
        "T",
    ),
    Row(
        "an entry with an empty key",
        Situation(),
        apply(add("hiddenSegments", {"segment": ""}, ("segment",))),
        (Steps(("failed:invalid_value",)),),
        MWA_TESTS + ": String must not be empty",
        "T",
    ),
    Row(
        "a combined key",
        Situation(),
        apply(
            add(
                [],
                {"statusCode": 404, "subStatusCode": 7, "path": "/e", "responseMode": "ExecuteURL"},
                ("statusCode", "subStatusCode"),
                name=ERRORS,
            )
        ),
        (
            Steps(("done",)),
            Stored("//error[@subStatusCode]", ('<error statusCode="404" subStatusCode="7" path="/e" responseMode="ExecuteURL"/>',)),
        ),
        "IIS_schema.xml, httpErrors",
        "S",
    ),
    Row(
        "an entry with child elements",
        Situation(),
        apply(
            add(
                "filteringRules",
                {"name": "SQL", "scanQueryString": True},
                ("name",),
                node={
                    "elements": {
                        "appliesTo": {"entries": [{"attributes": {"fileExtension": ".asp"}}]},
                        "denyStrings": {"entries": [{"attributes": {"string": "--"}}, {"attributes": {"string": ";"}}]},
                    }
                },
            ),
            read=AFTER,
        ),
        (
            Steps(("done",)),
            Stored(
                ROOT_RF + "/filteringRules",
                (
                    '<filteringRules><filteringRule name="SQL" scanQueryString="true"><appliesTo><add fileExtension=".asp"/>'
                    '</appliesTo><denyStrings><add string="--"/><add string=";"/></denyStrings></filteringRule></filteringRules>',
                ),
            ),
            Level("", "filteringRules/[0]/denyStrings/*string", ["--", ";"]),
        ),
        DOCS_RF + "/filteringRules",
        "D",
    ),
    Row(
        "an entry below an entry",
        Situation(request_filtering=filtering('<filteringRules><filteringRule name="R" /></filteringRules>')),
        apply(add(["filteringRules", {"name": "r"}, "denyStrings"], {"string": "x"}, ("string",))),
        (Steps(("done",)), Stored(ROOT_RF + "//denyStrings", ('<denyStrings><add string="x"/></denyStrings>',))),
        DOCS_RF + "/filteringRules",
        "D",
    ),
    Row(
        "an entry below an inherited entry",
        Situation(
            request_filtering=filtering(
                '<filteringRules><filteringRule name="R" scanUrl="true">'
                '<denyStrings><add string="a" /></denyStrings></filteringRule></filteringRules>'
            )
        ),
        apply(add(["filteringRules", {"name": "R"}, "denyStrings"], {"string": "x"}, ("string",), SITE), read=AFTER),
        (
            Steps(("done",)),
            Level(SITE, "filteringRules/[0]/denyStrings/*string", ["a", "x"]),
            Level("", "filteringRules/[0]/denyStrings/*string", ["a"]),
        ),
        "IIS Manager writes remove and add",
        "I",
    ),
    Row(
        "remove deletes a stored entry",
        Situation(request_filtering=filtering('<hiddenSegments>\n<add segment="web.config" />\n<add segment="bin" />\n</hiddenSegments>')),
        apply(remove("hiddenSegments", {"segment": "BIN"}, {"segment": "bin"}), read=AFTER),
        (
            Steps(("done",)),
            Stored(ROOT_RF + "/hiddenSegments", ('<hiddenSegments><add segment="web.config"/></hiddenSegments>',)),
            Level("", "hiddenSegments/*segment", ["web.config"]),
        ),
        MWA_TESTS,
        "T",
    ),
    Row(
        "remove of an inherited entry writes a remove",
        Situation(),
        apply(remove("hiddenSegments", WEB, WEB, SITE), read=AFTER),
        (
            Steps(("done",)),
            Stored(SITE_RF + "/hiddenSegments", ('<hiddenSegments><remove segment="web.config"/></hiddenSegments>',)),
            Level(SITE, "hiddenSegments/*segment", []),
            Level("", "hiddenSegments/*segment", ["web.config"]),
        ),
        MWA_TESTS,
        "T",
    ),
    Row(
        "the remove of a combined key names all of it",
        Situation(),
        apply(
            remove(
                [],
                {"statusCode": 404, "subStatusCode": -1},
                {
                    "statusCode": 404,
                    "subStatusCode": -1,
                    "prefixLanguageFilePath": r"%SystemDrive%\inetpub\custerr",
                    "path": "404.htm",
                    "responseMode": "File",
                },
                SITE,
                ERRORS,
            )
        ),
        (Steps(("done",)), Stored("//location//remove", ('<remove statusCode="404" subStatusCode="-1"/>',))),
        "IIS Manager; IIS_schema.xml, httpErrors",
        "C",
    ),
    Row(
        "an entry that was removed is added again",
        Situation(locations=location(SITE, '<hiddenSegments><remove segment="web.config" /></hiddenSegments>')),
        apply(add("hiddenSegments", WEB, ("segment",), SITE), read=AFTER),
        (Steps(("done",)), Level(SITE, "hiddenSegments/*segment", ["web.config"])),
        MWA_TESTS,
        "T",
    ),
    Row(
        "remove of an entry that is not there",
        Situation(),
        apply(remove("hiddenSegments", {"segment": "x"}, None)),
        (Steps(("failed:entry_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a header whose name differs in case",
        Situation("aspnet2022"),
        apply(remove("customHeaders", {"name": "x-powered-by"}, {"name": "X-Powered-By", "value": "ASP.NET"}, name=HEADERS)),
        (Steps(("done",)), Stored("//customHeaders", ("<customHeaders><clear/></customHeaders>",))),
        "IIS_schema.xml: name is not caseSensitive",
        "S",
    ),
    Row(
        "a locked item is removed in a location of the same file",
        Situation("aspnet2022"),
        apply(remove([], {"name": "StaticFileModule"}, {"name": "StaticFileModule", "type": None, "preCondition": None}, SITE, MODULES)),
        (Steps(("done",)), Stored("//location//modules/remove", ('<remove name="StaticFileModule"/>',))),
        "More config locking",
        "D",
        ((Steps(("failed:locked",)),),),
    ),
    Row(
        "a handler is added at a location",
        Situation(),
        apply(add([], {"name": "Mine", "path": "*.x", "verb": "*"}, ("name",), SITE, HANDLERS), read=(section(HANDLERS),)),
        (Steps(("done",)), Level(SITE, "[0]/@name", "Mine")),
        "IIS_schema.xml: mergeAppend=false",
        "S",
    ),
)
