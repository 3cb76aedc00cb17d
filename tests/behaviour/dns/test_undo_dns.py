# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal takes a run of each of the DNS Server's modules back: after a whole run, and after one that ended at any of its writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.restored import assert_every_crash_is_taken_back, assert_taken_back, changed, journals, state, taken_back
from lab import boxes
from lab.engine import Engine

KSK_2017 = {"key_tag": 20326, "digest": "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d"}
KSK_2024 = {"key_tag": 38696, "digest": "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"}


def options(**given: Any) -> list[dict[str, Any]]:
    return [{"dns_server_options": given}]


def zones(**given: Any) -> list[dict[str, Any]]:
    return [{"dns_zone_security": given}]


def hints(**given: Any) -> list[dict[str, Any]]:
    return [{"dns_root_hints": given}]


def listed(*addresses: str) -> dict[str, Any]:
    return {"mode": "listed", "addresses": list(addresses)}


def deny(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "action": "deny", "client_subnet": "EQ,guests", **more}


POLICIES: dict[str, Any] = {
    "client_subnets": [{"name": "inside", "ipv4": ["10.20.0.0/16"]}, {"name": "guests", "ipv4": ["10.31.0.0/16"]}],
    "query_policies": [
        {"name": "guests", "action": "deny", "on_recursion": True, "client_subnet": "EQ,inside"},
        deny("no-any", query_type="EQ,ANY"),
        deny("no-lab", zone="intern.example", fqdn="EQ,*.lab.intern.example"),
        deny("first", processing_order=1),
    ],
    "transfer_policies": [{"name": "inside-only", "action": "ignore", "client_subnet": "NE,inside"}],
}
# box, and what is run on it; each turns what the box has
CASES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "single values": (
        "dns_files",
        options(
            recursion={"timeout": 9, "retry_interval": 4, "additional_timeout": 5},
            cache={"pollution_protection": False, "max_ttl": 3600, "max_negative_ttl": 60, "max_size": 9000},
            edns={"reception": False, "probes": False, "cache_timeout": 100},
            version_query="minimal",
            block_list={"enabled": False, "names": ["wpad", "isatap", "proxy"]},
            scavenging={"interval": 24, "default_aging": True, "refresh_interval": 100, "no_refresh_interval": 90},
            updates={"share_proxy_updates": False, "iquery_responses": True, "transfers_from_read_only": True},
        ),
    ),
    "what is read at the start": (
        "dns_files",
        options(
            cache={"locking_percent": 80},
            socket_pool={"size": 3000, "excluded_ports": ["5000-5010"]},
            packet_sizes={"tcp": 65280, "udp": 1221},
            stricter="replace",
        ),
    ),
    "rate limiting, the pair in another order": (
        "dns_files",
        options(
            response_rate_limiting={
                "mode": "enable",
                "responses_per_second": 10,
                "leak_rate": 10,
                "truncate_rate": 9,
                "exceptions": [{"name": "own", "fqdn": "EQ,*.shop.example"}],
            }
        ),
    ),
    "a limit of nothing": ("dns_hardened", options(response_rate_limiting={"mode": "disable", "leak_rate": 0, "truncate_rate": 0})),
    "diagnostics": (
        "dns_files",
        options(
            diagnostics={
                "event_level": "errors",
                "packets": {"queries": True, "send": True, "receive": True, "udp": True, "tcp": True, "questions": True, "answers": True},
                "log_file": {"path": "C:\\logs\\dns.log", "max_size": 100_000_000, "rollover": True, "addresses": ["10.20.0.9"]},
                "events": {"zone_loading": True, "tombstone": True},
            },
            stricter="replace",
        ),
    ),
    "forwarders replaced": (
        "dns_forwarder",
        options(forwarders={"addresses": ["198.51.100.53", "203.0.113.1"], "use_root_hints": False, "timeout": 5, "reordering": False}),
    ),
    "forwarders emptied": ("dns_forwarder", options(forwarders={"addresses": [], "reordering": False, "timeout": 7})),
    "forwarders given": ("dns_files", options(forwarders={"addresses": ["10.0.0.1"], "use_root_hints": False, "reordering": False})),
    "scopes and subnets": (
        "dns_forwarder",
        options(
            recursion={"scopes": [{"name": "guests", "enabled": False, "forwarders": ["203.0.113.54"]}, {"name": "inside"}]},
            client_subnets=[{"name": "GUESTS", "ipv4": ["10.31.0.0/16"], "ipv6": ["2001:db8:1::/48"]}],
        ),
    ),
    "policies replaced": ("dns_forwarder", options(**POLICIES, query_policies_mode="replace")),
    "everything of a policy removed": (
        "dns_forwarder",
        options(
            query_policies=[],
            query_policies_mode="replace",
            client_subnets=[],
            client_subnets_mode="replace",
            recursion={"scopes": [], "scopes_mode": "replace"},
        ),
    ),
    "trust anchors": ("dns_files", options(dnssec={"validation": True, "trust_anchors": [KSK_2017, KSK_2024]})),
    "one listen address": ("dns_forwarder", options(listen_addresses=["10.20.0.40"])),
    "all listen addresses": ("dns_hardened", options(listen_addresses=["all"])),
    "zones of the directory": (
        "dns_controller",
        zones(
            all_zones={"transfers": listed("10.9.9.9"), "notify": {"mode": "none"}, "dynamic_update": "none"},
            zones=[
                {
                    "name": "20.10.in-addr.arpa",
                    "dynamic_update": "none",
                    "aging": {"enabled": True, "refresh_interval": 24, "no_refresh_interval": 25, "scavenge_servers": ["10.20.0.10"]},
                }
            ],
            stricter="replace",
        ),
    ),
    "zones in files": (
        "dns_files",
        zones(
            all_zones={"transfers": {"mode": "none"}, "notify": listed("10.9.9.9")},
            zones=[{"name": "lab.example", "dynamic_update": "none", "transfers": listed("10.9.9.8", "10.9.9.7")}],
        ),
    ),
    "secondary zones": ("dns_secondary", zones(all_zones={"transfers": {"mode": "none"}, "notify": listed("10.9.9.9")})),
    "root hints": (
        "dns_files",
        hints(
            hints=[
                {"name": "b.root-servers.net", "addresses": ["170.247.170.2", "2801:1b8:10::b"]},
                {"name": "c.root-servers.net", "state": "absent"},
                {"name": "new.example", "addresses": ["10.0.0.2"]},
            ],
            heal_duplicates=True,
        ),
    ),
    "root hints replaced": ("dns_files", hints(hints=[{"name": "new.example", "addresses": ["10.0.0.2"]}], mode="replace")),
    "access list": (
        "dns_controller",
        [{"dns_server_acl": {"absent": ["CORP\\helpdesk"], "entries": [{"account": "CORP\\deploy", "access": ["read"]}]}}],
    ),
}
# each engine writes the same; one of each kind of operation, and what is removed and added anew
ON_BOTH = {"policies replaced", "forwarders emptied", "zones in files", "secondary zones", "access list"}


