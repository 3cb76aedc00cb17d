# SPDX-License-Identifier: GPL-3.0-or-later
"""What root hints become, and the changes that lead there.

A hint is taken away whole and added whole: Set-DnsServerRootHint replaces the whole list by one hint, and whether Add-DnsServerRootHint adds
addresses to a name that is there is not documented.
"""

from __future__ import annotations

import typing as t

from .._core.operations import Operation
from .._core.plan import ABSENT, Change
from .requests import Record, call, listed, planned_none, planned_one, planned_times
from .root_hints_observed import HINTS_READ, NAME, V4, V6, Hint
from .root_hints_options import HintWishes
from .root_hints_table import ONCE, Hints

PLACE = "DNS root hints"


def target_hints(found: t.Mapping[str, Hint], wishes: HintWishes, offered: Hints) -> dict[str, frozenset[str]]:
    """Every hint as it is to be. What is named wins over what another server offers, which only adds."""
    after = {name: hint.addresses for name, hint in found.items() if not wishes.closed and name not in wishes.absent}
    for name, addresses in offered.items():
        if name not in wishes.absent:
            after[name] = after.get(name, frozenset()) | addresses
    return after | {name: frozenset(addresses) for name, addresses in wishes.present.items()}


def hint_changes(found: t.Mapping[str, Hint], after: Hints, healed: bool, controls: tuple[str, ...]) -> list[Change]:
    """New hints first and hints that go last, so that the list is never emptier than it must be.

    controls: what each change serves; one of a hint that stood twice serves that it stands once as well, where it is to be healed.
    """
    new = [_added(name, addresses, controls) for name, addresses in after.items() if name not in found]
    edited = [
        change
        for name, hint in found.items()
        if name in after and (after[name] != hint.addresses or (healed and hint.doubled))
        for ids in [(*controls, ONCE.id) if healed and hint.doubled else controls]
        for change in (_removed(hint, ids), _added(name, after[name], ids, hint.spelled))
    ]
    gone = [_removed(hint, controls) for name, hint in found.items() if name not in after]
    return [*new, *edited, *gone]


def target_of(name: str) -> str:
    """The path of a hint's change."""
    return f"{PLACE}: {name}"


def hint_text(addresses: t.Iterable[str]) -> str:
    return ", ".join(sorted(addresses, key=_in_order)) or "no address"


def _in_order(address: str) -> tuple[bool, str]:
    return ":" in address, address


def _added(name: str, addresses: frozenset[str], controls: tuple[str, ...], spelled: str = "") -> Change:
    """spelled: the name as a hint has it that is added anew; the two steps are seen to belong together by it."""
    given = spelled or name
    add, remove = _add(given, addresses), call("Remove-DnsServerRootHint", {"NameServer": given}, _there(given, addresses))
    return Change(PLACE, name, ABSENT, hint_text(addresses), add, remove, controls)


def _removed(hint: Hint, controls: tuple[str, ...]) -> Change:
    """What stood twice comes back once. A hint without any address cannot be added, so that one stays away."""
    remove = call("Remove-DnsServerRootHint", {"NameServer": hint.spelled}, *_as_found(hint))
    return Change(PLACE, hint.name, hint_text(hint.stored), ABSENT, remove, _add(hint.spelled, hint.addresses), controls)


def _add(name: str, addresses: frozenset[str]) -> Operation:
    given = sorted(addresses, key=_in_order)
    return call("Add-DnsServerRootHint", {"NameServer": name, "IPAddress": given}, planned_none(HINTS_READ, {NAME: name}))


def _there(name: str, addresses: frozenset[str]) -> Record:
    """The order in which a server gives several addresses is its own, so that only a single one of a family is held to."""
    families = {V4: [one for one in addresses if ":" not in one], V6: [one for one in addresses if ":" in one]}
    return planned_one(HINTS_READ, {NAME: name}, {family: given for family, given in families.items() if len(given) < 2})


def _as_found(hint: Hint) -> list[Record]:
    """What must still be there: each record as often as it was."""
    if len(hint.records) == 1:
        (record,) = hint.records
        # A doubled address is not held to: it never comes back, so that a hint without it is as before.
        once = {
            family: record.get(family) for family in (V4, V6) if len(set(listed(record.get(family)))) == len(listed(record.get(family)))
        }
        return [planned_one(HINTS_READ, {NAME: record[NAME]}, once)]
    wholes = [dict(record) for record in hint.records]
    return [planned_times(HINTS_READ, one, wholes.count(one)) for number, one in enumerate(wholes) if one not in wholes[:number]]
