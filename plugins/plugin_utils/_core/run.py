# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of one task on one host: read, plan, apply, verify by planning again. The connection is a function."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .connection import Connection
from .errors import HardeningError, Refused
from .facts import HostFacts, check_session
from .observation import Observations, unique_reads
from .operations import Read
from .payload import Answer, Send, apply_request, entry_for, parse_answer, read_request
from .plan import Change, Plan, Sight, Stage, merge_plans
from .resource import Resource
from .verdict import Knock, may_be_written, stage_problem, stage_problems


@dataclass
class Outcome:
    """What a run found and did. failures: sentences; the task fails when there are any."""

    plan: Plan
    facts: HostFacts
    written: bool = False
    journals: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    restarts: list[dict[str, t.Any]] = field(default_factory=list)
    round_trips: int = 0


@dataclass(frozen=True)
class RunSettings:
    """check: stop before the first write. restart_now: at the end of the apply, or later. journal_id: makes a new id each time.

    connection: the way in, where it is known. knock: asks from outside whether a TCP port answers; a sentence for why it does not, or None.
    """

    check: bool
    restart_now: bool
    journal_id: t.Callable[[], str]
    connection: Connection | None = None
    knock: Knock = lambda port: None


class Run:
    """Converges resources on one host in as few round trips as there are stages, plus one."""

    def __init__(self, resources: t.Sequence[Resource], send: Send, settings: RunSettings) -> None:
        self._resources = resources
        self._send = send
        self._settings = settings
        for resource in resources:
            resource.connection = settings.connection
            resource.restart_now = settings.restart_now
        payload_entry(resources)
        known = [control for resource in resources for control in resource.controls]
        for resource in resources:
            resource.selection.check(known)
        self._reads = unique_reads(read for resource in resources for read in resource.reads())
        self._trips = 0

    def execute(self) -> Outcome:
        """Raises HardeningError when nothing was written; afterwards problems are in the outcome."""
        answer = self._read()
        for resource in self._resources:
            check_session(answer.facts, resource.needs)
        while further := self._further(answer.observations):
            self._reads = [*self._reads, *further]
            answer = self._read()
        plan = self._plan(answer)
        outcome = Outcome(plan, answer.facts, failures=list(plan.failures), warnings=list(plan.warnings))
        outcome.warnings += [_unfinished(answer.facts, number) for number in range(len(answer.facts.unfinished_journals))]
        if not self._settings.check and not plan.empty:
            self._apply(plan, outcome)
        outcome.round_trips = self._trips
        return outcome

    def _further(self, observations: Observations) -> list[Read]:
        """What the resources want to look at besides, now that they have seen this."""
        wanted = unique_reads(read for resource in self._resources for read in resource.further_reads(observations))
        return [read for read in wanted if read not in observations]

    def _read(self) -> Answer:
        return parse_answer(self._ask(read_request(self._reads)), self._reads)

    def _ask(self, request: dict[str, t.Any]) -> t.Mapping[str, t.Any]:
        self._trips += 1
        return self._send(entry_for(payload_entry(self._resources), request["operation"]), request)

    def _plan(self, answer: Answer) -> Plan:
        return plan_together(self._resources, answer.observations, answer.facts)

    def _apply(self, plan: Plan, outcome: Outcome) -> None:
        stages = [stage for stage in plan.stages if stage.changes]
        for number, stage in enumerate(stages, start=1):
            last = number == len(stages)
            reads = unique_reads([*(read for proof in stage.proofs for read in proof.reads), *(self._reads if last else [])])
            try:
                answer = self._apply_stage(stage, reads)
            except HardeningError as problem:
                outcome.failures.append(_lost(problem, stage))
                # Nobody can say after a lost answer; a change that is reported and was not made does less harm.
                outcome.written |= not isinstance(problem, Refused)
                return
            self._record(stage, answer, outcome)
            problems = stage_problems(stage, answer, self._settings.knock)
            if problems:
                outcome.failures += problems
                self._take_back(stage, answer, outcome)
                return
        outcome.failures += self._verify(plan, answer)

    def _take_back(self, stage: Stage, answer: Answer, outcome: Outcome) -> None:
        """What the stage's proofs say is taken back, as far as it was done; each part in a trip of its own, so that it is in force."""
        for proof in stage.proofs:
            taken = False
            done = {id(change) for change, step in zip(stage.changes, answer.steps, strict=False) if step.state == "done"}
            for changes, restarts, seen in ((proof.changes, proof.restarts, proof.regained), (proof.tidy, (), None)):
                back = tuple(change.reversed for change in reversed(changes) if id(change) in done)
                if not back:
                    continue
                taken = True
                problem = self._back(Stage(back, restarts), seen, outcome)
                if problem:
                    outcome.failures.append(f"Taking that back failed: {problem} {proof.otherwise}")
                    return
            # where nothing of it was made there is nothing to say of it, except that it was made whole and did not prove itself
            if taken or not stage_problem(stage, answer):
                outcome.failures.append(proof.kept)

    def _back(self, stage: Stage, seen: Sight | None, outcome: Outcome) -> str | None:
        try:
            answer = self._apply_stage(stage, list(seen.reads) if seen else [])
            self._record(stage, answer, outcome)
            return stage_problem(stage, answer) or (seen.problem(answer.observations) if seen else None)
        except HardeningError as problem:
            return str(problem)

    def _record(self, stage: Stage, answer: Answer, outcome: Outcome) -> None:
        outcome.journals += [answer.journal] if answer.journal else []
        outcome.restarts += _restarts(stage, answer, self._settings.restart_now)
        outcome.written |= any(may_be_written(step) for step in answer.steps)

    def _apply_stage(self, stage: Stage, reads: list[Read]) -> Answer:
        request = apply_request(stage, reads, self._settings.journal_id(), self._settings.restart_now)
        try:
            return parse_answer(self._ask(request), reads)
        except Refused:
            raise
        except HardeningError as problem:
            raise HardeningError(
                f"{problem} {len(stage.changes)} change(s) were on their way, the first {stage.changes[0].path}, with the journal "
                f"{request['journal']}; where the host has that journal it says which were made, and undo takes them back. Look after the "
                "connection and run the task again: it looks at the host anew."
            ) from problem

    def _verify(self, plan: Plan, answer: Answer) -> list[str]:
        """Sentences for what did not stick: the same plan on the re-read state must be empty."""
        try:
            again = self._plan(answer)
        except HardeningError as problem:
            reason = str(problem).removeprefix("Nothing was changed: ")
            return [f"The changes were written, but the host could not be judged afterwards: {reason}"]
        lost = [_did_not_stick(change) for change in again.changes]
        return lost + [failure for failure in again.failures if failure not in plan.failures]


