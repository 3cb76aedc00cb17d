# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that cannot stand together: both given, or one given and the other in effect on the host."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.registry import Registry
from .ownership import Ownership
from .security_layer_table import CONTRADICTIONS
from .setting import Setting, effective


def check_given(wanted: t.Mapping[str, t.Any]) -> None:
    """wanted: values by option. Raises HardeningError where two of them contradict each other."""
    for pair in CONTRADICTIONS:
        if all(wanted.get(setting.option) == value for setting, value in (pair.one, pair.other)):
            raise HardeningError(
                f"Nothing was changed: {pair.name}: {_told(*pair.one)} and {_told(*pair.other)} are both given. {pair.reason}."
            )


def check_host(wanted: t.Mapping[str, t.Any], registry: Registry, ownership: Ownership) -> None:
    """Raises HardeningError where a wanted value contradicts one that is in effect and that the task does not change."""
    for pair in CONTRADICTIONS:
        for (setting, value), (other, standing) in ((pair.one, pair.other), (pair.other, pair.one)):
            if wanted.get(setting.option) != value or _is_owned_otherwise(setting, value, registry, ownership):
                continue
            now = effective(other, registry, ownership)
            if now.value != other.stored(standing) or (other.option in wanted and not now.owner):
                continue
            raise HardeningError(
                f"Nothing was changed: {pair.name}: {_told(setting, value)} is wanted, while {_told(other, standing)} is in effect on the host "
                f"({now.place.path + ': ' + now.place.name if now.place else 'default'}). {pair.reason}; {_advice(other, now.owner)}."
            )


def _is_owned_otherwise(setting: Setting, value: t.Any, registry: Registry, ownership: Ownership) -> bool:
    """Whether the wanted value does not come about anyway, because Group Policy keeps another."""
    now = effective(setting, registry, ownership)
    return bool(now.owner) and now.value != setting.stored(value)


def _told(setting: Setting, value: t.Any) -> str:
    return f"{setting.option} {str(value).lower() if isinstance(value, bool) else value}"


def _advice(other: Setting, owner: str | None) -> str:
    if owner:
        return f"have {other.option} changed in the policy that owns it ({owner}) first"
    return f"give {other.option} too, with another value"
