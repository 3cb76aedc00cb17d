# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task wants of a set of accounts: the wanted members by SID, and the changes that make them so."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._core.controls import Control
from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change
from .directory import Directory
from .logon import Sids
from .ownership import Ownership
from .rdp_access_table import AccountSet
from .setting import value_at

Options = t.Mapping[str, t.Any]


def set_spec(entries: str) -> dict[str, t.Any]:
    """The options of one set of accounts."""
    return {
        "type": "dict",
        "options": {
            "mode": {"type": "str", "choices": ["merge", "replace"], "default": "merge"},
            entries: {"type": "list", "elements": "str"},
            "absent": {"type": "list", "elements": "str"},
        },
    }


def set_read(kind: str, subject: str) -> Read:
    """Who is in a set: kind is V(right) or V(group)."""
    return Read("right", "right", {"right": subject}) if kind == "right" else Read("group", "members", {"group": subject})


def members_of(observations: Observations, kind: str, subject: str) -> Sids:
    value = observations.value(set_read(kind, subject))
    return frozenset(value["accounts" if kind == "right" else "members"])


def given_names(options: Options, accounts: AccountSet) -> tuple[list[str], list[str]]:
    """The names of an option: those that are to be in the set, and those that are not."""
    option = value_at(options, accounts.option) or {}
    return option.get(accounts.entries) or [], option.get("absent") or []


def check_option(options: Options, accounts: AccountSet) -> None:
    """Raises HardeningError for an option that cannot be meant, before anything is looked at."""
    option = value_at(options, accounts.option) or {}
    if option.get("mode") != "replace":
        return
    if accounts.entries not in option:
        raise HardeningError(
            f"Nothing was changed: {accounts.option} has mode replace and no {accounts.entries}, so it does not say who is left. Give "
            f"{accounts.option}.{accounts.entries}."
        )
    if accounts.provider == "right" and accounts.opens and not option[accounts.entries]:
        raise HardeningError(
            f"Nothing was changed: {accounts.option} replaces everybody by nobody, so that no one could log on through Remote Desktop. Name "
            f"somebody in {accounts.option}.{accounts.entries}; to switch Remote Desktop off altogether there is a setting of its own."
        )


@dataclass(frozen=True)
class Wish:
    """present, absent: SIDs by the set's own option, whose control is judged where listed. replace: present is all there may be.

    removed: SIDs that an option of their own takes out, with the control that asks for it.
    """

    accounts: AccountSet
    listed: bool = False
    replace: bool = False
    present: Sids = frozenset()
    absent: Sids = frozenset()
    removed: t.Mapping[str, Control] = field(default_factory=dict)

    def by_list(self, now: Sids) -> Sids:
        """What the list alone makes of a set."""
        return self.present if self.replace else (now | self.present) - self.absent

    def after(self, now: Sids) -> Sids:
        return self.by_list(now) - frozenset(self.removed)

    @property
    def controls(self) -> list[Control]:
        """Every control that asks for something here."""
        return [*([self.accounts.control] if self.listed else []), *self.removed.values()]

    def unmet(self, now: Sids) -> list[Control]:
        """Those that do not hold now."""
        by_list = self.listed and self.by_list(now) != now
        return [*([self.accounts.control] if by_list else []), *(control for sid, control in self.removed.items() if sid in now)]

    def owner(self, ownership: Ownership) -> str | None:
        of = ownership.of_right if self.accounts.provider == "right" else ownership.of_group
        return of(self.accounts.subject)

    def controls_of(self, sid: str) -> tuple[str, ...]:
        """The ids of the controls that ask for a change of this SID's place in the set."""
        by_list = self.listed and (sid in self.present | self.absent or self.replace)
        asking = [*([self.accounts.control] if by_list else []), *([self.removed[sid]] if sid in self.removed else [])]
        return tuple(control.id for control in asking)

    def changes(self, now: Sids, directory: Directory) -> list[Change]:
        after = self.after(now)
        return [_change(self, sid, sid in after, directory) for sid in sorted(now ^ after)]

    def wanted(self) -> list[tuple[str, str]]:
        """Target and wanted value of every account that is named."""
        named = [(sid, self.accounts.text) for sid in self.present] + [(sid, ABSENT) for sid in {*self.absent, *self.removed}]
        return [(f"{self.accounts.place}: {sid}", text) for sid, text in sorted(named)]

    def closed(self) -> list[tuple[str, frozenset[str]]]:
        """What no other resource may add to, see V(Plan.closed)."""
        if not self.replace:
            return []
        return [(f"{self.accounts.place}: ", frozenset(f"{self.accounts.place}: {sid}" for sid in self.present))]


def observed_wish(options: Options, accounts: AccountSet, directory: Directory, removed: t.Mapping[str, Control], listed: bool) -> Wish:
    """A wish with the names of its option as SIDs. Raises HardeningError for a name nobody has, and for one that is wanted both ways."""
    names, gone = given_names(options, accounts) if listed else ([], [])
    replace = listed and (value_at(options, accounts.option) or {}).get("mode") == "replace"
    present = frozenset(directory.sid(name, f"{accounts.option}.{accounts.entries}") for name in names)
    absent = frozenset(directory.sid(name, f"{accounts.option}.absent", may_be_gone=True) for name in gone)
    both = sorted(present & (absent | frozenset(removed)))
    if both:
        raise HardeningError(
            f"Nothing was changed: {accounts.option} wants {directory.labels(both)} in it and out of it at once. Decide for one of the options."
        )
    return Wish(accounts, bool(names or gone or replace), replace, present, absent, removed)


def _change(wish: Wish, sid: str, add: bool, directory: Directory) -> Change:
    accounts, name = wish.accounts, directory.name(sid)
    text = f"{accounts.text} ({name})" if name else accounts.text
    before, after = (ABSENT, text) if add else (text, ABSENT)
    return Change(
        accounts.place,
        sid,
        before,
        after,
        _operation(accounts, sid, add),
        _operation(accounts, sid, not add),
        wish.controls_of(sid),
    )


def _operation(accounts: AccountSet, sid: str, add: bool) -> Operation:
    if accounts.provider == "right":
        return Operation("right", "grant" if add else "revoke", {"right": accounts.subject, "account": sid, "planned": {"held": not add}})
    return Operation("group", "add" if add else "remove", {"group": accounts.subject, "member": sid, "planned": {"member": not add}})