def plan_together(resources: t.Sequence[Resource], observations: Observations, facts: HostFacts) -> Plan:
    """One plan for all of them, which each has judged as a whole. Raises HardeningError when nothing may be written."""
    plan = merge_plans([resource.plan(observations, facts) for resource in resources])
    judged = [warning for resource in resources for warning in resource.judge(plan.changes, observations, facts)]
    return replace(plan, warnings=tuple(dict.fromkeys([*plan.warnings, *judged])))


def payload_entry(resources: t.Sequence[Resource]) -> str:
    """The payload entry that covers all of them. Raises HardeningError when none does."""
    entries = sorted({resource.entry for resource in resources})
    if len(entries) != 1:
        raise HardeningError(f"One task cannot converge resources of {', '.join(entries)} together. Use one task for each family.")
    return entries[0]


def _lost(problem: HardeningError, stage: Stage) -> str:
    """What became of a stage nobody heard of again, and what then holds on the host."""
    if isinstance(problem, Refused):
        return str(problem)
    return " ".join([str(problem), *(proof.otherwise for proof in stage.proofs), *stage.lost])


def _restarts(stage: Stage, answer: Answer, now: bool) -> list[dict[str, t.Any]]:
    if not now:
        return [{"service": name, "state": "not in force yet"} for name in stage.restarts]
    return [{"service": item["service"], "state": "failed" if item.get("error") else "restarted"} for item in answer.restarts]


def _did_not_stick(change: Change) -> str:
    return (
        f"{change.path} did not stick: it was set to {change.after} and is {change.before} again. Something on the host puts it back "
        "(a deployment, configuration management, shared configuration, a lock); the journal can take the other changes back."
    )


def _unfinished(facts: HostFacts, number: int) -> str:
    journal = facts.unfinished_journals[number]
    return (
        f"An earlier run by {journal.account}, started {journal.started}, never said how it ended: its journal {journal.file} is not "
        f"finished. Some of its changes may have been made. hardening.windows.undo with journal {journal.id} takes them back or closes it."
    )
