# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what waits for a restart of the DNS Server, and what a restart reads from the registry."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects, Open
from lab.behaviour.dns_host import CONTROLLER, OPERATION, SPEC, STARTS, host, row, stopped, writing
from lab.behaviour.dns_requests import call, config, get, query
from lab.behaviour.dns_settings import CACHE, RECURSION, SETTING
from lab.behaviour.expectation import InAnswer, Part, Steps
from lab.behaviour.rdp_expectation import Document
from lab.behaviour.requests import Step, apply, registry_delete, registry_set
from lab.dns_values import PARAMETERS

LOCKING = "BPA for DNS, ee649148: the service must be restarted for cache locking"
DEFAULT = SPEC + ": a value that is not in persistent storage has its default"
ABSENT = {"exists": False}


def number(value: int) -> dict[str, Any]:
    return {"kind": "DWord", "value": value}


def written(name: str, value: int, before: int | None = None) -> Step:
    planned = ABSENT if before is None else {"exists": True, **number(before)}
    return registry_set(PARAMETERS, name, "DWord", value, planned)


def deleted(name: str, before: Any, kind: str = "DWord") -> Step:
    return registry_delete(PARAMETERS, name, {"exists": True, "kind": kind, "value": before})


SIZES = ("MaximumUdpPacketSize", "TcpReceivePacketSize")
READ_SIZES = get(SETTING, *SIZES, All=True)
POOL = get(SETTING, "SocketPoolSize", All=True)

WAITING = (
    writing(
        "the getter shows at once what the service only takes when it starts",
        host(),
        (config("SocketPoolSize", "5000"), config("SocketPoolSize", "10000"), call("Set-DnsServerCache", LockingPercent=90)),
        Objects(({"SocketPoolSize": 10000},)),
        Kept({"SocketPoolSize": 10000, "CacheLockingPercent": 90}),
        Document("dns", ("in_force",), {"SocketPoolSize": 2500, "LockingPercent": 100}),
        read=(POOL,),
        source=LOCKING,
        certainty="D",
    ),
    writing(
        "what is set back does not wait any more",
        host(),
        (config("SocketPoolSize", "5000"), config("SocketPoolSize", "2500")),
        Objects(({"SocketPoolSize": 2500},)),
        Document("dns", ("in_force",), "(missing)"),
        read=(POOL,),
        source=LOCKING,
        certainty="I",
    ),
    writing(
        "after a restart nothing waits",
        host(),
        (config("SocketPoolSize", "10000"), config("TcpReceivePacketSize", "65280"), config("CacheLockingPercent", "90")),
        InAnswer("restarts", [{"service": "DNS", "error": None}]),
        Objects(({"SocketPoolSize": 10000, "TcpReceivePacketSize": 65280},)),
        Objects(({"LockingPercent": 90},), 1),
        Document("dns", ("in_force",), "(missing)"),
        read=(get(SETTING, "SocketPoolSize", "TcpReceivePacketSize", All=True), get(CACHE, "LockingPercent")),
        restart=True,
        source=LOCKING,
        certainty="D",
    ),
)

