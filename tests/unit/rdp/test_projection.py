# SPDX-License-Identifier: GPL-3.0-or-later
"""What reads would say after operations that are not done yet."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Read
from ansible_collections.hardening.windows.plugins.plugin_utils._core.plan import Plan
from ansible_collections.hardening.windows.plugins.plugin_utils._core.registry import Place, key_read, set_change
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.access_reads import access_reads
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.projection import projected
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.rdp_access import RdpAccess
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.security_layer import RdpSecurityLayer
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.terminal_services import LISTENER
from unit.rdp.people import ALLOW, ANNA, GUESTS, People, standalone
from unit.rdp.samples import number

READS = [*access_reads(), key_read(LISTENER), Read("power", "scheme", {"subgroup": "x"})]


def host() -> People:
    found = standalone(power={"settings": {}})
    found.registry[LISTENER] = {"UserAuthentication": number(0), "SecurityLayer": number(2)}
    found.rights[ALLOW] |= {GUESTS}
    return found


def plan(found: People) -> Plan:
    wanted = {"allow": {"accounts": ["anna"], "absent": ["guests"]}, "remote_desktop_users": {"members": ["ben"]}}
    layer = {"network_level_authentication": True, "security_layer": "negotiate"}
    return found.plan_all([RdpAccess({**wanted, "deny": {"accounts": ["guests"]}}), RdpSecurityLayer(layer)])


def told(observations: Observations) -> dict[str, object]:
    return {read.identity: result for read, result in observations.items()}


def test_a_projection_says_what_the_host_says_afterwards_and_leaves_the_batch_alone() -> None:
    found = host()
    before, changes = found._observations(READS), plan(found).changes
    assert len(changes) == 6
    untouched = copy.deepcopy(told(before))
    after = projected(before, (change.operation for change in changes))
    assert told(before) == untouched
    for change in changes:
        found.perform(change.operation)
    assert told(after) == told(found._observations(READS))
    back = projected(after, (change.undo for change in reversed(changes)))
    assert told(back) == untouched


@pytest.mark.parametrize("name", ["UserAuthentication", "USERAUTHENTICATION"])
def test_names_of_values_and_keys_compare_without_case(name: str) -> None:
    change = set_change(Place(LISTENER.upper(), name), number(0), 1)
    after = projected(host()._observations([key_read(LISTENER)]), [change.operation])
    assert after.value(key_read(LISTENER))["values"] == {name: number(1), "SecurityLayer": number(2)}
    gone = projected(after, [set_change(Place(LISTENER, name.lower()), number(1), None).operation])
    assert gone.value(key_read(LISTENER))["values"] == {"SecurityLayer": number(2)}


def test_a_key_that_is_made_exists() -> None:
    read = key_read("SYSTEM\\New")
    after = projected(host()._observations([read]), [set_change(Place("SYSTEM\\New", "A"), None, 1).operation])
    assert after.value(read) == {"exists": True, "values": {"A": number(1)}, "subkeys": []}


def test_what_could_not_be_read_stays_unread() -> None:
    read = Read("right", "right", {"right": ALLOW})
    denied = Observation(failure=Failure("access_denied", "Access is denied."))
    operation = next(one.operation for one in plan(host()).changes if one.target == ANNA)
    assert projected(Observations([read], [denied]), [operation])[read] == denied
