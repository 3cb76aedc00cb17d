# SPDX-License-Identifier: GPL-3.0-or-later
"""The role dns_harden against the modules it converges: options, defaults, profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.options import ARGUMENT_SPEC
from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from behaviour.role_options import DNS_PROFILES, dns_resources_of, variable
from unit.test_documentation import SPECS, shape, undescribed

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/dns_harden"
OPTIONS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text("utf-8"))
# a module's variable in the role
MODULES = {
    "server_options": "dns_server_options",
    "zone_security": "dns_zone_security",
    "root_hints": "dns_root_hints",
    "server_acl": "dns_server_acl",
}
# said once for the whole role, or filled in by it
SHARED = {"only", "skip", "restart", "directory_writer", "play_resolvers"}


@pytest.mark.parametrize("name", MODULES)
def test_a_modules_variable_has_the_modules_options(name: str) -> None:
    spec = {option: one for option, one in SPECS[MODULES[name]].items() if option not in SHARED}
    assert shape(OPTIONS[f"dns_harden_{name}"]["options"], "options") == shape(spec, "options")
    assert DEFAULTS[f"dns_harden_{name}"] == {}


def test_every_module_of_the_family_has_a_variable() -> None:
    assert set(MODULES.values()) == {name for name, resource in RESOURCES.items() if resource.entry == "windows_dns"}


def test_everything_is_described() -> None:
    assert undescribed(OPTIONS, "options") == []


def test_every_variable_has_a_default_and_no_other_has() -> None:
    assert set(DEFAULTS) == set(OPTIONS)


def test_the_documented_defaults_are_the_defaults() -> None:
    plain = {name: value for name, value in DEFAULTS.items() if "{{" not in str(value)}
    documented = {name: one["default"] for name, one in OPTIONS.items() if "default" in one}
    assert {name: plain[name] for name in documented} == documented
    assert {name for name, value in plain.items() if value not in (None, [], {}) and name not in documented} == set()


@pytest.mark.parametrize("name", ["port", "zones", "recursion_name", "rate_limiting"])
def test_what_the_probe_is_told_is_of_its_own_kind(name: str) -> None:
    one = OPTIONS[f"dns_harden_probe_{name}"]
    assert (one["type"], one.get("elements")) == (ARGUMENT_SPEC[name]["type"], ARGUMENT_SPEC[name].get("elements"))


@pytest.mark.parametrize("profile", DNS_PROFILES)
def test_a_profile_is_made_of_options(profile: str) -> None:
    assert build_resources({"resources": dns_resources_of(profile)}, RESOURCES)
    assert build_resources({"resources": dns_resources_of(profile, secondaries=["10.20.0.12"])}, RESOURCES)
    assert set(DNS_PROFILES) == set(DEFAULTS["dns_harden_profiles"])


@pytest.mark.parametrize("profile", DNS_PROFILES)
def test_no_profile_takes_name_resolution_away(profile: str) -> None:
    """Recursion, forwarders, listen addresses and the list of root hints are for a person to say."""
    server = given(profile, "dns_server_options")
    assert {"recursion", "forwarders", "listen_addresses", "recursion_scopes", "query_policies"} & set(server) == set()
    assert given(profile, "dns_root_hints") == {}
    assert given(profile, "dns_server_acl") == {}


def given(profile: str, module: str, **variables: Any) -> dict[str, Any]:
    return next(one[module] for one in dns_resources_of(profile, **variables) if module in one)


def test_a_modules_variable_wins_and_merges_groups() -> None:
    mine = {"cache": {"locking_percent": 90}, "version_query": None, "recursion": {"enabled": False}}
    server = given("baseline", "dns_server_options", server_options=mine)
    assert server["cache"] == {"pollution_protection": True, "locking_percent": 90}
    assert (server["version_query"], server["recursion"]) == (None, {"enabled": False})
    # of lists the later one is meant
    assert given("baseline", "dns_server_options", server_options={"block_list": {"names": ["wpad"]}})["block_list"] == {
        "enabled": True,
        "names": ["wpad"],
    }


@pytest.mark.parametrize(("secondaries", "mode"), [([], "name_servers"), (["10.20.0.12"], "listed")])
def test_the_secondaries_are_those_who_may_fetch_the_zones(secondaries: list[str], mode: str) -> None:
    transfers = given("baseline", "dns_zone_security", secondaries=secondaries)["all_zones"]["transfers"]
    assert transfers == {"mode": mode, "addresses": secondaries or None}


def test_what_is_said_of_all_zones_replaces_what_the_profile_says_of_it() -> None:
    """A mode of the user's with the profile's addresses would be a contradiction that nobody wrote."""
    mine = {"all_zones": {"transfers": {"mode": "none"}}, "zones": [{"name": "corp.example", "dynamic_update": "secure"}]}
    found = given("baseline", "dns_zone_security", secondaries=["10.20.0.12"], zone_security=mine)
    profile = given("baseline", "dns_zone_security", secondaries=["10.20.0.12"])
    assert profile["all_zones"]["transfers"]["addresses"]
    assert found == {"all_zones": {**profile["all_zones"], "transfers": {"mode": "none"}}, "zones": mine["zones"]}
    assert given("baseline", "dns_zone_security", zone_security={"all_zones": None}) == given("baseline", "dns_zone_security")


def test_one_writer_is_named_to_each_module() -> None:
    found = [next(iter(one.values())).get("directory_writer") for one in dns_resources_of("baseline", directory_writer="DC01")]
    assert found == ["DC01"] * len(MODULES)
    assert not any("directory_writer" in next(iter(one.values())) for one in dns_resources_of("baseline"))


def test_whom_other_hosts_of_the_play_ask_is_told() -> None:
    """Also where a host has none, or says nothing at all."""
    hosts = {
        "one": {"dns_harden_server_options": {"forwarders": {"addresses": ["10.20.0.10", "10.20.0.11"]}}},
        "two": {"dns_harden_server_options": {"forwarders": {"addresses": ["10.20.0.10"]}}},
        "three": {"dns_harden_server_options": {"version_query": "none"}},
        "four": {},
        "five": {"dns_harden_server_options": {"forwarders": {"addresses": None}}},
        "six": {"dns_harden_server_options": {"forwarders": None}},
        "seven": {"dns_harden_server_options": None},
    }
    assert asked(hosts) == ["10.20.0.10", "10.20.0.11"]


def asked(hosts: dict[str, Any]) -> Any:
    return variable("asked", "dns_harden", play={"ansible_play_hosts_all": list(hosts), "hostvars": hosts})
