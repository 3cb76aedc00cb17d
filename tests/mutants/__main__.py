# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies each mutant to a copy of the project and runs the tests that must turn red. Fails when one survives.

Words choose mutants by name. With --unchanged the same tests are run without the mutants and must pass.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import lab, listener, product, rdp_payload, rdp_probe, rdp_settings, remote_desktop
from mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("plugins", "roles", "tests", "docs", "meta", "playbooks", "pyproject.toml", "galaxy.yml")
STAND_INS = Path("build/lab/stand_ins")
WORKERS = 2
UNCHANGED = "--unchanged"
RED, NOTHING_RAN = 1, 5
MUTANTS = (
    *product.MUTANTS,
    *lab.MUTANTS,
    *listener.MUTANTS,
    *remote_desktop.MUTANTS,
    *rdp_settings.MUTANTS,
    *rdp_probe.MUTANTS,
    *rdp_payload.MUTANTS,
)


def copy_tree(folder: Path) -> Path:
    """A copy of what the tests need. The compiled stand-ins are shared: no mutant changes their sources."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        elif source.is_file():
            shutil.copy2(source, folder / name)
    namespace = folder / "build" / "collections" / "ansible_collections" / "hardening"
    namespace.mkdir(parents=True)
    (namespace / "windows").symlink_to(folder, target_is_directory=True)
    (ROOT / STAND_INS).mkdir(parents=True, exist_ok=True)
    (folder / STAND_INS.parent).mkdir(parents=True)
    (folder / STAND_INS).symlink_to(ROOT / STAND_INS, target_is_directory=True)
    return folder


def environment(tree: Path) -> dict[str, str]:
    """No compiled Python is written: a mutant and the original can have one size and one time."""
    given = dict(os.environ) | {"PYTHONPATH": f"{tree / 'tests'}:{tree / 'build' / 'collections'}", "PYTHONDONTWRITEBYTECODE": "1"}
    beside = ROOT.parent / "shared" / "tools" / "pwsh" / "pwsh"
    return given if given.get("PWSH") or not beside.exists() else given | {"PWSH": str(beside)}


def run_tests(tree: Path, mutant: Mutant) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.test, "-k", mutant.only]
    return subprocess.run(command, cwd=tree, env=environment(tree), capture_output=True, text=True, check=False)


def verdict(tree: Path, mutant: Mutant) -> str | None:
    """What is wrong with a mutant; None where a test turned red."""
    try:
        original = mutant.apply(tree)
    except ValueError as problem:
        return str(problem)
    try:
        done = run_tests(tree, mutant)
    finally:
        (tree / mutant.file).write_text(original, "utf-8")
    if done.returncode == RED:
        return None
    if done.returncode == NOTHING_RAN:
        return "no test of that name"
    if done.returncode == 0:
        return "skipped" if " passed" not in done.stdout else "survived"
    return f"the tests could not run: {done.stdout[-400:]}{done.stderr[-400:]}"


def judge_all(chosen: list[Mutant], folder: Path) -> dict[str, str]:
    trees: queue.Queue[Path] = queue.Queue()
    for number in range(WORKERS):
        trees.put(copy_tree(folder / str(number) / "tree"))

    def judge(mutant: Mutant) -> tuple[str, str | None]:
        tree = trees.get()
        try:
            return mutant.name, verdict(tree, mutant)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(WORKERS) as pool:
        return {name: problem for name, problem in pool.map(judge, chosen) if problem}


def check_unchanged(chosen: list[Mutant]) -> int:
    """The same tests on the project as it is: one that is red anyway would prove nothing about a mutant."""
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_tree(Path(folder) / "tree")
        red = [mutant.name for mutant in chosen if run_tests(tree, mutant).returncode != 0]
    print("\n".join([*red, f"{len(chosen)} mutants, the tests of {len(red)} are red without them"]))
    return 1 if red else 0


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if all(word in mutant.name for word in words if word != UNCHANGED)]
    if UNCHANGED in words:
        return check_unchanged(chosen)
    with tempfile.TemporaryDirectory() as folder:
        problems = judge_all(chosen, Path(folder))
    for name, problem in problems.items():
        print(f"{name}\n    {problem}")
    print(f"{len(chosen)} mutants, {len(chosen) - len(problems)} turned a test red")
    return 1 if problems or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
