# SPDX-License-Identifier: GPL-3.0-or-later
"""What the payload makes of a dnscmd.exe that fails as none of the lab does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.behaviour.dns_host import host
from lab.behaviour.dns_requests import config
from lab.behaviour.requests import apply
from lab.engine import Engine
from lab.engine_pwsh import view

FAILING = 'import sys\nprint("Befehl fehlgeschlagen:")\nprint("Der Grund.", file=sys.stderr)\nsys.exit(7)\n'


def test_what_dnscmd_says_on_its_other_output_is_kept(
    engine_named: Callable[[str], Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "failing.py").write_text(FAILING, "utf-8")
    monkeypatch.setattr(view, "TOOL_SCRIPTS", {"dnscmd.exe": str(tmp_path / "failing.py")})

    [step] = engine_named("pwsh").answer(host().build(tmp_path / "box"), "windows_dns", apply(config("NoRecursion", "1")))["steps"]

    assert step["error"]["kind"] == "command_failed"
    assert step["error"]["message"].split() == "dnscmd.exe ended with exit code 7: Befehl fehlgeschlagen: Der Grund.".split()
