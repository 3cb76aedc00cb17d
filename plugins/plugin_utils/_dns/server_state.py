# SPDX-License-Identifier: GPL-3.0-or-later
"""What the running DNS Server says of itself: one read for each cmdlet, and the service behind them."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .._core.observation import Observations
from .._core.operations import Read
from .._core.registry import Registry, key_read
from .requests import Record, get_read, listed, objects, one_object

# What nothing but the service reads, and its value for the addresses it listens on.
PARAMETERS = r"SYSTEM\CurrentControlSet\Services\DNS\Parameters"
LISTEN_VALUE = "ListenAddresses"
SERVICE = "DNS"

# Properties by cmdlet (MOF classes of the namespace Root\Microsoft\Windows\DNS); parameters where the cmdlet needs one.
_PROPERTIES: t.Mapping[str, tuple[str, ...]] = {
    "DnsServerSetting": (
        *("IsReadOnlyDC", "AllIPAddress", "ListeningIPAddress", "EnableVersionQuery", "EnableDnsSec", "SocketPoolSize"),
        *("SocketPoolExcludedPortRanges", "TcpReceivePacketSize", "MaximumUdpPacketSize", "ServerLevelPluginDll"),
        *("OpenAclOnProxyUpdates", "EnableIQueryResponseGeneration", "AllowReadOnlyZoneTransfer"),
    ),
    "DnsServerRecursion": ("Enable", "Timeout", "RetryInterval", "AdditionalTimeout"),
    "DnsServerRecursionScope": ("Name", "EnableRecursion", "Forwarder"),
    "DnsServerForwarder": ("IPAddress", "UseRootHint", "Timeout", "EnableReordering"),
    "DnsServerCache": ("EnablePollutionProtection", "LockingPercent", "MaxTtl", "MaxNegativeTtl", "MaxKBSize"),
    "DnsServerEDns": ("EnableReception", "EnableProbes", "CacheTimeout"),
    "DnsServerGlobalQueryBlockList": ("Enable", "List"),
    "DnsServerResponseRateLimiting": (
        *("Mode", "ResponsesPerSec", "ErrorsPerSec", "WindowInSec", "IPv4PrefixLength", "IPv6PrefixLength"),
        *("LeakRate", "TruncateRate", "MaximumResponsesPerWindow"),
    ),
    "DnsServerResponseRateLimitingExceptionlist": ("Name", "Condition", "ClientSubnet", "Fqdn", "ServerInterfaceIP"),
    "DnsServerClientSubnet": ("Name", "IPv4Subnet", "IPv6Subnet"),
    "DnsServerDiagnostics": (
        *("EventLogLevel", "Queries", "Update", "Notifications", "QuestionTransactions", "Answers", "SendPackets", "ReceivePackets"),
        *("UdpPackets", "TcpPackets", "FullPackets", "UnmatchedResponse", "EnableLoggingToFile", "LogFilePath", "MaxMBFileSize"),
        *("EnableLogFileRollover", "WriteThrough", "FilterIPAddressList", "EnableLoggingForZoneLoadingEvent"),
        *("EnableLoggingForZoneDataWriteEvent", "EnableLoggingForServerStartStopEvent", "EnableLoggingForPluginDllEvent"),
        *("EnableLoggingForRemoteServerEvent", "EnableLoggingForLocalLookupEvent", "EnableLoggingForRecursiveLookupEvent"),
        *("EnableLoggingForTombstoneEvent", "UseSystemEventLog"),
    ),
    "DnsServerScavenging": ("ScavengingInterval", "ScavengingState", "RefreshInterval", "NoRefreshInterval"),
    "DnsServerZone": ("ZoneName", "ZoneType", "IsAutoCreated", "IsPaused", "IsShutdown"),
    "DnsServerRootHint": ("NameServer.RecordData.NameServer",),
    "DnsClientServerAddress": ("ServerAddresses",),
}
_NEEDED: t.Mapping[str, t.Mapping[str, t.Any]] = {"DnsServerSetting": {"All": True}}


def state_read(cmdlet: str) -> Read:
    """What C(Get-<cmdlet>) is asked for, always the same, so that a batch asks it once."""
    return get_read(cmdlet, *_PROPERTIES[cmdlet], **_NEEDED.get(cmdlet, {}))


def first_reads() -> list[Read]:
    """What every plan looks at: the service, its settings, and what it will load when it starts."""
    return [Read("service", "service", {"name": SERVICE}), state_read("DnsServerSetting"), key_read(PARAMETERS)]


class ServerState:
    """The observations by cmdlet. Raises HardeningError, a sentence, where the server cannot be asked."""

    def __init__(self, observations: Observations) -> None:
        self.observations = observations
        self.registry = Registry(observations)
        _check_service(observations.value(first_reads()[0], "the service DNS"))
        self._objects: dict[str, Record] = {}

    def value(self, cmdlet: str, name: str) -> t.Any:
        """A property of a cmdlet that gives one object; None where this version does not have it."""
        return self.object(cmdlet).get(name)

    def knows(self, cmdlet: str, name: str) -> bool:
        return name in self.object(cmdlet)

    def object(self, cmdlet: str) -> Record:
        if cmdlet not in self._objects:
            self._objects[cmdlet] = one_object(self.observations, state_read(cmdlet))
        return self._objects[cmdlet]

    def items(self, cmdlet: str) -> list[Record]:
        return objects(self.observations, state_read(cmdlet))

    @property
    def addresses(self) -> list[str]:
        """The host's own addresses, without loopback."""
        return [str(one) for one in listed(self.value("DnsServerSetting", "AllIPAddress"))]

    @property
    def resolvers(self) -> list[str]:
        """The addresses that the host itself resolves through."""
        return [str(one) for found in self.items("DnsClientServerAddress") for one in listed(found.get("ServerAddresses"))]

    def served(self, *kinds: str) -> list[str]:
        """The zones of these kinds that the server must answer for, sorted."""
        return sorted(str(one["ZoneName"]) for one in self.items("DnsServerZone") if one["ZoneType"] in kinds and _answers(one))


def _answers(zone: Record) -> bool:
    stopped = zone.get("IsAutoCreated") or zone.get("IsPaused") or zone.get("IsShutdown")
    return not stopped and zone["ZoneName"] != "TrustAnchors"


def _check_service(service: t.Mapping[str, t.Any]) -> None:
    if not service.get("exists"):
        raise HardeningError(
            "Nothing was changed: the role DNS Server is not on this host (there is no service DNS). Install it "
            "(Install-WindowsFeature DNS -IncludeManagementTools), or leave the host out."
        )
    if service.get("state") != "Running":
        raise HardeningError(
            f"Nothing was changed: the service DNS does not run ({service.get('state')}), and only the running service can be asked. Start it, and "
            "look into the event log DNS Server if it stops again."
        )
