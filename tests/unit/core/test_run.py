# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over a connection that is a function: trips, what is said when something goes wrong, and the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change, Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Outcome
from unit.core.samples import JOURNAL, Host, Stored, run_on


def stored(**options: Any) -> Stored:
    return Stored({"values": {"a": "2", "b": "2"}, **options})


def outcome_of(host: Host, **options: Any) -> Outcome:
    return run_on(host, stored(**options)).execute()


def test_a_compliant_host_costs_one_trip() -> None:
    host = Host({"a": "2", "b": "2"})
    outcome = outcome_of(host)
    assert host.operations == ["read"]
    assert (outcome.round_trips, outcome.written, outcome.failures, outcome.plan.empty) == (1, False, [], True)


def test_a_changed_host_costs_two_and_then_one() -> None:
    host = Host({"a": "1", "b": "2"})
    outcome = outcome_of(host)
    assert host.operations == ["read", "apply"]
    assert (outcome.round_trips, outcome.written, outcome.failures, outcome.journals) == (2, True, [], [JOURNAL])
    assert host.values == {"a": "2", "b": "2"}
    assert outcome_of(host).round_trips == 1


def test_check_mode_stops_before_the_first_write() -> None:
    host = Host({"a": "1", "b": "1"})
    outcome = run_on(host, stored(), check=True).execute()
    assert host.operations == ["read"]
    assert [change.target for change in outcome.plan.changes] == ["a", "b"]
    assert host.values == {"a": "1", "b": "1"}


def test_what_did_not_stick_is_a_failure() -> None:
    host = Host({"a": "1", "b": "1"})
    host.sticky = {"b"}
    outcome = outcome_of(host)
    assert outcome.written
    assert len(outcome.failures) == 1
    assert outcome.failures[0].startswith("store: b did not stick: it was set to 2 and is 1 again.")


def test_a_host_that_cannot_be_judged_afterwards_is_a_failure() -> None:
    host = Host({"a": "1", "b": "1"})
    gone = {"error": {"kind": "malformed", "message": "broken"}}
    host.spoil = lambda answer: answer | ({"observations": [gone, gone]} if "steps" in answer else {})
    assert outcome_of(host).failures == ["The changes were written, but the host could not be judged afterwards: broken"]


def test_a_failed_step_says_what_was_done_and_what_not() -> None:
    host = Host({"a": "1", "b": "1"})
    host.fail_at = 1
    outcome = outcome_of(host)
    (text,) = outcome.failures
    assert text.startswith("store: b was not changed to 2: the section is locked (Lock violation (0x80070021)).")
    assert text.endswith(f"Written before: store: a. Not written: 1. Journal: {JOURNAL}.")
    assert outcome.written


def test_a_first_step_that_fails_wrote_nothing() -> None:
    host = Host({"a": "1", "b": "1"})
    host.fail_at = 0
    outcome = outcome_of(host)
    assert outcome.failures[0].endswith("Nothing was written (2 change(s) were planned).")
    assert not outcome.written


def test_what_the_guard_took_back_is_named() -> None:
    host = Host({"a": "1", "b": "1"})
    undone = {"state": "undone", "error": {"kind": "guard", "message": "bad"}}
    broken = [{"site": "Shop", "path": "/", "error": {"kind": "malformed", "message": "not well formed", "file": "C:\\f", "line": 2}}]
    host.spoil = lambda answer: answer | ({"steps": [undone, undone], "guard": broken} if "steps" in answer else {})
    outcome = outcome_of(host)
    assert "everything was taken back in the same trip" in outcome.failures[0]
    assert outcome.failures[0].endswith(
        "2 change(s) were written and taken back. Stopped working meanwhile: Shop/: C:\\f, line 2: not well formed."
    )
    assert not outcome.written


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("changed_meanwhile", "the value is no longer the one that was planned on (other). Run"),
        ("commit_collision", "changed by something else at every try (other)"),
        ("sharing_violation", "another process holds the file (other)"),
        ("access_denied", "was not changed to 2: other"),
    ],
)
def test_the_reason_of_a_failed_step(kind: str, text: str) -> None:
    host = Host({"a": "1", "b": "2"})
    failed = {"state": "failed", "error": {"kind": kind, "message": "other"}}
    host.spoil = lambda answer: answer | ({"steps": [failed]} if "steps" in answer else {})
    assert text.replace("(other). Run", "(other); something else changed it meanwhile. Run") in outcome_of(host).failures[0]


