# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused, because somebody would lose the server: recursion, forwarders, listen addresses, restarts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import assert_refused
from behaviour.convergence import Host, python_is_enough
from behaviour.dns.options_host import asked, assert_converges, differences, property_of, set_list, state, store, stored, take_back, turn
from lab import boxes
from lab.boxes.dns import resolvers
from lab.engine import Engine

by_python = python_is_enough(lambda _parameters: True)
Build = Callable[..., Host]
LISTEN = "ListenAddresses"


@pytest.fixture
def build(engine: Engine, tmp_path: Path) -> Build:
    return lambda name="dns_files", **options: Host(engine, boxes.build(name, tmp_path / name, **options))


def resolve_through(host: Host, *addresses: str) -> None:
    """What the host itself asks."""
    host.box.write_json("network", host.box.read_json("network") | {"resolvers": resolvers(*addresses)})


def sockets(host: Host, protocol: str = "udp") -> set[str]:
    found = host.box.read_json("network")["sockets"]
    return {one["address"] for one in found if (one["port"], one["protocol"]) == (53, protocol)}


# -- recursion and forwarders ---------------------------------------------------------------------------


def test_recursion_that_the_host_itself_needs_is_not_switched_off(build: Build) -> None:
    host = build("dns_controller")
    assert_refused(host, asked(recursion={"enabled": False}), "127.0.0.1", "partner.example", "allow_recursion_loss")


@by_python
def test_recursion_that_nobody_needs_is_switched_off_and_the_control_is_met(build: Build) -> None:
    host = build()
    resolve_through(host, "192.0.2.53")
    before = state(host.box)
    result = assert_converges(host, asked(recursion={"enabled": False}))
    assert [(one["id"], one["references"]) for one in result["controls"]] == [("HW-DNS-01", ["V-259341", "WDNS-22-000009"])]
    take_back(host)
    assert differences(before, state(host.box)) == set()


@by_python
def test_forwarders_and_scopes_that_would_be_useless_are_named(build: Build) -> None:
    host = build("dns_forwarder")
    assert_refused(host, asked(recursion={"enabled": False}), "198.51.100.53", "scopes guests")
    told = assert_converges(host, asked(recursion={"enabled": False}, allow_recursion_loss=True))
    assert len(told["warnings"]) == 2
    assert property_of(host.box, "DnsServerRecursion", "Enable") is False


@by_python
def test_the_scope_of_the_server_itself_is_the_servers_recursion(build: Build) -> None:
    host = build("dns_controller")
    scope = {"scopes": [{"name": ".", "enabled": False}]}
    assert_refused(host, asked(recursion=scope), "127.0.0.1")
    assert_converges(host, asked(recursion=scope, allow_recursion_loss=True))
    assert property_of(host.box, "DnsServerRecursion", "Enable") is False


@by_python
def test_recursion_for_some_clients_alone_needs_no_word_where_nobody_loses_it(build: Build) -> None:
    """The scope that is used where no policy chooses is switched off, and the forwarders of another stay in use."""
    host = build("dns_secondary")
    options: dict[str, Any] = {
        "recursion": {"scopes": [{"name": ".", "enabled": False}, {"name": "inside", "enabled": True, "forwarders": ["192.0.2.1"]}]},
        "client_subnets": [{"name": "inside", "ipv4": ["10.20.0.0/16"]}],
        "query_policies": [
            {"name": "inside", "action": "allow", "on_recursion": True, "recursion_scope": "inside", "client_subnet": "EQ,inside"}
        ],
    }
    before = state(host.box)
    result = assert_converges(host, asked(**options))
    assert (len(result["changes"]), result.get("warnings")) == (4, None)
    take_back(host)
    assert differences(before, state(host.box)) == set()
    assert_refused(
        host, asked(**(options | {"recursion": {"enabled": False, "scopes": options["recursion"]["scopes"][1:]}})), "scopes inside"
    )


