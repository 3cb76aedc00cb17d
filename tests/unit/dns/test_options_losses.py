# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of the DNS Server take from others: said, or refused until it is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from unit.dns.options_samples import OWN, Server

NOUN = "DnsServerGlobalQueryBlockList"
BOTH: dict[str, Any] = {"enabled": True, "names": ["wpad", "isatap"]}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({}, None),
        ({"List": ["isatap"]}, "blocks wpad from now on"),
        ({"Enable": False}, "blocks wpad, isatap from now on"),
        ({"List": None}, "blocks wpad, isatap from now on"),
    ],
)
def test_a_name_that_was_answered_for_is_not_blocked_in_silence(found: dict[str, Any], told: str | None) -> None:
    warnings = Server().set(NOUN, **found).plan(block_list=BOTH).warnings
    assert [told in one for one in warnings] == ([] if told is None else [True])


def test_nothing_is_said_of_a_list_that_is_not_in_force() -> None:
    assert Server().set(NOUN, Enable=False).plan(block_list={"names": ["proxy"]}).warnings == ()


# -- recursion --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", [OWN, f" {OWN} "])
def test_recursion_that_other_hosts_of_the_play_need_is_not_switched_off(spelled: str) -> None:
    wanted: dict[str, Any] = {"recursion": {"enabled": False}, "play_resolvers": [spelled, "192.0.2.99"]}
    with pytest.raises(HardeningError, match=f"other hosts of the play resolve through {OWN}.*allow_recursion_loss"):
        Server().plan(**wanted)
    allowed = Server().plan(**wanted, allow_recursion_loss=True)
    assert allowed.changes
    assert "other hosts of the play" in allowed.warnings[0]
    assert Server().plan(recursion={"enabled": False}, play_resolvers=["192.0.2.99"]).changes


def test_where_policies_choose_it_is_only_said() -> None:
    """The scope that is used where no policy chooses is switched off; another may serve those hosts."""
    planned = Server().plan(recursion={"scopes": [{"name": ".", "enabled": False}]}, play_resolvers=[OWN])
    assert planned.changes
    assert [one for one in planned.warnings if "other hosts of the play" in one]


# -- the debug log ----------------------------------------------------------------------------------------


def logging(addresses: list[str] | None) -> Server:
    server = Server()
    server.found["DnsServerDiagnostics"] = [{"FilterIPAddressList": addresses}]
    return server


def test_addresses_of_the_debug_log_are_stored_as_they_compare() -> None:
    wanted: dict[str, Any] = {"diagnostics": {"log_file": {"addresses": ["2001:DB8:0::1", "10.20.0.9"]}}}
    (change,) = logging(None).plan(**wanted).changes
    assert change.operation.parameters["arguments"] == ["/LogIPFilterList", "2001:db8::1", "10.20.0.9"]
    assert logging(["10.20.0.9", "2001:db8::1"]).plan(**wanted).empty


@pytest.mark.parametrize("wrong", ["10.1", "1", "dc01"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(HardeningError, match=r"diagnostics\.log_file\.addresses.*no IP address"):
        logging(None).plan(diagnostics={"log_file": {"addresses": [wrong]}})


# -- trust anchors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "refused"), [(".", True), ("corp.example", False)])
def test_a_mistyped_anchor_of_the_root_would_end_resolution(zone: str, refused: bool) -> None:
    right: dict[str, Any] = {"key_tag": 20326, "digest": "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d", "name": zone}
    assert Server().plan(dnssec={"trust_anchors": [right]}).changes
    wrong: dict[str, Any] = {"dnssec": {"trust_anchors": [right | {"digest": right["digest"][:-1] + "c"}]}}
    if not refused:
        assert Server().plan(**wrong).changes
        return
    with pytest.raises(HardeningError, match="the root's key 20326, whose digest is E06D44B80B8F"):
        Server().plan(**wrong)


# -- forwarders -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("forwarders", "said"), [([], True), (["192.0.2.1"], False)])
def test_neither_forwarders_nor_root_hints_is_said(forwarders: list[str], said: bool) -> None:
    warnings = Server().plan(forwarders={"addresses": forwarders, "use_root_hints": False}).warnings
    assert [one for one in warnings if "no forwarder and is told not to use root hints" in one] == list(warnings)
    assert bool(warnings) is said


SPLIT: dict[str, Any] = {
    "client_subnets": [{"name": "inside", "ipv4": ["10.20.0.0/16"]}],
    "recursion": {"scopes": [{"name": ".", "enabled": False}, {"name": "inside", "enabled": True}]},
    "query_policies": [
        {"name": "inside", "action": "allow", "on_recursion": True, "recursion_scope": "inside", "client_subnet": "EQ,inside"}
    ],
}


def test_recursion_for_the_rest_ends_once_those_who_keep_it_have_their_policy() -> None:
    """A run that stops in the middle leaves everybody resolving."""
    assert [change.target for change in Server().plan(**SPLIT).changes] == [
        "client_subnets: inside",
        "recursion.scopes: inside",
        "query_policies: inside (server)",
        "recursion.scopes: .",
    ]


def split_without_hints(**scope: Any) -> Server:
    """Nothing recurses yet but, where `scope` is given, the scope inside."""
    server = Server()
    server.found["DnsServerRootHint"] = []
    if scope:
        server.found["DnsServerRecursionScope"].append({"Name": "inside", "EnableRecursion": True, "Forwarder": None} | scope)
    return server


@pytest.mark.parametrize("scope", [{}, {"EnableRecursion": False}, {"Forwarder": None, "EnableRecursion": False}])
def test_a_scope_is_not_left_with_nobody_to_ask(scope: dict[str, Any]) -> None:
    with pytest.raises(HardeningError, match=r"the recursion scope inside would recurse and have nobody to ask.*recursion\.scopes"):
        split_without_hints(**scope).plan(**SPLIT)


def test_a_scope_that_has_nobody_to_ask_already_is_said() -> None:
    planned = split_without_hints(Forwarder=None).plan(**SPLIT)
    assert [one for one in planned.warnings if "The recursion scope inside recurses and has neither forwarders nor root hints" in one]


def test_a_scope_with_forwarders_has_somebody_to_ask() -> None:
    planned = split_without_hints(Forwarder=["10.0.0.1"]).plan(**SPLIT)
    assert planned.changes
    assert not [one for one in planned.warnings if "recursion scope" in one]


def own_scope(*forwarders: str) -> dict[str, Any]:
    return {"recursion": {"scopes": [{"name": ".", "enabled": True, "forwarders": list(forwarders)}]}}


@pytest.mark.parametrize(("address", "why"), [("127.0.0.1", "the server would ask itself"), (OWN, "which is the server itself")])
def test_a_scope_does_not_ask_the_server_itself_either(address: str, why: str) -> None:
    with pytest.raises(HardeningError, match=rf"recursion\.scopes, \..*{why}"):
        Server().plan(**own_scope(address))


def test_forwarders_of_the_servers_own_scope_are_somebody_to_ask() -> None:
    server = Server().set("DnsServerRecursion", Enable=False)
    server.found["DnsServerRootHint"] = []
    assert server.plan(**own_scope("10.0.0.1")).changes
    with pytest.raises(HardeningError, match="nobody to ask"):
        server.plan(recursion={"scopes": [{"name": ".", "enabled": True}]})
