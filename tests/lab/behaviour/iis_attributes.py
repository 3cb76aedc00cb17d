# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what set and unset leave in applicationHost.config."""

from __future__ import annotations

from lab.behaviour.expectation import Bytes, InAnswer, Level, Steps, Stored
from lab.behaviour.iis_changes import ACCESS, AFTER, AT_SITE, DOCS_RF, ROOT_RF, SITE_RF, max_url
from lab.behaviour.iis_names import ERRORS, MWA_TESTS, PROTOCOL, SCHEMA_DOC, SITE
from lab.behaviour.requests import add, apply, section, set_, unset
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering, location

ROWS = (
    Row(
        "set writes an attribute where its element is missing",
        Situation(),
        apply(max_url(2048), read=AFTER),
        (
            Steps(("done",)),
            Stored(ROOT_RF + "/requestLimits", ('<requestLimits maxUrl="2048"/>',)),
            Level("", "requestLimits/@maxUrl", 2048),
            InAnswer("changed", True),
        ),
        DOCS_RF,
        "D",
    ),
    Row(
        "set replaces an attribute",
        Situation(request_filtering=filtering('<requestLimits maxQueryString="5" maxUrl="100" />')),
        apply(max_url(2048, "100", 100), read=AFTER),
        (Steps(("done",)), Bytes('<requestLimits maxQueryString="5" maxUrl="2048" />')),
        DOCS_RF,
        "D",
    ),
    Row(
        "set at a location writes a location tag",
        Situation(),
        apply(max_url(2048, location=SITE), read=AFTER),
        (
            Steps(("done",)),
            Stored(SITE_RF, ('<requestFiltering><requestLimits maxUrl="2048"/></requestFiltering>',)),
            Stored(ROOT_RF + "/requestLimits", ()),
            Level(SITE, "requestLimits/@maxUrl", 2048),
            Level("", "requestLimits/@maxUrl", 4096),
        ),
        "appcmd /commit:apphost; " + MWA_TESTS,
        "T",
    ),
    Row(
        "set at a location that is there",
        Situation(locations=location(SITE, '<verbs allowUnlisted="false" />')),
        apply(max_url(2048, location=SITE), read=AFTER),
        (
            Steps(("done",)),
            Stored(f"{AT_SITE}[*]/@path", (SITE,)),
            Stored(SITE_RF, ('<requestFiltering><verbs allowUnlisted="false"/><requestLimits maxUrl="2048"/></requestFiltering>',)),
        ),
        MWA_TESTS,
        "T",
    ),
    Row(
        "set at the location of a path",
        Situation(),
        apply(max_url(9, location=SITE + "/app"), read=(section(locations=(SITE + "/app",)),)),
        (Steps(("done",)), Level(SITE + "/app", "requestLimits/@maxUrl", 9), Level(SITE, "requestLimits/@maxUrl", 4096)),
        MWA_TESTS,
        "T",
    ),
    Row(
        "the value that is inherited is written all the same",
        Situation(),
        apply(max_url(4096)),
        (Steps(("done",)), Stored(ROOT_RF + "/requestLimits", ('<requestLimits maxUrl="4096"/>',))),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a locked section is set at a location",
        Situation(),
        apply(set_("", "sslFlags", "Ssl, SslNegotiateCert", None, "None", SITE, ACCESS), read=(section(ACCESS),)),
        (
            Steps(("done",)),
            Level(SITE, "@sslFlags", "Ssl, SslNegotiateCert"),
            Stored(AT_SITE + "/system.webServer/security/access/@sslFlags", ("Ssl, SslNegotiateCert",)),
        ),
        "How to use locking in IIS configuration",
        "D",
    ),
    Row(
        "a bool is written in small letters",
        Situation(),
        apply(set_("", "removeServerHeader", True, None, False)),
        (Steps(("done",)), Stored(ROOT_RF + "/@removeServerHeader", ("true",))),
        SCHEMA_DOC,
        "S",
    ),
    Row(
        "an enum is written by its name",
        Situation(),
        apply(set_("", "errorMode", "Custom", None, "DetailedLocalOnly", name=ERRORS)),
        (Steps(("done",)), Stored("//httpErrors/@errorMode", ("Custom",))),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a timeSpan is written as text",
        Situation(),
        apply(set_("clientCache", "cacheControlMaxAge", "7.00:00:00", None, "1.00:00:00", name="system.webServer/staticContent")),
        (Steps(("done",)), Stored("//clientCache/@cacheControlMaxAge", ("7.00:00:00",))),
        SCHEMA_DOC,
        "S",
    ),
    Row(
        "markup characters in a value",
        Situation(),
        apply(add(["denyQueryStringSequences"], {"sequence": '<"&>'}, ("sequence",)), read=AFTER),
        (Steps(("done",)), Stored(ROOT_RF + "//@sequence", ('<"&>',)), Level("", "denyQueryStringSequences/*sequence", ['<"&>'])),
        "XML 1.0",
        "K",
    ),
    Row(
        "an attribute of an entry",
        Situation(request_filtering=filtering('<verbs><add verb="TRACE" allowed="true" /></verbs>')),
        apply(set_(["verbs", {"verb": "TRACE"}], "allowed", False, "true", True)),
        (Steps(("done",)), Stored(ROOT_RF + "/verbs", ('<verbs><add verb="TRACE" allowed="false"/></verbs>',))),
        MWA_TESTS,
        "T",
    ),
    Row(
        "an attribute of an inherited entry",
        Situation(request_filtering=filtering('<verbs><add verb="TRACE" allowed="true" /></verbs>')),
        apply(set_(["verbs", {"verb": "TRACE"}], "allowed", False, None, True, SITE), read=AFTER),
        (
            Steps(("done",)),
            Stored(SITE_RF + "/verbs", ('<verbs><remove verb="TRACE"/><add verb="TRACE" allowed="false"/></verbs>',)),
            Level(SITE, "verbs/[0]/@allowed", False),
            Level("", "verbs/[0]/@allowed", True),
        ),
        "IIS Manager writes remove and add",
        "I",
    ),
    Row(
        "unset takes a stored attribute away",
        Situation(request_filtering=filtering('<requestLimits maxUrl="100" maxQueryString="5" />')),
        apply(unset("requestLimits", "maxUrl", "100", 100), read=AFTER),
        (Steps(("done",)), Bytes('<requestLimits maxQueryString="5" />'), Level("", "requestLimits/@maxUrl", 4096)),
        MWA_TESTS + ": ConfigurationAttribute.Delete",
        "T",
    ),
    Row(
        "unset of an attribute that is inherited",
        Situation(),
        apply(unset("requestLimits", "maxUrl", None, 4096)),
        (Steps(("done",)), Stored(ROOT_RF + "/requestLimits", ())),
        PROTOCOL,
        "P",
    ),
)