@by_python
def test_a_server_that_recurses_keeps_somebody_to_ask(build: Build) -> None:
    host = build("dns_forwarder")
    set_list(host.box, "DnsServerRootHint", [])
    assert_refused(host, asked(forwarders={"addresses": []}), "nobody to ask", "root hints")
    turn(host.box, ("DnsServerForwarder", "IPAddress", None))
    told = host.converge(asked(forwarders={"timeout": 5}))
    assert "neither forwarders nor root hints" in told["warnings"][0]


@by_python
def test_recursion_is_not_switched_on_where_nobody_can_be_asked(build: Build) -> None:
    assert_refused(build("dns_hardened"), asked(recursion={"enabled": True}), "nobody to ask")


@by_python
def test_forwarders_are_emptied_and_filled_again(build: Build) -> None:
    host = build("dns_forwarder")
    before = state(host.box)
    result = assert_converges(host, asked(forwarders={"addresses": [], "timeout": 7, "use_root_hints": True, "reordering": False}))
    assert property_of(host.box, "DnsServerForwarder", "IPAddress") in (None, [])
    assert {one["target"].rpartition(".")[2] for one in result["changes"]} == {"addresses", "timeout", "reordering"}
    take_back(host)
    assert differences(before, state(host.box)) == set()
    assert property_of(host.box, "DnsServerForwarder", "IPAddress") == ["192.0.2.53", "198.51.100.53"]


@by_python
def test_forwarders_are_given_to_a_server_that_had_none(build: Build) -> None:
    host = build()
    before = state(host.box)
    options = {"addresses": ["192.0.2.1"], "use_root_hints": False, "timeout": 7, "reordering": False}
    assert len(assert_converges(host, asked(forwarders=options))["changes"]) == 4
    found = [property_of(host.box, "DnsServerForwarder", name) for name in ("IPAddress", "UseRootHint", "Timeout", "EnableReordering")]
    assert found == [["192.0.2.1"], False, 7, False]
    take_back(host)
    assert differences(before, state(host.box)) == set()


@by_python
def test_the_servers_own_scope_takes_its_forwarders(build: Build) -> None:
    host = build("dns_forwarder")
    own = {"scopes": [{"name": ".", "forwarders": ["192.0.2.9"]}], "timeout": 5}
    assert_converges(host, asked(recursion=own))
    assert property_of(host.box, "DnsServerForwarder", "IPAddress") == ["192.0.2.9"]
    both = {"enabled": False, "scopes": [{"name": ".", "forwarders": ["192.0.2.10"]}]}
    assert len(assert_converges(host, asked(recursion=both, allow_recursion_loss=True))["changes"]) == 2


@by_python
@pytest.mark.parametrize(("address", "met"), [("10.0.0.1", True), ("8.8.8.8", False)])
def test_only_forwarders_inside_meet_the_benchmarks_rule(build: Build, address: str, met: bool) -> None:
    result = build().converge(asked(forwarders={"addresses": [address], "use_root_hints": False}), check=True)
    (control,) = result["controls"]
    assert (control["id"], bool(control["references"])) == ("HW-DNS-02", met)


# -- listen addresses -----------------------------------------------------------------------------------


def test_the_server_listens_where_it_is_told_and_its_sockets_are_looked_at(build: Build) -> None:
    host = build("dns_forwarder")
    before = state(host.box)
    assert "10.20.0.41" in sockets(host)
    result = assert_converges(host, asked(listen_addresses=["10.20.0.40"]))
    assert (sockets(host), sockets(host, "tcp")) == ({"10.20.0.40"}, {"10.20.0.40"})
    assert (result["restarts"], stored(host.box, LISTEN)) == ([], ["10.20.0.40"])
    take_back(host)
    assert (stored(host.box, LISTEN), differences(before, state(host.box))) == (None, set())
    assert "10.20.0.41" in sockets(host)


