# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: the operations that lead to the configuration samples of Microsoft's own documentation (iis-docs).

`sample` is the file's name in a collection of those samples; `xml` what the documentation shows, without what says nothing
(an attribute at its default in a new entry may stand there, a clear element in a new one may not).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.behaviour.expectation import Steps, Stored
from lab.behaviour.iis_changes import ROOT_RF
from lab.behaviour.requests import RF, Step, add, apply, set_
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation, filtering

DYNAMIC = "system.webServer/security/dynamicIpSecurity"
SQL_WORDS = (
    "-- ; /* @ char alter begin cast create cursor declare delete drop end exec fetch insert kill open select sys table update"
).split()


@dataclass(frozen=True)
class Pair:
    sample: str
    steps: tuple[Step, ...]
    section: str = RF


def entries(attribute: str, values: Sequence[str]) -> dict[str, Any]:
    return {"entries": [{"attributes": {attribute: value}} for value in values]}


def each(element: str, attribute: str, *values: str) -> tuple[Step, ...]:
    return tuple(add(element, {attribute: value}, (attribute,)) for value in values)


LEECH = add(
    "filteringRules",
    {"name": "Block Image Leeching", "scanUrl": False, "scanQueryString": False, "scanAllRaw": False},
    ("name",),
    node={
        "elements": {
            "scanHeaders": entries("requestHeader", ["User-agent"]),
            "appliesTo": entries("fileExtension", [".gif", ".jpg", ".png"]),
            "denyStrings": entries("string", ["leech-bot"]),
        }
    },
)
SQL = add(
    "filteringRules",
    {"name": "SQLInjection", "scanUrl": False, "scanQueryString": True},
    ("name",),
    node={"elements": {"appliesTo": entries("fileExtension", [".asp", ".aspx", ".php"]), "denyStrings": entries("string", SQL_WORDS)}},
)
HEADER = add(["requestLimits", "headerLimits"], {"header": "Content-type", "sizeLimit": 100}, ("header",))
QUERY = (
    *each("denyQueryStringSequences", "sequence", "bad", "sequence"),
    *each("alwaysAllowedQueryStrings", "queryString", "bad=sequence"),
)
URL = (*each("denyUrlSequences", "sequence", "bad", "sequence"), *each("alwaysAllowedUrls", "url", "/bad_sequence.txt"))

PAIRS = (
    Pair("alwaysAllowedQueryStrings-sample1.xml", QUERY),
    Pair("alwaysAllowedUrls-sample1.xml", URL),
    Pair("denyQueryStringSequences-sample1.xml", QUERY),
    Pair("denyUrlSequences-sample1.xml", each("denyUrlSequences", "sequence", "..", ":", "\\")),
    Pair("filteringRule-denyStrings-sample1.xml", (LEECH,)),
    Pair("filteringRule-denyStrings-sample2-SQLInjection.xml", (SQL,)),
    Pair("filteringRule-scanHeaders-sample1.xml", (LEECH,)),
    Pair("headerLimits-sample1.xml", (HEADER,)),
    Pair(
        "dynamicIpSecurity-sample1.xml",
        (
            set_("", "enableLoggingOnlyMode", True, None, False, name=DYNAMIC),
            set_("denyByConcurrentRequests", "enabled", True, None, False, name=DYNAMIC),
            set_("denyByConcurrentRequests", "maxConcurrentRequests", 10, None, 5, name=DYNAMIC),
            set_("denyByRequestRate", "enabled", True, None, False, name=DYNAMIC),
            set_("denyByRequestRate", "maxRequests", 30, None, 20, name=DYNAMIC),
            set_("denyByRequestRate", "requestIntervalInMilliseconds", 300, None, 200, name=DYNAMIC),
        ),
        DYNAMIC,
    ),
)

EMPTY = Situation(request_filtering=filtering(""))
SHOWN = {
    "denyUrlSequences-sample1.xml": (
        ROOT_RF + "/denyUrlSequences",
        '<denyUrlSequences><add sequence=".."/><add sequence=":"/><add sequence="\\"/></denyUrlSequences>',
    ),
    "headerLimits-sample1.xml": (
        ROOT_RF + "/requestLimits",
        '<requestLimits><headerLimits><add header="Content-type" sizeLimit="100"/></headerLimits></requestLimits>',
    ),
    "dynamicIpSecurity-sample1.xml": (
        "//dynamicIpSecurity",
        '<dynamicIpSecurity enableLoggingOnlyMode="true"><denyByConcurrentRequests '
        'enabled="true" maxConcurrentRequests="10"/><denyByRequestRate enabled="true" maxRequests="30" '
        'requestIntervalInMilliseconds="300"/></dynamicIpSecurity>',
    ),
    "alwaysAllowedUrls-sample1.xml": (
        ROOT_RF + "/alwaysAllowedUrls",
        '<alwaysAllowedUrls><add url="/bad_sequence.txt"/></alwaysAllowedUrls>',
    ),
}

ROWS = tuple(
    Row(
        f"documented: {pair.sample}",
        EMPTY,
        apply(*pair.steps),
        (Steps(("done",) * len(pair.steps)), *([Stored(SHOWN[pair.sample][0], (SHOWN[pair.sample][1],))] if pair.sample in SHOWN else [])),
        "iis-docs " + pair.sample,
        "D",
    )
    for pair in PAIRS
)
