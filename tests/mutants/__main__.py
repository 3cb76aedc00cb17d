# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies each mutant to a copy of the project and runs the tests that must turn red. Fails when one survives.

Words choose mutants by name. With --unchanged the same tests are run without the mutants and must pass.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import dns_lab, dns_plans, dns_probe, lab, listener, product, rdp_payload, rdp_probe, rdp_settings, remote_desktop
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
    *dns_probe.MUTANTS,
    *dns_plans.MUTANTS,
    *dns_lab.MUTANTS,
)


def copy_tree(folder: Path) -> Path:
    """A copy of what the tests need. The compiled stand-ins are shared: no mutant changes their sources.

    Compiled Python comes along, where an earlier run left it: it counts for the very time and size of its source, and a mutant is written later.
    """
    ignored = shutil.ignore_patterns(".*_cache")
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


class Tree:
    """A copy of the project, and a process that runs its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_tree(folder)
        command = [sys.executable, "-m", "mutants.preloaded"]
        self._process = subprocess.Popen(
            command, cwd=self.folder, env=environment(self.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run_tests(self, mutant: Mutant) -> tuple[int, str]:
        """Pytest's exit code, and what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        arguments = ["-x", "-q", "-p", "no:cacheprovider", mutant.test, "-k", mutant.only]
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        code, said = json.loads(self._process.stdout.readline())
        return code, said

    def verdict(self, mutant: Mutant) -> str | None:
        """What is wrong with a mutant; None where a test turned red."""
        try:
            original = mutant.apply(self.folder)
        except ValueError as problem:
            return str(problem)
        try:
            code, said = self.run_tests(mutant)
        finally:
            (self.folder / mutant.file).write_text(original, "utf-8")
        if code == RED:
            return None
        if code == NOTHING_RAN:
            return "no test of that name"
        if code == 0:
            return "skipped" if " passed" not in said else "survived"
        return f"the tests could not run: {said[-800:]}"

    def close(self) -> None:
        """Ends the process by the end of its input."""
        self._process.communicate()


def over_all(chosen: list[Mutant], judge: Callable[[Tree, Mutant], str | None]) -> dict[str, str]:
    """name -> what `judge` has to say, of the mutants of which it has something to say. Each worker has a copy of its own."""
    trees: queue.Queue[Tree] = queue.Queue()

    def judged(mutant: Mutant) -> tuple[str, str | None]:
        tree = trees.get()
        try:
            return mutant.name, judge(tree, mutant)
        finally:
            trees.put(tree)

    with tempfile.TemporaryDirectory() as folder:
        made = [Tree(Path(folder) / str(number) / "tree") for number in range(WORKERS)]
        for tree in made:
            trees.put(tree)
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                return {name: problem for name, problem in pool.map(judged, chosen) if problem}
        finally:
            for tree in made:
                tree.close()


def judge_all(chosen: list[Mutant]) -> dict[str, str]:
    return over_all(chosen, Tree.verdict)


def check_unchanged(chosen: list[Mutant]) -> int:
    """The same tests on the project as it is, each once: one that is red anyway would prove nothing about a mutant."""
    each = list({(mutant.test, mutant.only): mutant for mutant in chosen}.values())
    red = over_all(each, lambda tree, mutant: "red" if tree.run_tests(mutant)[0] != 0 else None)
    print("\n".join([*red, f"{len(each)} choices of tests, {len(red)} of them red without a mutant"]))
    return 1 if red else 0


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if all(word in mutant.name for word in words if word != UNCHANGED)]
    if UNCHANGED in words:
        return check_unchanged(chosen)
    problems = judge_all(chosen)
    for name, problem in problems.items():
        print(f"{name}\n    {problem}")
    print(f"{len(chosen)} mutants, {len(chosen) - len(problems)} turned a test red")
    return 1 if problems or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
