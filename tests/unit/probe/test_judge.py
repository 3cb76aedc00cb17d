# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen, and the verdict by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._probe import mcs, rdp_controls, tls
from ansible_collections.hardening.windows.plugins.module_utils._probe.answers import RESET, Disconnected, NoAnswer, Unreadable
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import Verdict
from ansible_collections.hardening.windows.plugins.module_utils._probe.demands import unmet
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import CHECKS, Case, judge
from unit.probe.samples import (
    CLASSIC,
    CLOSED,
    F1,
    F2,
    F3,
    F5,
    F6,
    GOOD_TLS,
    HYBRID,
    HYBRID_EX,
    NOW,
    RDP,
    REFUSED_TCP,
    SSL,
    TIMEOUT,
    ULTIMATUM,
    failed,
    security,
    seen,
    selected,
    verdicts,
)

DEAD = {"classic": {"none": Disconnected()}}
ALIVE = {"classic": {"none": security(0x02, mcs.HIGH)}}

# What Windows answers by its settings (MS-RDPBCGR 3.3.5.3.2), and variants of it. Columns: no negotiation, 0, 1, 3, 0x0b.
# Verdicts: hardened, NLA, native refused, encryption level, TLS versions.
ROWS: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "2, 1: closed without negotiation": ((CLOSED, F5, F5, HYBRID, HYBRID_EX), {}, "pass pass pass not_observable pass"),
    "2, 1: reset without negotiation": (
        (NoAnswer(RESET, connected=True), F5, F5, HYBRID, HYBRID_EX),
        {},
        "pass pass pass not_observable pass",
    ),
    "2, 1: 11 bytes, MCS refused": ((CLASSIC, F5, F5, HYBRID, HYBRID_EX), DEAD, "pass pass pass not_observable pass"),
    "2, 1: 11 bytes, MCS not answered": (
        (CLASSIC, F5, F5, HYBRID, HYBRID),
        {"classic": {"none": CLOSED}},
        "pass pass pass not_observable pass",
    ),
    "2, 1: 11 bytes, MCS not understood": (
        (CLASSIC, F5, F5, HYBRID, HYBRID),
        {"classic": {"none": Unreadable(b"\x03", "it ends in the middle")}},
        "inconclusive pass inconclusive inconclusive pass",
    ),
    "2, 1: no HYBRID_EX": ((CLOSED, F5, F5, HYBRID, HYBRID), {}, "pass pass pass not_observable pass"),
    "2, 0": ((CLASSIC, F1, SSL, HYBRID, HYBRID_EX), DEAD, "fail fail pass not_observable pass"),
    "2, 0 without CredSSP": ((CLASSIC, F1, SSL, SSL, SSL), DEAD, "fail fail pass not_observable pass"),
    "1, 0": ((CLASSIC, RDP, SSL, HYBRID, HYBRID_EX), ALIVE, "fail fail fail pass pass"),
    "0, 0": ((CLASSIC, RDP, F2, F2, F2), ALIVE, "fail fail fail pass not_observable"),
    "NLA, and classic goes on all the same": ((CLASSIC, F5, F5, HYBRID, HYBRID_EX), ALIVE, "fail pass fail pass pass"),
    "a request for NLA falls back to TLS": ((CLOSED, F5, F5, HYBRID, SSL), {}, "fail fail pass not_observable pass"),
    "a request for TLS falls back to RDP": ((CLOSED, F5, RDP, HYBRID, HYBRID), {}, "fail fail fail inconclusive pass"),
    "code 6 is not code 5": ((CLOSED, F5, F6, HYBRID, HYBRID), {}, "inconclusive inconclusive pass not_observable pass"),
    "code 4": ((CLOSED, F5, failed(4), HYBRID, HYBRID), {}, "inconclusive inconclusive pass not_observable pass"),
    "RDSTLS for NLA": ((CLOSED, F5, F5, selected(4), selected(4)), {}, "inconclusive inconclusive pass not_observable pass"),
    "an unknown protocol": ((CLOSED, F5, F5, selected(0x40), HYBRID), {}, "inconclusive inconclusive pass not_observable pass"),
    "no certificate": ((CLASSIC, F3, F3, F3, F3), DEAD, "inconclusive inconclusive inconclusive not_observable not_observable"),
    "1 is not answered": ((CLOSED, F5, CLOSED, HYBRID, HYBRID), {}, "no_answer no_answer pass not_observable pass"),
    "0 is not answered": ((CLOSED, CLOSED, F5, HYBRID, HYBRID), {}, "no_answer no_answer no_answer not_observable pass"),
    "3 is not answered": ((CLOSED, F5, F5, TIMEOUT, TIMEOUT), {}, "no_answer no_answer pass not_observable no_answer"),
    "a slow answer is none": ((TIMEOUT, F5, F5, HYBRID, HYBRID), {}, "no_answer pass no_answer not_observable pass"),
    "everything is closed": ((CLOSED,) * 5, {}, "no_answer no_answer no_answer no_answer no_answer"),
    "the port is closed": ((REFUSED_TCP,) * 5, {}, "no_answer no_answer no_answer no_answer no_answer"),
    "everything is refused by MCS": (
        (ULTIMATUM,) * 5,
        {},
        "inconclusive inconclusive inconclusive inconclusive inconclusive",
    ),
    "another service": ((b"SSH-2.0-x",) * 5, {}, "inconclusive inconclusive inconclusive inconclusive inconclusive"),
}


