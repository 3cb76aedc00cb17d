# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the DNS Server: what is planned, what each write is planned on, what is judged, and what is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options import DnsServerOptions
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.server_options_controls import CONTROLS
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.setting_table import SETTINGS
from unit.dns.options_samples import OWN, SHOP, Server, defaults, lines, statuses

DENIED = Failure("access_denied", "Zugriff verweigert", "0x80070005")
MISSING = Failure("command_missing", "no such cmdlet")


def operation(plan: Any) -> dict[str, Any]:
    (change,) = plan.changes
    return dict(change.operation.as_request())


def test_a_single_value_is_written_by_dnscmd_and_planned_on_itself_alone() -> None:
    assert operation(Server().plan(recursion={"enabled": False})) == {
        "provider": "dns",
        "operation": "dnscmd",
        "command": "Config",
        "arguments": ["/NoRecursion", "1"],
        "planned": [{"cmdlet": "DnsServerRecursion", "parameters": {}, "where": {}, "values": {"Enable": True}}],
    }


def test_what_dnscmd_does_not_know_is_written_as_a_setting() -> None:
    server = Server().set("DnsServerSetting", EnableIQueryResponseGeneration=True)
    found = operation(server.plan(updates={"iquery_responses": False}))
    assert (found["operation"], found["property"], found["value"]) == ("setting", "EnableIQueryResponseGeneration", False)


def test_the_undo_is_planned_on_what_the_change_leaves() -> None:
    (change,) = Server().plan(version_query="full").changes
    assert change.undo.parameters["arguments"] == ["/EnableVersionQuery", "0"]
    assert change.undo.parameters["planned"][0]["values"] == {"EnableVersionQuery": 1}


def test_the_mode_goes_with_every_call_of_rate_limiting_and_the_pair_stays_together() -> None:
    found = operation(Server().plan(response_rate_limiting={"leak_rate": 5}))
    assert found["parameters"] == {"Mode": "Disable", "LeakRate": 5, "TruncateRate": 2}
    assert "nothing is limited" in Server().plan(response_rate_limiting={"leak_rate": 5}).warnings[0]


def test_packets_of_the_debug_log_go_together_by_the_setters_own_names() -> None:
    server, names = Server(), ("Queries", "Update", "Notifications", "QuestionTransactions", "Answers", "SendPackets", "UdpPackets")
    server.found["DnsServerDiagnostics"] = [dict.fromkeys((*names, "ReceivePackets", "TcpPackets"), True)]
    found = operation(server.plan(diagnostics={"packets": {"updates": False}}))
    parameters = found["parameters"]
    assert (parameters.pop("Updates"), "Update" in parameters) == (False, False)
    assert parameters == dict.fromkeys(({*names, "ReceivePackets", "TcpPackets"} - {"Update"}), True)


def test_a_pair_is_judged_with_what_the_server_has() -> None:
    with pytest.raises(HardeningError, match="9917"):
        Server().plan(response_rate_limiting={"leak_rate": 2, "truncate_rate": 3})
    with pytest.raises(HardeningError, match="leak_rate 3 is below truncate_rate 9"):
        Server().plan(response_rate_limiting={"truncate_rate": 9})
    assert Server().plan(response_rate_limiting={"truncate_rate": 9, "leak_rate": 0}).changes


def test_a_property_that_this_version_does_not_have_is_left_and_told() -> None:
    server = Server()
    del server.found["DnsServerSetting"][0]["EnableVersionQuery"]
    plan = server.plan(version_query="none")
    assert (plan.changes, statuses(plan)) == ((), {"06": "not_applicable"})
    assert "does not have it" in plan.warnings[0]


@pytest.mark.parametrize(
    ("option", "now", "status"),
    [
        ({"version_query": "none"}, {}, "compliant"),
        ({"version_query": "full"}, {}, None),
        ({"cache": {"locking_percent": 80}, "stricter": "replace"}, {}, None),
        ({"socket_pool": {"size": 3000}}, {}, "changed"),
        ({"dnssec": {"validation": True}}, {}, "compliant"),
    ],
)
def test_who_allows_what_a_control_forbids_does_not_comply_with_it(option: dict[str, Any], now: dict[str, Any], status: str | None) -> None:
    found = list(statuses(Server().set("DnsServerSetting", **now).plan(**option)).values())
    assert found == ([] if status is None else [status])


