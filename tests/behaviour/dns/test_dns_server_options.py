# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS Server's options: every one from the wrong value, and back again. What is right is written here a second time, by property."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._dns.diagnostics import FLAGS
from ansible_collections.hardening.windows.plugins.plugin_utils._dns.setting_table import SETTINGS
from behaviour.convergence import JOURNALS, Host, python_is_enough
from behaviour.dns.options_host import (
    asked,
    assert_converges,
    differences,
    dying,
    nested,
    property_of,
    state,
    store,
    stored,
    take_back,
    turn,
)
from lab import boxes
from lab.engine import Engine, WriteFault

SETTING, RECURSION, CACHE, EDNS = "DnsServerSetting", "DnsServerRecursion", "DnsServerCache", "DnsServerEDns"
FORWARDER, BLOCK_LIST, RATES = "DnsServerForwarder", "DnsServerGlobalQueryBlockList", "DnsServerResponseRateLimiting"
DIAGNOSTICS, SCAVENGING = "DnsServerDiagnostics", "DnsServerScavenging"

# option -> its value, noun, property, the wrong and the right value there
Case = tuple[Any, str, str, Any, Any]
OPTIONS: dict[str, Case] = {
    "recursion.enabled": (True, RECURSION, "Enable", False, True),
    "recursion.timeout": (8, RECURSION, "Timeout", 15, 8),
    "recursion.retry_interval": (3, RECURSION, "RetryInterval", 15, 3),
    "recursion.additional_timeout": (4, RECURSION, "AdditionalTimeout", 15, 4),
    "cache.pollution_protection": (True, CACHE, "EnablePollutionProtection", False, True),
    "cache.locking_percent": (100, CACHE, "LockingPercent", 0, 100),
    "cache.max_ttl": (86400, CACHE, "MaxTtl", 2592000, 86400),
    "cache.max_negative_ttl": (900, CACHE, "MaxNegativeTtl", 2592000, 900),
    "cache.max_size": (0, CACHE, "MaxKBSize", 500, 0),
    "socket_pool.size": (2500, SETTING, "SocketPoolSize", 1, 2500),
    "edns.reception": (True, EDNS, "EnableReception", False, True),
    "edns.probes": (True, EDNS, "EnableProbes", False, True),
    "edns.cache_timeout": (900, EDNS, "CacheTimeout", 86400, 900),
    "version_query": ("none", SETTING, "EnableVersionQuery", 1, 0),
    "diagnostics.event_level": ("all", DIAGNOSTICS, "EventLogLevel", 0, 4),
    "diagnostics.log_file.path": ("C:\\logs\\dns.log", DIAGNOSTICS, "LogFilePath", None, "C:\\logs\\dns.log"),
    "diagnostics.log_file.max_size": (500_000_000, DIAGNOSTICS, "MaxMBFileSize", 65536, 500_000_000),
    "diagnostics.log_file.addresses": ([], DIAGNOSTICS, "FilterIPAddressList", ["10.0.0.9"], None),
    "scavenging.interval": (168, SCAVENGING, "ScavengingInterval", 0, 604800),
    "scavenging.default_aging": (True, SCAVENGING, "ScavengingState", False, True),
    "scavenging.refresh_interval": (168, SCAVENGING, "RefreshInterval", 3600, 604800),
    "scavenging.no_refresh_interval": (168, SCAVENGING, "NoRefreshInterval", 3600, 604800),
    "dnssec.validation": (True, SETTING, "EnableDnsSec", False, True),
    "updates.share_proxy_updates": (False, SETTING, "OpenAclOnProxyUpdates", True, False),
    "updates.iquery_responses": (False, SETTING, "EnableIQueryResponseGeneration", True, False),
    "updates.transfers_from_read_only": (False, SETTING, "AllowReadOnlyZoneTransfer", True, False),
    "block_list.enabled": (True, BLOCK_LIST, "Enable", False, True),
    "block_list.names": (["wpad", "isatap"], BLOCK_LIST, "List", None, ["wpad", "isatap"]),
    "response_rate_limiting.mode": ("enable", RATES, "Mode", "Disable", "Enable"),
    "response_rate_limiting.responses_per_second": (5, RATES, "ResponsesPerSec", 1000, 5),
    "response_rate_limiting.errors_per_second": (5, RATES, "ErrorsPerSec", 1000, 5),
    "response_rate_limiting.window": (5, RATES, "WindowInSec", 1, 5),
    "response_rate_limiting.ipv4_prefix_length": (24, RATES, "IPv4PrefixLength", 32, 24),
    "response_rate_limiting.ipv6_prefix_length": (56, RATES, "IPv6PrefixLength", 128, 56),
    "response_rate_limiting.leak_rate": (3, RATES, "LeakRate", 0, 3),
    "response_rate_limiting.truncate_rate": (2, RATES, "TruncateRate", 0, 2),
    "response_rate_limiting.max_responses_per_window": (1024, RATES, "MaximumResponsesPerWindow", 9999, 1024),
    "forwarders.addresses": (["192.0.2.2", "192.0.2.1"], FORWARDER, "IPAddress", ["192.0.2.1", "192.0.2.2"], ["192.0.2.2", "192.0.2.1"]),
    "forwarders.use_root_hints": (False, FORWARDER, "UseRootHint", True, False),
    "forwarders.timeout": (5, FORWARDER, "Timeout", 15, 5),
    "forwarders.reordering": (False, FORWARDER, "EnableReordering", True, False),
}
RESTARTING = {"cache.locking_percent", "socket_pool.size"}
# All options at once say on the slower engine what one after the other would.
by_python = python_is_enough(lambda _parameters: True)


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Host:
    """A server with zones in files, on which every option is wrong."""
    host = Host(engine, boxes.build("dns_files", tmp_path / "box"))
    turn(host.box, *((noun, name, wrong) for _value, noun, name, wrong, _right in OPTIONS.values()))
    return host


