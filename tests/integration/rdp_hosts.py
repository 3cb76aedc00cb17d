# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for tests of Remote Desktop: each has a port of this machine that the system chose, so that a knock is a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab import boxes
from lab.box import Box
from lab.ports import free_port

ROLE = [{"hosts": "windows", "gather_facts": False, "roles": [{"role": "hardening.windows.rdp_harden"}]}]
# A profile that asks for nothing, so that a test says itself what it wants.
NOTHING = {"rdp_harden_profiles": {"nothing": {}}, "rdp_harden_profile": "nothing"}
CONVERGE = "Harden Remote Desktop"
PROBE = "Look at Remote Desktop from outside"


def build(template: str, folder: Path, **options: Any) -> Box:
    return boxes.build(template, folder, **{"rdp_port": free_port(), **options})


def port_of(box: Box) -> int:
    """What the listener's key says."""
    key = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
    return int(box.registry["HKLM"][key]["PortNumber"]["value"])