LOADED = (
    writing(
        "what is written to the registry is not seen before a restart",
        host(),
        (written("MaximumUdpPacketSize", 1221), written("TcpReceivePacketSize", 65280), written("NoRecursion", 1)),
        Objects(({"MaximumUdpPacketSize": 4000, "TcpReceivePacketSize": 65536},)),
        Objects(({"Enable": True},), 1),
        read=(READ_SIZES, get(RECURSION, "Enable")),
        source=STARTS,
        certainty="D",
    ),
    writing(
        "what is written to the registry is seen after a restart",
        host(),
        (written("MaximumUdpPacketSize", 1221), written("TcpReceivePacketSize", 65280), written("NoRecursion", 1)),
        Objects(({"MaximumUdpPacketSize": 1221, "TcpReceivePacketSize": 65280},)),
        Objects(({"Enable": False},), 1),
        read=(READ_SIZES, get(RECURSION, "Enable")),
        restart=True,
        source=STARTS,
        certainty="D",
    ),
    writing(
        "what is taken out of the registry is the default after a restart",
        host(
            parameters={"MaximumUdpPacketSize": number(1221), "TcpReceivePacketSize": number(65280), "NoRecursion": number(1)},
            DnsServerSetting={"MaximumUdpPacketSize": 1221, "TcpReceivePacketSize": 65280},
            DnsServerRecursion={"Enable": False},
        ),
        (deleted("MaximumUdpPacketSize", 1221), deleted("TcpReceivePacketSize", 65280), deleted("NoRecursion", 1)),
        Objects(({"MaximumUdpPacketSize": 4000, "TcpReceivePacketSize": 65536},)),
        Objects(({"Enable": True},), 1),
        read=(READ_SIZES, get(RECURSION, "Enable")),
        restart=True,
        source=DEFAULT,
        certainty="D",
    ),
    writing(
        "a value out of range is not taken at the start",
        host(),
        (written("MaximumUdpPacketSize", 100), written("TcpReceivePacketSize", 70000)),
        Objects(({"MaximumUdpPacketSize": 4000, "TcpReceivePacketSize": 65536},)),
        read=(READ_SIZES,),
        restart=True,
        source=SPEC + ": values are verified on load",
        certainty="I",
    ),
    writing(
        "zones, rates, policies and root hints are the same after a restart",
        host(CONTROLLER),
        (call("Set-DnsServerResponseRateLimiting", Mode="LogOnly", LeakRate=4), config("RoundRobin", "0")),
        Objects(({"Mode": "LogOnly", "LeakRate": 4},)),
        Part("0/DynamicUpdate", "Secure", number=1),
        Part("0/records/0/data", "dc01.corp.example", number=2),
        Objects(({"RoundRobin": False, "EnableDnsSec": True, "BootMethod": 3},), 3),
        read=(
            get("DnsServerResponseRateLimiting", "Mode", "LeakRate"),
            get("DnsServerZone", "DynamicUpdate", Name="corp.example"),
            query("127.0.0.1", ("corp.example", "NS")),
            get(SETTING, "RoundRobin", "EnableDnsSec", "BootMethod", All=True),
        ),
        restart=True,
        source=STARTS,
        certainty="I",
    ),
    writing(
        "debug logging and the lists come from the registry, too",
        host(),
        (
            registry_set(PARAMETERS, "LogLevel", "DWord", 0x8101, ABSENT),
            registry_set(PARAMETERS, "Forwarders", "MultiString", ["192.0.2.53"], ABSENT),
            registry_set(PARAMETERS, "IsSlave", "DWord", 1, ABSENT),
            deleted("GlobalQueryBlockList", ["wpad", "isatap"], "MultiString"),
        ),
        Objects(({"Queries": True, "QuestionTransactions": True, "TcpPackets": True, "Answers": False},)),
        Objects(({"IPAddress": ["192.0.2.53"], "UseRootHint": False},), 1),
        Objects(({"Enable": True, "List": None},), 2),
        read=(
            get("DnsServerDiagnostics", "Queries", "QuestionTransactions", "TcpPackets", "Answers"),
            get("DnsServerForwarder", "IPAddress", "UseRootHint"),
            get("DnsServerGlobalQueryBlockList", "Enable", "List"),
        ),
        restart=True,
        source=STARTS,
        certainty="I",
    ),
)

PLUGIN = "ServerLevelPluginDll"
PLUGIN_SOURCE = OPERATION + ", ServerLevelPluginDll: the server must fail to start where the DLL does not load"
PLANTED = host(parameters={PLUGIN: {"kind": "String", "value": "\\\\203.0.113.9\\share\\x.dll"}}, DnsServerSetting={PLUGIN: None})

STARTING = (
    row(
        "a plug-in that does not load keeps the service from starting",
        PLANTED,
        apply(config("RoundRobin", "0"), restarts=["DNS"], read=({"provider": "service", "read": "service", "name": "DNS"},)),
        (Steps(("done",)), InAnswer("restarts/0/error/kind", "service_timeout"), Part("state", "Stopped"), Open(())),
        PLUGIN_SOURCE,
        "D",
    ),
    writing(
        "a plug-in that is taken out before does not",
        PLANTED,
        deleted(PLUGIN, "\\\\203.0.113.9\\share\\x.dll", "String"),
        InAnswer("restarts", [{"service": "DNS", "error": None}]),
        Objects(({PLUGIN: None},)),
        Open(("10.20.0.20", "127.0.0.1", "::1")),
        read=(get(SETTING, PLUGIN, All=True),),
        restart=True,
        source=PLUGIN_SOURCE,
        certainty="D",
    ),
    writing(
        "a service that is stopped is not started",
        stopped(),
        written("NoRecursion", 1),
        InAnswer("restarts", [{"service": "DNS", "error": None}]),
        Part("state", "Stopped"),
        Document("dns", ("DnsServerRecursion", "Enable"), True),
        read=({"provider": "service", "read": "service", "name": "DNS"},),
        restart=True,
        source="docs/protocol.md",
        certainty="P",
    ),
)

ROWS = (*WAITING, *LOADED, *STARTING)
