# SPDX-License-Identifier: GPL-3.0-or-later
"""Response rate limiting. A call without Mode leaves it switched off, so the mode goes with every call (MS-DNSP 3.1.4.1, SetRRL)."""

from __future__ import annotations

import typing as t

from .._core.controls import CHANGED, COMPLIANT
from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Operation
from .joined import Wish, note_joined
from .requests import call, planned_one
from .server_options_controls import RATE_LIMITING
from .server_state import ServerState, state_read

CMDLET = "DnsServerResponseRateLimiting"
MODES = {"disable": "Disable", "enable": "Enable", "log_only": "LogOnly"}
_MOST = 0xFFFFFFFF
# option: the cmdlet's parameter and property, least, most, whether 0 (never) is allowed beside them (MS-DNSP 2.2.16; errors 9912 to 9917)
_NUMBERS: t.Mapping[str, tuple[str, int, int, bool]] = {
    "responses_per_second": ("ResponsesPerSec", 1, _MOST, False),
    "errors_per_second": ("ErrorsPerSec", 1, _MOST, False),
    "window": ("WindowInSec", 1, 3600, False),
    "ipv4_prefix_length": ("IPv4PrefixLength", 1, 32, False),
    "ipv6_prefix_length": ("IPv6PrefixLength", 1, 128, False),
    "leak_rate": ("LeakRate", 2, 10, True),
    "truncate_rate": ("TruncateRate", 2, 10, True),
    "max_responses_per_window": ("MaximumResponsesPerWindow", 1, _MOST, False),
}
# The server holds each against the other, so they go in one call.
_PAIR = ("LeakRate", "TruncateRate")


def check_rate_limiting(given: t.Mapping[str, t.Any]) -> None:
    """Raises HardeningError for numbers that no server takes."""
    for option, (_name, least, most, zero) in _NUMBERS.items():
        value = given.get(option)
        if value is not None and not least <= value <= most and not (zero and value == 0):
            never = ", or 0 for none" if zero else ""
            raise HardeningError(f"Nothing was changed: response_rate_limiting.{option} is {value}; it takes {least} to {most}{never}.")
    if "leak_rate" in given and "truncate_rate" in given:
        _check_pair(given["leak_rate"], given["truncate_rate"])


def _check_pair(leak: int, truncate: int) -> None:
    if 0 not in (leak, truncate) and leak < truncate:
        raise HardeningError(
            f"Nothing was changed: response_rate_limiting.leak_rate {leak} is below truncate_rate {truncate}, which the server refuses (9917). Give "
            "both, the leak rate not below the other, or 0 for none."
        )


def plan_rate_limiting(given: t.Mapping[str, t.Any], state: ServerState, draft: PlanDraft) -> None:
    """given: the options of the group, without the exceptions."""
    now = {name: state.value(CMDLET, name) for name in ("Mode", *(name for name, *_limits in _NUMBERS.values()))}
    wishes = _wishes(given, now)
    if not wishes:
        return
    wanted = {**now, **{one.name: one.wanted for one in wishes}}
    _check_pair(wanted["LeakRate"], wanted["TruncateRate"])
    names = _sent([one.name for one in wishes if one.differs])
    note_joined("response_rate_limiting", wishes, _operation(names, wanted, now), _operation(names, now, wanted), draft)
    _judge(given, now, wanted, draft)


def _wishes(given: t.Mapping[str, t.Any], now: t.Mapping[str, t.Any]) -> list[Wish]:
    found = []
    if "mode" in given:
        wanted = MODES[given["mode"]]
        ids = (RATE_LIMITING.id,) if wanted == "Enable" else ()
        found.append(Wish("response_rate_limiting.mode", "Mode", now["Mode"], wanted, _mode(now["Mode"]), _mode(wanted), ids))
    for option, (name, *_limits) in _NUMBERS.items():
        if option in given:
            value = given[option]
            found.append(Wish(f"response_rate_limiting.{option}", name, now[name], value, str(now[name]), str(value)))
    return found


def _mode(stored: t.Any) -> str:
    """The option's word, whatever the case of the stored one."""
    return next((word for word, known in MODES.items() if known.lower() == str(stored).lower()), str(stored))


def _sent(differing: t.Sequence[str]) -> list[str]:
    pair = _PAIR if set(_PAIR) & set(differing) else ()
    return list(dict.fromkeys(("Mode", *differing, *pair)))


def _operation(names: t.Iterable[str], values: t.Mapping[str, t.Any], planned: t.Mapping[str, t.Any]) -> Operation:
    holds = planned_one(state_read(CMDLET), {}, {name: planned[name] for name in names})
    return call(f"Set-{CMDLET}", {name: values[name] for name in names}, holds)


def _judge(given: t.Mapping[str, t.Any], now: t.Mapping[str, t.Any], wanted: t.Mapping[str, t.Any], draft: PlanDraft) -> None:
    mode = _mode(wanted["Mode"])
    if mode == "enable" and "mode" in given:
        changed = _mode(now["Mode"]) != mode
        draft.judge((RATE_LIMITING,), CHANGED if changed else COMPLIANT, f"response_rate_limiting.mode was {_mode(now['Mode'])}")
    elif "mode" not in given and mode != "enable":
        draft.warnings.append(
            f"response_rate_limiting has numbers, and its mode on the host is {mode}, so nothing is limited. Give mode enable."
        )
