# SPDX-License-Identifier: GPL-3.0-or-later
"""What the layout promises: who may import whom, how long things are, what they are called."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("plugins", "roles", "playbooks", "extensions", "tests")
CODE = {".py", ".ps1", ".psm1", ".cs"}
TEXT = CODE | {".yml", ".yaml", ".md", ".json", ".toml", ".txt", ".cfg", ".xml"}
COLLECTION = "ansible_collections.hardening.windows.plugins."
PLUGIN_UTILS = ROOT / "plugins/plugin_utils"
FAMILIES = sorted(folder.name for folder in PLUGIN_UTILS.iterdir() if folder.is_dir() and folder.name[1:] not in ("core", "_pycache__"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "_utils", "_helpers", "_common"}
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_MEDIAN_LINES = 400, 45, 12
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"


def files(*folders: str, suffixes: set[str] = CODE) -> list[Path]:
    return sorted(
        file
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and file.suffix in suffixes and "__pycache__" not in file.parts
    )


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def module_path(file: Path) -> str:
    """A file of plugins/ as Ansible imports it, without the collection's prefix: `plugin_utils._core.plan`."""
    return ".".join(file.relative_to(ROOT / "plugins").with_suffix("").parts)


def imports(file: Path) -> set[str]:
    """Absolute names of the modules a file imports, `plugin_utils...` for those of this collection."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = imported_base(file, node)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return {module.removeprefix(COLLECTION) for module in found}


def imported_base(file: Path, node: ast.ImportFrom) -> str:
    if node.level == 0 or not file.is_relative_to(ROOT / "plugins"):
        return node.module or ""
    package = module_path(file).split(".")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def breaches(folder: str, *forbidden: str) -> list[str]:
    return [
        f"{name(file)} imports {module}"
        for file in files(folder, suffixes={".py"})
        for module in sorted(imports(file))
        if within(module, *forbidden)
    ]


def test_the_core_knows_no_resource() -> None:
    families = (f"plugin_utils.{family}" for family in FAMILIES)
    assert files("plugins/plugin_utils/_core", suffixes={".py"})
    assert breaches("plugins/plugin_utils/_core", *families, "action", "modules") == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_imports_the_core_and_itself_only(family: str) -> None:
    others = (f"plugin_utils.{other}" for other in FAMILIES if other != family)
    assert breaches(f"plugins/plugin_utils/{family}", *others, "action", "modules") == []


def resource_modules() -> dict[str, Path]:
    """Modules of plugin_utils that define a resource: a class whose base is called Resource."""
    return {
        module_path(file): file
        for file in files("plugins/plugin_utils", suffixes={".py"})
        if file.parent.name in FAMILIES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Resource") for base in node.bases)
    }


def test_resources_do_not_import_each_other() -> None:
    resources = resource_modules()
    assert resources
    wrong = [
        f"{name(file)} imports {module}"
        for own, file in resources.items()
        for module in imports(file)
        if within(module, *(other for other in resources if other != own))
    ]
    assert wrong == []


def test_actions_are_thin() -> None:
    """An action names its resource; what it does is in plugin_utils."""
    long = [name(file) for file in files("plugins/action") if len(code_of(file)) > 20]
    assert long == []


def code_of(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_modules_do_not_reach_into_the_controller_side() -> None:
    assert breaches("plugins/modules", "plugin_utils", "action") == []
    assert breaches("plugins/module_utils", "plugin_utils", "action", "modules") == []


def test_the_lab_can_disagree() -> None:
    assert files("tests/lab", suffixes={".py"})
    assert breaches("tests/lab", "ansible_collections", "plugins", "plugin_utils") == []


def test_only_tests_look_beside_the_checkout() -> None:
    product = files("plugins", "roles", "playbooks", "extensions", "meta", "docs", suffixes=TEXT)
    top = [file for file in ROOT.iterdir() if file.is_file() and file.suffix in TEXT | {""}]
    assert [name(file) for file in [*product, *top] if "../shared" in file.read_text(encoding="utf-8")] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    pattern = re.compile(r"(?<![\w./-])/(?:work|root|home)/\w")
    found = [
        f"{name(file)}: {match.group()}"
        for file in files(*SOURCE, "docs", "meta", suffixes=TEXT)
        for match in pattern.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_files_are_short() -> None:
    long = {name(file): lines for file in files(*SOURCE) if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES}
    assert long == {}


def functions(*folders: str) -> Iterator[tuple[str, int]]:
    for file in files(*folders, suffixes={".py"}):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(file)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("folder", ["plugins", "tests/lab"])
def test_functions_are_short(folder: str) -> None:
    lengths = dict(functions(folder))
    assert {where: lines for where, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}
    assert statistics.median(lengths.values()) <= MAX_MEDIAN_LINES


def test_modules_are_named_for_what_they_hold() -> None:
    assert [name(file) for file in files(*SOURCE) if file.stem.lower() in FORBIDDEN_NAMES] == []


def test_every_code_file_names_its_licence() -> None:
    missing = [
        name(file)
        for file in files(*SOURCE)
        if (text := file.read_text(encoding="utf-8")) and LICENCE not in "\n".join(text.splitlines()[:3])
    ]
    assert missing == []


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", text, flags=re.MULTILINE))


def test_commands_of_the_documentation_exist() -> None:
    pages = [ROOT / "README.md", *files("docs", "tests/lab", suffixes={".md"})]
    wanted = {
        (name(page), target)
        for page in pages
        for target in re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {("README.md", "site"), ("README.md", "test")} <= wanted
    assert {entry for entry in wanted if entry[1] not in make_targets()} == set()


def linked_files(page: Path) -> Iterator[Path]:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        yield (page.parent / target).resolve()


def test_links_of_the_documentation_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *files("docs", "roles", "tests/lab", suffixes={".md"})]
    assert [f"{name(page)}: {target}" for page in pages for target in linked_files(page) if not target.exists()] == []


def test_pages_that_the_code_names_exist() -> None:
    named = {
        (name(file), page)
        for file in files(*SOURCE, suffixes=CODE | {".yml"})
        for page in re.findall(r"\bdocs/[\w-]+\.md", file.read_text(encoding="utf-8"))
    }
    assert {(file, page) for file, page in named if not (ROOT / page).exists()} == set()
