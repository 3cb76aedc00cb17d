# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written about options and results, held against the specs and against real results."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import RUN_SPEC
from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import CONVERGE_SPEC, build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from unit.iis.hosts import Host

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "hardening.windows."
SPECS: dict[str, dict[str, Any]] = {
    **{name: resource.argument_spec | RUN_SPEC for name, resource in RESOURCES.items()},
    "undo": Undo.argument_spec | RUN_SPEC,
    "converge": CONVERGE_SPEC | RUN_SPEC,
}
# Keys that Ansible documents itself.
ANSIBLES = {"changed", "diff", "warnings", "failed", "msg"}
# A list that nobody fills is empty; as an option of a module it is not given.
EMPTY = (None, [], {})


def constants(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant):
            found[node.targets[0].id] = node.value.value
    return found


def written(module: str, part: str) -> Any:
    return yaml.safe_load(constants(ROOT / f"plugins/modules/{module}.py")[part])


def documented_options(module: str) -> dict[str, Any]:
    """The options of a module's documentation, its fragments included."""
    documentation = written(module, "DOCUMENTATION")
    options = dict(documentation.get("options") or {})
    for fragment in documentation.get("extends_documentation_fragment", ()):
        text = constants(ROOT / f"plugins/doc_fragments/{fragment.removeprefix(COLLECTION)}.py")["DOCUMENTATION"]
        options |= yaml.safe_load(text).get("options") or {}
    return options


def shape(options: dict[str, Any], below: str) -> dict[str, Any]:
    """Options as nested fields that can be compared; `below` is what the level calls the options of a dictionary."""
    return {
        name: {
            "type": one.get("type", "str"),
            "elements": one.get("elements"),
            "required": bool(one.get("required")),
            "choices": one.get("choices"),
            "default": one.get("default"),
            "below": shape(one[below], below) if one.get(below) else None,
        }
        for name, one in options.items()
    }


@pytest.mark.parametrize("module", SPECS)
def test_options_are_documented_field_by_field(module: str) -> None:
    assert shape(documented_options(module), "suboptions") == shape(SPECS[module], "options")


def undescribed(options: dict[str, Any], below: str, path: str = "") -> list[str]:
    missing = [path + name for name, one in options.items() if not one.get("description")]
    return missing + [each for name, one in options.items() for each in undescribed(one.get(below) or {}, below, f"{path}{name}.")]


@pytest.mark.parametrize("module", SPECS)
def test_every_option_is_described(module: str) -> None:
    assert undescribed(documented_options(module), "suboptions") == []
    assert written(module, "DOCUMENTATION")["module"] == module


# -- the role ------------------------------------------------------------------------------------------

ROLE = ROOT / "roles/iis_harden"
ROLE_OPTIONS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text("utf-8"))
VARIABLES: dict[str, Any] = yaml.safe_load((ROLE / "vars/main.yml").read_text("utf-8"))
# The role's own: no option of the module.
OWN = {"profile", "profiles", "allowed_extensions", "sql_injection_sites"}


def role_shape(one: dict[str, Any]) -> dict[str, Any]:
    found = shape({"x": one}, "options")["x"]
    return {**found, "default": None if found["default"] in EMPTY else found["default"]}


def test_the_roles_options_are_the_modules() -> None:
    options = {name.removeprefix("iis_harden_"): one for name, one in ROLE_OPTIONS.items()}
    spec = SPECS["iis_request_filtering"]
    assert set(options) - OWN == set(spec)
    differences = {
        name: (role_shape(options[name]), role_shape(spec[name])) for name in spec if role_shape(options[name]) != role_shape(spec[name])
    }
    assert differences == {}
    assert undescribed(ROLE_OPTIONS, "options") == []


def test_every_variable_of_the_role_has_a_default_and_no_other_has() -> None:
    assert set(DEFAULTS) == set(ROLE_OPTIONS)


def test_the_roles_documented_defaults_are_its_defaults() -> None:
    templated = {name for name, value in DEFAULTS.items() if isinstance(value, str) and "{{" in value}
    wrong = {name for name, one in ROLE_OPTIONS.items() if "default" in one and one["default"] != DEFAULTS[name] and name not in templated}
    assert wrong == set()
    undocumented = {
        name for name, value in DEFAULTS.items() if value not in EMPTY and name not in templated and "default" not in ROLE_OPTIONS[name]
    }
    assert undocumented <= {"iis_harden_profiles", "iis_harden_allowed_extensions"}


