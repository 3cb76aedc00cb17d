# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS Server made up of what its cmdlets answer about zones and root hints, which takes the operations of a plan."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import plan_together
from unit.core.samples import FACTS

NAME = "NameServer.RecordData.NameServer"
V4, V6 = "IPAddress.RecordData.IPv4Address", "IPAddress.RecordData.IPv6Address"
WEEK = 604800
DENIED = Failure("access_denied", "Access is denied.", "0x80070005")
STOPPED = Failure("service_stopped", "The RPC server is unavailable.", "0x800706ba")
Record = dict[str, Any]


def zone(name: str, kind: str = "Primary", directory: bool = True, **properties: Any) -> Record:
    """A zone as a fresh server has it: of the directory, handed to nobody, secure updates."""
    found = {
        "ZoneName": name,
        "ZoneType": kind,
        "IsAutoCreated": False,
        "IsDsIntegrated": directory,
        "IsReadOnly": False,
        "IsWinsEnabled": False,
    }
    if kind == "Primary":
        found |= {
            "DynamicUpdate": "Secure" if directory else "None",
            "SecureSecondaries": "NoTransfer" if directory else "TransferToZoneNameServer",
            "SecondaryServers": None,
            "Notify": "NotifyServers" if directory else "Notify",
            "NotifyServers": None,
        }
    return found | properties


def aging(enabled: bool = False, **values: Any) -> Record:
    return {"AgingEnabled": enabled, "RefreshInterval": WEEK, "NoRefreshInterval": WEEK, "ScavengeServers": None} | values


def hint(name: str, *addresses: str) -> Record:
    return {NAME: name, V4: [one for one in addresses if ":" not in one], V6: [one for one in addresses if ":" in one]}


