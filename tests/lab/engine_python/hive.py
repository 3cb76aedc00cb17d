# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and values as registry.json has them: found without case."""

from __future__ import annotations

from typing import Any


def find_key(hive: dict[str, Any], key: str) -> str | None:
    """The stored spelling of a key that has values of its own."""
    return next((stored for stored in hive if stored.lower() == key.strip("\\").lower()), None)


def key_exists(hive: dict[str, Any], key: str) -> bool:
    """A key exists where it is stored or something below it is."""
    wanted = key.strip("\\").lower()
    return any((stored.lower() + "\\").startswith(wanted + "\\") for stored in hive)


def value_of(registry: dict[str, Any], hive: str, key: str, name: str) -> dict[str, Any] | None:
    """`{"kind", "value"}` of a value; None where it is absent."""
    values = registry.get(hive, {})
    stored = find_key(values, key)
    if stored is None:
        return None
    return next((value for found, value in values[stored].items() if found.lower() == name.lower()), None)
