# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles converge: their own defaults and variables, templated by Ansible."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROLES = Path(__file__).resolve().parents[2] / "roles"
PROFILES = ("baseline", "cis", "stig", "competition")
DNS_PROFILES = ("baseline", "stig", "competition")
# What Ansible says of the play itself: one host, and no other that would use it as its forwarder.
ALONE: dict[str, Any] = {"ansible_play_hosts_all": [], "hostvars": {}}


@cache
def _variables(role: str) -> dict[str, Any]:
    loader = DataLoader()
    files = (ROLES / role / "defaults" / "main.yml", ROLES / role / "vars" / "main.yml")
    return {name: value for file in files for name, value in loader.load_from_file(str(file), trusted_as_template=True).items()}


def variable(name: str, role: str = "iis_harden", play: Mapping[str, Any] = ALONE, **given: Any) -> Any:
    """One variable of a role, with `given` (without the role's prefix) winning over its defaults. play: Ansible's own variables."""
    variables = {**play} | _variables(role) | {f"{role}_{key}": value for key, value in given.items()}
    return Templar(loader=DataLoader(), variables=variables).template(variables[f"{role}_{name}"])


@cache
def _profile(profile: str) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = variable("resources", profile=profile)
    return resources


def resources_of(profile: str, **given: Any) -> list[dict[str, Any]]:
    """The resources that the one task of iis_harden converges."""
    if not given:
        return _profile(profile)
    found: list[dict[str, Any]] = variable("resources", profile=profile, **given)
    return found


def options_of(profile: str, **given: Any) -> dict[str, Any]:
    """The options of iis_harden's first resource, iis_request_filtering."""
    options: dict[str, Any] = resources_of(profile, **given)[0]["iis_request_filtering"]
    return options


def rdp_resources_of(profile: str, **given: Any) -> list[dict[str, Any]]:
    """The resources that the one task of rdp_harden converges."""
    found: list[dict[str, Any]] = variable("resources", "rdp_harden", profile=profile, **given)
    return found


def dns_resources_of(profile: str, **given: Any) -> list[dict[str, Any]]:
    """The resources that the one task of dns_harden converges."""
    found: list[dict[str, Any]] = variable("resources", "dns_harden", profile=profile, **given)
    return found
