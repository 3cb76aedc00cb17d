# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role as rows: what is set on a host, and what its applicationHost.config holds afterwards.

Every row starts from a box where that is not so already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integration.ansible_process import APPLICATION_HOST, NOTHING

SITE = "Default Web Site"
# where the farm's box has its configuration in these tests: a folder of its own instead of a share
SHARED = r"C:\shared\applicationHost.config"
# entries that no box has, at a site that its web.config below overrides
WEB_CONFIG = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <security>
      <requestFiltering>
        <requestLimits maxUrl="9999" />
        <hiddenSegments><add segment="private" /></hiddenSegments>
      </requestFiltering>
    </security>
  </system.webServer>
</configuration>
"""


@dataclass(frozen=True)
class Case:
    """expected: XPath below the section at `location` -> what it gives. fails: a part of the sentence the task fails with."""

    name: str
    variables: Mapping[str, Any]
    expected: Mapping[str, list[str]] = field(default_factory=dict)
    location: str = ""
    box: str = "default2022"
    file: str = APPLICATION_HOST
    web_config: str | None = None
    fails: str | None = None

    @property
    def host(self) -> str:
        return self.name.replace(" ", "_")


def _plain(name: str, value: Any, expected: Mapping[str, list[str]], **more: Any) -> Case:
    return Case(name, NOTHING | {f"iis_harden_{name}": value}, expected, **more)


RULE = {"name": "Agents", "scan_headers": ["User-Agent"], "applies_to": [".php"], "deny_strings": ["sqlmap"], "scan_url": True}
DUPLICATE = NOTHING | {"iis_harden_hidden_segments": {"entries": ["private", ".git"]}}
URL = NOTHING | {"iis_harden_request_limits": {"max_url": 1024}}
FARM = NOTHING | {"iis_harden_allow_high_bit_characters": False}

OPTIONS = (
    _plain("allow_double_escaping", True, {"@allowDoubleEscaping": ["true"]}),
    _plain("allow_high_bit_characters", False, {"@allowHighBitCharacters": ["false"]}),
    _plain("unescape_query_string", False, {"@unescapeQueryString": ["false"]}),
    _plain("remove_server_header", True, {"@removeServerHeader": ["true"]}),
    _plain(
        "request_limits",
        {"max_url": 1024, "headers": {"entries": [{"header": "Cookie", "size_limit": 4096}]}},
        {"requestLimits/@maxUrl": ["1024"], "requestLimits/headerLimits/add[@header='Cookie']/@sizeLimit": ["4096"]},
    ),
    _plain(
        "verbs",
        {"allow_unlisted": False, "entries": [{"verb": "GET", "allowed": True}]},
        {"verbs/@allowUnlisted": ["false"], "verbs/add/@verb": ["GET"], "verbs/add/@allowed": ["true"]},
    ),
    _plain(
        "file_extensions",
        {"apply_to_webdav": False, "entries": [{"extension": ".bak", "allowed": False}], "absent": [".config"]},
        {
            "fileExtensions/@applyToWebDAV": ["false"],
            "fileExtensions/add[@fileExtension='.bak']/@allowed": ["false"],
            "fileExtensions/add[@fileExtension='.config']": [],
        },
        box="aspnet2022",
    ),
    _plain("hidden_segments", {"mode": "replace", "entries": [".git"]}, {"hiddenSegments/add/@segment": [".git"]}),
    _plain("deny_url_sequences", {"entries": [".."]}, {"denyUrlSequences/add/@sequence": [".."]}),
    _plain("always_allowed_urls", {"entries": ["/a.aspx"]}, {"alwaysAllowedUrls/add/@url": ["/a.aspx"]}),
    _plain("always_allowed_query_strings", {"entries": ["q=end"]}, {"alwaysAllowedQueryStrings/add/@queryString": ["q=end"]}),
    _plain("deny_query_string_sequences", {"entries": ["<script"]}, {"denyQueryStringSequences/add/@sequence": ["<script"]}),
    _plain(
        "filtering_rules",
        {"entries": [RULE]},
        {
            "filteringRules/filteringRule/@name": ["Agents"],
            "filteringRules/filteringRule/@scanUrl": ["true"],
            "filteringRules/filteringRule/scanHeaders/add/@requestHeader": ["User-Agent"],
            "filteringRules/filteringRule/appliesTo/add/@fileExtension": [".php"],
            "filteringRules/filteringRule/denyStrings/add/@string": ["sqlmap"],
        },
    ),
)

PLACES = (
    Case(
        "target and sites",
        URL | {"iis_harden_target": "sites", "iis_harden_sites": [SITE]},
        {"requestLimits/@maxUrl": ["1024"]},
        location=SITE,
    ),
    Case(
        "target and location",
        URL | {"iis_harden_target": "location", "iis_harden_location": f"{SITE}/app"},
        {"requestLimits/@maxUrl": ["1024"]},
        location=f"{SITE}/app",
    ),
    Case(
        "sql_injection_rule and its sites",
        NOTHING
        | {
            "iis_harden_sql_injection_rule": {"deny_unescaped_percent": False, "deny_strings": ["drop"]},
            "iis_harden_sql_injection_sites": [SITE],
        },
        {"filteringRules/filteringRule/@name": ["SQLInjection"], "filteringRules/filteringRule/denyStrings/add/@string": ["drop"]},
        location=SITE,
    ),
)

POLICIES = (
    Case("override fails", URL, {"requestLimits/@maxUrl": ["1024"]}, web_config=WEB_CONFIG, fails="maxUrl"),
    Case("on_override", URL | {"iis_harden_on_override": "report"}, {"requestLimits/@maxUrl": ["1024"]}, web_config=WEB_CONFIG),
    Case(
        "accepted_overrides",
        URL | {"iis_harden_accepted_overrides": [{"site": SITE, "reason": "the shop's long links"}]},
        {"requestLimits/@maxUrl": ["1024"]},
        web_config=WEB_CONFIG,
    ),
    Case("duplicate refuses", DUPLICATE, {"hiddenSegments/add/@segment": ["web.config"]}, web_config=WEB_CONFIG, fails="private"),
    Case(
        "on_duplicate",
        DUPLICATE | {"iis_harden_on_duplicate": "skip"},
        {"hiddenSegments/add/@segment": ["web.config", ".git"]},
        web_config=WEB_CONFIG,
    ),
    Case(
        "known applications pin",
        URL,
        {"requestLimits/@maxUrl": ["4096"], "requestLimits/@maxAllowedContentLength": ["2147483648"]},
        location=f"{SITE}/Rpc",
        box="gateway2019",
    ),
    Case(
        "known_applications",
        URL | {"iis_harden_known_applications": "ignore"},
        {"requestLimits/@maxUrl": [], "requestLimits/@maxAllowedContentLength": ["2147483648"]},
        location=f"{SITE}/Rpc",
        box="gateway2019",
    ),
    Case(
        "shared configuration refuses",
        FARM,
        {"@allowHighBitCharacters": []},
        box="shared_configuration",
        file=SHARED,
        fails="shared_configuration",
    ),
    Case(
        "shared_configuration",
        FARM | {"iis_harden_shared_configuration": True},
        {"@allowHighBitCharacters": ["false"]},
        box="shared_configuration",
        file=SHARED,
    ),
)

SELECTIONS = (
    Case("only", {"iis_harden_only": ["V-218756"]}, {"@allowHighBitCharacters": ["false"], "verbs/add": [], "requestLimits/@*": []}),
    Case("skip", {"iis_harden_skip": ["HW-IIS-RF-06"]}, {"@allowHighBitCharacters": ["false"], "verbs/add/@verb": ["OPTIONS"]}),
    Case("restart", NOTHING | {"iis_harden_restart": "later", "iis_harden_remove_server_header": True}, {"@removeServerHeader": ["true"]}),
)

PROFILES = (
    Case(
        "profile",
        {"iis_harden_profile": "stig"},
        {
            "@allowHighBitCharacters": ["false"],
            "requestLimits/@maxAllowedContentLength": ["30000000"],
            "verbs/add/@verb": ["TRACE"],
            "fileExtensions/@allowUnlisted": ["false"],
            "fileExtensions/add[@fileExtension='.svg']/@allowed": ["true"],
            "@removeServerHeader": [],
        },
    ),
    Case("baseline", {}, {"@allowHighBitCharacters": ["false"], "verbs/add/@verb": ["TRACE", "OPTIONS"], "fileExtensions/add": []}),
    Case("cis", {"iis_harden_profile": "cis"}, {"@removeServerHeader": ["true"], "verbs/add/@verb": ["TRACE"]}),
    Case(
        "competition",
        {"iis_harden_profile": "competition"},
        {
            "requestLimits/@maxAllowedContentLength": ["10000000"],
            "requestLimits/@maxUrl": ["2048"],
            "requestLimits/@maxQueryString": ["1024"],
            "hiddenSegments/add/@segment": ["web.config", "bin", "App_Data", ".git", ".svn"],
            "fileExtensions/add[@allowed='false'][@fileExtension='.ps1']/@fileExtension": [".ps1"],
        },
    ),
    Case(
        "allowed_extensions",
        {"iis_harden_profile": "cis", "iis_harden_allowed_extensions": [".", ".html"]},
        {"fileExtensions/add/@fileExtension": [".", ".html"], "fileExtensions/add/@allowed": ["true", "true"]},
    ),
    Case(
        "profiles",
        {"iis_harden_profiles": {"mine": {"request_limits": {"max_url": 512}}}, "iis_harden_profile": "mine"},
        {"requestLimits/@maxUrl": ["512"], "@allowHighBitCharacters": []},
    ),
    Case(
        "a variable wins over the profile",
        {"iis_harden_verbs": {"entries": [{"verb": "TRACK", "allowed": False}]}},
        {"verbs/add/@verb": ["TRACK"], "@allowHighBitCharacters": ["false"]},
    ),
)

CASES = OPTIONS + PLACES + POLICIES + SELECTIONS + PROFILES
