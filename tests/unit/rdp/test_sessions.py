# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose work a restart of TermService would end."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.sessions import refuse_to_drop, sessions_read

STATES = ("active", "connected", "connect_query", "shadow", "disconnected", "idle", "listen", "reset", "down", "init")
IN_USE = ("active", "shadow")


def host(name: str, state: str) -> Observations:
    return Observations([sessions_read()], [Observation([{"id": 2, "name": name, "state": state}])])


@pytest.mark.parametrize("state", IN_USE)
def test_a_session_that_somebody_is_connected_to_is_named(state: str) -> None:
    with pytest.raises(HardeningError, match=r"Nothing was changed: the port .* RDP-Tcp#0 \(2\)"):
        refuse_to_drop(host("RDP-Tcp#0", state), ["TermService"], False, "the port")


@pytest.mark.parametrize(
    ("name", "state", "restart", "allowed"),
    [
        *[("RDP-Tcp#0", state, "TermService", False) for state in STATES if state not in IN_USE],
        ("Console", "active", "TermService", False),
        ("RDP-Tcp#0", "active", "W3SVC", False),
        ("RDP-Tcp#0", "active", "TermService", True),
    ],
)
def test_what_harms_nobody_is_allowed(name: str, state: str, restart: str, allowed: bool) -> None:
    assert refuse_to_drop(host(name, state), [restart], allowed, "the port") is None
