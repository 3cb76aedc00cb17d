# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a running lab."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One host as a client reaches it."""

    name: str
    port: int
    user: str
    password: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/wsman"


HOST_VARS = {
    "ansible_connection": "winrm",
    "ansible_host": "127.0.0.1",
    "ansible_winrm_scheme": "http",
    "ansible_winrm_transport": "basic",
}


def render(endpoints: Iterable[Endpoint]) -> str:
    """YAML; scalars are written as JSON, which YAML reads as they are meant."""
    lines = ["---", "windows:", "  hosts:"]
    for endpoint in endpoints:
        lines += [
            f"    {endpoint.name}:",
            f"      ansible_port: {endpoint.port}",
            f"      ansible_user: {json.dumps(endpoint.user)}",
            f"      ansible_password: {json.dumps(endpoint.password)}",
        ]
    lines.append("  vars:")
    lines += [f"    {name}: {json.dumps(value)}" for name, value in HOST_VARS.items()]
    return "\n".join(lines) + "\n"
