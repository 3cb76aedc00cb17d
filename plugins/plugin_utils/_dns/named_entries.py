# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of the server whose entries have names: what is added, changed and removed, and what becomes of the rest."""

from __future__ import annotations

import abc
import typing as t

from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Read
from .._core.plan import ABSENT, Change
from .requests import Record, call, planned_none, planned_one
from .server_state import ServerState, state_read
from .setting import PLACE

Wanted = t.Mapping[str, t.Any]


class EntryKind(abc.ABC):
    """One list. option: its full name. noun: of the cmdlets. ids: controls that ask for its entries.

    An entry is compared by C(texts), property to readable text; what a wish does not give is left alone.
    """

    option: t.ClassVar[str]
    noun: t.ClassVar[str]
    ids: t.ClassVar[tuple[str, ...]] = ()

    @property
    def read(self) -> Read:
        return state_read(self.noun)

    @abc.abstractmethod
    def texts(self, wish: Wanted) -> dict[str, str]:
        """What is wanted, by property."""

    @abc.abstractmethod
    def found_texts(self, found: Record) -> dict[str, str]:
        """What is there, by property, in the same words."""

    @abc.abstractmethod
    def parameters(self, wish: Wanted) -> dict[str, t.Any]:
        """What Add- takes for a new one, without the name."""

    @abc.abstractmethod
    def restored(self, found: Record) -> dict[str, t.Any]:
        """What Add- takes for one that was there, without the name."""

    @abc.abstractmethod
    def changed(self, wish: Wanted, found: Record) -> list[Change]:
        """The changes that make one that is there what is wanted."""

    def settles(self, wish: Wanted) -> dict[str, str]:
        """Options elsewhere that a wish is the same as, with what it makes of them."""
        return {}

    def stays(self, name: str) -> bool:
        """Whether it can never be removed."""
        return False

    # -- what all kinds have --

    def target(self, name: str) -> str:
        return f"{self.option}: {name}"

    def described(self, texts: t.Mapping[str, str]) -> str:
        return ", ".join(f"{name} {text}" for name, text in texts.items()) or "there"

    def holds(self, found: Record, *names: str) -> dict[str, t.Any]:
        """What a write to an entry that is there is planned on: these of its properties, or all."""
        values = {name: value for name, value in found.items() if name in names or (not names and name != "Name")}
        return planned_one(self.read, {"Name": found["Name"]}, values)

    def adding(self, wish: Wanted) -> Change:
        name = wish["name"]
        add = call(f"Add-{self.noun}", {"Name": name, **self.parameters(wish)}, planned_none(self.read, {"Name": name}))
        undo = call(f"Remove-{self.noun}", {"Name": name}, planned_one(self.read, {"Name": name}, {}))
        return Change(PLACE, self.target(name), ABSENT, self.described(self.texts(wish)), add, undo, self.ids)

    def removing(self, found: Record) -> Change:
        name = found["Name"]
        remove = call(f"Remove-{self.noun}", {"Name": name}, self.holds(found))
        undo = call(f"Add-{self.noun}", {"Name": name, **self.restored(found)}, planned_none(self.read, {"Name": name}))
        return Change(PLACE, self.target(name), self.described(self.found_texts(found)), ABSENT, remove, undo, self.ids)


def check_names(option: str, wishes: t.Iterable[Wanted]) -> None:
    """Raises HardeningError where a name is given twice: nobody could say which is meant."""
    seen: set[str] = set()
    for wish in wishes:
        name = str(wish["name"]).lower()
        if name in seen or not name.strip():
            raise HardeningError(f"Nothing was changed: {option} has {wish['name']!r} twice or without a name. Give each entry once.")
        seen.add(name)


def plan_entries(kind: EntryKind, wishes: t.Sequence[Wanted], state: ServerState, draft: PlanDraft) -> None:
    """Adds and changes what is wanted."""
    present = {str(found["Name"]).lower(): found for found in state.items(kind.noun)}
    for wish in wishes:
        draft.wanted += [(f"{PLACE}: {option}", text) for option, text in kind.settles(wish).items()]
        draft.wanted.append((f"{PLACE}: {kind.target(wish['name'])}", kind.described(kind.texts(wish))))
        found = present.get(str(wish["name"]).lower())
        draft.changes += [kind.adding(wish)] if found is None else _changes(kind, wish, found)


def _changes(kind: EntryKind, wish: Wanted, found: Record) -> list[Change]:
    now = kind.found_texts(found)
    same = all(now.get(name) == text for name, text in kind.texts(wish).items())
    return [] if same else kind.changed(wish, found)


def remove_others(kind: EntryKind, wishes: t.Sequence[Wanted], state: ServerState, draft: PlanDraft) -> None:
    """What mode replace takes away. It comes after everything else, because policies use entries by their names."""
    wanted = {str(wish["name"]).lower() for wish in wishes}
    gone = [found for found in state.items(kind.noun) if str(found["Name"]).lower() not in wanted]
    draft.changes += [kind.removing(found) for found in gone if not kind.stays(str(found["Name"]))]
    draft.closed.append((f"{PLACE}: {kind.target('')}", frozenset(f"{PLACE}: {kind.target(wish['name'])}" for wish in wishes)))
