# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and operations: what the payload is asked to look at and to write (docs/protocol.md)."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Read:
    """One request to a provider to look at something.

    provider: the part of the payload that answers, such as V(iis).
    name: which of its reads.
    parameters: plain data with fixed keys; user data stands only in values.
    """

    provider: str
    name: str
    parameters: t.Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The same text for equal reads, so that a batch asks each question once."""
        return json.dumps(self.as_request(), sort_keys=True)

    def as_request(self) -> dict[str, t.Any]:
        return {"provider": self.provider, "read": self.name, **self.parameters}


@dataclass(frozen=True)
class Operation:
    """One request to a provider to write something, with the value it was planned on.

    parameters holds C(planned): what the payload must find, or it answers C(changed_meanwhile).
    """

    provider: str
    name: str
    parameters: t.Mapping[str, t.Any]

    def as_request(self) -> dict[str, t.Any]:
        return {"provider": self.provider, "operation": self.name, **self.parameters}
