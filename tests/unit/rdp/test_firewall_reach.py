# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the firewall lets anybody in: profile by profile, with rules that block for some, and where it is off."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.port_change import PortStages
from unit.rdp.ports import LOCAL, POLICY, TCP, UDP, Scene, rule

BLOCK = {"Action": "Block", "App": "", "Svc": "", "EmbedCtxt": ""}


def scene(*, active: list[str] | None, block: dict[str, str] | None = None, merge: tuple[str, ...] = (), **values: Any) -> Scene:
    local = {TCP: rule(6), UDP: rule(17)} | ({"No": rule(6, "3390", **BLOCK | block)} if block is not None else {})
    return Scene(local=local, active=active, merge=dict.fromkeys(merge, 0), **values)


def warnings(found: PortStages) -> list[str]:
    """Without the one that every move has."""
    return [one for one in found.warnings if "outside the host" not in one]


@pytest.mark.parametrize(
    "limit",
    [
        {"RA4": "203.0.113.7"},
        {"RA6": "2001:db8::/32"},
        {"IFType": "Wireless"},
        {"If": "{5C2B}"},
        {"RUAuth": "O:LSD:(A;;CC;;;S-1-5-32-546)"},
    ],
)
def test_a_rule_that_blocks_for_some_is_told_and_refuses_nothing(limit: dict[str, str]) -> None:
    (told,) = warnings(scene(active=["Public"], block=limit).planned(port=3390))
    assert all(part in told for part in ("block port 3390 for some", "(No)"))


def test_of_many_rules_that_block_for_some_a_few_are_named() -> None:
    host = Scene()
    host.local |= {f"Attackers {number}": rule(6, None, **BLOCK, RA4=f"203.0.113.{number}") for number in range(8)}
    (told,) = warnings(host.planned(port=3390))
    assert "Attackers 4 and 3 more)" in told
    assert "Attackers 5" not in told


def test_a_compliant_host_is_not_bothered_with_the_attackers_it_blocks() -> None:
    host = Scene()
    host.local["Attackers"] = rule(6, None, **BLOCK, RA4="203.0.113.7")
    assert host.planned(port=3389) == PortStages()


@pytest.mark.parametrize("active", [["Public"], ["Domain", "Public"], None])
def test_a_rule_that_blocks_in_a_profile_closes_that_profile_only(active: list[str] | None) -> None:
    host = scene(active=active, block={"Profile": "Public"})
    if active == ["Public"]:
        with pytest.raises(HardeningError, match=r"cannot move to port 3390: the firewall rule No \(local\) blocks it"):
            host.planned(port=3390)
    else:
        (told,) = warnings(host.planned(port=3390))
        assert told.startswith("In the profile Public nobody can come in on port 3390: the firewall rule No (local) blocks it")
    assert warnings(scene(active=["Domain"], block={"Profile": "Public"}).planned(port=3390)) == []


@pytest.mark.parametrize("active", [["Domain", "Public"], None, []])
def test_one_profile_without_local_rules_is_told_by_name(active: list[str] | None) -> None:
    (told,) = warnings(scene(active=active, merge=("PublicProfile",)).planned(port=3390))
    assert "In the profile Public nobody can come in on port 3390: a policy makes local firewall rules void in the profile Public" in told


def test_profiles_that_are_closed_in_different_ways_are_closed_together() -> None:
    host = scene(active=["Domain", "Public"], block={"Profile": "Domain"}, merge=("PublicProfile",))
    with pytest.raises(
        HardeningError, match=r"rule No \(local\) blocks it.*void in the profile Public.*change that rule first and have the policy"
    ):
        host.planned(port=3390)


def test_a_profile_that_the_rules_are_not_for_is_no_way_in() -> None:
    host = Scene(local={TCP: rule(6, Profile="Public")}, active=["Domain", "Public"], merge={"PublicProfile": 0})
    with pytest.raises(HardeningError, match="AllowLocalPolicyMerge"):
        host.planned(port=3390)


OFF = {
    "on the host": {LOCAL + r"\PublicProfile": {"EnableFirewall": 0}},
    "by a policy": {POLICY + r"\PublicProfile": {"EnableFirewall": 0}, LOCAL + r"\PublicProfile": {"EnableFirewall": 1}},
}


@pytest.mark.parametrize("where", OFF)
def test_a_firewall_that_is_off_closes_nothing(where: str) -> None:
    host = scene(active=["Public"], block={}, merge=("PublicProfile",), firewall=OFF[where])
    (told,) = warnings(host.planned(port=3390))
    assert told == "The firewall is off in the profile Public: its rules do not decide there who comes in on port 3390."


def test_a_policy_that_switches_it_on_wins() -> None:
    values = {POLICY + r"\PublicProfile": {"EnableFirewall": 1}, LOCAL + r"\PublicProfile": {"EnableFirewall": 0}}
    with pytest.raises(HardeningError, match="AllowLocalPolicyMerge"):
        scene(active=["Public"], merge=("PublicProfile",), firewall=values).planned(port=3390)
    private = {LOCAL + r"\StandardProfile": {"EnableFirewall": 0}}
    assert "off in the profile Private:" in warnings(scene(active=["Private"], firewall=private).planned(port=3390))[0]
    # where it is off but not in use, nobody is told
    assert warnings(scene(active=["Domain"], firewall=private).planned(port=3390)) == []


def test_a_profile_that_lets_in_whom_no_rule_blocks_is_open_until_one_does() -> None:
    values = {LOCAL + r"\PublicProfile": {"DefaultInboundAction": 0}}
    (told,) = warnings(scene(active=["Public"], merge=("PublicProfile",), firewall=values).planned(port=3390))
    assert told.startswith("The firewall lets in whom no rule blocks in the profile Public")
    with pytest.raises(HardeningError, match="rule No"):
        scene(active=["Public"], block={}, firewall=values).planned(port=3390)


def test_where_no_rule_is_needed_there_may_be_none_to_copy() -> None:
    host = Scene(local={}, firewall=OFF["on the host"])
    assert [change.operation.provider for change in host.planned(port=3390).before] == ["task", "registry"]
    with pytest.raises(HardeningError, match="Give remote_addresses"):
        Scene(local={}, active=["Domain", "Public"], firewall=OFF["on the host"]).planned(port=3390)
