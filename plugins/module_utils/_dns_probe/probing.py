# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked, and in which order. Knows no sockets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .._probe.control import Control
from . import dns_controls as controls
from . import messages
from .answers import NOERROR, Answer, NoAnswer, Reply
from .messages import Query
from .observation import NOT_TAKEN, VERSION_NAMES, Burst, Observations, Zone

BURST = 60
ROOT = "."


class Channel(Protocol):
    """A way to a server; transport.Transport is the real one."""

    def ask(self, query: Query) -> Answer: ...
    def tcp(self, query: Query) -> Answer: ...
    def udp(self, query: Query) -> Answer: ...
    def burst(self, queries: Sequence[Query]) -> list[Reply]: ...
    def series(self, queries: Sequence[Query]) -> list[Reply]: ...


@dataclass(frozen=True)
class Wanted:
    """zones: without the final dot. controls: those to be judged; what none of them needs is not asked."""

    zones: tuple[str, ...]
    recursion_name: str
    controls: Collection[Control] = controls.CONTROLS
    rate_limiting: bool = False


class Prober:
    """Looks at one server. `look` gives the observations."""

    def __init__(self, channel: Channel, wanted: Wanted) -> None:
        self._channel = channel
        self._wanted = wanted

    def look(self) -> Observations:
        """A burst comes last: a server that limits would withhold what is asked after it."""
        seen = self._knock()
        if seen.silence is not None and not seen.silence.connected:
            return seen
        seen = replace(seen, zones=tuple(self._look_at_zone(name) for name in self._wanted.zones))
        seen = self._look_outside(self._look_at_version(seen))
        return replace(seen, burst=self._flood(seen)) if self._is_wanted(controls.RATE_LIMITING) and self._wanted.rate_limiting else seen

    def _is_wanted(self, *any_of: Control) -> bool:
        return any(control in self._wanted.controls for control in any_of)

    def _knock(self) -> Observations:
        """The same question over both, about a zone where one is given: a policy may drop questions about anything else."""
        name, kind = (self._wanted.zones[0], "SOA") if self._wanted.zones else (ROOT, "NS")
        tcp = self._channel.tcp(messages.question(name, kind))
        udp = self._channel.udp(messages.question(name, kind, edns=True))
        by_tcp = isinstance(udp, NoAnswer) and not isinstance(tcp, NoAnswer)
        return Observations(tcp, udp, self._channel.tcp(messages.question(name, kind, edns=True)) if by_tcp else udp)

    def _look_at_zone(self, name: str) -> Zone:
        """One transfer for each zone: Windows refuses a second one for a while that it would allow later."""
        zone = Zone(name, self._channel.ask(messages.question(name, "SOA")))
        if self._is_wanted(controls.TRANSFER):
            zone = replace(zone, transfer=self._channel.tcp(messages.transfer(name)))
        return self._update(zone) if self._is_wanted(controls.UPDATE) else zone

    def _update(self, zone: Zone) -> Zone:
        """An empty update may be answered before anybody asks who sent it: only one that deletes something proves that it is taken."""
        update = self._channel.ask(messages.empty_update(zone.name))
        zone = replace(zone, update=update)
        if not isinstance(update, Reply) or update.rcode in NOT_TAKEN:
            return zone
        deletion = self._channel.ask(messages.deletion_of_nothing(zone.name))
        return replace(zone, deletion=deletion, soa_after=self._channel.ask(messages.question(zone.name, "SOA")))

    def _look_at_version(self, seen: Observations) -> Observations:
        if not self._is_wanted(controls.VERSION):
            return seen
        return replace(seen, versions={name: self._channel.ask(messages.question(name, "TXT", chaos=True)) for name in VERSION_NAMES})

    def _look_outside(self, seen: Observations) -> Observations:
        """Without recursion first: with it the server would answer the other question from its cache."""
        if not self._is_wanted(controls.RECURSION, controls.REFERRAL):
            return seen
        name = self._wanted.recursion_name
        return replace(
            seen,
            referral=self._channel.ask(messages.question(name, "A")),
            root=self._channel.ask(messages.question(ROOT, "NS")),
            recursion=self._channel.ask(messages.question(name, "A", recursion=True)),
        )

    def _flood(self, seen: Observations) -> Burst | None:
        """Identical questions about a name that is there: errors are limited otherwise, and by no means everywhere."""
        if not seen.served:
            return None
        name = seen.served[0].name
        over_tcp = self._channel.series(messages.identical_questions(name, "SOA", BURST))
        found = self._channel.burst(messages.identical_questions(name, "SOA", BURST))
        whole = sum(each.rcode == NOERROR and bool(each.answer) and not each.truncated for each in found)
        truncated = sum(each.truncated for each in found)
        return Burst(name, BURST, whole, truncated, len(found) - whole - truncated, len(over_tcp))
