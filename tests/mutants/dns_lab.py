# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the DNS Server's payload, of the lab's Python engine and front, and of its stand-ins that no compiler makes."""

from __future__ import annotations

from mutants.mutant import Mutant

_ROWS = "tests/conformance/test_rows.py"
_STAND_IN = "tests/lab/engine_pwsh/stand_ins/feature_modules/DnsServer/"


def _payload(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant("plugins/module_utils/" + file, old, new, _ROWS, f"pwsh and dns and {only}")


def _stand_in(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant(_STAND_IN + file, old, new, _ROWS, f"pwsh and dns and {only}")


def _engine(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant("tests/lab/engine_python/" + file, old, new, _ROWS, f"python and dns and {only}")


def _front(file: str, old: str, new: str, only: str) -> Mutant:
    return Mutant("tests/lab/front/domain_names/" + file, old, new, "tests/unit/lab/test_front_dns.py", only)


PAYLOAD = (
    _payload("_DnsWrite.psm1", "Invoke-Dnscmd 'ResetListenAddresses' $before", "$null = $before", "makes and list and everywhere"),
    _payload("_DnsWrite.psm1", "-ne $count) {", "-ne 1) {", "planned and two"),
    Mutant(
        "plugins/module_utils/_DnsWrite.psm1",
        "if ($given['InputObject'] -is [bool])",
        "if ($false)",
        "tests/conformance/test_dns_faults.py",
        "every_step",
    ),
    _payload("_DnsCall.psm1", "return [long]$Value.TotalSeconds", "return [long]$Value.TotalMinutes", "cache and cmdlet"),
    _payload("_DnsCall.psm1", "9601 = 'zone_unknown'", "9601 = 'zone_unfit'", "refused and updates and zone and there"),
    _payload("_Account.psm1", "-eq 'LanmanNT'", "-eq 'ServerNT'", "access or no and domain and controller and has and such"),
)

STAND_INS = (_stand_in("Zones.ps1", "if ($Mode -eq 'Secure' -and -not", "if ($false -and -not", "refused and secure and file"),)

ENGINE = (
    _engine("dns_listen.py", "    if listed(service) == before:", "    if True:", "makes and list and everywhere"),
    _engine("dns_listen.py", "everywhere = not service.parameter(LISTEN)", "everywhere = True", "loopback and nobody"),
    _engine("dns_restart.py", '.pop("in_force", None)', '.get("in_force", None)', "nothing and waits"),
    _engine("dns_service.py", "        if waiting[value.property] == shown:", "        if False:", "set and back and any"),
    _engine("dns_cmdlets.py", 'wanted["LeakRate"] < wanted["TruncateRate"]', "False", "refused and LeakRate and Enable"),
    _engine("dns_cmdlets.py", "name.lower() for name in parameters", "name for name in parameters", "block and small"),
    _engine("dns_program.py", 'slave = switch == "/slave"', 'slave = switch == "/noslave"', "forwarders and timer and nothing"),
    _engine("dns_zones.py", '(3, 2) if zone["IsDsIntegrated"]', '(1, 1) if zone["IsDsIntegrated"]', "directory and transferred and list"),
    _engine("dns_zones.py", 'if wanted == "Secure" and not', "if False and not", "refused and secure and file and not dnscmd"),
    _engine("dns_policies.py", 'peer["ProcessingOrder"] -= 1', "pass", "close and up"),
    _engine("dns_policies.py", "if order > last:", "if False:", "far and behind"),
    _engine("dns_acl.py", '"rights": rule["rights"] | added["rights"]', '"rights": added["rights"]', "goes and into"),
    _engine("dns_set.py", "return int(value.default)", "return 0", "zero and timer"),
    _engine("dns_query.py", 'relative in (listed.get("List") or [])', "False", "block and list and though"),
    _engine("dns.py", "    if len(found) != count:", "    if not found:", "planned and two"),
    Mutant(
        "tests/lab/engine_python/dns_cmdlets.py",
        'if one != parameters["InputObject"]]',
        "]",
        "tests/behaviour/dns/test_undo_dns.py",
        "python and whole_run and anchors",
    ),
)

FRONT = (
    _front("answers.py", "if not zone.may_transfer(asked.client):", "if False:", "goes_to_those"),
    _front("answers.py", "    if not settings.recursion:", "    if settings.recursion:", "recursion_on_and_off"),
    _front("answers.py", 'return None if action == "IGNORE"', 'return None if action == "DENY"', "test_policies"),
    _front("answers.py", ".lower() in settings.blocked", ".lower() not in settings.blocked", "block_list"),
    _front("answers.py", "    short.flags |= dns.flags.TC\n", "", "size_of_an_answer"),
    _front("limits.py", "second = int(self._clock())", "second = 0", "counts_by_second"),
    _front("updates.py", "if not zone.nonsecure_updates:", "if False:", "unsigned_update"),
    _front("policies.py", "any(wanted) if wanted else True", "True", "test_policies"),
)

MUTANTS = (*PAYLOAD, *STAND_INS, *ENGINE, *FRONT)
