# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: the values of the DNS Server, what a new one has, and how each is written and read."""

from __future__ import annotations

from typing import Any

from lab.behaviour.dns_expectation import Kept, Objects, Refusal
from lab.behaviour.dns_host import (
    OPERATION,
    PAGES,
    PROTOCOL,
    SPEC,
    host,
    refused,
    row,
    writing,
)
from lab.behaviour.dns_requests import call, config, dnscmd, get, none, one, setting
from lab.behaviour.expectation import Part, Steps
from lab.behaviour.requests import apply
from lab.dns_values import DAY, HOUR

SETTING, RECURSION, CACHE, EDNS = "DnsServerSetting", "DnsServerRecursion", "DnsServerCache", "DnsServerEDns"
SCAVENGING, DIAGNOSTICS, DIRECTORY, RATES = (
    "DnsServerScavenging",
    "DnsServerDiagnostics",
    "DnsServerDsSetting",
    "DnsServerResponseRateLimiting",
)
# dnscmd /Config: name, value, noun, property, what it shows then, what the registry has
CONFIGURED: tuple[tuple[str, str, str, str, Any, int], ...] = (
    ("NoRecursion", "1", RECURSION, "Enable", False, 1),
    ("RecursionTimeout", "15", RECURSION, "Timeout", 15, 15),
    ("RecursionRetry", "1", RECURSION, "RetryInterval", 1, 1),
    ("AdditionalRecursionTimeout", "15", RECURSION, "AdditionalTimeout", 15, 15),
    ("SecureResponses", "0", RECURSION, "SecureResponse", False, 0),
    ("MaxCacheTTL", "3600", CACHE, "MaxTtl", 3600, 3600),
    ("MaxNegativeCacheTTL", "0", CACHE, "MaxNegativeTtl", 0, 0),
    ("MaxCacheSize", "500", CACHE, "MaxKBSize", 500, 500),
    ("EDnsCacheTimeout", "86400", EDNS, "CacheTimeout", DAY, DAY),
    ("EnableEDnsProbes", "0", EDNS, "EnableProbes", False, 0),
    ("EnableEDnsReception", "0", EDNS, "EnableReception", False, 0),
    ("EventLogLevel", "7", DIAGNOSTICS, "EventLogLevel", 7, 7),
    ("LogFileMaxSize", "1000000", DIAGNOSTICS, "MaxMBFileSize", 1000000, 1000000),
    ("ScavengingInterval", "168", SCAVENGING, "ScavengingInterval", 7 * DAY, 168),
    ("DefaultAgingState", "1", SCAVENGING, "ScavengingState", True, 1),
    ("DefaultRefreshInterval", "0", SCAVENGING, "RefreshInterval", 0, 0),
    ("DefaultNoRefreshInterval", "24", SCAVENGING, "NoRefreshInterval", DAY, 24),
    ("DsPollingInterval", "3600", DIRECTORY, "PollingInterval", 3600, 3600),
    ("EnableVersionQuery", "2", SETTING, "EnableVersionQuery", 2, 2),
    ("EnableDnsSec", "1", SETTING, "EnableDnsSec", True, 1),
    ("RoundRobin", "0", SETTING, "RoundRobin", False, 0),
    ("LocalNetPriority", "0", SETTING, "LocalNetPriority", False, 0),
    ("LocalNetPriorityNetMask", "0xFFFF", SETTING, "LocalNetPriorityMask", 65535, 65535),
    ("BindSecondaries", "1", SETTING, "BindSecondaries", True, 1),
    ("StrictFileParsing", "1", SETTING, "StrictFileParsing", True, 1),
    ("NameCheckFlag", "0", SETTING, "NameCheckFlag", 0, 0),
    ("SendPort", "5353", SETTING, "SendPort", 5353, 5353),
    ("AllowUpdate", "0", SETTING, "AllowUpdate", False, 0),
    ("UpdateOptions", "0", SETTING, "UpdateOptions", 0, 0),
    ("OpenACLOnProxyUpdates", "0", SETTING, "OpenAclOnProxyUpdates", False, 0),
    ("EnableUpdateForwarding", "1", SETTING, "EnableUpdateForwarding", True, 1),
    ("EnableSendErrorSuppression", "0", SETTING, "EnableSendErrorSuppression", False, 0),
    ("XfrThrottleMultiplier", "100", SETTING, "XfrThrottleMultiplier", 100, 100),
    ("EnableWinsR", "0", SETTING, "EnableWinsR", False, 0),
    ("SocketPoolSize", "10000", SETTING, "SocketPoolSize", 10000, 10000),
    ("CacheLockingPercent", "0", CACHE, "LockingPercent", 0, 0),
    ("TcpReceivePacketSize", "0xFF00", SETTING, "TcpReceivePacketSize", 0xFF00, 0xFF00),
)
NOUNS = tuple(dict.fromkeys(noun for _name, _value, noun, *_rest in CONFIGURED))


