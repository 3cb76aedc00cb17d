# SPDX-License-Identifier: GPL-3.0-or-later
"""Every write of an answer goes through here, so that a fault can be put at any of them."""

from __future__ import annotations

from collections.abc import Callable

from lab.engine import Crashed, WriteFault

COLLISIONS = {
    "commit_collision": "Cannot commit configuration changes because the file has changed on disk",
    "sharing_violation": "The process cannot access the file because it is being used by another process.",
}
EFFECTS = {"collide": "commit_collision", "sharing": "sharing_violation"}


class Collision(Exception):
    """The write did not happen because somebody else has the file or changed it."""

    def __init__(self, kind: str) -> None:
        super().__init__(COLLISIONS[kind])
        self.kind = kind


class Writes:
    """Counts the writes of one answer by kind and lets `fault` happen at its number."""

    def __init__(self, fault: WriteFault | None = None) -> None:
        self.fault = fault
        self.counts = {"write": 0, "journal": 0}

    def make(self, kind: str, action: Callable[[], None]) -> None:
        """Does `action`, which counts as one write. Raises Crashed or Collision as the fault says."""
        self.counts[kind] += 1
        fault = self.fault
        if fault is None or (fault.kind, fault.number) != (kind, self.counts[kind]):
            action()
            return
        if fault.effect != "crash":
            raise Collision(EFFECTS[fault.effect])
        if fault.when == "after":
            action()
        raise Crashed(f"the payload ended {fault.when} {kind} number {fault.number}")
