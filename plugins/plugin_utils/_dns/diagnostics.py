# SPDX-License-Identifier: GPL-3.0-or-later
"""The debug log and the events: bools that one call of Set-DnsServerDiagnostics writes (MS-DNSP 2.2.9.1; the cmdlet's parameter sets).

Logging of packets begins only where one at least of each group is selected.
"""

from __future__ import annotations

import typing as t

from .._core.draft import PlanDraft
from .._core.errors import HardeningError
from .._core.operations import Operation
from .joined import Wish, note_joined
from .requests import call, planned_one
from .server_state import ServerState, state_read
from .setting import value_at

CMDLET = "DnsServerDiagnostics"
# option: the getter's property
PACKETS = {
    "queries": "Queries",
    "updates": "Update",
    "notifications": "Notifications",
    "questions": "QuestionTransactions",
    "answers": "Answers",
    "send": "SendPackets",
    "receive": "ReceivePackets",
    "udp": "UdpPackets",
    "tcp": "TcpPackets",
    "full": "FullPackets",
    "unmatched_responses": "UnmatchedResponse",
}
_LOG_FILE = {"enabled": "EnableLoggingToFile", "rollover": "EnableLogFileRollover", "write_through": "WriteThrough"}
EVENTS = {
    "zone_loading": "EnableLoggingForZoneLoadingEvent",
    "zone_data_write": "EnableLoggingForZoneDataWriteEvent",
    "server_start_stop": "EnableLoggingForServerStartStopEvent",
    "plugin_dll": "EnableLoggingForPluginDllEvent",
    "remote_server": "EnableLoggingForRemoteServerEvent",
    "local_lookup": "EnableLoggingForLocalLookupEvent",
    "recursive_lookup": "EnableLoggingForRecursiveLookupEvent",
    "tombstone": "EnableLoggingForTombstoneEvent",
    "system_log": "UseSystemEventLog",
}
FLAGS = {
    f"diagnostics.{group}.{option}": name
    for group, options in (("packets", PACKETS), ("log_file", _LOG_FILE), ("events", EVENTS))
    for option, name in options.items()
}
# The setter's word where it is another.
_PARAMETERS = {"Update": "Updates"}
_GROUPS = (
    ("send", "receive"),
    ("udp", "tcp"),
    ("queries", "updates", "notifications"),
    ("questions", "answers"),
)


def plan_diagnostics(options: t.Mapping[str, t.Any], state: ServerState, draft: PlanDraft) -> None:
    """options: all of the resource's."""
    given = {option: name for option, name in FLAGS.items() if value_at(options, option) is not None}
    if not given:
        return
    now = {name: bool(state.value(CMDLET, name)) for name in FLAGS.values()}
    wishes = [_wish(option, name, now[name], value_at(options, option)) for option, name in given.items()]
    wanted = {**now, **{one.name: one.wanted for one in wishes}}
    if any(one.differs and one.option.startswith("diagnostics.packets.") for one in wishes):
        _check_groups(wanted)
    names = _sent([one.name for one in wishes if one.differs])
    note_joined("diagnostics", wishes, _operation(names, wanted, now), _operation(names, now, wanted), draft)


def _wish(option: str, name: str, now: bool, value: bool) -> Wish:
    return Wish(option, name, now, value, str(now).lower(), str(value).lower())


def _check_groups(wanted: t.Mapping[str, bool]) -> None:
    """Raises HardeningError where packets are selected and none would be written."""
    empty = [group for group in _GROUPS if not any(wanted[PACKETS[option]] for option in group)]
    if empty and len(empty) < len(_GROUPS):
        missing = "; ".join(" or ".join(group) for group in empty)
        raise HardeningError(
            f"Nothing was changed: diagnostics.packets would log nothing: one at least of each group must be on, and of these none is: {missing}."
        )


def _sent(differing: t.Sequence[str]) -> list[str]:
    """The cmdlet's page wants one of each group of packets in every call that sets any of them, so they all go."""
    groups = [PACKETS[option] for group in _GROUPS for option in group]
    return list(dict.fromkeys((*differing, *(groups if set(groups) & set(differing) else ()))))


def _operation(names: t.Sequence[str], values: t.Mapping[str, bool], planned: t.Mapping[str, bool]) -> Operation:
    holds = planned_one(state_read(CMDLET), {}, {name: planned[name] for name in names})
    return call(f"Set-{CMDLET}", {_PARAMETERS.get(name, name): values[name] for name in names}, holds)
