# SPDX-License-Identifier: GPL-3.0-or-later
"""One value of the DNS Server: how it is read and written, what it may be, and the change that makes it what is wanted.

A single value is written by C(dnscmd /Config), which touches that property alone; Set-DnsServerSetting writes every property of a whole
object at once, and is left for the few that nothing else writes.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._core.controls import CHANGED, COMPLIANT, NOT_APPLICABLE, Control, Selection
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Operation
from .._core.plan import Change
from .._core.registry import Place, set_change
from .requests import dnscmd, listed, planned_one
from .server_state import PARAMETERS, SERVICE, ServerState, state_read

PLACE = "DNS Server"


@dataclass(frozen=True)
class Setting:
    """One setting.

    option: its name in the module, with the group before a dot. cmdlet, name: the property of C(Get-<cmdlet>). dnscmd: what
    C(dnscmd /Config) calls it, which is its value in the registry too; empty where only the operation C(setting) writes it.
    values: option's value to the property's, empty where they are the same. numbers: the property's value to dnscmd's number, where that is
    not the same (bool is 1 and 0). unit: how many of the property's units one of the option's is (hours in seconds); dnscmd takes the
    option's. limits: least and most that the option takes. zero: what 0 means where it is allowed beside the limits.
    zero_is_default: whether the server puts its own default in the place of 0.
    restarts: whether the service reads it only when it starts. same: the property's values that are one and the same, by the one they are
    taken for. bound: V(least) where more than what is asked for is stricter. meets: the option's values that do what the controls ask for;
    None where every value does. source: where all this is written.
    """

    option: str
    cmdlet: str
    name: str
    dnscmd: str
    source: str
    values: t.Mapping[t.Any, t.Any] = field(default_factory=dict)
    numbers: t.Mapping[t.Any, int] = field(default_factory=dict)
    unit: int = 1
    limits: tuple[int, int] | None = None
    zero: str = ""
    zero_is_default: bool = False
    restarts: bool = False
    same: t.Mapping[t.Any, t.Any] = field(default_factory=dict)
    bound: str = ""
    controls: tuple[Control, ...] = ()
    meets: t.Container[t.Any] | None = None

    def check(self, value: t.Any) -> None:
        """Raises HardeningError for a number that the server does not take, or would not keep."""
        if self.limits is None or (value == 0 and self.zero):
            return
        least, most = self.limits
        if not least <= value <= most:
            zero = f", or 0 ({self.zero})" if self.zero else ""
            why = " 0 stands for Windows' own default, so it would never be found again." if value == 0 and self.zero_is_default else ""
            raise HardeningError(f"Nothing was changed: {self.option} is {value}; it takes {least} to {most}{zero}.{why}")

    def stored(self, value: t.Any) -> t.Any:
        return self.values[value] if self.values else value * self.unit if self.unit != 1 else value

    def taken(self, stored: t.Any) -> t.Any:
        """What a property's value counts as: a list without its order and case."""
        if isinstance(stored, list):
            return sorted(str(one).lower() for one in stored)
        return self.same.get(stored, stored)

    def arguments(self, stored: t.Any) -> list[str]:
        """What dnscmd is given: a number, texts, or nothing for the default."""
        if stored is None or isinstance(stored, list):
            return [str(one) for one in listed(stored)]
        return [str(self.number(stored))]

    def number(self, stored: t.Any) -> t.Any:
        if stored in self.numbers:
            return self.numbers[stored]
        if isinstance(stored, bool):
            return int(stored)
        return stored // self.unit if isinstance(stored, int) else stored

    def served(self, value: t.Any, kept: t.Any = None) -> tuple[Control, ...]:
        """The controls that an option's value satisfies, each with the references that the value meets."""
        ends = self.stored(value) if kept is None else kept
        if self.meets is not None and value not in self.meets and ends not in self.meets:
            return ()
        return tuple(control.met_by(self.taken(ends)) for control in self.controls)

    def is_stricter(self, now: t.Any, wanted: t.Any) -> bool:
        return self.bound == "least" and isinstance(now, int) and bool(self.taken(now) > self.taken(wanted))

    def text(self, stored: t.Any) -> str:
        """A value as a person reads it: with the option's word for it, or in the option's unit."""
        if stored is None or stored == []:
            return "none"
        if isinstance(stored, list):
            return ", ".join(str(one) for one in stored)
        if isinstance(stored, bool):
            return str(stored).lower()
        word = next((option for option, known in self.values.items() if known == self.taken(stored)), None)
        if self.unit != 1 and isinstance(stored, int):
            return str(stored / self.unit).removesuffix(".0")
        return str(stored) if word is None else f"{stored} ({word})"


