# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen, and the verdict by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.answers import TCP, UDP, NoAnswer, Record
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import CHECKS, Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.observation import Burst, Observations, Zone
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import Verdict
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import unmet
from unit.dns_probe.samples import (
    A_RECORD,
    CLOSED,
    FORMERR,
    FULL,
    GARBAGE,
    GOOD_ZONE,
    HARD,
    NAME,
    NOERROR,
    NOTAUTH,
    NOTIMP,
    NXDOMAIN,
    REFUSED,
    REFUSED_PORT,
    ROOT_RECORD,
    ROOT_REFERRAL,
    SERVFAIL,
    SILENT,
    SILENT_UDP,
    SOA,
    TIMEOUT,
    ZONE,
    reply,
    seen,
    txt,
    verdicts,
    zone,
)


def test_a_hardened_server_passes_everything() -> None:
    assert set(verdicts(HARD).values()) == {"pass"}


# SOA, first message of AXFR.
TRANSFERS = {
    "refused": (SOA, REFUSED, "pass"),
    "given": (SOA, FULL, "fail"),
    "given, though the SOA is not": (REFUSED, FULL, "fail"),
    "given, and the SOA is not answered": (TIMEOUT, FULL, "fail"),
    "nothing in it": (SOA, NOERROR, "inconclusive"),
    "not served": (NOTAUTH, REFUSED, "not_applicable"),
    "not served: no such name": (NXDOMAIN, REFUSED, "not_applicable"),
    "not served: a name in another zone": (reply(flags="aa"), REFUSED, "not_applicable"),
    "not served: a referral": (ROOT_REFERRAL, REFUSED, "not_applicable"),
    "not served: the SOA is refused, and the transfer not authoritative": (REFUSED, NOTAUTH, "not_applicable"),
    "refused, and the SOA as well": (REFUSED, REFUSED, "inconclusive"),
    "refused, and the SOA is not implemented": (NOTIMP, REFUSED, "inconclusive"),
    "refused, and the SOA is truncated": (reply(flags="tc", over=UDP), REFUSED, "inconclusive"),
    "refused, and the SOA is truncated behind the record": (reply(flags="aa tc", answer=SOA.answer, over=UDP), REFUSED, "pass"),
    "loading or expired, and refused": (SERVFAIL, REFUSED, "inconclusive"),
    "loading or expired, and not authoritative": (SERVFAIL, NOTAUTH, "inconclusive"),
    "known from a cache only": (reply(flags="ra", answer=SOA.answer), REFUSED, "not_applicable"),
    "served: not authoritative": (SOA, NOTAUTH, "pass"),
    "refused, and the SOA is not answered": (TIMEOUT, REFUSED, "no_answer"),
    "refused, and the SOA cannot be read": (GARBAGE, REFUSED, "inconclusive"),
    "expired": (SERVFAIL, SERVFAIL, "inconclusive"),
    "not implemented": (SOA, NOTIMP, "inconclusive"),
    "closed": (SOA, CLOSED, "inconclusive"),
    "silent": (SOA, TIMEOUT, "no_answer"),
    "no TCP": (SOA, REFUSED_PORT, "no_answer"),
    "garbage": (SOA, GARBAGE, "inconclusive"),
    "not asked": (SOA, None, "not_tested"),
}


@pytest.mark.parametrize(("soa", "transfer", "expected"), TRANSFERS.values(), ids=TRANSFERS)
def test_transfer(soa: Any, transfer: Any, expected: str) -> None:
    assert verdicts(seen(zones=zone(soa=soa, transfer=transfer)))["01"] == expected


