# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications of Microsoft's that need other request filtering than a hardened server, and how they are recognised.

They keep their values: what they have now is pinned in their own location before the server's value changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .layers import covers
from .server import Server, Site


@dataclass(frozen=True)
class ApplicationKind:
    """folder: a pattern of the expanded physical path. keeps: option paths whose present values stay. needs_verbs: verbs it cannot lose."""

    name: str
    folder: re.Pattern[str]
    keeps: frozenset[str]
    source: str
    needs_verbs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class KnownApplication:
    """One recognised application: location as applicationHost.config names it."""

    kind: ApplicationKind
    site: str
    path: str

    @property
    def location(self) -> str:
        return self.site + self.path.rstrip("/")


_LIMITS = frozenset(
    {"request_limits.max_allowed_content_length", "request_limits.max_url", "request_limits.max_query_string"},
)
_UNLISTED = frozenset({"file_extensions.allow_unlisted", "verbs.allow_unlisted"})


def _folder(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


KINDS = (
    ApplicationKind(
        "RPC over HTTP (RD Gateway, Outlook Anywhere)",
        _folder(r"\\system32\\rpcproxy(\\|$)"),
        _LIMITS | _UNLISTED,
        "an RD Gateway server's applicationHost.config sets maxAllowedContentLength 2147483648 at Rpc and RpcWithCert; RPC_IN_DATA and "
        "RPC_OUT_DATA are its verbs (MS-RPCH)",
    ),
    ApplicationKind(
        "RD Web Access",
        _folder(r"\\web\\rdweb(\\|$)"),
        _LIMITS | _UNLISTED,
        "DISA IIS 10.0 Site STIG V2R15: rules on request filtering do not fit Microsoft's own roles without a test",
    ),
    ApplicationKind(
        "Exchange",
        _folder(r"\\exchange server\\v\d+\\(frontend|clientaccess)(\\|$)"),
        _LIMITS | _UNLISTED | {"allow_high_bit_characters", "allow_double_escaping"},
        "DISA IIS 10.0 Site STIG V2R15: V-218756 and V-218758 are not applicable to Exchange; ActiveSync asks with OPTIONS (MS-ASHTTP)",
        frozenset({"OPTIONS"}),
    ),
    ApplicationKind(
        "SharePoint",
        _folder(r"\\(web server extensions\\\d+|wss\\virtualdirectories)(\\|$)"),
        _LIMITS | _UNLISTED | {"allow_high_bit_characters", "allow_double_escaping"},
        "DISA IIS 10.0 Site STIG V2R15: V-218745, V-218757 and V-218758 are not applicable to SharePoint; Office opens documents with OPTIONS",
        frozenset({"OPTIONS"}),
    ),
    ApplicationKind(
        "WSUS",
        _folder(r"\\update services\\webservices(\\|$)"),
        _LIMITS | _UNLISTED,
        "DISA IIS 10.0 Site STIG V2R15: V-218758 is not applicable to WSUS",
    ),
)


def known_applications(server: Server) -> list[KnownApplication]:
    """Every application or site root on the server whose folder is one of a known kind's."""
    return [found for site in server.sites for found in _in_site(site)]


def _in_site(site: Site) -> list[KnownApplication]:
    found = []
    for application in site.applications:
        for directory in application.directories:
            path = application.path.rstrip("/") + directory.path
            folder = (directory.expanded_path or directory.physical_path).replace("/", "\\").rstrip("\\")
            found += [KnownApplication(kind, site.name, path.rstrip("/") or "/") for kind in KINDS if kind.folder.search(folder)]
    return found


def application_at(applications: list[KnownApplication], location: str, option: str) -> KnownApplication | None:
    """The known application that a location belongs to, if it keeps its own value of this option."""
    for application in applications:
        if option in application.kind.keeps and covers(application.location.lower(), location.lower()):
            return application
    return None
