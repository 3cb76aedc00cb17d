# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m mutants.preloaded`: pytest in forks of one process, which has the libraries already.

A line of input is a JSON list of pytest's arguments; a line of output is its exit code and what it said. Nothing of the project is
imported before a fork but this file, so each run reads the project's files anew.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile

import pytest

LIBRARIES = (
    "_hypothesis_pytestplugin",
    "_pytest.pytester",
    "ansible.plugins.action",
    "cryptography.x509",
    "dns.query",
    "dns.resolver",
    "dns.update",
    "dns.zone",
    "hypothesis.strategies",
    "lxml.etree",
    "spnego",
    "xdist.plugin",
    "xml.etree.ElementTree",
    "yaml",
)


def run(arguments: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            _become_pytest(arguments, said.fileno())
        _child, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode("utf-8", "replace")


def _become_pytest(arguments: list[str], output: int) -> None:
    """Ends the process with pytest's exit code, whatever happens."""
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = int(pytest.main(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def main() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
    # what is here stays: no collection in a fork goes through it
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
