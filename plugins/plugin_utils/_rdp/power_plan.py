# SPDX-License-Identifier: GPL-3.0-or-later
"""How one setting of the power scheme is planned: by policy value where one decides or is asked for, else in the scheme itself.

A policy value beats the scheme's (Power.admx). Times are seconds in both.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import CHANGED, COMPLIANT, Control
from .._core.draft import PlanDraft
from .._core.operations import Operation
from .._core.plan import Change
from .._core.registry import Place, Registry, set_change
from .override import Disagreement, report_override
from .ownership import Ownership
from .power_table import PLACE, SUBGROUP, PowerSetting


@dataclass(frozen=True)
class PowerWish:
    """A setting with the option's value for one source: V(ac) or V(dc)."""

    setting: PowerSetting
    source: str
    value: int | bool

    @property
    def option(self) -> str:
        return f"{self.setting.option}.{self.source}"

    @property
    def stored(self) -> int:
        return self.setting.stored(self.value)

    @property
    def place(self) -> Place:
        return self.setting.place(self.source)

    @property
    def controls(self) -> tuple[Control, ...]:
        return self.setting.controls(self.source, self.value)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(control.id for control in self.controls)

    def text(self, stored: int | None) -> str:
        return self.setting.text(stored)


@dataclass(frozen=True)
class PowerPlanner:
    """Plans wishes into a draft. scheme: what the provider read, None where nothing needs it. in_policy: scope policy was asked for."""

    registry: Registry
    ownership: Ownership
    scheme: t.Mapping[str, t.Any] | None
    in_policy: bool
    fail_on_override: bool
    draft: PlanDraft

    def plan(self, wish: PowerWish) -> None:
        there = self.registry.found(wish.place)
        if there or self.in_policy or not wish.setting.in_scheme:
            self._plan_policy(wish, self.ownership.of_place(wish.place) if there else None)
        else:
            self._plan_scheme(wish)
        # by policy or in the scheme: two resources that want different values disagree
        self.draft.wanted.append((wish.option, wish.text(wish.stored)))

    def _plan_policy(self, wish: PowerWish, owner: str | None) -> None:
        found = self.registry.found(wish.place)
        now = self.registry.number(wish.place)
        if owner and now != wish.stored:
            one = Disagreement(wish.option, wish.text(wish.stored), wish.text(now), wish.place, owner)
            report_override(self.draft, one, wish.controls, self.fail_on_override)
            return
        needed = now != wish.stored
        self.draft.want(set_change(wish.place, found, wish.stored, lambda stored: _as_text(wish, stored), wish.ids), needed)
        where = f"{wish.place.path}: {wish.place.name}{f', owned by {owner}' if owner else ''}"
        self._judge(wish, wish.text(now) if found else "not set", where, needed)

    def _plan_scheme(self, wish: PowerWish) -> None:
        scheme = t.cast("t.Mapping[str, t.Any]", self.scheme)
        guid = wish.setting.guid.lower()
        now = scheme["settings"].get(guid, {}).get(wish.source)
        if now is None:
            lacks = f"this machine's power scheme has no {wish.setting.target(wish.source)}, so there is nothing to switch off"
            self.draft.judge(wish.controls, COMPLIANT, lacks)
            return
        self.draft.want(self._change(wish, scheme["scheme"], guid, now), now != wish.stored)
        self._judge(wish, wish.text(now), f"power scheme {scheme['scheme']}", now != wish.stored)

    def _change(self, wish: PowerWish, scheme: str, guid: str, now: int) -> Change:
        parameters = {"scheme": scheme, "subgroup": SUBGROUP, "setting": guid, "source": wish.source}
        return Change(
            PLACE,
            wish.setting.target(wish.source),
            wish.text(now),
            wish.text(wish.stored),
            Operation("power", "set", {**parameters, "value": wish.stored, "planned": {"value": now}}),
            Operation("power", "set", {**parameters, "value": now, "planned": {"value": wish.stored}}),
            wish.ids,
        )

    def _judge(self, wish: PowerWish, found: str, where: str, changes: bool) -> None:
        evidence = (
            f"{wish.option} was {found} ({where}), wanted {wish.text(wish.stored)}" if changes else f"{wish.option} is {found} ({where})"
        )
        self.draft.judge(wish.controls, CHANGED if changes else COMPLIANT, evidence)


def _as_text(wish: PowerWish, stored: t.Any) -> str:
    return wish.text(stored) if isinstance(stored, int) else str(stored)
