# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen, judged: one verdict for each control. Pure.

Which code a server refuses with differs between servers and is not documented for all of Microsoft's: what counts is whether it gave what
was asked for. Where nothing came back the verdict is no_answer, never pass: a closed port is not a hardened server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from .._probe.control import FAIL, INCONCLUSIVE, NO_ANSWER, NOT_APPLICABLE, NOT_TESTED, PASS, Control, Verdict
from . import dns_controls as controls
from .answers import FORMERR, NOERROR, NOTAUTH, NOTIMP, NXDOMAIN, REFUSED, UDP, Answer, NoAnswer, Reply
from .observation import NOT_TAKEN, Observations, Zone

# A control that is judged for several zones has the first of these that one of them has.
SEVERITY = (FAIL, NO_ANSWER, INCONCLUSIVE, NOT_TESTED, PASS, NOT_APPLICABLE)

LARGEST_PAYLOAD = 1232
# The part of a burst that is withheld by a limit; what a path loses is far less.
LIMITED_PART = 0.5
# The part of the same questions over TCP that has to be answered for the loss over UDP to mean anything.
HEALTHY_PART = 0.9
# Without EDNS: answers of a server that leaves it out, or does not know it. Source: RFC 6891 6.1.1, 7.
WITHOUT_EDNS = frozenset({NOERROR, NXDOMAIN, FORMERR, NOTIMP})
VERSION = re.compile(r"Microsoft DNS|\d+\.\d+")
Judged = tuple[str, list[str]]


@dataclass(frozen=True)
class Case:
    """What a verdict rests on. recursion_name: what was asked for as a foreign name. rate_limiting: whether a burst was asked for."""

    seen: Observations
    recursion_name: str
    rate_limiting: bool = False


def judge(case: Case, skip: Collection[str] = ()) -> tuple[Verdict, ...]:
    """One verdict for each control that `skip` does not name by one of its ids, in the order of the table."""
    wanted = [(control, check) for control, check in CHECKS.items() if not control.ids & set(skip)]
    return tuple(_verdict(case, control, check) for control, check in wanted)


def _verdict(case: Case, control: Control, check: Callable[[Case], Judged]) -> Verdict:
    silence = case.seen.silence
    if silence is not None:
        return Verdict(control, NO_ANSWER, (silence.text,))
    verdict, evidence = check(case)
    return Verdict(control, verdict, tuple(evidence))


def _without_proof(answer: Answer) -> str:
    return NO_ANSWER if isinstance(answer, NoAnswer) else INCONCLUSIVE


# -- zones ----------------------------------------------------------------------------------------------


def _over_zones(case: Case, check: Callable[[Zone], Judged]) -> Judged:
    if not case.seen.zones:
        return NOT_TESTED, ["no zones are given"]
    judged = [(zone, *check(zone)) for zone in case.seen.zones]
    worst = min((verdict for _zone, verdict, _evidence in judged), key=SEVERITY.index)
    return worst, [f"{zone.name}: {verdict}; {'; '.join(evidence)}" for zone, verdict, evidence in judged]


def zone_transfer(zone: Zone) -> Judged:
    answer = zone.transfer
    if answer is None:
        return NOT_TESTED, ["no transfer was asked for"]
    evidence = [f"SOA: {zone.soa.text}", f"first message of AXFR: {answer.text}"]
    if isinstance(answer, NoAnswer):
        return (INCONCLUSIVE if answer.was_ended else NO_ANSWER), evidence
    if not isinstance(answer, Reply):
        return INCONCLUSIVE, evidence
    if answer.rcode == NOERROR and answer.answer:
        return FAIL, evidence
    return _refused(zone, evidence) if answer.rcode in (REFUSED, NOTAUTH) else (INCONCLUSIVE, evidence)


def _refused(zone: Zone, evidence: list[str]) -> Judged:
    """A server refuses what it does not have as well: only a zone that it serves proves anything."""
    if zone.is_served is None:
        return _without_proof(zone.soa), [*evidence, *_untold(zone.soa)]
    return (PASS if zone.is_served else NOT_APPLICABLE), evidence


def _untold(soa: Answer) -> list[str]:
    """Why an answer does not tell whether the zone is there. The text of any other answer says that itself."""
    if not isinstance(soa, Reply):
        return []
    if soa.truncated:
        return ["the answer for the SOA is truncated, and does not tell whether the server has the zone"]
    return [
        f"{soa.rcode} for the SOA does not tell whether the server has the zone: it may be missing, still loading or expired, "
        "or a policy may keep this host out; look again when it is loaded, or from a host that may ask for it"
    ]


def zone_update(zone: Zone) -> Judged:
    if zone.update is None:
        return NOT_TESTED, ["no update was asked for"]
    last = zone.update if zone.deletion is None else zone.deletion
    evidence = [f"SOA: {zone.soa.text}", f"unsigned update that changes nothing: {zone.update.text}"]
    if zone.deletion is not None:
        evidence.append(f"unsigned deletion of a name that is not there: {zone.deletion.text}")
        evidence.append(f"serial {zone.serial} before, {zone.serial_after} after")
    if not isinstance(last, Reply):
        return _without_proof(last), evidence
    if zone.deletion is not None and last.rcode == NOERROR:
        return FAIL, evidence
    return _refused(zone, evidence) if last.rcode in NOT_TAKEN else (INCONCLUSIVE, evidence)


