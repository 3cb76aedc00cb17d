# SPDX-License-Identifier: GPL-3.0-or-later
"""What taking back must not do: shut out the connection that does it, or everybody who comes by Remote Desktop.

A run that closed something found it open, and a run that opened something found it closed: its journal brings that back. The judgements
are those that a run is held to.
"""

from __future__ import annotations

import typing as t

from .._core.connection import Connection
from .._core.errors import HardeningError
from .._core.facts import HostFacts
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.registry import Registry, key_read
from .access_judgement import Judgement, nobody_is_left, warnings_of_who_is_left
from .access_reads import GROUPS, NLA_PLACES, RIGHTS, access_reads, authentication_reads, observed_judgement, requires_authentication
from .accounts import WayIn, connection_names, resolve_read
from .projection import projected
from .rdp_access_table import TOKEN_FILTER_PLACE
from .schannel_protocols import lost_connection, observed_states, protocol_reads
from .schannel_table import SCHANNEL
from .way_in_judgement import is_filtered, network_is_closed, warnings_about_the_way_in

LOCKOUT_SPEC: dict[str, t.Any] = {"allow_lockout": {"type": "bool", "default": False}}

_ADVICE = (
    "Nothing was changed: taking this back {why}. Change what it depends on first, come in another way, or set allow_lockout to true where "
    "there is another way in."
)
_ROLE = ("server",)


def lockout_reads(undone: t.Sequence[Operation], observations: Observations, connection: Connection | None) -> list[Read]:
    """What must be seen to judge these operations, and, once that is seen, who it is that nothing so far explains."""
    reads = protocol_reads(_ROLE) if _touches_protocols(undone) else []
    if _touches_people(undone):
        people = [*access_reads(), *authentication_reads(), key_read(TOKEN_FILTER_PLACE.key), resolve_read(connection_names(connection))]
        reads += people if any(read not in observations for read in people) else _questions(undone, observations, connection)
    return reads


def refuse_lockout(undone: t.Sequence[Operation], observations: Observations, facts: HostFacts, connection: Connection | None) -> list[str]:
    """Warnings. Raises HardeningError where these operations, all of them, would shut out the connection or everybody."""
    after = projected(observations, undone)
    if _touches_protocols(undone):
        states, left = (observed_states(Registry(one), facts.build, _ROLE) for one in (observations, after))
        _refuse(_part("would close the way in: ", lost_connection(states, left, connection)))
    if not _touches_people(undone):
        return []
    found, then = _judgement(observations, connection), _judgement(after, connection)
    way_in = WayIn.observed(resolve_read(connection_names(connection)), observations, facts, connection)
    _refuse(_part("would close the way in: ", network_is_closed(found, then, way_in, facts)))
    if _comes_to_filter(observations, after):
        _refuse(_part(f"({TOKEN_FILTER_PLACE.name}) ", is_filtered(then, way_in)))
    if not _touches_remote_desktop(undone):
        return []
    if found.lets_somebody_in:
        _refuse(_part("would close Remote Desktop: ", nobody_is_left(then)))
    return [*warnings_of_who_is_left(then), *warnings_about_the_way_in(found, then, way_in, facts)]


def _questions(undone: t.Sequence[Operation], observations: Observations, connection: Connection | None) -> list[Read]:
    return _judgement(projected(observations, undone), connection).unexplained()


def _judgement(observations: Observations, connection: Connection | None) -> Judgement:
    return observed_judgement(observations, requires_authentication(observations), [resolve_read(connection_names(connection))])


def _comes_to_filter(before: Observations, after: Observations) -> bool:
    """Whether remote local administrators get a filtered token that they do not get now; 0 and absent are the same (KB951016)."""
    now, then = (Registry(one).number(TOKEN_FILTER_PLACE) for one in (before, after))
    return bool(now) and not then


def _refuse(why: str | None) -> None:
    if why:
        raise HardeningError(_ADVICE.format(why=why.rstrip(".")))


def _part(beginning: str, why: str | None) -> str | None:
    return None if why is None else beginning + why


def _touches_protocols(undone: t.Iterable[Operation]) -> bool:
    return any(one.provider == "registry" and one.parameters["key"].lower().startswith(SCHANNEL.lower()) for one in undone)


def _touches_people(undone: t.Sequence[Operation]) -> bool:
    return _touches_remote_desktop(undone) or any(_is_at(one, (TOKEN_FILTER_PLACE,)) for one in undone)


def _touches_remote_desktop(undone: t.Iterable[Operation]) -> bool:
    return any(_names_people(one) or _is_at(one, NLA_PLACES) for one in undone)


def _names_people(one: Operation) -> bool:
    if one.provider == "right":
        return one.parameters["right"].lower() in {right.lower() for right in RIGHTS}
    return one.provider == "group" and one.parameters["group"] in GROUPS


def _is_at(one: Operation, places: t.Iterable[t.Any]) -> bool:
    if one.provider != "registry":
        return False
    at = (one.parameters["key"].lower(), one.parameters["name"].lower())
    return any((place.key.lower(), place.name.lower()) == at for place in places)
