# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that looks from outside looks where the roles do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def loaded(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))


PLAYS = {play["hosts"]: play["tasks"][0] for play in loaded("playbooks/probe.yml")}
# the role's first word, what its play asks of its probe, and the role's defaults
ROLES = {
    role: (PLAYS[hosts][f"hardening.windows.{probe}"], loaded(f"roles/{role}_harden/defaults/main.yml"))
    for role, hosts, probe in (("rdp", "windows", "rdp_probe"), ("dns", "dns_servers", "dns_probe"))
}
INVENTORY = {"inventory_hostname": "dc01"}
ADDRESS = INVENTORY | {"ansible_host": "10.20.0.10"}


def rendered(text: str, variables: dict[str, str]) -> str:
    return jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False).from_string(text).render(variables)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("variables", "expected"), [(INVENTORY, "dc01"), (ADDRESS, "10.20.0.10")])
def test_the_host_is_the_one_that_the_role_looks_at(role: str, variables: dict[str, str], expected: str) -> None:
    asked, defaults = ROLES[role]
    assert rendered(asked["host"], variables) == expected
    assert rendered(defaults[f"{role}_harden_probe_host"], variables) == expected
    assert rendered(asked["host"], variables | {f"{role}_harden_probe_host": "192.0.2.53"}) == "192.0.2.53"


@pytest.mark.parametrize(("role", "option"), [(role, option) for role, (asked, _defaults) in ROLES.items() for option in asked])
def test_every_option_follows_the_role(role: str, option: str) -> None:
    assert f"{role}_harden_probe_{option} " in ROLES[role][0][option]
