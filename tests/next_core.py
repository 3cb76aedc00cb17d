# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests marked `real_engine` once more under the newer ansible-core, in a virtual environment of its own.

Under Python 3.11 the main environment holds ansible-core 2.19; what the payload is wrapped in changed since. Where no
newer Python is found the run is counted as absent with its reason, which CI does not accept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from plugins.tally import Tally

ROOT = Path(__file__).resolve().parents[1]
RUN = "next-core"
NAMES = ("python3.13", "python3.12")
WORKERS = "2"


def candidates(environment: Mapping[str, str]) -> Iterator[str]:
    """Interpreters to try, best first: PYTHON_NEXT alone where it is set, PATH, the versions that pyenv installed."""
    if environment.get("PYTHON_NEXT"):
        yield environment["PYTHON_NEXT"]
        return
    yield from (found for name in NAMES if (found := shutil.which(name, path=environment.get("PATH"))))
    pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "/")) / ".pyenv") / "versions"
    for name in NAMES:
        yield from (str(file) for file in sorted(pyenv.glob(f"*/bin/{name}"), reverse=True))


def works(interpreter: str) -> bool:
    """Whether it starts at all (a shim may not) and is new enough for ansible-core 2.21."""
    check = [interpreter, "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))"]
    try:
        return subprocess.run(check, capture_output=True, check=False, timeout=30).returncode == 0
    except OSError:
        return False


def find_interpreter(environment: Mapping[str, str]) -> str | None:
    return next((found for found in candidates(environment) if works(found)), None)


def absence(version: tuple[int, ...], interpreter: str | None) -> str | None:
    """Why this run cannot take place, or None."""
    if version >= (3, 12):
        return "the main environment already runs the newer ansible-core"
    if interpreter is None:
        return "no python3.12 or python3.13 was found on PATH or below ~/.pyenv/versions; name one with PYTHON_NEXT"
    return None


def prepare(interpreter: str, folder: Path) -> Path:
    """The virtual environment's Python, with tests/requirements.txt installed; reused while those did not change."""
    wanted = (ROOT / "tests/requirements.txt").read_text(encoding="utf-8") + interpreter
    python, stamp = folder / "bin/python", folder / ".ready"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([interpreter, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(ROOT / "tests/requirements.txt")], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def run_tests(python: Path) -> int:
    tests = [str(python), "-m", "pytest", "tests/integration", "-m", "real_engine", "-q", "-n", WORKERS, "--tally", RUN]
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    return subprocess.run(tests, cwd=ROOT, env={**os.environ, "PATH": path}, check=False).returncode


def main() -> int:
    interpreter = None if sys.version_info >= (3, 12) else find_interpreter(os.environ)
    reason = absence(sys.version_info[:2], interpreter)
    if reason is None and interpreter is not None:
        return run_tests(prepare(interpreter, ROOT / ".venv-next"))
    print(f"{RUN}: did not run: {reason}")
    Tally(RUN, absent=reason).write(ROOT / "build/tally")
    return 0


if __name__ == "__main__":
    sys.exit(main())
