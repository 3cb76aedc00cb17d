# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a write: a dnscmd.exe that fails as none of the lab does, a cmdlet that writes more than it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.behaviour.dns_host import FORWARDER, host
from lab.behaviour.dns_listening import GONE
from lab.behaviour.dns_requests import config, one, setting
from lab.behaviour.requests import apply
from lab.behaviour.situation import Situation
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


@pytest.mark.parametrize(
    ("situation", "told"),
    [
        (host(FORWARDER, settings_write_listen=True), ["They were put back."]),
        (GONE, ["could not be put back to", "10.20.0.99", "9552"]),
    ],
    ids=["back", "not back"],
)
def test_a_list_of_addresses_that_a_setting_brought_along_is_told(
    engines: list[Engine], tmp_path: Path, situation: Situation, told: list[str]
) -> None:
    request = apply(setting("AllowReadOnlyZoneTransfer", True, one("DnsServerSetting", {"AllowReadOnlyZoneTransfer": False}, All=True)))
    for engine in engines:
        [step] = engine.answer(situation.build(tmp_path / engine.name / "box"), "windows_dns", request)["steps"]
        missing = [part for part in ["also changed the addresses", *told] if part not in step["error"]["message"]]
        assert (step["error"]["kind"], missing) == ("not_applied", []), step
