# SPDX-License-Identifier: GPL-3.0-or-later
"""The notes' rule against SQL injection for old .asp and .aspx sites, as filtering rules.

A stop-gap: request filtering never sees a body, and the strings are substrings without word borders, so ordinary queries are refused
too (docs/sql-injection-rule.md lists which). Source of the strings: Microsoft, "Filtering for SQL Injection on IIS 7 and later".
"""

from __future__ import annotations

import typing as t

from .._core.observation import Observations
from .._core.operations import Read
from .request_filtering_table import SQL_INJECTION
from .settings import EntrySetting

QUERY_STRINGS = (
    *("--", ";", "/*", "@", "char", "alter", "begin", "cast", "create", "cursor", "declare", "delete", "drop", "end", "exec"),
    *("fetch", "insert", "kill", "open", "select", "sys", "table", "update"),
)

# Headers carry words of every language, semicolons and at signs, so only phrases of an attack are looked for there. A space arrives
# as it is in a header, as a plus sign in a form.
HEADER_STRINGS = (
    *("union select", "union+select", "union all select", "drop table", "insert into", "delete from", "information_schema"),
    *("xp_cmdshell", "sp_executesql", "waitfor delay", "' or 1=1", "' or '1'='1", "@@version", "declare @"),
)

SPEC: dict[str, t.Any] = {
    "type": "dict",
    "options": {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str", "default": "SQLInjection"},
        "extensions": {"type": "list", "elements": "str", "default": [".asp", ".aspx"]},
        "deny_strings": {"type": "list", "elements": "str"},
        "deny_unescaped_percent": {"type": "bool", "required": True},
        "headers": {"type": "list", "elements": "str"},
        "header_deny_strings": {"type": "list", "elements": "str"},
    },
}


def rule_settings(rule: t.Mapping[str, t.Any]) -> list[EntrySetting]:
    """One rule on the query string, and a second one on headers where headers are named."""
    if rule["state"] == "absent":
        return [_setting(name, {}, present=False) for name in (rule["name"], _header_name(rule))]
    percent = rule["deny_unescaped_percent"]
    query = {"scanUrl": False, "scanQueryString": True, "scanAllRaw": False, "denyUnescapedPercent": percent}
    settings = [_setting(rule["name"], query, _lists(rule["extensions"], rule.get("deny_strings") or QUERY_STRINGS, []))]
    if rule.get("headers"):
        headers = {"scanUrl": False, "scanQueryString": False, "scanAllRaw": False, "denyUnescapedPercent": False}
        lists = _lists(rule["extensions"], rule.get("header_deny_strings") or HEADER_STRINGS, rule["headers"])
        settings.append(_setting(_header_name(rule), headers, lists))
    return settings


def _header_name(rule: t.Mapping[str, t.Any]) -> str:
    return f"{rule['name']}Headers"


def _lists(extensions: t.Sequence[str], strings: t.Sequence[str], headers: t.Sequence[str]) -> dict[str, t.Any]:
    return {
        "scanHeaders": _list("requestHeader", headers),
        "appliesTo": _list("fileExtension", extensions),
        "denyStrings": _list("string", strings),
    }


def _list(attribute: str, texts: t.Sequence[str]) -> dict[str, t.Any]:
    return {"entries": [{"attributes": {attribute: text}} for text in texts]}


def _setting(name: str, attributes: dict[str, t.Any], lists: dict[str, t.Any] | None = None, present: bool = True) -> EntrySetting:
    entry: dict[str, t.Any] = {"attributes": {"name": name, **attributes}}
    if lists:
        entry["elements"] = lists
    return EntrySetting("sql_injection_rule", ("filteringRules",), name, entry, present, (SQL_INJECTION,))


def coverage_reads(rule: t.Mapping[str, t.Any], sites: t.Iterable[str]) -> list[Read]:
    """Whether the sites have any file the rule could be about."""
    if rule["state"] == "absent":
        return []
    return [
        Read("iis", "extensions", {"site": site, "extensions": list(rule["extensions"]), "directory_limit": 20000})
        for site in dict.fromkeys(sites)
    ]


def coverage_warnings(reads: t.Iterable[Read], observations: Observations) -> tuple[str, ...]:
    """A sentence for each site that the rule does not cover, or of which that cannot be said."""
    found = []
    for read in reads:
        result, names = observations[read], " or ".join(read.parameters["extensions"])
        site = read.parameters["site"]
        if result.failure or not (result.value["found"] or result.value["complete"]):
            found.append(
                f"Whether {site} has files with {names} could not be seen, so whether the SQL injection rule covers it is not known."
            )
        elif not result.value["found"]:
            found.append(
                f"{site} is not covered by the SQL injection rule: it has no file with {names}, and URLs without an extension never match."
            )
    return tuple(found)
