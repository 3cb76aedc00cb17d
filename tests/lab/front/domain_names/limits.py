# SPDX-License-Identifier: GPL-3.0-or-later
"""Response rate limiting: which answers over UDP are given, truncated or dropped.

Source: MS-DNSP 2.2.16 and 3.1.1.1 (counts for a second, by client network and by what is answered; of the rest every TruncateRate-th is
truncated, every LeakRate-th given whole). LogOnly looks like Disable from outside.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

GIVEN, TRUNCATED, DROPPED = "given", "truncated", "dropped"


class Limits:
    """clock: seconds. The counts are of the running service and gone with it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: dict[tuple[int, str, str], int] = {}

    def decide(self, client: str, answered: str, is_error: bool, settings: dict[str, Any]) -> str:
        """answered: what equal answers have in common, such as name and code."""
        if str(settings["Mode"]).lower() != "enable":
            return GIVEN
        second = int(self._clock())
        self._counts = {key: count for key, count in self._counts.items() if key[0] == second}
        key = (second, _network(client, settings), answered)
        count = self._counts[key] = self._counts.get(key, 0) + 1
        beyond = count - settings["ErrorsPerSec" if is_error else "ResponsesPerSec"]
        if beyond <= 0:
            return GIVEN
        if _is_nth(beyond, settings["LeakRate"]):
            return GIVEN
        return TRUNCATED if not is_error and _is_nth(beyond, settings["TruncateRate"]) else DROPPED


def _network(client: str, settings: dict[str, Any]) -> str:
    address = ipaddress.ip_address(client)
    bits = settings["IPv4PrefixLength" if address.version == 4 else "IPv6PrefixLength"]
    return str(ipaddress.ip_network(f"{client}/{bits}", strict=False))


def _is_nth(number: int, rate: int) -> bool:
    return rate > 0 and number % rate == 0
