# SPDX-License-Identifier: GPL-3.0-or-later
"""Which function answers which read, and which checks and makes the operations of which provider.

The operations of `iis` are committed in groups and have their own way, see answer.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.box import Box

from . import (
    account,
    certificate,
    dns,
    dns_acl,
    dns_query,
    firewall,
    group,
    iis,
    journal,
    listener,
    power,
    registry,
    right,
    rsop,
    security,
    service,
    session,
    task,
)
from .writes import Writes

Clock = Callable[[], str]
READERS: dict[tuple[str, str], Callable[[Box, dict[str, Any]], Any]] = {
    ("registry", "value"): registry.read_value,
    ("registry", "key"): registry.read_key,
    ("registry", "keys"): registry.read_keys,
    ("service", "service"): service.read_service,
    ("journal", "journals"): journal.read_journals,
    ("journal", "journal"): journal.read_journal,
    ("iis", "server"): iis.read_server,
    ("iis", "extensions"): iis.read_extensions,
    ("iis", "section"): iis.read_section,
    ("account", "resolve"): account.read_resolve,
    ("right", "right"): right.read_right,
    ("group", "members"): group.read_members,
    ("security", "policy"): security.read_policy,
    ("firewall", "rules"): firewall.read_rules,
    ("listener", "listeners"): listener.read_listeners,
    ("session", "sessions"): session.read_sessions,
    ("power", "scheme"): power.read_scheme,
    ("certificate", "certificate"): certificate.read_certificate,
    ("task", "task"): task.read_task,
    ("rsop", "owned"): rsop.read_owned,
    ("dns", "get"): dns.read_get,
    ("dns", "zones"): dns.read_zones,
    ("dns", "query"): dns_query.read_query,
    ("dns", "acl"): dns_acl.read_acl,
}


@dataclass(frozen=True)
class Writer:
    """check: refuses where the planned value no longer holds. write: makes the operation, as one write."""

    check: Callable[[Box, dict[str, Any]], None]
    write: Callable[[Box, dict[str, Any], Writes], None]


WRITERS = {
    "registry": Writer(registry.check_planned, registry.write),
    "right": Writer(right.check_planned, right.write),
    "group": Writer(group.check_planned, group.write),
    "security": Writer(security.check_planned, security.write),
    "firewall": Writer(firewall.check_planned, firewall.write),
    "power": Writer(power.check_planned, power.write),
    "task": Writer(task.check_planned, task.write),
    "dns": Writer(dns.check_planned, dns.write),
}


def observe(box: Box, read: dict[str, Any], clock: Clock) -> Any:
    """The value of one read. Raises Refusal."""
    if (read["provider"], read["read"]) == ("account", "accounts"):
        return account.read_accounts(box, clock())
    return READERS[read["provider"], read["read"]](box, read)


def writer(provider: str, clock: Clock) -> Writer:
    if provider == "journal":
        return Writer(journal.check_planned, lambda box, operation, writes: journal.close(box, operation, writes, clock))
    return WRITERS[provider]
