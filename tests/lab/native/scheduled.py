# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a box's scheduled task, as its scheduler would when a trigger fires: the programs of its definition, one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from lab.box import Box
from lab.engine_python import firewall, registry, service, task
from lab.engine_python.writes import Writes

SPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
REGISTRY_ADD = re.compile(r'add "HKLM\\([^"]+)" /v (\w+) /t REG_DWORD /d (\d+) /f')
SERVICE = "TermService"
RESTARTING = re.compile(
    r'/d /c "for /l %i in \(1,1,(\d+)\) do \(net stop TermService /y & net start TermService && exit & ping -n \d+ 127\.0\.0\.1\)"'
)
RULES = re.compile(r"-NoProfile -NonInteractive -Command \"(Remove|Disable)-NetFirewallRule -Name ((?:'[^']+',?)+)\"")
TASK = re.compile(r'/delete /tn "([^"]+)" /f')


class NotUnderstood(Exception):
    """A command that the lab does not know; Windows would run it, so it must not be passed over."""


def delays(definition: str) -> dict[str, str]:
    """The triggers of a definition with their delays."""
    triggers = _tree(definition).findall("t:Triggers/*", SPACE)
    return {etree.QName(trigger).localname: str(trigger.findtext("t:Delay", None, SPACE)) for trigger in triggers}


def fire(box: Box, name: str) -> list[str]:
    """Runs the task and gives the programs it ran. A program that fails does not stop the next, as with real tasks."""
    definition = box.read_json("tasks")[name]
    ran = []
    with box.lock():
        for action in _tree(definition).findall("t:Actions/t:Exec", SPACE):
            program = str(action.findtext("t:Command", None, SPACE)).rpartition("\\")[2].lower()
            PROGRAMS[program](box, str(action.findtext("t:Arguments", None, SPACE)))
            ran.append(program)
    return ran


def _tree(definition: str) -> Any:
    return etree.fromstring(definition.encode("utf-16"))


def _matched(pattern: re.Pattern[str], arguments: str) -> re.Match[str]:
    found = pattern.fullmatch(arguments)
    if found is None:
        raise NotUnderstood(arguments)
    return found


def _reg(box: Box, arguments: str) -> None:
    key, name, value = _matched(REGISTRY_ADD, arguments).groups()
    registry.write(
        box,
        {"operation": "set", "hive": "HKLM", "key": key, "name": name, "kind": "DWord", "value": int(value)},
        Writes(None),
    )


def _cmd(box: Box, arguments: str) -> None:
    """Stops and starts, and ends once the start succeeds: net start fails while the service runs."""
    for _try in range(int(_matched(RESTARTING, arguments)[1])):
        if _stops(box):
            service.restart(box, SERVICE, Writes(None))
            return


def _stops(box: Box) -> bool:
    """`stops_refused` in the box's services.json: so many times the service, which is just starting, cannot be stopped."""
    services = box.services
    left = services[SERVICE].get("stops_refused", 0)
    if left:
        services[SERVICE]["stops_refused"] = left - 1
        box.write_json("services", services)
    return not left


def _powershell(box: Box, arguments: str) -> None:
    verb, names = _matched(RULES, arguments).groups()
    for name in re.findall(r"'([^']+)'", names):
        operation = "remove" if verb == "Remove" else "enable"
        firewall.write(box, {"operation": operation, "name": name, "enabled": False}, Writes(None))


def _schtasks(box: Box, arguments: str) -> None:
    (name,) = _matched(TASK, arguments).groups()
    task.write(box, {"operation": "delete", "name": name}, Writes(None))


PROGRAMS: dict[str, Callable[[Box, str], None]] = {
    "reg.exe": _reg,
    "cmd.exe": _cmd,
    "powershell.exe": _powershell,
    "schtasks.exe": _schtasks,
}
