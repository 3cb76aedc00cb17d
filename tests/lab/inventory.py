# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a running lab."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One host as a client reaches it. groups: those it is in besides `windows`. dns_port: where its DNS Server answers."""

    name: str
    port: int
    user: str
    password: str
    groups: tuple[str, ...] = ()
    dns_port: int | None = None

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
    found = list(endpoints)
    lines = ["---", "windows:", "  hosts:"]
    for endpoint in found:
        lines += [f"    {endpoint.name}:", *(f"      {name}: {json.dumps(value)}" for name, value in _variables(endpoint).items())]
    lines.append("  vars:")
    lines += [f"    {name}: {json.dumps(value)}" for name, value in HOST_VARS.items()]
    for group in sorted({group for endpoint in found for group in endpoint.groups}):
        lines += [f"{group}:", "  hosts:", *(f"    {endpoint.name}:" for endpoint in found if group in endpoint.groups)]
    return "\n".join(lines) + "\n"


def _variables(endpoint: Endpoint) -> dict[str, object]:
    own: dict[str, object] = {"ansible_port": endpoint.port, "ansible_user": endpoint.user, "ansible_password": endpoint.password}
    return own | ({"dns_harden_probe_port": endpoint.dns_port} if endpoint.dns_port else {})
