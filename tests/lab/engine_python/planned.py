# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation carries the value it was planned on; where that no longer holds nothing is written."""

from __future__ import annotations

from typing import Any

from .errors import Refusal


def expect(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refusal `changed_meanwhile` unless every planned key has the value that was found."""
    if {name: found.get(name) for name in wanted} != wanted:
        raise Refusal("changed_meanwhile", f"Planned on {wanted}, found {found}.")
