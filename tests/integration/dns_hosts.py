# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts with a DNS Server for tests by real Ansible. What the lab's front answers on is in the inventory."""

from __future__ import annotations

import json
from typing import Any

from lab.box import Box

ROLE = [{"hosts": "dns_servers", "gather_facts": False, "roles": [{"role": "hardening.windows.dns_harden"}]}]
# A profile that asks for nothing, so that a test says itself what it wants.
NOTHING = {"dns_harden_profiles": {"nothing": {}}, "dns_harden_profile": "nothing"}
CONVERGE = "Harden the DNS Server"
PROBE = "Look at the DNS Server from outside"


def documents(box: Box) -> dict[str, Any]:
    """What a run may change of a DNS Server, read by nothing of the project."""
    return {name: json.loads((box.folder / f"{name}.json").read_text("utf-8")) for name in ("dns", "registry", "network", "services")}
