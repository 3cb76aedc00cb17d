# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of what secures Remote Desktop's listener and of what it offers."""

from __future__ import annotations

from mutants.mutant import Mutant

_RDP = "plugins/plugin_utils/_rdp/"
_TESTS = "tests/unit/rdp/"


def _mutant(file: str, old: str, new: str, test: str, only: str) -> Mutant:
    return Mutant(_RDP + file, old, new, _TESTS + test, only)


SECURITY_LAYER, LISTENER, CERTIFICATE = "test_security_layer.py", "test_listener.py", "test_certificate.py"

MUTANTS = (
    _mutant("sessions.py", 'one["state"] in _IN_USE and ', "", SECURITY_LAYER, "not_in_use"),
    _mutant("sessions.py", ' and one["name"].lower() != _CONSOLE', "", SECURITY_LAYER, "not_in_use"),
    _mutant("sddl.py", "if entry.applies and ", "if ", "test_sddl.py", "not_readable"),
    _mutant("certificate.py", "if now > ends:", "if False:", CERTIFICATE, "problem"),
    _mutant("certificate.py", 'unicodedata.category(letter) == "Cf"', "False", CERTIFICATE, "invisible"),
    _mutant("contradictions.py", ", (pair.other, pair.one))", ",)", SECURITY_LAYER, "in_effect"),
    _mutant("contradictions.py", " or (other.option in wanted and not now.owner)", "", SECURITY_LAYER, "settles"),
    _mutant(
        "security_layer.py", 'if self._wanted.get("fips_policy") and not', "if False and not", SECURITY_LAYER, "fips_says or contradictions"
    ),
    _mutant(
        "security_layer.py",
        "if found.problem and CERTIFICATE_THUMBPRINT.restarts in draft.restarts:",
        "if False:",
        SECURITY_LAYER,
        "not_bound",
    ),
    _mutant(
        "security_layer_table.py", '{"rdp": 0, "negotiate": 1, "ssl": 2}', '{"rdp": 0, "negotiate": 2, "ssl": 1}', SECURITY_LAYER, "place"
    ),
    _mutant("listener.py", "if self._switches_on and is_on and not self._move:", "if self._switches_on:", LISTENER, "opens_no_firewall"),
    _mutant("listener.py", "facts.build >= since", "facts.build >= 0", LISTENER, "directions"),
    _mutant("listener_table.py", '"audio", "fDisableCam"', '"audio", "fDisableCameraRedir"', LISTENER, "redirection"),
    _mutant("listener_table.py", "MILLISECONDS = 60_000", "MILLISECONDS = 1_000", LISTENER, "limits"),
)
