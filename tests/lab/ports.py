# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP ports of 127.0.0.1 for simulated hosts, chosen by the system."""

from __future__ import annotations

import socket
from contextlib import ExitStack

# from here on Windows itself hands ports out, and keeps ranges of them for itself
FIRST_DYNAMIC = 49152


def free_port() -> int:
    """A port that nobody listens on, below Windows' dynamic range."""
    with ExitStack() as taken:
        while True:
            server = taken.enter_context(socket.socket())
            server.bind(("127.0.0.1", 0))
            port: int = server.getsockname()[1]
            if port < FIRST_DYNAMIC:
                return port
