# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of rdp_listener, made from its table."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .listener_table import LONGEST, SETTINGS

_BOOL: dict[str, t.Any] = {"type": "bool"}
_MINUTES: dict[str, t.Any] = {"type": "int"}
_LIMITS = ("idle", "disconnected", "active")


def _choice(option: str) -> dict[str, t.Any]:
    """A bool, or one of the words of the table."""
    setting = next(one for one in SETTINGS if one.option == option)
    words = list(setting.values)
    return dict(_BOOL) if True in words else {"type": "str", "choices": words}


def _group(name: str) -> dict[str, t.Any]:
    options = {one.option.partition(".")[2]: _choice(one.option) for one in SETTINGS if one.option.startswith(name + ".") and one.values}
    return {"type": "dict", "options": options}


def argument_spec() -> dict[str, t.Any]:
    limits = _group("time_limits")
    limits["options"] = {**{name: dict(_MINUTES) for name in _LIMITS}, **limits["options"]}
    plain = ("enabled", "transports", "shadowing", "single_session", "disconnect_on_lock")
    return {
        **{option: _choice(option) for option in plain},
        "redirections": _group("redirections"),
        "time_limits": limits,
        "temporary_folders": _group("temporary_folders"),
    }


def check_limits(options: t.Mapping[str, t.Any]) -> None:
    """Raises HardeningError for a number of minutes that Windows cannot store."""
    for name in _LIMITS:
        minutes = options.get("time_limits", {}).get(name, 0)
        if not 0 <= minutes <= LONGEST:
            raise HardeningError(
                f"Nothing was changed: time_limits.{name} is {minutes} minutes; it takes 0 (never) to {LONGEST}, the most that Windows can store."
            )
