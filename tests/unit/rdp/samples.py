# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows host made up of what its providers answer, so that a resource is planned and applied without any engine."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations, unique_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation, Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import plan_together
from unit.core.samples import FACTS

WINRM_HTTPS = Connection("winrm", "192.0.2.7", "deploy", 5986, True)
WINRM_HTTP = Connection("winrm", "192.0.2.7", "deploy", 5985, False)
SSH = Connection("ssh", "192.0.2.7", "deploy", 22, None)
GPO = "Servers"

Stored = dict[str, Any]


def number(value: int) -> Stored:
    return {"kind": "DWord", "value": value}


def text(value: str) -> Stored:
    return {"kind": "String", "value": value}


def binary(value: str) -> Stored:
    """value: lower-case hexadecimal digits."""
    return {"kind": "Binary", "value": value}


@dataclass
class Sample:
    """registry: key below HKLM to values by name. owned: (key, name) of what the policy object GPO owns. unreadable: keys that cannot be read.

    others: what further providers answer, by name.
    """

    registry: dict[str, dict[str, Stored]] = field(default_factory=dict)
    owned: list[tuple[str, str]] = field(default_factory=list)
    known: bool = True
    power: dict[str, Any] | None = None
    unreadable: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    def answer(self, read: Mapping[str, Any]) -> Observation:
        if read["provider"] == "rsop":
            owned = [{"key": key, "name": name, "gpo": GPO} for key, name in self.owned] if self.known else []
            return Observation({"known": self.known, "registry": owned, "rights": [], "groups": [], "account": []})
        if read["provider"] == "power":
            return Observation(copy.deepcopy(self.power))
        if read["provider"] in self.others:
            return Observation(copy.deepcopy(self.others[read["provider"]]))
        if read["key"] in self.unreadable:
            return Observation(failure=Failure("access_denied", "Access is denied.", "0x80070005"))
        return Observation(self._value(read) if read["read"] == "value" else self._key(read["key"]))

    def _value(self, read: Mapping[str, Any]) -> dict[str, Any]:
        key = self._key(read["key"])
        stored = next((one for name, one in key["values"].items() if name.lower() == read["name"].lower()), None)
        return {"key_exists": key["exists"], "exists": stored is not None, **(stored or {"kind": None, "value": None})}

    def _key(self, key: str) -> dict[str, Any]:
        values = next((values for name, values in self.registry.items() if name.lower() == key.lower()), None)
        below = [name[len(key) + 1 :].partition("\\")[0] for name in self.registry if name.lower().startswith(key.lower() + "\\")]
        return {"exists": values is not None or bool(below), "values": copy.deepcopy(values or {}), "subkeys": sorted(set(below))}

    def observe(self, resource: Resource) -> tuple[Observations, HostFacts]:
        return self.observe_all([resource])

    def observe_all(self, resources: Sequence[Resource]) -> tuple[Observations, HostFacts]:
        reads = unique_reads(read for resource in resources for read in resource.reads())
        observations = self._observations(reads)
        while further := [read for resource in resources for read in resource.further_reads(observations) if read not in observations]:
            reads = unique_reads([*reads, *further])
            observations = self._observations(reads)
        return observations, HostFacts.from_answer({**FACTS, **self.facts})

    def _observations(self, reads: list[Read]) -> Observations:
        return Observations(reads, [self.answer(read.as_request()) for read in reads])

    def plan(self, kind: type[Resource], connection: Connection | None = WINRM_HTTP, **options: Any) -> Plan:
        return self.plan_all([kind(options)], connection)

    def plan_all(self, resources: Sequence[Resource], connection: Connection | None = WINRM_HTTP) -> Plan:
        """What one task would do that converges all of them."""
        for resource in resources:
            resource.connection = connection
        return plan_together(resources, *self.observe_all(resources))

    def apply(self, plan: Plan) -> None:
        for change in plan.changes:
            self.perform(change.operation)

    def undo(self, plan: Plan) -> None:
        for change in reversed(plan.changes):
            self.perform(change.undo)

    def perform(self, operation: Operation) -> None:
        """Writes it; a planned value that does not hold is an error of the plan."""
        given = operation.parameters
        if operation.provider == "power":
            self._perform_power(operation.name, given)
            return
        values = self.registry.setdefault(given["key"], {})
        found = values.get(given["name"])
        assert given["planned"] == ({"exists": True, **found} if found else {"exists": False})
        if operation.name == "delete":
            del values[given["name"]]
        else:
            values[given["name"]] = {"kind": given["kind"], "value": given["value"]}

    def _perform_power(self, name: str, given: Mapping[str, Any]) -> None:
        assert self.power is not None
        if name == "hibernate":
            assert given["planned"] == {"enabled": self.power["hibernate"]}
            self.power["hibernate"] = given["enabled"]
            return
        values = self.power["settings"][given["setting"]]
        assert given["scheme"] == self.power["scheme"]
        assert given["planned"] == {"value": values[given["source"]]}
        values[given["source"]] = given["value"]


def statuses(plan: Plan) -> dict[str, str]:
    """The end of each control's id to its status: the most severe of all."""
    return {result.control.id.removeprefix("HW-RDP-"): result.status for result in plan.controls}


def lines(plan: Plan) -> list[str]:
    """Each change as a line."""
    return [f"{change.target}: {change.before} -> {change.after}" for change in plan.changes]