@pytest.mark.parametrize(("row", "more", "expected"), ROWS.values(), ids=ROWS)
def test_verdicts_on_answers(row: Any, more: dict[str, Any], expected: str) -> None:
    found = verdicts(seen(row, **more))
    assert [found[number] for number in ("01", "02", "03", "04", "05")] == expected.split()


@pytest.mark.parametrize("silence", [CLOSED, TIMEOUT, REFUSED_TCP])
def test_silence_is_no_answer_for_every_control(silence: NoAnswer) -> None:
    found = judge(Case(seen((silence,) * 5), NOW, "0" * 40))
    assert {one.verdict for one in found} == {"no_answer"}
    assert {one.evidence for one in found} == {(silence.text,)}


LEVELS = {
    "low": (security(0x01, mcs.LOW), {}, "fail"),
    "client compatible": (security(0x01, mcs.CLIENT_COMPATIBLE), {}, "fail"),
    "client compatible with 128 bits": (security(0x02, mcs.CLIENT_COMPATIBLE), {}, "fail"),
    "high": (security(0x02, mcs.HIGH), {0x02: security(0x02, mcs.HIGH)}, "pass"),
    "high, but 40 bits when asked": (security(0x02, mcs.HIGH), {0x01: security(0x01, mcs.HIGH)}, "fail"),
    "high, weak methods refused": (security(0x02, mcs.HIGH), {0x01: Disconnected(), 0x08: CLOSED}, "pass"),
    "fips": (security(0x10, mcs.FIPS), {}, "pass"),
    "none": (security(0, mcs.NO_LEVEL), {}, "fail"),
    "unknown": (security(0x40, 9), {}, "fail"),
}


@pytest.mark.parametrize(("security", "methods", "expected"), LEVELS.values(), ids=LEVELS)
def test_encryption_level(security: mcs.ServerSecurity, methods: dict[int, Any], expected: str) -> None:
    found = verdicts(seen((CLASSIC, RDP, SSL, SSL, SSL), classic={"none": security}, methods=methods))
    assert found["04"] == expected


HARD = (CLOSED, F5, F5, HYBRID, HYBRID_EX)


def with_tls(**attempts: tls.Attempt) -> dict[str, tls.Attempt]:
    return (
        GOOD_TLS
        | {name.replace("_", ".").lstrip("v"): one for name, one in attempts.items() if name[0] == "v"}
        | {name: one for name, one in attempts.items() if name[0] != "v"}
    )


ACCEPTED = tls.Attempt(tls.ACCEPTED, version="1.0", suite="ECDHE-RSA-AES256-SHA")
WITH_RSA = tls.Attempt(tls.ACCEPTED, version="1.2", suite="AES256-GCM-SHA384")
SHUT = tls.Attempt(tls.CLOSED)
SILENT = tls.Attempt(tls.NO_ANSWER)
UNTRIED = tls.Attempt(tls.NOT_TESTED, "no protocols available")
UNCLEAR = tls.Attempt(tls.UNCLEAR)
NO = tls.Attempt(tls.REFUSED)

