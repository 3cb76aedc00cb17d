# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of an answer: what the box's registry and host.json say. A fact that is not there is null."""

from __future__ import annotations

from typing import Any

from lab.box import Box

from . import journal
from .hive import key_exists, value_of

CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
PRODUCT_OPTIONS = "SYSTEM\\CurrentControlSet\\Control\\ProductOptions"
SESSION_MANAGER = "SYSTEM\\CurrentControlSet\\Control\\Session Manager"
REBOOT_KEYS = {
    "component_servicing": "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending",
    "windows_update": "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired",
}
POWERSHELL = ("version", "edition", "language_mode")
ACCOUNT = ("name", "sid", "local", "groups")


def facts(box: Box) -> dict[str, Any]:
    host, registry = box.host, box.registry

    def value(key: str, name: str) -> Any:
        found = value_of(registry, "HKLM", key, name)
        return None if found is None else found["value"]

    build = value(CURRENT_VERSION, "CurrentBuildNumber")
    revision = value(CURRENT_VERSION, "UBR")
    return {
        "computer_name": host.get("computer_name"),
        "build": int(build) if str(build).isdecimal() else None,
        "revision": 0 if revision is None else revision,
        "product": value(CURRENT_VERSION, "ProductName"),
        "installation": value(CURRENT_VERSION, "InstallationType"),
        "product_type": value(PRODUCT_OPTIONS, "ProductType"),
        "language": host.get("language"),
        "process_bits": host.get("process_bits"),
        "elevated": host.get("elevated"),
        "powershell": _named(host.get("powershell"), POWERSHELL),
        "reboot_pending": _reboot_pending(registry),
        "account": _named(host.get("account"), ACCOUNT),
        "unfinished_journals": journal.unfinished(box),
    }


def _named(source: dict[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if source is None else {name: source.get(name) for name in names}


def _reboot_pending(registry: dict[str, Any]) -> list[str]:
    machine = registry.get("HKLM", {})
    pending = [name for name, key in REBOOT_KEYS.items() if key_exists(machine, key)]
    renames = value_of(registry, "HKLM", SESSION_MANAGER, "PendingFileRenameOperations")
    return pending + (["file_rename"] if renames is not None else [])
