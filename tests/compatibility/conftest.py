# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell engine and the two records that the checks need; without them the tests are skipped with the reason."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from compatibility.check import Commands, Framework, run

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
RECORDED = SHARED / "data/powershell51/commands-desktop-5.1.14393.206.json"
ASSEMBLIES = SHARED / "tools/net462"
CACHED = ROOT / "build/compatibility/members-net462.json"


@pytest.fixture(scope="session")
def pwsh() -> str:
    beside = SHARED / "tools/pwsh/pwsh"
    found = os.environ.get("PWSH") or shutil.which("pwsh") or (str(beside) if beside.exists() else None)
    if found is None:
        pytest.skip("there is no PowerShell: set PWSH or put pwsh on PATH")
    return found


@pytest.fixture(scope="session")
def framework(pwsh: str) -> Framework:
    if not ASSEMBLIES.is_dir():
        pytest.skip(f"the reference assemblies of .NET Framework 4.6.2 are not at {ASSEMBLIES}")
    sources = [*ASSEMBLIES.glob("*.dll"), Path(__file__).with_name("Members.cs")]
    if not CACHED.exists() or CACHED.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        CACHED.parent.mkdir(parents=True, exist_ok=True)
        fresh = CACHED.with_suffix(f".{os.getpid()}")
        run(pwsh, "members.ps1", str(ASSEMBLIES), str(fresh))
        fresh.replace(CACHED)
    return Framework.read(CACHED)


@pytest.fixture(scope="session")
def commands() -> Commands:
    if not RECORDED.exists():
        pytest.skip(f"the commands of Windows PowerShell 5.1 are not at {RECORDED}")
    return Commands.read(RECORDED)
