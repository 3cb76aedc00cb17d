# SPDX-License-Identifier: GPL-3.0-or-later
"""The move of Remote Desktop's port: its order, whom it lets in, what forbids it, and what is taken back."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.firewall import OWN_GROUP
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.safeguard import NAME
from unit.rdp.ports import TCP, UDP, WINRM, Scene, rule, socket

OWN_TCP = "HardeningWindows-RemoteDesktop-TCP-3390"
OWN_UDP = "HardeningWindows-RemoteDesktop-UDP-3390"


def told(stages: Any) -> list[list[tuple[str, str]]]:
    return [[(change.operation.provider + " " + change.operation.name, change.target) for change in stage.changes] for stage in stages]


def test_the_way_in_is_open_at_every_moment() -> None:
    stages = Scene().stages(port=3390)
    assert told(stages) == [
        [("firewall add", OWN_TCP), ("firewall add", OWN_UDP), ("task register", NAME), ("registry set", "PortNumber")],
        [("task delete", NAME), ("firewall enable", TCP), ("firewall enable", UDP)],
    ]
    assert [change.after for change in stages[1].changes] == ["absent", "disabled", "disabled"]
    assert (stages[0].restarts, stages[1].restarts) == (("TermService",), ())


def test_the_same_people_are_let_in() -> None:
    limited = rule(6, RA4="10.0.0.0/255.0.0.0", RA6="fe80::/64", Profile="Domain", IFType="Lan")
    limited = limited.replace("Profile=Domain|", "Profile=Domain|Profile=Private|")
    (first, _second) = Scene(local={TCP: limited}).stages(port=3390)
    assert [change.operation.name for change in first.changes] == ["add", "register", "set"]
    made = first.changes[0].operation.parameters["rule"]
    assert (made["remote_addresses"], made["profiles"], made["interface_types"]) == (
        ["10.0.0.0/255.0.0.0", "fe80::/64"],
        ["Domain", "Private"],
        ["Wired"],
    )
    assert (made["protocol"], made["local_port"], made["service"], made["group"]) == ("TCP", "3390", "TermService", OWN_GROUP)


def test_a_keyword_for_both_families_is_named_once() -> None:
    (first, _second) = Scene(local={TCP: rule(6, RA4="LocalSubnet", RA6="LocalSubnet")}).stages(port=3390)
    assert first.changes[0].operation.parameters["rule"]["remote_addresses"] == ["LocalSubnet"]


def test_every_rule_of_the_present_port_is_copied() -> None:
    scene = Scene(local={TCP: rule(6, RA4="10.0.0.1"), "Second": rule(6, "3389", RA4="10.0.0.2", EmbedCtxt="")})
    first, second = scene.stages(port=3390)
    assert [change.target for change in first.changes[:2]] == [OWN_TCP, OWN_TCP + "-2"]
    # somebody else's rule is left as it is
    assert [change.target for change in second.changes] == [NAME, TCP]


def test_a_rule_for_everything_is_not_copied() -> None:
    scene = Scene(local={TCP: rule(6), "Everything": rule(6, None, Svc="", App="", EmbedCtxt="")})
    assert [change.target for change in scene.stages(port=3390)[0].changes][:2] == [OWN_TCP, NAME]


def test_given_addresses_win_over_the_present_rules() -> None:
    first, _second = Scene(local={}).stages(port=3390, remote_addresses=["10.1.0.0/16"])
    assert [change.operation.parameters["rule"]["remote_addresses"] for change in first.changes[:2]] == [["10.1.0.0/16"]] * 2


@pytest.mark.parametrize("port", [3390, 4000])
def test_nothing_is_left_to_do_after_both_stages(port: int) -> None:
    scene = Scene()
    first, second = scene.stages(port=port)
    moved = scene.apply(first.changes)
    assert moved.port == port
    assert moved.task is not None
    closed = moved.apply(second.changes)
    assert closed.task is None
    assert closed.stages(port=port) == ()
    assert "Active=FALSE" in closed.local[TCP]


def test_the_move_back_uses_the_built_in_rules() -> None:
    scene = Scene()
    for stage in scene.stages(port=3390):
        scene = scene.apply(stage.changes)
    stages = scene.stages(port=3389)
    assert told(stages)[0] == [("firewall enable", TCP), ("firewall enable", UDP), ("task register", NAME), ("registry set", "PortNumber")]
    assert [change.target for change in stages[1].changes] == [NAME, OWN_TCP, OWN_UDP]
    definition = stages[0].changes[2].operation.parameters["definition"]
    assert f"Disable-NetFirewallRule -Name '{TCP}','{UDP}'" in definition
    assert "Remove-NetFirewallRule" not in definition


def test_a_built_in_rule_for_another_port_does_not_open_its_own() -> None:
    scene = Scene(port=3390, local={TCP: rule(6, "3390")}, sockets=[socket(3390, "TermService")])
    first, second = scene.stages(port=3389)
    assert ("firewall add", OWN_TCP.replace("3390", "3389")) in told((first,))[0]
    assert [change.target for change in second.changes] == [NAME, TCP]


def test_a_built_in_rule_for_everybody_is_not_enabled_for_some_addresses() -> None:
    off = {TCP: rule(6, Active="FALSE"), UDP: rule(17, Active="FALSE")}
    scene = Scene(port=3390, local=off, sockets=[socket(3390, "TermService")])
    first, _second = scene.stages(port=3389, remote_addresses=["10.1.0.0/16"])
    assert [change.operation.parameters["rule"]["remote_addresses"] for change in first.changes[:2]] == [["10.1.0.0/16"]] * 2


def test_a_rule_for_a_few_is_not_enough_for_the_new_port() -> None:
    narrow = rule(6, "3390", RA4="10.9.9.9", Profile="Domain", EmbedCtxt="")
    scene = Scene(local={TCP: rule(6), "Narrow": narrow})
    first, second = scene.stages(port=3390)
    assert ("firewall add", OWN_TCP) in told((first,))[0]
    assert scene.apply(first.changes).apply(second.changes).stages(port=3390) == ()
    # where that is the way in already, it is somebody's decision
    there = Scene(port=3390, local={"Narrow": narrow}, sockets=[socket(3390, "TermService")])
    assert there.stages(port=3390) == ()


def test_undoing_every_change_gives_the_first_scene_back() -> None:
    scene = Scene()
    first, second = scene.stages(port=3390)
    after = scene.apply(first.changes).apply(second.changes)
    back = after.apply(tuple(change.reversed for change in reversed((*first.changes, *second.changes))))
    assert (back.port, back.local, back.task) == (scene.port, scene.local, scene.task)


def test_what_is_taken_back_begins_with_the_port() -> None:
    (first, _second) = Scene().stages(port=3390)
    (proof,) = first.proofs
    assert [change.target for change in proof.changes] == ["PortNumber"]
    assert [change.target for change in proof.tidy] == [OWN_TCP, OWN_UDP, NAME]
    assert "back to port 3389" in proof.kept
    assert proof.regained is not None
    (read,) = proof.regained.reads
    assert read.parameters["wait"] == {"protocol": "tcp", "port": 3389, "service": "TermService", "seconds": 30}
    for port, seen in ((3389, None), (3390, "nothing of it listens on port 3389")):
        after = Observations([read], [Observation(value={"sockets": [socket(port, "TermService")], "excluded": []})])
        assert (seen or "None") in str(proof.regained.problem(after))
    assert all(part in proof.otherwise for part in ("3389", NAME, "600 seconds"))
    assert proof.otherwise.endswith("; run again once that task is gone.")
    (lost,) = Scene().stages(port=3390)[1].lost
    assert all(part in lost for part in ("on port 3390", NAME, "port 3389 within 600 seconds"))


def test_the_order_does_not_depend_on_the_hosts() -> None:
    rules = {TCP: rule(6), UDP: rule(17), "Second": rule(6, RA4="10.0.0.2", EmbedCtxt="")}
    first, second = (Scene(local=dict(order)).stages(port=3390) for order in (rules.items(), reversed(rules.items())))
    assert told(first) == told(second)


def proved(*sockets: dict[str, Any]) -> str | None:
    (first, _second) = Scene().stages(port=3390)
    (proof,) = first.proofs
    (read,) = proof.reads
    assert read.parameters["wait"] == {"protocol": "tcp", "port": 3390, "service": "TermService", "seconds": 30}
    return proof.problem(Observations([read], [Observation(value={"sockets": list(sockets), "excluded": []})]))


def test_the_socket_must_be_remote_desktops_own() -> None:
    assert proved(socket(3390, "TermService", "UmRdpService")) is None
    for sockets in ((), (socket(3389, "TermService"),), (socket(3390, "W3SVC"),), (socket(3390, "TermService", protocol="udp"),)):
        assert "3390" in str(proved(*sockets))


def test_who_knocks_is_the_tasks_choice() -> None:
    assert Scene().stages(port=3390)[0].proofs[0].knock == 3390
    assert Scene().stages(port=3390, verify_from="none")[0].proofs[0].knock is None


def test_the_safeguard_is_a_task_that_puts_everything_back_and_deletes_itself() -> None:
    definition = Scene().stages(port=3390, confirm_within=300)[0].changes[2].operation.parameters["definition"]
    tree = ET.fromstring(definition.partition("?>")[2])
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert [one.text for one in tree.iter(f"{space}UserId")] == ["S-1-5-18"]
    assert [one.text for one in tree.iter(f"{space}Delay")] == ["PT300S", "PT1M"]
    commands = [(one[0].text or "").rpartition("\\")[2] + " " + (one[1].text or "") for one in tree.iter(f"{space}Exec")]
    assert commands[0].startswith(r'reg.exe add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v PortNumber')
    assert "/d 3389 /f" in commands[0]
    tries, pause = re.findall(r"in \(1,1,(\d+)\) do|ping -n (\d+) ", commands[1])
    assert int(tries[0]) > 3
    loop = f"for /l %i in (1,1,{tries[0]}) do (net stop TermService /y & net start TermService && exit & ping -n {pause[1]} 127.0.0.1)"
    assert commands[1] == f'cmd.exe /d /c "{loop}"'
    assert f"Remove-NetFirewallRule -Name '{OWN_TCP}','{OWN_UDP}'" in commands[2]
    assert commands[3:] == [f'schtasks.exe /delete /tn "{NAME}" /f']
    # all tries fit into the time that the task may take, with half a minute for each stop that fails
    assert "<ExecutionTimeLimit>PT10M<" in definition
    assert int(tries[0]) * (30 + int(pause[1]) - 1) < 600


def test_the_safeguard_goes_back_to_the_port_that_was_there_on_battery_too() -> None:
    scene = Scene(port=4000, local={TCP: rule(6, "4000"), UDP: rule(17, "4000")}, sockets=[socket(4000, "TermService")])
    definition = scene.stages(port=3391)[0].changes[2].operation.parameters["definition"]
    assert "/d 4000 /f" in definition
    assert "<DisallowStartIfOnBatteries>false<" in definition
    assert "<StopIfGoingOnBatteries>false<" in definition


def test_without_remote_desktop_there_is_nothing_to_prove() -> None:
    first, second = Scene(sockets=[]).stages(port=3390, is_on=False)
    assert [change.target for change in first.changes] == [OWN_TCP, OWN_UDP, "PortNumber"]
    assert (first.proofs, first.restarts) == ((), ())
    assert [change.target for change in second.changes] == [TCP, UDP]


BLOCK = {"Action": "Block", "App": "", "Svc": "", "EmbedCtxt": ""}
ALL = {"App": "", "Svc": "", "EmbedCtxt": ""}
REFUSED: dict[str, tuple[Scene, dict[str, Any], str]] = {
    "no port": (Scene(), {"port": 0}, "1 to 65535"),
    "too large": (Scene(), {"port": 65536}, "1 to 65535"),
    "WinRM's": (Scene(), {"port": 5986}, "WinRM over HTTPS"),
    "SSH's": (Scene(), {"port": 22}, "SSH"),
    "the connection's own": (Scene(), {"port": 15985, "connection": WINRM.__class__("winrm", "h", "u", 15985, False)}, "this connection"),
    "in use": (Scene(), {"port": 8080}, "W3SVC"),
    "excluded": (Scene(), {"port": 50059}, "50000 to 50059"),
    "blocked": (Scene(local={TCP: rule(6), "No": rule(6, "3000-4000", **BLOCK)}), {"port": 3390}, "rule No"),
    "everything blocked": (Scene(policy={"No": rule(6, None, **BLOCK).replace("Protocol=6|", "")}), {"port": 3390}, "rule No (policy)"),
    "merge off": (Scene(merge={"PublicProfile": 0}), {"port": 3390}, "AllowLocalPolicyMerge"),
    "merge off everywhere, profile not known": (
        Scene(active=None, merge={"DomainProfile": 0, "StandardProfile": 0, "PublicProfile": 0}),
        {"port": 3390},
        "profile Domain, Private, Public",
    ),
    "merge off, a policy lets a server in everywhere": (
        Scene(merge={"PublicProfile": 0}, policy={"Yes": rule(6, None, **ALL | {"RA4": "10.1.2.3"})}),
        {"port": 3390},
        "AllowLocalPolicyMerge",
    ),
    "merge off, a policy lets some users in everywhere": (
        Scene(merge={"PublicProfile": 0}, policy={"Yes": rule(6, None, **ALL | {"RUAuth": "O:LSD:(A;;CC;;;S-1-5-32-544)"})}),
        {"port": 3390},
        "AllowLocalPolicyMerge",
    ),
    "merge off, a policy's rule is off": (
        Scene(merge={"PublicProfile": 0}, policy={"Yes": rule(6, "3390", **ALL | {"Active": "FALSE"})}),
        {"port": 3390},
        "AllowLocalPolicyMerge",
    ),
    "nobody to copy": (Scene(local={}), {"port": 3390}, "remote_addresses"),
    "a rule for an interface": (Scene(local={TCP: rule(6, IF="{5C2B}")}), {"port": 3390}, "not copied (if)"),
    "a rule for users": (Scene(local={TCP: rule(6, RUAuth="O:LSD:(A;;CC;;;S-1-5-32-544)")}), {"port": 3390}, "not copied (ruauth)"),
    "a rule for a keyword's addresses": (Scene(local={TCP: rule(6, RA42="IntErnet")}), {"port": 3390}, "not copied (ra42)"),
    "a rule for mobile broadband": (Scene(local={TCP: rule(6, IFType="MobileBBand")}), {"port": 3390}, "not copied (iftype MobileBBand)"),
    "not confirmed before": (Scene(task="<Task/>"), {"port": 3390}, "never confirmed"),
    "restart later": (Scene(), {"port": 3390, "restart_now": False}, "restart now"),
    "not served now": (
        Scene(sockets=[socket(4000, "TermService")]),
        {"port": 3390},
        "set to port 3389, and TermService does not listen there",
    ),
    "too little time": (Scene(), {"port": 3390, "confirm_within": 5}, "120 to 86400"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_shut_somebody_out_is_refused(case: str) -> None:
    scene, options, said = REFUSED[case]
    with pytest.raises(HardeningError, match=re.escape(said)) as refusal:
        scene.stages(**options)
    assert str(refusal.value).startswith("Nothing was changed: ")


ALLOWED: dict[str, Scene] = {
    "merge off elsewhere": Scene(merge={"DomainProfile": 0}),
    "merge on": Scene(merge={"PublicProfile": 1}),
    "a policy lets the port in": Scene(merge={"PublicProfile": 0}, policy={"Yes": rule(6, "3390", EmbedCtxt="")}),
    "a policy lets some in to the port": Scene(
        merge={"PublicProfile": 0}, policy={"Yes": rule(6, "3300-3400", **ALL | {"RA4": "10.0.0.0/8"})}
    ),
    "a policy lets everybody in everywhere": Scene(merge={"PublicProfile": 0}, policy={"Yes": rule(6, None, **ALL)}),
    "another port is blocked": Scene(local={TCP: rule(6), "No": rule(6, "3391-3400", **BLOCK)}),
    "another program is blocked": Scene(local={TCP: rule(6), "No": rule(6, None, **BLOCK | {"App": r"C:\x\game.exe"})}),
    "a block that is off": Scene(local={TCP: rule(6), "No": rule(6, None, **BLOCK | {"Active": "FALSE"})}),
    "UDP is blocked": Scene(local={TCP: rule(6), "No": rule(17, None, **BLOCK)}),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_shuts_nobody_out_is_allowed(case: str) -> None:
    assert "PortNumber" in [change.target for change in ALLOWED[case].stages(port=3390)[0].changes]


def test_a_right_port_without_rules_is_opened_and_the_wrong_ones_are_closed() -> None:
    scene = Scene(port=3390, sockets=[socket(3390, "TermService")])
    first, second = scene.stages(port=3390)
    assert told((first, second)) == [
        [("firewall add", OWN_TCP), ("firewall add", OWN_UDP)],
        [("firewall enable", TCP), ("firewall enable", UDP)],
    ]


@pytest.mark.parametrize(
    ("local", "merge", "said"),
    [({"No": rule(6, "3390", **BLOCK)}, {}, "rule No"), ({}, {"PublicProfile": 0}, "AllowLocalPolicyMerge")],
)
def test_a_right_port_that_nobody_reaches_closes_no_other(local: dict[str, str], merge: dict[str, int], said: str) -> None:
    rules = {TCP: rule(6), OWN_TCP: rule(6, "3390", EmbedCtxt=OWN_GROUP), OWN_UDP: rule(17, "3390", EmbedCtxt=OWN_GROUP)}
    scene = Scene(port=3390, local=rules | local, merge=merge, sockets=[socket(3390, "TermService")])
    found = scene.planned(port=3390)
    assert (found.before, found.after) == ((), ())
    (warning,) = found.warnings
    assert all(part in warning for part in ("Nobody can come in on port 3390", said, "not closed"))
    # reachable, the other one is closed
    served = Scene(port=3390, local=rules, sockets=[socket(3390, "TermService")])
    assert [change.target for change in served.planned(port=3390).after] == [TCP]


def test_a_port_that_is_right_in_the_registry_alone_closes_no_other() -> None:
    rules = {TCP: rule(6), OWN_TCP: rule(6, "3390", EmbedCtxt=OWN_GROUP), OWN_UDP: rule(17, "3390", EmbedCtxt=OWN_GROUP)}
    for sockets in ([socket(3389, "TermService")], []):
        scene = Scene(port=3390, local=rules, sockets=sockets)
        found = scene.planned(port=3390)
        assert (found.before, found.after) == ((), ())
        (warning,) = found.warnings
        assert all(part in warning for part in ("set to port 3390", "does not listen there", "not closed", "Restart the service"))
        # where nobody is let in now, nobody is shut out either
        for off in ({"is_on": False}, {"was_on": False}):
            assert [change.target for change in scene.planned(port=3390, **off).after] == [TCP]


def test_the_rules_that_are_missing_are_made_before_the_service_listens() -> None:
    found = Scene(port=3390).planned(port=3390)
    assert [change.target for change in found.before] == [OWN_TCP, OWN_UDP]
    assert found.after == ()


@pytest.mark.parametrize(
    ("stored", "given", "told"),
    [
        ({"RA4": "10.9.0.0/255.255.0.0"}, "10.1.0.0/16", "10.9.0.0/255.255.0.0"),
        ({}, "10.1.0.0/16", "Any"),
        ({"RA4": "10.1.0.0/255.255.0.0"}, "10.1.0.0/16", None),
        ({"RA4": "10.1.0.1"}, "10.1.0.1-10.1.0.1", None),
        ({"RA4": "LocalSubnet", "RA6": "LocalSubnet"}, "localsubnet", None),
        ({}, "Any", None),
    ],
)
def test_a_rule_for_other_addresses_is_left_alone_and_told(stored: dict[str, str], given: str, told: str | None) -> None:
    own = {OWN_TCP: rule(6, "3390", EmbedCtxt=OWN_GROUP, **stored), OWN_UDP: rule(17, "3390", EmbedCtxt=OWN_GROUP)}
    for port in (3389, 3390):  # to be moved, and right already
        scene = Scene(port=port, local={TCP: rule(6), UDP: rule(17), **own}, sockets=[socket(port, "TermService")])
        found = scene.planned(port=3390, remote_addresses=[given])
        assert not [change for change in found.before if change.place.startswith("firewall")]
        warnings = [one for one in found.warnings if OWN_TCP in one]
        assert len(warnings) == (told is not None)
        assert told is None or all(part in warnings[0] for part in (f"lets {told} in", given, "left alone"))
    assert not [one for one in scene.planned(port=3390).warnings if OWN_TCP in one]


@given(st.integers(1, 65535))
def test_every_port_is_refused_or_reached(port: int) -> None:
    scene = Scene()
    try:
        stages = scene.stages(port=port)
    except HardeningError:
        return
    for stage in stages:
        scene = scene.apply(stage.changes)
    assert scene.port == port
    assert scene.stages(port=port) == ()