@by_python
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_is_wrong_is_one_change_and_can_be_taken_back(server: Host, option: str) -> None:
    value, noun, name, wrong, right = OPTIONS[option]
    before = state(server.box)
    result = assert_converges(server, asked(**nested(option, value)))
    assert [one["target"] for one in result["changes"]] == [f"DNS Server: {option}"]
    assert property_of(server.box, noun, name) in ((right, []) if right is None else (right,))
    assert len(differences(before, state(server.box))) == 1, "something else changed"
    assert result["restarts"] == ([{"service": "DNS", "state": "restarted"}] if option in RESTARTING else [])
    take_back(server)
    assert differences(before, state(server.box)) == set()
    assert property_of(server.box, noun, name) == wrong


@by_python
def test_each_flag_of_the_debug_log_is_one_change(server: Host) -> None:
    """Everything is logged, and one flag after the other is taken away and put back."""
    turn(server.box, *((DIAGNOSTICS, name, True) for name in FLAGS.values()))
    before = state(server.box)
    for option, name in FLAGS.items():
        result = server.converge(asked(**nested(option, False)))
        assert [one["target"] for one in result["changes"]] == [f"DNS Server: {option}"]
        assert property_of(server.box, DIAGNOSTICS, name) is False
        assert not server.converge(asked(**nested(option, False)))["changed"]
        take_back(server)
        assert differences(before, state(server.box)) == set()


def test_every_option_of_the_tables_is_tried() -> None:
    assert {setting.option for setting in SETTINGS} <= set(OPTIONS)
    assert len(FLAGS) == 23


# One for each way of writing: what the slower engine is asked for.
SAMPLES = (
    *("recursion.enabled", "cache.locking_percent", "cache.pollution_protection", "diagnostics.log_file.addresses", "scavenging.interval"),
    *(
        "updates.iquery_responses",
        "block_list.names",
        "response_rate_limiting.mode",
        "response_rate_limiting.leak_rate",
        "forwarders.addresses",
    ),
)