def test_an_answer_about_too_few_changes_is_a_failure() -> None:
    host = Host({"a": "1", "b": "1"})
    host.spoil = lambda answer: answer | ({"steps": answer["steps"][:1]} if "steps" in answer else {})
    assert outcome_of(host).failures == [f"The host reported 1 of 2 changes. Its journal {JOURNAL} says what was done."]


def test_restarts_happen_with_the_apply_or_later() -> None:
    host = Host({"a": "1", "b": "1"})
    assert outcome_of(host).restarts == [{"service": "STORE", "state": "restarted"}]
    assert host.requests[1]["restarts"] == ["STORE"]
    host = Host({"a": "1", "b": "1"})
    later = run_on(host, stored(), restart_now=False).execute()
    assert later.restarts == [{"service": "STORE", "state": "not in force yet"}]
    assert (later.failures, host.requests[1]["restarts"]) == ([], [])


def test_a_service_that_does_not_restart_is_a_failure() -> None:
    host = Host({"a": "1", "b": "1"})
    host.restart_error = {"kind": "service_timeout", "message": "too slow"}
    outcome = outcome_of(host)
    assert outcome.failures == ["All changes were written, but STORE did not restart: too slow. They are not in force yet."]
    assert outcome.restarts == [{"service": "STORE", "state": "failed"}]
    assert outcome.written


def test_an_unfinished_journal_is_a_warning_with_what_to_do() -> None:
    unfinished = {"id": "20261124T000000Z-00000000", "file": "C:\\j", "started": "yesterday", "account": "WEB01\\bob"}
    (warning,) = outcome_of(Host({"a": "2", "b": "2"}, {"unfinished_journals": [unfinished]})).warnings
    for part in (*unfinished.values(), "hardening.windows.undo"):
        assert part in warning


@pytest.mark.parametrize("lost", [HardeningError("The connection was lost (X: y)."), None], ids=["raised", "cut"])
def test_a_connection_lost_during_apply_names_the_journal(lost: Exception | None) -> None:
    host = Host({"a": "1", "b": "1"})

    def spoil(answer: dict[str, Any]) -> dict[str, Any]:
        if "steps" in answer and lost:
            raise lost
        return {"msg": "MODULE FAILURE"} if "steps" in answer else answer

    host.spoil = spoil
    outcome = outcome_of(host)
    (text,) = outcome.failures
    assert "2 change(s) were on their way, the first store: a, with the journal 20261124T211502Z-3f9c2a1b" in text
    assert outcome.written, "a change that is reported and was not made does less harm"


def test_an_apply_that_was_refused_wrote_nothing_for_certain() -> None:
    host = Host({"a": "1", "b": "1"})
    error = {"kind": "journal", "message": "disk full"}
    host.spoil = lambda answer: {"protocol": 1, "failed": True, "error": error} if "steps" in answer else answer
    outcome = outcome_of(host)
    assert outcome.failures == ["The payload refused the request, nothing was changed: disk full"]
    assert not outcome.written


def test_stages_are_applied_one_by_one_and_read_at_the_end() -> None:
    host = Host({"a": "1", "b": "1"})
    outcome = outcome_of(host, stages=True)
    assert [len(request["batch"]) for request in host.requests[1:]] == [1, 1]
    assert [len(request["reads"]) for request in host.requests[1:]] == [0, 2]
    assert (outcome.round_trips, len(outcome.journals), outcome.failures) == (3, 2, [])


def test_a_stage_that_fails_stops_the_next() -> None:
    host = Host({"a": "1", "b": "1"})
    host.fail_at = 0
    assert len(outcome_of(host, stages=True).failures) == 1
    assert host.operations == ["read", "apply"]


def test_a_session_that_is_not_enough_is_refused_before_the_plan() -> None:
    host = Host({"a": "1", "b": "1"}, {"elevated": False})
    with pytest.raises(HardeningError, match="the store is the administrators'"):
        outcome_of(host)
    assert host.operations == ["read"]


def test_an_unknown_control_is_refused_before_the_first_trip() -> None:
    host = Host({"a": "1", "b": "1"})
    with pytest.raises(HardeningError, match="no control has the id NOPE"):
        run_on(host, stored(skip=["NOPE"]))
    assert host.requests == []


class Looking(Stored):
    """Looks at a further name once the first observation is known."""

    def further_reads(self, observations: Observations) -> list[Read]:
        return [Read("store", "value", {"name": "c"})] if observations.value(self.reads()[0]) == "look" else []


