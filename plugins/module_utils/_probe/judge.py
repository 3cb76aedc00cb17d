# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen, judged: one verdict for each control. Pure.

A request is judged by the protocol that was selected, never by the kind of the message. Where nothing came back the verdict is
no_answer, never pass: a closed port is not a hardened one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from . import rdp_controls as controls
from . import tls
from .answers import CLOSED, RESET, Disconnected, NoAnswer
from .certificate import INSTALL, Certificate, Details, is_weak_key, is_weak_signature, read_certificate
from .control import FAIL, INCONCLUSIVE, NO_ANSWER, NOT_OBSERVABLE, NOT_TESTED, PASS, SEVERITY, UNKNOWABLE, Control, Verdict
from .mcs import FIPS, HIGH, ServerSecurity
from .observation import KEY_EXCHANGE, TLS_REQUESTS, Observations, is_native
from .x224 import (
    CREDENTIALS_FIRST,
    HYBRID_REQUIRED,
    RDP,
    SSL,
    SSL_REQUIRED,
    Answer,
    Classic,
    Failed,
    Selected,
)

Judged = tuple[str, list[str]]


@dataclass(frozen=True)
class Case:
    """What a verdict rests on. thumbprint: the configured certificate's, in capital letters, where it is known. now: of the prober."""

    seen: Observations
    now: datetime
    thumbprint: str | None = None

    @property
    def certificate(self) -> Certificate | None:
        return read_certificate(self.seen.certificate) if self.seen.certificate is not None else None

    def said(self, *names: str) -> list[str]:
        return [f"request {name}: {self.seen.requests[name].text}" for name in names]


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


def _selected(answer: Answer, *protocols: int) -> bool:
    return isinstance(answer, Selected) and answer.protocol in protocols


def _failed(answer: Answer, *codes: int) -> bool:
    return isinstance(answer, Failed) and answer.code in codes


def _without_pass(answers: Iterable[Answer]) -> str:
    """For answers that prove nothing: whether that is because there were none."""
    return NO_ANSWER if any(isinstance(answer, NoAnswer) for answer in answers) else INCONCLUSIVE


def hardened(case: Case) -> Judged:
    parts = {
        "NLA required": nla_required(case),
        "native RDP security refused": native_refused(case),
        "TLS 1.2 or later only": tls_versions(case),
    }
    worst = min((verdict for verdict, _evidence in parts.values()), key=SEVERITY.index)
    evidence = [f"{name}: {verdict}" for name, (verdict, _evidence) in parts.items()]
    return (INCONCLUSIVE if worst in UNKNOWABLE else worst), evidence


def nla_required(case: Case) -> Judged:
    seen = case.seen.requests
    wanted = [seen["0"], seen["1"], seen["3"]]
    evidence = case.said("0", "1", "3", "0x0b")
    if any(_selected(seen[name], RDP, SSL) for name in ("0", "1", "3", "0x0b")):
        return FAIL, evidence
    refused = _failed(seen["0"], HYBRID_REQUIRED) and _failed(seen["1"], HYBRID_REQUIRED)
    if refused and _selected(seen["3"], *CREDENTIALS_FIRST):
        return PASS, evidence
    return _without_pass(wanted), evidence


def native_refused(case: Case) -> Judged:
    seen, classic = case.seen.requests, case.seen.classic
    evidence = [*case.said("none", "0"), *(f"MCS after request {name}: {answer.text}" for name, answer in classic.items())]
    alive = any(isinstance(answer, ServerSecurity) for answer in classic.values())
    if alive or any(_selected(answer, RDP) for answer in seen.values()):
        return FAIL, evidence
    if not _failed(seen["0"], SSL_REQUIRED, HYBRID_REQUIRED):
        return _without_pass([seen["0"]]), evidence
    if is_dead(case.seen):
        return PASS, evidence
    return _without_pass([seen["none"]]), evidence


def is_dead(seen: Observations) -> bool:
    """Whether a request without negotiation leads nowhere: it is refused, closed, or MCS behind it is not answered."""
    answer = seen.requests["none"]
    if isinstance(answer, Classic):
        return isinstance(seen.classic.get("none"), Disconnected | NoAnswer)
    if isinstance(answer, NoAnswer):
        return answer.connected and answer.kind in (CLOSED, RESET)
    return isinstance(answer, Failed | Disconnected)


def encryption_level(case: Case) -> Judged:
    seen, security = case.seen, case.seen.security
    if security is None:
        return _unseen_level(case)
    accepted = [other for other in seen.methods.values() if isinstance(other, ServerSecurity)]
    evidence = [security.text, *dict.fromkeys(other.text for other in accepted if other != security)]
    strong = security.level in (HIGH, FIPS) and all(other.method in (0x02, 0x10) for other in (security, *accepted))
    return (PASS if strong else FAIL), evidence


def _unseen_level(case: Case) -> Judged:
    if native_refused(case)[0] == PASS or (case.seen.tls_request is not None and not any(map(is_native, case.seen.requests.values()))):
        return NOT_OBSERVABLE, ["inside TLS the encryption level is not told, and native RDP security does not answer"]
    classic = list(case.seen.classic.values())
    if classic and all(isinstance(answer, Disconnected) for answer in classic):
        return NOT_OBSERVABLE, [answer.text for answer in classic]
    if any(isinstance(answer, NoAnswer) for answer in (*classic, case.seen.requests["0"])):
        return NO_ANSWER, case.said("none", "0") + [answer.text for answer in classic]
    return INCONCLUSIVE, case.said("none", "0") + [answer.text for answer in classic]


