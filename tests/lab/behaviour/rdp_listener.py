# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: sockets, what Remote Desktop Services listens on after it started, and sessions."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import InAnswer, Part, Steps
from lab.behaviour.rdp_expectation import Document, Whole
from lab.behaviour.rdp_host import PROTOCOL, host, row
from lab.behaviour.rdp_requests import SESSIONS, listeners
from lab.behaviour.requests import apply, reads, registry_set
from lab.behaviour.situation import Situation

SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
PORT_PAGE = "Change the listening port, learn.microsoft.com; MicrosoftDocs/windowsserverdocs issues 4645 and 4646"
ADMX = "TerminalServer.admx: fDenyTSConnections, SelectTransport; the policy's value goes before the host's own"
TROUBLESHOOTING = "General Remote Desktop connection troubleshooting, learn.microsoft.com"
NETSTAT = "netstat -ano and -abon of real hosts"
RDP, WEB, SSH = 1044, 4, 2200
SESSION_TEXT = "2\tRDP-Tcp#0\t0\n1\tConsole\t1\n3\t\t4\n65536\tRDP-Tcp\t6\n"


def number(value: int) -> dict[str, Any]:
    return {"kind": "DWord", "value": value}


def socket(protocol: str, address: str, port: int, process: int = RDP) -> dict[str, Any]:
    return {"protocol": protocol, "address": address, "port": port, "process": process}


def remote(port: int, *protocols: str) -> list[dict[str, Any]]:
    return [socket(protocol, address, port) for protocol in protocols for address in ("0.0.0.0", "::")]


def seen(*sockets: dict[str, Any], services: list[str]) -> list[dict[str, Any]]:
    return [{**item, "services": services} for item in sockets]


def service(state: str = "Running", process: int = RDP, *dependents: str) -> dict[str, Any]:
    return {"state": state, "start_type": "Manual", "dependents": list(dependents), "process": process}


WINRM = socket("tcp", "::", 5985, WEB)
SERVICES = {
    "TermService": service("Running", RDP, "UmRdpService"),
    "UmRdpService": service("Stopped"),
    "CryptSvc": service(),
    "Spooler": service("Running", 990),
}


def serving(
    server: dict[str, int], listener: dict[str, int], policy: dict[str, int] | None = None, others: Any = (WINRM,), **changes: Any
) -> Situation:
    """A host that listens on 3389; its registry says something else for the next start."""
    registry = {SERVER: server, LISTENER: listener, POLICY: policy or {}}
    network = {"active_profiles": ["Public"], "excluded": [[50000, 50059]], "sockets": [*remote(3389, "udp", "tcp"), *others]}
    return host(
        registry={key: {name: number(value) for name, value in values.items()} for key, values in registry.items()},
        services=changes.get("services", SERVICES),
        documents={"network": network},
        texts={"sessions.txt": SESSION_TEXT},
    )


OPEN, LOCAL = {"fDenyTSConnections": 0}, {"PortNumber": 3389, "SelectTransport": 2}
HOST = serving(OPEN, LOCAL)
BOTH = [*seen(*remote(3389, "tcp"), services=["CryptSvc", "TermService"]), *seen(WINRM, services=[])]
UDP = seen(*remote(3389, "udp"), services=["CryptSvc", "TermService"])
TO_3390 = registry_set(LISTENER, "PortNumber", "DWord", 3390, {"exists": True, "kind": "DWord", "value": 3389})
RESTART = apply(restarts=["TermService"], read=(listeners(), SESSIONS))
RESTARTED = InAnswer("restarts", [{"service": "TermService", "error": None}])
LEFT = [
    {"id": 1, "name": "Console", "state": "connected"},
    {"id": 3, "name": "", "state": "disconnected"},
    {"id": 65536, "name": "RDP-Tcp", "state": "listen"},
]


def opens(sockets: list[dict[str, Any]], others: list[dict[str, Any]]) -> tuple[Any, ...]:
    """The sockets of Remote Desktop and the others after the restart, and the sessions that are left."""
    return RESTARTED, Document("network", ("sockets",), [*others, *sockets]), Whole(LEFT, number=1)


READING = (
    row(
        "listener: sockets by protocol, port and address, with the running services of their process",
        HOST,
        reads(listeners()),
        (Whole({"sockets": [*BOTH, *UDP], "excluded": [[50000, 50059]]}),),
        NETSTAT,
        "S",
    ),
    row(
        "listener: one that is waited for and there",
        HOST,
        reads(listeners({"protocol": "tcp", "port": 3389, "service": "TermService", "seconds": 30})),
        (Part("sockets", [*BOTH, *UDP]),),
        PROTOCOL,
        "P",
    ),
    row(
        "listener: one that does not come is no error",
        HOST,
        reads(listeners({"protocol": "tcp", "port": 3390, "service": "TermService", "seconds": 0})),
        (Part("sockets", [*BOTH, *UDP]),),
        PROTOCOL,
        "P",
    ),
    row(
        "listener: it is looked for again and again until the seconds are over",
        HOST,
        reads(listeners({"protocol": "tcp", "port": 3390, "service": "TermService", "seconds": 3})),
        (Part("sockets", [*BOTH, *UDP]),),
        PROTOCOL,
        "P",
    ),
    row(
        "listener: nothing listens, nothing is kept",
        host(documents={"network": {"active_profiles": [], "excluded": [], "sockets": []}}),
        reads(listeners()),
        (Whole({"sockets": [], "excluded": []}),),
        PROTOCOL,
        "P",
    ),
)

