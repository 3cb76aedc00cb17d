# SPDX-License-Identifier: GPL-3.0-or-later
"""How the payload runs a program: it ends one that does not end, quotes what needs it, keeps both of its outputs, and tidies up."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from compatibility.check import run
from compatibility.conftest import ROOT

PROGRAMS = {
    # more than a pipe holds, of both, so that a reader of one alone would wait for ever
    "talks.exe": "head -c 300000 /dev/zero | tr '\\0' e >&2; head -c 300000 /dev/zero | tr '\\0' o",
    "hangs.exe": "exec sleep 60",
    "arguments.exe": 'for one in "$@"; do printf \'[%s]\' "$one"; done',
    "holds.exe": 'sleep "$1"; mv "$2.held" "$2"',
    "fails.exe": "echo said; echo reason >&2; exit 5",
}


@pytest.fixture(scope="module")
def outcome(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("programs")
    for name, text in PROGRAMS.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (folder / name).chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        said = json.loads(run(pwsh, "programs.ps1", str(ROOT / "plugins/module_utils"), "1", str(folder / "windows")))
    # on Linux they stand beside that folder: a backslash is a part of a name
    return said | {"left": [path.name for path in folder.iterdir() if path.name.startswith("windows")]}


def test_a_program_that_does_not_end_is_ended(outcome: dict[str, Any]) -> None:
    error = outcome["hangs"]["error"]

    assert (error["kind"], error["message"]) == ("command_failed", "hangs.exe did not end within 1 s.")


@pytest.mark.parametrize("name", ["gone", "away", "held"])
def test_a_folder_that_is_not_gone_at_once_changes_no_result(outcome: dict[str, Any], name: str) -> None:
    assert outcome[name] == {"value": "result"}


def test_a_folder_that_was_held_for_a_while_is_gone_too(outcome: dict[str, Any]) -> None:
    assert outcome["left"] == []


def test_arguments_arrive_as_they_are_given(outcome: dict[str, Any]) -> None:
    assert outcome["arguments"]["value"]["said"] == "[][two words][one][]"
    assert outcome["quotes"]["error"]["kind"] == "invalid_value"


def test_a_program_may_say_much_on_both_outputs(outcome: dict[str, Any]) -> None:
    assert outcome["talks"]["value"] == 600001


def test_the_reason_on_the_other_output_is_kept(outcome: dict[str, Any]) -> None:
    error = outcome["fails"]["error"]

    assert (error["kind"], error["message"]) == ("command_failed", "fails.exe ended with exit code 5: said\n reason")
    assert (outcome["allowed"]["value"]["code"], outcome["allowed"]["value"]["all"]) == (5, "said\n reason")
