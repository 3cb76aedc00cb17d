# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what a new DNS Server has, by release."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Objects, Only
from lab.behaviour.dns_host import CONTROLLER, FILES, FORWARDER, MOF, PROTOCOL, REAL, REPORT, SECONDARY, host, reading
from lab.behaviour.dns_requests import get
from lab.behaviour.dns_settings import CACHE, DIAGNOSTICS, DIRECTORY, EDNS, RATES, RECURSION, SCAVENGING, SETTING
from lab.dns_values import DAY

BRIEF = "ComputerName MajorVersion MinorVersion BuildNumber IsReadOnlyDC EnableDnsSec EnableIPv6 ListeningIPAddress AllIPAddress".split()
PAGE_ERROR = "; dnscmd's and the cmdlets' pages say otherwise"

SERVER_DEFAULTS: dict[str, Any] = {
    "BindSecondaries": False,
    "EnableVersionQuery": 0,
    "RemoteIPv4RankBoost": 5,
    "SocketPoolSize": 2500,
    "SocketPoolExcludedPortRanges": [],
    "TcpReceivePacketSize": 65536,
    "MaximumUdpPacketSize": 4000,
    "OpenAclOnProxyUpdates": True,
    "EnableIQueryResponseGeneration": False,
    "AllowReadOnlyZoneTransfer": False,
    "XfrThrottleMultiplier": 10,
    "UpdateOptions": 783,
    "RpcProtocol": 5,
    "SendPort": 0,
    "SelfTest": 4294967295,
    "NameCheckFlag": 2,
    "LocalNetPriorityMask": 255,
    "ZoneWritebackInterval": 60,
    "MaximumSignatureScanPeriod": 172800,
    "EnableRegistryBoot": None,
    "IgnoreAllPolicies": False,
}
OTHER_DEFAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    (RECURSION, {"Enable": True, "Timeout": 8, "RetryInterval": 3, "AdditionalTimeout": 4, "SecureResponse": True}),
    (
        CACHE,
        {"MaxTtl": DAY, "MaxNegativeTtl": 900, "MaxKBSize": 0, "EnablePollutionProtection": True, "LockingPercent": 100, "ZoneName": "."},
    ),
    (EDNS, {"CacheTimeout": 900, "EnableProbes": True, "EnableReception": True}),
    (
        "DnsServerForwarder",
        {"UseRootHint": True, "Timeout": 3, "EnableReordering": True, "IPAddress": None, "ReorderedIPAddress": None},
    ),
    (RATES, {"Mode": "Disable", "ResponsesPerSec": 5, "LeakRate": 3, "TruncateRate": 2, "IPv6PrefixLength": 56}),
    (SCAVENGING, {"ScavengingState": False, "ScavengingInterval": 0, "RefreshInterval": 7 * DAY, "LastScavengeTime": None}),
    (
        DIAGNOSTICS,
        {"EventLogLevel": 4, "EnableLoggingToFile": True, "MaxMBFileSize": 500000000, "Queries": False, "FilterIPAddressList": None},
    ),
    (DIRECTORY, {"PollingInterval": 180, "TombstoneInterval": 14 * DAY}),
    ("DnsServerGlobalQueryBlockList", {"Enable": True, "List": ["wpad", "isatap"]}),
)


EVERY = ((SETTING, SERVER_DEFAULTS), *OTHER_DEFAULTS)

ROWS = (
    reading(
        "what a new server has",
        host(),
        tuple(get(noun, *values, **({"All": True} if noun == SETTING else {})) for noun, values in EVERY),
        *(Objects((values,), number) for number, (_noun, values) in enumerate(EVERY)),
        source=REAL + PAGE_ERROR,
        certainty="M",
    ),
    *(
        reading(
            f"validation of remote responses on a new server of {build}",
            host(name),
            get(SETTING, "EnableDnsSec", "BuildNumber"),
            Objects(({"EnableDnsSec": validates, "BuildNumber": build},)),
            source=REPORT,
            certainty="M",
        )
        for name, build, validates in (
            (SECONDARY, 14393, False),
            (FILES, 17763, False),
            (CONTROLLER, 20348, True),
            (FORWARDER, 26100, True),
        )
    ),
    reading(
        "without All the settings are nine",
        host(),
        (get(SETTING, *BRIEF, "SocketPoolSize", "RoundRobin"), get(SETTING, "SocketPoolSize", "ListeningIPAddress", All=True)),
        Only(tuple(BRIEF)),
        Objects(({"SocketPoolSize": 2500, "ListeningIPAddress": ["10.20.0.20"]},), 1),
        source=MOF + ", Get-DnsServerSetting",
        certainty="D",
    ),
    reading(
        "a property that the version does not have is left out",
        host(),
        get(EDNS, "EnableProbes", "EnableQuic", "EnableProbes.Value"),
        Only(("EnableProbes",)),
        source=PROTOCOL,
        certainty="P",
    ),
)
