# SPDX-License-Identifier: GPL-3.0-or-later
"""The single values of the DNS Server, as data. Where Microsoft's pages on dnscmd and the cmdlets give other defaults, they are wrong."""

from __future__ import annotations

import typing as t

from .._core.controls import Control
from . import server_options_controls as controls
from .setting import Setting

_SPEC = "MS-DNSP 3.1.1.1"
_DAYS_30 = 2_592_000
_MOST = 0xFFFFFFFF
_HOUR = 3600
_YEAR = 8760
_DEBUG_LOG = "MS-DNSP 3.1.1.1.2 and 2.2.9.1.1; dnscmd"


def _switch(option: str, cmdlet: str, name: str, dnscmd: str, *asked: Control, meets: bool | None = None, **more: t.Any) -> Setting:
    met = None if meets is None else (meets,)
    return Setting(option, cmdlet, name, dnscmd, f"{_SPEC}.1 {dnscmd}", controls=asked, meets=met, **more)


def _number(option: str, cmdlet: str, name: str, dnscmd: str, least: int, most: int, **more: t.Any) -> Setting:
    return Setting(option, cmdlet, name, dnscmd, f"{_SPEC}.1 {dnscmd}", limits=(least, most), **more)


def _seconds_of_recursion(option: str, name: str, dnscmd: str) -> Setting:
    return _number(f"recursion.{option}", "DnsServerRecursion", name, dnscmd, 1, 15, zero_is_default=True)


def _hours(option: str, name: str, dnscmd: str, least: int, **more: t.Any) -> Setting:
    return _number(f"scavenging.{option}", "DnsServerScavenging", name, dnscmd, least, _YEAR, unit=_HOUR, **more)


SETTINGS: tuple[Setting, ...] = (
    _switch(
        "recursion.enabled", "DnsServerRecursion", "Enable", "NoRecursion", controls.RECURSION, meets=False, numbers={True: 0, False: 1}
    ),
    _seconds_of_recursion("timeout", "Timeout", "RecursionTimeout"),
    _seconds_of_recursion("retry_interval", "RetryInterval", "RecursionRetry"),
    _seconds_of_recursion("additional_timeout", "AdditionalTimeout", "AdditionalRecursionTimeout"),
    # the same value is SecureResponse of Get-DnsServerRecursion
    _switch("cache.pollution_protection", "DnsServerCache", "EnablePollutionProtection", "SecureResponses", controls.POLLUTION, meets=True),
    _number(
        *("cache.locking_percent", "DnsServerCache", "LockingPercent", "CacheLockingPercent", 0, 100),
        restarts=True,
        bound="least",
        controls=(controls.LOCKING,),
        meets=range(90, 101),
    ),
    _number("cache.max_ttl", "DnsServerCache", "MaxTtl", "MaxCacheTTL", 0, _DAYS_30),
    _number("cache.max_negative_ttl", "DnsServerCache", "MaxNegativeTtl", "MaxNegativeCacheTTL", 0, _DAYS_30),
    _number("cache.max_size", "DnsServerCache", "MaxKBSize", "MaxCacheSize", 500, _MOST, zero="no limit"),
    _number(
        *("socket_pool.size", "DnsServerSetting", "SocketPoolSize", "SocketPoolSize", 0, 10000),
        restarts=True,
        bound="least",
        controls=(controls.SOCKET_POOL,),
        meets=range(2500, 10001),
    ),
    _switch("edns.reception", "DnsServerEDns", "EnableReception", "EnableEDnsReception"),
    _switch("edns.probes", "DnsServerEDns", "EnableProbes", "EnableEDnsProbes"),
    _number("edns.cache_timeout", "DnsServerEDns", "CacheTimeout", "EDnsCacheTimeout", 10, 86_400, zero_is_default=True),
    Setting(
        *("version_query", "DnsServerSetting", "EnableVersionQuery", "EnableVersionQuery", f"{_SPEC}.1 EnableVersionQuery"),
        values={"none": 0, "full": 1, "minimal": 2},
        controls=(controls.VERSION,),
        meets=("none",),
    ),
    Setting(
        *("diagnostics.event_level", "DnsServerDiagnostics", "EventLogLevel", "EventLogLevel", f"{_SPEC}.1 EventLogLevel"),
        values={"none": 0, "errors": 1, "warnings": 2, "all": 4},
        same={3: 4, 5: 4, 6: 4, 7: 4},
        bound="least",
        controls=(controls.EVENT_LOG,),
        meets=("warnings", "all", *range(2, 8)),
    ),
    Setting("diagnostics.log_file.path", "DnsServerDiagnostics", "LogFilePath", "LogFilePath", _DEBUG_LOG),
    Setting(
        *("diagnostics.log_file.max_size", "DnsServerDiagnostics", "MaxMBFileSize", "LogFileMaxSize", _DEBUG_LOG), limits=(65536, _MOST)
    ),
    Setting("diagnostics.log_file.addresses", "DnsServerDiagnostics", "FilterIPAddressList", "LogIPFilterList", _DEBUG_LOG),
    _hours("interval", "ScavengingInterval", "ScavengingInterval", 0, controls=(controls.SCAVENGING,), meets=range(1, _YEAR + 1)),
    _switch("scavenging.default_aging", "DnsServerScavenging", "ScavengingState", "DefaultAgingState"),
    _hours("refresh_interval", "RefreshInterval", "DefaultRefreshInterval", 1),
    _hours("no_refresh_interval", "NoRefreshInterval", "DefaultNoRefreshInterval", 1),
    _switch("dnssec.validation", "DnsServerSetting", "EnableDnsSec", "EnableDnsSec", controls.VALIDATION, meets=True),
    _switch(
        "updates.share_proxy_updates",
        "DnsServerSetting",
        "OpenAclOnProxyUpdates",
        "OpenACLOnProxyUpdates",
        controls.PROXY_UPDATES,
        meets=False,
    ),
    # dnscmd does not know these two
    _switch("updates.iquery_responses", "DnsServerSetting", "EnableIQueryResponseGeneration", "", controls.INVERSE_QUERIES, meets=False),
    _switch(
        "updates.transfers_from_read_only", "DnsServerSetting", "AllowReadOnlyZoneTransfer", "", controls.READ_ONLY_TRANSFERS, meets=False
    ),
)