STARTING = (
    row(
        "listener: another port after a restart, on TCP and UDP",
        HOST,
        apply(TO_3390, restarts=["TermService"], read=(listeners(), SESSIONS)),
        (
            Steps(("done",)),
            *opens(remote(3390, "tcp", "udp"), [WINRM]),
            Part("sockets/0", {"protocol": "tcp", "address": "0.0.0.0", "port": 3390}),
        ),
        PORT_PAGE,
        "D",
    ),
    row(
        "listener: another port without a restart changes nothing yet",
        HOST,
        apply(TO_3390, read=(listeners(), SESSIONS)),
        (Steps(("done",)), Part("sockets", [*BOTH, *UDP]), Part("0/name", "Console", number=1), Part("1/name", "RDP-Tcp#0", number=1)),
        PORT_PAGE,
        "D",
    ),
    row("listener: none where the host denies it", serving({"fDenyTSConnections": 1}, LOCAL), RESTART, opens([], [WINRM]), ADMX, "D"),
    row(
        "listener: none where a policy denies it, though the service runs",
        serving(OPEN, LOCAL, {"fDenyTSConnections": 1}),
        apply(restarts=["termservice"], read=(listeners(), SESSIONS, {"provider": "service", "read": "service", "name": "TermService"})),
        (Document("network", ("sockets",), [WINRM]), Whole(LEFT, number=1), Part("state", "Running", number=2)),
        TROUBLESHOOTING,
        "D",
    ),
    row(
        "listener: a policy that allows goes before a host that denies",
        serving({"fDenyTSConnections": 1}, LOCAL, {"fDenyTSConnections": 0}),
        RESTART,
        opens(remote(3389, "tcp", "udp"), [WINRM]),
        ADMX,
        "D",
    ),
    row(
        "listener: no UDP where only TCP is to be used",
        serving(OPEN, LOCAL | {"SelectTransport": 1}),
        RESTART,
        opens(remote(3389, "tcp"), [WINRM]),
        ADMX,
        "I",
    ),
    row(
        "listener: the policy of the transport goes before the host's own",
        serving(OPEN, LOCAL | {"SelectTransport": 1}, {"SelectTransport": 2}),
        RESTART,
        opens(remote(3389, "tcp", "udp"), [WINRM]),
        ADMX,
        "I",
    ),
    row(
        "listener: no socket where another process has the port",
        serving(OPEN, {"PortNumber": 22}, others=(socket("tcp", "0.0.0.0", 22, SSH),)),
        RESTART,
        opens([], [socket("tcp", "0.0.0.0", 22, SSH)]),
        TROUBLESHOOTING,
        "D",
    ),
    row(
        "listener: a stopped service is not started and opens nothing",
        serving(OPEN, {"PortNumber": 3390}, services=SERVICES | {"TermService": service("Stopped")}),
        RESTART,
        (RESTARTED, Document("network", ("sockets", 0), socket("udp", "0.0.0.0", 3389)), Part("1/name", "RDP-Tcp#0", number=1)),
        PROTOCOL,
        "P",
    ),
    row(
        "listener: the restart of another service changes no socket and no session",
        HOST,
        apply(restarts=["Spooler"], read=(listeners(), SESSIONS)),
        (Part("sockets", [*BOTH, *UDP]), Part("1/name", "RDP-Tcp#0", number=1)),
        PROTOCOL,
        "P",
    ),
)

STATES = ("active", "connected", "connect_query", "shadow", "disconnected", "idle", "listen", "reset", "down", "init")
SESSION = (
    row(
        "session: every state of WTS_CONNECTSTATE_CLASS, by id",
        host(texts={"sessions.txt": "".join(f"{10 - state}\tS{state}\t{state}\n" for state in range(10))}),
        reads(SESSIONS),
        (Whole([{"id": 10 - state, "name": f"S{state}", "state": STATES[state]} for state in range(9, -1, -1)]),),
        "WTS_CONNECTSTATE_CLASS, learn.microsoft.com",
        "D",
    ),
    row("session: nobody", host(texts={"sessions.txt": ""}), reads(SESSIONS), (Whole([]),), PROTOCOL, "P"),
    row(
        "session: one stays a list",
        host(texts={"sessions.txt": "1\tConsole\t0\n"}),
        reads(SESSIONS),
        (Whole([{"id": 1, "name": "Console", "state": "active"}]),),
        PROTOCOL,
        "P",
    ),
)

ROWS = READING + STARTING + SESSION
