# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of the DNS Server: scopes, subnets, policies, exceptions, trust anchors; merged, replaced, changed, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.options_host import asked, assert_converges, differences, set_list, state, take_back
from lab import boxes
from lab.engine import Engine

SUBNETS, SCOPES, POLICIES = "DnsServerClientSubnet", "DnsServerRecursionScope", "DnsServerQueryResolutionPolicy"
TRANSFERS, EXCEPTIONS, ANCHORS = "DnsServerZoneTransferPolicy", "DnsServerResponseRateLimitingExceptionlist", "DnsServerTrustAnchor"
KSK_2017 = {"key_tag": 20326, "digest": "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d"}
KSK_2024 = {"key_tag": 38696, "digest": "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"}
GUESTS = {"name": "guests", "ipv4": ["10.30.0.0/16"]}
by_python = python_is_enough(lambda _parameters: True)


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Host:
    """A server with forwarders, a scope, a subnet and a policy, all for guests."""
    return Host(engine, boxes.build("dns_forwarder", tmp_path / "box"))


def names(host: Host, noun: str) -> list[str]:
    return sorted(one["Name"] for one in host.box.read_json("dns")[noun])


def entry(host: Host, noun: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in host.box.read_json("dns")[noun] if one["Name"] == name]
    return found


def orders(host: Host, noun: str = POLICIES) -> list[str]:
    """Policies on queries that come in, in the order in which they are processed."""
    found = [one for one in host.box.read_json("dns")[noun] if one["AppliesOn"] != "Recursion"]
    return [one["Name"] for one in sorted(found, key=lambda one: one["ProcessingOrder"])]


def deny(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "action": "deny", "client_subnet": "EQ,guests", **more}


def converged(host: Host, **options: Any) -> dict[str, Any]:
    """Converges, and shows that it can be taken back step by step and by its journal, before it converges for good."""
    before = state(host.box)
    assert "failed" not in host.converge(asked(**options))
    take_back(host)
    assert differences(before, state(host.box)) == set()
    (journal,) = host.converge(asked(**options))["journal"]
    undone = host.undo(journal.rpartition("\\")[2].removesuffix(".jsonl"))
    assert "failed" not in undone, undone["msg"]
    assert differences(before, state(host.box)) == set()
    return assert_converges(host, asked(**options))


SPLIT: dict[str, Any] = {
    "client_subnets": [{"name": "inside", "ipv4": ["10.20.0.0/16"], "ipv6": ["2001:db8::/32"]}],
    "recursion": {"scopes": [{"name": "inside", "forwarders": ["192.0.2.99"]}]},
    "query_policies": [
        {"name": "inside", "action": "allow", "on_recursion": True, "recursion_scope": "inside", "client_subnet": "EQ,inside"},
        deny("no-any", query_type="EQ,ANY"),
        deny("no-lab", zone="intern.example", fqdn="EQ,*.lab.intern.example"),
    ],
    "transfer_policies": [{"name": "inside-only", "action": "ignore", "client_subnet": "NE,inside"}],
    "response_rate_limiting": {"exceptions": [{"name": "inside", "client_subnet": "EQ,inside"}]},
}


def test_what_policies_use_comes_first_and_goes_last(server: Host) -> None:
    """All kinds of lists in one run, and back to what was there, by taking back and by replacing."""
    assert "failed" not in server.converge(asked(**SPLIT))
    assert names(server, SUBNETS) == ["guests", "inside"]
    assert names(server, POLICIES) == ["guests", "inside", "no-any", "no-lab"]
    emptied = {
        "client_subnets": [],
        "client_subnets_mode": "replace",
        "recursion": {"scopes": [], "scopes_mode": "replace"},
        "query_policies": [deny("no-lab", zone="intern.example", fqdn="EQ,*.other.example", client_subnet="EQ,guests")],
        "query_policies_mode": "replace",
        "transfer_policies": [],
        "transfer_policies_mode": "replace",
        "response_rate_limiting": {"exceptions": [], "exceptions_mode": "replace"},
    }
    emptied["client_subnets"] = [GUESTS]
    result = assert_converges(server, asked(**emptied))
    assert names(server, POLICIES) == ["no-lab"]
    assert [names(server, noun) for noun in (SUBNETS, SCOPES, TRANSFERS, EXCEPTIONS)] == [["guests"], [], [], []]
    assert sum(one["after"] == "absent" for one in result["changes"]) == len(result["changes"]) - 1


