# SPDX-License-Identifier: GPL-3.0-or-later
"""On which ports a client gets to Remote Desktop of a box: a socket of the service, and a rule that lets somebody in."""

from __future__ import annotations

from lab.box import Box
from lab.native import scheduled

RULES = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"


def _rules(box: Box) -> list[dict[str, str]]:
    found = []
    for key, values in box.registry["HKLM"].items():
        if key.lower() == RULES.lower():
            for value in values.values():
                parts = (part.partition("=") for part in str(value["value"]).split("|"))
                found.append({name: text for name, _, text in parts})
    return found


def open_ports(box: Box) -> set[int]:
    rules = [rule for rule in _rules(box) if rule.get("Active") == "TRUE" and rule.get("Protocol") == "6" and rule.get("Dir") == "In"]
    return {int(rule["LPort"]) for rule in rules if rule.get("Action") == "Allow" and rule.get("LPort", "").isdecimal()}


def served_ports(box: Box) -> set[int]:
    service = box.services["TermService"]
    if service["state"] != "Running":
        return set()
    return {one["port"] for one in box.read_json("network")["sockets"] if one["protocol"] == "tcp" and one["process"] == service["process"]}


def reachable(box: Box) -> set[int]:
    return open_ports(box) & served_ports(box)


def time_passes(box: Box) -> None:
    """Every task that waits for its time runs."""
    for name in list(box.read_json("tasks")):
        scheduled.fire(box, name)