@dataclass
class Server:
    """zones, hints: what the getters give. aged: by zone. registry: of secondary zones. answers: by (name, type), what another server says.

    failures: by cmdlet or read, what fails. domain: of the host. recursion, forwarders: whether and whom it asks for others. scopes: of recursion,
    beside its own.
    """

    zones: list[Record] = field(default_factory=list)
    aged: dict[str, Any] = field(default_factory=dict)
    registry: dict[str, Record] = field(default_factory=dict)
    domain: str = "corp.example"
    hints: list[Record] = field(default_factory=list)
    recursion: bool = True
    forwarders: list[str] = field(default_factory=list)
    use_root_hints: bool = True
    scopes: list[Record] = field(default_factory=list)
    read_only: bool = False
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    # -- reading -----------------------------------------------------------------------------------------

    def answer(self, read: Mapping[str, Any]) -> Observation:
        failure = self.failures.get(read.get("cmdlet") or read["read"])
        if failure:
            return Observation(failure=failure)
        found = {"value": self._domain, "zones": self._zones, "query": self._query, "get": self._get}[read["read"]](read)
        return Observation(copy.deepcopy(found))

    def _domain(self, _read: Mapping[str, Any]) -> Any:
        return {"key_exists": True, "exists": True, "kind": "String", "value": self.domain}

    def _zones(self, read: Mapping[str, Any]) -> Any:
        primaries = [one["ZoneName"] for one in self.zones if one["ZoneType"] == "Primary" and not one["IsAutoCreated"]]
        names = primaries if read["aging"] == "all" else read["aging"]
        shown = [{name: value for name, value in one.items() if name in read["properties"]} for one in self.zones]
        secondaries = {one["ZoneName"]: self.registry.get(one["ZoneName"], {}) for one in self.zones if one["ZoneType"] == "Secondary"}
        return {"zones": shown, "aging": {name: self.aged.get(name, aging()) for name in names}, "registry": secondaries}

    def _query(self, read: Mapping[str, Any]) -> Any:
        nothing = {
            "error": {"kind": "dns_error", "message": "DNS name does not exist.", "hresult": "0x8007232b", "file": None, "line": None}
        }
        found = [self.answers.get((one["name"], one["type"]), nothing) for one in read["questions"]]
        return [one if "error" in one else {"records": one["records"]} for one in found]

    def _get(self, read: Mapping[str, Any]) -> Any:
        return {
            "DnsServerRootHint": self.hints,
            "DnsServerRecursion": [{"Enable": self.recursion}],
            "DnsServerForwarder": [{"IPAddress": self.forwarders or None, "UseRootHint": self.use_root_hints}],
            "DnsServerRecursionScope": [
                {"Name": ".", "EnableRecursion": self.recursion, "Forwarder": self.forwarders or None},
                *self.scopes,
            ],
            "DnsServerSetting": [{"IsReadOnlyDC": self.read_only, "ListeningIPAddress": ["192.0.2.53"]}],
            "DnsServerZone": [one for one in self.zones if one["ZoneName"] == read["parameters"].get("Name", one["ZoneName"])],
            "DnsServerZoneAging": [self.aged.get(read["parameters"].get("Name"), aging())],
        }[read["cmdlet"]]

    def observe(self, resources: Sequence[Resource]) -> Observations:
        reads = unique_reads(read for resource in resources for read in resource.reads())
        while True:
            seen = Observations(reads, [self.answer(read.as_request()) for read in reads])
            further = [read for resource in resources for read in resource.further_reads(seen) if read not in seen]
            if not further:
                return seen
            reads = [*reads, *further]

    def plan(self, kind: type[Resource], **options: Any) -> Plan:
        return self.plan_all([kind(options)])

    def plan_all(self, resources: Sequence[Resource]) -> Plan:
        return self.judged(resources, self.observe(resources))

    def judged(self, resources: Sequence[Resource], observations: Observations) -> Plan:
        return plan_together(resources, observations, HostFacts.from_answer(FACTS | self.facts))

    # -- writing -----------------------------------------------------------------------------------------

    def apply(self, plan: Plan) -> None:
        for change in plan.changes:
            self.perform(change.operation)

    def undo(self, plan: Plan) -> None:
        for change in reversed(plan.changes):
            self.perform(change.undo)

    def perform(self, operation: Operation) -> None:
        """Writes it; a planned value that does not hold is an error of the plan."""
        given = operation.parameters
        for planned in given["planned"]:
            if "zone" in planned:
                stored = self.registry.get(planned["zone"], {})
                assert {name: stored.get(name) for name in planned["values"]} == planned["values"]
            else:
                self._check(planned)
        if operation.name == "dnscmd":
            self._dnscmd(given["command"], given["arguments"])
        else:
            getattr(self, "_" + given["cmdlet"].replace("-", "_").lower())(dict(given["parameters"]))

    def _check(self, planned: Mapping[str, Any]) -> None:
        found = [one for one in self._get(planned) if all(one.get(name) == value for name, value in planned["where"].items())]
        assert len(found) == (0 if planned["values"] is None else planned.get("count", 1)), planned
        for one in found:
            assert {name: one.get(name) for name in planned["values"]} == planned["values"]

    def _set_dnsserverprimaryzone(self, given: Record) -> None:
        assert set(given) <= {"Name", "SecureSecondaries", "SecondaryServers", "Notify", "NotifyServers", "DynamicUpdate"}
        name = given.pop("Name")
        (found,) = [one for one in self.zones if one["ZoneName"] == name]
        found |= given

    def _set_dnsserverzoneaging(self, given: Record) -> None:
        found = self.aged.setdefault(given.pop("Name"), aging())
        found |= {{"Aging": "AgingEnabled"}.get(name, name): None if value == [] else value for name, value in given.items()}

    def _add_dnsserverroothint(self, given: Record) -> None:
        assert given["IPAddress"]
        self.hints.append(hint(given["NameServer"], *given["IPAddress"]))

    def _remove_dnsserverroothint(self, given: Record) -> None:
        before = len(self.hints)
        self.hints = [one for one in self.hints if one[NAME] != given["NameServer"]]
        assert len(self.hints) < before

    def _dnscmd(self, command: str, arguments: Sequence[str]) -> None:
        assert command == "ZoneResetSecondaries"
        name, *rest = arguments
        lists: list[list[str]] = []
        for word in rest:
            if word.startswith("/"):
                lists.append([word])
            else:
                lists[-1].append(word)
        transfers, notify = lists
        numbers = {"/NonSecure": 0, "/SecureNs": 1, "/SecureList": 2, "/NoXfr": 3, "/NoNotify": 0, "/Notify": 1, "/NotifyList": 2}
        self.registry[name] = {
            "SecureSecondaries": numbers[transfers[0]],
            "SecondaryServers": transfers[1:],
            "NotifyLevel": numbers[notify[0]],
            "NotifyServers": notify[1:],
        }


def lines(plan: Plan) -> list[str]:
    """Each change as a line, parts apart."""
    return [f"{part.path}: {part.before} -> {part.after}" for change in plan.changes for part in change.shown]


def statuses(plan: Plan) -> dict[str, str]:
    """The number of each control to its status: the most severe of all."""
    return {result.control.id.removeprefix("HW-DNS-"): result.status for result in plan.controls}


def references(plan: Plan, number: int) -> set[str]:
    return {one for result in plan.controls if result.control.id == f"HW-DNS-{number}" for one in result.control.references}