# SOA, empty update, deletion of nothing.
UPDATES = {
    "refused": (SOA, REFUSED, None, "pass"),
    "not implemented": (SOA, NOTIMP, None, "pass"),
    "a secondary": (SOA, NOTAUTH, None, "pass"),
    "not served": (NOTAUTH, NOTAUTH, None, "not_applicable"),
    "not served, refused": (NXDOMAIN, REFUSED, None, "not_applicable"),
    "the SOA is refused to this host": (REFUSED, REFUSED, None, "inconclusive"),
    "the SOA is refused, and it may be a secondary": (REFUSED, NOTAUTH, None, "inconclusive"),
    "loading or expired": (SERVFAIL, REFUSED, None, "inconclusive"),
    "the SOA is truncated": (reply(flags="tc", over=UDP), REFUSED, None, "inconclusive"),
    "taken": (SOA, NOERROR, NOERROR, "fail"),
    "taken for a zone that it does not show": (REFUSED, NOERROR, NOERROR, "fail"),
    "prerequisites are looked at before the sender": (SOA, NOERROR, REFUSED, "pass"),
    "a false prerequisite is told before the sender is asked": (SOA, NXDOMAIN, REFUSED, "pass"),
    "evaluated, and taken": (SOA, reply("YXDOMAIN"), NOERROR, "fail"),
    "evaluated, and broken": (SOA, NOERROR, SERVFAIL, "inconclusive"),
    "evaluated, and silent": (SOA, NOERROR, TIMEOUT, "no_answer"),
    "an empty one alone proves nothing": (SOA, NOERROR, None, "inconclusive"),
    "silent": (SOA, TIMEOUT, None, "no_answer"),
    "garbage": (SOA, GARBAGE, None, "inconclusive"),
    "refused, and the SOA is not answered": (TIMEOUT, REFUSED, None, "no_answer"),
    "not asked": (SOA, None, None, "not_tested"),
}


@pytest.mark.parametrize(("soa", "update", "deletion", "expected"), UPDATES.values(), ids=UPDATES)
def test_update(soa: Any, update: Any, deletion: Any, expected: str) -> None:
    assert verdicts(seen(zones=zone(soa=soa, update=update, deletion=deletion, soa_after=SOA)))["04"] == expected


# SOA, and why it does not tell whether the zone is there.
UNTOLD = {
    "loading or expired": (SERVFAIL, "SERVFAIL for the SOA does not tell whether the server has the zone"),
    "refused": (REFUSED, "REFUSED for the SOA does not tell whether the server has the zone"),
    "truncated": (reply(flags="tc", over=UDP), "truncated, and does not tell whether the server has the zone"),
}


@pytest.mark.parametrize(("soa", "reason"), UNTOLD.values(), ids=UNTOLD)
def test_why_a_refusal_proves_nothing_is_told(soa: Any, reason: str) -> None:
    found = judge(Case(seen(zones=zone(soa=soa)), NAME))
    transfers, updates = found[0], found[3]
    assert [reason in one.evidence[0] for one in (transfers, updates)] == [True, True]
    assert list(unmet([transfers, updates], ["all"])) == [transfers, updates]


def test_a_zone_that_is_not_there_says_so_for_updates_as_well() -> None:
    assert verdicts(seen(zones=(ABSENT,)))["04"] == "not_applicable"


def test_the_evidence_of_a_taken_update_tells_that_nothing_changed() -> None:
    found = judge(Case(seen(zones=zone(update=NOERROR, deletion=NOERROR, soa_after=SOA)), NAME))
    assert "serial 42 before, 42 after" in found[3].evidence[0]


ABSENT = Zone("missing.example", REFUSED, transfer=NOTAUTH, update=NOTAUTH)
OPEN_ZONE = replace(GOOD_ZONE, transfer=FULL)
SILENT_ZONE = replace(GOOD_ZONE, transfer=TIMEOUT)
SEVERAL = {
    "none given": ((), "not_tested"),
    "one of them is not served": ((ABSENT, GOOD_ZONE), "pass"),
    "none of them is served": ((ABSENT,), "not_applicable"),
    "one is given away": ((GOOD_ZONE, ABSENT, OPEN_ZONE, SILENT_ZONE), "fail"),
    "one does not answer": ((SILENT_ZONE, GOOD_ZONE), "no_answer"),
}


@pytest.mark.parametrize(("zones", "expected"), SEVERAL.values(), ids=SEVERAL)
def test_several_zones(zones: tuple[Zone, ...], expected: str) -> None:
    assert verdicts(seen(zones=zones))["01"] == expected


# A foreign name, with recursion desired.
RECURSION = {
    "refused": (REFUSED, "pass"),
    "refused by a policy, with RA": (reply("REFUSED", "ra"), "pass"),
    "an answer": (reply(flags="ra", answer=[A_RECORD]), "fail"),
    "no such name": (reply("NXDOMAIN", "ra"), "fail"),
    "no such name, and it knows that itself": (reply("NXDOMAIN", "aa ra"), "inconclusive"),
    "an answer of its own": (reply(flags="aa ra", answer=[A_RECORD]), "inconclusive"),
    "an answer without RA": (reply(answer=[A_RECORD]), "inconclusive"),
    "broken further up": (reply("SERVFAIL", "ra"), "inconclusive"),
    "no record of that kind": (reply(flags="ra"), "inconclusive"),
    "no RA: server failure": (SERVFAIL, "pass"),
    "no RA: a referral to the root": (ROOT_REFERRAL, "pass"),
    "not implemented": (NOTIMP, "inconclusive"),
    "not understood": (FORMERR, "inconclusive"),
    "truncated": (reply(flags="tc", over=UDP), "inconclusive"),
    "dropped by a policy": (TIMEOUT, "no_answer"),
    "garbage": (GARBAGE, "inconclusive"),
    "not asked": (None, "not_tested"),
}