@pytest.mark.parametrize(("value", "trips"), [("look", 2), ("2", 1)])
def test_further_reads_cost_a_trip_only_where_there_are_any(value: str, trips: int) -> None:
    host = Host({"a": value, "b": "2", "c": "3"})
    outcome = run_on(host, Looking({"values": {"a": value, "b": "2"}})).execute()
    assert outcome.round_trips == trips
    assert [len(request["batch"]) for request in host.requests] == [2, 3][:trips]


class Searching(Stored):
    """Follows names: each value is the name to look at next."""

    def further_reads(self, observations: Observations) -> list[Read]:
        known = (Read("store", "value", {"name": name}) for name in self.options["names"])
        return [Read("store", "value", {"name": observations.value(read)}) for read in known if read in observations]


def test_a_resource_is_asked_again_until_it_names_nothing_new() -> None:
    host = Host({"a": "b", "b": "c", "c": "d", "d": "e"})
    outcome = run_on(host, Searching({"values": {"a": "b"}, "names": ["a", "b", "c"]})).execute()
    assert outcome.round_trips == 4
    assert [len(request["batch"]) for request in host.requests] == [1, 2, 3, 4]


class Judging(Stored):
    """Wants no b that becomes 3, and says what it was shown."""

    def judge(self, changes: Sequence[Change], observations: Observations, facts: HostFacts) -> list[str]:
        after = {change.target: change.after for change in changes}
        if after.get("b") == "3":
            raise HardeningError("Nothing was changed: b would be 3.")
        return [f"a becomes {after.get('a')}, b {after.get('b')}"]


@pytest.mark.parametrize("first", [True, False])
def test_a_resource_judges_what_the_others_change(first: bool) -> None:
    def converging(value: str) -> list[Stored]:
        found = [Judging({"values": {"a": "2"}}), Stored({"values": {"b": value}})]
        return found if first else found[::-1]

    host = Host({"a": "1", "b": "1"})
    with pytest.raises(HardeningError, match="b would be 3"):
        run_on(host, *converging("3")).execute()
    assert host.operations == ["read"]
    assert run_on(host, *converging("2"), check=True).execute().warnings == ["a becomes 2, b 2"]


def test_what_relies_on_other_changes_is_made_after_them() -> None:
    class Late(Stored):
        def plan(self, observations: Observations, facts: HostFacts) -> Plan:
            plan = super().plan(observations, facts)
            stages = [replace(stage, changes=tuple(replace(one, last=one.target == "a") for one in stage.changes)) for stage in plan.stages]
            return replace(plan, stages=tuple(stages))

    host = Host({"a": "1", "b": "1", "c": "1"})
    outcome = run_on(host, Late({"values": {"a": "2", "b": "2"}}), Stored({"values": {"c": "2"}})).execute()
    assert [change.target for change in outcome.plan.changes] == ["b", "c", "a"]
    assert host.values == {"a": "2", "b": "2", "c": "2"}


def test_families_are_not_mixed_in_one_task() -> None:
    class Other(Stored):
        entry = "windows_other"

    with pytest.raises(HardeningError, match="windows_other, windows_store together"):
        run_on(Host({}), stored(), Other({"values": {}}))


def result_of(host: Host, check: bool = False, diff: bool = True) -> dict[str, Any]:
    return task_result(run_on(host, stored(), check=check).execute(), check, diff)


def test_the_result_of_a_run_and_of_its_check_agree() -> None:
    checked, ran = result_of(Host({"a": "1", "b": "2"}), check=True), result_of(Host({"a": "1", "b": "2"}))
    for key in ("changed", "changes", "controls", "overrides", "diff", "reboot_required"):
        assert checked[key] == ran[key], key
    assert checked["changed"] is True
    assert checked["changes"] == [{"target": "store: a", "before": "1", "after": "2", "controls": ["X-1"]}]
    assert (checked["restarts"], ran["restarts"]) == (
        [{"service": "STORE", "state": "planned"}],
        [{"service": "STORE", "state": "restarted"}],
    )
    assert (checked["journal"], ran["journal"]) == ([], [JOURNAL])


def test_the_result_of_a_compliant_host() -> None:
    result = result_of(Host({"a": "2", "b": "2"}), diff=False)
    assert (result["changed"], result["changes"], result["restarts"]) == (False, [], [])
    assert {"warnings", "diff", "failed", "msg"}.isdisjoint(result)


def test_the_result_of_a_failure_fails_with_its_sentences() -> None:
    host = Host({"a": "1", "b": "1"})
    host.fail_at = 0
    result = result_of(host)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("store: a was not changed")
