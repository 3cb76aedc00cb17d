# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource power_policy."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT, NOT_APPLICABLE
from .._core.draft import PlanDraft
from .._core.errors import HardeningError, whole
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import Change, Plan
from .._core.registry import Registry, key_read
from .._core.resource import SHARED_SPEC, Options, Resource
from .ownership import Ownership, owned_read
from .power_plan import PowerPlanner, PowerWish
from .power_table import CONTROLS, HIBERNATE, HIBERNATES, HIBERNATION, MOST_MINUTES, NEVER, PLACE, SETTINGS, SOURCES, SUBGROUP
from .setting import SCOPE_SPEC


def _spec() -> dict[str, t.Any]:
    return {
        one.option: {"type": "dict", "options": {source: {"type": "int" if one.minutes else "bool"} for source in SOURCES}}
        for one in SETTINGS
    }


def scheme_read() -> Read:
    return Read("power", "scheme", {"subgroup": SUBGROUP})


class PowerPolicy(Resource):
    """Sleep, hibernation and what the policy says about them: a server that sleeps cannot be reached."""

    name = "power_policy"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        **SCOPE_SPEC,
        "never_sleep": {"type": "bool"},
        **_spec(),
        "hibernation": {"type": "bool"},
    }
    needs = administrators_session("only administrators may change the power scheme")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        given = _with_never_sleep(self.options)
        found = [
            PowerWish(one, source, given[one.option][source])
            for one in SETTINGS
            for source in SOURCES
            if source in given.get(one.option, {})
        ]
        for wish in found:
            _check_minutes(wish)
        self._wishes = [wish for wish in found if self.selection.selects(wish.controls)]
        hibernation = self.options.get("hibernation")
        self._hibernation = hibernation if self.selection.selects(() if hibernation else (HIBERNATE,)) else None
        self._scope = self.options.get("scope", "local")
        self._fail = self.options.get("on_override", "fail") == "fail"

    def reads(self) -> list[Read]:
        keys = dict.fromkeys(wish.place.key for wish in self._wishes)
        reads = [owned_read(), *(key_read(key) for key in keys)]
        return reads + ([scheme_read()] if self._needs_scheme() else [])

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        draft = PlanDraft()
        scheme = observations.value(scheme_read()) if self._needs_scheme() else None
        with whole("the power scheme"):
            planner = PowerPlanner(
                Registry(observations), Ownership.observed(observations), scheme, self._scope == "policy", self._fail, draft
            )
            for wish in self._wishes:
                planner.plan(wish)
            if self._hibernation is not None and scheme is not None:
                _plan_hibernation(self._hibernation, scheme["hibernate"], draft)
        return draft.plan()

    def _needs_scheme(self) -> bool:
        return self._hibernation is not None or (self._scope == "local" and any(wish.setting.in_scheme for wish in self._wishes))


def _with_never_sleep(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options with what never_sleep stands for. Raises HardeningError where a time contradicts it."""
    given = dict(options)
    if not options.get("never_sleep"):
        return given
    for name in NEVER:
        times = options.get(name, {})
        for source, minutes in times.items():
            if minutes:
                raise HardeningError(
                    f"Nothing was changed: never_sleep contradicts {name}.{source}: {minutes}. Remove one of the two; 0 means never."
                )
        given[name] = dict.fromkeys(SOURCES, 0)
    return given


def _check_minutes(wish: PowerWish) -> None:
    if wish.setting.minutes and not 0 <= wish.value <= MOST_MINUTES:
        raise HardeningError(
            f"Nothing was changed: {wish.option} is {wish.value}; it is a number of minutes from 0, which is never, to {MOST_MINUTES}."
        )


def _plan_hibernation(wanted: bool, now: bool | None, draft: PlanDraft) -> None:
    controls = () if wanted else (HIBERNATE,)
    if now is None:
        sentence = "hibernation: Windows keeps no value that tells whether this machine can hibernate, so it was left alone"
        draft.warnings.append(f"{sentence}. Look at powercfg /availablesleepstates.")
        draft.judge(controls, NOT_APPLICABLE, sentence)
        return
    change = Change(
        PLACE,
        HIBERNATION,
        HIBERNATES[now],
        HIBERNATES[wanted],
        Operation("power", "hibernate", {"enabled": wanted, "planned": {"enabled": now}}),
        Operation("power", "hibernate", {"enabled": now, "planned": {"enabled": wanted}}),
        tuple(control.id for control in controls),
    )
    draft.want(change, now != wanted)
    evidence = f"hibernation is {HIBERNATES[now]}" if now == wanted else f"hibernation was {HIBERNATES[now]}, wanted {HIBERNATES[wanted]}"
    draft.judge(controls, COMPLIANT if now == wanted else CHANGED, evidence)
