# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource undo: takes back what a journal holds, wherever it is still as the run left it."""

from __future__ import annotations

import types
import typing as t
from dataclasses import replace

from ._core.errors import HardeningError
from ._core.facts import HostFacts, administrators_session
from ._core.journal import SUPERSEDED, UNDONE, Journal, JournalStep, close_operation, journal_read
from ._core.observation import Observations
from ._core.operations import Operation, Read
from ._core.plan import Change, Plan, Stage
from ._core.resource import Resource
from ._dns import undoing as dns
from ._dns.given_back import can_be_given_back, given_back
from ._dns.undo_losses import loss_reads, refuse_loss, undo_proof
from ._iis import undoing as iis
from ._rdp import undoing as rdp
from ._rdp.sessions import SESSIONS_SPEC, refuse_to_drop
from ._rdp.undo_lockout import LOCKOUT_SPEC, lockout_reads, refuse_lockout

# Who can say, for each provider, whether an operation's planned state is there.
_PROVIDERS: dict[str, types.ModuleType] = {"iis": iis, "dns": dns, **dict.fromkeys(rdp.TRACES, rdp)}
# The entry that has a provider which the family of Remote Desktop has not.
_ENTRIES = {"iis": "windows_iis", "dns": "windows_dns"}


class Undo(Resource):
    """Plans the undo operations of a journal in reverse order; empty when everything is already as it was before."""

    name = "undo"
    # Whatever wrote the journal: every entry reads journals, and what it says is written decides which has the providers.
    entry = "windows_rdp"
    argument_spec: t.ClassVar[dict[str, t.Any]] = {
        "journal": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["undone", "closed"], "default": "undone"},
        **SESSIONS_SPEC,
        **LOCKOUT_SPEC,
    }
    needs = administrators_session("only administrators may read the journal")

    def reads(self) -> list[Read]:
        return [journal_read(self.options["journal"])]

    def further_reads(self, observations: Observations) -> list[Read]:
        journal = self._journal(observations)
        if self.options["state"] == "closed":
            return []
        self.entry = next((entry for step in journal.steps if (entry := _entry(step))), self.entry)
        reads = [read for step in journal.steps for read in _reads(step)]
        back = [step.undo for step in reversed(journal.steps)]
        judged = [] if self._may_lock_out else lockout_reads(back, observations, self.connection)
        judged += loss_reads(back, observations, not self._may_lock_out)
        return [*reads, *rdp.further_reads(step.operation for step in journal.steps), *judged]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        journal = self._journal(observations)
        changes = [] if self.options["state"] == "closed" else _undo_changes(journal, observations)
        undone = [change.operation for change in changes]
        rdp.check(undone, observations, self.restart_now)
        warnings = [] if self._may_lock_out else self._judged(undone, observations, facts)
        proofs = undo_proof(changes, observations, self.restart_now)
        if self.restart_now:
            refuse_to_drop(observations, rdp.restarts(undone), bool(self.options.get("disconnect_sessions")), "taking this back")
        if journal.finished is None:
            changes.append(_close(journal, SUPERSEDED if self.options["state"] == "closed" else UNDONE))
        stages = (Stage(tuple(changes), (*rdp.restarts(undone), *dns.restarts(undone)), proofs=proofs),) if changes else ()
        return Plan(stages=stages, warnings=tuple(warnings), reboot_required=rdp.needs_reboot(undone))

    def _judged(self, undone: list[Operation], observations: Observations, facts: HostFacts) -> list[str]:
        """Warnings. Raises HardeningError where taking back would shut out somebody, or take the resolver from who uses it."""
        refuse_loss(undone, observations, facts)
        return refuse_lockout(undone, observations, facts, self.connection)

    @property
    def _may_lock_out(self) -> bool:
        return bool(self.options.get("allow_lockout"))

    def _journal(self, observations: Observations) -> Journal:
        result = observations[journal_read(self.options["journal"])]
        if result.failure:
            raise HardeningError(
                f"Nothing was changed: the journal {self.options['journal']} cannot be read on this host: {result.failure.describe()}. "
                "The result of a run names its journal; give its id, such as 20261124T211502Z-3f9c2a1b."
            )
        return Journal.from_value(result.value)


def _undo_changes(journal: Journal, observations: Observations) -> list[Change]:
    """One change for each step whose result is still there. Raises HardeningError where somebody changed it to a third value."""
    changes = []
    for step in reversed(journal.steps):
        provider = _provider(step)
        if rdp.is_dropped(step.operation) or (provider is dns and not can_be_given_back(step)):
            continue
        same = _same_entry(step, journal)
        # An entry that was removed and added anew is as before where the first step would do, and is seen by the last one that was done.
        before = (same[0].operation, _given_back(same[0]))
        if any(provider.holds(one, observations) for one in before) and not _is_left(same, observations):
            continue
        left = [_left(one, provider, observations) for one in same]
        if any(left[same.index(step) :]):
            changes.append(_change(step, provider))
        elif not any(left):
            (place, target), (before, after) = provider.place_of(step), provider.before_and_after(step)
            raise HardeningError(
                f"Nothing was changed: {place}: {target} is neither {after}, as the run left it, nor {before}, as it was before. "
                "Somebody changed it since; set it by hand, or use state closed to leave everything as it is."
            )
    return changes


def _is_left(same: list[JournalStep], observations: Observations) -> bool:
    """Whether what is there is, of an entry that was removed and added anew, rather what the run left than what it found.

    Both may seem to hold, where one of them says no more than that there is such an entry; the one that says more knows.
    """
    if len(same) == 1 or dns.same_entry(same[0].undo, same[-1].operation):
        return False
    before, left = same[0].operation, same[-1].undo
    return dns.detail(left) > dns.detail(before) and dns.is_left(same[-1], observations)


def _left(step: JournalStep, provider: t.Any, observations: Observations) -> bool:
    return dns.is_left(step, observations) if provider is dns else bool(provider.holds(step.undo, observations))


def _same_entry(step: JournalStep, journal: Journal) -> list[JournalStep]:
    """The steps that add or remove what this one does, in order; the step alone where there is nothing of the kind."""
    entry = dns.entry_of(step.operation)
    return [one for one in journal.steps if dns.entry_of(one.operation) == entry] if entry else [step]


def _entry(step: JournalStep) -> str | None:
    """The entry that a step needs; what is written to the DNS Server's own key is proved by the DNS Server."""
    return _ENTRIES["dns"] if dns.is_own(step.operation) else _ENTRIES.get(step.operation.provider)


def _reads(step: JournalStep) -> list[Read]:
    if step.operation.provider == "dns":
        return dns.reads_for(step)
    return [_provider(step).read_for(step.operation)]


def _change(step: JournalStep, provider: t.Any) -> Change:
    back = replace(step, operation=_given_back(step))
    (place, target), (before, after) = provider.place_of(step), provider.before_and_after(back)
    return Change(place, target, after, before, back.undo, back.operation)


def _given_back(step: JournalStep) -> Operation:
    """The step's operation as planned on what its undo leaves, which is what the step found wherever that can be given back."""
    return given_back(step) if step.operation.provider == "dns" else step.operation


def _close(journal: Journal, result: str) -> Change:
    operation = close_operation(journal.id, result)
    return Change("journal", journal.id, "not finished", result, operation, operation)


def _provider(step: JournalStep) -> t.Any:
    found = _PROVIDERS.get(step.operation.provider)
    if found is None:
        raise HardeningError(f"Nothing was changed: this version cannot take back what provider {step.operation.provider} did.")
    return found