def one_engine(parameters: Mapping[str, Any]) -> bool:
    return parameters["case"] not in ON_BOTH


def start(engine: Engine, folder: Path, case: str) -> tuple[Host, list[dict[str, Any]]]:
    box, resources = CASES[case]
    return Host(engine, boxes.build(box, folder / "box")), resources


@python_is_enough(one_engine)
@pytest.mark.parametrize("case", CASES)
def test_a_whole_run(engine: Engine, tmp_path: Path, case: str) -> None:
    host, resources = start(engine, tmp_path, case)

    assert_taken_back(host, resources)


@python_is_enough(lambda parameters: parameters["case"] != "policies replaced")
@pytest.mark.parametrize("case", CASES)
def test_a_run_that_dies_at_any_write(engine: Engine, tmp_path: Path, case: str) -> None:
    host, resources = start(engine, tmp_path, case)

    assert assert_every_crash_is_taken_back(host, resources) >= 1


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("case", CASES)
def test_undo_can_be_undone(engine: Engine, tmp_path: Path, case: str) -> None:
    """The journal of the undo takes the undo back, so the host is as the run left it."""
    host, resources = start(engine, tmp_path, case)
    host.converge(resources)
    hardened = state(host.box)
    taken_back(host, journals(host)[-1])

    taken_back(host, journals(host)[-1])

    assert changed(hardened, state(host.box)) == {}
