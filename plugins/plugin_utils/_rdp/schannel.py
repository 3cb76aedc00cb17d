# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource schannel."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import Plan
from .._core.registry import Registry, key_read, set_change
from .._core.resource import SHARED_SPEC, Options, Resource
from . import bound_certificates, cipher_suites
from .cipher_suites import SuiteOptions, SuitePlanner
from .override import Disagreement, report_override
from .ownership import Ownership, owned_read
from .schannel_protocols import ProtocolPlanner, judged_roles, protocol_reads, wishes
from .schannel_table import CONTROLS, DIFFIE_HELLMAN, DIFFIE_HELLMAN_BITS, DIFFIE_HELLMAN_DEFAULT, DIFFIE_HELLMAN_SIZE, PROTOCOLS, ROLES
from .setting import SCOPE_SPEC


class Schannel(Resource):
    """Protocol versions, cipher suites and key sizes of TLS for everything that uses Schannel: Remote Desktop, WinRM, IIS."""

    name = "schannel"
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        **SHARED_SPEC,
        "protocols": {
            "type": "dict",
            "options": {one.option: {"type": "dict", "options": {role: {"type": "bool"} for role in ROLES}} for one in PROTOCOLS},
        },
        "cipher_suites": {"type": "list", "elements": "str"},
        "cipher_suites_absent": {"type": "list", "elements": "str"},
        "diffie_hellman_minimum": {"type": "int", "choices": list(DIFFIE_HELLMAN_BITS)},
        "explicit": {"type": "bool", "default": False},
        "on_override": SCOPE_SPEC["on_override"],
    }
    needs = administrators_session("only administrators may change Schannel's settings")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        given = wishes(self.options)
        self._wishes = [wish for wish in given if self.selection.selects(wish.protocol.controls.get(wish.on, ()))]
        suites = SuiteOptions.from_options(self.options)
        self._suites = suites if self.selection.selects(cipher_suites.CONTROLS) else None
        size = self.options.get("diffie_hellman_minimum")
        self._size = size if self.selection.selects((DIFFIE_HELLMAN_SIZE,)) else None
        self._explicit = bool(self.options.get("explicit"))
        self._fail = self.options.get("on_override", "fail") == "fail"

    def reads(self) -> list[Read]:
        reads = [owned_read()]
        if self._wishes:
            reads += protocol_reads(judged_roles(self._wishes))
        if self._suites:
            reads += [*cipher_suites.suite_reads(), *bound_certificates.first_reads()]
        return reads + ([key_read(DIFFIE_HELLMAN.key)] if self._size else [])

    def further_reads(self, observations: Observations) -> list[Read]:
        if self._suites is None or cipher_suites.is_settled(self._suites, Registry(observations)):
            return []
        return bound_certificates.further_reads(observations)

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        registry, ownership, draft = Registry(observations), Ownership.observed(observations), PlanDraft()
        if self._wishes:
            planner = ProtocolPlanner(registry, ownership, facts.build, self._explicit, self._fail, draft)
            planner.plan(self._wishes, self.connection)
        if self._suites:
            suites = SuitePlanner(registry, ownership, facts.build, self._explicit, self._fail, draft)
            suites.plan(self._suites, lambda: bound_certificates.bound_certificates(observations, self.connection))
        if self._size:
            self._plan_size(self._size, registry, ownership, draft)
        return draft.plan()

    def _plan_size(self, wanted: int, registry: Registry, ownership: Ownership, draft: PlanDraft) -> None:
        """A minimum: more bits comply too."""
        stored = registry.number(DIFFIE_HELLMAN)
        bits = DIFFIE_HELLMAN_DEFAULT if stored is None else stored
        needed = bits < wanted or (self._explicit and stored is None)
        owner = ownership.of_local(DIFFIE_HELLMAN)
        if needed and owner:
            one = Disagreement("diffie_hellman_minimum", str(wanted), str(bits), DIFFIE_HELLMAN, owner)
            report_override(draft, one, (DIFFIE_HELLMAN_SIZE,), self._fail)
            return
        draft.want(set_change(DIFFIE_HELLMAN, registry.found(DIFFIE_HELLMAN), wanted, str, (DIFFIE_HELLMAN_SIZE.id,)), needed)
        draft.reboot_required |= needed
        where = "not stored, Windows' default" if stored is None else f"{DIFFIE_HELLMAN.path}: {DIFFIE_HELLMAN.name}"
        evidence = f"Diffie-Hellman keys of the server {'had' if needed else 'have'} {bits} bits ({where}), wanted {wanted} or more"
        draft.judge((DIFFIE_HELLMAN_SIZE,), CHANGED if needed else COMPLIANT, evidence)
