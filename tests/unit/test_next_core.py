# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the newer Python for the second ansible-core is looked for."""

from __future__ import annotations

from pathlib import Path

from next_core import absence, candidates, works


def program(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\nexit 1\n")
    file.chmod(0o755)
    return file


def test_a_named_interpreter_is_the_only_candidate(tmp_path: Path) -> None:
    program(tmp_path / "bin/python3.13")
    environment = {"PYTHON_NEXT": "/opt/python", "PATH": str(tmp_path / "bin")}
    assert list(candidates(environment)) == ["/opt/python"]


def test_path_comes_before_pyenv_and_newer_before_older(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin/python3.12")
    in_pyenv = [program(tmp_path / f".pyenv/versions/{v}/bin/python{v[:4]}") for v in ("3.13.0", "3.12.1")]
    found = list(candidates({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}))
    assert found == [str(on_path), *map(str, in_pyenv)]


def test_a_program_that_does_not_start_is_not_used(tmp_path: Path) -> None:
    assert not works(str(program(tmp_path / "python3.13")))
    assert not works(str(tmp_path / "missing"))


def test_reasons_for_no_second_run() -> None:
    assert absence((3, 11), "/usr/bin/python3.13") is None
    assert "PYTHON_NEXT" in str(absence((3, 11), None))
    assert "already runs" in str(absence((3, 12), None))