def everything(*names: str) -> dict[str, Any]:
    """The right values of these options, or of all and the flags of the debug log."""
    options: dict[str, Any] = {}
    values = {option: OPTIONS[option][0] for option in names or OPTIONS} | ({} if names else dict.fromkeys(FLAGS, False))
    for option, value in values.items():
        place = options
        *groups, last = option.split(".")
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return options


def test_everything_at_once_takes_two_trips_and_one_restart(server: Host) -> None:
    names, also = (SAMPLES, ()) if server.engine.name == "pwsh" else (tuple(OPTIONS), ("diagnostics.log_file.enabled",))
    before = state(server.box)
    result = assert_converges(server, asked(**everything(*(SAMPLES if not also else ()))))
    assert {one["target"] for one in result["changes"]} == {f"DNS Server: {option}" for option in (*names, *also)}
    assert result["restarts"] == [{"service": "DNS", "state": "restarted"}]
    assert result["round_trips"] == 2
    for option in names:
        _value, noun, name, _wrong, right = OPTIONS[option]
        assert property_of(server.box, noun, name) in ((right, []) if right is None else (right,)), name
    take_back(server)
    assert differences(before, state(server.box)) == set()


@by_python
def test_the_journal_takes_everything_back(server: Host) -> None:
    """But recursion, which undo switches off for nobody who needs it."""
    before, names = state(server.box), [option for option in OPTIONS if option != "recursion.enabled"]
    result = server.converge(asked(**everything(*names), packet_sizes={"tcp": 65280, "udp": 1221}))
    assert len(differences(before, state(server.box))) == len(names) + 2
    (journal,) = result["journal"]
    undone = server.undo(journal.rpartition("\\")[2].removesuffix(".jsonl"))
    assert "failed" not in undone, undone["msg"]
    assert differences(before, state(server.box)) == set()
    assert undone["restarts"] == [{"service": "DNS", "state": "restarted"}]


@by_python
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 7))
def test_a_run_that_dies_at_any_write_is_taken_back(server: Host, number: int, when: str) -> None:
    before = state(server.box)
    names = ("recursion.timeout", "cache.locking_percent", "response_rate_limiting.mode", "block_list.names", "forwarders.addresses")
    server.fault, server.on_the_way = WriteFault(number, when), dying
    assert "The connection was lost" in server.converge(asked(**everything(*names), packet_sizes={"udp": 1221}))["msg"]
    server.fault, server.on_the_way = None, None
    assert bool(differences(before, state(server.box))) == (number > 1 or when == "after")
    (journal,) = server.box.path(JOURNALS).glob("*.jsonl")
    undone = server.undo(journal.stem)
    assert "failed" not in undone, undone["msg"]
    assert differences(before, state(server.box)) == set()


@by_python
def test_turning_one_option_is_one_change(server: Host) -> None:
    """In the same host one after the other, each turned back before the next is."""
    wanted = asked(**everything())
    assert "failed" not in server.converge(wanted)
    assert server.converge(wanted, check=True)["changes"] == []
    for option, (_value, noun, name, wrong, right) in OPTIONS.items():
        turn(server.box, (noun, name, wrong))
        assert [one["target"] for one in server.converge(wanted, check=True)["changes"]] == [f"DNS Server: {option}"]
        turn(server.box, (noun, name, right))


@by_python
@pytest.mark.parametrize("name", ["dns_controller", "dns_files", "dns_secondary", "dns_forwarder", "dns_hardened"])
def test_the_vendors_written_defaults_are_not_the_real_ones(engine: Engine, tmp_path: Path, name: str) -> None:
    """A fresh server complies with what real ones show, and not with what the pages of dnscmd and the cmdlets say."""
    host = Host(engine, boxes.build(name, tmp_path / "box"))
    real = {
        "recursion": {"timeout": 8, "retry_interval": 3},
        "cache": {"pollution_protection": True},
        "edns": {"cache_timeout": 900},
        "version_query": "none",
        "forwarders": {"timeout": 3},
    }
    result = host.converge(asked(**real), check=True)
    assert (result.get("msg"), result["changes"]) == (None, [])
    assert host.converge(asked(response_rate_limiting={"mode": "enable"}), check=True)["changed"] is (name != "dns_hardened")