def shown(noun: str) -> dict[str, Any]:
    return {name: value for _name, _text, found, name, value, _stored in CONFIGURED if found == noun}


def _read(noun: str, names: Any) -> dict[str, Any]:
    return get(noun, *names, **({"All": True} if noun == SETTING else {}))


BY_DNSCMD = (
    writing(
        "every value that dnscmd sets, in its cmdlet and in the registry",
        host(),
        tuple(config(name, text) for name, text, *_rest in CONFIGURED),
        *(Objects((shown(noun),), number) for number, noun in enumerate(NOUNS)),
        Kept({name: stored for name, *_rest, stored in CONFIGURED}),
        read=tuple(_read(noun, shown(noun)) for noun in NOUNS),
        source=SPEC,
        certainty="D",
    ),
    writing(
        "names of dnscmd compare without case, and a flag beyond one is one",
        host(),
        config("norecursion", "2"),
        Objects(({"Enable": False},)),
        Kept({"NoRecursion": 1}),
        read=(get(RECURSION, "Enable"),),
        source=OPERATION + ", ResetDwordProperty",
        certainty="D",
        variants=((Objects(({"Enable": False},)), Kept({"NoRecursion": 2})),),
    ),
    writing(
        "a zero for a timer is the default",
        host(),
        tuple(config(name, "0") for name in ("RecursionTimeout", "RecursionRetry", "EDnsCacheTimeout", "ForwardingTimeout")),
        Objects(({"Timeout": 8, "RetryInterval": 3},)),
        Objects(({"CacheTimeout": 900},), 1),
        Objects(({"Timeout": 3},), 2),
        read=(get(RECURSION, "Timeout", "RetryInterval"), get(EDNS, "CacheTimeout"), get("DnsServerForwarder", "Timeout")),
        source=SPEC,
        certainty="D",
    ),
    writing(
        "a zero for the additional time",
        host(),
        config("AdditionalRecursionTimeout", "0"),
        Objects(({"AdditionalTimeout": 4},)),
        read=(get(RECURSION, "AdditionalTimeout"),),
        source=SPEC + ": a flag value for the default, but it may be taken literally",
        certainty="?",
        variants=((Objects(({"AdditionalTimeout": 0},)),),),
    ),
    writing(
        "debug logging is one number",
        host(),
        (config("LogLevel", "0xF321"), config("LogFilePath", "C:\\Logs\\dns.log")),
        Objects(
            (
                {
                    "Queries": True,
                    "Notifications": False,
                    "Update": True,
                    "QuestionTransactions": True,
                    "Answers": True,
                    "SendPackets": True,
                    "TcpPackets": True,
                    "FullPackets": False,
                    "LogFilePath": "C:\\Logs\\dns.log",
                },
            )
        ),
        Kept({"LogLevel": 0xF321, "LogFilePath": "C:\\Logs\\dns.log"}),
        read=(
            get(
                DIAGNOSTICS,
                *"Queries Notifications Update QuestionTransactions Answers SendPackets TcpPackets FullPackets LogFilePath".split(),
            ),
        ),
        source="[MS-DNSP] 2.2.9.1.1 DNS_LOG_LEVELS",
        certainty="D",
    ),
)

