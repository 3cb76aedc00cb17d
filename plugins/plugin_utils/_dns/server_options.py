# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource dns_server_options."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.draft import PlanDraft
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Change, Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from .block_list import plan_block_list
from .client_subnets import ClientSubnets
from .diagnostics import plan_diagnostics
from .forwarders import plan_forwarders, refuse_own
from .listen import answering, dropped, plan_listen, question_address, socket_problem, sockets_read, users, waits_for_start
from .named_entries import EntryKind, plan_entries, remove_others
from .rate_limiting import plan_rate_limiting
from .rate_limiting_exceptions import RateLimitingExceptions
from .recursion_loss import bare, nobody_to_ask, recursion_warnings
from .recursion_scopes import RecursionScopes
from .restart import Expectation, answers, proof, zones_query
from .server_options_controls import CONTROLS
from .server_options_policies import judge_policies, policy_changes
from .server_options_reads import named_addresses, resolution, server_reads
from .server_options_spec import SPEC
from .server_options_wishes import read_wishes
from .server_state import SERVICE, ServerState
from .setting import plan_setting
from .start_values import plan_start_value
from .trust_anchors import observed_anchors, plan_anchors

_NO_ANCHOR = (
    "dnssec.validation is on, and there is no trust anchor for the root, so nothing is validated. Give dnssec.trust_anchors (the root's own are "
    "published by IANA)."
)
# Zones whose name server records may name an address of this server.
_SERVED = ("Primary", "Secondary")
_NOBODY_STAYS = "no address stays on which the zones could be asked whether their name server records name it"


class DnsServerOptions(Resource):
    """How the DNS Server resolves, answers, listens and logs."""

    name = "dns_server_options"
    entry = "windows_dns"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {**SHARED_SPEC, **SPEC}
    needs = administrators_session("only administrators may change the DNS Server and its registry key")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._wishes = read_wishes(self.options, self.selection)

    def reads(self) -> list[Read]:
        return server_reads(self._wishes)

    def further_reads(self, observations: Observations) -> list[Read]:
        """The zones' name servers, where an address is to be dropped that one of them may be."""
        query = self._name_servers(ServerState(observations))
        return [query] if query else []

    def _name_servers(self, state: ServerState) -> Read | None:
        """Asked on an address that will stay, because after the change the same is asked again; None where there is none."""
        if self._wishes.listen is None or self.options.get("allow_address_loss") or not dropped(self._wishes.listen, state):
            return None
        staying = [one for one in answering(state) if one in self._wishes.listen]
        return zones_query(question_address(staying), state.served(*_SERVED), "NS", 0)

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        state, draft = ServerState(observations), PlanDraft()
        self._plan_values(state, draft)
        self._plan_lists(state, draft)
        self._plan_anchors(state, facts, draft)
        self._plan_resolution(state, draft)
        for one, value in self._wishes.start_values:
            plan_start_value(one, value, state, draft)
        return self._proved(draft, self._plan_listen(state, draft), state)

    def _plan_values(self, state: ServerState, draft: PlanDraft) -> None:
        keeps = self.options.get("stricter") != "replace"
        for setting, value in self._wishes.settings:
            plan_setting(setting, value, state, draft, keeps)
        if self._wishes.block_list is not None:
            plan_block_list(self._wishes.block_list, state, draft)
        if self._wishes.rate_limiting is not None:
            plan_rate_limiting(self._wishes.rate_limiting, state, draft)
        if self._wishes.flags:
            plan_diagnostics(self.options, state, draft)

    def _plan_lists(self, state: ServerState, draft: PlanDraft) -> None:
        """What policies and exceptions use comes before them, and goes after them."""
        wishes = self._wishes
        used: list[tuple[EntryKind, list[dict[str, t.Any]] | None, bool]] = [
            (ClientSubnets(), wishes.subnets, wishes.replaces("client_subnets_mode")),
            (RecursionScopes(), wishes.scopes, wishes.replaces("recursion.scopes_mode")),
        ]
        exceptions = (RateLimitingExceptions(), wishes.exceptions, wishes.replaces("response_rate_limiting.exceptions_mode"))
        for kind, entries, _replaced in used:
            if entries is not None:
                plan_entries(kind, entries, state, draft)
        for scope in wishes.scopes or ():
            refuse_own(scope.get("forwarders", ()), f"recursion.scopes, {scope['name']}", state)
        for option, changes in policy_changes(wishes, state, self.options).items():
            draft.changes += changes
            judge_policies(option, wishes.policies[option], changes, draft)
        if wishes.exceptions is not None:
            plan_entries(exceptions[0], wishes.exceptions, state, draft)
        for kind, entries, replaced in (exceptions, *used):
            if replaced and entries is not None:
                remove_others(kind, entries, state, draft)

    def _plan_anchors(self, state: ServerState, facts: HostFacts, draft: PlanDraft) -> None:
        anchors = self._wishes.anchors
        if anchors is not None:
            plan_anchors(anchors, self._wishes.replaces("dnssec.trust_anchors_mode"), state, facts, self.options, draft)
        if self._wishes.validates and not anchors and not observed_anchors(state.observations, "."):
            draft.warnings.append(_NO_ANCHOR)

    def _plan_resolution(self, state: ServerState, draft: PlanDraft) -> None:
        wishes = self._wishes
        if not wishes.resolves:
            return
        found = resolution(wishes, state)
        draft.warnings += recursion_warnings(found, state, bool(self.options.get("allow_recursion_loss")))
        draft.warnings += nobody_to_ask(found, state, [change.operation for change in draft.changes])
        if wishes.forwarders is not None:
            plan_forwarders(wishes.forwarders, state, draft)

    def _plan_listen(self, state: ServerState, draft: PlanDraft) -> Change | None:
        wanted = self._wishes.listen
        if wanted is None:
            return None
        change = plan_listen(wanted, state, self._needed_addresses(wanted, state), draft)
        problem = None if change else socket_problem(wanted, state.addresses, state.observations, sockets_read())
        if problem:
            draft.warnings.append(f"{problem} Look into the event log DNS Server: another program may have the port.")
        return change

    def _needed_addresses(self, wanted: t.Sequence[str], state: ServerState) -> dict[str, str]:
        """The addresses that somebody uses, and who; none where their loss is allowed."""
        if self.options.get("allow_address_loss"):
            return {}
        query = self._name_servers(state)
        if query is None:
            unknown = dropped(wanted, state) if state.served(*_SERVED) else []
            return users(state, self._wishes.play, dict.fromkeys(unknown, _NOBODY_STAYS))
        return users(state, self._wishes.play, named_addresses(query, answers(state.observations, query), dropped(wanted, state)))

    def _proved(self, draft: PlanDraft, listen: Change | None, state: ServerState) -> Plan:
        plan = draft.plan()
        restarts = SERVICE in draft.restarts and self.restart_now
        moves = listen is not None and (restarts or not waits_for_start(listen))
        if not plan.stages or not (restarts or moves):
            return plan
        (stage,) = plan.stages
        return replace(plan, stages=(replace(stage, proofs=(proof(self._expected(state, restarts, listen if moves else None)),)),))

    def _expected(self, state: ServerState, restarts: bool, listen: Change | None) -> Expectation:
        own = tuple(bare(one) for one in state.addresses)
        wanted = self._wishes.listen if listen else None
        answers_on = answering(state) if wanted is None else wanted or own
        zones = tuple(state.served("Primary")) if restarts else ()
        return Expectation(question_address(answers_on), zones, wanted, own, listen)
