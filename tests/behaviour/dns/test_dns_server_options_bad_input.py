# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that no server takes, and servers that cannot be asked: a sentence, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import assert_refused
from behaviour.convergence import Host, python_is_enough
from behaviour.dns.options_host import asked, property_of, turn
from lab import boxes
from lab.engine import Engine

by_python = python_is_enough(lambda _parameters: True)
Build = Callable[..., Host]


@pytest.fixture
def build(engine: Engine, tmp_path: Path) -> Build:
    return lambda name="dns_files", **options: Host(engine, boxes.build(name, tmp_path / name, **options))


# -- the server cannot be asked -------------------------------------------------------------------------

ANY: dict[str, Any] = {"version_query": "full", "cache": {"pollution_protection": False}}


def service(host: Host, **changed: Any) -> None:
    services = host.box.services
    services["DNS"] |= changed
    host.box.write_json("services", services)


def test_a_service_that_does_not_run_is_a_sentence(build: Build) -> None:
    host = build()
    service(host, state="Stopped")
    assert_refused(host, asked(**ANY), "the service DNS does not run (Stopped)")


@by_python
def test_a_role_that_is_not_there_is_a_sentence(build: Build) -> None:
    assert_refused(build("default2022"), asked(**ANY), "the role DNS Server is not on this host")


@by_python
def test_tools_that_are_not_there_are_a_sentence(build: Build) -> None:
    host = build()
    host.box.write_json("dns", host.box.read_json("dns") | {"tools": False})
    assert_refused(host, asked(**ANY), "RSAT-DNS-Server")


@by_python
def test_who_is_no_administrator_is_refused(build: Build) -> None:
    host = build()
    host.box.write_json("host", host.box.host | {"elevated": False})
    assert_refused(host, asked(**ANY), "administrator")


@by_python
def test_a_read_only_domain_controller_takes_its_own_settings_and_no_trust_anchor(build: Build) -> None:
    host = build("dns_controller")
    turn(host.box, ("DnsServerSetting", "IsReadOnlyDC", True))
    anchor = {"key_tag": 20326, "digest": "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"}
    assert_refused(host, asked(version_query="full", dnssec={"trust_anchors": [anchor]}), "read-only domain controller", "directory_writer")
    assert host.converge(asked(updates={"transfers_from_read_only": True}))["changed"]