@by_python
def test_a_list_of_all_addresses_is_not_all(build: Build) -> None:
    """The server's own getter shows the same for both."""
    host = build()
    resolve_through(host, "192.0.2.53")
    assert not host.converge(asked(listen_addresses=["all"]))["changed"]
    result = assert_converges(host, asked(listen_addresses=["10.20.0.20"]))
    assert [(one["before"], one["after"]) for one in result["changes"]] == [("all", "10.20.0.20")]
    assert "127.0.0.1" not in sockets(host)
    (journal,) = result["journal"]
    assert "failed" not in host.undo(journal.rpartition("\\")[2].removesuffix(".jsonl"))
    assert (stored(host.box, LISTEN), "127.0.0.1" in sockets(host)) == (None, True)


@by_python
def test_all_is_the_value_not_being_there(build: Build) -> None:
    host = build("dns_hardened")
    result = assert_converges(host, asked(listen_addresses=["ALL"]))
    assert [(one["before"], one["after"]) for one in result["changes"]] == [("10.20.0.50", "all")]
    assert stored(host.box, LISTEN) is None


@by_python
@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (["10.99.0.1"], "does not have"),
        (["127.0.0.1"], "loopback"),
        (["::1"], "loopback"),
        (["all", "10.20.0.40"], "all and nothing else"),
        ([], "all and nothing else"),
        (["0.0.0.0"], "not the address"),
        (["10.20"], "no IP address"),
    ],
)
def test_addresses_that_no_server_listens_on(build: Build, addresses: list[str], said: str) -> None:
    assert_refused(build("dns_forwarder"), asked(listen_addresses=addresses), said)


@by_python
def test_what_the_host_itself_asks_is_not_dropped(build: Build) -> None:
    host = build("dns_forwarder")
    resolve_through(host, "10.20.0.41")
    assert_refused(host, asked(listen_addresses=["10.20.0.40"]), "10.20.0.41: the host itself", "allow_address_loss")
    assert host.converge(asked(listen_addresses=["10.20.0.40"], allow_address_loss=True))["changed"]


@by_python
def test_loopback_that_the_host_asks_is_lost_with_any_list(build: Build) -> None:
    host = build("dns_forwarder")
    resolve_through(host, "127.0.0.1")
    assert_refused(host, asked(listen_addresses=["10.20.0.40", "10.20.0.41"]), "127.0.0.1: the host itself")


@by_python
def test_what_name_server_records_name_is_not_dropped(build: Build) -> None:
    """intern.example is served at 10.20.0.40."""
    host = build("dns_forwarder")
    assert_refused(host, asked(listen_addresses=["10.20.0.41"]), "10.20.0.40: the zones' name server records")


@by_python
def test_what_others_of_the_play_ask_is_not_dropped(build: Build) -> None:
    host = build("dns_forwarder")
    assert_refused(host, asked(listen_addresses=["10.20.0.40"], play_resolvers=["192.0.2.1", "10.20.0.41"]), "10.20.0.41: other hosts")


Sockets = list[dict[str, Any]]


