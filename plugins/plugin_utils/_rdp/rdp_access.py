# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource rdp_access: who may log on through Remote Desktop."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, SessionNeeds
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from .access_judgement import (
    Judgement,
    in_order,
    judge_who_is_left,
    refuse_closing_the_way_in,
    refuse_impossible_members,
    refuse_token_filter,
    warn_of_authentication,
    warnings_about_the_way_in,
)
from .access_reads import access_reads, observed_judgement, with_answers
from .account_wish import Wish, check_option, given_names, observed_wish, set_spec
from .accounts import WayIn, connection_names, resolve_read
from .directory import Directory, names_to_resolve
from .override import Overrider
from .ownership import Ownership, owned_read
from .rdp_access_table import (
    ADMINISTRATORS,
    ALLOWED,
    CONTROLS,
    REMOTE_DESKTOP_USERS,
    SETS,
    SETTINGS,
    AccountSet,
    Holders,
)
from .registry import LISTENER, TERMINAL_SERVICES_POLICY, Place, Registry, key_read
from .setting import SCOPE_SPEC, SettingPlanner, setting_reads
from .well_known import ADMINISTRATORS as ADMINISTRATORS_SID
from .well_known import REMOTE_DESKTOP_USERS as REMOTE_DESKTOP_USERS_SID
from .well_known import fixed_sid

# Whether network level authentication is required: the policy's value, else the listener's, else yes.
_NLA = (Place(TERMINAL_SERVICES_POLICY, "UserAuthentication"), Place(LISTENER, "UserAuthentication"))
_REMOVALS = {
    "remove_administrators": (ADMINISTRATORS_SID, ADMINISTRATORS),
    "remove_remote_desktop_users": (REMOTE_DESKTOP_USERS_SID, REMOTE_DESKTOP_USERS),
}
_UNKNOWN_OWNER = (
    "The host keeps no resultant set of policy that would tell whether Group Policy owns its user rights and groups. They were written; "
    "where a policy object sets them too, the next refresh writes its own again."
)