@pytest.mark.parametrize(("answer", "expected"), RECURSION.values(), ids=RECURSION)
def test_recursion(answer: Any, expected: str) -> None:
    assert verdicts(seen(recursion=answer))["02"] == expected


# A foreign name without recursion desired, the root's servers, a foreign name with recursion desired.
REFERRALS = {
    "refused": (REFUSED, REFUSED, REFUSED, "pass"),
    "server failure": (SERVFAIL, SERVFAIL, SERVFAIL, "pass"),
    "a referral to the root": (ROOT_REFERRAL, REFUSED, REFUSED, "fail"),
    "only with recursion desired": (REFUSED, REFUSED, ROOT_REFERRAL, "fail"),
    "the root's servers as an answer": (REFUSED, reply(answer=[ROOT_RECORD]), REFUSED, "fail"),
    "from a root server": (reply(authority=[Record("com.", "NS")]), reply(flags="aa", answer=[ROOT_RECORD]), REFUSED, "pass"),
    "a referral to somebody else": (reply(authority=[Record("example.com.", "NS")]), REFUSED, REFUSED, "pass"),
    "silent": (TIMEOUT, REFUSED, REFUSED, "no_answer"),
    "the root is silent": (REFUSED, TIMEOUT, REFUSED, "no_answer"),
    "not understood": (FORMERR, REFUSED, REFUSED, "inconclusive"),
    "truncated": (REFUSED, reply(flags="tc", over=UDP), REFUSED, "inconclusive"),
    "garbage": (GARBAGE, REFUSED, REFUSED, "inconclusive"),
    "not asked": (None, None, None, "not_tested"),
}


@pytest.mark.parametrize(("foreign", "root", "recursion", "expected"), REFERRALS.values(), ids=REFERRALS)
def test_referral(foreign: Any, root: Any, recursion: Any, expected: str) -> None:
    assert verdicts(seen(referral=foreign, root=root, recursion=recursion))["03"] == expected


# version.bind, version.server.
VERSIONS = {
    "refused": (REFUSED, REFUSED, "pass"),
    "not implemented": (NOTIMP, NOTIMP, "pass"),
    "empty": (reply(flags="aa"), REFUSED, "pass"),
    "Microsoft's": (txt("Microsoft DNS 6.1.7601 (1DB14556)"), REFUSED, "fail"),
    "Microsoft's without a number": (txt("Microsoft DNS"), REFUSED, "fail"),
    "BIND's": (txt("9.18.49-1~deb12u3-Debian"), REFUSED, "fail"),
    "under the other name": (REFUSED, txt("Microsoft DNS 10.0"), "fail"),
    "a text that is none": (txt("unknown"), REFUSED, "pass"),
    "silent": (TIMEOUT, REFUSED, "no_answer"),
    "garbage": (GARBAGE, REFUSED, "inconclusive"),
    "truncated": (reply(flags="tc", over=UDP), REFUSED, "inconclusive"),
    "told, and silent": (TIMEOUT, txt("10.0"), "fail"),
}


@pytest.mark.parametrize(("bind", "server", "expected"), VERSIONS.values(), ids=VERSIONS)
def test_version(bind: Any, server: Any, expected: str) -> None:
    assert verdicts(seen(versions={"version.bind": bind, "version.server": server}))["05"] == expected


# Whole, truncated, other, answered over TCP; of 60.
BURSTS = {
    "as Microsoft's defaults": ((23, 27, 0, 60), "pass"),
    "dropped without truncation": ((5, 0, 0, 60), "pass"),
    "half": ((30, 0, 0, 60), "pass"),
    "less than half": ((31, 0, 0, 60), "fail"),
    "none": ((60, 0, 0, 60), "fail"),
    "errors": ((0, 0, 60, 60), "fail"),
    "lost over TCP as well": ((5, 0, 0, 53), "inconclusive"),
    "some lost over TCP": ((5, 28, 0, 54), "pass"),
    "no UDP at all": ((0, 0, 0, 60), "no_answer"),
}


