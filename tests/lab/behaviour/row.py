# SPDX-License-Identifier: GPL-3.0-or-later
"""A row: what Windows does in one situation, where that is written, and how sure the source is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.behaviour.expectation import Expectation
from lab.behaviour.situation import Situation

# S read from a file that ships with Windows, M measured and published, D vendor documentation, T an automated test that also
# runs against the real API, C community report, I inference, K well known without a source at hand, P this project's protocol
CERTAINTIES = "SMDTCIKP?"


@dataclass(frozen=True)
class Row:
    """variants: other outcomes that cannot be ruled out; an engine shows one, the product is right under all.

    family: the payload's name. entry: the one that is asked, where it is not the family's own.
    """

    name: str
    situation: Situation
    request: dict[str, Any]
    expect: tuple[Expectation, ...]
    source: str
    certainty: str
    variants: tuple[tuple[Expectation, ...], ...] = ()
    family: str = "windows_iis"
    entry: str | None = None

    @property
    def asked(self) -> str:
        """The entry that the controller asks: reads go to the one that only reads."""
        return self.entry or self.family + ("_read" if self.request.get("operation") == "read" else "")
