# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the product's controller side against one of the lab's engines, without Ansible and without a connection."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.connection import Connection
from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from ansible_collections.hardening.windows.plugins.plugin_utils._core.run import Outcome, Run, RunSettings
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from ansible_collections.hardening.windows.plugins.plugin_utils._undo import Undo
from lab.box import Box
from lab.engine import Engine, WriteFault

# what happens to a request on its way: it may fail it, change the box, or alter the answer
Interference = Callable[[dict[str, Any], Callable[[], dict[str, Any]]], Mapping[str, Any]]
JOURNALS = "C:\\Program Files\\hardening.windows\\journal"
_numbers = itertools.count(1)


def python_is_enough(judge: Callable[[Mapping[str, Any]], bool]) -> Callable[[Any], Any]:
    """For a test with many cases: those for which `judge` says so are run on the Python engine only. Of several judges one is enough."""

    def mark(test: Any) -> Any:
        known = getattr(test, "python_is_enough", None)
        test.python_is_enough = (lambda parameters: known(parameters) or judge(parameters)) if known else judge
        return test

    return mark


def refused_by_the_controller(_parameters: Mapping[str, Any]) -> bool:
    """Cases that the controller decides before anything is written: the engines answer the same read."""
    return True


def new_journal_id() -> str:
    """In the form of the protocol; a later one sorts after an earlier one, however fast the runs follow each other."""
    number = next(_numbers)
    return f"20261124T{number // 3600 % 24:02d}{number // 60 % 60:02d}{number % 60:02d}Z-{number:08x}"


def _without_patience(request: dict[str, Any]) -> dict[str, Any]:
    """A socket that is waited for is there at once in a box, or never."""
    for read in request.get("batch" if request["operation"] == "read" else "reads", ()):
        if read.get("wait"):
            read["wait"]["seconds"] = 1
    return request


@dataclass
class Host:
    """A box with the engine that answers for it. fault: put into every apply. on_the_way: what the connection does.

    connection: the way in. knock: what the vantage point says of a port. restart_now: the task's option restart.
    """

    engine: Engine
    box: Box
    fault: WriteFault | None = None
    on_the_way: Interference | None = None
    connection: Connection | None = None
    knock: Callable[[int], str | None] = lambda port: None
    restart_now: bool = True
    requests: list[dict[str, Any]] = field(default_factory=list)

    def converge(self, resources: Sequence[Mapping[str, Any]], check: bool = False, **settings: Any) -> dict[str, Any]:
        """The task's result, as Ansible would return it; a refusal has `failed` and `msg` and nothing else."""
        return self._guarded(lambda: build_resources({"resources": list(resources), **settings}, RESOURCES), check)

    def filter_requests(self, options: Mapping[str, Any], check: bool = False) -> dict[str, Any]:
        return self.converge([{"iis_request_filtering": dict(options)}], check)

    def undo(self, journal: str, state: str = "undone", check: bool = False, **options: Any) -> dict[str, Any]:
        return self._guarded(lambda: [Undo({"journal": journal, "state": state, **options})], check)

    def outcome(self, resources: Sequence[Mapping[str, Any]], check: bool = False, **settings: Any) -> Outcome:
        """Raises HardeningError where nothing was written."""
        return self._run(build_resources({"resources": list(resources), **settings}, RESOURCES), check)

    def _guarded(self, build: Callable[[], list[Any]], check: bool) -> dict[str, Any]:
        try:
            return task_result(self._run(build(), check), check, diff=True)
        except HardeningError as problem:
            return {"failed": True, "changed": False, "msg": str(problem)}

    def _run(self, resources: list[Any], check: bool) -> Outcome:
        def send(entry: str, request: dict[str, Any]) -> Mapping[str, Any]:
            self.requests.append(request)
            arguments = _without_patience(json.loads(json.dumps(request))) | {"_ansible_check_mode": check}

            def answer() -> dict[str, Any]:
                fault = self.fault if request["operation"] == "apply" else None
                return json.loads(json.dumps(self.engine.answer(self.box, entry, arguments, fault)))

            return self.on_the_way(request, answer) if self.on_the_way else answer()

        settings = RunSettings(check, self.restart_now, new_journal_id, self.connection, self.knock)
        return Run(resources, send, settings).execute()