def test_the_role_hands_every_option_on() -> None:
    handed = {**VARIABLES["iis_harden_policy"], **VARIABLES["iis_harden_request_filtering"], **VARIABLES["iis_harden_sql_injection"]}
    assert set(handed) | {"only", "skip", "restart"} == set(SPECS["iis_request_filtering"])
    crossed = {name: value for name, value in VARIABLES["iis_harden_request_filtering"].items() if value != f"{{{{ iis_harden_{name} }}}}"}
    assert crossed == {}


@pytest.mark.parametrize("profile", DEFAULTS["iis_harden_profiles"])
def test_a_profile_is_made_of_options(profile: str) -> None:
    options = DEFAULTS["iis_harden_profiles"][profile]
    assert set(options) <= set(SPECS["iis_request_filtering"])
    plain = {name: value for name, value in options.items() if "{{" not in str(value)}
    target = {"target": "sites", "sites": ["S"]} if "sql_injection_rule" in plain else {}
    assert build_resources({"resources": [{"iis_request_filtering": plain | target}]}, RESOURCES)


# -- results --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("module", SPECS)
def test_the_documented_result_is_the_real_one(module: str, check: bool, tmp_path: Path) -> None:
    host = Host(tmp_path / "box")
    result = host.run(
        {"allow_double_escaping": True, "verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}, check=check and module != "undo"
    )
    if module == "undo":
        (file,) = result["journal"]
        result = host.run({"journal": file.rpartition("\\")[2].removesuffix(".jsonl")}, check=check, name="undo")
    documented = written(module, "RETURN")
    assert set(result) - ANSIBLES == set(documented)
    kinds = {"list": list, "bool": bool, "int": int}
    for name, one in documented.items():
        assert isinstance(result[name], kinds[one["type"]]), name
        assert one["description"]
        for sample, real in zip(
            one["sample"] if one["type"] == "list" else [], result[name] if one["type"] == "list" else [], strict=False
        ):
            assert not isinstance(sample, dict) or set(sample) == set(real), name


# -- tables and examples --------------------------------------------------------------------------------


def test_every_resource_has_its_action_module_and_groups() -> None:
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text("utf-8"))["action_groups"]
    actions = {path.stem for path in (ROOT / "plugins/action").glob("*.py")} - {"__init__"}
    modules = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")} - {"__init__"}
    assert set(SPECS) == actions
    assert set(SPECS) <= modules
    assert set(groups["all"]) >= set(SPECS)
    families = {resource.entry.removeprefix("windows_") for resource in RESOURCES.values()}
    for family in families:
        assert set(groups[family]) == {name for name, resource in RESOURCES.items() if resource.entry == f"windows_{family}"}


@pytest.mark.parametrize("name", RESOURCES)
def test_the_table_names_what_the_action_uses(name: str) -> None:
    action = importlib.import_module(f"ansible_collections.hardening.windows.plugins.action.{name}")
    assert action.ActionModule.resource is RESOURCES[name]
    assert RESOURCES[name].name == name
    assert (ROOT / f"plugins/modules/{RESOURCES[name].entry}.ps1").is_file()


def examples() -> list[Any]:
    return [
        pytest.param(module, task, id=f"{module}-{number}") for module in SPECS for number, task in enumerate(written(module, "EXAMPLES"))
    ]


@pytest.mark.parametrize(("module", "task"), examples())
def test_examples_fit_the_specs(module: str, task: dict[str, Any]) -> None:
    assert task["name"]
    (action,) = [key for key in task if key.startswith(COLLECTION)]
    given = task[action]
    name = action.removeprefix(COLLECTION)
    assert name == module
    assert ArgumentSpecValidator(SPECS[name]).validate(given).error_messages == []
    if name == "converge":
        assert build_resources(given, RESOURCES)
    elif name in RESOURCES:
        assert build_resources({"resources": [{name: given}]}, RESOURCES)
