# SPDX-License-Identifier: GPL-3.0-or-later
"""What taking back refuses, because somebody would lose the server, and what proves that the server answers once it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from behaviour import documents
from behaviour.convergence import Host, python_is_enough
from behaviour.dns.options_host import asked, property_of, set_list, stored, turn
from behaviour.dns.restored import assert_taken_back, changed, journals, state
from lab import boxes
from lab.boxes.accounts import DOMAIN_DNS
from lab.boxes.dns import resolvers
from lab.engine import Engine

by_python = python_is_enough(lambda _parameters: True)
Build = Callable[..., Host]
RECURSION = ("DnsServerRecursion", "Enable")
DNS_FAILURE = {"kind": "dns_error", "message": "DNS server failure.", "hresult": "0x8007232a", "file": None, "line": None}


@pytest.fixture
def build(engine: Engine, tmp_path: Path) -> Build:
    return lambda name, **options: Host(engine, boxes.build(name, tmp_path / name, **options))


def resolve_through(host: Host, *addresses: str) -> None:
    """What the host itself asks."""
    host.box.write_json("network", host.box.read_json("network") | {"resolvers": resolvers(*addresses)})


def done(host: Host, **options: Any) -> str:
    """A run that changes something. Gives its journal."""
    result = host.converge(asked(**options))
    assert (result["changed"], result.get("msg")) == (True, None)
    return journals(host)[-1]


def assert_kept(host: Host, journal: str, *parts: str) -> None:
    """The undo is refused with a sentence that has all of `parts`, the box is as it was, and so told it is done."""
    untouched = documents.tree_hash(host.box.folder)
    refused = host.undo(journal)
    assert refused.get("failed"), refused
    for part in ("Nothing was changed: taking this back would", "allow_lockout", *parts):
        assert part in refused["msg"]
    assert refused["msg"].endswith(".")
    assert documents.tree_hash(host.box.folder) == untouched
    undone = host.undo(journal, allow_lockout=True)
    assert (undone["changed"], undone.get("msg")) == (True, None)


# -- recursion, forwarders, root hints ----------------------------------------------------------------------


def without_recursion(host: Host) -> Host:
    turn(host.box, (*RECURSION, False))
    return host


@pytest.mark.parametrize("options", [{"enabled": True}, {"scopes": [{"name": ".", "enabled": True}]}], ids=["server", "scope"])
@by_python
def test_recursion_that_the_host_itself_needs_is_kept(build: Build, options: dict[str, Any]) -> None:
    host = without_recursion(build("dns_files"))
    journal = done(host, recursion=options)

    assert_kept(host, journal, "the host itself resolves through this server (127.0.0.1)")

    assert property_of(host.box, *RECURSION) is False


@by_python
def test_recursion_that_conditional_forwarders_need_is_kept(build: Build) -> None:
    host = without_recursion(build("dns_controller"))
    resolve_through(host, "192.0.2.53")
    journal = done(host, recursion={"enabled": True})

    assert_kept(host, journal, "the conditional forwarders of partner.example")


@by_python
def test_recursion_that_nobody_needs_goes(build: Build) -> None:
    host = without_recursion(build("dns_files"))
    resolve_through(host, "192.0.2.53")

    assert_taken_back(host, asked(recursion={"enabled": True}))


@by_python
def test_the_last_forwarder_of_a_server_that_recurses_is_kept(build: Build) -> None:
    host = build("dns_files")
    set_list(host.box, "DnsServerRootHint", [])
    journal = done(host, forwarders={"addresses": ["10.0.0.1"]})

    assert_kept(host, journal, "nobody to ask")


@by_python
def test_forwarders_go_where_root_hints_are_there(build: Build) -> None:
    assert_taken_back(build("dns_files"), asked(forwarders={"addresses": ["10.0.0.1"]}))


@by_python
def test_the_only_root_hints_of_a_server_that_recurses_are_kept(build: Build) -> None:
    host = build("dns_files")
    set_list(host.box, "DnsServerRootHint", [])
    host.converge([{"dns_root_hints": {"hints": [{"name": "a.example", "addresses": ["10.0.0.1"]}]}}])

    assert_kept(host, journals(host)[-1], "nobody to ask")

    assert host.box.read_json("dns")["DnsServerRootHint"] == []


@by_python
def test_root_hints_and_recursion_that_went_together_come_back_together(build: Build) -> None:
    """Each alone would leave a server that recurses with nobody to ask."""
    host = build("dns_files")
    resolve_through(host, "192.0.2.53")
    gone = {"dns_root_hints": {"hints": [], "mode": "replace"}}

    assert_taken_back(host, [*asked(recursion={"enabled": False}), gone])


SPLIT: dict[str, Any] = {"scopes": [{"name": ".", "enabled": False}, {"name": "Inside", "enabled": True}]}


@by_python
def test_the_only_root_hints_of_a_scope_that_recurses_are_kept(build: Build) -> None:
    host = build("dns_files")
    resolve_through(host, "192.0.2.53")
    set_list(host.box, "DnsServerRootHint", [])
    done_with = [{"dns_root_hints": {"hints": [{"name": "a.example", "addresses": ["10.0.0.1"]}]}}]
    host.converge(done_with)
    journal = journals(host)[-1]
    done(host, recursion=SPLIT)

    assert_kept(host, journal, "the recursion scope inside with nobody to ask")

    assert host.box.read_json("dns")["DnsServerRootHint"] == []


@by_python
@pytest.mark.parametrize("inside", [{"enabled": False}, {"forwarders": ["10.0.0.1"]}], ids=["off", "forwarding"])
def test_a_scope_that_comes_back_must_have_somebody_to_ask(build: Build, inside: dict[str, Any]) -> None:
    host = without_recursion(build("dns_files"))
    scope = {"Name": "Inside", "EnableRecursion": True, "Forwarder": None}
    set_list(host.box, "DnsServerRecursionScope", [scope | {"Forwarder": ["10.0.0.2"]} if "forwarders" in inside else scope])
    if "forwarders" in inside:
        assert_taken_back(host, asked(recursion={"scopes": [{"name": "Inside", **inside}]}))
        return
    journal = done(host, recursion={"scopes": [{"name": "Inside", **inside}]})
    set_list(host.box, "DnsServerRootHint", [])
    assert_kept(host, journal, "the recursion scope inside with nobody to ask")


# -- dynamic updates ----------------------------------------------------------------------------------------


def repaired(host: Host, *names: str) -> str:
    """A run that makes the updates of zones secure, which took none. Gives its journal."""
    zones = host.box.read_json("dns")["DnsServerZone"]
    set_list(host.box, "DnsServerZone", [one | ({"DynamicUpdate": "None"} if one["ZoneName"] in names else {}) for one in zones])
    result = host.converge([{"dns_zone_security": {"zones": [{"name": name, "dynamic_update": "secure"} for name in names]}}])
    assert (result["changed"], result.get("msg")) == (True, None)
    return journals(host)[-1]


@by_python
@pytest.mark.parametrize("name", [f"_msdcs.{DOMAIN_DNS}", DOMAIN_DNS])
def test_a_zone_that_domain_controllers_register_in_keeps_its_updates(build: Build, name: str) -> None:
    host = build("dns_controller")
    journal = repaired(host, name)

    assert_kept(
        host, journal, f"end the dynamic updates of zone {name} on {host.box.read_json('host')['computer_name']}", "dns_zone_security"
    )


@by_python
def test_a_zone_that_nobody_registers_in_takes_no_updates_again(build: Build) -> None:
    host = build("dns_controller", zones=3)
    name = next(one["ZoneName"] for one in host.box.read_json("dns")["DnsServerZone"] if one["ZoneName"].startswith("zone"))
    before = state(host.box)
    journal = repaired(host, name)

    undone = host.undo(journal)

    assert (undone["changed"], undone.get("msg")) == (True, None)
    assert len(changed(before, state(host.box))) == 1


# -- listen addresses ---------------------------------------------------------------------------------------


@python_is_enough(lambda _parameters: True)
def test_loopback_that_the_host_asks_meanwhile_is_kept(build: Build) -> None:
    host = build("dns_hardened")
    journal = done(host, listen_addresses=["all"])
    resolve_through(host, "127.0.0.1")

    assert_kept(host, journal, "127.0.0.1: the host itself resolves through it")

    assert stored(host.box, "ListenAddresses") == ["10.20.0.50"]


@by_python
def test_an_address_that_the_zones_name_is_kept(build: Build) -> None:
    """intern.example is served at 10.20.0.40."""
    host = build("dns_forwarder")
    done(host, listen_addresses=["10.20.0.41"], allow_address_loss=True)
    journal = done(host, listen_addresses=["10.20.0.40"], allow_address_loss=True)

    assert_kept(host, journal, "10.20.0.40: the zones' name server records name it")

    assert stored(host.box, "ListenAddresses") == ["10.20.0.41"]


@by_python
def test_an_address_that_nobody_asks_goes(build: Build) -> None:
    host = build("dns_forwarder")
    done(host, listen_addresses=["10.20.0.40"])

    assert_taken_back(host, asked(listen_addresses=["all"]))


# -- what is seen afterwards --------------------------------------------------------------------------------


def answering(host: Host, alter: Callable[[Any], Any]) -> None:
    """What the host says of itself after an apply is altered, value by value."""

    def altered(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        found = answer()
        for result in found["observations"] if request["operation"] == "apply" else ():
            if "value" in result:
                result["value"] = alter(result["value"])
        return found

    host.on_the_way = altered


def silent(value: Any) -> Any:
    """The first zone that is asked fails."""
    is_answer = isinstance(value, list) and value and isinstance(value[0], dict) and "records" in value[0]
    return [{"error": DNS_FAILURE}, *value[1:]] if is_answer else value


RESTARTING: dict[str, dict[str, Any]] = {
    "by dnscmd": {"socket_pool": {"size": 3000}},
    "by the registry alone": {"packet_sizes": {"udp": 1221}},
}


@by_python
@pytest.mark.parametrize("case", RESTARTING)
def test_a_zone_that_does_not_answer_after_the_restart_is_told(build: Build, case: str) -> None:
    host = build("dns_files")
    journal = done(host, **RESTARTING[case])
    answering(host, silent)

    undone = host.undo(journal)

    assert undone["failed"]
    assert "does not answer for its own zones" in undone["msg"]
    assert "lab.example (DNS server failure. (0x8007232a))" in undone["msg"]
    assert undone["changed"]


@by_python
def test_nothing_is_asked_where_the_restart_comes_later(build: Build) -> None:
    host = build("dns_files")
    journal = done(host, socket_pool={"size": 3000})
    answering(host, silent)
    host.restart_now = False

    undone = host.undo(journal)

    assert "failed" not in undone, undone["msg"]
    assert undone["restarts"] == [{"service": "DNS", "state": "not in force yet"}]


@by_python
def test_sockets_that_do_not_come_back_put_the_list_back(build: Build) -> None:
    """The undo's own undo: the server listens as the run left it."""
    host = build("dns_forwarder")
    journal = done(host, listen_addresses=["10.20.0.40"])
    hardened = state(host.box)
    answering(host, lambda value: {**value, "sockets": []} if isinstance(value, dict) and "sockets" in value else value)

    undone = host.undo(journal)

    assert "does not listen on all addresses" in undone["msg"]
    assert "The listen addresses were put back." in undone["msg"]
    assert changed(hardened, state(host.box)) == {}
