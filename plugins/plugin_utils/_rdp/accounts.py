# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of a host: the local ones, names to SIDs, and the account that the connection logs on with."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.connection import Connection
from .._core.errors import HardeningError, whole
from .._core.facts import HostFacts
from .._core.observation import Observations
from .._core.operations import Read

# The account of the session, in a resolve read.
SESSION = ""
ADMINISTRATOR = "500"


def accounts_read() -> Read:
    return Read("account", "accounts")


def resolve_read(names: t.Iterable[str]) -> Read:
    """Each name once, sorted, so that two resources that ask for the same ask once."""
    return Read("account", "resolve", {"names": sorted(set(names))})


def host_name(name: str) -> str:
    """An account's name as the host is asked for it: V(.\\deploy) is what people write for V(deploy) of the host itself."""
    return name.removeprefix(".\\")


def connection_names(connection: Connection | None) -> list[str]:
    """What is resolved to know the account of the connection."""
    return [SESSION, *([host_name(connection.user)] if connection and connection.user else [])]


@dataclass(frozen=True)
class LocalAccount:
    """password_age_days: None where the password was never set. password_expires: False for an account that is exempt, and for all while
    the host's maximum age is none.
    """

    name: str
    sid: str
    enabled: bool
    password_age_days: int | None
    password_expires: bool

    @property
    def number(self) -> str:
        """The last part of the SID; 500 is the built-in administrator, whatever its name."""
        return self.sid.rpartition("-")[2]


def local_accounts(observations: Observations) -> tuple[LocalAccount, ...] | None:
    """The local accounts; None on a domain controller, which has none."""
    value = observations.value(accounts_read())
    if value is None:
        return None
    fields = ("name", "sid", "enabled", "password_age_days", "password_expires")
    with whole("the list of local accounts"):
        return tuple(LocalAccount(**{name: item[name] for name in fields}) for item in value)


@dataclass(frozen=True)
class WayIn:
    """The account that the connection logs on with. local: the account's own entry, where it is one of the host. transport: the connection plugin."""

    sid: str | None
    name: str
    local: LocalAccount | None
    transport: str | None

    @classmethod
    def observed(cls, read: Read, observations: Observations, facts: HostFacts, connection: Connection | None) -> WayIn:
        """read: a resolve read that holds connection_names. Where the connection's name says nothing to the host, it is the session's account."""
        names = observations.value(read)
        found = next((names[name] for name in reversed(connection_names(connection)) if names.get(name) and names[name].get("sid")), None)
        account = facts.account
        sid = found["sid"] if found else (account.sid if account else None)
        name = (found and found.get("name")) or (account.name if account else "the account of the connection")
        local = next((one for one in local_accounts(observations) or () if one.sid == sid), None)
        return cls(sid, name, local, connection.transport if connection else None)


def unreadable(what: str, problem: HardeningError) -> HardeningError:
    """Why a plan stops where something it needs could not be read."""
    return HardeningError(f"Nothing was changed: {what} cannot be read: {problem}.")