def test_the_block_list_is_met_by_both_names_in_force() -> None:
    assert statuses(Server().plan(block_list={"enabled": True})) == {"07": "compliant"}
    off = Server().set("DnsServerGlobalQueryBlockList", Enable=False)
    assert statuses(off.plan(block_list={"names": ["wpad"]})) == {}
    assert statuses(off.plan(block_list={"enabled": True})) == {"07": "changed"}
    empty = Server().set("DnsServerGlobalQueryBlockList", List=None)
    plan = empty.plan(block_list={"enabled": True})
    assert (statuses(plan), plan.changes) == ({}, ())
    assert "nothing is blocked" in plan.warnings[0]
    assert lines(empty.plan(block_list={"names": ["WPAD", "isatap"]})) == ["block_list.names: none -> wpad, isatap"]


def test_names_of_the_block_list_are_added_to_those_that_are_there() -> None:
    (change,) = Server().plan(block_list={"names": ["auto"]}).changes
    assert change.operation.parameters["arguments"] == ["/GlobalQueryBlockList", "wpad", "isatap", "auto"]


def test_only_and_skip_leave_options_out() -> None:
    server = Server().set("DnsServerSetting", EnableVersionQuery=1, OpenAclOnProxyUpdates=True)
    given: dict[str, Any] = {"version_query": "none", "updates": {"share_proxy_updates": False}, "recursion": {"timeout": 5}}
    assert lines(server.plan(**given, only=["V-259403"])) == ["version_query: 1 (full) -> 0 (none)"]
    assert [one.partition(":")[0] for one in lines(server.plan(**given, skip=["HW-DNS-06"]))] == [
        "recursion.timeout",
        "updates.share_proxy_updates",
    ]


def test_every_control_is_some_options() -> None:
    served = {control.id for setting in SETTINGS for control in setting.controls}
    others = {"02", "07", "08", "10", "12", "13", "14", "15", "20", "21"}
    assert served | {f"HW-DNS-{number}" for number in others} == {control.id for control in CONTROLS}
    assert all(int(control.id.removeprefix("HW-DNS-")) < 40 for control in CONTROLS)


