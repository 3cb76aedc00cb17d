# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's forwarders. Their order counts as it was given; the order that the server uses for the moment is never looked at.

Set-DnsServerForwarder replaces the list and takes no empty one; dnscmd /ResetForwarders without an address removes all.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Operation
from .addresses import normal, parsed_forwarders
from .joined import Wish, note_joined
from .requests import Record, call, dnscmd, listed, planned_one
from .server_options_controls import FORWARDERS
from .server_state import ServerState, state_read

CMDLET = "DnsServerForwarder"
_NAMES = {"addresses": "IPAddress", "use_root_hints": "UseRootHint", "timeout": "Timeout", "reordering": "EnableReordering"}
_NOBODY = (
    "The server has no forwarder and is told not to use root hints. What it resolves then is not documented, and may be nothing outside its own "
    "zones: give forwarders.addresses, or leave forwarders.use_root_hints out."
)
# What dnscmd has no word for.
_ONLY_CMDLET = "EnableReordering"


def checked_forwarders(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The group with its addresses in one spelling. Raises HardeningError for what no server takes."""
    found = dict(given)
    if "addresses" in found:
        found["addresses"] = parsed_forwarders(found["addresses"], "forwarders.addresses")
    timeout = found.get("timeout")
    if timeout is not None and not 1 <= timeout <= 15:
        why = " 0 stands for Windows' own default, so it would never be found again." if timeout == 0 else ""
        raise HardeningError(f"Nothing was changed: forwarders.timeout is {timeout}; it takes 1 to 15.{why}")
    return found


def final_forwarders(given: t.Sequence[str] | None, state: ServerState) -> list[str]:
    """The addresses that will be there."""
    return list([normal(one) for one in listed(state.value(CMDLET, "IPAddress"))] if given is None else given)


def refuse_own(given: t.Iterable[str], where: str, state: ServerState) -> None:
    """Raises HardeningError where the server would ask itself."""
    own = {normal(one) for one in state.addresses} & set(given)
    if own:
        raise HardeningError(f"Nothing was changed: {where} has {', '.join(sorted(own))}, which is the server itself.")


def plan_forwarders(given: t.Mapping[str, t.Any], state: ServerState, draft: PlanDraft) -> None:
    """given: the options of the group, checked."""
    refuse_own(given.get("addresses", ()), "forwarders.addresses", state)
    now = {name: state.value(CMDLET, name) for name in _NAMES.values()}
    now["IPAddress"] = [normal(one) for one in listed(now["IPAddress"])]
    wishes = [_wish(option, name, given[option], now[name]) for option, name in _NAMES.items() if option in given]
    wanted = {**now, **{one.name: one.wanted for one in wishes}}
    _note(wishes, now, wanted, draft)
    _judge(given, now, wanted, draft)


def _wish(option: str, name: str, value: t.Any, now: t.Any) -> Wish:
    ids = (FORWARDERS.id,) if option == "use_root_hints" and value is False else ()
    return Wish(f"forwarders.{option}", name, now, value, _text(now), _text(value), ids)


def _text(value: t.Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value).lower()


def _note(wishes: list[Wish], now: Record, wanted: Record, draft: PlanDraft) -> None:
    """One call; two where dnscmd, which alone empties or fills from empty both ways, must be used and has no word for the reordering."""
    if wanted["IPAddress"] and now["IPAddress"]:
        note_joined("forwarders", wishes, _set(wanted, now), _set(now, wanted), draft)
        return
    reset = [one for one in wishes if one.name != _ONLY_CMDLET]
    note_joined("forwarders", reset, _reset(wanted, now), _reset(now, wanted), draft)
    rest = [one for one in wishes if one.name == _ONLY_CMDLET]
    note_joined("forwarders", rest, _reorder(wanted, now), _reorder(now, wanted), draft)


def _set(values: Record, planned: Record) -> Operation:
    """All of it, because what is left out of a call could be another's."""
    return call(f"Set-{CMDLET}", dict(values), planned_one(state_read(CMDLET), {}, _as_read(planned)))


def _reset(values: Record, planned: Record) -> Operation:
    ends = "/NoSlave" if values["UseRootHint"] else "/Slave"
    arguments = [*values["IPAddress"], "/TimeOut", str(values["Timeout"]), ends]
    holds = {name: value for name, value in _as_read(planned).items() if name != _ONLY_CMDLET}
    return dnscmd("ResetForwarders", arguments, planned_one(state_read(CMDLET), {}, holds))


def _reorder(values: Record, planned: Record) -> Operation:
    holds = planned_one(state_read(CMDLET), {}, {_ONLY_CMDLET: planned[_ONLY_CMDLET]})
    return call(f"Set-{CMDLET}", {_ONLY_CMDLET: values[_ONLY_CMDLET]}, holds)


def _as_read(values: Record) -> dict[str, t.Any]:
    return {**values, "IPAddress": values["IPAddress"] or None}


def _judge(given: t.Mapping[str, t.Any], now: Record, wanted: Record, draft: PlanDraft) -> None:
    """The control is about a server that has forwarders; its references want them inside, which an address tells only where it is private."""
    if wanted["UseRootHint"] or not {"use_root_hints", "addresses"} & set(given):
        return
    if not wanted["IPAddress"]:
        draft.warnings.append(_NOBODY)
        return
    inside = all(ipaddress.ip_address(one).is_private for one in wanted["IPAddress"])
    control = FORWARDERS if inside else FORWARDERS.claiming(())
    changed = (now["UseRootHint"], now["IPAddress"]) != (wanted["UseRootHint"], wanted["IPAddress"])
    draft.judge((control,), CHANGED if changed else COMPLIANT, f"forwarders are {_text(wanted['IPAddress'])}, without root hints")