@by_python
def test_all_lists_together_are_taken_back(server: Host) -> None:
    result = converged(server, **SPLIT)
    assert len(result["changes"]) == 7
    assert {one["id"] for one in result["controls"]} == {"HW-DNS-20", "HW-DNS-21"}


@by_python
def test_networks_of_a_subnet_change_one_by_one(server: Host) -> None:
    wanted = {"name": "GUESTS", "ipv4": ["10.31.0.0/16"], "ipv6": ["2001:db8:1::/48"]}
    result = converged(server, client_subnets=[wanted])
    assert [(one["before"], one["after"]) for one in result["changes"]] == [
        ("10.30.0.0/16", "10.31.0.0/16"),
        ("none", "2001:db8:1::/48"),
    ]
    assert len(converged(server, client_subnets=[wanted | {"ipv4": ["10.32.0.0/16", "10.33.0.0/16"]}])["changes"]) == 1
    assert entry(server, SUBNETS, "guests")["IPv6Subnet"] == ["2001:db8:1::/48"]
    assert entry(server, SUBNETS, "guests")["IPv4Subnet"] == ["10.32.0.0/16", "10.33.0.0/16"]
    assert converged(server, client_subnets=[{"name": "guests", "ipv4": [], "ipv6": ["2001:db8:1::/48"]}])["changed"]
    assert entry(server, SUBNETS, "guests")["IPv4Subnet"] is None


@by_python
def test_a_family_that_is_not_given_stays(server: Host) -> None:
    converged(server, client_subnets=[{"name": "guests", "ipv6": ["2001:db8:1::/48"]}])
    assert entry(server, SUBNETS, "guests")["IPv4Subnet"] == ["10.30.0.0/16"]


@by_python
def test_a_scope_is_changed_where_it_stands(server: Host) -> None:
    result = converged(server, recursion={"scopes": [{"name": "guests", "forwarders": ["203.0.113.54"], "enabled": False}]})
    assert [one["target"] for one in result["changes"]] == ["DNS Server: recursion.scopes: guests"]
    found = entry(server, SCOPES, "guests")
    assert (found["Forwarder"], found["EnableRecursion"]) == (["203.0.113.54"], False)


@by_python
def test_an_exception_that_differs_is_added_anew(server: Host) -> None:
    wish = {"name": "x", "client_subnet": "EQ,guests", "fqdn": "EQ,a.example"}
    converged(server, response_rate_limiting={"exceptions": [wish]})
    assert not server.converge(asked(response_rate_limiting={"exceptions": [wish | {"fqdn": "EQ,A.example."}]}))["changed"]
    assert server.converge(asked(response_rate_limiting={"exceptions": [wish | {"condition": "or"}]}), check=True)["changed"]
    result = converged(server, response_rate_limiting={"exceptions": [{"name": "X", "fqdn": "EQ,a.example", "condition": "or"}]})
    assert len(result["changes"]) == 2
    assert entry(server, EXCEPTIONS, "X")["ClientSubnet"] is None


@by_python
def test_a_policy_that_means_the_same_is_not_touched(server: Host) -> None:
    document = server.box.read_json("dns")[POLICIES][0]
    policy = document | {
        "Name": "any",
        "AppliesOn": "QueryProcessing",
        "Action": "Deny",
        "Content": None,
        "Criteria": [
            {"CriteriaType": "Fqdn", "Criteria": "EQ,*.B.example.,*.a.example"},
            {"CriteriaType": "Interface", "Criteria": "EQ,10.20.0.40"},
        ],
    }
    set_list(server.box, POLICIES, [document, policy])
    wish = {"name": "Any", "action": "deny", "fqdn": "EQ,*.a.example,*.b.example", "server_interface": "EQ,10.20.0.40"}
    assert not server.converge(asked(query_policies=[wish]))["changed"]
    assert server.converge(asked(query_policies=[wish | {"condition": "or"}]), check=True)["changed"]
    assert server.converge(asked(query_policies=[wish | {"enabled": False}]), check=True)["changed"]
    assert server.converge(asked(query_policies=[wish | {"query_type": "EQ,A"}]), check=True)["changed"]


