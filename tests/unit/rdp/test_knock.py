# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking from outside whether a moved port answers."""

from __future__ import annotations

import socket
import threading

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.knock import knock

CONFIRM = bytes.fromhex("030000130ed00000123400021f080002000000")


def listening(answer: bytes) -> socket.socket:
    """A socket that answers every connection in the same way, until it is closed."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(100)
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return server


def asked(answer: bytes) -> str | None:
    with listening(answer) as server:
        return knock(Connection("winrm", "127.0.0.1"), server.getsockname()[1])


def test_a_confirmation_is_an_answer() -> None:
    assert asked(CONFIRM) is None


def test_a_refusal_of_the_protocol_is_an_answer_too() -> None:
    assert asked(bytes.fromhex("030000130ed000001234000300080005000000")) is None


def test_another_service_is_no_answer() -> None:
    assert "no Remote Desktop" in str(asked(b"HTTP/1.1 400 Bad Request\r\n\r\n"))


def test_a_closed_port_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    problem = str(knock(Connection("winrm", "127.0.0.1"), port))
    assert all(part in problem for part in (f"Port {port} of 127.0.0.1", "refused", "verify_from none"))


def test_a_connection_without_an_address_cannot_be_asked() -> None:
    assert "has no address" in str(knock(Connection("local"), 3389))
