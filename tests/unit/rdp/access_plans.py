# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of rdp_access on sample hosts, and what must be true of each of them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from unit.rdp.people import (
    ALLOW,
    People,
    standalone,
)
from unit.rdp.samples import statuses

BOTH_GROUPS = {"remove_administrators": True, "remove_remote_desktop_users": True}


def plan(host: People, **options: Any) -> Plan:
    return host.plan(RdpAccess, **options)


def converged(host: People, **options: Any) -> Plan:
    """The plan, after it was made so, seen to stick and to be taken back."""
    found, before = plan(host, **options), copy.deepcopy((host.rights, host.groups, host.registry))
    host.apply(found)
    again = plan(host, **options)
    assert again.empty
    assert set(statuses(again).values()) <= {"compliant"}
    after = copy.deepcopy((host.rights, host.groups))
    host.undo(found)
    assert (host.groups, host.registry) == before[1:]
    assert {right: held for right, held in host.rights.items() if held} == {right: held for right, held in before[0].items() if held}
    host.rights, host.groups = after
    return found


def refusal(host: People, **options: Any) -> str:
    before = copy.deepcopy(host)
    with pytest.raises(HardeningError) as problem:
        plan(host, **options)
    assert host == before
    assert str(problem.value).startswith("Nothing was changed: ")
    return str(problem.value)


def only(*sids: str, **fields: Any) -> People:
    host = standalone(**fields)
    host.rights[ALLOW] = set(sids)
    return host
