# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be done to a DNS Server is refused with a sentence, and the box is as it was, the journals' folder included.

Where several resources are converged together, the one that cannot be done keeps the others from being written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import assert_refused
from behaviour.convergence import Host, python_is_enough
from behaviour.dns.options_host import set_list, turn
from behaviour.dns.zone_checks import change_dns, change_zone, zones
from behaviour.role_options import DNS_PROFILES, dns_resources_of
from lab import boxes
from lab.box import Box
from lab.boxes.dns import resolvers
from lab.engine import Engine

NOTHING = "Nothing was changed"
# what could be done, so that something would be written if it were not refused as a whole
COULD: dict[str, Any] = {"dns_server_options": {"version_query": "full"}}


@dataclass(frozen=True)
class Case:
    """box: by name. resource, options: what is asked. parts: of the sentence. given: what is done to the box before."""

    box: str
    resource: str
    options: dict[str, Any]
    parts: tuple[str, ...]
    given: Callable[[Box], None] = field(default=lambda box: None)


def options(box: str, parts: tuple[str, ...], given: Callable[[Box], None] = lambda box: None, **asked: Any) -> Case:
    return Case(box, "dns_server_options", asked, parts, given)


def zone(box: str, name: str, parts: tuple[str, ...], given: Callable[[Box], None] = lambda box: None, **asked: Any) -> Case:
    return Case(box, "dns_zone_security", {"zones": [{"name": name, **asked}]}, parts, given)


def hints(box: str, parts: tuple[str, ...], given: Callable[[Box], None] = lambda box: None, **asked: Any) -> Case:
    return Case(box, "dns_root_hints", asked, parts, given)


def acl(box: str, parts: tuple[str, ...], given: Callable[[Box], None] = lambda box: None, **asked: Any) -> Case:
    return Case(box, "dns_server_acl", asked, parts, given)


def stopped(box: Box) -> None:
    services = box.services
    services["DNS"]["state"] = "Stopped"
    box.write_json("services", services)


def without_tools(box: Box) -> None:
    change_dns(box, tools=False)


def denied(box: Box) -> None:
    change_dns(box, denied=True)


def unelevated(box: Box) -> None:
    box.write_json("host", box.host | {"elevated": False})


def read_only(box: Box) -> None:
    """A read-only domain controller."""
    turn(box, ("DnsServerSetting", "IsReadOnlyDC", True))
    for name, found in zones(box).items():
        if found["IsDsIntegrated"]:
            change_zone(box, name, IsReadOnly=True, DynamicUpdate="NonsecureAndSecure")


def without_hints(box: Box) -> None:
    set_list(box, "DnsServerRootHint", [])


def asking(*addresses: str) -> Callable[[Box], None]:
    """The host itself resolves through these."""
    return lambda box: box.write_json("network", box.read_json("network") | {"resolvers": resolvers(*addresses)})


