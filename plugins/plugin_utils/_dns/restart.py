# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be seen after the service restarted or listens elsewhere: its sockets, and its own zones answering.

A domain controller loads its zones in the background and answers with a server failure meanwhile, so each zone is asked until it answers
or the time is over.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import whole
from .._core.observation import Failure, Observations
from .._core.operations import Read
from .._core.plan import Change, Proof
from .listen import socket_problem, sockets_read, waits_for_start
from .server_state import SERVICE

SECONDS = 60
# Asking takes milliseconds each, but a server may have thousands.
MOST_ZONES = 200


@dataclass(frozen=True)
class Expectation:
    """server: the address that is asked, None where there is none to ask on. zones: that must answer. listen: the wanted list, None where it
    is not looked at. own: the host's addresses. change: the change of the list, which is taken back where the proof fails.
    """

    server: str | None
    zones: tuple[str, ...]
    listen: tuple[str, ...] | None
    own: tuple[str, ...]
    change: Change | None

    @property
    def query(self) -> Read | None:
        return zones_query(self.server, self.zones[:MOST_ZONES], "SOA", SECONDS)

    @property
    def reads(self) -> tuple[Read, ...]:
        sockets = (sockets_read(wait=True),) if self.listen is not None else ()
        return (*sockets, *((self.query,) if self.query else ()))

    def problem(self, observations: Observations) -> str | None:
        if self.listen is not None:
            found = socket_problem(self.listen, self.own, observations, sockets_read(wait=True))
            if found:
                return found
        silent = silent_zones(observations, self.query, self.zones) if self.query else []
        if not silent:
            return None
        more = f" and {len(silent) - 3} more" if len(silent) > 3 else ""
        return f"The DNS Server at {self.server} does not answer for its own zones within {SECONDS} seconds: {'; '.join(silent[:3])}{more}."


def zones_query(server: str | None, zones: t.Sequence[str], kind: str, seconds: int) -> Read | None:
    """One question for each zone; None where there is nothing to ask."""
    if server is None or not zones:
        return None
    return Read("dns", "query", {"server": server, "questions": [{"name": zone, "type": kind} for zone in zones], "seconds": seconds})


def answers(observations: Observations, query: Read) -> list[t.Mapping[str, t.Any]]:
    with whole("the answers of the DNS Server"):
        return list(observations.value(query, "what the DNS Server answers about its own zones"))


def silent_zones(observations: Observations, query: Read, zones: t.Sequence[str]) -> list[str]:
    """The zones without an SOA record in their answer, each with the reason."""
    found = []
    for zone, answer in zip(zones, answers(observations, query), strict=False):
        if "error" in answer:
            found.append(f"{zone} ({Failure.from_answer(answer['error']).describe()})")
        elif not any(record["type"] == "SOA" for record in answer["records"]):
            found.append(f"{zone} (no SOA record)")
    return found


def proof(expected: Expectation) -> Proof:
    back = "The listen addresses were put back." if expected.change else "All changes stay; undo with their journal takes them back."
    return Proof(
        reads=expected.reads,
        problem=expected.problem,
        knock=None,
        changes=(expected.change,) if expected.change else (),
        restarts=(SERVICE,) if expected.change and waits_for_start(expected.change) else (),
        tidy=(),
        kept=back,
        otherwise="Look into the event log DNS Server; undo with the journal takes the changes back.",
    )
