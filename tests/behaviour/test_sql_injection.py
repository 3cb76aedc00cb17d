# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rule against SQL injection refuses, by mistake and on purpose, and what it lets through, as its guide says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host
from behaviour.documents import parse
from behaviour.filtering_rule import FilteringRule, Request
from behaviour.role_options import variable
from lab import boxes
from lab.boxes import CONFIG
from lab.engine_python import PythonEngine

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "sql-injection-rule.md"
ROW = re.compile(r"^\| `(?P<query>[^`]+)` \| `(?P<string>[^`]+)` \| (?P<who>[^|]+) \|$", re.MULTILINE)
MISTAKES = [(row["query"], row["string"]) for row in ROW.finditer(GUIDE.read_text("utf-8"))]
HEADERS = ["User-Agent", "Referer", "Cookie", "Accept", "Accept-Language", "X-Forwarded-For"]

pytestmark = pytest.mark.engine("python")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FilteringRule]:
    """The rules as the role's profile writes them into a box, read back from its file."""
    host = Host(PythonEngine(), boxes.build("default2022", tmp_path_factory.mktemp("rules") / "box"))
    rule = {**variable("sql_injection_rule", profile="competition"), "headers": HEADERS}
    result = host.filter_requests({"target": "sites", "sites": ["Default Web Site"], "sql_injection_rule": rule})
    assert "failed" not in result
    root = parse(host.box.path(CONFIG + "\\applicationHost.config"))
    return {element.get("name"): written(element) for element in root.iter("filteringRule")}


def written(element: Any) -> FilteringRule:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(value for one in element.iterfind(f"{name}/add") for value in one.attrib.values())

    return FilteringRule(
        texts("denyStrings"),
        texts("appliesTo"),
        element.get("scanQueryString") == "true",
        texts("scanHeaders"),
        element.get("denyUnescapedPercent", "true") == "true",
    )


def test_there_are_two_rules(rules: dict[str, FilteringRule]) -> None:
    assert sorted(rules) == ["SQLInjection", "SQLInjectionHeaders"]
    assert rules["SQLInjection"].applies_to == (".asp", ".aspx")
    assert rules["SQLInjection"].scan_headers == ()
    assert rules["SQLInjectionHeaders"].scan_query_string is False
    assert not any(rule.deny_unescaped_percent for rule in rules.values())


@pytest.mark.parametrize(("query", "string"), MISTAKES)
def test_ordinary_query_is_refused_as_documented(rules: dict[str, FilteringRule], query: str, string: str) -> None:
    alone = FilteringRule((string,), scan_query_string=True, deny_unescaped_percent=False)

    assert string in rules["SQLInjection"].deny_strings
    assert alone.refuses(Request(query=query)) == string
    assert rules["SQLInjection"].refuses(Request(query=query))


def test_guide_has_every_string_and_a_mistake_for_each(rules: dict[str, FilteringRule]) -> None:
    listed = GUIDE.read_text("utf-8").partition("## What it covers")[2].partition("With `headers`")[0]

    strings = rules["SQLInjection"].deny_strings
    assert set(re.findall(r"`([^`]+)`", listed)) - {".asp", ".aspx"} == set(strings)
    assert set(strings) - {string for _query, string in MISTAKES} == {"declare"}
    assert len(MISTAKES) == len(set(MISTAKES)) >= 30


ATTACKS = (
    "id=1;DROP%20TABLE%20users--",
    "id=1'+OR+1=1--",
    "id=1%27%20UNION%20SELECT%20name%20FROM%20sysobjects",
    "id=1;EXEC+xp_cmdshell('dir')",
    "id=1;declare%20@s%20varchar(4000)",
    "id=cast(0x41%20as%20char)",
    "id=1/**/uNiOn/**/sElEcT/**/1",
    "id=1;wAiTfOr%20delay%20'0:0:5'",
    "id=1%3Bupdate%20users%20set%20admin=1",
    "id=1;insert%20into%20log%20values(1)",
)


@pytest.mark.parametrize("query", ATTACKS)
@pytest.mark.parametrize("path", ["/list.asp", "/shop/List.ASPX"])
def test_attack_in_the_query_is_refused(rules: dict[str, FilteringRule], path: str, query: str) -> None:
    assert rules["SQLInjection"].refuses(Request(path, query))


