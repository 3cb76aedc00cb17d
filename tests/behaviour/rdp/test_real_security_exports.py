# SPDX-License-Identifier: GPL-3.0-or-later
"""Security exports and templates of real machines as a host's starting point: hardened, seen to stick, and taken back to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from behaviour.convergence import Host, python_is_enough
from behaviour.rdp.checks import assert_converges, changed, state
from behaviour.rdp.security_seeding import set_security
from lab import inf
from lab.box import Box
from lab.boxes.accounts import ACCESS, ADMINISTRATORS, MACHINE_SID, REMOTE_DESKTOP_USERS

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "rdp" / "secedit"
FILES = sorted(DATA.glob("*.inf"))
RIGHTS = ("SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight", "SeNetworkLogonRight", "SeDenyNetworkLogonRight")
TIMES = ("LockoutDuration", "ResetLockoutCount")
ANNA = f"{MACHINE_SID}-1002"
HARDENED: list[dict[str, Any]] = [
    {
        "account_policy": {
            "password_history": 24,
            "maximum_password_age": 60,
            "minimum_password_age": 1,
            "minimum_password_length": 14,
            "password_complexity": True,
            "reversible_encryption": False,
            "lockout": {"threshold": 3, "duration": "15", "reset_after": 15},
            "administrator_lockout": True,
        }
    },
    {
        "rdp_access": {
            "allow": {"mode": "replace", "accounts": ["administrators", "remote_desktop_users", "anna"]},
            "deny": {"mode": "replace", "accounts": ["guests"]},
        }
    },
]


# of these local administrators, and nobody else, are let in and denied at once, so that taking back shuts everybody out again
SHUTS_OUT = ("ukulele2fire",)


def text_of(file: Path) -> str:
    content = file.read_bytes()
    return content.decode("utf-16" if content.startswith(b"\xff\xfe") else "latin-1")


def load(box: Box, file: Path) -> None:
    """What the machine had of the settings and rights that are hardened here; accounts by name belong to that machine and stay behind."""
    stored = inf.parse(text_of(file).lstrip("\ufeff"))
    numbers = {name: value for name, value in stored[inf.ACCESS].items() if name in {*ACCESS, "AllowAdministratorLockout", *TIMES}}
    set_security(box, inf.ACCESS, {name: value for name, value in numbers.items() if value.lstrip("-").isdecimal()})
    for right in RIGHTS:
        if right in stored[inf.RIGHTS]:
            sids = [sid for sid in inf.sids(stored[inf.RIGHTS][right]) if sid.startswith("S-1-")]
            set_security(box, inf.RIGHTS, {right: inf.listed(sids) or None})


@python_is_enough(lambda parameters: not parameters["file"].name.startswith("jebr_german"))
@pytest.mark.skipif(not FILES, reason="the real exports are not beside this checkout (../shared/data/rdp/secedit)")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_a_real_machine_is_hardened_and_taken_back(host: Host, file: Path) -> None:
    load(host.box, file)
    before = state(host.box)
    result = assert_converges(host, HARDENED)
    assert "failed" not in result, result.get("msg")
    after = state(host.box)
    held = {place.rpartition(": ")[2].upper() for place in after if place.startswith("user right seremoteinteractivelogonright: ")}
    assert held == {ADMINISTRATORS, REMOTE_DESKTOP_USERS, ANNA}
    assert (after["account policy: lockoutbadcount"], after["account policy: minimumpasswordlength"]) == ("3", "14")
    journal = result["journal"][0].rpartition("\\")[2].removesuffix(".jsonl")
    if file.name.startswith(SHUTS_OUT):
        assert "nobody could log on through Remote Desktop afterwards" in host.undo(journal)["msg"]
        lockout = {"journal": journal, "state": "undone", "allow_lockout": True}
        assert host._guarded(lambda: [Undo(lockout)], check=False)["changed"]
    else:
        assert host.undo(journal)["changed"]
    assert changed(before, state(host.box)) == set()
