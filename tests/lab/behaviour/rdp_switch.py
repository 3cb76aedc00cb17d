# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: Remote Desktop is switched on and off while its service runs, and what of the listener waits for a restart."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import Part, Steps
from lab.behaviour.rdp_expectation import Document
from lab.behaviour.rdp_host import host, row
from lab.behaviour.rdp_listener import (
    LISTENER,
    LOCAL,
    OPEN,
    POLICY,
    SERVER,
    SERVICES,
    SESSION_TEXT,
    SSH,
    WINRM,
    number,
    remote,
    service,
    serving,
    socket,
)
from lab.behaviour.rdp_requests import SESSIONS, listeners
from lab.behaviour.requests import Step, apply, registry_delete, registry_set
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

HELP = "TerminalServer.admx, help of fDenyTSConnections: new connections are refused, current ones are maintained"
PRECEDENCE = "TerminalServer.admx: the policy's value of fDenyTSConnections goes before the host's own"
DEFAULT = "fDenyTSConnections is 1 on a fresh server; its absence is taken to be the same"
TRANSPORT = "TerminalServer.admx: SelectTransport; that the service reads it when it starts is inferred from PortNumber"
PORT_PAGE = "Change the listening port, learn.microsoft.com, asks for a restart; which port is opened by switching on is not documented"
SWITCH = "fDenyTSConnections"
DENIES, ALLOWS = {SWITCH: 1}, {SWITCH: 0}


def silent(server: dict[str, int], listener: dict[str, int], policy: dict[str, int] | None = None, **changes: Any) -> Situation:
    """A host whose service runs and listens nowhere, or on what is given."""
    registry = {SERVER: server, LISTENER: listener, POLICY: policy or {}}
    return host(
        registry={key: {name: number(value) for name, value in values.items()} for key, values in registry.items()},
        services=changes.get("services", SERVICES),
        documents={"network": {"active_profiles": ["Public"], "excluded": [], "sockets": changes.get("sockets", [WINRM])}},
        texts={"sessions.txt": SESSION_TEXT},
    )


def written(key: str, value: int, before: int | None, name: str = SWITCH) -> Step:
    planned = {"exists": False} if before is None else {"exists": True, **number(before)}
    return registry_set(key, name, "DWord", value, planned)


def deleted(key: str, before: int) -> Step:
    return registry_delete(key, SWITCH, {"exists": True, **number(before)})


def after(name: str, situation: Situation, step: Step, sockets: list[dict[str, Any]], source: str, certainty: str) -> Row:
    """The sockets that are open after a write of the registry and no restart; the sessions are the same in any case."""
    same = (Part("1/name", "RDP-Tcp#0", number=1), Part("3/name", "RDP-Tcp", number=1))
    expect = (Steps(("done",)), Document("network", ("sockets",), sockets), *same)
    return row(f"listener: {name}", situation, apply(step, read=(listeners(), SESSIONS)), expect, source, certainty)


OPENED = [WINRM, *remote(3389, "tcp", "udp")]
STANDING = [*remote(3389, "udp", "tcp"), WINRM]  # as `serving` has them: nothing was opened or closed
TAKEN = [WINRM, socket("tcp", "0.0.0.0", 3389, SSH)]

SWITCHED = (
    after("switched off at once, and every session stays", serving(OPEN, LOCAL), written(SERVER, 1, 0), [WINRM], HELP, "D"),
    after("switched on at once", silent(DENIES, LOCAL), written(SERVER, 0, 1), OPENED, HELP, "D"),
    after(
        "switched on by a value in another case", silent(DENIES, LOCAL), written(SERVER.upper(), 0, 1, SWITCH.upper()), OPENED, HELP, "D"
    ),
    after("switched off by a policy", serving(OPEN, LOCAL), written(POLICY, 1, None), [WINRM], PRECEDENCE, "D"),
    after("switched on by a policy, though the host denies it", silent(DENIES, LOCAL), written(POLICY, 0, None), OPENED, PRECEDENCE, "D"),
    after("the host allows it again once the policy is gone", silent(ALLOWS, LOCAL, DENIES), deleted(POLICY, 1), OPENED, PRECEDENCE, "D"),
    after("the host denies it again once the policy is gone", serving(DENIES, LOCAL, ALLOWS), deleted(POLICY, 0), [WINRM], PRECEDENCE, "D"),
    after(
        "the host's own switch says nothing under a policy", silent(DENIES, LOCAL, DENIES), written(SERVER, 0, 1), [WINRM], PRECEDENCE, "D"
    ),
    after("switched off where the value is taken away", serving(OPEN, LOCAL), deleted(SERVER, 0), [WINRM], DEFAULT, "I"),
)

WAITING = (
    after(
        "the transport waits for a restart",
        serving(OPEN, LOCAL),
        written(LISTENER, 1, 2, "SelectTransport"),
        STANDING,
        TRANSPORT,
        "I",
    ),
    after(
        "the transport of a policy waits for a restart",
        serving(OPEN, LOCAL),
        written(POLICY, 1, None, "SelectTransport"),
        STANDING,
        TRANSPORT,
        "I",
    ),
    after(
        "another port is opened by no switch that was on already",
        serving(OPEN, {"PortNumber": 3390}),
        written(POLICY, 0, None),
        STANDING,
        PORT_PAGE,
        "I",
    ),
    after(
        "a switch opens the port that the registry has by then",
        silent(DENIES, {"PortNumber": 3390}),
        written(SERVER, 0, 1),
        [WINRM, *remote(3390, "tcp", "udp")],
        PORT_PAGE,
        "?",
    ),
    after(
        "a switch opens no port that another process has",
        silent(DENIES, LOCAL, sockets=TAKEN),
        written(SERVER, 0, 1),
        TAKEN,
        "General Remote Desktop connection troubleshooting, learn.microsoft.com",
        "D",
    ),
    after(
        "a switch opens nothing where the service does not run",
        silent(DENIES, LOCAL, services=SERVICES | {"TermService": service("Stopped")}),
        written(SERVER, 0, 1),
        [WINRM],
        "The sockets are those of the service's process",
        "I",
    ),
)

ROWS = SWITCHED + WAITING
