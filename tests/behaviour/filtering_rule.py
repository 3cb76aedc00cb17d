# SPDX-License-Identifier: GPL-3.0-or-later
"""How IIS applies a filtering rule, as far as it is documented: an independent reading, none of the project's code.

A rule fires when it applies to the URL's extension (or to all) and any of its strings is in any part it scans: substrings, without case.
The query string is searched as it was sent and once decoded; of a header the whole line, its name included. Sources: IIS configuration
reference, requestFiltering/filteringRules; measurements of scanHeaders and unescapeQueryString.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Request:
    path: str = "/shop/list.aspx"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FilteringRule:
    deny_strings: tuple[str, ...]
    applies_to: tuple[str, ...] = ()
    scan_query_string: bool = False
    scan_headers: tuple[str, ...] = ()
    deny_unescaped_percent: bool = True

    def refuses(self, request: Request) -> str | None:
        """The string for which the request is refused, `%` for a lone percent sign; None where it passes."""
        if self.applies_to and extension(request.path) not in {one.lower() for one in self.applies_to}:
            return None
        parts = self._parts(request)
        if self.deny_unescaped_percent and any(LONE_PERCENT.search(part) for part in parts[:1]):
            return "%"
        return next((text for text in self.deny_strings if any(text.lower() in part.lower() for part in parts)), None)

    def _parts(self, request: Request) -> list[str]:
        query = [request.query, unquote(request.query)] if self.scan_query_string else []
        wanted = {name.lower() for name in self.scan_headers}
        return query + [f"{name}: {value}" for name, value in request.headers.items() if name.lower() in wanted]


def extension(path: str) -> str:
    """From the last dot of the last segment; empty for a URL without one."""
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else ""
