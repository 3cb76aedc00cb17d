# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what refuses an operation, and what becomes of the others."""

from __future__ import annotations

from lab.behaviour.expectation import InAnswer, JournalLines, Refused, Steps, Stored
from lab.behaviour.iis_changes import ACCESS, AT_SITE, GIT, JOURNAL_FILE, ROOT_RF, WEB, max_url
from lab.behaviour.iis_names import ERRORS, MWA_TESTS, PROTOCOL, SITE
from lab.behaviour.requests import add, apply, set_
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

ROWS = (
    Row(
        "a text for an uint",
        Situation(),
        apply(max_url("2048")),
        (Steps(("failed:invalid_value",)), InAnswer("changed", False)),
        MWA_TESTS + ": Specified cast is not valid",
        "T",
    ),
    Row(
        "a name that is no enum's",
        Situation(),
        apply(set_("", "errorMode", "Sometimes", None, "DetailedLocalOnly", name=ERRORS)),
        (Steps(("failed:invalid_value",)),),
        MWA_TESTS + ": Enum must be one of",
        "T",
    ),
    Row(
        "a name that is no flag",
        Situation(),
        apply(set_("", "sslFlags", "Ssl, SslMapCert", None, "None", SITE, ACCESS)),
        (Steps(("failed:invalid_value",)), Stored(AT_SITE + "/*", ())),
        "IIS_schema.xml, access: SslMapCert is not in it",
        "S",
    ),
    Row(
        "set of an attribute that the schema does not know",
        Situation(),
        apply(set_("requestLimits", "maxUri", 1, None, None)),
        (Steps(("failed:attribute_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "removeServerHeader where the schema has none",
        Situation("default2016", {"remove_server_header": False}),
        apply(set_("", "removeServerHeader", True, None, None)),
        (Steps(("failed:attribute_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "set in an element that the schema does not know",
        Situation(),
        apply(set_("requestLimit", "maxUrl", 1, None, None)),
        (Steps(("failed:attribute_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a step to an entry that is not there",
        Situation(),
        apply(set_(["verbs", {"verb": "X"}], "allowed", False, None, None)),
        (Steps(("failed:entry_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "a location that is no site's",
        Situation(),
        apply(max_url(1, location="Nowhere")),
        (Steps(("failed:location_unknown",)), Stored("/configuration/location[@path='Nowhere']", ())),
        MWA_TESTS,
        "T",
    ),
    Row(
        "an unknown section",
        Situation(),
        apply(set_("", "enabled", True, None, False, name="system.webServer/none")),
        (Steps(("failed:section_unknown",)),),
        MWA_TESTS,
        "T",
    ),
    Row(
        "a stored text that is not the planned one",
        Situation(),
        apply(max_url(1, "100", 100)),
        (
            Steps(("failed:changed_meanwhile",)),
            JournalLines((("protocol", "id", "started", "account", "steps"), ("at", "failed", "error"), ("at", "finished")), JOURNAL_FILE),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "an effective value that is not the planned one",
        Situation(),
        apply(max_url(1, None, 100)),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "an entry that somebody added meanwhile",
        Situation(),
        apply(add("hiddenSegments", WEB, ("segment",))),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "every planned value is checked before the first write",
        Situation(),
        apply(max_url(1), max_url(2, "x", 3)),
        (Steps(("not_attempted", "failed:changed_meanwhile")), Stored(ROOT_RF + "/requestLimits", ())),
        PROTOCOL,
        "P",
    ),
    Row(
        "steps before a failed one are not written",
        Situation(),
        apply(max_url(1), GIT, set_("", "removeServerHeader", "yes", None, False), GIT),
        (
            Steps(("not_written", "not_written", "failed:invalid_value", "not_attempted")),
            Stored(ROOT_RF + "/requestLimits", ()),
            Stored("//add[@segment='.git']", ()),
        ),
        PROTOCOL,
        "P",
    ),
    Row(
        "an entry where the schema has no collection",
        Situation(),
        apply(add("requestLimits", {"segment": "x"}, ("segment",))),
        (Steps(("failed:attribute_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row("no IIS to write to", Situation("no_iis"), apply(max_url(1)), (Steps(("failed:iis_missing",)),), PROTOCOL, "P"),
    Row(
        "an id of a journal that is there", Situation(files={JOURNAL_FILE: "{}\n"}), apply(max_url(1)), (Refused("journal"),), PROTOCOL, "P"
    ),
)
