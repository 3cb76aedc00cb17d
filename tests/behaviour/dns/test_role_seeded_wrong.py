# SPDX-License-Identifier: GPL-3.0-or-later
"""Every requirement of the administrator's notes on DNS through the role: from the wrong value in the box to the right one, and back.

Each seed differs from what is right, and that is asserted: a default that is right already proves nothing. What the box has is read from
its documents by this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.places import LISTED, NAME_SERVERS, NOBODY, PARAMETERS, ZONES, Table, differences, held, put, read, state, write
from behaviour.role_options import dns_resources_of
from lab import boxes
from lab.box import Box
from lab.boxes.accounts import DOMAIN_SID
from lab.engine import Engine

HELPDESK = f"{DOMAIN_SID}-1106"
FULL_CONTROL = 983551
ROOT_B, NEW_B, OLD_B = "b.root-servers.net.", ["170.247.170.2", "2801:1b8:10::b"], ["192.228.79.201"]
OTHER_SERVER = "10.20.0.53"
ANY = 0


@dataclass(frozen=True)
class Requirement:
    """One row of the notes, through the profile baseline.

    given: the role's variables that ask for it beyond the profile. wrong, right: before and after, by place.
    restarts: of the service DNS. round_trips: of the run that changes.
    """

    box: str
    wrong: Table
    right: Table
    given: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    restarts: bool = False
    round_trips: int = 2


def transfers(box: str, zone: str, wrong: int, right: Mapping[str, Any], **given: Any) -> Requirement:
    place = f"registry {ZONES}\\{zone}"
    return Requirement(box, {f"{place}: SecureSecondaries": wrong}, {f"{place}: {name}": value for name, value in right.items()}, given)


def named(zone: str, **settings: Any) -> dict[str, Any]:
    return {"zones": [{"name": zone, **settings}]}


def hint(wrong: Any, right: Any, name: str = ROOT_B, **options: Any) -> Requirement:
    return Requirement("dns_files", {f"hint {name}": wrong}, {f"hint {name}": right}, {"root_hints": options})


def listening(*addresses: str) -> list[str]:
    return sorted(f"{kind} {address}" for kind in ("tcp", "udp") for address in addresses)


UPDATES = {name: f"zone {name}: DynamicUpdate" for name in ("corp.example", "zone-001.example", "zone-002.example", "20.10.in-addr.arpa")}
NOTES: dict[str, Requirement] = {
    "transfers to nobody": transfers(
        "dns_files", "lab.example", ANY, {"SecureSecondaries": NOBODY}, zone_security=named("lab.example", transfers={"mode": "none"})
    ),
    "transfers to anybody, which is the public zone of a registry": transfers(
        "dns_files", "shop.example", NOBODY, {"SecureSecondaries": ANY}, zone_security=named("shop.example", transfers={"mode": "any"})
    ),
    "transfers to the zone's name servers": transfers("dns_files", "lab.example", ANY, {"SecureSecondaries": NAME_SERVERS}),
    "transfers to the secondaries that are named": transfers(
        "dns_files", "lab.example", ANY, {"SecureSecondaries": LISTED, "SecondaryServers": ["10.20.0.12"]}, secondaries=["10.20.0.12"]
    ),
    "transfers of a zone of the directory": transfers("dns_controller", "corp.example", ANY, {"SecureSecondaries": NAME_SERVERS}),
    "a secondary zone is handed on to nobody else": transfers(
        "dns_secondary", "corp.example", ANY, {"SecureSecondaries": NAME_SERVERS, "NotifyLevel": 0}
    ),
    "listen addresses": Requirement(
        "dns_forwarder",
        {"sockets": listening("10.20.0.40", "10.20.0.41", "127.0.0.1", "::1")},
        {"sockets": listening("10.20.0.40"), f"registry {PARAMETERS}: ListenAddresses": ["10.20.0.40"]},
        {"server_options": {"listen_addresses": ["10.20.0.40"]}},
        round_trips=3,
    ),
    "the cache is protected against pollution": Requirement(
        "dns_files",
        {"DnsServerRecursion: SecureResponse": False, f"registry {PARAMETERS}: SecureResponses": 0},
        {"DnsServerRecursion: SecureResponse": True, f"registry {PARAMETERS}: SecureResponses": 1},
    ),
    "the cache is locked": Requirement(
        "dns_files",
        {"DnsServerCache: LockingPercent": 50, f"registry {PARAMETERS}: CacheLockingPercent": 50},
        {"DnsServerCache: LockingPercent": 100, f"registry {PARAMETERS}: CacheLockingPercent": 100, "in_force": None},
        restarts=True,
    ),
    "secure updates of one zone": Requirement(
        "dns_controller",
        dict.fromkeys(UPDATES.values(), "NonsecureAndSecure"),
        {UPDATES["zone-001.example"]: "Secure", UPDATES["zone-002.example"]: "NonsecureAndSecure"},
        {"zone_security": {"all_zones": {"dynamic_update": None}, **named("zone-001.example", dynamic_update="secure")}},
        {"zones": 2},
    ),
    "secure updates of all zones of the directory": Requirement(
        "dns_controller", dict.fromkeys(UPDATES.values(), "NonsecureAndSecure"), dict.fromkeys(UPDATES.values(), "Secure"), {}, {"zones": 2}
    ),
    "no recursion": Requirement(
        "dns_hardened",
        {"DnsServerRecursion: Enable": True, f"registry {PARAMETERS}: NoRecursion": 0},
        {"DnsServerRecursion: Enable": False, f"registry {PARAMETERS}: NoRecursion": 1},
        {"server_options": {"recursion": {"enabled": False}}},
    ),
    "a root hint is added": hint(None, NEW_B, hints=[{"name": "b.root-servers.net", "addresses": NEW_B}]),
    "a root hint is edited": hint(OLD_B, NEW_B, hints=[{"name": "B.ROOT-SERVERS.NET.", "addresses": NEW_B}]),
    "a root hint is removed": hint(OLD_B, None, "old.example.", hints=[{"name": "old.example", "state": "absent"}]),
    "root hints are copied from a server": hint(None, NEW_B, copy_from=OTHER_SERVER),
    "a root hint that stands twice": hint(["192.5.5.241", "192.5.5.241"], ["192.5.5.241"], "f.root-servers.net.", heal_duplicates=True),
    "who administers the service": Requirement(
        "dns_controller",
        {f"rule {HELPDESK}": FULL_CONTROL},
        {f"rule {HELPDESK}": None},
        {"server_acl": {"absent": ["CORP\\helpdesk"]}},
    ),
}
SAMPLES = {"transfers to the secondaries that are named", "a root hint is edited", "who administers the service", "listen addresses"}


def knows_root_servers(box: Box) -> None:
    """The server that hints are copied from."""
    network = read(box, "network")
    hints = [[".", 3600, "NS", ROOT_B], [ROOT_B, 3600, "A", NEW_B[0]], [ROOT_B, 3600, "AAAA", NEW_B[1]]]
    write(box, "network", network | {"name_servers": {OTHER_SERVER: hints}})


# -- the tests ----------------------------------------------------------------------------------------------


@pytest.fixture
def prepared(engine: Engine, tmp_path: Path) -> Callable[[Requirement], Host]:
    def prepare(requirement: Requirement) -> Host:
        host = Host(engine, boxes.build(requirement.box, tmp_path / "box", **requirement.options))
        # the profile's other requirements first, so that what is left to change is the row
        assert "failed" not in host.converge(dns_resources_of("baseline"))
        knows_root_servers(host.box)
        for place, value in requirement.wrong.items():
            put(host.box, place, value)
        return host

    return prepare


@python_is_enough(lambda parameters: parameters["name"] not in SAMPLES)
@pytest.mark.parametrize("name", NOTES)
def test_wrong_becomes_right_and_is_taken_back(prepared: Callable[[Requirement], Host], name: str) -> None:
    requirement = NOTES[name]
    host, resources = prepared(requirement), dns_resources_of("baseline", **requirement.given)
    before = state(host.box)
    assert held(host.box, requirement.wrong) == dict(requirement.wrong)
    assert held(host.box, requirement.right) != dict(requirement.right)

    checked = host.converge(resources, check=True)
    assert state(host.box) == before, "check mode wrote something"
    result = host.converge(resources)

    assert "failed" not in result, result["msg"]
    assert held(host.box, requirement.right) == dict(requirement.right)
    assert [checked[part] for part in ("diff", "changes", "controls")] == [result[part] for part in ("diff", "changes", "controls")]
    assert result["restarts"] == ([{"service": "DNS", "state": "restarted"}] if requirement.restarts else [])
    assert result["round_trips"] == requirement.round_trips

    again = host.converge(resources)
    assert (again["changed"], again["changes"]) == (False, [])

    (journal,) = result["journal"]
    undone = host.undo(PureWindowsPath(journal).stem)
    assert "failed" not in undone, undone["msg"]
    assert differences(state(host.box), before) == {}
