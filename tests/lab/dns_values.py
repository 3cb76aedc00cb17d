# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server's values: how the registry and dnscmd call each, which property of which cmdlet shows it, and what it may be.

The registry (below Services\\DNS\\Parameters) is where the service keeps them: a value that is not there has its default.
Sources: [MS-DNSP] 3.1.1.1.1 to 3.1.1.1.4 (names, ranges, what zero means), the cmdlets' property names, Get-DnsServerSetting -All of
Windows Server 2016 (defaults where the specification and real servers differ, such as RemoteIPv4RankBoost 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PARAMETERS = r"SYSTEM\CurrentControlSet\Services\DNS\Parameters"
ZONES = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\DNS Server\Zones"
LISTEN = "ListenAddresses"

DWORD = 2**32 - 1
FLAG, INVERTED, NUMBER, HOURS, TEXT, LIST = "flag", "inverted", "number", "hours", "text", "list"
KINDS = {TEXT: "String", LIST: "MultiString"}
HOUR, DAY = 3600, 86400
# EnableDnsSec is on by default since this build: real servers of 14393 and 17763 show False, of 20348 and 26100 True
VALIDATING_SINCE = 20348


@dataclass(frozen=True)
class Value:
    """name: in the registry and for dnscmd. lowest, highest: of the number as it stands there; also: a number that is allowed beside them.

    default: as the property shows it. zero_is_default: zero asks for the default. at_start: a change waits for a restart.
    """

    name: str
    noun: str
    property: str
    form: str = NUMBER
    lowest: int = 0
    highest: int = DWORD
    default: Any = 0
    also: int | None = None
    zero_is_default: bool = False
    at_start: bool = False
    by_dnscmd: bool = True
    read_only: bool = False

    def shown(self, stored: Any) -> Any:
        """The property for what stands in the registry."""
        if self.form == FLAG:
            return bool(stored)
        if self.form == INVERTED:
            return not stored
        return stored * HOUR if self.form == HOURS else stored

    def stored(self, shown: Any) -> dict[str, Any]:
        """The registry's value for a property."""
        found = shown
        if self.form in (FLAG, INVERTED):
            found = int(bool(shown) == (self.form == FLAG))
        elif self.form == HOURS:
            found = shown // HOUR
        return {"kind": KINDS.get(self.form, "DWord"), "value": ("" if self.form == TEXT else []) if found is None else found}

    def allows(self, number: int) -> bool:
        return self.lowest <= number <= self.highest or number == self.also


SETTING, RECURSION, CACHE, EDNS = "DnsServerSetting", "DnsServerRecursion", "DnsServerCache", "DnsServerEDns"
FORWARDER, BLOCK_LIST, RATES = "DnsServerForwarder", "DnsServerGlobalQueryBlockList", "DnsServerResponseRateLimiting"
DIAGNOSTICS, SCAVENGING, DIRECTORY = "DnsServerDiagnostics", "DnsServerScavenging", "DnsServerDsSetting"


def _flag(name: str, noun: str, shown: str, default: bool, **more: Any) -> Value:
    return Value(name, noun, shown, FLAG, 0, 1, default, **more)


# flags of DnsServerSetting that the registry calls as the cmdlet does: on by default, off by default
_ON = (
    "EnableIPv6 EnableOnlineSigning AllowUpdate RoundRobin LocalNetPriority EnableDirectoryPartitions EnableDuplicateQuerySuppression"
    " AllowCnameAtNs EnableRsoForRodc EnableWinsR EnableSendErrorSuppression"
)
_OFF = (
    "AutoCacheUpdate StrictFileParsing LooseWildcarding BindSecondaries WriteAuthorityNS ForwardDelegations NoUpdateDelegations"
    " EnableUpdateForwarding DeleteOutsideGlue AppendMsZoneTransferTag SilentlyIgnoreCnameUpdateConflicts AdminConfigured PublishAutoNet"
    " ReloadException EnableDnsSec"
)
# without a form of dnscmd in Microsoft's page of it
_OFF_BY_CMDLET = "AllowReadOnlyZoneTransfer EnableIQueryResponseGeneration"


def _flags() -> Iterator[Value]:
    for names, default in ((_ON, True), (_OFF, False)):
        yield from (_flag(name, SETTING, name, default) for name in names.split())
    yield from (_flag(name, SETTING, name, False, by_dnscmd=False) for name in _OFF_BY_CMDLET.split())
    yield _flag("OpenACLOnProxyUpdates", SETTING, "OpenAclOnProxyUpdates", True)
    yield _flag("DisableAutoReverseZones", SETTING, "DisableAutoReverseZone", False)


def _number(name: str, default: int, lowest: int = 0, highest: int = DWORD, **more: Any) -> Value:
    return Value(name, SETTING, more.pop("property", name), NUMBER, lowest, highest, default, **more)


VALUES: tuple[Value, ...] = (
    Value("NoRecursion", RECURSION, "Enable", INVERTED, 0, 1, True),
    Value("RecursionTimeout", RECURSION, "Timeout", NUMBER, 1, 15, 8, zero_is_default=True),
    Value("RecursionRetry", RECURSION, "RetryInterval", NUMBER, 1, 15, 3, zero_is_default=True),
    Value("AdditionalRecursionTimeout", RECURSION, "AdditionalTimeout", NUMBER, 0, 15, 4, zero_is_default=True),
    _flag("SecureResponses", RECURSION, "SecureResponse", True),
    Value("CacheLockingPercent", CACHE, "LockingPercent", NUMBER, 0, 100, 100, at_start=True),
    Value("MaxCacheTTL", CACHE, "MaxTtl", NUMBER, 0, 30 * DAY, DAY),
    Value("MaxNegativeCacheTTL", CACHE, "MaxNegativeTtl", NUMBER, 0, 30 * DAY, 900),
    Value("MaxCacheSize", CACHE, "MaxKBSize", NUMBER, 500, DWORD, 0, also=0),
    _flag("CacheEmptyAuthResponses", CACHE, "StoreEmptyAuthenticationResponse", True),
    Value("EDnsCacheTimeout", EDNS, "CacheTimeout", NUMBER, 10, DAY, 900, zero_is_default=True),
    _flag("EnableEDnsProbes", EDNS, "EnableProbes", True),
    _flag("EnableEDnsReception", EDNS, "EnableReception", True),
    Value("Forwarders", FORWARDER, "IPAddress", LIST, default=None, by_dnscmd=False),
    Value("ForwardingTimeout", FORWARDER, "Timeout", NUMBER, 1, 15, 3, zero_is_default=True),
    Value("IsSlave", FORWARDER, "UseRootHint", INVERTED, 0, 1, True),
    _flag("EnableForwarderReordering", FORWARDER, "EnableReordering", True),
    _flag("EnableGlobalQueryBlockList", BLOCK_LIST, "Enable", True),
    Value("GlobalQueryBlockList", BLOCK_LIST, "List", LIST, default=None),
    Value("EventLogLevel", DIAGNOSTICS, "EventLogLevel", NUMBER, 0, 7, 4),
    Value("LogFilePath", DIAGNOSTICS, "LogFilePath", TEXT, default=None),
    Value("LogFileMaxSize", DIAGNOSTICS, "MaxMBFileSize", NUMBER, default=500_000_000),
    Value("LogIPFilterList", DIAGNOSTICS, "FilterIPAddressList", LIST, default=None),
    _flag("UseSystemEventLog", DIAGNOSTICS, "UseSystemEventLog", False),
    Value("ScavengingInterval", SCAVENGING, "ScavengingInterval", HOURS, 0, 8760, 0),
    _flag("DefaultAgingState", SCAVENGING, "ScavengingState", False),
    Value("DefaultRefreshInterval", SCAVENGING, "RefreshInterval", HOURS, 0, 8760, 7 * DAY),
    Value("DefaultNoRefreshInterval", SCAVENGING, "NoRefreshInterval", HOURS, 0, 8760, 7 * DAY),
    Value("DsPollingInterval", DIRECTORY, "PollingInterval", NUMBER, 30, 3600, 180, zero_is_default=True),
    *_flags(),
    _number("NameCheckFlag", 2, highest=3),
    _number("AddressAnswerLimit", 0, 5, 28, also=0),
    _number("XfrConnectTimeout", 30, 5, 120, zero_is_default=True),
    _number("BootMethod", 0, highest=3),
    _number("UpdateOptions", 783),
    _number("LocalNetPriorityNetMask", 255, property="LocalNetPriorityMask"),
    _number("AutoConfigFileZones", 1),
    _number("RpcProtocol", 5),
    _number("EnableVersionQuery", 0, highest=2),
    _number("AutoCreateDelegations", 2, highest=2, property="AutoCreateDelegation"),
    _number("RemoteIPv4RankBoost", 5, highest=10),
    _number("RemoteIPv6RankBoost", 0, highest=10),
    _number("MaximumRodcRsoQueueLength", 300, highest=1_000_000),
    _number("MaximumRodcRsoAttemptsPerCycle", 100, highest=1_000_000),
    _number("MaxResourceRecordsInNonSecureUpdate", 30, 10, 120, zero_is_default=True, by_dnscmd=False),
    _number("MaximumUdpPacketSize", 4000, 0x200, 0x4000, read_only=True, at_start=True),
    _number("TcpReceivePacketSize", 0x10000, 0x4000, 0x10000, at_start=True),
    _number("SelfTest", DWORD),
    _number("XfrThrottleMultiplier", 10, highest=100),
    _number("SocketPoolSize", 2500, highest=10000, at_start=True),
    Value("SocketPoolExcludedPortRanges", SETTING, "SocketPoolExcludedPortRanges", LIST, default=(), at_start=True),
    _number("SendPort", 0),
    _number("SyncDsZoneSerial", 2, highest=4),
    _number("QuietRecvFaultInterval", 0),
    _number("QuietRecvLogInterval", 0),
    Value("ServerLevelPluginDll", SETTING, "ServerLevelPluginDll", TEXT, default=None, at_start=True),
)
BY_NAME = {value.name.lower(): value for value in VALUES}
BY_PROPERTY = {(value.noun, value.property): value for value in VALUES}

# DNS_LOG_LEVELS of the one number LogLevel, [MS-DNSP] 2.2.9.1.1, by the property of DnsServerDiagnostics
LOG_LEVEL = "LogLevel"
LOG_BITS = {
    "Queries": 0x1,
    "Notifications": 0x10,
    "Update": 0x20,
    "QuestionTransactions": 0x100,
    "Answers": 0x200,
    "SendPackets": 0x1000,
    "ReceivePackets": 0x2000,
    "UdpPackets": 0x4000,
    "TcpPackets": 0x8000,
    "FullPackets": 0x1000000,
    "UnmatchedResponse": 0x2000000,
    "WriteThrough": 0x80000000,
}


def default(value: Value, build: int) -> Any:
    """What the property shows where the registry has nothing. build: of the release."""
    if value.name == "EnableDnsSec":
        return build >= VALIDATING_SINCE
    return list(value.default) if isinstance(value.default, tuple) else value.default


def log_level(diagnostics: dict[str, Any]) -> int:
    return sum(bit for name, bit in LOG_BITS.items() if diagnostics.get(name))
