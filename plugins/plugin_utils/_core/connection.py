# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in: how the task reaches the host, so that a plan can tell what would close it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

_WINRM_PORTS = {True: 5986, False: 5985}

# What each connection plugin calls the host, the user and the port (ansible-core, ansible.windows; documented options).
_HOST = ("remote_addr", "host")


@dataclass(frozen=True)
class Connection:
    """user: as Ansible was given it, not become's. transport: the connection plugin, such as V(winrm). tls: None where it cannot be told."""

    transport: str
    host: str | None = None
    user: str | None = None
    port: int | None = None
    tls: bool | None = None

    @property
    def is_winrm(self) -> bool:
        return self.transport in ("winrm", "psrp")


def connection_of(transport: str, option: t.Callable[[str], t.Any]) -> Connection:
    """The connection of a plugin. option gives the value of one of its options and raises KeyError where it has none of that name."""
    transport = transport.rpartition(".")[2]
    tls = _tls(transport, option)
    port = _given(option, "port")
    if port is None and tls is not None:
        port = _WINRM_PORTS[tls]
    host = next((found for name in _HOST if (found := _given(option, name))), None)
    user = _given(option, "remote_user")
    return Connection(transport, host and str(host), user and str(user), port and int(port), tls)


def _tls(transport: str, option: t.Callable[[str], t.Any]) -> bool | None:
    named = {"winrm": "scheme", "psrp": "protocol"}.get(transport)
    if named is None:
        return None
    scheme = _given(option, named)
    # Both plugins take https where neither scheme nor another port than 5985 is given.
    return str(scheme) == "https" if scheme else _given(option, "port") not in (5985, "5985")


def _given(option: t.Callable[[str], t.Any], name: str) -> t.Any:
    try:
        return option(name)
    except KeyError:
        return None
