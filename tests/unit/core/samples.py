# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource, a host and answers that are made up, so that the core is tested without any subsystem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.hardening.windows.plugins.plugin_utils._core.controls import Control, ControlResult
from ansible_collections.hardening.windows.plugins.plugin_utils._core.facts import HostFacts, SessionNeeds
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation, Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Change, Plan, Stage
from ansible_collections.hardening.windows.plugins.plugin_utils._core.resource import Resource
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Run, RunSettings

FACTS: dict[str, Any] = {
    "computer_name": "WEB01",
    "build": 20348,
    "product": "Windows Server 2022 Standard",
    "installation": "Server",
    "product_type": "ServerNT",
    "language": "en-US",
    "process_bits": 64,
    "elevated": True,
    "powershell": {"version": "5.1.20348.2700", "edition": "Desktop", "language_mode": "FullLanguage"},
    "reboot_pending": [],
    "account": {"name": "WEB01\\deploy", "sid": "S-1-5-21-1", "local": True, "groups": ["S-1-5-32-544"]},
    "unfinished_journals": [],
}
JOURNAL = "C:\\journal\\20261124T211502Z-3f9c2a1b.jsonl"
FIRST = Control("X-1", "One", "because", "somewhere", ("REF-1", "REF-2"))
SECOND = Control("X-2", "Two", "because", "somewhere")


def operation(name: str, value: Any, planned: Any) -> Operation:
    return Operation("store", "set", {"name": name, "value": value, "planned": planned})


def change(target: str, before: str = "1", after: str = "2", place: str = "store") -> Change:
    return Change(place, target, before, after, operation(target, after, before), operation(target, before, after), ("X-1",))


class Stored(Resource):
    """Wants each name of its options to have a value; every name is a stage of its own where `stages` says so."""

    name = "stored"
    entry = "windows_store"
    argument_spec: ClassVar[dict[str, Any]] = {
        "values": {"type": "dict", "required": True},
        "stages": {"type": "bool", "default": False},
        "level": {"type": "str", "choices": ["low", "high"]},
        "only": {"type": "list", "elements": "str"},
        "skip": {"type": "list", "elements": "str"},
    }
    needs = SessionNeeds(elevated="the store is the administrators'")
    controls = (FIRST, SECOND)

    def reads(self) -> list[Read]:
        return [Read("store", "value", {"name": name}) for name in self.options["values"]]

    def plan(self, observations: Observations, facts: HostFacts) -> Plan:
        wanted = self.options["values"]
        found = {name: observations.value(Read("store", "value", {"name": name})) for name in wanted}
        changes = [change(name, found[name], value) for name, value in wanted.items() if found[name] != value]
        groups = [[one] for one in changes] if self.options.get("stages") else [changes]
        return Plan(
            stages=tuple(Stage(tuple(group), restarts=("STORE",)) for group in groups if group),
            controls=(ControlResult(FIRST, "changed" if changes else "compliant", ("seen",)),),
            wanted=tuple((f"store: {name}", value) for name, value in wanted.items()),
        )


class Host:
    """A store behind a connection. `spoil` is called with each answer and gives back what arrives instead."""

    def __init__(self, values: Mapping[str, str], facts: Mapping[str, Any] | None = None) -> None:
        self.values = dict(values)
        self.facts = {**FACTS, **(facts or {})}
        self.requests: list[dict[str, Any]] = []
        self.sticky: set[str] = set()
        self.fail_at: int | None = None
        self.restart_error: dict[str, Any] | None = None
        self.spoil: Any = lambda answer: answer

    def send(self, entry: str, request: dict[str, Any]) -> Mapping[str, Any]:
        assert entry == ("windows_store_read" if request["operation"] == "read" else "windows_store")
        self.requests.append(request)
        answer: dict[str, Any] = {"protocol": 1, "changed": False, "facts": self.facts}
        reads = request["batch"]
        if request["operation"] == "apply":
            reads = request["reads"]
            answer |= {"changed": True, "journal": JOURNAL, "steps": self._steps(request["batch"]), "guard": []}
            answer["restarts"] = [{"service": name, "error": self.restart_error} for name in request["restarts"]]
        answer["observations"] = [{"value": self.values[read["name"]]} for read in reads]
        return self.spoil(answer)

    def _steps(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        steps = []
        for number, step in enumerate(batch):
            if self.fail_at is not None and number >= self.fail_at:
                failed = number == self.fail_at
                error = {"kind": "locked", "message": "Lock violation", "hresult": "0x80070021"} if failed else None
                steps.append({"state": "failed" if failed else "not_attempted", "error": error})
                continue
            name = step["operation"]["name"]
            if name not in self.sticky:
                self.values[name] = step["operation"]["value"]
            steps.append({"state": "done", "error": None})
        return steps

    @property
    def operations(self) -> list[str]:
        return [request["operation"] for request in self.requests]


def run_on(host: Host, *resources: Resource, check: bool = False, restart_now: bool = True) -> Run:
    return Run(resources, host.send, RunSettings(check, restart_now, lambda: "20261124T211502Z-3f9c2a1b"))
