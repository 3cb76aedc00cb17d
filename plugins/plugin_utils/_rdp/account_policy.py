# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource account_policy: passwords and lockout of the host's own accounts."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import CHANGED, COMPLIANT, NOT_APPLICABLE
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Operation, Read
from .._core.plan import ABSENT, Change, Plan
from .._core.registry import Registry, key_read, set_change
from .._core.resource import SHARED_SPEC, Options, Resource
from .account_policy_options import argument_spec, check_together, wanted_numbers
from .account_policy_table import (
    BY_KEY,
    CONTROLS,
    COUNT,
    LENGTH_KEY,
    LOCK_MINUTES,
    MAXIMUM_AGE_KEY,
    NEVER,
    PLACE,
    RELAX,
    RELAX_BUILD,
    RELAX_PLACE,
    RESET_MINUTES,
    PolicySetting,
)
from .account_policy_warnings import Exposure, expiring_warnings, lockout_warnings
from .accounts import LocalAccount, WayIn, accounts_read, connection_names, local_accounts, resolve_read, unreadable
from .override import Overrider
from .ownership import Ownership, owned_read
from .setting import SCOPE_SPEC

_RELAX_OPTION = "relax_minimum_password_length_limits"
_LOCKOUT = (COUNT, LOCK_MINUTES, RESET_MINUTES)
_DOMAIN = "the account policy of the domain"
_CONTROLLER = (
    "This host is a domain controller: its accounts are the domain's, and only a policy object linked to the domain sets their account "
    "policy. It was left alone; change the Default Domain Policy."
)
_SCOPE = "for the host's own accounts; those of a domain follow the domain's policy"
_UNKNOWN_OWNER = (
    "The host keeps no resultant set of policy that would tell whether Group Policy owns its account policy. It was written; where a "
    "policy object sets it too, the next refresh writes that value again."
)


def policy_read() -> Read:
    return Read("security", "policy")


@dataclass(frozen=True)
class Found:
    """What was found on a host: the account policy (numbers only), who owns what, whether it is a domain controller, who comes in, who is there."""

    numbers: t.Mapping[str, int]
    ownership: Ownership
    controller: bool
    way_in: WayIn
    accounts: tuple[LocalAccount, ...]

    def owner(self, setting: PolicySetting) -> str | None:
        """Who keeps a setting from being written; the times of a lockout that is off are in the hands of whoever owns the threshold."""
        if self.controller:
            return _DOMAIN
        keys = [setting.key, *([COUNT] if setting.key in _LOCKOUT and setting.key not in self.numbers else [])]
        return next((owner for key in keys if (owner := self.ownership.of_account_setting(key))), None)


