# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the probe of Remote Desktop, and of the lab's listener that it is tried against."""

from __future__ import annotations

from mutants.mutant import Mutant

_PROBE = "plugins/module_utils/_probe/"
_FRONT = "tests/lab/front/"


def _probe(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_PROBE + file, old, new, f"tests/unit/probe/test_{test}.py", only)


def _front(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant(_FRONT + file, old, new, "tests/unit/lab/test_front_rdp_messages.py", only)


PROBE = (
    _probe("x224.py", "        return Classic()\n", "        return Selected(HYBRID, 0)\n", "messages", "confirms"),
    _probe("x224.py", "        return Selected(value, flags)\n", "        return Selected(HYBRID, flags)\n", "messages", "confirms"),
    _probe("x224.py", "        return Failed(value)\n", "        return Selected(HYBRID, flags)\n", "messages", "confirms"),
    _probe("x224.py", "frozenset({HYBRID, HYBRID_EX})", "frozenset({HYBRID, RDSTLS, HYBRID_EX})", "judge", "verdicts_on_answers"),
    _probe("judge.py", "    return _without_pass(wanted), evidence", "    return PASS, evidence", "judge", "verdicts_on_answers"),
    _probe("judge.py", "return Verdict(control, NO_ANSWER, (silence.text,))", "return Verdict(control, PASS, ())", "judge", "silence"),
    _probe(
        "judge.py",
        'refused = _failed(seen["0"], HYBRID_REQUIRED) and _failed(seen["1"], HYBRID_REQUIRED)',
        'refused = _failed(seen["0"], HYBRID_REQUIRED)',
        "judge",
        "verdicts_on_answers",
    ),
    _probe("judge.py", 'for name in ("0", "1", "3", "0x0b")):', 'for name in ("0", "1", "3")):', "judge", "verdicts_on_answers"),
    _probe(
        "judge.py", 'return isinstance(seen.classic.get("none"), Disconnected | NoAnswer)', "return True", "judge", "verdicts_on_answers"
    ),
    _probe("judge.py", "if alive or any(", "if any(", "judge", "verdicts_on_answers"),
    _probe("judge.py", "for other in (security, *accepted))", "for other in (security,))", "judge", "encryption_level"),
    _probe("judge.py", "state in (tls.REFUSED, tls.CLOSED)", "state in (tls.REFUSED, tls.CLOSED, tls.NO_ANSWER)", "judge", "handshakes"),
    _probe("judge.py", "if accepted and _refused(attempts, KEY_EXCHANGE):", "if accepted:", "judge", "handshakes"),
    _probe("judge.py", "case.now <= details.not_after", "case.now", "certificate", "verdicts"),
    _probe("demands.py", "or (ALL in required and", "or (False and", "judge", "demands"),
    _probe("judge.py", "same = certificate.thumbprint == case.thumbprint", "same = True", "certificate", "thumbprint_is_compared"),
    _probe("tls.py", 'OUTDATED = ("1.0", "1.1")', 'OUTDATED = ("1.0",)', "judge", "handshakes"),
    _probe("tls.py", '("ECDHE-", "DHE-", "TLS_")', '("ECDHE-", "DHE-", "TLS_", "AES")', "tls", "forward_secrecy"),
    _probe("certificate.py", "details.key_size < (2048", "details.key_size < (1024", "certificate", "verdicts"),
    _probe("certificate.py", '("md5", "sha1")', '("md5",)', "certificate", "verdicts"),
    _probe(
        "credssp.py", 'struct.pack("<II", 1, _NEGOTIATE_FLAGS)', 'struct.pack("<II", 3, _NEGOTIATE_FLAGS)', "messages", "only_negotiate"
    ),
    _probe("mcs.py", "return Disconnected(code) if code else", "return", "messages", "mcs_refusals"),
    Mutant(
        _PROBE + "probing.py",
        "if isinstance(answer, x224.Confirm):",
        "if not isinstance(answer, NoAnswer):",
        "tests/unit/rdp/test_knock.py",
        "another_service",
    ),
)

FRONT = (
    _front("x224.py", "*([] if nla else [SSL])", "SSL", "connection_request"),
    _front("x224.py", "return Selected(None) if required is None else Refused(None)", "return Selected(None)", "silenced"),
    _front("x224.py", 'data = b"" if answer.code is None else', "data = b'' if True else", "connection_request"),
    _front("mcs.py", "HIGH: (BIT_128, FIPS)", "HIGH: (BIT_128, BIT_40, FIPS)", "standard_security"),
    _front(
        "settings.py",
        "machine.value(POLICY, name, machine.value(LISTENER, name, default))",
        "machine.value(LISTENER, name, default)",
        "policy_goes",
    ),
    _front("settings.py", 'if name != "TLS 1.3" or build >= FIRST_TLS_1_3 else 0', "", "versions_of_a_release"),
    _front("settings.py", "return file if NETWORK_SERVICE_READS.search(sddl) else None", "return file", "key_that_the_service"),
    _front("logon.py", "return bool(allowed & token) and not denied & token", "return bool(allowed & token)", "who_may_log_on"),
    _front("logon.py", '    if not account["enabled"]:\n', "    if False:\n", "who_may_log_on"),
)

MUTANTS = PROBE + FRONT