def plan_setting(setting: Setting, value: t.Any, state: ServerState, draft: PlanDraft, keeps_stricter: bool) -> None:
    """value: the option's. Adds the change, or the compliance, to the draft."""
    if not state.knows(setting.cmdlet, setting.name):
        _not_known(setting, draft)
        return
    now, wanted = state.value(setting.cmdlet, setting.name), setting.stored(value)
    stricter = keeps_stricter and setting.is_stricter(now, wanted)
    differs = not stricter and setting.taken(_none_is_empty(now, wanted)) != setting.taken(wanted)
    controls = setting.served(value, now if stricter else None)
    ids = tuple(control.id for control in controls)
    draft.want(setting_change(setting, now, wanted, ids), differs)
    later = None if differs else _after_start(setting, now if stricter else wanted, state, ids)
    if later:
        draft.want(later, True)
    if differs and setting.restarts:
        draft.restarts.append(SERVICE)
    kept = f", stricter than {setting.text(wanted)}, so it is kept" if stricter else ""
    evidence = f"{setting.option} is {setting.text(now)}{kept}"
    if differs or later:
        evidence = f"{setting.option} was {setting.text(now)}, wanted {setting.text(wanted)}"
    draft.judge(controls, CHANGED if differs or later else COMPLIANT, evidence)


def _none_is_empty(now: t.Any, wanted: t.Any) -> t.Any:
    return [] if now is None and isinstance(wanted, list) else now


def _not_known(setting: Setting, draft: PlanDraft) -> None:
    evidence = f"{setting.option}: this version of the DNS Server does not have it, so it is not written"
    draft.warnings.append(evidence + ".")
    draft.judge(setting.controls, NOT_APPLICABLE, evidence)


def setting_change(setting: Setting, now: t.Any, wanted: t.Any, ids: tuple[str, ...] = ()) -> Change:
    operation, undo = _operation(setting, wanted, now), _operation(setting, now, wanted)
    return Change(PLACE, setting.option, setting.text(now), setting.text(wanted), operation, undo, ids)


def _operation(setting: Setting, value: t.Any, planned: t.Any) -> Operation:
    holds = planned_one(state_read(setting.cmdlet), {}, {setting.name: _as_read(planned)})
    if setting.dnscmd:
        return dnscmd("Config", [f"/{setting.dnscmd}", *setting.arguments(value)], holds)
    return Operation("dns", "setting", {"property": setting.name, "value": value, "planned": [holds]})


def _as_read(value: t.Any) -> t.Any:
    """CIM gives null for an empty list."""
    return None if value == [] else value


def _after_start(setting: Setting, value: t.Any, state: ServerState, ids: tuple[str, ...]) -> Change | None:
    """The change of a value that somebody wrote straight into the registry, which the service would take at its next start."""
    place = Place(PARAMETERS, setting.dnscmd)
    found = state.registry.found(place) if setting.dnscmd else None
    if found is None or found["kind"] != "DWord" or not isinstance(setting.number(value), int):
        return None
    if setting.same.get(found["value"], found["value"]) == setting.same.get(setting.number(value), setting.number(value)):
        return None
    return set_change(place, found, setting.number(value), str, ids)


def value_at(options: t.Mapping[str, t.Any], option: str) -> t.Any:
    """The value of an option that stands in a group, such as C(cache.max_ttl); None where it is not given."""
    value: t.Any = options
    for name in option.split("."):
        value = value.get(name) if value else None
    return value


def wanted_settings(settings: t.Iterable[Setting], options: t.Mapping[str, t.Any], selection: Selection) -> list[tuple[Setting, t.Any]]:
    """The settings whose options are given and whose controls are selected, each with the option's value, which is checked."""
    given = [(setting, value_at(options, setting.option)) for setting in settings]
    chosen = [(setting, value) for setting, value in given if value is not None and selection.selects(setting.controls)]
    for setting, value in chosen:
        setting.check(value)
    return chosen
