# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages and verdicts know no sockets, and only what reads messages needs the library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from unit.probe.test_layout import imported

PROBE = Path(__file__).resolve().parents[3] / "plugins/module_utils/_dns_probe"
FILES = sorted(PROBE.glob("*.py"))
PACKAGE = "ansible_collections.hardening.windows.plugins.module_utils._dns_probe"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_one_file_opens_sockets(file: Path) -> None:
    assert ("socket" in imported(file)) == (file.name == "transport.py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_one_file_needs_the_library(file: Path) -> None:
    foreign = imported(file) - sys.stdlib_module_names
    assert foreign == ({"dns"} if file.name == "messages.py" else set())


def test_options_and_verdicts_are_there_where_the_library_is_missing() -> None:
    program = f"""
import sys
sys.modules["dns"] = None
from {PACKAGE} import judge, library, options, report
print(library.is_there())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
