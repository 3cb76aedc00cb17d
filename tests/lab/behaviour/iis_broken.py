# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: files that cannot be read, wholly or in one section."""

from __future__ import annotations

from lab.behaviour.expectation import Files, Level, Path, PathError, ReadError
from lab.behaviour.iis_names import ERRORS, KB_500_19, MWA_TESTS, PROTOCOL, READ, SCHEMA_DOC, SCHEMA_RF, SITE, WEB_CONFIG, below, other
from lab.behaviour.requests import SERVER, reads, section
from lab.behaviour.row import Row
from lab.behaviour.situation import APPLICATION_HOST, Situation, filtering, web_config

FRAGMENT = '<?xml version="1.0"?>\n<system.webServer><security><requestFiltering /></security></system.webServer>\n'

ROWS = (
    Row(
        "a file without the root element of a configuration",
        Situation(files={WEB_CONFIG: FRAGMENT}),
        READ,
        (Files((("/", "malformed"),)), PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG, 2)),
        KB_500_19,
        "D",
    ),
    Row(
        "an attribute that the schema does not know",
        below('<requestLimits maxUri="9" />'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG, 6),),
        KB_500_19,
        "D",
    ),
    Row(
        "an element that the schema does not know",
        below("<hiddenSegment />"),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        KB_500_19,
        "D",
    ),
    Row(
        "an attribute in the wrong case",
        below('<requestLimits MaxUrl="9" />'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        "XML counts case",
        "K",
        ((Path(SITE, "/", "requestLimits/@maxUrl", 9),),),
    ),
    Row(
        "a number that is none",
        below('<requestLimits maxUrl="many" />'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        SCHEMA_DOC + ": validation when parsing the XML",
        "S",
    ),
    Row(
        "a number beyond uint",
        below('<requestLimits maxUrl="4294967296" />'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        SCHEMA_DOC,
        "S",
    ),
    Row(
        "the greatest uint",
        below('<requestLimits maxAllowedContentLength="4294967295" />'),
        READ,
        (Path(SITE, "/", "requestLimits/@maxAllowedContentLength", 4294967295),),
        "projectkudu/kudu Web.config",
        "S",
    ),
    Row(
        "an empty key",
        below('<hiddenSegments><add segment="" /></hiddenSegments>'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        SCHEMA_RF + ": nonEmptyString",
        "S",
    ),
    Row(
        "a required attribute is missing",
        below('<verbs><add verb="TRACE" /></verbs>'),
        READ,
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        SCHEMA_RF + ": allowed is required, no default",
        "S",
    ),
    Row(
        "a required attribute with a default may be missing",
        below('<fileExtensions><add fileExtension=".x" /></fileExtensions>'),
        READ,
        (Path(SITE, "/", "fileExtensions/[0]/@allowed", True),),
        SCHEMA_RF + ": allowed is required and has a default",
        "I",
        ((PathError(SITE, "/", "malformed"),),),
    ),
    Row(
        "a code out of its range",
        other('<httpErrors><error statusCode="399" path="/e" /></httpErrors>'),
        reads(section(ERRORS)),
        (PathError(SITE, "/", "malformed", "0x8007000d", WEB_CONFIG),),
        "IIS_schema.xml, httpErrors: integerRange 400,999",
        "S",
    ),
    Row(
        "a web.config that is no XML",
        Situation(files={WEB_CONFIG: "<configuration>\n<system.webServer>\n</configuration>\n"}),
        READ,
        (Files((("/", "malformed"),)), PathError(SITE, "/", "malformed", None, WEB_CONFIG, 3)),
        KB_500_19,
        "D",
    ),
    Row(
        "a section that is invalid at the root cannot be read",
        Situation(request_filtering=filtering('<requestLimits maxUrl="x" />')),
        READ,
        (ReadError("malformed", "0x8007000d", APPLICATION_HOST),),
        MWA_TESTS + ": COMException with file and line at GetSection",
        "T",
    ),
    Row(
        "applicationHost.config that is no XML",
        Situation(edits={"</configuration>": "</configuratio>"}),
        READ,
        (ReadError("malformed", None, APPLICATION_HOST),),
        KB_500_19,
        "D",
    ),
    Row(
        "a section that is registered nowhere",
        Situation(),
        reads(section("system.webServer/rewrite/rules")),
        (ReadError("section_unknown"),),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a section without schema", Situation(), reads(section("example.monitoring/agent")), (ReadError("section_unknown"),), MWA_TESTS, "T"
    ),
    Row(
        "one failing read hides no other",
        Situation(),
        reads(section("no/section"), section()),
        (ReadError("section_unknown"), Level("", "requestLimits/@maxUrl", 4096, number=1)),
        PROTOCOL,
        "P",
    ),
    Row(
        "no IIS on the host",
        Situation("no_iis"),
        reads(SERVER, section()),
        (ReadError("iis_missing"), ReadError("iis_missing", number=1)),
        PROTOCOL,
        "P",
    ),
    Row(
        "prefixed namespaces are read",
        Situation(
            files={
                WEB_CONFIG: web_config(
                    '<requestLimits maxUrl="9" />',
                    inner='<runtime><asm:assemblyBinding xmlns:asm="urn:schemas-microsoft-com:asm.v1" /></runtime>',
                )
            }
        ),
        READ,
        (Path(SITE, "/", "requestLimits/@maxUrl", 9),),
        MWA_TESTS,
        "T",
    ),
)
