# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can no longer resolve names once recursion is off, and whether a server that recurses still has anybody to ask.

Without recursion the server's own forwarders and every conditional one are useless (MS-DNSP 3.1.1.1.1 NoRecursion); with it, root hints
or forwarders must be there (Best Practices Analyzer ff807391).
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .._core.operations import Operation
from .addresses import normal
from .root_hints_need import SCOPES, SCOPES_READ, asking_scopes
from .server_state import ServerState


@dataclass(frozen=True)
class Resolution:
    """was, will: whether the server recurses before and after. forwarders, scopes: that will be there; had_forwarders: those before.

    play: addresses that other hosts of the play resolve through. wholly: whether recursion goes for every scope, so that no policy can keep it
    for them.
    """

    was: bool
    will: bool
    forwarders: tuple[str, ...]
    had_forwarders: bool
    scopes: tuple[str, ...]
    play: tuple[str, ...]
    wholly: bool = True

    def lost_to(self, state: ServerState) -> list[str]:
        """The host's addresses that other hosts of the play resolve through."""
        return sorted({bare(one) for one in state.addresses} & {bare(one) for one in self.play})


def own_resolvers(state: ServerState) -> list[str]:
    """The addresses of this very host that it resolves through, loopback among them."""
    own = {bare(one) for one in state.addresses}
    return list(dict.fromkeys(bare(one) for one in state.resolvers if bare(one) in own or is_loopback(one)))


def bare(address: t.Any) -> str:
    """In one spelling, without the number of an interface."""
    return normal(str(address).partition("%")[0])


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(bare(address)).is_loopback
    except ValueError:
        return False


def recursion_warnings(found: Resolution, state: ServerState, allowed: bool) -> list[str]:
    """What is lost all the same. Raises HardeningError where recursion is needed and its loss is not allowed."""
    if found.was and not found.will:
        return _switched_off(found, state, allowed)
    if not found.will and found.forwarders and not found.had_forwarders:
        return ["forwarders are set, and recursion is off, so they are not used."]
    return []


def _switched_off(found: Resolution, state: ServerState, allowed: bool) -> list[str]:
    needed = recursion_users(found, state)
    if needed and not allowed:
        raise HardeningError(
            f"Nothing was changed: recursion is not switched off, because {'; '.join(needed)}. Change that first, or say allow_recursion_loss true."
        )
    others = [] if found.wholly else _others(found.lost_to(state))
    return [f"Recursion is switched off although {one}." for one in (*needed, *others)]


def recursion_users(found: Resolution, state: ServerState) -> list[str]:
    """Who or what is lost without recursion, as parts of a sentence; empty where nobody is."""
    own = own_resolvers(state)
    zones = sorted(str(zone["ZoneName"]) for zone in state.items("DnsServerZone") if zone["ZoneType"] == "Forwarder")
    reasons = {
        f"the host itself resolves through this server ({', '.join(own)})": own,
        f"the forwarders {', '.join(found.forwarders)} would not be used any more": found.forwarders,
        f"the conditional forwarders of {', '.join(zones)} would not be used any more": zones,
        f"the forwarders of the recursion scopes {', '.join(found.scopes)} would not be used any more": found.scopes,
    }
    return [*(reason for reason, holds in reasons.items() if holds), *(_others(found.lost_to(state)) if found.wholly else ())]


def _others(play: t.Sequence[str]) -> list[str]:
    return [f"other hosts of the play resolve through {', '.join(play)}"] if play else []


def nobody_to_ask(found: Resolution, state: ServerState, operations: t.Sequence[Operation]) -> list[str]:
    """Warnings where the server, or one of its recursion scopes, recurses and has nobody to ask. Raises HardeningError where that would become so.

    operations: all that the same task does, among them what becomes of the scopes.
    """
    if state.items("DnsServerRootHint"):
        return []
    return [*_server_alone(found), *_scopes_alone(state, operations)]


def _server_alone(found: Resolution) -> list[str]:
    if not found.will or found.forwarders:
        return []
    if found.was and not found.had_forwarders:
        return [
            "The server recurses and has neither forwarders nor root hints, so it resolves nothing. Give forwarders, or add root hints."
        ]
    raise HardeningError(
        "Nothing was changed: the server would recurse and have nobody to ask: it would have no forwarder, and it has no root hints. Give forwarders, "
        "or add root hints first."
    )


def _scopes_alone(state: ServerState, operations: t.Sequence[Operation]) -> list[str]:
    """Scopes are looked at wherever a task changes one."""
    scopes = state.items(SCOPES) if SCOPES_READ in state.observations else []
    now, then = asking_scopes(scopes, ()), asking_scopes(scopes, operations)
    new = ", ".join(name for name in then if name not in now)
    if new:
        raise HardeningError(
            f"Nothing was changed: the recursion scope {new} would recurse and have nobody to ask: it would have no forwarder, and the server has no "
            "root hints. Give it forwarders (recursion.scopes), or add root hints first."
        )
    return [
        f"The recursion scope {name} recurses and has neither forwarders nor root hints. Give forwarders, or add root hints."
        for name in then
    ]