# -- what is taken at the start only --------------------------------------------------------------------


@by_python
def test_a_restart_is_made_later_where_told(server: Host) -> None:
    server.restart_now = False
    options = {"socket_pool": {"size": 2500, "excluded_ports": ["5000-5010"]}, "packet_sizes": {"tcp": 65280, "udp": 1221}}
    result = server.converge(asked(**options))
    assert result["restarts"] == [{"service": "DNS", "state": "not in force yet"}]
    assert property_of(server.box, SETTING, "MaximumUdpPacketSize") == 4000
    again = server.converge(asked(**options))
    assert not again["changed"]
    assert [warning.partition(" is set to ")[0] for warning in again["warnings"]] == [
        "packet_sizes.tcp",
        "packet_sizes.udp",
        "socket_pool.excluded_ports",
    ]


@by_python
def test_packet_sizes_and_excluded_ports_are_in_force_after_the_restart(server: Host) -> None:
    options = {"socket_pool": {"excluded_ports": ["5000-5010", "6000"]}, "packet_sizes": {"tcp": 65280, "udp": 1221}}
    before = state(server.box)
    assert len(assert_converges(server, asked(**options))["changes"]) == 3
    assert property_of(server.box, SETTING, "MaximumUdpPacketSize") == 1221
    assert property_of(server.box, SETTING, "TcpReceivePacketSize") == 65280
    assert property_of(server.box, SETTING, "SocketPoolExcludedPortRanges") == ["5000-5010", "6000-6000"]
    take_back(server)
    assert differences(before, state(server.box)) == set()
    assert stored(server.box, "MaximumUdpPacketSize") is None


@by_python
def test_a_plug_in_is_taken_away_before_it_is_loaded_again(server: Host) -> None:
    store(server.box, "ServerLevelPluginDll", {"kind": "String", "value": "\\\\192.0.2.66\\share\\x.dll"})
    result = assert_converges(server, asked(plugin_dll="absent"))
    assert [one["before"] for one in result["changes"]] == ["\\\\192.0.2.66\\share\\x.dll"]
    assert stored(server.box, "ServerLevelPluginDll") is None
    assert result["restarts"] == [{"service": "DNS", "state": "restarted"}]


@by_python
def test_what_somebody_wrote_into_the_registry_does_not_come_into_force_with_the_restart(server: Host) -> None:
    assert "failed" not in server.converge(asked(cache={"pollution_protection": True}))
    store(server.box, "SecureResponses", {"kind": "DWord", "value": 0})
    result = assert_converges(server, asked(cache={"pollution_protection": True}, socket_pool={"size": 2500}))
    assert property_of(server.box, CACHE, "EnablePollutionProtection") is True
    assert stored(server.box, "SecureResponses") == 1
    assert len(result["changes"]) == 2


@by_python
def test_a_stricter_bound_is_kept_unless_it_is_to_be_replaced(server: Host) -> None:
    turn(server.box, (SETTING, "SocketPoolSize", 10000), (CACHE, "LockingPercent", 100), (DIAGNOSTICS, "EventLogLevel", 7))
    options: dict[str, Any] = {
        "socket_pool": {"size": 2500},
        "cache": {"locking_percent": 90},
        "diagnostics": {"event_level": "warnings"},
    }
    kept = server.converge(asked(**options))
    assert not kept["changed"]
    assert all("stricter than" in " ".join(one["evidence"]) for one in kept["controls"])
    assert len(assert_converges(server, asked(**options, stricter="replace"))["changes"]) == 3
    assert property_of(server.box, SETTING, "SocketPoolSize") == 2500


@by_python
@pytest.mark.parametrize("level", [3, 5, 7])
def test_levels_of_the_event_log_that_mean_all_are_all(server: Host, level: int) -> None:
    turn(server.box, (DIAGNOSTICS, "EventLogLevel", level))
    assert not server.converge(asked(diagnostics={"event_level": "all"}, stricter="replace"))["changed"]