def _no_tls(case: Case) -> Judged | None:
    """The verdict where no request leads into TLS; None where one does."""
    if case.seen.tls_request is not None:
        return None
    answers = [case.seen.requests[name] for name in TLS_REQUESTS]
    told = all(isinstance(answer, Selected | Failed | Classic) for answer in answers)
    return (NOT_OBSERVABLE if told else _without_pass(answers)), ["no request leads into TLS", *case.said(*TLS_REQUESTS)]


def _refused(attempts: Mapping[str, tls.Attempt], name: str) -> bool:
    """Whether a handshake was refused, for verdicts that ask for another one on the same way that came to its end.

    Schannel may close or reset without an alert where it takes nothing of what is offered. Beside a handshake that was accepted
    that is a refusal; alone it is no answer.
    """
    return attempts[name].state in (tls.REFUSED, tls.CLOSED)


def _unproved(attempts: Iterable[tls.Attempt]) -> str:
    """The verdict for handshakes that prove nothing."""
    states = {attempt.state for attempt in attempts}
    if states & {tls.CLOSED, tls.NO_ANSWER}:
        return NO_ANSWER
    return NOT_TESTED if tls.NOT_TESTED in states and tls.UNCLEAR not in states else INCONCLUSIVE


def tls_versions(case: Case) -> Judged:
    attempts = case.seen.tls
    without = _no_tls(case)
    if without is not None:
        return without
    evidence = [f"TLS {version}: {attempts[version].text}" for version in tls.VERSIONS]
    if any(attempts[version].state == tls.ACCEPTED for version in tls.OUTDATED):
        return FAIL, evidence
    open_questions = [attempts[version] for version in tls.OUTDATED if not _refused(attempts, version)]
    current = [attempts[version] for version in tls.VERSIONS if version not in tls.OUTDATED]
    if not any(attempt.state == tls.ACCEPTED for attempt in current):
        open_questions += current
    return (_unproved(open_questions) if open_questions else PASS), evidence


def forward_secrecy(case: Case) -> Judged:
    without = _no_tls(case)
    if without is not None:
        return without
    attempts = case.seen.tls
    accepted = [attempt for attempt in (*attempts.values(), case.seen.session) if attempt and attempt.state == tls.ACCEPTED]
    evidence = [f"negotiated: {case.seen.session.text}"] if case.seen.session else []
    evidence.append(f"only suites with RSA key exchange offered: {attempts[KEY_EXCHANGE].text}")
    if any(attempt.suite and not tls.is_forward_secret(attempt.suite) for attempt in accepted):
        return FAIL, evidence
    if accepted and _refused(attempts, KEY_EXCHANGE):
        return PASS, evidence
    return _unproved([attempts[KEY_EXCHANGE]] if accepted else attempts.values()), evidence


def _certificate(case: Case) -> Certificate | Judged:
    certificate = case.certificate
    if certificate is not None:
        return certificate
    session = case.seen.session
    if session is None or session.state == tls.ACCEPTED:
        return _no_tls(case) or (INCONCLUSIVE, ["the TLS session showed no certificate"])
    return _unproved([session]) if session.state != tls.REFUSED else INCONCLUSIVE, [f"no TLS session: {session.text}"]


def _details(case: Case) -> Details | Judged:
    certificate = _certificate(case)
    if not isinstance(certificate, Certificate):
        return certificate
    if certificate.details is None:
        return (NOT_TESTED if certificate.unread == INSTALL else INCONCLUSIVE), [certificate.unread]
    return certificate.details


def certificate_dates(case: Case) -> Judged:
    details = _details(case)
    if not isinstance(details, Details):
        return details
    valid = details.not_before <= case.now <= details.not_after
    return (PASS if valid else FAIL), [f"valid from {details.not_before:%Y-%m-%d %H:%M} to {details.not_after:%Y-%m-%d %H:%M} UTC"]


def certificate_strength(case: Case) -> Judged:
    details = _details(case)
    if not isinstance(details, Details):
        return details
    weak = is_weak_key(details) or is_weak_signature(details)
    key = f"{details.key_type}, {details.key_size} bits" if details.key_size else details.key_type
    return (FAIL if weak else PASS), [f"key {key}; signed with {details.signature_hash or details.key_type}"]


def certificate_issuer(case: Case) -> Judged:
    details = _details(case)
    if not isinstance(details, Details):
        return details
    return (FAIL if details.self_signed else PASS), [f"subject {details.subject}; issuer {details.issuer}"]


def certificate_configured(case: Case) -> Judged:
    if case.thumbprint is None:
        return NOT_TESTED, ["certificate_thumbprint is not given"]
    certificate = _certificate(case)
    if not isinstance(certificate, Certificate):
        return certificate
    same = certificate.thumbprint == case.thumbprint
    return (PASS if same else FAIL), [f"shown: {certificate.thumbprint}; configured: {case.thumbprint}"]


CHECKS: Mapping[Control, Callable[[Case], Judged]] = {
    controls.HARDENED: hardened,
    controls.NLA_REQUIRED: nla_required,
    controls.NATIVE_REFUSED: native_refused,
    controls.ENCRYPTION_LEVEL: encryption_level,
    controls.TLS_VERSIONS: tls_versions,
    controls.FORWARD_SECRECY: forward_secrecy,
    controls.CERTIFICATE_DATES: certificate_dates,
    controls.CERTIFICATE_STRENGTH: certificate_strength,
    controls.CERTIFICATE_ISSUER: certificate_issuer,
    controls.CERTIFICATE_CONFIGURED: certificate_configured,
}
