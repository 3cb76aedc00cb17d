# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: what each entry has, requests of another form, and steps of several providers in one apply."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import InAnswer, JournalLines, Part, Refused, Steps
from lab.behaviour.iis_changes import GIT
from lab.behaviour.journal import file
from lab.behaviour.rdp_expectation import Document, Inf
from lab.behaviour.rdp_host import ALLOW, DENY, GUEST, OPERATORS, PROTOCOL, host, row
from lab.behaviour.rdp_machine import AC, POWER, SLEEP, TASK
from lab.behaviour.rdp_requests import (
    POLICY,
    add_member,
    add_rule,
    certificate,
    grant,
    hibernate,
    members,
    owned,
    register,
    resolve,
    right,
    rules,
    scheme,
    set_policy,
    set_power,
    task,
)
from lab.behaviour.requests import JOURNAL, SERVER, Step, apply, reads, value
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation

HOST = host(documents={"power": POWER})
CONSTRAINED = host(facts={"powershell": {"version": "5.1.20348.2700", "edition": "Desktop", "language_mode": "ConstrainedLanguage"}})
GRANT = grant(DENY, GUEST)
LENGTH = {"MinimumPasswordLength": 0}


def refused(
    name: str, request: dict[str, Any], kind: str = "request_invalid", situation: Situation = HOST, entry: str | None = None
) -> Row:
    return Row("rdp refused: " + name, situation, request, (Refused(kind),), PROTOCOL, "P", family="windows_rdp", entry=entry)


def changed(step: Step, **keys: Any) -> Step:
    """The step with other keys in its operation; None takes one out."""
    operation = {name: item for name, item in (step["operation"] | keys).items() if item is not None}
    return {"operation": operation, "undo": step["undo"]}


def odd_read(read: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return reads({name: item for name, item in (read | keys).items() if item is not None})


ENTRIES = (
    refused("IIS of the payload of Remote Desktop", reads(SERVER)),
    refused("a change of IIS by the payload of Remote Desktop", apply(GIT)),
    refused("a guard of IIS", apply(GRANT, guard=({"provider": "iis", "section": "x", "paths": []},))),
    refused("Remote Desktop of the payload of IIS", reads(right(ALLOW)), entry="windows_iis_read"),
    refused("a change of Remote Desktop by the payload of IIS", apply(GRANT), entry="windows_iis"),
    refused("an apply by the payload that only reads", apply(GRANT), entry="windows_rdp_read"),
    refused("an apply under check mode", apply(GRANT, _ansible_check_mode=True), "check_mode"),
    refused("a constrained session", reads(POLICY), "constrained_language", CONSTRAINED),
    row(
        "rdp: it has the providers that every payload has",
        HOST,
        reads(
            {"provider": "service", "read": "service", "name": "termservice"},
            {"provider": "journal", "read": "journals"},
            value(r"SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType"),
        ),
        (Part("state", "Running"), Part("", [], number=1), Part("value", "ServerNT", number=2)),
        PROTOCOL,
        "P",
    ),
    row("rdp: the payload that writes also reads", HOST, reads(right(DENY)), (Part("accounts", []),), PROTOCOL, "P"),
)

FORMS = (
    refused("names that are no list", odd_read(resolve(), names="deploy")),
    refused("a right without a name", odd_read(right(ALLOW), right=None)),
    refused("a group without its SID", odd_read(members(OPERATORS), group=None)),
    refused("rules without groups", odd_read(rules(), groups=None)),
    refused("listeners without wait", reads({"provider": "listener", "read": "listeners"})),
    refused("a scheme without a subgroup", odd_read(scheme(SLEEP), subgroup=None)),
    refused("a certificate without a thumbprint", odd_read(certificate("A" * 40), thumbprint=None)),
    refused("a task without a name", odd_read(task(TASK), name=None)),
    refused("keys of Group Policy that are no list", odd_read(owned(), keys="SOFTWARE")),
    refused("an operation that the provider lacks", apply(changed(GRANT, operation="set"))),
    refused("a right for nobody", apply(changed(GRANT, account=None))),
    refused("a member without what was planned on", apply(changed(add_member(OPERATORS, GUEST), planned=None))),
    refused("a policy whose values are a list", apply(changed(set_policy({}, {}), values=[]))),
    refused("a firewall rule that is text", apply(changed(add_rule("x"), rule="v2.31|Action=Allow|"))),
    refused("a power setting whose number is text", apply(changed(set_power(AC, "ac", 0, 1800), value="0"))),
    refused("hibernation that is neither on nor off", apply(changed(hibernate(False, True), enabled="off"))),
    refused("a task without a definition", apply(changed(register(TASK, "<Task/>"), definition=None))),
    refused("the undo of an operation that the provider lacks", apply({"operation": GRANT["operation"], "undo": {"provider": "right"}})),
)

LINES = (("protocol", "id", "started", "account", "steps"), ("at", "done"))
MIXED = (
    row(
        "rdp: steps of several providers, each a line of the journal",
        HOST,
        apply(GRANT, add_member(OPERATORS, GUEST), set_policy({"MinimumPasswordLength": 14}, LENGTH), set_power(AC, "ac", 0, 1800)),
        (
            Steps(("done",) * 4),
            JournalLines((*LINES, *LINES[1:] * 3, ("at", "finished")), file(JOURNAL)),
            Inf("Privilege Rights", DENY, f"*{GUEST}"),
            Inf("Group Membership", f"*{OPERATORS}__Members", f"*{GUEST}"),
            Inf("System Access", "MinimumPasswordLength", "14"),
        ),
        PROTOCOL,
        "P",
    ),
    row(
        "rdp: the first failed write ends the apply, what was written stays",
        HOST,
        apply(
            GRANT,
            set_policy({"LockoutDuration": 15}, {"LockoutDuration": None}, {}),
            set_power(AC, "ac", 0, 1800),
            restarts=["TermService"],
        ),
        (
            Steps(("done", "failed:command_failed", "not_attempted")),
            JournalLines((*LINES, ("at", "failed", "error"), ("at", "finished")), file(JOURNAL)),
            InAnswer("restarts", []),
            InAnswer("changed", True),
            Inf("Privilege Rights", DENY, f"*{GUEST}"),
            Document("power", ("subgroups", SLEEP, AC[2], "ac"), 1800),
        ),
        PROTOCOL,
        "P",
    ),
    row(
        "rdp: every planned value is checked before the first write",
        HOST,
        apply(GRANT, set_power(AC, "ac", 0, 7)),
        (Steps(("not_attempted", "failed:changed_meanwhile")), Inf("Privilege Rights", DENY, None), InAnswer("changed", False)),
        PROTOCOL,
        "P",
    ),
)

ROWS = ENTRIES + FORMS + MIXED
