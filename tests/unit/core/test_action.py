# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin over Ansible's ActionBase, with a task and a connection that are made up."""

from __future__ import annotations

import re
import types
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError

from ansible_collections.hardening.windows.plugins.plugin_utils._core.action import ResourceAction, new_journal_id
from unit.core.samples import Host, Stored


class Action(ResourceAction):
    resource = Stored

    def __init__(self, host: Host, args: dict[str, Any], check: bool = False, asynchronous: int = 0) -> None:
        task = types.SimpleNamespace(async_val=asynchronous, args=args, check_mode=check, diff=True, action="stored", environment=None)
        connection = types.SimpleNamespace(
            has_pipelining=True,
            _shell=types.SimpleNamespace(tmpdir="/tmp/nothing"),
            become=None,
            always_pipeline_modules=True,
            transport="winrm",
            get_option={"remote_addr": "192.0.2.7", "remote_user": "deploy", "scheme": "https"}.__getitem__,
        )
        super().__init__(task, connection, types.SimpleNamespace(), None, None, None)
        self.host = host
        self.modules: list[str] = []

    def _execute_module(self, module_name: str, module_args: dict[str, Any], task_vars: Any) -> Any:  # type: ignore[override]
        self.modules.append(module_name)
        return self.host.send(module_name.rpartition(".")[2], module_args)


def test_a_run_calls_the_payload_by_its_full_name() -> None:
    action = Action(Host({"a": "1"}), {"values": {"a": "2"}})
    result = action.run(task_vars={})
    assert (result["changed"], result.get("failed"), result["round_trips"]) == (True, None, 2)
    assert action.modules == ["hardening.windows.windows_store_read", "hardening.windows.windows_store"]


def test_check_mode_reads_only() -> None:
    action = Action(Host({"a": "1"}), {"values": {"a": "2"}}, check=True)
    assert action.run(task_vars={})["changed"] is True
    assert action.host.operations == ["read"]


def test_async_is_refused_before_anything() -> None:
    action = Action(Host({"a": "1"}), {"values": {"a": "2"}}, asynchronous=60)
    with pytest.raises(AnsibleActionFail, match="async is not supported: the changes are planned from the answer"):
        action.run(task_vars={})
    assert action.host.requests == []


def test_an_option_that_is_null_is_not_given() -> None:
    result = Action(Host({"a": "2"}), {"values": {"a": "2"}, "level": None, "restart": None}).run(task_vars={})
    assert result["changed"] is False


def test_an_option_that_does_not_fit_is_ansibles_message() -> None:
    with pytest.raises(AnsibleActionFail, match="value of level must be one of"):
        Action(Host({}), {"values": {}, "level": "middle"}).run(task_vars={})


def test_a_problem_is_a_failed_result() -> None:
    result = Action(Host({"a": "1"}, {"elevated": False}), {"values": {"a": "2"}}).run(task_vars={})
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("Nothing was changed: ")


def test_restart_later_is_handed_on() -> None:
    action = Action(Host({"a": "1"}), {"values": {"a": "2"}, "restart": "later"})
    assert action.run(task_vars={})["restarts"] == [{"service": "STORE", "state": "not in force yet"}]
    assert action.host.requests[1]["restarts"] == []


def losing(operation: str, problem: Exception) -> Action:
    action = Action(Host({"a": "1"}), {"values": {"a": "2"}})
    send = action.host.send

    def lose(entry: str, request: dict[str, Any]) -> Any:
        if request["operation"] == operation:
            raise problem
        return send(entry, request)

    action.host.send = lose  # type: ignore[method-assign]
    return action


@pytest.mark.parametrize("problem", [AnsibleConnectionFailure("gone"), AnsibleError("no such module")])
def test_ansibles_own_errors_of_the_first_trip_are_handed_on(problem: Exception) -> None:
    with pytest.raises(type(problem)) as caught:
        losing("read", problem).run(task_vars={})
    assert caught.value is problem


@pytest.mark.parametrize(
    ("problem", "text"), [(OSError("reset by peer\nmore"), "OSError: reset by peer"), (ValueError(""), "ValueError: no further text")]
)
def test_a_librarys_error_of_the_first_trip_is_an_unreachable_host(problem: Exception, text: str) -> None:
    with pytest.raises(AnsibleConnectionFailure, match=re.escape(f"lost before anything was changed ({text}).")):
        losing("read", problem).run(task_vars={})


@pytest.mark.parametrize("problem", [AnsibleConnectionFailure("gone"), OSError("gone")])
def test_a_connection_lost_while_writing_names_the_journal(problem: Exception) -> None:
    result = losing("apply", problem).run(task_vars={})
    assert (result["failed"], result["changed"]) == (True, True)
    assert (
        f"The connection was lost ({type(problem).__name__}: gone). 1 change(s) were on their way, the first store: a, with the journal "
        in result["msg"]
    )
    assert result["changes"][0]["target"] == "store: a"


def test_journal_ids_are_told_apart() -> None:
    one, two = new_journal_id(), new_journal_id()
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", one)
    assert one != two
