# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that an earlier move left, disabled: used again only where they let in whom the present ones let in."""

from __future__ import annotations

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.firewall import OWN_GROUP
from unit.rdp.ports import TCP, UDP, Scene, rule, socket

OWN = "HardeningWindows-RemoteDesktop-TCP-3390"
NARROW = {"RA4": "10.0.0.0/255.0.0.0", "Profile": "Domain", "IFType": "Lan"}
LEFT = {"Active": "FALSE", "EmbedCtxt": OWN_GROUP}


def opened(present: str, left: str, **options: list[str]) -> list[tuple[str, str]]:
    scene = Scene(local={TCP: present, OWN: left})
    return [(change.operation.name, change.target) for change in scene.stages(port=3390, **options)[0].changes[:-2]]


@pytest.mark.parametrize("limits", [{}, NARROW])
def test_a_rule_that_lets_in_the_same_people_is_enabled(limits: dict[str, str]) -> None:
    assert opened(rule(6, **limits), rule(6, "3390", **limits | LEFT)) == [("enable", OWN)]


@pytest.mark.parametrize(
    ("present", "left"),
    [
        (NARROW, {}),
        ({}, NARROW),
        ({}, {"RA4": "10.0.0.1"}),
        ({"RA4": "10.0.0.1"}, {"RA4": "10.0.0.2"}),
        ({"Profile": "Domain"}, {"Profile": "Public"}),
        ({"IFType": "Lan"}, {"IFType": "Wireless"}),
        ({}, {"RUAuth": "O:LSD:(A;;CC;;;S-1-5-32-544)"}),
        ({}, {"LPort": "3390-3400"}),
        ({}, {"Action": "Block"}),
    ],
)
def test_a_rule_for_others_stays_as_it_is_beside_a_new_one(present: dict[str, str], left: dict[str, str]) -> None:
    assert opened(rule(6, **present), rule(6, "3390", **LEFT | left)) == [("add", OWN + "-2")]


def test_a_rule_left_for_others_does_not_stand_in_for_remote_addresses() -> None:
    assert opened(rule(6), rule(6, "3390", **LEFT), remote_addresses=["10.1.0.0/16"])[0] == ("add", OWN + "-2")
    assert opened(rule(6), rule(6, "3390", **LEFT, RA4="10.1.0.0/255.255.0.0"), remote_addresses=["10.1.0.0/16"])[0] == ("enable", OWN)


def test_each_of_several_rules_finds_its_own() -> None:
    present = {
        TCP: rule(6, RA4="10.0.0.1"),
        "Second": rule(6, RA4="10.0.0.2", EmbedCtxt=""),
        "Third": rule(6, RA4="10.0.0.3", EmbedCtxt=""),
    }
    left = {OWN: rule(6, "3390", RA4="10.0.0.2", **LEFT), OWN + "-2": rule(6, "3390", RA4="10.0.0.1", **LEFT)}
    scene = Scene(local=present | left)
    first, second = scene.stages(port=3390)
    assert [(change.operation.name, change.target) for change in first.changes[:3]] == [
        ("enable", OWN + "-2"),
        ("enable", OWN),
        ("add", OWN + "-3"),
    ]
    added = first.changes[2].operation.parameters["rule"]
    assert (added["remote_addresses"], added["display_name"]) == (["10.0.0.3"], "Remote Desktop on port 3390 (TCP-In) 3")
    assert scene.apply(first.changes).apply(second.changes).stages(port=3390) == ()


def test_windows_own_rule_is_not_widened_by_a_move_back() -> None:
    narrow = {OWN: rule(6, "3390", EmbedCtxt=OWN_GROUP, RA4="10.0.0.1")}
    scene = Scene(port=3390, local={TCP: rule(6, Active="FALSE"), **narrow}, sockets=[socket(3390, "TermService")])
    first, _second = scene.stages(port=3389)
    assert [(change.operation.name, change.target) for change in first.changes[:-2]] == [("add", OWN.replace("3390", "3389"))]
    assert first.changes[0].operation.parameters["rule"]["remote_addresses"] == ["10.0.0.1"]


def test_with_no_rule_to_go_by_windows_own_is_enabled_or_the_only_one_there_is() -> None:
    fresh = Scene(local={TCP: rule(6, Active="FALSE"), UDP: rule(17, Active="FALSE")})
    assert [(change.operation.name, change.target) for change in fresh.planned(port=3389).before] == [("enable", TCP), ("enable", UDP)]
    served = [socket(3390, "TermService")]
    one = Scene(port=3390, local={OWN: rule(6, "3390", **LEFT)}, sockets=served)
    assert [(change.operation.name, change.target) for change in one.planned(port=3390).before] == [("enable", OWN)]
    two = Scene(port=3390, local=one.local | {OWN + "-2": rule(6, "3390", **LEFT | NARROW)}, sockets=served)
    with pytest.raises(HardeningError, match="Give remote_addresses"):
        two.planned(port=3390)
    # a rule of another port than the present says nothing of who may come in now
    with pytest.raises(HardeningError, match="Give remote_addresses"):
        Scene(local=one.local).planned(port=3390)
