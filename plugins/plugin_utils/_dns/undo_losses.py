# SPDX-License-Identifier: GPL-3.0-or-later
"""What taking back must not do: take the resolver from who uses it, stop listening where somebody asks, or end the updates by which domain
controllers register; and what proves that it answers.

A run that switched recursion on found it off, and a run that listened everywhere found a list: its journal brings that back. The judgements
are those that a run is held to, except that policies which come back are not looked at.
"""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.facts import HostFacts
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import Change, Proof
from .access_list import AccessList, Rule
from .listen import answering, dropped, listening, lost_users, question_address, users
from .recursion_loss import Resolution, bare, recursion_users
from .requests import entry_call, listed
from .restart import Expectation, answers, proof, zones_query
from .root_hints_need import SCOPES, asking_scopes, resolution_written, scope_written
from .server_acl import acl_read, loses_control
from .server_options_reads import named_addresses
from .server_state import LISTEN_VALUE, PARAMETERS, ServerState, first_reads, state_read
from .undo_updates import updates_loss, updates_reads
from .undoing import restarts

_RESOLUTION = (
    *("DnsServerRecursion", "DnsServerForwarder", SCOPES, "DnsServerRootHint"),
    *("DnsServerZone", "DnsClientServerAddress"),
)
_LISTEN = ("DnsServerZone", "DnsClientServerAddress")
_HINT = "DnsServerRootHint"
_ADVICE = "Nothing was changed: taking this back would {why}. Change what it depends on first, or set allow_lockout to true where nobody needs it."


def loss_reads(undone: t.Sequence[Operation], observations: Observations, judged: bool) -> list[Read]:
    """What must be seen to judge these operations and to prove them; once that is seen, whom the zones' records name."""
    cmdlets: list[str] = []
    if judged and _touches_resolution(undone):
        cmdlets += _RESOLUTION
    wanted = _listen_wanted(undone)
    if wanted is not None or restarts(undone):
        cmdlets += _LISTEN if judged else ("DnsServerZone",)
    reads = [*first_reads(), *(state_read(cmdlet) for cmdlet in dict.fromkeys(cmdlets))] if cmdlets else []
    reads += updates_reads(undone, observations) if judged else []
    if wanted is None or not judged or any(read not in observations for read in reads):
        return reads
    query = _name_servers(wanted, ServerState(observations))
    return [*reads, query] if query else reads


def refuse_loss(undone: t.Sequence[Operation], observations: Observations, facts: HostFacts) -> None:
    """Raises HardeningError where these operations, all of them, would take away what somebody uses, or the session's own control."""
    unregistered = updates_loss(undone, observations, facts)
    if unregistered:
        raise HardeningError(unregistered)
    _refuse(_control_loss([one for one in undone if (one.provider, one.name) == ("dns", "acl")], observations, facts))
    if _touches_resolution(undone):
        _refuse(_resolution_loss(undone, ServerState(observations)))
    wanted = _listen_wanted(undone)
    if wanted is not None:
        _refuse(_listen_loss(wanted, ServerState(observations)))


def undo_proof(changes: t.Sequence[Change], observations: Observations, restarted: bool) -> tuple[Proof, ...]:
    """That the server answers after a restart, and listens where it did; none where nothing of the kind is taken back."""
    undone = [change.operation for change in changes]
    wanted, restarting = _listen_wanted(undone), restarted and bool(restarts(undone))
    moved = next((change for change in changes if _listen_of(change.operation) is not None), None)
    if moved is not None and moved.operation.provider == "registry" and not restarting:
        wanted, moved = None, None
    if wanted is None and not restarting:
        return ()
    state = ServerState(observations)
    own = tuple(bare(one) for one in state.addresses)
    answered = answering(state) if wanted is None else wanted or own
    zones = tuple(state.served("Primary")) if restarting else ()
    listen = None if wanted is None else tuple(wanted)
    return (proof(Expectation(question_address(answered), zones, listen, own, moved)),)


def _control_loss(undone: t.Sequence[Operation], observations: Observations, facts: HostFacts) -> str | None:
    if not undone:
        return None
    found = AccessList.from_value(observations.value(acl_read()))
    rules = list(found.explicit)
    for one in undone:
        gone, more = ([Rule.from_value(rule) for rule in one.parameters[name]] for name in ("remove", "add"))
        rules = [*(rule for rule in rules if rule not in gone), *more]
    name = loses_control(found, rules, facts)
    return f"leave {name}, the account of this session, unable to change the access list of the DNS service" if name else None


# -- recursion, forwarders, root hints ----------------------------------------------------------------------


def _touches_resolution(undone: t.Iterable[Operation]) -> bool:
    return any(resolution_written(one) or scope_written(one)[0] or entry_call(one)[1] == _HINT for one in undone)