TRANSFER_NOBODY = {"transfers": {"mode": "none"}}
ANCHOR = {"key_tag": 20326, "digest": "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"}
CASES: dict[str, Case] = {
    # zones
    "unknown zone": zone("dns_files", "nowhere.example", ("no zone nowhere.example",), **TRANSFER_NOBODY),
    "secure updates in a file": zone("dns_files", "lab.example", ("lab.example", "in a file"), dynamic_update="secure"),
    "a list without a server": zone("dns_files", "lab.example", ("no addresses",), transfers={"mode": "listed", "addresses": []}),
    "a server that is no address": zone("dns_files", "lab.example", ("ns9",), transfers={"mode": "listed", "addresses": ["ns9"]}),
    "updates of a secondary zone": zone("dns_secondary", "corp.example", ("secondary",), dynamic_update="none"),
    "a conditional forwarder": zone("dns_controller", "partner.example", ("conditional forwarder",), **TRANSFER_NOBODY),
    "updates of a read-only controller": zone(
        "dns_controller", "20.10.in-addr.arpa", ("read-only domain controller", "writable"), read_only, dynamic_update="secure"
    ),
    # the server's options
    "a listen address of another host": options(
        "dns_forwarder", ("10.99.0.1", "does not have", "10.20.0.40"), listen_addresses=["10.99.0.1"]
    ),
    "a listen address that is dropped and used": options(
        "dns_forwarder",
        ("10.20.0.41: the host itself", "allow_address_loss"),
        asking("10.20.0.41"),
        listen_addresses=["10.20.0.40"],
    ),
    "rates that contradict each other": options(
        "dns_files", ("leak_rate 3 is below truncate_rate 5", "9917"), response_rate_limiting={"leak_rate": 3, "truncate_rate": 5}
    ),
    "a rate that contradicts the host's": options(
        "dns_files", ("leak_rate 3 is below truncate_rate 4",), response_rate_limiting={"truncate_rate": 4}
    ),
    "a timeout that stands for the default": options("dns_files", ("recursion.timeout is 0", "1 to 15"), recursion={"timeout": 0}),
    "recursion that the host needs": options(
        "dns_files", ("the host itself resolves through", "allow_recursion_loss"), recursion={"enabled": False}
    ),
    "recursion with nobody to ask": options("dns_hardened", ("nobody to ask",), recursion={"enabled": True}),
    "a policy of a subnet that is not there": options(
        "dns_files", ("nowhere",), query_policies=[{"name": "no", "action": "deny", "client_subnet": "EQ,nowhere"}]
    ),
    "a trust anchor of a read-only controller": options(
        "dns_controller", ("read-only domain controller", "directory_writer"), read_only, dnssec={"trust_anchors": [ANCHOR]}
    ),
    "a block list without a name": options(
        "dns_files", ("block_list.names would be empty", "wpad"), block_list={"names": [], "mode": "replace"}
    ),
    # root hints
    "root hints emptied": hints("dns_files", ("no root hint would be left", "forwarders"), hints=[], mode="replace"),
    "a root hint without an address": hints("dns_files", ("b.root-servers.net",), hints=[{"name": "b.root-servers.net"}]),
    "root hints of a read-only controller": hints(
        "dns_controller",
        ("read-only domain controller", "directory_writer"),
        read_only,
        hints=[{"name": "new.example", "addresses": ["10.0.0.2"]}],
    ),
    "root hints of a server that has none": hints(
        "dns_files", ("10.20.0.99",), without_hints, copy_from="10.20.0.99", hints=[{"name": "a.example", "addresses": ["10.0.0.2"]}]
    ),
    # the access list
    "the access list of a read-only controller": acl(
        "dns_controller", ("read-only domain controller", "directory_writer"), read_only, absent=["CORP\\DnsAdmins"]
    ),
    "an account that nobody knows": acl("dns_controller", ("CORP\\nobody",), entries=[{"account": "CORP\\nobody", "access": ["read"]}]),
}
ON_BOTH = {"unknown zone"}


@python_is_enough(lambda parameters: parameters["case"] not in ON_BOTH)
@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_done(engine: Engine, tmp_path: Path, case: str) -> None:
    row = CASES[case]
    host = Host(engine, boxes.build(row.box, tmp_path / "box"))
    row.given(host.box)

    assert_refused(host, [*([] if row.resource in COULD else [COULD]), {row.resource: row.options}], NOTHING, *row.parts)


SERVERS: dict[str, tuple[Callable[[Box], None], tuple[str, ...]]] = {
    "service stopped": (stopped, ("DNS",)),
    "tools missing": (without_tools, ("RSAT-DNS-Server",)),
    "access denied": (denied, ("may not administer the DNS Server",)),
    "no administrator": (unelevated, ("administrator",)),
}
ALONE: dict[str, dict[str, Any]] = {
    "options": COULD,
    "zones": {"dns_zone_security": {"all_zones": TRANSFER_NOBODY}},
    "hints": {"dns_root_hints": {"hints": [{"name": "new.example", "addresses": ["10.0.0.2"]}]}},
}


@python_is_enough(lambda _parameters: True)  # how the payload says it is in the rows, for both engines
@pytest.mark.parametrize("obstacle", SERVERS)
@pytest.mark.parametrize("alone", ALONE)
def test_a_server_that_cannot_be_asked(engine: Engine, tmp_path: Path, alone: str, obstacle: str) -> None:
    given, parts = SERVERS[obstacle]
    host = Host(engine, boxes.build("dns_files", tmp_path / "box"))
    given(host.box)

    assert_refused(host, [ALONE[alone]], NOTHING, *parts)


@python_is_enough(lambda _parameters: True)
@pytest.mark.parametrize("alone", ALONE)
def test_a_host_without_the_role(host: Host, alone: str) -> None:
    """A host without the role has no service and no tools either."""
    assert_refused(host, [ALONE[alone]], NOTHING, "DNS")


@python_is_enough(lambda _parameters: True)
@pytest.mark.parametrize("profile", DNS_PROFILES)
@pytest.mark.parametrize("obstacle", SERVERS)
def test_the_role_on_a_server_that_cannot_be_asked(engine: Engine, tmp_path: Path, profile: str, obstacle: str) -> None:
    given, parts = SERVERS[obstacle]
    host = Host(engine, boxes.build("dns_files", tmp_path / "box"))
    given(host.box)

    assert_refused(host, dns_resources_of(profile), NOTHING, *parts)
