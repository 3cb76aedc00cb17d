# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role iis_harden converges: its own defaults and variables, templated by Ansible."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROLE = Path(__file__).resolve().parents[2] / "roles" / "iis_harden"
PROFILES = ("baseline", "cis", "stig", "competition")


@cache
def _variables() -> dict[str, Any]:
    loader = DataLoader()
    files = (ROLE / "defaults" / "main.yml", ROLE / "vars" / "main.yml")
    return {name: value for file in files for name, value in loader.load_from_file(str(file), trusted_as_template=True).items()}


def variable(name: str, **given: Any) -> Any:
    """One variable of the role, with `given` (without the prefix iis_harden_) winning over its defaults."""
    variables = _variables() | {f"iis_harden_{key}": value for key, value in given.items()}
    return Templar(loader=DataLoader(), variables=variables).template(variables[f"iis_harden_{name}"])


@cache
def _profile(profile: str) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = variable("resources", profile=profile)
    return resources


def resources_of(profile: str, **given: Any) -> list[dict[str, Any]]:
    """The resources that the role's one task converges."""
    if not given:
        return _profile(profile)
    found: list[dict[str, Any]] = variable("resources", profile=profile, **given)
    return found


def options_of(profile: str, **given: Any) -> dict[str, Any]:
    """The options of the role's first resource, iis_request_filtering."""
    options: dict[str, Any] = resources_of(profile, **given)[0]["iis_request_filtering"]
    return options