class AccountPolicy(Resource):
    """Password policy and account lockout, written by secedit in one go."""

    name = "account_policy"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        "on_override": SCOPE_SPEC["on_override"],
        **argument_spec(),
        _RELAX_OPTION: {"type": "bool"},
        "stricter": {"type": "str", "choices": ["keep", "replace"], "default": "keep"},
        "accept_unknown_password_age": {"type": "bool", "default": False},
    }
    needs = administrators_session("Windows lets only administrators read and write the account policy")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        numbers = wanted_numbers(self.options)
        check_together(numbers, self._relax_given, "in the options")
        self._wanted = {BY_KEY[key]: number for key, number in numbers.items() if self.selection.selects((BY_KEY[key].control,))}

    @property
    def _relax_given(self) -> bool | None:
        return t.cast("bool | None", self.options.get(_RELAX_OPTION))

    @property
    def _keeps_stricter(self) -> bool:
        return bool(self.options.get("stricter", "keep") == "keep")

    @property
    def _relax_wanted(self) -> bool | None:
        return self._relax_given if self.selection.selects((RELAX,)) else None

    def reads(self) -> list[Read]:
        return [policy_read(), owned_read(), accounts_read(), self._resolve_read(), key_read(RELAX_PLACE.key)]

    def _resolve_read(self) -> Read:
        return resolve_read(connection_names(self.connection))

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        found, registry, draft = self._found(observations, facts), Registry(observations), PlanDraft()
        overrider = Overrider(draft, self.options.get("on_override", "fail") == "fail")
        relaxed = self._plan_relax(registry, facts, found, overrider)
        needed = self._needed(found, overrider)
        after = {**found.numbers, **{setting.key: number for setting, number in needed.items()}}
        if needed or draft.changes:
            # a length that is there already is nobody's business here
            judged = relaxed if BY_KEY[LENGTH_KEY] in needed or self._relax_wanted is not None else None
            check_together(_standing(after, needed), judged, "with what is in effect on the host")
        if needed:
            _refuse_half_a_lockout(found, needed)
            self._refuse_expiry(found, after)
            draft.changes.append(_change(found.numbers, needed))
            draft.warnings += _warnings(found, after)
        return draft.plan()

    def _found(self, observations: Observations, facts: HostFacts) -> Found:
        try:
            exported = observations.value(policy_read())
            way_in = WayIn.observed(self._resolve_read(), observations, facts, self.connection)
            accounts = local_accounts(observations) or ()
        except HardeningError as problem:
            raise unreadable("the account policy", problem) from problem
        numbers = {key: value for key, value in exported.items() if isinstance(value, int)}
        return Found(numbers, Ownership.observed(observations), facts.product_type == "LanmanNT", way_in, accounts)

    def _plan_relax(self, registry: Registry, facts: HostFacts, found: Found, overrider: Overrider) -> bool:
        """Plans the registry value that lets lengths over 14 in. Gives back whether they are let in afterwards."""
        draft, wanted = overrider.draft, self._relax_wanted
        before = registry.number(RELAX_PLACE) == 1
        if facts.build is not None and facts.build < RELAX_BUILD:
            if wanted is not None:
                draft.judge((RELAX,), NOT_APPLICABLE, f"build {facts.build} takes at most 14 characters (Server 2022 and later take more)")
            return False
        if wanted is None or (found.controller and wanted != before):
            if wanted is not None:
                overrider.note(_RELAX_OPTION, PLACE, _DOMAIN, _word(before), _word(wanted), (RELAX,), _CONTROLLER)
            return before
        owner = found.ownership.of_local(RELAX_PLACE)
        if owner and wanted != before:
            overrider.note(_RELAX_OPTION, f"{RELAX_PLACE.path}: {RELAX_PLACE.name}", owner, _word(before), _word(wanted), (RELAX,))
            return before
        change = set_change(RELAX_PLACE, registry.found(RELAX_PLACE), int(wanted), str, (RELAX.id,))
        draft.want(change, before != wanted)
        # who wants it off is not compliant with what asks for it
        judged = (RELAX,) if wanted else ()
        draft.judge(judged, COMPLIANT if before == wanted else CHANGED, f"{_RELAX_OPTION} {_was(before == wanted, before, wanted)}")
        return wanted

    def _needed(self, found: Found, overrider: Overrider) -> dict[PolicySetting, int]:
        """What must be written, by setting; everything else that is wanted is judged."""
        needed: dict[PolicySetting, int] = {}
        for setting, wanted in self._wanted.items():
            now = found.numbers.get(setting.key)
            if setting.optional and now is None:
                evidence = f"{setting.option}: this version of Windows does not know it (it came with the updates of October 2022)"
                overrider.draft.judge((setting.control,), NOT_APPLICABLE, evidence)
                continue
            overrider.draft.wanted.append((f"{PLACE}: {setting.key}", setting.text(wanted)))
            owner = found.owner(setting)
            stricter = now is not None and self._keeps_stricter and setting.is_stricter(now, wanted)
            if stricter or _same(setting, now, wanted):
                ends = t.cast("int", now) if stricter else wanted
                evidence = f"{setting.option} is {setting.text(now)} ({f'owned by {owner}' if owner else _SCOPE})"
                overrider.draft.judge(setting.served(ends), COMPLIANT, evidence)
            elif owner:
                why = {"why": _CONTROLLER} if found.controller else {}
                overrider.note(setting.option, PLACE, owner, _text(setting, now), setting.text(wanted), setting.served(wanted), **why)
            else:
                needed[setting] = wanted
                evidence = f"{setting.option} was {_text(setting, now)}, wanted {setting.text(wanted)} ({_SCOPE})"
                overrider.draft.judge(setting.served(wanted), CHANGED, evidence)
        return needed

    def _refuse_expiry(self, found: Found, after: t.Mapping[str, int]) -> None:
        """Raises HardeningError where the password that the connection uses would be expired by a new maximum age."""
        maximum, before = after.get(MAXIMUM_AGE_KEY), found.numbers.get(MAXIMUM_AGE_KEY)
        account = found.way_in.local
        if maximum is None or maximum == before or maximum in (NEVER, 0) or (found.way_in.sid and account is None):
            return
        never = before in (NEVER, 0, None)  # then no account says whether its own password is exempt
        age = account.password_age_days if account else None
        if (account and not account.password_expires and not never) or (age is not None and age < maximum):
            return
        if account and age is not None and account.password_expires:
            raise HardeningError(
                f"Nothing was changed: maximum_password_age {maximum} would expire the password of {found.way_in.name}, which this connection "
                f"uses: it is {age} days old. Change that password first, or exempt the account from expiry."
            )
        if not self.options.get("accept_unknown_password_age"):
            raise HardeningError(
                f"Nothing was changed: it cannot be told whether maximum_password_age {maximum} would expire the password of "
                f"{found.way_in.name}, which this connection uses ({_unknown(age)}). Change that password first, or set "
                "accept_unknown_password_age to true."
            )


