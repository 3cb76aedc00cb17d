# SPDX-License-Identifier: GPL-3.0-or-later
"""The role on the lab's hosts: who its users are there, and what a person wrote down of the result (expected/*.yml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from behaviour.convergence import JOURNALS, Host
from behaviour.rdp.places import Table
from behaviour.role_options import rdp_resources_of

EXPECTED = Path(__file__).with_name("expected")
USERS = ["anna"]
# on these the users come from the domain, which the host's own files do not know
DOMAIN_BOXES = ("domain_controller", "under_policy")
PORT = 33890


@cache
def expected(profile: str) -> Table:
    table: Table = yaml.safe_load((EXPECTED / f"{profile}.yml").read_text("utf-8"))
    return table


def hardening(profile: str, box: str = "default2022", **given: Any) -> list[dict[str, Any]]:
    """The role's resources for a box, with anna as the user where the host knows her."""
    return rdp_resources_of(profile, **{"users": [] if box in DOMAIN_BOXES else USERS, **given})


def journals(host: Host) -> list[str]:
    """The identities of all journals of the box, the first one first."""
    return sorted(file.stem for file in host.box.path(JOURNALS).glob("*.jsonl"))
