# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the probe of DNS servers."""

from __future__ import annotations

from mutants.mutant import Mutant

_PROBE = "plugins/module_utils/_dns_probe/"


def _probe(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_PROBE + file, old, new, f"tests/unit/dns_probe/test_{test}.py", only)


MUTANTS = (
    _probe(
        "judge.py", "return (INCONCLUSIVE if answer.was_ended else NO_ANSWER), evidence", "return PASS, evidence", "judge", "test_transfer"
    ),
    _probe("judge.py", "if answer.rcode == NOERROR and answer.answer:", "if answer.answer and zone.is_served:", "judge", "test_transfer"),
    _probe("judge.py", "(PASS if zone.is_served else NOT_APPLICABLE)", "PASS", "judge", "test_transfer"),
    _probe("judge.py", "return _without_proof(zone.soa), [", "return PASS, [", "judge", "test_update"),
    _probe("judge.py", "last = zone.update if zone.deletion is None else zone.deletion", "last = zone.update", "judge", "test_update"),
    _probe("judge.py", "if zone.deletion is not None and last.rcode == NOERROR:", "if last.rcode == NOERROR:", "judge", "test_update"),
    _probe("judge.py", "worst = min((", "worst = max((", "judge", "several_zones"),
    _probe(
        "judge.py",
        "SEVERITY = (FAIL, NO_ANSWER, INCONCLUSIVE, NOT_TESTED, PASS, NOT_APPLICABLE)",
        "SEVERITY = (FAIL, NO_ANSWER, INCONCLUSIVE, NOT_TESTED, NOT_APPLICABLE, PASS)",
        "judge",
        "several_zones",
    ),
    _probe("judge.py", "    if answer.recursion_available and resolved:", "    if answer.recursion_available:", "judge", "test_recursion"),
    _probe(
        "judge.py",
        "resolved = bool(answer.answer) or answer.rcode == NXDOMAIN",
        "resolved = bool(answer.answer)",
        "judge",
        "test_recursion",
    ),
    _probe(
        "judge.py",
        "    if answer.rcode == REFUSED and not answer.answer:",
        "    if answer.rcode == SERVFAIL and not answer.answer:".replace("SERVFAIL", '"SERVFAIL"'),
        "judge",
        "test_recursion",
    ),
    _probe(
        "judge.py",
        "    if answer.authoritative:\n        return INCONCLUSIVE",
        "    if False:\n        return INCONCLUSIVE",
        "judge",
        "test_recursion",
    ),
    _probe("judge.py", "or resolved or answer.truncated or", "or resolved or", "judge", "test_recursion"),
    _probe("judge.py", "(*answers.values(), seen.recursion))", "answers.values())", "judge", "test_referral"),
    _probe("judge.py", "or answer.authoritative or answer.rcode != NOERROR:", "or answer.rcode != NOERROR:", "judge", "test_referral"),
    _probe("judge.py", 'record.name == "." and ', "", "judge", "test_referral"),
    _probe("judge.py", "(*answer.answer, *answer.authority))", "answer.authority)", "judge", "test_referral"),
    _probe("judge.py", 'r"Microsoft DNS|\\d+\\.\\d+"', 'r"\\d+\\.\\d+"', "judge", "test_version"),
    _probe("judge.py", "not isinstance(answer, Reply) or answer.truncated]", "not isinstance(answer, Reply)]", "judge", "test_version"),
    _probe("judge.py", "burst.missing + burst.truncated >=", "burst.missing >=", "judge", "test_rate_limiting"),
    _probe("judge.py", "if burst.tcp_answered < HEALTHY_PART * burst.sent:", "if False:", "judge", "test_rate_limiting"),
    _probe(
        "judge.py",
        "    if burst.missing == burst.sent:\n        return NO_ANSWER",
        "    if burst.missing == burst.sent:\n        return PASS",
        "judge",
        "test_rate_limiting",
    ),
    _probe("judge.py", "LARGEST_PAYLOAD = 1232", "LARGEST_PAYLOAD = 4096", "judge", "test_edns"),
    _probe("judge.py", "return (FAIL if replies else INCONCLUSIVE)", "return INCONCLUSIVE", "judge", "test_tcp"),
    _probe("judge.py", "return Verdict(control, NO_ANSWER, (silence.text,))", "return Verdict(control, PASS, ())", "judge", "silence"),
    _probe("observation.py", "self.soa.authoritative and ", "", "judge", "test_transfer"),
    _probe("observation.py", "in ABSENT or self._is_denied else None", "in ABSENT or self._is_denied else False", "judge", "test_transfer"),
    _probe("observation.py", " in ABSENT or self._is_denied", " in ABSENT", "judge", "test_transfer"),
    _probe("observation.py", "        if self.soa.truncated:\n            return None\n", "", "judge", "test_transfer"),
    _probe("observation.py", "self.soa.rcode == REFUSED and by_transfer", "by_transfer", "judge", "test_transfer"),
    _probe("judge.py", "[*evidence, *_untold(zone.soa)]", "evidence", "judge", "test_why"),
    _probe("judge.py", "    if answer.rcode not in WITHOUT_EDNS:", "    if False:", "judge", "test_edns"),
    _probe(
        "dns_controls.py",
        'a zone that takes none refuses the same",\n',
        'a zone that takes none refuses the same",\n    ("V-259334", "V-259362"),\n',
        "judge",
        "claims_no_rule",
    ),
    Mutant("playbooks/probe.yml", "dns_harden_probe_host | default(", "(", "tests/unit/test_probe_playbook.py", "test_the_host"),
    _probe("observation.py", "and all(isinstance(each, NoAnswer) for each in self.all())", "", "judge", "test_tcp"),
    _probe("messages.py", "made.present(dns.name.from_text(zone))", "made.absent(dns.name.from_text(zone))", "messages", "test_questions"),
    _probe("messages.py", "    made.delete(", "    made.present(", "messages", "deletion"),
    _probe("messages.py", "secrets.token_hex(16)", "'0' * 32", "messages", "deletion"),
    _probe("messages.py", "dns.rdataclass.CH if chaos", "dns.rdataclass.IN if chaos", "messages", "test_questions"),
    _probe("messages.py", "query.message.id = (first + number) % 0x10000", "query.message.id = first", "messages", "identical"),
    _probe(
        "messages.py", "same and (not found.question or found.question == self.message.question)", "same", "messages", "answers_no_question"
    ),
    _probe(
        "messages.py",
        "same and (not found.question or found.question == self.message.question)",
        "same and found.question == self.message.question",
        "messages",
        "without_the_question",
    ),
    _probe("messages.py", "found.opcode() == self.message.opcode()", "True", "messages", "answers_no_question"),
    _probe("messages.py", " and bool(found.flags & dns.flags.QR)", "", "messages", "answers_no_question"),
    _probe(
        "messages.py",
        "except (dns.exception.DNSException, ValueError)",
        "except (dns.message.ShortHeader, ValueError)",
        "messages",
        "cut or whatever",
    ),
    _probe("probing.py", " or update.rcode in NOT_TAKEN:", ":", "probing", "refused_update"),
    _probe("probing.py", "if not isinstance(update, Reply) or", "if", "probing", "refused_update"),
    _probe("probing.py", "if self._is_wanted(controls.TRANSFER):", "if True:", "probing", "skipped"),
    _probe(
        "probing.py",
        "return self._update(zone) if self._is_wanted(controls.UPDATE) else zone",
        "return self._update(zone)",
        "probing",
        "skipped",
    ),
    _probe("probing.py", " and self._wanted.rate_limiting else seen", " else seen", "probing", "on_request"),
    _probe("probing.py", "and not seen.silence.connected:", "and seen.silence.connected:", "probing", "nothing_is_there"),
    _probe("probing.py", "by_tcp = isinstance(udp, NoAnswer) and", "by_tcp = False and", "probing", "edns"),
    _probe("probing.py", "name = seen.served[0].name", "name = seen.zones[0].name", "probing", "burst_needs"),
    _probe("probing.py", "truncated = sum(each.truncated for each in found)", "truncated = 0", "probing", "counted"),
    _probe("options.py", 'name == zone or name.endswith(f".{zone}")', "name.endswith(zone)", "options", "beside or own"),
    _probe("report.py", "if NOT_APPLICABLE in verdicts]", "]", "dns_probe_documentation", "not_served"),
    _probe("answers.py", "{len(self.answer)} answers", "{self.answer} answers", "dns_probe_documentation", "no_record"),
)