# Hardened, TLS versions, forward secrecy.
HANDSHAKES: dict[str, tuple[dict[str, tls.Attempt], str]] = {
    "current only": (with_tls(), "pass pass pass"),
    "1.2 only": (with_tls(v1_3=NO), "pass pass pass"),
    "1.3 only": (with_tls(v1_2=NO), "pass pass pass"),
    "1.0 accepted": (with_tls(v1_0=ACCEPTED), "fail fail pass"),
    "1.1 accepted": (with_tls(v1_1=ACCEPTED), "fail fail pass"),
    "1.0 closed where 1.2 is accepted": (with_tls(v1_0=SHUT), "pass pass pass"),
    "everything closed": (dict.fromkeys(GOOD_TLS, SHUT), "no_answer no_answer no_answer"),
    "everything silent": (dict.fromkeys(GOOD_TLS, SILENT), "no_answer no_answer no_answer"),
    "everything refused": (dict.fromkeys(GOOD_TLS, NO), "inconclusive inconclusive inconclusive"),
    "1.0 silent": (with_tls(v1_0=SILENT), "no_answer no_answer pass"),
    "1.0 not tried": (with_tls(v1_0=UNTRIED), "inconclusive not_tested pass"),
    "1.0 unclear": (with_tls(v1_0=UNCLEAR), "inconclusive inconclusive pass"),
    "RSA key exchange": (with_tls(rsa_key_exchange=WITH_RSA), "pass pass fail"),
    "RSA key exchange closed": (with_tls(rsa_key_exchange=SHUT), "pass pass pass"),
    "RSA key exchange silent": (with_tls(rsa_key_exchange=SILENT), "pass pass no_answer"),
    "RSA key exchange not tried": (with_tls(rsa_key_exchange=UNTRIED), "pass pass not_tested"),
    "a suite without forward secrecy": (with_tls(v1_2=WITH_RSA), "pass pass fail"),
}


@pytest.mark.parametrize(("attempts", "expected"), HANDSHAKES.values(), ids=HANDSHAKES)
def test_verdicts_on_handshakes(attempts: dict[str, tls.Attempt], expected: str) -> None:
    session = attempts["1.3"] if attempts["1.3"].state == tls.ACCEPTED else attempts["1.2"]
    found = verdicts(seen(HARD, tls=attempts, session=session))
    assert [found[number] for number in ("01", "05", "06")] == expected.split()


# -- what a task asks for -------------------------------------------------------------------------------


def control(number: int, verdict: str) -> Verdict:
    return Verdict(rdp_controls.CONTROLS[number - 1], verdict, ())


JUDGED = [
    control(1, "pass"),
    control(2, "fail"),
    control(3, "no_answer"),
    control(4, "not_observable"),
    control(5, "inconclusive"),
    control(10, "not_tested"),
]
DEMANDS = {
    "nothing": ([], []),
    "all": (["all"], [2, 3, 5]),
    "a pass": (["HW-RDP-PROBE-01"], []),
    "a fail": (["HW-RDP-PROBE-02"], [2]),
    "a benchmark's id": (["V-254369"], [4]),
    "one that cannot be seen": (["HW-RDP-PROBE-04"], [4]),
    "one that was not tested, beside all": (["all", "HW-RDP-PROBE-10"], [2, 3, 5, 10]),
}


@pytest.mark.parametrize(("required", "expected"), DEMANDS.values(), ids=DEMANDS)
def test_demands(required: list[str], expected: list[int]) -> None:
    assert [int(one.control.id[-2:]) for one in unmet(JUDGED, required)] == expected


def test_what_is_skipped_has_no_verdict() -> None:
    found = judge(Case(seen(HARD), NOW), {"V-254369", "HW-RDP-PROBE-09"})
    assert [one.control.id[-2:] for one in found] == ["01", "02", "03", "05", "06", "07", "08", "10"]


def test_every_control_is_judged_and_named_once() -> None:
    assert tuple(CHECKS) == rdp_controls.CONTROLS
    ids = [one for control in rdp_controls.CONTROLS for one in control.ids]
    assert len(ids) == len(set(ids))
    assert all(control.title and control.reason and control.source for control in rdp_controls.CONTROLS)


def test_a_restricted_admin_flag_changes_no_verdict() -> None:
    without = seen((CLOSED, F5, F5, selected(2, 0x07), selected(8, 0x07)))
    assert verdicts(without) == verdicts(replace(without, requests=seen(HARD).requests))