BY_CMDLET = (
    writing(
        "recursion by its cmdlet",
        host(),
        call("Set-DnsServerRecursion", Enable=False, Timeout=10, RetryInterval=0, AdditionalTimeout=5, SecureResponse=False),
        Objects(({"Enable": False, "Timeout": 10, "RetryInterval": 3, "AdditionalTimeout": 5, "SecureResponse": False},)),
        Objects(({"EnablePollutionProtection": False},), 1),
        Kept({"NoRecursion": 1, "RecursionTimeout": 10, "SecureResponses": 0}),
        read=(
            get(RECURSION, "Enable", "Timeout", "RetryInterval", "AdditionalTimeout", "SecureResponse"),
            get(CACHE, "EnablePollutionProtection"),
        ),
        source=SPEC,
        certainty="D",
    ),
    writing(
        "the cache by its cmdlet, and its protection is the recursion's secure response",
        host(),
        call(
            "Set-DnsServerCache",
            PollutionProtection=False,
            MaxTtl=2 * HOUR,
            MaxNegativeTtl=60,
            MaxKBSize=1000,
            StoreEmptyAuthenticationResponse=False,
        ),
        Objects(
            (
                {
                    "EnablePollutionProtection": False,
                    "MaxTtl": 2 * HOUR,
                    "MaxNegativeTtl": 60,
                    "MaxKBSize": 1000,
                    "StoreEmptyAuthenticationResponse": False,
                    "LockingPercent": 100,
                },
            )
        ),
        Objects(({"SecureResponse": False},), 1),
        Kept({"SecureResponses": 0, "MaxCacheTTL": 2 * HOUR, "CacheLockingPercent": None}),
        read=(
            get(
                CACHE, *"EnablePollutionProtection MaxTtl MaxNegativeTtl MaxKBSize StoreEmptyAuthenticationResponse LockingPercent".split()
            ),
            get(RECURSION, "SecureResponse"),
        ),
        source="DnsServerDsc, DnsServerRecursionSettings: both change the same value",
        certainty="C",
    ),
    writing(
        "EDNS and scavenging by their cmdlets, which leave the directory alone",
        host(),
        (
            call("Set-DnsServerEDns", CacheTimeout=60, EnableProbes=False),
            call(
                "Set-DnsServerScavenging", ScavengingState=True, ScavengingInterval=DAY, RefreshInterval=2 * DAY, NoRefreshInterval=3 * DAY
            ),
        ),
        Objects(({"CacheTimeout": 60, "EnableProbes": False, "EnableReception": True},)),
        Objects(({"ScavengingState": True, "ScavengingInterval": DAY, "RefreshInterval": 2 * DAY, "NoRefreshInterval": 3 * DAY},), 1),
        Objects(({"PollingInterval": 180},), 2),
        Kept({"ScavengingInterval": 24, "DefaultAgingState": 1, "DefaultRefreshInterval": 48, "DefaultNoRefreshInterval": 72}),
        read=(
            get(EDNS, "CacheTimeout", "EnableProbes", "EnableReception"),
            get(SCAVENGING, "ScavengingState", "ScavengingInterval", "RefreshInterval", "NoRefreshInterval"),
            get(DIRECTORY, "PollingInterval"),
        ),
        source=SPEC,
        certainty="D",
    ),
    writing(
        "diagnostics by their cmdlet, one alone too, and what is not named stays",
        host(),
        (
            call("Set-DnsServerDiagnostics", EventLogLevel=2, UseSystemEventLog=True),
            call("Set-DnsServerDiagnostics", Updates=True, Queries=True, IPFilterList=["10.0.0.9", "2001:DB8::9"], MaxMBFileSize=1000),
        ),
        Objects(
            (
                {
                    "EventLogLevel": 2,
                    "UseSystemEventLog": True,
                    "Update": True,
                    "Queries": True,
                    "Answers": False,
                    "EnableLoggingToFile": True,
                    "FilterIPAddressList": ["10.0.0.9", "2001:db8::9"],
                    "MaxMBFileSize": 1000,
                },
            )
        ),
        Kept({"EventLogLevel": 2, "LogLevel": 0x21, "LogFileMaxSize": 1000}),
        read=(
            get(
                DIAGNOSTICS,
                *"EventLogLevel UseSystemEventLog Update Queries Answers EnableLoggingToFile FilterIPAddressList MaxMBFileSize".split(),
            ),
        ),
        source="CCDC-RIT/Windows-Scripts logging.ps1; Set-DnsServerDiagnostics, learn.microsoft.com",
        certainty="C",
    ),
    writing(
        "what only the whole object writes",
        host(),
        (
            setting("EnableIQueryResponseGeneration", True, one(SETTING, {"EnableIQueryResponseGeneration": False}, All=True)),
            setting("AllowReadOnlyZoneTransfer", True, one(SETTING, {"AllowReadOnlyZoneTransfer": False}, All=True)),
            setting("ZoneWritebackInterval", 120, one(SETTING, {"ZoneWritebackInterval": 60}, All=True)),
        ),
        Objects(
            (
                {
                    "EnableIQueryResponseGeneration": True,
                    "AllowReadOnlyZoneTransfer": True,
                    "ZoneWritebackInterval": 120,
                    "SocketPoolSize": 2500,
                },
            )
        ),
        Kept({"EnableIQueryResponseGeneration": 1, "AllowReadOnlyZoneTransfer": 1, "ListenAddresses": None}),
        read=(
            get(
                SETTING, "EnableIQueryResponseGeneration", "AllowReadOnlyZoneTransfer", "ZoneWritebackInterval", "SocketPoolSize", All=True
            ),
        ),
        source=PAGES + ", Set-DnsServerSetting",
        certainty="D",
    ),
    writing(
        "policies that are ignored stay ignored",
        host(DnsServerSetting={"IgnoreAllPolicies": True}),
        setting("IgnoreAllPolicies", False, one(SETTING, {"IgnoreAllPolicies": True}, All=True)),
        Objects(({"IgnoreAllPolicies": True},)),
        read=(get(SETTING, "IgnoreAllPolicies", All=True),),
        source="dsccommunity/DnsServerDsc issue 260",
        certainty="C",
    ),
)

