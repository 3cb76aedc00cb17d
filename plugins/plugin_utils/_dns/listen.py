# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses that queries are answered on.

All is the value ListenAddresses not being there: the getter names every address of the host either way (MS-DNSP 3.1.4.1). What is bound
is seen by the sockets, and nowhere else.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError, whole
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import Change
from .._core.registry import Place, set_change
from .addresses import parsed_addresses, same
from .recursion_loss import bare, is_loopback, own_resolvers
from .requests import dnscmd, listed, planned_one
from .server_options_controls import LISTEN
from .server_state import LISTEN_VALUE, PARAMETERS, SERVICE, ServerState, state_read
from .setting import PLACE

ALL = "all"
PORT = 53
_PLACE = Place(PARAMETERS, LISTEN_VALUE, "MultiString")
_OPTION = "listen_addresses"
_ANY = {"0.0.0.0", "::"}


def checked_listen(given: t.Sequence[str]) -> list[str]:
    """The addresses in one spelling, empty for all. Raises HardeningError for what no server listens on."""
    words = [one.strip().lower() for one in given]
    if words == [ALL]:
        return []
    if not words or ALL in words:
        raise HardeningError(f"Nothing was changed: {_OPTION} is addresses of the host, one at least, or all and nothing else.")
    found = list(parsed_addresses(given, _OPTION))
    if any(is_loopback(one) for one in found):
        raise HardeningError(
            f"Nothing was changed: {_OPTION} has a loopback address, which the DNS Server takes from nobody. Only with all it listens there too."
        )
    return found


def listening(state: ServerState) -> list[str]:
    """The list that is set; empty for all."""
    return [bare(one) for one in listed(state.registry.value(_PLACE))]


def answering(state: ServerState) -> list[str]:
    """The addresses that it answers on now."""
    return listening(state) or [bare(one) for one in state.addresses]


def dropped(wanted: t.Sequence[str], state: ServerState) -> list[str]:
    """The addresses that would not be answered on any more."""
    return [one for one in answering(state) if wanted and one not in wanted]


def question_address(addresses: t.Sequence[str]) -> str | None:
    """The address that the server is asked on: one of IPv4 where there is one, and never a link's own."""
    usable = [one for one in addresses if not one.lower().startswith("fe80")]
    return next((one for one in usable if "." in one), usable[0] if usable else None)


def plan_listen(wanted: t.Sequence[str], state: ServerState, needed: t.Mapping[str, str], draft: PlanDraft) -> Change | None:
    """needed: addresses that somebody uses, and who; empty where their loss is allowed. Gives the change, where there is one."""
    own = {bare(one): str(one) for one in state.addresses}
    foreign = [one for one in wanted if one not in own]
    if foreign:
        raise HardeningError(
            f"Nothing was changed: {_OPTION} has {', '.join(foreign)}, which this host does not have. It has {', '.join(sorted(own))}."
        )
    now = listening(state)
    _refuse_loss(wanted, state, needed)
    change = _change([own[one] for one in wanted], now, state)
    differs = set(now) != set(wanted)
    draft.want(change, differs)
    if differs and waits_for_start(change):
        draft.restarts.append(SERVICE)
    draft.judge((LISTEN,), CHANGED if differs else COMPLIANT, f"{_OPTION} {'was' if differs else 'is'} {_text(now)}")
    return change if differs else None


def lost_users(wanted: t.Sequence[str], state: ServerState, needed: t.Mapping[str, str]) -> list[str]:
    """Each address that would be dropped and is needed, with who needs it."""
    lost = dropped(wanted, state)
    # loopback is answered on only while all addresses are
    if wanted and not listening(state):
        lost += [one for one in needed if is_loopback(one)]
    return [f"{one}: {needed[one]}" for one in dict.fromkeys(lost) if one in needed]


def _refuse_loss(wanted: t.Sequence[str], state: ServerState, needed: t.Mapping[str, str]) -> None:
    reasons = lost_users(wanted, state, needed)
    if reasons:
        raise HardeningError(
            f"Nothing was changed: {_OPTION} would drop what somebody uses ({'; '.join(reasons)}). Keep it in the list, have it use another address "
            "first, or say allow_address_loss true."
        )


def users(state: ServerState, play: t.Iterable[str], name_servers: t.Mapping[str, str]) -> dict[str, str]:
    """Who uses which address. name_servers: those whom the zones' records name, each with the reason."""
    found = dict(name_servers)
    found |= {bare(one): "other hosts of the play resolve through it" for one in play}
    return found | dict.fromkeys(own_resolvers(state), "the host itself resolves through it")


def _change(wanted: list[str], now: list[str], state: ServerState) -> Change:
    getter = listed(state.value("DnsServerSetting", "ListeningIPAddress"))
    will = wanted or [str(one) for one in state.addresses]
    if same(getter, will):
        # All, and a list of all that there are, look alike to the server's own tools, so the registry is written, which tells them apart.
        change = set_change(_PLACE, state.registry.found(_PLACE), wanted or None, controls=(LISTEN.id,))
        return replace(change, place=PLACE, target=_OPTION, before=_text(now), after=_text(wanted))
    return Change(PLACE, _OPTION, _text(now), _text(wanted), _reset(wanted, getter), _reset(now, will), (LISTEN.id,))


def waits_for_start(change: Change) -> bool:
    """Whether a change of the list is in force only when the service has started again."""
    return change.operation.provider == "registry"


def _reset(addresses: list[str], planned: list[str]) -> Operation:
    """Without an address it listens on all."""
    holds = planned_one(state_read("DnsServerSetting"), {}, {"ListeningIPAddress": planned})
    return dnscmd("ResetListenAddresses", addresses, holds)


def _text(addresses: t.Sequence[str]) -> str:
    return ", ".join(sorted(bare(one) for one in addresses)) or ALL


# -- sockets --------------------------------------------------------------------------------------------


def sockets_read(wait: bool = False) -> Read:
    """With C(wait) it looks until the service has its socket, or half a minute is over."""
    asked = {"protocol": "udp", "port": PORT, "service": SERVICE, "seconds": 30} if wait else None
    return Read("listener", "listeners", {"wait": asked})


def socket_problem(wanted: t.Sequence[str], own: t.Sequence[str], observations: Observations, read: Read) -> str | None:
    """A sentence for what is bound and should not be, or the other way round; None where the sockets are the wanted ones."""
    with whole("the list of sockets"):
        sockets = [
            one for one in observations.value(read, "the list of sockets")["sockets"] if one["port"] == PORT and SERVICE in one["services"]
        ]
        bound = {kind: {bare(one["address"]) for one in sockets if one["protocol"] == kind} for kind in ("tcp", "udp")}
    if not wanted:
        missing = [kind for kind, addresses in bound.items() if not addresses & _ANY and not set(_plain(own)) <= addresses]
        return f"The DNS Server does not listen on all addresses over {' and '.join(missing)}." if missing else None
    absent = sorted(one for one in wanted if any(one not in addresses for addresses in bound.values()))
    extra = sorted({one for addresses in bound.values() for one in addresses} - set(wanted))
    if absent:
        return f"The DNS Server does not listen on {', '.join(absent)}, though it is among {_OPTION}."
    return f"The DNS Server still listens on {', '.join(extra)}, which is not among {_OPTION}." if extra else None


def _plain(addresses: t.Iterable[str]) -> list[str]:
    return [bare(one) for one in addresses if "." in one]