def transfers(case: Case) -> Judged:
    return _over_zones(case, zone_transfer)


def updates(case: Case) -> Judged:
    return _over_zones(case, zone_update)


# -- foreign names --------------------------------------------------------------------------------------


def recursion(case: Case) -> Judged:
    answer = case.seen.recursion
    if answer is None:
        return NOT_TESTED, ["no foreign name was asked for"]
    evidence = [f"{case.recursion_name} with recursion desired: {answer.text}"]
    if not isinstance(answer, Reply):
        return _without_proof(answer), evidence
    if answer.authoritative:
        return INCONCLUSIVE, [*evidence, "the name is in one of the server's own zones: give another recursion_name"]
    return _recursion_of(answer), evidence


def _recursion_of(answer: Reply) -> str:
    """A set RA alone is only a hint: what follows it may be refused, or fail further up."""
    resolved = bool(answer.answer) or answer.rcode == NXDOMAIN
    if answer.recursion_available and resolved:
        return FAIL
    if answer.rcode == REFUSED and not answer.answer:
        return PASS
    unclear = answer.recursion_available or resolved or answer.truncated or answer.rcode in (FORMERR, NOTIMP)
    return INCONCLUSIVE if unclear else PASS


def referral(case: Case) -> Judged:
    seen = case.seen
    asked = {f"{case.recursion_name} without recursion desired": seen.referral, "the root's servers": seen.root}
    answers = {name: answer for name, answer in asked.items() if answer is not None}
    if not answers:
        return NOT_TESTED, ["no foreign name was asked for"]
    evidence = [f"{name}: {answer.text}" for name, answer in answers.items()]
    if any(_is_root_referral(answer) for answer in (*answers.values(), seen.recursion)):
        return FAIL, evidence
    unproved = [answer for answer in answers.values() if not _is_whole(answer)]
    if unproved:
        return NO_ANSWER if any(isinstance(answer, NoAnswer) for answer in unproved) else INCONCLUSIVE, evidence
    return PASS, evidence


def _is_root_referral(answer: Answer | None) -> bool:
    """Whether the root's servers are handed out by somebody who is not one of them."""
    if not isinstance(answer, Reply) or answer.authoritative or answer.rcode != NOERROR:
        return False
    return any(record.name == "." and record.kind == "NS" for record in (*answer.answer, *answer.authority))


def _is_whole(answer: Answer) -> bool:
    return isinstance(answer, Reply) and not answer.truncated and answer.rcode not in (FORMERR, NOTIMP)


# -- the server -----------------------------------------------------------------------------------------


def version(case: Case) -> Judged:
    """Microsoft answers a question of class CH with a record of class IN, so that every TXT record counts."""
    if not case.seen.versions:
        return NOT_TESTED, ["no version was asked for"]
    evidence = [f"{name}: {answer.text}" for name, answer in case.seen.versions.items()]
    told = version_strings(case.seen)
    evidence += [f"told: {text}" for text in told]
    if any(VERSION.search(text) for text in told):
        return FAIL, evidence
    unproved = [answer for answer in case.seen.versions.values() if not isinstance(answer, Reply) or answer.truncated]
    return (_without_proof(unproved[0]) if unproved else PASS), evidence


def version_strings(seen: Observations) -> list[str]:
    replies = [answer for answer in seen.versions.values() if isinstance(answer, Reply)]
    return list(dict.fromkeys("".join(one.strings) for reply in replies for one in reply.answer if one.kind == "TXT"))


def rate_limiting(case: Case) -> Judged:
    burst = case.seen.burst
    if burst is None:
        return NOT_TESTED, [
            "no zone is given that is known to be served, whose name could be asked for" if case.rate_limiting else "rate_limiting is false"
        ]
    if burst.tcp_answered < HEALTHY_PART * burst.sent:
        return INCONCLUSIVE, [burst.text, "the path or the server loses answers over TCP as well"]
    if burst.missing == burst.sent:
        return NO_ANSWER, [burst.text]
    limited = burst.missing + burst.truncated >= LIMITED_PART * burst.sent
    return (PASS if limited else FAIL), [burst.text]


def edns(case: Case) -> Judged:
    answer = case.seen.edns
    if not isinstance(answer, Reply):
        return _without_proof(answer), [answer.text]
    if answer.payload is not None:
        return (PASS if answer.payload <= LARGEST_PAYLOAD else FAIL), [f"EDNS offers {answer.payload} bytes"]
    if answer.rcode not in WITHOUT_EDNS:
        return INCONCLUSIVE, [answer.text, f"{answer.rcode} without EDNS does not tell which size the server answers other questions with"]
    return PASS, [answer.text, "no EDNS, so that 512 bytes are the most"]


def over_tcp(case: Case) -> Judged:
    found = case.seen.tcp_reply
    if found is not None:
        return PASS, [found.text]
    replies = [each for each in case.seen.all() if isinstance(each, Reply) and each.transport == UDP]
    return (FAIL if replies else INCONCLUSIVE), [case.seen.tcp.text, *(each.text for each in replies[:1])]


CHECKS: Mapping[Control, Callable[[Case], Judged]] = {
    controls.TRANSFER: transfers,
    controls.RECURSION: recursion,
    controls.REFERRAL: referral,
    controls.UPDATE: updates,
    controls.VERSION: version,
    controls.RATE_LIMITING: rate_limiting,
    controls.EDNS: edns,
    controls.TCP: over_tcp,
}