def _resolution_loss(undone: t.Sequence[Operation], state: ServerState) -> str | None:
    found = {
        "Enable": bool(state.value("DnsServerRecursion", "Enable")),
        "IPAddress": listed(state.value("DnsServerForwarder", "IPAddress")),
        "UseRootHint": state.value("DnsServerForwarder", "UseRootHint"),
    }
    then = dict(found)
    for one in undone:
        then |= resolution_written(one)
    if found["Enable"] and not then["Enable"]:
        needed = recursion_users(_resolution(found, then, undone, state), state)
        if needed:
            return f"switch recursion off, although {'; '.join(needed)}"
    hints = _names(state.items(_HINT), "NameServer.RecordData.NameServer")
    left = _left(hints, _HINT, "NameServer", undone)
    if then["Enable"] and _asks(found, hints) and not _asks(then, left):
        return "leave a server that recurses with nobody to ask: it would have no forwarder and no root hint"
    alone = _scopes_alone(hints, left, undone, state)
    return (
        f"leave the recursion scope {', '.join(alone)} with nobody to ask: it would have no forwarder and no root hint" if alone else None
    )


def _scopes_alone(hints: t.Collection[str], left: t.Collection[str], undone: t.Sequence[Operation], state: ServerState) -> list[str]:
    """The scopes that will recurse with nobody to ask, and have somebody, or do not recurse, now."""
    scopes = state.items(SCOPES)
    already = [] if hints else asking_scopes(scopes, ())
    return [] if left else [name for name in asking_scopes(scopes, undone) if name not in already]


def _resolution(found: dict[str, t.Any], then: dict[str, t.Any], undone: t.Sequence[Operation], state: ServerState) -> Resolution:
    scopes = _names([one for one in state.items(SCOPES) if listed(one.get("Forwarder"))], "Name") - {"."}
    return Resolution(
        was=found["Enable"],
        will=then["Enable"],
        forwarders=tuple(str(one) for one in listed(then["IPAddress"])),
        had_forwarders=bool(found["IPAddress"]),
        scopes=tuple(sorted(scopes & _left(scopes, SCOPES, "Name", undone))),
        play=(),
    )


def _asks(values: t.Mapping[str, t.Any], hints: t.Collection[str]) -> bool:
    """Whether there is anybody whom the server could ask."""
    return bool(listed(values["IPAddress"]) or hints)


def _names(found: t.Iterable[t.Mapping[str, t.Any]], name: str) -> set[str]:
    return {str(text).lower() for one in found for text in listed(one.get(name))}


def _left(names: t.Iterable[str], noun: str, parameter: str, undone: t.Iterable[Operation]) -> set[str]:
    """The names of a list's entries once these operations are done, in their order."""
    left = set(names)
    for one in undone:
        verb, of = entry_call(one)
        if of == noun:
            name = {str(one.parameters["parameters"].get(parameter, "")).lower()}
            left = left - name if verb == "Remove" else left | name
    return left


# -- listen addresses ---------------------------------------------------------------------------------------


def _listen_wanted(undone: t.Iterable[Operation]) -> list[str] | None:
    """The addresses that are listened on afterwards, empty for all; None where that is not touched."""
    return next((found for one in reversed(list(undone)) if (found := _listen_of(one)) is not None), None)


def _listen_of(one: Operation) -> list[str] | None:
    given = one.parameters
    if one.provider == "dns" and one.name == "dnscmd" and given["command"] == "ResetListenAddresses":
        return [bare(address) for address in given["arguments"]]
    if one.provider != "registry" or (given["key"].lower(), given["name"].lower()) != (PARAMETERS.lower(), LISTEN_VALUE.lower()):
        return None
    return [bare(address) for address in given["value"]] if one.name == "set" else []


def _name_servers(wanted: t.Sequence[str], state: ServerState) -> Read | None:
    if not dropped(wanted, state):
        return None
    staying = [one for one in answering(state) if one in wanted]
    return zones_query(question_address(staying or answering(state)), state.served("Primary", "Secondary"), "NS", 0)


def _listen_loss(wanted: t.Sequence[str], state: ServerState) -> str | None:
    if set(wanted) == set(listening(state)):
        return None
    query = _name_servers(wanted, state)
    seen = query is not None and query in state.observations
    named = named_addresses(query, answers(state.observations, query), dropped(wanted, state)) if query and seen else {}
    lost = lost_users(wanted, state, users(state, (), named))
    return f"no longer listen where somebody asks ({'; '.join(lost)})" if lost else None


def _refuse(why: str | None) -> None:
    if why:
        raise HardeningError(_ADVICE.format(why=why))