# -- the server cannot be asked -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Server(service={"exists": False}), "the role DNS Server is not on this host"),
        (Server(service={"exists": True, "state": "Stopped"}), "does not run"),
        (Server(failures={"DnsServerSetting": MISSING}), "RSAT-DNS-Server"),
        (Server(failures={"DnsServerRecursion": DENIED}), "Zugriff verweigert"),
        (Server(found=defaults() | {"DnsServerRecursion": []}), "gave 0 objects"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_before_any_write(server: Server, said: str) -> None:
    with pytest.raises(HardeningError, match=f"Nothing was changed: .*{said}"):
        server.plan(recursion={"timeout": 5}, version_query="full")


def test_a_server_without_root_hints_says_so_with_an_error_of_its_own() -> None:
    server = Server(failures={"DnsServerRootHint": Failure("dns_error", "no root hints", "0x8007255c")})
    with pytest.raises(HardeningError, match="nobody to ask"):
        server.set("DnsServerForwarder", IPAddress=["192.0.2.1"]).plan(forwarders={"addresses": []})
    assert server.plan(forwarders={"addresses": ["192.0.2.2"]}).changes


# -- proofs ---------------------------------------------------------------------------------------------


def problem(plan: Any, answers: list[dict[str, Any]]) -> str | None:
    ((proof,),) = [stage.proofs for stage in plan.stages]
    server = Server(answers=answers)
    return proof.problem(Observations(proof.reads, [server.answer(read.as_request()) for read in proof.reads]))


def test_a_restart_is_proved_by_the_servers_own_zones() -> None:
    plan = Server().plan(socket_pool={"size": 3000})
    assert plan.stages[0].restarts == ("DNS",)
    assert problem(plan, [{"records": [{"name": "shop.example", "type": "SOA", "data": "ns.shop.example"}]}]) is None
    refused = {"error": {"kind": "dns_error", "message": "refused", "hresult": "0x8007232d"}}
    assert "shop.example (refused (0x8007232d))" in str(problem(plan, [refused]))
    assert "no SOA record" in str(problem(plan, [{"records": []}]))


def test_a_restart_that_comes_later_proves_nothing() -> None:
    plan = Server().plan(restart_now=False, socket_pool={"size": 3000}, packet_sizes={"udp": 1221})
    assert (plan.stages[0].restarts, plan.stages[0].proofs) == (("DNS",), ())


def test_a_change_without_restart_proves_nothing() -> None:
    assert Server().plan(version_query="full").stages[0].proofs == ()


def test_the_cut_short_answers_of_a_proof_are_a_sentence() -> None:
    with pytest.raises(HardeningError, match="not whole"):
        problem(Server().plan(socket_pool={"size": 3000}), 5)  # type: ignore[arg-type]


# -- listen addresses -----------------------------------------------------------------------------------


def test_addresses_of_a_link_are_the_same_with_the_number_of_their_interface() -> None:
    server = Server(registry={"ListenAddresses": {"kind": "MultiString", "value": [OWN, "fe80::1"]}})
    assert server.plan(listen_addresses=["fe80::1", OWN]).changes == ()


def test_name_servers_of_zones_are_asked_only_where_an_address_is_dropped() -> None:
    many = Server().set("DnsServerSetting", AllIPAddress=[OWN, "192.0.2.54"], ListeningIPAddress=[OWN, "192.0.2.54"])
    many.answers = [
        {
            "records": [
                {"name": "shop.example", "type": "NS", "data": "NS2.shop.example."},
                {"name": "ns2.shop.example", "type": "A", "data": "192.0.2.54"},
                {"name": "www.shop.example", "type": "A", "data": "192.0.2.53"},
            ]
        }
    ]
    with pytest.raises(HardeningError, match="192.0.2.54: the zones' name server records"):
        many.plan(listen_addresses=[OWN])
    assert lines(many.plan(listen_addresses=["192.0.2.54"])) == ["listen_addresses: all -> 192.0.2.54"]
    many.answers = [{"error": {"kind": "dns_error", "message": "no answer", "hresult": "0x800705b4"}}]
    with pytest.raises(HardeningError, match=r"192\.0\.2\.54: the zone shop\.example did not say which name servers it has"):
        many.plan(listen_addresses=[OWN])
    assert many.plan(listen_addresses=[OWN], allow_address_loss=True).changes
    many.answers = [{"records": []}]
    assert many.plan(listen_addresses=[OWN]).changes


def test_of_many_zones_each_is_asked_for_its_name_servers() -> None:
    many = Server().set("DnsServerSetting", AllIPAddress=[OWN, "192.0.2.54"], ListeningIPAddress=[OWN, "192.0.2.54"])
    many.found["DnsServerZone"] = [{**SHOP, "ZoneName": f"z{number}.example"} for number in range(500)]
    resource = DnsServerOptions({"listen_addresses": [OWN]})
    (query,) = resource.further_reads(many.observe(resource))
    assert len(query.parameters["questions"]) == 500


def test_where_no_address_stays_nobody_can_ask_the_zones() -> None:
    server = Server().set("DnsServerSetting", AllIPAddress=[OWN, "192.0.2.54"], ListeningIPAddress=[OWN])
    server.registry = {"ListenAddresses": {"kind": "MultiString", "value": [OWN]}}
    with pytest.raises(HardeningError, match="192.0.2.53: no address stays"):
        server.plan(listen_addresses=["192.0.2.54"])
    assert server.plan(listen_addresses=["192.0.2.54"], allow_address_loss=True).changes
    server.found["DnsServerZone"] = []
    assert server.plan(listen_addresses=["192.0.2.54"]).changes


# -- size -----------------------------------------------------------------------------------------------


def test_hundreds_of_zones_cost_little_and_one_batch() -> None:
    server = Server()
    server.found["DnsServerZone"] = [SHOP | {"ZoneName": f"zone-{number:03}.example"} for number in range(500)]
    began = time.process_time()
    plan = server.plan(socket_pool={"size": 3000}, recursion={"enabled": False})
    assert time.process_time() - began < 0.5
    (query,) = [read for proof in plan.stages[0].proofs for read in proof.reads]
    assert len(query.parameters["questions"]) == 200


def test_a_server_with_none_of_the_optional_objects_is_planned() -> None:
    """Windows gives null for an empty list and leaves lists of objects out."""
    server = Server()
    plan = server.plan(
        client_subnets=[{"name": "a", "ipv4": ["10.0.0.0/8"]}],
        query_policies=[{"name": "p", "action": "deny", "client_subnet": "EQ,a"}],
        response_rate_limiting={"exceptions": [{"name": "x", "client_subnet": "EQ,a"}]},
    )
    assert [one.partition(":")[0] for one in lines(plan)] == ["client_subnets", "query_policies", "response_rate_limiting.exceptions"]
    assert Observation(None).value is None
