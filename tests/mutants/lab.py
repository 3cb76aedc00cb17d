# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of the lab's Python engine and of the payload's PowerShell."""

from __future__ import annotations

from mutants.mutant import Mutant

_ENGINE = "tests/lab/engine_python/"
_PAYLOAD = "plugins/module_utils/"
_TESTS = "tests/behaviour/"
_ROWS = "tests/conformance/test_rows.py"
_FAULTS = "tests/conformance/test_faults.py"


def _engine(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_ENGINE + file, old, new, _TESTS + test, f"({only}) and python")


def _payload(file: str, old: str, new: str, only: str, test: str = _ROWS) -> Mutant:
    """A row takes a request or two, which counts where each run starts a PowerShell of its own."""
    return Mutant(_PAYLOAD + file, old, new, test, f"({only}) and pwsh")


ENGINE = (
    _engine("operations.py", "if now != wanted:", "if not wanted:", "test_trips.py", "between_the_trips and entry"),
    _engine("answer.py", "if self.guard else None", "if self.guard and False else None", "test_trips.py", "would_stop"),
    _engine("iis.py", "COMMIT_TRIES = 5", "COMMIT_TRIES = 1", "test_trips.py", "collides_once"),
    _engine("hierarchy.py", 'if mode == "Deny" or not here:', "if not here:", "test_bad_input.py", "locked_by_the_server and section"),
    _engine(
        "effective.py",
        "duplicate_message(entry), line=xml.line)",
        "duplicate_message(entry), line=1)",
        "test_bad_input.py",
        "named_site and duplicate",
    ),
    _engine("journal.py", "for j in journals(box) if not j.finish]", "for j in journals(box) if j.finish]", "test_undo.py", "interrupted"),
    _engine("facts.py", '"elevated": host.get("elevated")', '"elevated": True', "test_bad_input.py", "test_host and unelevated"),
    _engine("facts.py", "int(build) if str(build).isdecimal() else None", "99999", "test_expected.py", "other_releases and cis and 2016"),
)

PAYLOAD = (
    _payload("_IisWrite.psm1", "$script:tries = 5", "$script:tries = 1", "refused_once", _FAULTS),
    _payload("_IisWrite.psm1", "$now $Operation['planned']", "$now $now", "between_the_trips and entry", _TESTS + "test_trips.py"),
    _payload("_IisWrite.psm1", "if ($null -ne $Index -and $Index -lt $own.Count)", "if ($false)", "add and at and place"),
    _payload("_IisWrite.psm1", "$committing = $true", "$committing = $false", "refused_once", _FAULTS),
    _payload("_IisWrite.psm1", "if ($entry['error']) {", "if ($false) {", "guard and not rdp"),
    _payload("_IisWrite.psm1", "$element.GetAttribute($Operation['attribute']).Delete()", "$null = $element", "unset and stored"),
    _payload("_Apply.psm1", "$Run['steps'][$index]['state'] = 'done'", "$null = $index", "several and providers"),
    _payload("_IisApply.psm1", "if ($cause) {", "if ($false) {", "guard and not rdp"),
    _payload("_Apply.psm1", "'finished' -Value $run['result']", "'ended' -Value $run['result']", "applied and finished"),
    _payload("_Journal.psm1", "return $line.Contains('finished')", "return $true", "unfinished and fact"),
)

MUTANTS = ENGINE + PAYLOAD
