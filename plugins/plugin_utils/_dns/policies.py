# SPDX-License-Identifier: GPL-3.0-or-later
"""Query resolution and zone transfer policies, known by name and zone.

One that differs is removed and added again at its place, because no cmdlet changes its action or takes a criterion away. Adding one
shifts the order of those behind it, so orders are simulated. One that is removed has its place from those before it, which are therefore
part of what its removal is planned on.
Sources: DnsServerPolicy and DnsServerPolicyCriteria (DnsServerPSProvider), MS-DNSP 2.2.15, the cmdlets' parameter sets.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change
from .criteria import plain, scope_weights
from .policy_kinds import PolicyKind
from .requests import Record, call, get_read, listed, planned_none, planned_one
from .setting import PLACE

_PROPERTIES = (
    *("Name", "Action", "AppliesOn", "Condition", "IsEnabled", "ProcessingOrder"),
    *("Criteria.CriteriaType", "Criteria.Criteria", "Content.ScopeName", "Content.Weight"),
)
# CriteriaType and the cmdlets' parameter for it.
_TYPES = {
    "clientsubnet": "ClientSubnet",
    "transportprotocol": "TransportProtocol",
    "networkprotocol": "InternetProtocol",
    "interface": "ServerInterfaceIP",
    "fqdn": "Fqdn",
    "qtype": "QType",
    "time": "TimeOfDay",
}


@dataclass(frozen=True)
class Policy:
    """parameters: what Add- takes, without name, zone and order. record: as the host gave it; None for a wish."""

    name: str
    parameters: t.Mapping[str, t.Any]
    order: int | None
    record: Record | None = None

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def on_recursion(self) -> bool:
        return bool(self.parameters.get("ApplyOnRecursion"))

    @property
    def text(self) -> str:
        """What it does, in one spelling."""
        return ", ".join(f"{name} {_spelled(name, value)}" for name, value in sorted(self.parameters.items()) if value not in (None, False))


def _spelled(name: str, value: t.Any) -> str:
    if name in _TYPES.values():
        return plain(value)
    if name == "ZoneScope":
        return ";".join(sorted(scope.lower() for scope in scope_weights(value)))
    return str(value).upper()


def target_of(kind: PolicyKind, zone: str | None, policy: Policy) -> str:
    return f"{kind.option}: {policy.name} ({'zone ' + zone if zone else 'server'})"


def policies_read(kind: PolicyKind, zone: str | None) -> Read:
    """The policies of a zone, or with None those of the server."""
    return get_read(kind.noun, *_PROPERTIES, **({"ZoneName": zone} if zone else {}))


def wished(kind: PolicyKind, given: t.Mapping[str, t.Any]) -> Policy:
    """A policy of the options."""
    found: dict[str, t.Any] = {name: given[option] for option, name in kind.criteria.items() if option in given}
    found |= {"Action": given["action"].upper(), "Condition": given["condition"].upper()}
    if not given.get("enabled", True):
        found["Disable"] = True
    if given.get("on_recursion"):
        found["ApplyOnRecursion"] = True
    for option, name in (("recursion_scope", "RecursionScope"), ("zone_scope", "ZoneScope")):
        if option in given:
            found[name] = ";".join(scope_weights(given[option])) if name == "ZoneScope" else given[option]
    return Policy(given["name"], found, given.get("processing_order"))


def observed(record: Record) -> Policy:
    """A policy of the host."""
    found: dict[str, t.Any] = {}
    for kind, text in zip(listed(record.get("Criteria.CriteriaType")), listed(record.get("Criteria.Criteria")), strict=False):
        name = _TYPES.get(str(kind).lower(), str(kind))
        found[name] = ";".join(part for part in (found.get(name), text) if part)
    found |= {"Action": str(record["Action"]).upper(), "Condition": str(record.get("Condition") or "and").upper()}
    if record.get("IsEnabled") is False:
        found["Disable"] = True
    return Policy(str(record["Name"]), {**found, **_scope(record)}, int(record["ProcessingOrder"]), record)


def added(parameters: t.Mapping[str, t.Any]) -> Policy:
    """A policy as Add- was told of it."""
    given = {name: value for name, value in parameters.items() if name not in ("Name", "ZoneName", "ProcessingOrder")}
    return Policy(parameters["Name"], given, parameters.get("ProcessingOrder"))


def _scope(record: Record) -> dict[str, t.Any]:
    names, weights = listed(record.get("Content.ScopeName")), listed(record.get("Content.Weight"))
    if str(record.get("AppliesOn")).lower() == "recursion":
        return {"ApplyOnRecursion": True, **({"RecursionScope": names[0]} if names else {})}
    if not names:
        return {}
    weighted = weights if len(weights) == len(names) else [1] * len(names)
    return {"ZoneScope": ";".join(f"{name},{weight}" for name, weight in zip(names, weighted, strict=True))}


@dataclass
class PolicyList:
    """Policies that are processed one after the other, while changes are planned; C(places) is as it will be after those so far.

    Those of a zone, or of the server, for queries that come in and for recursion each count by themselves.
    """

    kind: PolicyKind
    zone: str | None
    places: dict[str, tuple[int, Policy]]

    @classmethod
    def of(cls, kind: PolicyKind, zone: str | None, policies: t.Iterable[Policy]) -> PolicyList:
        return cls(kind, zone, {one.key: (one.order or 0, one) for one in policies})

    @property
    def in_order(self) -> list[Policy]:
        return [one for _place, one in sorted(self.places.values(), key=lambda item: item[0])]

    def changes(self, wishes: t.Sequence[Policy], replace: bool) -> list[Change]:
        """What goes or moves is removed from the last place up, so that each is where it was read; then all is added that is wanted."""
        wanted = {wish.key: wish for wish in wishes}
        out = {key for key, (_place, one) in self.places.items() if _differs(one, wanted.get(key), replace)}
        while True:
            tried = PolicyList(self.kind, self.zone, dict(self.places))
            found = tried._made(out, wishes)
            astray = {wish.key for wish in wishes if wish.order and tried.places[wish.key][0] != wish.order} - out
            if not astray:
                self.places = tried.places
                return found
            out |= astray

    def _made(self, out: t.Collection[str], wishes: t.Sequence[Policy]) -> list[Change]:
        """Those without a wanted place come first: the others then get theirs in order, and none is shifted again."""
        read = dict(self.places)
        found = [self._remove(read[key][1]) for key in sorted(out, key=lambda key: -read[key][0])]
        missing = [wish for wish in wishes if wish.key not in self.places]
        for wish in sorted(missing, key=lambda wish: wish.order or 0):
            found.append(self._add(wish, *read.get(wish.key, (None, None))))
        return found

    def _target(self, policy: Policy) -> str:
        return target_of(self.kind, self.zone, policy)

    def _named(self, policy: Policy) -> dict[str, t.Any]:
        return {"Name": policy.name, **({"ZoneName": self.zone} if self.zone else {})}

    def _remove(self, policy: Policy) -> Change:
        place, _same = self.places.pop(policy.key)
        before = {key: number for key, (number, _one) in self.places.items() if number < place}
        self.places = {key: (number - (number > place), one) for key, (number, one) in self.places.items()}
        unknown = sorted(set(policy.parameters) - self.kind.parameters)
        if unknown:
            raise HardeningError(
                f"Nothing was changed: {self._target(policy)} has what is not known here ({', '.join(unknown)}), so it could not be put back. Remove it "
                "yourself first, or leave it in the list as it is."
            )
        planned = [
            self._planned(policy.name, _holds(policy)),
            *(self._planned(self._name(key), {"ProcessingOrder": n}) for key, n in before.items()),
        ]
        operation = call(f"Remove-{self.kind.noun}", self._named(policy), *planned)
        return Change(PLACE, self._target(policy), policy.text, ABSENT, operation, self._adding(policy, place), self.kind.ids)

    def _name(self, key: str) -> str:
        return self.places[key][1].name

    def _planned(self, name: str, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return planned_one(policies_read(self.kind, self.zone), {"Name": name}, values)

    def _add(self, policy: Policy, at: int | None, now: Policy | None) -> Change:
        """at, now: where it was, and what it was. Raises HardeningError for a place behind a gap."""
        last = max((place for place, _one in self.places.values()), default=0) + 1
        place = policy.order or min(at or last, last)
        if place > last:
            raise HardeningError(
                f"Nothing was changed: {self._target(policy)}: processing_order is {place}, but the last place is {last}. Give a place without a gap."
            )
        self.places = {key: (number + (number >= place), one) for key, (number, one) in self.places.items()}
        self.places[policy.key] = (place, policy)
        undo = call(f"Remove-{self.kind.noun}", self._named(policy), self._planned(policy.name, {}))
        moved = f", order {place}" if policy.order or (now and now.text == policy.text) else ""
        return Change(PLACE, self._target(policy), ABSENT, policy.text + moved, self._adding(policy, place), undo, self.kind.ids)

    def _adding(self, policy: Policy, place: int) -> Operation:
        planned = planned_none(policies_read(self.kind, self.zone), {"Name": policy.name})
        return call(f"Add-{self.kind.noun}", {**self._named(policy), **policy.parameters, "ProcessingOrder": place}, planned)


def _differs(policy: Policy, wish: Policy | None, replace: bool) -> bool:
    if wish is None:
        return replace
    return policy.text != wish.text or wish.order not in (None, policy.order)


def _holds(policy: Policy) -> dict[str, t.Any]:
    """What must still be so when it is removed: all of it, its place included."""
    return {name: value for name, value in (policy.record or {}).items() if name != "Name"}