HEADER_ATTACKS = (
    {"Cookie": "id=1 union select password from users"},
    {"Referer": "https://shop.example/?id=1+union+select+1"},
    {"User-Agent": "x'; waitfor delay '0:0:5'--"},
    {"X-Forwarded-For": "1' or '1'='1"},
    {"User-Agent": "Mozilla/5.0'; exec master..xp_cmdshell 'dir'"},
    {"Cookie": "cart=1; DECLARE @s varchar(99)"},
)


@pytest.mark.parametrize("headers", HEADER_ATTACKS, ids=lambda headers: next(iter(headers.values())))
def test_attack_in_a_header_is_refused(rules: dict[str, FilteringRule], headers: dict[str, str]) -> None:
    assert rules["SQLInjectionHeaders"].refuses(Request(headers=headers))


# requests as browsers, programs and robots send them
ORDINARY: tuple[dict[str, str], ...] = (
    {
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Accept-Language": "en-US,en;q=0.9,de;q=0.8",
        "Cookie": "ASP.NET_SessionId=k3jw2x0y; theme=dark; cart=3--blue; mail=ann@example.com",
        "Referer": "https://shop.example/list.aspx?selected=4&sort=created",
    },
    {
        "User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        "Accept": "*/*",
        "Cookie": "_ga=GA1.2.1234.5678; selection=table; last_update=2026-11-24; consent=drop",
    },
    {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Accept-Language": "de,en-US;q=0.7,en;q=0.3"},
    {"User-Agent": "curl/8.10.1", "Accept": "*/*"},
    {"User-Agent": "Wget/1.24.5", "Accept": "*/*"},
    {"User-Agent": "python-requests/2.32.3", "Accept": "*/*"},
    {"User-Agent": "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 4 subscribers; like FeedFetcher-Google)"},
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"User-Agent": "Tiny Tiny RSS/24.11 (https://tt-rss.org/)", "Accept": "application/rss+xml, application/atom+xml;q=0.9"},
    {"User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"},
    {"User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; .NET4.0C; .NET4.0E)"},
    {"User-Agent": "okhttp/4.12.0", "Cookie": "auth=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x--y_z; path=/"},
    {"User-Agent": "Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.70"},
    {"User-Agent": "Kodi/21.1 (Windows; U; Windows NT 10.0; en)", "Referer": "https://friends.example/weekend?vendor=open"},
    {"Referer": "https://www.google.com/search?q=drop+down+table+select+from+a+list", "Cookie": "q=insert coin; union=jack"},
    {"X-Forwarded-For": "192.0.2.1, 2001:db8::1"},
    {"Cookie": ".AspNet.ApplicationCookie=AQAA--AB; __RequestVerificationToken=x@y; declare=no; delete=never; from=here"},
)


@pytest.mark.parametrize("headers", ORDINARY, ids=range(len(ORDINARY)))
def test_ordinary_headers_pass(rules: dict[str, FilteringRule], headers: dict[str, str]) -> None:
    assert rules["SQLInjectionHeaders"].refuses(Request(headers=headers)) is None


@pytest.mark.parametrize("headers", ORDINARY[:2], ids=["Chrome", "Safari"])
def test_query_strings_would_refuse_ordinary_headers(rules: dict[str, FilteringRule], headers: dict[str, str]) -> None:
    """Why the headers have strings of their own: with the query's every browser would be shut out."""
    confused = FilteringRule(rules["SQLInjection"].deny_strings, (), False, tuple(HEADERS), False)

    assert confused.refuses(Request(headers=headers))


NOT_COVERED = (
    Request("/", "id=1;DROP TABLE users--"),
    Request("/shop/list", "id=1;DROP TABLE users--"),
    Request("/shop/list.php", "id=1;DROP TABLE users--"),
    Request("/shop/list.aspx/42", "id=1;DROP TABLE users--"),
    Request("/shop/list.aspx", "id=1%2527%2520or%25201%253D1"),
    Request("/shop/list.aspx", "id=1'+or+'a'='a"),
    Request("/shop/list.aspx", "q=100%"),
)


@pytest.mark.parametrize("request_", NOT_COVERED, ids=lambda request: f"{request.path}?{request.query}")
def test_what_the_guide_says_is_not_covered(rules: dict[str, FilteringRule], request_: Request) -> None:
    assert rules["SQLInjection"].refuses(request_) is None


def test_lone_percent_is_refused_if_so_told(rules: dict[str, FilteringRule]) -> None:
    strict = FilteringRule(("--",), scan_query_string=True, deny_unescaped_percent=True)

    assert strict.refuses(Request(query="q=100%")) == "%"
    assert strict.refuses(Request(query="q=100%25")) is None
