# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry values of HKLM: where they stand, what was found there, and the change that sets one."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .errors import HardeningError
from .observation import Observations
from .operations import Operation, Read
from .plan import ABSENT, Change

Found = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Place:
    """A value of a key below HKLM. kind: V(DWord), V(String), V(Binary) ..."""

    key: str
    name: str
    kind: str = "DWord"

    @property
    def path(self) -> str:
        return f"HKLM\\{self.key}"


def key_read(key: str) -> Read:
    return Read("registry", "key", {"hive": "HKLM", "key": key})


class Registry:
    """The values of the keys that were read, by place; names compare without case."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._keys: dict[str, dict[str, Found]] = {}

    def found(self, place: Place) -> Found | None:
        """C({kind, value}) or None. Raises HardeningError where the key could not be read, or the value is of a kind that nobody can write back."""
        if place.key not in self._keys:
            self._keys[place.key] = self._values(place.key)
        found = self._keys[place.key].get(place.name.lower())
        if found is not None and found["value"] is None:
            raise HardeningError(
                f"Nothing was changed: {place.path}: the value {place.name} is of the kind {found['kind']}, which cannot be read or put back. "
                f"Delete it, or set it as {place.kind}, by hand and run the task again."
            )
        return found

    def value(self, place: Place) -> t.Any:
        found = self.found(place)
        return found["value"] if found else None

    def number(self, place: Place) -> int | None:
        """The value as a number, also where it is text: a disabled policy for MaxDisconnectionTime writes REG_SZ "0" (TerminalServer.admx)."""
        value = self.value(place)
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        return value if isinstance(value, int) else None

    def _values(self, key: str) -> dict[str, Found]:
        result = self._observations[key_read(key)]
        if result.failure:
            raise HardeningError(f"Nothing was changed: HKLM\\{key} cannot be read: {result.failure.describe()}.")
        return {name.lower(): value for name, value in result.value["values"].items()}


def set_change(
    place: Place, found: Found | None, value: t.Any, text: t.Callable[[t.Any], str] = str, controls: tuple[str, ...] = ()
) -> Change:
    """The change that makes the value what is wanted, with the way back. value None deletes it."""
    before = {"exists": False} if found is None else {"exists": True, "kind": found["kind"], "value": found["value"]}
    after = {"exists": False} if value is None else {"exists": True, "kind": place.kind, "value": value}
    return Change(
        place.path,
        place.name,
        ABSENT if found is None else text(found["value"]),
        ABSENT if value is None else text(value),
        _operation(place, after, before),
        _operation(place, before, after),
        controls,
    )


def _operation(place: Place, state: t.Mapping[str, t.Any], planned: t.Mapping[str, t.Any]) -> Operation:
    parameters = {"hive": "HKLM", "key": place.key, "name": place.name}
    if state["exists"]:
        return Operation("registry", "set", {**parameters, "kind": state["kind"], "value": state["value"], "planned": dict(planned)})
    return Operation("registry", "delete", {**parameters, "planned": dict(planned)})
