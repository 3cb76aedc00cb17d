# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks from the controller whether Remote Desktop answers on a port."""

from __future__ import annotations

from ...module_utils._probe.probing import Handshake, handshake
from .._core.connection import Connection

SECONDS = 10.0


def knock(connection: Connection, port: int) -> str | None:
    """A sentence for why the new port cannot be used from here, or None. No logon is attempted."""
    if connection.host is None:
        return f"Nobody can ask for an answer on port {port}: the connection {connection.transport} has no address. Use verify_from none."
    answer = handshake(connection.host, port, SECONDS)
    if isinstance(answer, Handshake):
        return None
    return (
        f"Port {port} of {connection.host} gives {answer.text}, as seen from the controller: a firewall in between, or on the host, does not "
        "let it through. Open it there, or use verify_from none where the controller is not one of those who may come in."
    )
