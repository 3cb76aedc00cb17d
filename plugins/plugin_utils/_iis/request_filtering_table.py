# SPDX-License-Identifier: GPL-3.0-or-later
"""system.webServer/security/requestFiltering as data: attributes, collections, and the controls that ask for them.

Names, types and keys: IIS_schema.xml of Windows Server (IIS 10.0). Controls: CIS Microsoft IIS 10 Benchmark v1.2.1 (ids only),
DISA IIS 10.0 Site STIG V2R15.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._core.controls import Control

SECTION = "system.webServer/security/requestFiltering"
MODULE = "RequestFilteringModule"

_CIS = "CIS Microsoft IIS 10 Benchmark v1.2.1"
_STIG = "DISA IIS 10.0 Site STIG V2R15"
_NOTES = "the administrator's hardening notes this collection comes from"


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    return Control(f"HW-IIS-RF-{number}", title, reason, source, references)


DOUBLE_ESCAPING = _control(
    "01",
    "Double-escaped URLs are refused",
    "A URL that decodes twice can slip past a check that decodes once.",
    f"{_CIS} 4.5; {_STIG}",
    "CIS-IIS10-4.5",
    "V-218757",
    "IIST-SI-000229",
)
HIGH_BIT = _control(
    "02",
    "URLs with bytes above 127 are refused",
    "Encodings of such bytes have been used to smuggle characters past checks.",
    f"{_CIS} 4.4; {_STIG}",
    "CIS-IIS10-4.4",
    "V-218756",
    "IIST-SI-000228",
)
CONTENT_LENGTH = _control(
    "03",
    "The size of a request's body is limited, explicitly",
    "A body without limit fills memory and disk.",
    f"{_CIS} 4.1; {_STIG}: explicitly set, at most 2147483647",
    "CIS-IIS10-4.1",
    "V-218754",
    "IIST-SI-000226",
)
URL_LENGTH = _control(
    "04",
    "The length of a URL is limited",
    "Overlong URLs are a tool of overflow and evasion.",
    f"{_CIS} 4.2; {_STIG}",
    "CIS-IIS10-4.2",
    "V-218753",
    "IIST-SI-000225",
)
QUERY_LENGTH = _control(
    "05",
    "The length of a query string is limited",
    "Injection needs room.",
    f"{_CIS} 4.3; {_STIG}",
    "CIS-IIS10-4.3",
    "V-218755",
    "IIST-SI-000227",
)
TRACE = _control(
    "06",
    "The verb TRACE is denied",
    "TRACE echoes a request with its credentials.",
    f"{_CIS} 4.6; {_NOTES}",
    "CIS-IIS10-4.6",
)
OPTIONS = _control("07", "The verb OPTIONS is denied", "OPTIONS tells a stranger which verbs to try.", _NOTES)
UNLISTED_EXTENSIONS = _control(
    "08",
    "Only listed file extensions are served",
    "A file left behind is not served by accident.",
    f"{_CIS} 4.7; {_STIG}",
    "CIS-IIS10-4.7",
    "V-218758",
    "IIST-SI-000230",
)
DENIED_EXTENSIONS = _control(
    "09",
    "Documented file extensions are denied",
    "Scripts and backups that nobody should fetch.",
    _STIG,
    "V-218745",
    "IIST-SI-000216",
)
SERVER_HEADER = _control(
    "10", "Answers do not name the server", "The header tells a stranger what to attack.", f"{_CIS} 3.12", "CIS-IIS10-3.12"
)
SQL_INJECTION = _control("11", "Query strings that look like SQL are refused", "A stop-gap for old .asp and .aspx sites.", _NOTES)
HIDDEN_SEGMENTS = _control("12", "Folders that are not content are hidden", "Configuration and repositories are not served.", _NOTES)
HEADER_LIMITS = _control("13", "The length of request headers is limited", "Overlong headers are a tool of overflow.", _NOTES)

CONTROLS = (
    DOUBLE_ESCAPING,
    HIGH_BIT,
    CONTENT_LENGTH,
    URL_LENGTH,
    QUERY_LENGTH,
    TRACE,
    OPTIONS,
    UNLISTED_EXTENSIONS,
    DENIED_EXTENSIONS,
    SERVER_HEADER,
    SQL_INJECTION,
    HIDDEN_SEGMENTS,
    HEADER_LIMITS,
)


@dataclass(frozen=True)
class AttributeRow:
    """One attribute. option: the module option's path, dots between its parts. explicit: a control wants it written down."""

    option: str
    element: tuple[str, ...]
    attribute: str
    type: str
    controls: tuple[Control, ...] = ()
    explicit: bool = False


