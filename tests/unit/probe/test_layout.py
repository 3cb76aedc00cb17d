# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages and verdicts know no sockets, and a machine that looks needs nothing but Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).resolve().parents[3] / "plugins/module_utils/_probe"
FILES = sorted(PROBE.glob("*.py"))
PACKAGE = "ansible_collections.hardening.windows.plugins.module_utils._probe"


def imported(file: Path) -> set[str]:
    """The first part of every absolute import."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_one_file_opens_sockets(file: Path) -> None:
    assert ("socket" in imported(file)) == (file.name == "probing.py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_but_the_standard_library_is_imported(file: Path) -> None:
    foreign = imported(file) - sys.stdlib_module_names
    assert foreign == ({"cryptography"} if file.name == "certificate.py" else set())


def test_everything_is_imported_where_cryptography_is_missing() -> None:
    program = f"""
import sys
sys.modules["cryptography"] = None
from {PACKAGE} import certificate, probing, report
print(certificate.read_certificate(b"x").unread == certificate.INSTALL)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
