# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS Server made up of what its cmdlets answer, for plans of its options."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import plan_together
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options import DnsServerOptions
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options_spec import SPEC
from unit.core.samples import FACTS

Record = dict[str, Any]
OWN = "192.0.2.53"
SHOP = {"ZoneName": "shop.example", "ZoneType": "Primary", "IsAutoCreated": False, "IsPaused": False, "IsShutdown": False}


def defaults() -> dict[str, list[Record]]:
    """By noun, what a fresh server's getters give, as far as the options are about it."""
    return {
        "DnsServerSetting": [
            {
                "IsReadOnlyDC": False,
                "AllIPAddress": [OWN, "fe80::1%4"],
                "ListeningIPAddress": [OWN, "fe80::1%4"],
                "EnableVersionQuery": 0,
                "EnableDnsSec": True,
                "SocketPoolSize": 2500,
                "SocketPoolExcludedPortRanges": None,
                "TcpReceivePacketSize": 65536,
                "MaximumUdpPacketSize": 4000,
                "ServerLevelPluginDll": None,
                "OpenAclOnProxyUpdates": True,
            }
        ],
        "DnsServerRecursion": [{"Enable": True, "Timeout": 8, "RetryInterval": 3, "AdditionalTimeout": 4}],
        "DnsServerForwarder": [{"IPAddress": None, "UseRootHint": True, "Timeout": 3, "EnableReordering": True}],
        "DnsServerCache": [{"EnablePollutionProtection": True, "LockingPercent": 100, "MaxTtl": 86400, "MaxNegativeTtl": 900}],
        "DnsServerGlobalQueryBlockList": [{"Enable": True, "List": ["wpad", "isatap"]}],
        "DnsServerResponseRateLimiting": [
            {
                "Mode": "Disable",
                "ResponsesPerSec": 5,
                "ErrorsPerSec": 5,
                "WindowInSec": 5,
                "IPv4PrefixLength": 24,
                "IPv6PrefixLength": 56,
                "LeakRate": 3,
                "TruncateRate": 2,
                "MaximumResponsesPerWindow": 1024,
            }
        ],
        "DnsServerZone": [SHOP],
        "DnsServerRootHint": [{"NameServer.RecordData.NameServer": "a.root-servers.net."}],
        "DnsServerRecursionScope": [{"Name": ".", "EnableRecursion": True, "Forwarder": None}],
        "DnsClientServerAddress": [{"ServerAddresses": ["192.0.2.1"]}, {"ServerAddresses": None}],
    }


@dataclass
class Server:
    """found: by noun. registry: of the service's key. failures: by noun. service: what the provider of that name says. facts: of the host."""

    found: dict[str, list[Record]] = field(default_factory=defaults)
    registry: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    service: Record = field(default_factory=lambda: {"exists": True, "state": "Running", "start_type": "Automatic", "dependents": []})
    answers: list[Record] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def set(self, noun: str, **values: Any) -> Server:
        self.found[noun][0] |= values
        return self

    def answer(self, read: Mapping[str, Any]) -> Observation:
        if read["provider"] == "service":
            return Observation(self.service)
        if read["provider"] == "registry":
            return Observation({"exists": True, "values": self.registry, "subkeys": []})
        if read["provider"] == "listener":
            sockets = [{"protocol": kind, "address": OWN, "port": 53, "process": 4, "services": ["DNS"]} for kind in ("tcp", "udp")]
            return Observation({"sockets": sockets, "excluded": []})
        if read["read"] == "query":
            return Observation(self.answers)
        if read["cmdlet"] in self.failures:
            return Observation(failure=self.failures[read["cmdlet"]])
        return Observation(copy.deepcopy(self.found.get(read["cmdlet"], [])))

    def observe(self, resource: DnsServerOptions) -> Observations:
        reads = unique_reads(resource.reads())
        seen = Observations(reads, [self.answer(read.as_request()) for read in reads])
        while further := [read for read in resource.further_reads(seen) if read not in seen]:
            reads = [*reads, *further]
            seen = Observations(reads, [self.answer(read.as_request()) for read in reads])
        return seen

    def plan(self, restart_now: bool = True, **options: Any) -> Plan:
        resource = DnsServerOptions(with_defaults(options, SPEC))
        resource.restart_now = restart_now
        return plan_together([resource], self.observe(resource), HostFacts.from_answer({**FACTS, **self.facts}))


def with_defaults(options: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the defaults of those inside them, as Ansible's validation gives them."""
    found = {name: one["default"] for name, one in spec.items() if "default" in one} | dict(options)
    for name, value in found.items():
        below = spec.get(name, {}).get("options")
        if below and isinstance(value, Mapping):
            found[name] = with_defaults(value, below)
        elif below and isinstance(value, list):
            found[name] = [with_defaults(one, below) for one in value]
    return found


def lines(plan: Plan) -> list[str]:
    """Each change as a line."""
    return [f"{one.target}: {one.before} -> {one.after}" for change in plan.changes for one in change.shown]


def statuses(plan: Plan) -> dict[str, str]:
    return {result.control.id.removeprefix("HW-DNS-"): result.status for result in plan.controls}