TOO_SMALL, TOO_LARGE, INVALID_PROPERTY = 9566, 9567, 9553
RANGES = (
    *(
        refused(f"{name} {text}", config(name, text), "dns_error", error, SPEC, "D")
        for name, text, error in (
            ("RecursionTimeout", "16", TOO_LARGE),
            ("MaxCacheSize", "499", TOO_SMALL),
            ("EDnsCacheTimeout", "9", TOO_SMALL),
            ("EnableVersionQuery", "3", TOO_LARGE),
            ("TcpReceivePacketSize", "16383", TOO_SMALL),
            ("ScavengingInterval", "8761", TOO_LARGE),
            ("DsPollingInterval", "29", TOO_SMALL),
        )
    ),
    refused("a value out of range by a cmdlet", call("Set-DnsServerCache", LockingPercent=101), "dns_error", TOO_LARGE, SPEC, "D"),
    refused("the UDP packet size over the service's own interface", config("MaximumUdpPacketSize", "1221"), "dns_error", None, SPEC, "D"),
    refused("a property that is none", config("EnableEverything", "1"), "dns_error", INVALID_PROPERTY, OPERATION, "D"),
    row(
        "a value that Microsoft's page of dnscmd does not have",
        host(),
        apply(config("EnableIQueryResponseGeneration", "1")),
        (Steps(("failed:dns_error",)), Refusal("dns_error", INVALID_PROPERTY)),
        "dnscmd /config, learn.microsoft.com; whether it passes on a name that it does not list is not documented",
        "?",
        variants=((Steps(("done",)),), (Steps(("failed:command_failed",)),)),
    ),
    refused("a number that is none", config("RecursionTimeout", "soon"), "command_failed", None, PROTOCOL, "I", kinds=("dns_error",)),
)

PLANNED = (
    refused(
        "changed meanwhile",
        call("Set-DnsServerRecursion", one(RECURSION, {"Timeout": 9}), Enable=False),
        "changed_meanwhile",
        None,
        PROTOCOL,
        "P",
    ),
    refused(
        "changed meanwhile, by dnscmd",
        dnscmd("Config", "/NoRecursion", "1", planned=(one(RECURSION, {"Enable": True}), one(RECURSION, {"Timeout": 9}))),
        "changed_meanwhile",
        None,
        PROTOCOL,
        "P",
    ),
    refused(
        "planned on nothing, and there is something",
        call("Set-DnsServerRecursion", none(RECURSION, {"Enable": True}), Enable=False),
        "changed_meanwhile",
        None,
        PROTOCOL,
        "P",
    ),
    refused(
        "planned on one, and there are two",
        call("Set-DnsServerRecursion", one("DnsServerZone", {"ZoneType": "Primary"}, {"IsAutoCreated": False}), Enable=False),
        "changed_meanwhile",
        None,
        PROTOCOL,
        "P",
    ),
    writing(
        "what was planned on still holds",
        host(),
        call(
            "Set-DnsServerRecursion",
            one(RECURSION, {"Enable": True, "Timeout": 8}, {"SecureResponse": True}),
            none("DnsServerZone", {"ZoneName": "gone.example"}),
            none("DnsServerZone", {}, Name="gone.example"),
            none("DnsServerClientSubnet", {}, Name="gone"),
            one("DnsServerZone", {"DynamicUpdate": "None"}, {"ZoneName": "shop.example"}),
            Enable=False,
        ),
        Part("0/Enable", False),
        read=(get(RECURSION, "Enable"),),
        source=PROTOCOL,
        certainty="P",
    ),
)

ROWS = (*BY_DNSCMD, *BY_CMDLET, *RANGES, *PLANNED)
