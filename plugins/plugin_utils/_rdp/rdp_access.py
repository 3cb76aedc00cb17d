# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource rdp_access: who may log on through Remote Desktop."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Change, Plan
from .._core.registry import Registry
from .._core.resource import SHARED_SPEC, Options, Resource
from .._core.well_known import ADMINISTRATORS as ADMINISTRATORS_SID
from .._core.well_known import REMOTE_DESKTOP_USERS as REMOTE_DESKTOP_USERS_SID
from .._core.well_known import fixed_sid
from .access_judgement import Judgement, in_order, judge_who_is_left, refuse_impossible_members, warn_of_authentication
from .access_reads import access_reads, authentication_reads, observed_judgement, requires_authentication
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
    TOKEN_FILTER_PLACE,
    AccountSet,
    Holders,
)
from .setting import SCOPE_SPEC, SettingPlanner, setting_reads
from .way_in_judgement import is_filtered, network_is_closed, warnings_about_the_way_in

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
    needs = administrators_session("Windows lets only administrators read and write user rights and groups")
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
        return [*access_reads(), self._resolve_read(), owned_read(), *authentication_reads(), *setting_reads(self._settings)]

    def _resolve_read(self) -> Read:
        names = [name for accounts in SETS for part in given_names(self.options, accounts) for name in part]
        return resolve_read([*names_to_resolve(names), *connection_names(self.connection)])

    def further_reads(self, observations: Observations) -> list[Read]:
        """Who the SIDs are that nothing so far explains: only asked where something changes and it matters."""
        judgement, ownership = self._judgement(observations), Ownership.observed(observations)
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
            after = judgement.following(free)
            _refuse_closing_the_way_in(judgement, after, way_in, facts)
            draft.warnings += judge_who_is_left(after)
            draft.warnings += warn_of_authentication(after)
            draft.warnings += warnings_about_the_way_in(judgement, after, way_in, facts)
            draft.warnings += [] if ownership.known else [_UNKNOWN_OWNER]
            draft.warnings += _warn_of_unverified(judgement, free)
            draft.changes += in_order(free, judgement)
        planner = SettingPlanner(Registry(observations), ownership, "local", self._fails, draft)
        for setting in self._settings:
            planner.plan(setting, self.options[setting.option])
        _refuse_token_filter(draft.changes, judgement, way_in)
        return replace(draft.plan(), closed=tuple(item for wish in wishes for item in wish.closed()))

    @property
    def _fails(self) -> bool:
        return bool(self.options.get("on_override", "fail") == "fail")

    def _judgement(self, observations: Observations) -> Judgement:
        """What the batch says. Raises HardeningError where a part of it could not be read."""
        return observed_judgement(observations, requires_authentication(observations), [self._resolve_read()])

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


def _refuse_closing_the_way_in(before: Judgement, after: Judgement, way_in: WayIn, facts: HostFacts) -> None:
    """Raises HardeningError where the connection could not be made again."""
    why = network_is_closed(before, after, way_in, facts)
    if why:
        raise HardeningError(
            f"Nothing was changed: {why}. Connect with an account that is not, or leave the entry out of network_logon.deny or "
            "remote_desktop_users."
        )


def _warn_of_unverified(judgement: Judgement, wishes: t.Iterable[Wish]) -> list[str]:
    sids = {sid for wish in wishes for sid in judgement.added(wish) if judgement.directory.is_unverified(sid)}
    if not sids:
        return []
    return [
        f"The host could not find out who has the SID {', '.join(sorted(sids))}: probably no domain controller answers it. It is taken as it was "
        "given."
    ]


def _refuse_token_filter(changes: t.Iterable[Change], judgement: Judgement, way_in: WayIn) -> None:
    """Raises HardeningError where the connection's account would come in without its administrator's rights."""
    filtered = any(change.place == TOKEN_FILTER_PLACE.path and change.operation.parameters.get("value") == 0 for change in changes)
    why = is_filtered(judgement, way_in) if filtered else None
    if why:
        raise HardeningError(
            f"Nothing was changed: local_account_token_filter_policy false {why}. Connect with a domain account, with the built-in "
            "administrator, or by ssh."
        )
