# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource dns_root_hints."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT, NON_COMPLIANT, Control
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.facts import HostFacts, administrators_session
from .._core.observation import Observations
from .._core.operations import Read
from .._core.plan import ABSENT, Change, Plan
from .._core.resource import SHARED_SPEC, Options, Resource
from .root_hints_need import FORWARDER_READ, RECURSION_READ, SCOPES_READ, needed_hints
from .root_hints_observed import HINTS_READ, Hint, address_query, observed_hints, offered_hints, root_query
from .root_hints_options import HINTS_SPEC, parsed_hints
from .root_hints_plan import PLACE, hint_changes, hint_text, target_hints, target_of
from .root_hints_table import CHOSEN, CONTROLS, CURRENT, ONCE, SOURCE, Hints, differences, rule_evidence
from .writer import READ_ONLY_READ, refuse_read_only, writer_elsewhere


class DnsRootHints(Resource):
    """Where a server that answers for others begins to ask: names and addresses of the root servers."""

    name = "dns_root_hints"
    entry = "windows_dns"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {**SHARED_SPEC, **HINTS_SPEC}
    needs = administrators_session("only administrators may change the DNS Server")
    controls = CONTROLS

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._wishes = parsed_hints(self.options, self.selection)

    def reads(self) -> list[Read]:
        if self._wishes.empty:
            return []
        source = self._wishes.copy_from
        reads = [HINTS_READ, RECURSION_READ, FORWARDER_READ, SCOPES_READ, READ_ONLY_READ]
        return reads + ([root_query(source)] if source else [])

    def further_reads(self, observations: Observations) -> list[Read]:
        source = self._wishes.copy_from
        second = address_query(source, observations) if source else None
        return [second] if second else []

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        draft = PlanDraft()
        if self._wishes.empty:
            return draft.plan()
        found = observed_hints(observations)
        after = self._target(found, observations)
        changes = hint_changes(found, after, self._wishes.healed, self._control_ids())
        held = self._held(changes, observations, facts)
        self._judge(found, after, bool(held), draft)
        if held:
            draft.warnings.append(held)
            return draft.plan()
        draft.changes += changes
        draft.wanted += self._wanted(after)
        if self._wishes.closed:
            draft.closed.append((target_of(""), frozenset(target_of(name) for name in after)))
        return draft.plan()

    def judge(self, changes: t.Sequence[Change], observations: Observations, facts: HostFacts) -> list[str]:
        """Raises HardeningError where the last root hint would go while recursion needs one."""
        if self._wishes.empty or not any(change.place == PLACE for change in changes):
            return []
        if self._target(observed_hints(observations), observations):
            return []
        why = needed_hints(observations, changes)
        if why:
            raise HardeningError(f"Nothing was changed: no root hint would be left, and the server needs them: {why}.")
        return []

    def _target(self, found: t.Mapping[str, Hint], observations: Observations) -> Hints:
        source = self._wishes.copy_from
        return target_hints(found, self._wishes, offered_hints(source, observations) if source else {})

    def _control_ids(self) -> tuple[str, ...]:
        return (CHOSEN.id,) if self._wishes.closed else ()

    def _wanted(self, after: Hints) -> list[tuple[str, str]]:
        """What this task says of each hint, whether it is there already or not."""
        named = {name: hint_text(addresses) for name, addresses in after.items() if name in self._wishes.present}
        return [(target_of(name), text) for name, text in (named | dict.fromkeys(self._wishes.absent, ABSENT)).items()]

    def _held(self, changes: t.Sequence[Change], observations: Observations, facts: HostFacts) -> str | None:
        """Why this host does not write: the hints of domain controllers stand in the directory, which one of them writes.

        Raises HardeningError where nobody else was named and this one cannot.
        """
        if not changes or facts.product_type != "LanmanNT":
            return None
        names = ", ".join(dict.fromkeys(change.target for change in changes))
        writer = writer_elsewhere(self.options, facts)
        if writer:
            return f"Root hints are not as wanted ({names}) and were left: they stand in the directory, which {writer} writes (directory_writer)."
        refuse_read_only(observations, f"root hints are not as wanted ({names})")
        return None

    def _judge(self, found: t.Mapping[str, Hint], after: Hints, held: bool, draft: PlanDraft) -> None:
        now = {name: hint.addresses for name, hint in found.items()}
        if self._wishes.closed:
            told = f"root hints are {_text(after)}" if now == after else f"root hints were {_text(now)}, wanted {_text(after)}"
            draft.judge((CHOSEN.claiming(()),), _status(now != after, held), told + rule_evidence(now if held else after))
        doubled = [f"{name} ({hint_text(hint.stored)})" for name, hint in found.items() if hint.doubled]
        if self._wishes.healed:
            draft.judge(
                (ONCE,), _status(bool(doubled), held), f"stood twice: {', '.join(doubled)}" if doubled else "no root hint stands twice"
            )
        elif doubled:
            draft.warnings.append(f"Root hints stand twice: {', '.join(doubled)}. heal_duplicates makes each stand once.")
        if self._wishes.compared:
            self._compare(now, now if held else after, draft)

    def _compare(self, now: Hints, after: Hints, draft: PlanDraft) -> None:
        """Judges the hints as they will be against the Internet's."""
        control: tuple[Control, ...] = (CURRENT,)
        wrong = differences(after)
        if wrong:
            draft.judge(control, NON_COMPLIANT, f"not {SOURCE}: {'; '.join(wrong)}")
            draft.warnings.append(f"Root hints are not those of the Internet ({SOURCE}): {'; '.join(wrong)}. Give the right ones in hints.")
        else:
            draft.judge(control, CHANGED if differences(now) else COMPLIANT, f"{len(after)} root hints are those of {SOURCE}")


def _status(differs: bool, held: bool) -> str:
    if not differs:
        return COMPLIANT
    return NON_COMPLIANT if held else CHANGED


def _text(hints: Hints) -> str:
    return "; ".join(f"{name} {hint_text(addresses)}" for name, addresses in sorted(hints.items())) or "none"