class RdpAccess(Resource):
    """User rights and group membership of Remote Desktop, by SID."""

    name = "rdp_access"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        "on_override": SCOPE_SPEC["on_override"],
        "allow": set_spec("accounts"),
        "deny": set_spec("accounts"),
        "remote_desktop_users": set_spec("members"),
        "network_logon": {"type": "dict", "options": {"deny": set_spec("accounts")}},
        **{name: {"type": "bool", "default": False} for name in _REMOVALS},
        **{setting.option: {"type": "bool"} for setting in SETTINGS},
    }
    needs = SessionNeeds(elevated="Windows lets only administrators read and write user rights and groups")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        for accounts in SETS:
            check_option(self.options, accounts)
        if self.options.get("remove_remote_desktop_users"):
            self._check_somebody_is_named()
        self._settings = [one for one in SETTINGS if one.option in self.options and self.selection.selects(one.controls)]

    def _check_somebody_is_named(self) -> None:
        named = {fixed_sid(name) for name in given_names(self.options, ALLOWED)[0]}
        if named <= {ADMINISTRATORS_SID, REMOTE_DESKTOP_USERS_SID}:
            raise HardeningError(
                "Nothing was changed: remove_remote_desktop_users takes the right from that group, and allow.accounts names nobody who has it "
                "instead. Name the users, or a group of your own, in allow.accounts."
            )

    def reads(self) -> list[Read]:
        keys = [key_read(place.key) for place in _NLA]
        return [*access_reads(), self._resolve_read(), owned_read(), *keys, *setting_reads(self._settings)]

    def _resolve_read(self) -> Read:
        names = [name for accounts in SETS for part in given_names(self.options, accounts) for name in part]
        return resolve_read([*names_to_resolve(names), *connection_names(self.connection)])

    def further_reads(self, observations: Observations) -> list[Read]:
        """Who the SIDs are that nothing so far explains: only asked where something changes and it matters."""
        judgement, ownership = self._first_judgement(observations), Ownership.observed(observations)
        return judgement.questions([wish for wish in self._wishes(judgement.directory) if not wish.owner(ownership)])

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        ownership, draft = Ownership.observed(observations), PlanDraft()
        judgement = self._judgement(observations)
        way_in = WayIn.observed(self._resolve_read(), observations, facts, self.connection)
        wishes = self._wishes(judgement.directory)
        is_controller = None if facts.product_type is None else facts.product_type == "LanmanNT"
        free = [wish for wish in wishes if self._decide(wish, judgement, wish.owner(ownership), is_controller, draft)]
        if free:
            refuse_impossible_members(free, judgement)
            refuse_closing_the_way_in(free, judgement, way_in, facts)
            draft.warnings += judge_who_is_left(judgement, free)
            draft.warnings += warn_of_authentication(judgement, free)
            draft.warnings += warnings_about_the_way_in(free, judgement, way_in, facts)
            draft.warnings += [] if ownership.known else [_UNKNOWN_OWNER]
            draft.changes += in_order(free, judgement)
        planner = SettingPlanner(Registry(observations), ownership, "local", self._fails, draft)
        for setting in self._settings:
            planner.plan(setting, self.options[setting.option])
        refuse_token_filter(draft.changes, judgement, way_in)
        return replace(draft.plan(), closed=tuple(item for wish in wishes for item in wish.closed()))

    @property
    def _fails(self) -> bool:
        return bool(self.options.get("on_override", "fail") == "fail")

    def _first_judgement(self, observations: Observations) -> Judgement:
        """What the first batch says. Raises HardeningError where a part of it could not be read."""
        registry = Registry(observations)
        policy, local = (registry.number(place) for place in _NLA)
        nla = (policy if policy is not None else local) != 0
        return observed_judgement(observations, self._resolve_read(), nla)

    def _judgement(self, observations: Observations) -> Judgement:
        """With the answers to the questions that the first batch left, as far as they were asked."""
        first = self._first_judgement(observations)
        return with_answers(first, first.questions(self._wishes(first.directory)), observations)

    def _wishes(self, directory: Directory) -> list[Wish]:
        """What is selected of the options, by SID."""
        wishes = [self._wish(accounts, directory) for accounts in SETS]
        return [wish for wish in wishes if wish.listed or wish.removed]

    def _wish(self, accounts: AccountSet, directory: Directory) -> Wish:
        removals = [_REMOVALS[name] for name in _REMOVALS if accounts is ALLOWED and self.options.get(name)]
        removed = {sid: control for sid, control in removals if self.selection.selects((control,))}
        return observed_wish(self.options, accounts, directory, removed, self.selection.selects((accounts.control,)))

    def _decide(self, wish: Wish, judgement: Judgement, owner: str | None, is_controller: bool | None, draft: PlanDraft) -> bool:
        """Judges a wish, and says whether it is to be carried out: it differs, and nobody else owns the set."""
        accounts, label = wish.accounts, judgement.directory.labels
        now = judgement.now[accounts.subject]
        after = wish.after(now)
        draft.wanted += wish.wanted()
        unmet = wish.unmet(now)
        wanted, stays = (Holders(held, is_controller, judgement.directory.domain) for held in (after, now if owner else after))
        asked = [control.met_by(wanted) for control in unmet]
        if owner and unmet:
            Overrider(draft, self._fails).note(accounts.option, accounts.place, owner, label(now), label(after), asked)
        elif unmet:
            draft.judge(asked, CHANGED, f"{accounts.place} was with {label(now)}, wanted {label(after)}")
        others = [control.met_by(stays) for control in wish.controls if control not in unmet]
        draft.judge(others, COMPLIANT, f"{accounts.place} is with {label(now)}{f', owned by {owner}' if owner else ''}")
        return bool(unmet) and not owner
