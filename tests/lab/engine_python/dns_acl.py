# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may administer the DNS Servers of a domain: the access list of CN=MicrosoftDNS in the directory."""

from __future__ import annotations

import json
from typing import Any

from lab.box import Box

from .account import find_sid, is_domain_controller
from .errors import Refusal
from .writes import Writes

Ace = dict[str, Any]
# what makes two entries one for ActiveDirectorySecurity.AddAccessRule, which puts their rights together
PLACE = ("sid", "type", "object_type", "inherited_object_type", "inheritance")


def read_acl(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    """A host that is no domain controller has no such object."""
    found = _directory(box)
    if found is None:
        return {"applies": False}
    rules = in_order(found["rules"])
    return {
        "applies": True,
        **{name: found[name] for name in ("distinguished_name", "owner", "protected")},
        "rules": rules,
        "names": {rule["sid"]: _name(box, rule["sid"]) for rule in rules},
        "admins": _admins(box, found.get("admins")),
    }


def _directory(box: Box) -> dict[str, Any] | None:
    return box.read_json("dns").get("directory") if is_domain_controller(box) else None


def in_order(rules: list[Ace]) -> list[Ace]:
    return sorted(rules, key=canonical)


def canonical(rule: Ace) -> str:
    return json.dumps(rule, separators=(",", ":"), sort_keys=True)


def _name(box: Box, sid: str) -> str | None:
    account = find_sid(box, sid)
    return None if account is None else account.full_name


def _admins(box: Box, group: dict[str, Any] | None) -> dict[str, Any] | None:
    if group is None:
        return None
    return {"sid": group["sid"], "members": [{"sid": sid, "name": _name(box, sid)} for sid in sorted(group["members"])]}


def _own(rules: list[Ace]) -> list[Ace]:
    return [rule for rule in rules if not rule["inherited"]]


def check_planned(box: Box, operation: dict[str, Any]) -> None:
    found = _directory(box)
    if found is None:
        raise Refusal("not_found", "The host is no domain controller: there is no such object.")
    planned, now = in_order(operation["planned"]["rules"]), in_order(_own(found["rules"]))
    if planned != now:
        raise Refusal("changed_meanwhile", f"Planned on {planned}, found {now}.")


def write(box: Box, operation: dict[str, Any], writes: Writes) -> None:
    """An entry is taken away only as a whole; one that is added goes into one of its kind."""
    document = box.read_json("dns")
    if document.get("denied"):
        raise Refusal("access_denied", "Access is denied.")
    rules = [rule for rule in document["directory"]["rules"] if rule not in operation["remove"]]
    for added in operation["add"]:
        rules = _added(rules, added)
    document["directory"]["rules"] = rules
    writes.make("write", lambda: box.write_json("dns", document))


def _added(rules: list[Ace], added: Ace) -> list[Ace]:
    place = [added[name] for name in PLACE]
    for index, rule in enumerate(rules):
        if not rule["inherited"] and [rule[name] for name in PLACE] == place:
            return [*rules[:index], {**rule, "rights": rule["rights"] | added["rights"]}, *rules[index + 1 :]]
    first_inherited = next((index for index, rule in enumerate(rules) if rule["inherited"]), len(rules))
    return [*rules[:first_inherited], added, *rules[first_inherited:]]
