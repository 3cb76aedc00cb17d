# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of a host, and the refusal to end those that somebody is working in.

A restart of TermService drops every Remote Desktop session, not the console's and not WinRM's or SSH's (Microsoft's article on Remote
Desktop errors: the service holds the sessions' connections).
"""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError, whole
from .._core.observation import Observations
from .._core.operations import Read
from .terminal_services import SERVICE

# WTS_CONNECTSTATE_CLASS: somebody is logged on to a client that is connected, or looks on at somebody else's session.
_IN_USE = ("active", "shadow")
# The name of the session at the machine itself is not translated (WTSGetActiveConsoleSessionId, qwinsta).
_CONSOLE = "console"

SESSIONS_SPEC: dict[str, t.Any] = {"disconnect_sessions": {"type": "bool", "default": False}}


def sessions_read() -> Read:
    return Read("session", "sessions")


def active_sessions(observations: Observations) -> list[str]:
    """The Remote Desktop sessions that somebody is connected to, as C(RDP-Tcp#0 (2))."""
    value = observations.value(sessions_read())
    with whole("the list of sessions"):
        in_use = [one for one in value if one["state"] in _IN_USE and one["name"].lower() != _CONSOLE]
        return [f"{one['name']} ({one['id']})" for one in in_use]


def refuse_to_drop(observations: Observations, restarts: t.Iterable[str], allowed: bool, what: str) -> None:
    """Raises HardeningError where a restart of TermService would drop sessions that are in use. what: the change that needs it."""
    if allowed or SERVICE not in restarts:
        return
    sessions = active_sessions(observations)
    if sessions:
        raise HardeningError(
            f"Nothing was changed: {what} needs a restart of {SERVICE}, which would drop the session(s) {', '.join(sessions)} that somebody is "
            "working in. Run when nobody is connected, set disconnect_sessions to true, or set restart to later."
        )
