# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource rdp_listener."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.controls import NOT_APPLICABLE
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Plan
from .._core.registry import Registry
from .._core.resource import SHARED_SPEC, Options, Resource
from .firewall import BUILT_IN, BUILT_IN_PORT, Firewall, Rule, enable_change, firewall_reads
from .firewall_reach import firewall_obstacle, limited_blocks, nobody_comes_in, reach_warnings, unused_profiles
from .listener_options import argument_spec, check_limits
from .listener_table import CONTROLS, ENABLED_SETTING, OLD_BOTH, SETTINGS, SINCE, TRANSPORTS
from .ownership import Ownership, owned_read
from .port_change import PORT, PORT_SPEC, PortChange
from .sessions import SESSIONS_SPEC, refuse_to_drop, sessions_read
from .setting import SCOPE_SPEC, STRICTER_SPEC, Setting, SettingPlanner, effective, is_kept, setting_reads, wanted_settings

_NOBODY = "enabled is false: nobody can log on to this host by Remote Desktop once the sessions that are open now have ended."


class RdpListener(Resource):
    """Whether Remote Desktop is on, at which port, and what a session offers."""

    name = "rdp_listener"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        **SCOPE_SPEC,
        **STRICTER_SPEC,
        **SESSIONS_SPEC,
        **PORT_SPEC,
        **argument_spec(),
    }
    needs = administrators_session("only administrators may change Remote Desktop")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        check_limits(self.options)
        self._move = PortChange.from_options(self.options)
        self._wanted = wanted_settings(SETTINGS, self.options, self.selection)

    def reads(self) -> list[Read]:
        further = firewall_reads() if self._switches_on else []
        if self._move or any(setting.restarts for setting, _value in self._wanted):
            further.append(sessions_read())
        return [owned_read(), *setting_reads(SETTINGS), *(self._move.reads() if self._move else []), *further]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        registry, ownership, draft = Registry(observations), Ownership.observed(observations), PlanDraft()
        planner = SettingPlanner.by_options(self.options, registry, ownership, draft)
        for setting, value in self._wanted:
            if not _is_unknown(setting, facts, draft):
                planner.plan(_as_stored(setting, registry, ownership), value)
        is_on = self._will_be_on(registry, ownership)
        if self._switched is False and not is_on:
            draft.warnings.append(_NOBODY)
        was_on = effective(ENABLED_SETTING, registry, ownership).value == ENABLED_SETTING.stored(True)
        if self._switches_on and is_on and not self._move:
            _open(observations, registry, draft, was_on)
        plan = self._with_port(draft, observations, registry, is_on, was_on)
        self._refuse_to_drop(plan, observations)
        return plan

    @property
    def _switched(self) -> bool | None:
        return next((value for setting, value in self._wanted if setting is ENABLED_SETTING), None)

    @property
    def _switches_on(self) -> bool:
        return self._switched is True

    def _will_be_on(self, registry: Registry, ownership: Ownership) -> bool:
        """What holds afterwards: a policy that is owned stays; else what is wanted, else what is."""
        now = effective(ENABLED_SETTING, registry, ownership)
        if is_kept(ENABLED_SETTING, now, self.options.get("scope", "local")) or self._switched is None:
            return bool(now.value == ENABLED_SETTING.stored(True))
        return self._switched

    def _with_port(self, draft: PlanDraft, observations: Observations, registry: Registry, is_on: bool, was_on: bool) -> Plan:
        if self._move is None:
            return draft.plan()
        move = self._move.plan(observations, registry, self.connection, is_on, self.restart_now, was_on)
        draft.wanted.append((f"{PORT.path}: {PORT.name}", str(self._move.port)))
        draft.warnings += move.warnings
        return replace(draft.plan(), stages=move.stages(draft.changes, draft.restarts))

    def _refuse_to_drop(self, plan: Plan, observations: Observations) -> None:
        restarts = [name for stage in plan.stages for name in stage.restarts]
        if self.restart_now:
            what = "another port or transport of the listener"
            refuse_to_drop(observations, restarts, bool(self.options.get("disconnect_sessions")), what)


def _is_unknown(setting: Setting, facts: HostFacts, draft: PlanDraft) -> bool:
    """Whether this Windows does not know the setting; then its controls are not applicable."""
    since = SINCE.get(setting.option, 0)
    if facts.build is None or facts.build >= since:
        return False
    evidence = f"{setting.option}: build {facts.build} does not know it (build {since} and later do), so it is not written"
    draft.warnings.append(evidence + ".")
    draft.judge(setting.controls, NOT_APPLICABLE, evidence)
    return True


def _as_stored(setting: Setting, registry: Registry, ownership: Ownership) -> Setting:
    """The setting with the number for both transports that is there already, where it is the older one."""
    if setting is TRANSPORTS and effective(setting, registry, ownership).value == OLD_BOTH:
        return replace(setting, values={**setting.values, "both": OLD_BOTH})
    return setting


def _open(observations: Observations, registry: Registry, draft: PlanDraft, was_on: bool) -> None:
    """Windows' own rules for the listener's present port, enabled. Raises HardeningError where they would let nobody in."""
    firewall, port = Firewall.observed(observations, registry), registry.number(PORT) or BUILT_IN_PORT
    found = [(protocol, rule) for protocol, name in BUILT_IN.items() if (rule := firewall.local(name)) and rule.covers(protocol, port)]
    for _protocol, rule in found:
        if not rule.enabled:
            draft.want(enable_change(rule, True), True)
    enabling = [rule for protocol, rule in found if protocol == "TCP" and not rule.enabled]
    allowing = [*firewall.allowing("TCP", port), *enabling]
    opens = not was_on or any(not rule.enabled for _protocol, rule in found)
    draft.warnings += _warnings_of_the_way_in(port, firewall, allowing, opens)


def _warnings_of_the_way_in(port: int, firewall: Firewall, allowing: list[Rule], opens: bool) -> list[str]:
    """opens: whether anything is switched on; where all is on already, only a warning tells that nobody comes in."""
    profiles = sorted({profile for rule in allowing for profile in rule.profiles}) or ["Any"]
    obstacle = firewall_obstacle(port, firewall, profiles)
    if obstacle and opens:
        raise HardeningError(f"Nothing was changed: enabled true would let nobody in on port {port}: {obstacle.why}; {obstacle.advice}.")
    if obstacle:
        return [nobody_comes_in(port, obstacle)]
    found = reach_warnings(port, firewall, profiles) + (limited_blocks(port, firewall) if opens else [])
    if allowing:
        return [*unused_profiles(port, firewall, allowing), *found]
    if firewall.open_profiles:
        return found
    return [
        f"Remote Desktop is on, but no firewall rule lets anybody in on port {port}, and Windows' own rule {BUILT_IN['TCP']} is not there "
        "or is for another port. Give the port, and remote_addresses, to have one made.",
        *found,
    ]
