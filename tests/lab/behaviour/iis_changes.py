# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows about writes have in common."""

from __future__ import annotations

from typing import Any

from lab.behaviour.iis_names import SITE
from lab.behaviour.requests import JOURNAL, add, section, set_
from lab.behaviour.situation import JOURNALS

ROOT_RF = "/configuration/system.webServer/security/requestFiltering"
AT_SITE = f"/configuration/location[@path='{SITE}']"
SITE_RF = AT_SITE + "/system.webServer/security/requestFiltering"
AFTER = (section(),)
ACCESS = "system.webServer/security/access"
GIT = add("hiddenSegments", {"segment": ".git"}, ("segment",))
WEB = {"segment": "web.config"}
JOURNAL_FILE = f"{JOURNALS}\\{JOURNAL}.jsonl"
DOCS_RF = "iis-docs, system.webServer/security/requestFiltering"


def max_url(value: Any, stored: str | None = None, effective: int = 4096, location: str = "") -> dict[str, Any]:
    return set_("requestLimits", "maxUrl", value, stored, effective, location)