def with_sockets(host: Host, altered: Callable[[Sockets], Sockets]) -> None:
    """The sockets of an apply's answer are others than the server should have."""

    def alter(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        found = answer()
        for result in found["observations"] if request["operation"] == "apply" else ():
            if isinstance(result.get("value"), dict) and "sockets" in result["value"]:
                result["value"]["sockets"] = altered(result["value"]["sockets"])
        return found

    host.on_the_way = alter


@by_python
def test_sockets_that_do_not_come_put_the_list_back(build: Build) -> None:
    host = build("dns_forwarder")
    with_sockets(host, lambda sockets: [one for one in sockets if one["address"] != "10.20.0.40"])
    result = host.converge(asked(listen_addresses=["10.20.0.40"]))
    assert "does not listen on 10.20.0.40" in result["msg"]
    assert "were put back" in result["msg"]
    assert (stored(host.box, LISTEN), "10.20.0.41" in sockets(host)) == (None, True)


@by_python
@pytest.mark.parametrize("kind", ["tcp", "udp"])
def test_sockets_that_stay_put_the_list_back(build: Build, kind: str) -> None:
    host = build("dns_forwarder")
    more = {"protocol": kind, "address": "10.20.0.41", "port": 53, "process": 2460, "services": ["DNS"]}
    with_sockets(host, lambda sockets: [*sockets, more])
    result = host.converge(asked(listen_addresses=["10.20.0.40"]))
    assert "still listens on 10.20.0.41" in result["msg"]
    assert stored(host.box, LISTEN) is None


@by_python
def test_all_addresses_are_all_sockets(build: Build) -> None:
    host = build("dns_hardened")
    with_sockets(host, lambda sockets: [one for one in sockets if one["protocol"] != "tcp" or one["port"] != 53])
    result = host.converge(asked(listen_addresses=["all"]))
    assert "does not listen on all addresses over tcp" in result["msg"]
    assert stored(host.box, LISTEN) == ["10.20.0.50"]


@by_python
def test_sockets_that_are_not_there_are_told_of_a_list_that_is_right(build: Build) -> None:
    host = build("dns_hardened")
    network = host.box.read_json("network")
    network["sockets"] = [one for one in network["sockets"] if one["port"] != 53 or one["protocol"] != "tcp"]
    host.box.write_json("network", network)
    result = host.converge(asked(listen_addresses=["10.20.0.50"]))
    assert not result["changed"]
    assert "does not listen on 10.20.0.50" in result["warnings"][0]


# -- restarts -------------------------------------------------------------------------------------------


def test_a_zone_that_does_not_answer_after_the_restart_fails_the_task(build: Build) -> None:
    host = build()

    def silent(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        found = answer()
        error = {"kind": "dns_error", "message": "DNS server failure.", "hresult": "0x8007232a", "file": None, "line": None}
        for result in found["observations"] if request["operation"] == "apply" else ():
            value = result.get("value")
            if isinstance(value, list) and value and isinstance(value[0], dict) and "records" in value[0]:
                result["value"] = [{"error": error}, *value[1:]]
        return found

    host.on_the_way = silent
    result = host.converge(asked(socket_pool={"size": 3000}))
    assert "does not answer for its own zones" in result["msg"]
    assert "lab.example (DNS server failure. (0x8007232a))" in result["msg"]
    assert "All changes stay" in result["msg"]


@by_python
def test_zones_that_do_not_answer_anyway_are_not_waited_for(build: Build) -> None:
    host = build(zones=30)
    document = host.box.read_json("dns")
    for zone in document["DnsServerZone"][:10]:
        zone["IsPaused"] = True
    host.box.write_json("dns", document)
    assert "failed" not in host.converge(asked(socket_pool={"size": 3000}))
    (query,) = [read for read in host.requests[-1]["reads"] if read.get("read") == "query"]
    paused = {zone["ZoneName"] for zone in document["DnsServerZone"][:10]}
    assert not paused & {one["name"] for one in query["questions"]}
    assert len(query["questions"]) >= 20
    assert query["server"] == "10.20.0.20"


@by_python
def test_nothing_is_asked_where_nothing_restarts(build: Build) -> None:
    host = build()
    assert host.converge(asked(version_query="full"))["changed"]
    assert [read for request in host.requests for read in request.get("reads", []) if read.get("read") == "query"] == []


@by_python
def test_a_set_value_that_is_not_in_force_is_told(build: Build) -> None:
    host = build()
    store(host.box, "MaximumUdpPacketSize", {"kind": "DWord", "value": 1221})
    result = host.converge(asked(packet_sizes={"udp": 1221}))
    assert not result["changed"]
    assert "still runs with 4000" in result["warnings"][0]
