# SPDX-License-Identifier: GPL-3.0-or-later
"""The role rdp_harden against the modules it converges: options, defaults, profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.hardening.windows.plugins.plugin_utils._core.converge import build_resources
from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES
from behaviour.role_options import PROFILES, rdp_resources_of
from unit.test_documentation import SPECS, shape, undescribed

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/rdp_harden"
OPTIONS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text("utf-8"))
# a module's variable in the role
MODULES = {
    "security_layer": "rdp_security_layer",
    "listener": "rdp_listener",
    "access": "rdp_access",
    "schannel": "schannel",
    "account_policy": "account_policy",
    "power_policy": "power_policy",
}
# said once for the whole role
SHARED = {"only", "skip", "scope", "on_override", "disconnect_sessions", "restart"}


@pytest.mark.parametrize("name", MODULES)
def test_a_modules_variable_has_the_modules_options(name: str) -> None:
    spec = {option: one for option, one in SPECS[MODULES[name]].items() if option not in SHARED}
    assert shape(OPTIONS[f"rdp_harden_{name}"]["options"], "options") == shape(spec, "options")
    assert DEFAULTS[f"rdp_harden_{name}"] == {}


def test_every_module_of_the_family_has_a_variable() -> None:
    assert set(MODULES.values()) == {name for name, resource in RESOURCES.items() if resource.entry == "windows_rdp"}


def test_everything_is_described() -> None:
    assert undescribed(OPTIONS, "options") == []


def test_every_variable_has_a_default_and_no_other_has() -> None:
    assert set(DEFAULTS) == set(OPTIONS)


def test_the_documented_defaults_are_the_defaults() -> None:
    plain = {name: value for name, value in DEFAULTS.items() if "{{" not in str(value)}
    documented = {name: one["default"] for name, one in OPTIONS.items() if "default" in one}
    assert {name: plain[name] for name in documented} == documented
    assert {name for name, value in plain.items() if value not in (None, [], {}) and name not in documented} == {
        "rdp_harden_refused_cipher_suites"
    }


def test_what_the_modules_share_is_handed_to_each_that_has_it() -> None:
    for resource in rdp_resources_of("baseline", on_override="report", scope="policy", disconnect_sessions=True):
        ((name, given),) = resource.items()
        wanted = {"on_override": "report", "scope": "policy", "disconnect_sessions": True}
        assert {option: given.get(option) for option in wanted if option in SPECS[name]} == {
            option: value for option, value in wanted.items() if option in SPECS[name]
        }


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_made_of_options(profile: str) -> None:
    assert build_resources({"resources": rdp_resources_of(profile)}, RESOURCES)
    assert build_resources({"resources": rdp_resources_of(profile, users=["S-1-5-21-1-2-3-1001"])}, RESOURCES)


def given(profile: str, module: str, **variables: Any) -> dict[str, Any]:
    return next(one[module] for one in rdp_resources_of(profile, **variables) if module in one)


def test_a_modules_variable_wins_and_merges_groups() -> None:
    listener = given("cis", "rdp_listener", listener={"port": 3390, "redirections": {"drives": True}, "single_session": None})
    assert (listener["port"], listener["redirections"]["drives"], listener["redirections"]["com_ports"]) == (3390, True, False)
    assert listener["single_session"] is None


@pytest.mark.parametrize("profile", ["baseline", "competition"])
def test_administrators_lose_the_right_only_where_somebody_else_is_named(profile: str) -> None:
    alone, named = given(profile, "rdp_access"), given(profile, "rdp_access", users=["operators"])
    assert (alone["remove_administrators"], alone["remote_desktop_users"]["members"]) == (False, [])
    assert (named["remove_administrators"], named["remote_desktop_users"]["members"]) == (True, ["operators"])


def test_benchmarks_are_looked_for_in_the_policy_place() -> None:
    assert {profile: given(profile, "rdp_listener")["scope"] for profile in PROFILES} == {
        "baseline": "local",
        "cis": "policy",
        "stig": "policy",
        "competition": "local",
    }