ATTRIBUTES = (
    AttributeRow("allow_double_escaping", (), "allowDoubleEscaping", "bool", (DOUBLE_ESCAPING,)),
    AttributeRow("allow_high_bit_characters", (), "allowHighBitCharacters", "bool", (HIGH_BIT,)),
    AttributeRow("unescape_query_string", (), "unescapeQueryString", "bool"),
    AttributeRow("remove_server_header", (), "removeServerHeader", "bool", (SERVER_HEADER,)),
    AttributeRow(
        "request_limits.max_allowed_content_length", ("requestLimits",), "maxAllowedContentLength", "int", (CONTENT_LENGTH,), explicit=True
    ),
    AttributeRow("request_limits.max_url", ("requestLimits",), "maxUrl", "int", (URL_LENGTH,)),
    AttributeRow("request_limits.max_query_string", ("requestLimits",), "maxQueryString", "int", (QUERY_LENGTH,)),
    AttributeRow("verbs.allow_unlisted", ("verbs",), "allowUnlisted", "bool"),
    AttributeRow("verbs.apply_to_webdav", ("verbs",), "applyToWebDAV", "bool"),
    AttributeRow("file_extensions.allow_unlisted", ("fileExtensions",), "allowUnlisted", "bool", (UNLISTED_EXTENSIONS,)),
    AttributeRow("file_extensions.apply_to_webdav", ("fileExtensions",), "applyToWebDAV", "bool"),
    AttributeRow("hidden_segments.apply_to_webdav", ("hiddenSegments",), "applyToWebDAV", "bool"),
)


@dataclass(frozen=True)
class CollectionRow:
    """One collection. key: (option, attribute) that names an entry. values: further (option, attribute) pairs of an entry.

    A collection whose entries are nothing but their key takes a list of strings.
    """

    option: str
    element: tuple[str, ...]
    key: tuple[str, str]
    values: tuple[tuple[str, str, str], ...] = ()
    lists: tuple[tuple[str, str, str], ...] = ()
    controls: tuple[Control, ...] = ()


COLLECTIONS = (
    CollectionRow(
        "request_limits.headers",
        ("requestLimits", "headerLimits"),
        ("header", "header"),
        (("size_limit", "sizeLimit", "int"),),
        controls=(HEADER_LIMITS,),
    ),
    CollectionRow("verbs", ("verbs",), ("verb", "verb"), (("allowed", "allowed", "bool"),)),
    CollectionRow("file_extensions", ("fileExtensions",), ("extension", "fileExtension"), (("allowed", "allowed", "bool"),)),
    CollectionRow("hidden_segments", ("hiddenSegments",), ("segment", "segment"), controls=(HIDDEN_SEGMENTS,)),
    CollectionRow("deny_url_sequences", ("denyUrlSequences",), ("sequence", "sequence")),
    CollectionRow("always_allowed_urls", ("alwaysAllowedUrls",), ("url", "url")),
    CollectionRow("always_allowed_query_strings", ("alwaysAllowedQueryStrings",), ("query_string", "queryString")),
    CollectionRow("deny_query_string_sequences", ("denyQueryStringSequences",), ("sequence", "sequence")),
    CollectionRow(
        "filtering_rules",
        ("filteringRules",),
        ("name", "name"),
        (
            ("scan_url", "scanUrl", "bool"),
            ("scan_query_string", "scanQueryString", "bool"),
            ("scan_all_raw", "scanAllRaw", "bool"),
            ("deny_unescaped_percent", "denyUnescapedPercent", "bool"),
        ),
        (
            ("scan_headers", "scanHeaders", "requestHeader"),
            ("applies_to", "appliesTo", "fileExtension"),
            ("deny_strings", "denyStrings", "string"),
        ),
    ),
)

# Entries that a control asks for: collection option, key without case, and the value that satisfies it.
ENTRY_CONTROLS: dict[tuple[str, str, bool | None], tuple[Control, ...]] = {
    ("verbs", "trace", False): (TRACE,),
    ("verbs", "options", False): (OPTIONS,),
}
