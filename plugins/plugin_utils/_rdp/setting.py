# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that stand in the registry, in a local place, a policy place, or both; what is in effect, and what must change.

A policy value that is there wins over the local one, and a value that Group Policy owns is never fought (Microsoft's help texts in
TerminalServer.admx: "not specified at the Group Policy level"; a written local value silently has no effect).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._core.controls import CHANGED, COMPLIANT, Control, Selection
from .._core.draft import PlanDraft
from .._core.operations import Read
from .._core.registry import Place, Registry, key_read, set_change
from .override import Disagreement, report_override
from .ownership import Ownership

# As account_policy has it: what is a bound by its nature is never loosened by a value that was meant to harden.
STRICTER_SPEC: dict[str, t.Any] = {"stricter": {"type": "str", "choices": ["keep", "replace"], "default": "keep"}}
SCOPE_SPEC: dict[str, t.Any] = {
    "scope": {"type": "str", "choices": ["local", "policy"], "default": "local"},
    "on_override": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


@dataclass(frozen=True)
class Setting:
    """One setting.

    option: its name in the module, with the group before a dot. local, policy: where it can stand; at least one of them.
    values: option's value to stored value, empty where they are the same. default: the stored value that holds where nothing stands;
    None where that is not certain. enabler: a local value that must be V(0) for the local place to count (fInheritMaxIdleTime and its like).
    restarts: the service that reads it only when it starts. reboot: whether it is in force only after a restart of the host.
    source: where all this is written. bound: V(least) or V(most) where more, or less, than what is asked for is stricter; unlimited is then
    the stored number that is no limit at all. meets: the option's values that do what the controls ask for; None where every value does.
    The thresholds of its controls' references are stored values.
    """

    option: str
    local: Place | None
    policy: Place | None
    source: str
    values: t.Mapping[t.Any, t.Any] = field(default_factory=dict)
    default: t.Any = None
    controls: tuple[Control, ...] = ()
    enabler: Place | None = None
    restarts: str | None = None
    reboot: bool = False
    bound: str = ""
    unlimited: int | None = None
    meets: t.Container[t.Any] | None = None

    def stored(self, value: t.Any) -> t.Any:
        return self.values[value] if self.values else value

    def option_value(self, stored: t.Any) -> t.Any:
        """The option's value for a stored one; None where it has none."""
        return next((value for value, number in self.values.items() if number == stored), None) if self.values else stored

    def served(self, value: t.Any, kept: t.Any = None, place: Place | None = None) -> tuple[Control, ...]:
        """The controls that an option's value satisfies, each with the references that the value meets.

        Who allows what a control forbids is not called compliant with it. kept: the stored value that stays in its place, being stricter.
        place: where the value stands. The checks of the benchmarks look at the policy, where there is one, and call it a finding that it
        is not configured, whatever is in effect (DISA's STIGs; the registry location that each CIS recommendation names).
        """
        ends = self.stored(value) if kept is None else kept
        if self.meets is not None and value not in self.meets and self.option_value(ends) not in self.meets:
            return ()
        met = (control.met_by(ends) for control in self.controls)
        return tuple(met) if self.policy in (None, place) else tuple(control.claiming(()) for control in met)

    def is_stricter(self, now: t.Any, wanted: t.Any) -> bool:
        """Whether what is there asks more than what is wanted. No limit, on either side, is none that could be compared."""
        if not self.bound or not isinstance(now, int) or self.unlimited in (now, wanted):
            return False
        if self.values and now not in self.values.values():
            return False
        return bool(now > wanted) if self.bound == "least" else bool(now < wanted)

    def text(self, stored: t.Any) -> str:
        """A stored value as a person reads it: the number, and the option's word for it."""
        word = next((option for option, number in self.values.items() if number == stored), None)
        if word is None:
            return str(stored)
        return f"{stored} ({str(word).lower() if isinstance(word, bool) else word})"


@dataclass(frozen=True)
class Effective:
    """What holds: the stored value (None: not set and no certain default), where from, and who owns it."""

    value: t.Any
    scope: str
    place: Place | None
    owner: str | None = None


def setting_reads(settings: t.Iterable[Setting]) -> list[Read]:
    """One read for each key, however many settings stand below it."""
    places = [place for setting in settings for place in (setting.local, setting.policy, setting.enabler) if place]
    return [key_read(key) for key in dict.fromkeys(place.key for place in places)]


def effective(setting: Setting, registry: Registry, ownership: Ownership) -> Effective:
    """What is in effect now: the policy's value, else the local one where it counts, else the default."""
    if setting.policy and registry.found(setting.policy):
        return Effective(_stored(setting.policy, registry), "policy", setting.policy, ownership.of_place(setting.policy))
    if setting.local and registry.found(setting.local) and _local_counts(setting, registry):
        return Effective(_stored(setting.local, registry), "local", setting.local, ownership.of_local(setting.local))
    return Effective(setting.default, "default", None, ownership.of_local(setting.local) if setting.local else None)


def is_kept(setting: Setting, now: Effective, scope: str) -> bool:
    """Whether a policy object keeps what is in effect: one that owns the local place does not keep a policy value from winning over it."""
    return bool(now.owner) and (now.scope == "policy" or scope != "policy" or setting.policy is None)


def _stored(place: Place, registry: Registry) -> t.Any:
    return registry.number(place) if place.kind == "DWord" else registry.value(place)


def _local_counts(setting: Setting, registry: Registry) -> bool:
    return setting.enabler is None or registry.number(setting.enabler) == 0


class SettingPlanner:
    """Plans wanted values into a draft. keeps_stricter: what asks more than is wanted complies, and is left where it stands."""

    def __init__(
        self,
        registry: Registry,
        ownership: Ownership,
        scope: str,
        fail_on_override: bool,
        draft: PlanDraft,
        keeps_stricter: bool = True,
    ) -> None:
        self._registry = registry
        self._ownership = ownership
        self._scope = scope
        self._fail = fail_on_override
        self._draft = draft
        self._keeps_stricter = keeps_stricter

    @classmethod
    def by_options(cls, options: t.Mapping[str, t.Any], registry: Registry, ownership: Ownership, draft: PlanDraft) -> SettingPlanner:
        """For a resource that has the options scope, on_override and stricter."""
        fails, keeps = options.get("on_override") != "report", options.get("stricter") != "replace"
        return cls(registry, ownership, options.get("scope", "local"), fails, draft, keeps)

    def plan(self, setting: Setting, value: t.Any) -> None:
        """value: the option's. Adds the change, the override or the compliance to the draft."""
        wanted = setting.stored(value)
        now = effective(setting, self._registry, self._ownership)
        stricter = self._keeps_stricter and setting.is_stricter(now.value, wanted)
        place = self._place(setting, now)
        if is_kept(setting, now, self._scope) and now.value != wanted and not stricter:
            self._override(setting, now, wanted, setting.served(value, None, now.place))
            return
        needed = not self._stands(setting, place, wanted)
        if stricter or (now.value == wanted and not self._must_stand(setting, now)):
            needed = False
        kept_value = now.value if stricter else None
        controls = setting.served(value, kept_value, place if needed else now.place)
        self._write(setting, place, needed, wanted, tuple(control.id for control in controls))
        # two resources with different scopes write to different places, and disagree all the same
        self._draft.wanted.append((setting.option, setting.text(wanted)))
        status = CHANGED if needed else COMPLIANT
        kept = f", stricter than {setting.text(wanted)}, so it is kept" if stricter else ""
        self._draft.judge(controls, status, self._evidence(setting, now, wanted, needed) + kept)

    def _must_stand(self, setting: Setting, now: Effective) -> bool:
        """Whether a value that is already in effect must still be written: a policy value that an auditor looks for in its own place."""
        return self._scope == "policy" and setting.policy is not None and now.scope != "policy"

    def _place(self, setting: Setting, now: Effective) -> Place:
        """Where the wanted value goes: where a policy value already decides, else the scope that was asked for, else the one there is."""
        if now.scope == "policy" or setting.local is None or (self._scope == "policy" and setting.policy):
            return t.cast("Place", setting.policy)
        return setting.local

    def _write(self, setting: Setting, place: Place, needed: bool, wanted: t.Any, ids: tuple[str, ...]) -> None:
        change = set_change(place, self._registry.found(place), wanted, setting.text, ids)
        self._draft.want(change, needed and self._current(place) != wanted)
        if needed and place is setting.local and setting.enabler and not _local_counts(setting, self._registry):
            self._draft.want(set_change(setting.enabler, self._registry.found(setting.enabler), 0, str, ids), True)
        if needed and setting.restarts:
            self._draft.restarts.append(setting.restarts)
        self._draft.reboot_required |= needed and setting.reboot

    def _stands(self, setting: Setting, place: Place, wanted: t.Any) -> bool:
        return bool(self._current(place) == wanted) and (place is not setting.local or _local_counts(setting, self._registry))

    def _current(self, place: Place) -> t.Any:
        return _stored(place, self._registry)

    def _override(self, setting: Setting, now: Effective, wanted: t.Any, controls: tuple[Control, ...]) -> None:
        place, owner = t.cast("Place", now.place or setting.local), str(now.owner)
        one = Disagreement(setting.option, setting.text(wanted), _told(setting, now), place, owner)
        report_override(self._draft, one, controls, self._fail)

    def _evidence(self, setting: Setting, now: Effective, wanted: t.Any, changes: bool) -> str:
        owner = f", owned by {now.owner}" if now.owner else ""
        where = f"{now.place.path}: {now.place.name}{owner}" if now.place else "not set, Windows' default"
        if not changes:
            return f"{setting.option} is {_told(setting, now)} ({where})"
        return f"{setting.option} was {_told(setting, now)} ({where}), wanted {setting.text(wanted)}"


def _told(setting: Setting, now: Effective) -> str:
    return "not known" if now.value is None else setting.text(now.value)


def value_at(options: t.Mapping[str, t.Any], option: str) -> t.Any:
    """The value of an option that stands in a group, such as C(redirections.drives); None where it is not given."""
    value: t.Any = options
    for name in option.split("."):
        value = value.get(name) if value else None
    return value


def wanted_settings(settings: t.Iterable[Setting], options: t.Mapping[str, t.Any], selection: Selection) -> list[tuple[Setting, t.Any]]:
    """The settings whose options are given and whose controls are selected, each with the option's value."""
    given = [(setting, value_at(options, setting.option)) for setting in settings]
    return [(setting, value) for setting, value in given if value is not None and selection.selects(setting.controls)]