@pytest.mark.parametrize(("counts", "expected"), BURSTS.values(), ids=BURSTS)
def test_rate_limiting(counts: tuple[int, int, int, int], expected: str) -> None:
    assert verdicts(seen(burst=Burst(ZONE, 60, *counts)))["06"] == expected


@pytest.mark.parametrize(("asked", "reason"), [(False, "rate_limiting is false"), (True, "no zone is given that is known to be served")])
def test_without_a_burst_rate_limiting_is_not_tested(asked: bool, reason: str) -> None:
    found = judge(Case(seen(burst=None), NAME, asked))[5]
    assert found.verdict == "not_tested"
    assert reason in found.evidence[0]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(payload=1232), "pass"),
        (reply(payload=1221), "pass"),
        (reply(payload=1233), "fail"),
        (reply(payload=4000), "fail"),
        (reply(), "pass"),
        (reply("NXDOMAIN"), "pass"),
        (reply("FORMERR"), "pass"),
        (reply("NOTIMP"), "pass"),
        (reply("REFUSED"), "inconclusive"),
        (reply("SERVFAIL"), "inconclusive"),
        (reply("REFUSED", payload=1232), "pass"),
        (reply("REFUSED", payload=4096), "fail"),
        (TIMEOUT, "no_answer"),
        (GARBAGE, "inconclusive"),
    ],
)
def test_edns(answer: Any, expected: str) -> None:
    assert verdicts(seen(edns=answer))["07"] == expected


def test_an_error_without_edns_says_why_it_proves_nothing() -> None:
    assert "REFUSED without EDNS does not tell which size" in judge(Case(seen(edns=REFUSED), NAME))[6].evidence[1]


ONLY_UDP = reply(over=UDP)
NOWHERE = NoAnswer(TCP, "timeout")


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (Observations(SOA, SILENT_UDP, SOA), "pass"),
        (Observations(REFUSED_PORT, ONLY_UDP, ONLY_UDP), "fail"),
        (Observations(TIMEOUT, SILENT_UDP, SILENT_UDP, referral=REFUSED), "pass"),
        (Observations(GARBAGE, SILENT_UDP, SILENT_UDP), "inconclusive"),
    ],
)
def test_tcp(observed: Observations, expected: str) -> None:
    assert verdicts(observed)["08"] == expected


@pytest.mark.parametrize("silence", [REFUSED_PORT, TIMEOUT, CLOSED])
def test_silence_is_no_answer_for_every_control(silence: NoAnswer) -> None:
    found = judge(Case(replace(SILENT, tcp=silence), NAME))
    assert {one.verdict for one in found} == {"no_answer"}
    assert {one.evidence for one in found} == {(silence.text,)}


# -- what a task asks for -------------------------------------------------------------------------------


def control(number: int, verdict: str) -> Verdict:
    return Verdict(dns_controls.CONTROLS[number - 1], verdict, ())


JUDGED = [control(1, "not_applicable"), control(2, "fail"), control(3, "no_answer"), control(5, "pass"), control(6, "not_tested")]
DEMANDS = {
    "nothing": ([], []),
    "all": (["all"], [2, 3]),
    "a pass": (["V-259403"], []),
    "a fail": (["HW-DNS-PROBE-02"], [2]),
    "one that was not tested": (["V-259417"], [6]),
    "one that the server does not have, beside all": (["all", "V-259354"], [1, 2, 3]),
}


@pytest.mark.parametrize(("required", "expected"), DEMANDS.values(), ids=DEMANDS)
def test_demands(required: list[str], expected: list[int]) -> None:
    assert [int(one.control.id[-2:]) for one in unmet(JUDGED, required)] == expected


def test_what_is_skipped_has_no_verdict() -> None:
    found = judge(Case(HARD, NAME), {"V-259403", "HW-DNS-PROBE-01"})
    assert [one.control.id[-2:] for one in found] == ["02", "03", "04", "06", "07", "08"]


def test_a_refused_update_claims_no_rule_that_asks_for_secure_updates() -> None:
    """A zone that takes no updates at all refuses the same, and the rules want secure ones."""
    assert verdicts(HARD)["04"] == "pass"
    assert dns_controls.UPDATE.references == ()


def test_every_control_is_judged_and_named_once() -> None:
    assert tuple(CHECKS) == dns_controls.CONTROLS
    ids = [one for control in dns_controls.CONTROLS for one in control.ids]
    assert len(ids) == len(set(ids))
    assert all(control.title and control.reason and control.source for control in dns_controls.CONTROLS)