def _unknown(age: int | None) -> str:
    return "its age is not known" if age is None else f"it is {age} days old, and no password of the host expires so far"


def _word(value: bool) -> str:
    return f"{int(value)} ({str(value).lower()})"


def _was(same: bool, before: bool, wanted: bool) -> str:
    return f"is {_word(before)}" if same else f"was {_word(before)}, wanted {_word(wanted)}"


def _same(setting: PolicySetting, now: int | None, wanted: int) -> bool:
    """Whether what is there is what is wanted; 0 and -1 both say that passwords never expire."""
    if setting.key == MAXIMUM_AGE_KEY and wanted == NEVER:
        return now in (NEVER, 0)
    return now == wanted


def _standing(after: t.Mapping[str, int], needed: t.Mapping[PolicySetting, int]) -> dict[str, int]:
    """What stands afterwards and can be judged together: the times of a lockout that is switched off go with it, unless they are asked for."""
    asked = {setting.key for setting in needed}
    off = after.get(COUNT) == 0
    return {key: number for key, number in after.items() if not (off and key in (LOCK_MINUTES, RESET_MINUTES) and key not in asked)}


def _refuse_half_a_lockout(found: Found, needed: t.Mapping[PolicySetting, int]) -> None:
    """Raises HardeningError where a lockout would begin with times that nobody named: they are 10 or 30 minutes, by the host's age."""
    keys = {setting.key for setting in needed}
    missing = [BY_KEY[key].option for key in _LOCKOUT if key not in keys and not found.numbers.get(key)]
    if keys & set(_LOCKOUT) and missing and found.numbers.get(COUNT, 0) == 0:
        raise HardeningError(
            f"Nothing was changed: accounts are not locked on this host so far, and Windows sets the three values of a lockout together. "
            f"Give {' and '.join(missing)} as well."
        )


def _change(now: t.Mapping[str, int], needed: t.Mapping[PolicySetting, int]) -> Change:
    """One operation for everything, since Windows judges the values of a lockout together; one line for each setting that changes."""
    values = {setting.key: number for setting, number in needed.items()}
    touched = list(values)
    if set(values) & set(_LOCKOUT):
        after = {**now, **values}
        locks = after.get(COUNT) != 0
        # all three in one go; those of a lockout that is switched off vanish from the export
        touched += [key for key in _LOCKOUT if key not in values and (locks or key in now)]
        values |= {key: after[key] for key in _LOCKOUT if locks}
    before = {key: now.get(key) for key in touched}
    after_all = {key: values.get(key) for key in touched}
    back = {key: number for key, number in before.items() if number is not None}
    operation = Operation("security", "set", {"values": values, "planned": {"values": before}})
    undo = Operation("security", "set", {"values": back, "planned": {"values": after_all}})
    parts = tuple(_part(BY_KEY[key], before[key], after_all[key], operation, undo) for key in touched if before[key] != after_all[key])
    if len(parts) == 1:
        return parts[0]
    target, before_text, after_text = (", ".join(getattr(part, name) for part in parts) for name in ("target", "before", "after"))
    controls = tuple(one for part in parts for one in part.controls)
    return Change(PLACE, target, before_text, after_text, operation, undo, controls, parts)


def _part(setting: PolicySetting, before: int | None, after: int | None, operation: Operation, undo: Operation) -> Change:
    ids = () if after is None else tuple(control.id for control in setting.served(after))
    return Change(PLACE, setting.key, _text(setting, before), _text(setting, after), operation, undo, ids)


def _text(setting: PolicySetting, number: int | None) -> str:
    return ABSENT if number is None else setting.text(number)


def _warnings(found: Found, after: t.Mapping[str, int]) -> list[str]:
    exposure = Exposure(found.numbers, after, found.way_in, found.accounts)
    return [*([] if found.ownership.known else [_UNKNOWN_OWNER]), *lockout_warnings(exposure), *expiring_warnings(exposure)]