@by_python
def test_policies_get_the_places_they_are_given(server: Host) -> None:
    assert "failed" not in server.converge(asked(query_policies=[deny(name) for name in ("a", "b", "c")]))
    assert orders(server) == ["a", "b", "c"]
    converged(server, query_policies=[deny("c", processing_order=1), deny("d", processing_order=2)])
    assert orders(server) == ["c", "d", "a", "b"]
    converged(server, query_policies=[deny("a", processing_order=1), deny("c", processing_order=3)])
    assert orders(server) == ["a", "d", "c", "b"]
    changed = converged(server, query_policies=[deny("d", query_type="EQ,TXT")])
    assert (orders(server), len(changed["changes"])) == (["a", "d", "c", "b"], 2)
    gone = converged(server, query_policies=[deny("b"), deny("c", processing_order=2)], query_policies_mode="replace")
    assert orders(server) == ["b", "c"]
    assert {one["after"] for one in gone["changes"][:2]} == {"absent"}
    assert names(server, POLICIES) == ["b", "c"]


@by_python
def test_the_journal_puts_back_one_that_was_moved_aside_and_back(server: Host) -> None:
    """b has the second place before and afterwards, with another policy in front of it."""
    assert "failed" not in server.converge(asked(query_policies=[deny("a"), deny("b")]))
    converged(server, query_policies=[deny("n", processing_order=1), deny("b", processing_order=2)])
    assert orders(server) == ["n", "b", "a"]


@by_python
def test_another_scope_of_a_policy_is_taken_back_too(server: Host) -> None:
    wish = {"name": "guests", "action": "allow", "on_recursion": True, "recursion_scope": "lab", "client_subnet": "EQ,guests"}
    result = converged(server, recursion={"scopes": [{"name": "lab"}]}, query_policies=[wish])
    assert len(result["changes"]) == 3


@by_python
def test_trust_anchors_are_added_and_one_of_several_is_removed(server: Host) -> None:
    one = converged(server, dnssec={"trust_anchors": [KSK_2017]})
    assert one["changes"][0]["target"] == "DNS Server: dnssec.trust_anchors: . 20326 Sha256"
    assert_converges(server, asked(dnssec={"trust_anchors": [KSK_2024]}))
    tags = [found["TrustAnchorData"]["KeyTag"] for found in server.box.read_json("dns")[ANCHORS]]
    assert tags == [20326, 38696]


@by_python
def test_a_key_that_the_server_has_learned_counts_as_its_anchor(server: Host) -> None:
    """The key of RFC 4034 5.4, whose tag is given there."""
    key = (
        "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLU"
        "Uh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="
    )
    data = {"CryptoAlgorithm": "RsaSha1", "KeyProtocol": "DnsSec", "Base64Data": key}
    flagged = {"TrustAnchorName": "example.", "TrustAnchorType": "DNSKEY", "TrustAnchorState": "Valid", "TrustAnchorData": data}
    set_list(server.box, ANCHORS, [flagged])
    # that key is no key signing key, so its tag is one less than with the flag of one: 60485 and 60486
    wish = {"name": "example", "key_tag": 60486, "algorithm": "RsaSha1", "digest_type": "Sha1", "digest": "0" * 40}
    assert not server.converge(asked(dnssec={"trust_anchors": [wish]}))["changed"]
    assert server.converge(asked(dnssec={"trust_anchors": [wish | {"key_tag": 60485}]}), check=True)["changed"]


@by_python
def test_one_domain_controller_writes_trust_anchors_and_the_others_look(engine: Engine, tmp_path: Path) -> None:
    host = Host(engine, boxes.build("dns_controller", tmp_path / "controller"))
    result = host.converge(asked(dnssec={"trust_anchors": [KSK_2017]}, directory_writer="OTHER"))
    assert not result["changed"]
    assert "OTHER writes it into the directory" in result["warnings"][0]
    assert [(one["id"], one["status"]) for one in result["controls"]] == [("HW-DNS-12", "non_compliant")]
    own = host.box.read_json("host")["computer_name"]
    assert host.converge(asked(dnssec={"trust_anchors": [KSK_2017]}, directory_writer=f"{own}.corp.example"))["changed"]
    assert not host.converge(asked(dnssec={"trust_anchors": [KSK_2017]}, directory_writer="OTHER"))["changed"]


@by_python
def test_one_of_several_trust_anchors_is_taken_away(server: Host) -> None:
    converged(server, dnssec={"trust_anchors": [KSK_2017, KSK_2024]})
    converged(server, dnssec={"trust_anchors": [KSK_2024], "trust_anchors_mode": "replace"})
    assert [found["TrustAnchorData"]["KeyTag"] for found in server.box.read_json("dns")[ANCHORS]] == [38696]