@by_python
def test_a_value_that_somebody_changed_meanwhile_is_not_overwritten(build: Build) -> None:
    host = build()

    def meanwhile(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if request["operation"] == "apply":
            turn(host.box, ("DnsServerSetting", "EnableVersionQuery", 2))
        return answer()

    host.on_the_way = meanwhile
    assert "something else changed it meanwhile" in host.converge(asked(version_query="full"))["msg"]
    assert property_of(host.box, "DnsServerSetting", "EnableVersionQuery") == 2


# -- what no server takes -------------------------------------------------------------------------------

POLICY = {"name": "p", "action": "deny", "client_subnet": "EQ,guests"}
ANCHOR = {"key_tag": 20326, "digest": "00"}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"recursion": {"timeout": 0}}, "own default"),
    ({"recursion": {"additional_timeout": 0}}, "own default"),
    ({"recursion": {"retry_interval": 16}}, "1 to 15"),
    ({"forwarders": {"timeout": 0}}, "own default"),
    ({"edns": {"cache_timeout": 0}}, "own default"),
    ({"cache": {"locking_percent": 101}}, "0 to 100"),
    ({"cache": {"max_size": 100}}, "or 0 (no limit)"),
    ({"cache": {"max_ttl": -1}}, "0 to 2592000"),
    ({"socket_pool": {"size": 10001}}, "0 to 10000"),
    ({"socket_pool": {"excluded_ports": ["5010-5000"]}}, "range of ports"),
    ({"packet_sizes": {"tcp": 65537}}, "16384 to 65536"),
    ({"packet_sizes": {"udp": 100}}, "512 to 16384"),
    ({"scavenging": {"refresh_interval": 0}}, "1 to 8760"),
    ({"block_list": {"names": ["wpad.corp.example"]}}, "single labels"),
    ({"response_rate_limiting": {"leak_rate": 1}}, "or 0 for none"),
    ({"response_rate_limiting": {"leak_rate": 2, "truncate_rate": 3}}, "9917"),
    ({"response_rate_limiting": {"truncate_rate": 10}}, "9917"),
    ({"response_rate_limiting": {"exceptions": [{"name": "x"}]}}, "no criterion"),
    ({"client_subnets": [{"name": "x"}]}, "has no network"),
    ({"client_subnets": [{"name": "x", "ipv4": ["10.0.0.1/8"]}]}, "no network"),
    ({"client_subnets": [{"name": "x", "ipv4": ["2001:db8::/32"]}]}, "other family"),
    ({"client_subnets": [{"name": "x", "ipv4": ["10.0.0.0/8"]}, {"name": "X", "ipv4": ["10.0.0.0/8"]}]}, "twice"),
    ({"query_policies": [POLICY | {"action": "allow"}]}, "denies or ignores"),
    ({"query_policies": [POLICY | {"action": "allow", "zone": "a.example"}]}, "needs zone_scope"),
    ({"query_policies": [POLICY | {"zone": "a.example", "on_recursion": True}]}, "cannot be for recursion"),
    ({"query_policies": [POLICY | {"recursion_scope": "x"}]}, "needs on_recursion"),
    ({"query_policies": [POLICY | {"client_subnet": "guests"}]}, "EQ or NE"),
    ({"query_policies": [POLICY | {"processing_order": 0}]}, "counts from 1"),
    ({"query_policies": [POLICY | {"processing_order": 9}]}, "last place is 1"),
    ({"query_policies": [POLICY | {"processing_order": 1}, POLICY | {"name": "q", "processing_order": 1}]}, "both have"),
    ({"query_policies": [POLICY, POLICY]}, "there twice"),
    ({"transfer_policies": [{"name": "t", "action": "deny"}]}, "no criterion"),
    ({"query_policies": [POLICY | {"zone": "nowhere.example"}]}, "the zone nowhere.example"),
    ({"query_policies": [POLICY | {"client_subnet": "EQ,guests,nobody"}]}, "client subnet nobody"),
    ({"transfer_policies": [{"name": "t", "action": "deny", "client_subnet": "NE,nobody"}]}, "client subnet nobody"),
    ({"response_rate_limiting": {"exceptions": [{"name": "x", "client_subnet": "EQ,nobody"}]}}, "client subnet nobody"),
    ({"query_policies": [POLICY | {"action": "allow", "on_recursion": True, "recursion_scope": "nowhere"}]}, "recursion scope nowhere"),
    ({"client_subnets": [], "client_subnets_mode": "replace"}, "query_policies, guests, uses the client subnet guests"),
    ({"recursion": {"scopes": [], "scopes_mode": "replace"}}, "query_policies, guests, uses the recursion scope guests"),
    ({"dnssec": {"trust_anchors": [ANCHOR]}}, "64 hexadecimal digits"),
    ({"dnssec": {"trust_anchors": [ANCHOR | {"digest": "0" * 64, "key_tag": 70000}]}}, "0 to 65535"),
    ({"diagnostics": {"packets": {"queries": True}}}, "send or receive"),
    ({"forwarders": {"addresses": ["10.20.0.40"]}}, "the server itself"),
    ({"forwarders": {"addresses": ["127.0.0.1"]}}, "ask itself"),
    ({"forwarders": {"addresses": ["dns.example"]}}, "no IP address"),
    ({"recursion": {"scopes": [{"name": "guests", "forwarders": []}]}}, "no cmdlet takes all"),
    ({"recursion": {"enabled": False, "scopes": [{"name": ".", "enabled": False}]}}, "one and the same"),
    ({"recursion": {"scopes": [{"name": ".", "forwarders": ["10.0.0.1"]}]}, "forwarders": {"timeout": 5}}, "one and the same"),
    ({"recursion": {"enabled": False}, "forwarders": {"addresses": ["10.0.0.1"]}}, "without recursion no forwarder"),
    ({"play_resolvers": ["dc01"]}, "no IP address"),
]


@by_python
@pytest.mark.parametrize(("options", "said"), BAD, ids=[f"{next(iter(options))}-{number}" for number, (options, _said) in enumerate(BAD)])
def test_bad_input_changes_nothing(build: Build, options: dict[str, Any], said: str) -> None:
    assert_refused(build("dns_forwarder"), asked(version_query="full", **options), said)
