# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a probe: what was seen, as plain data with fixed keys. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from . import tls
from .answers import Disconnected, NoAnswer
from .certificate import Certificate
from .control import NO_ANSWER, NOT_OBSERVABLE, Verdict
from .credssp import Challenge
from .judge import Case, encryption_level, is_dead, nla_required
from .mcs import METHODS, ServerSecurity
from .observation import KEY_EXCHANGE, REQUESTS, Observations
from .x224 import FAILURES, RESTRICTED_ADMIN, Answer, Classic, Failed, Selected, flag_names, protocol_name

_NAMES = ("netbios_computer", "netbios_domain", "dns_computer", "dns_domain", "dns_forest")


def result(case: Case, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    return {
        "verdicts": [verdict.as_result() for verdict in verdicts],
        "protocols": protocols(case),
        "encryption": encryption(case),
        "tls": tls_result(case.seen),
        "certificate": certificate(case),
        "credssp": credssp(case.seen),
    }


def protocols(case: Case) -> dict[str, Any]:
    seen = case.seen
    return {
        "requests": [_request(name, seen.requests[name]) for name in REQUESTS],
        "nla": nla_required(case)[0],
        "classic": _classic(seen),
        "restricted_admin_capable": _restricted_admin(seen),
    }


def _request(name: str, answer: Answer) -> dict[str, Any]:
    return {
        "request": name,
        "answer": _kind(answer),
        "protocol": protocol_name(answer.protocol) if isinstance(answer, Selected) else None,
        "code": answer.code if isinstance(answer, Failed) else None,
        "code_name": FAILURES.get(answer.code) if isinstance(answer, Failed) else None,
        "flags": flag_names(answer.flags) if isinstance(answer, Selected) else [],
        "text": answer.text,
    }


def _kind(answer: Answer) -> str:
    kinds = {Selected: "selected", Failed: "failed", Classic: "without_negotiation", Disconnected: "disconnected", NoAnswer: NO_ANSWER}
    return kinds.get(type(answer), "unreadable")


def _classic(seen: Observations) -> str:
    if seen.security is not None:
        return "alive"
    if seen.silence is not None:
        return NO_ANSWER
    return "dead" if is_dead(seen) else "unclear"


def _restricted_admin(seen: Observations) -> bool | None:
    """A capability of the Windows release. Whether it follows DisableRestrictedAdmin is not known; null where nothing was selected."""
    flags = [answer.flags for answer in seen.requests.values() if isinstance(answer, Selected)]
    return any(each & RESTRICTED_ADMIN for each in flags) if flags else None


def encryption(case: Case) -> dict[str, Any]:
    security = case.seen.security
    if security is None:
        state = NO_ANSWER if case.seen.silence is not None else encryption_level(case)[0]
        return {"state": state, "method": None, "level": None, "methods": []}
    return {"state": "observed", "method": security.method_name, "level": security.level_name, "methods": _methods(case.seen)}


def _methods(seen: Observations) -> list[str]:
    """Those that were asked for alone and agreed to."""
    agreed = {method for method, answer in seen.methods.items() if isinstance(answer, ServerSecurity) and answer.method == method}
    return [name for method, name in METHODS.items() if method in agreed]


def tls_result(seen: Observations) -> dict[str, Any]:
    session = seen.session if seen.session is not None and seen.session.state == tls.ACCEPTED else None
    suite = session.suite if session is not None else None
    return {
        "state": "observed" if seen.tls_request else NO_ANSWER if seen.silence else NOT_OBSERVABLE,
        "request": seen.tls_request,
        "versions": [_attempt(version, seen.tls[version]) for version in tls.VERSIONS if version in seen.tls],
        "version": session.version if session is not None else None,
        "suite": suite,
        "forward_secret": tls.is_forward_secret(suite) if suite else None,
        "rsa_key_exchange": seen.tls[KEY_EXCHANGE].state if KEY_EXCHANGE in seen.tls else None,
    }


def _attempt(version: str, attempt: tls.Attempt) -> dict[str, Any]:
    return {"version": version, "state": attempt.state, "suite": attempt.suite, "reason": attempt.reason}


def certificate(case: Case) -> dict[str, Any] | None:
    found = case.certificate
    if found is None:
        return None
    configured = found.thumbprint == case.thumbprint if case.thumbprint is not None else None
    return {"thumbprint": found.thumbprint, "configured": configured, **_certificate_details(found)}


def _certificate_details(found: Certificate) -> dict[str, Any]:
    names = ("subject", "issuer", "subject_alternative_names", "key_type", "key_size", "signature_hash", "self_signed")
    details = found.details
    if details is None:
        return dict.fromkeys((*names, "not_before", "not_after")) | {"unread": found.unread}
    plain = {name: getattr(details, name) for name in names} | {"subject_alternative_names": list(details.subject_alternative_names)}
    return plain | {"not_before": _stamp(details.not_before), "not_after": _stamp(details.not_after), "unread": None}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def credssp(seen: Observations) -> dict[str, Any]:
    """What a stranger is told: no setting hides it but switching NTLM off."""
    answer = seen.credssp
    empty = dict.fromkeys(("target", *_NAMES, "os_version", "clock"))
    if isinstance(answer, Challenge):
        clock = _stamp(answer.clock) if answer.clock else None
        names = {name: answer.names.get(name) for name in _NAMES}
        return {"state": "challenge", "target": answer.target, **names, "os_version": answer.version, "clock": clock, "text": answer.text}
    if answer is None:
        return {"state": NO_ANSWER if seen.silence else NOT_OBSERVABLE, **empty, "text": "no request leads to CredSSP"}
    state = NO_ANSWER if isinstance(answer, NoAnswer) else "no_challenge"
    return {"state": state, **empty, "text": answer.text}
