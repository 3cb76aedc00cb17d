# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin that every resource module is: Ansible outside, a Run inside."""

from __future__ import annotations

import datetime
import secrets
import typing as t

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

from .connection import Connection, connection_of
from .errors import HardeningError
from .resource import Resource, without_absent
from .result import task_result
from .run import Run, RunSettings

_COLLECTION = "hardening.windows"

_ASYNC = (
    "async is not supported: the changes are planned from the answer of a first round trip, so the task must wait for it. "
    "Remove async and poll; a run takes two round trips however many settings it has."
)

RUN_SPEC: dict[str, t.Any] = {"restart": {"type": "str", "choices": ["now", "later"], "default": "now"}}


class ResourceAction(ActionBase):
    """Ten lines in a subclass: the resource class. converge overrides C(resources)."""

    resource: t.ClassVar[type[Resource]]

    _supports_check_mode = True
    _supports_async = True  # so that the refusal is our own sentence

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        if self._task.async_val:
            raise AnsibleActionFail(_ASYNC)
        self._task.args = self.given(self._task.args)
        options = self.validated_options()
        try:
            run = Run(self.resources(options), self._sender(task_vars), self._settings(options))
            outcome = run.execute()
        except HardeningError as problem:
            return result | {"failed": True, "changed": False, "msg": str(problem)}
        return result | task_result(outcome, check=self._task.check_mode, diff=self._task.diff)

    def resources(self, options: dict[str, t.Any]) -> list[Resource]:
        return [self.resource(options)]

    def given(self, arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """An option that is null is not given, at any depth; Ansible's validation would hold it against the choices."""
        return t.cast("dict[str, t.Any]", without_absent(arguments))

    def validated_options(self) -> dict[str, t.Any]:
        """The task's options by the resource's own spec, with Ansible's message when they do not fit."""
        _validation, options = self.validate_argument_spec(
            argument_spec=self.resource.argument_spec | RUN_SPEC,
            required_if=self.resource.required_if,
            mutually_exclusive=self.resource.mutually_exclusive,
        )
        return t.cast("dict[str, t.Any]", options)

    def _settings(self, options: t.Mapping[str, t.Any]) -> RunSettings:
        return RunSettings(
            check=self._task.check_mode,
            restart_now=options.get("restart") != "later",
            journal_id=new_journal_id,
            connection=self.way_in(),
            knock=self.knock,
        )

    def way_in(self) -> Connection:
        return connection_of(str(self._connection.transport), self._connection.get_option)

    def knock(self, port: int) -> str | None:
        """Whether the host answers on a port, as seen from the controller. Only resources that move a way in have something to knock at."""
        return None

    def _sender(self, task_vars: dict[str, t.Any] | None) -> t.Callable[[str, dict[str, t.Any]], t.Mapping[str, t.Any]]:
        def send(entry: str, request: dict[str, t.Any]) -> t.Mapping[str, t.Any]:
            try:
                return t.cast(
                    "t.Mapping[str, t.Any]",
                    self._execute_module(module_name=f"{_COLLECTION}.{entry}", module_args=request, task_vars=task_vars),
                )
            # The connection plugins let their library's own errors through (requests, pypsrp, paramiko), which a read may
            # hand on as Ansible does, but which an apply must answer with what is known.
            except Exception as problem:
                if request["operation"] == "read":
                    raise _unreachable(problem) from None  # Ansible prints a cause as a second copy of the same text
                raise HardeningError(f"The connection was lost ({type(problem).__name__}: {_first_line(problem)}).") from problem

        return send


def _unreachable(problem: Exception) -> Exception:
    """A problem of the first trip, where nothing can have been written: Ansible's own error, or an unreachable host."""
    if isinstance(problem, AnsibleError):
        return t.cast("Exception", problem)
    lost: Exception = AnsibleConnectionFailure(
        f"The connection was lost before anything was changed ({type(problem).__name__}: {_first_line(problem)})."
    )
    return lost


def _first_line(problem: BaseException) -> str:
    text = str(problem).strip()
    return text.splitlines()[0] if text else "no further text"


def new_journal_id() -> str:
    """UTC time and eight random hex digits, so that two controllers never choose the same."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ") + "-" + secrets.token_hex(4)
