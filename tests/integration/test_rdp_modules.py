# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module of Remote Desktop alone in a task: what it plans, returns and refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from behaviour import documents
from integration.ansible_process import Played, play, tasks
from integration.rdp_hosts import build
from integration.test_results import OF_ANSIBLE, documented, has_type
from lab import running
from lab.boxes.accounts import MACHINE_SID
from lab.boxes.certificates import Certificate, make

pytestmark = pytest.mark.engine("python")
CERTIFICATE = Certificate("rdp.example", ends=30)
THUMBPRINT = make(CERTIFICATE).thumbprint
TAKEN, EXCLUDED = 33901, 33950
THIEF = {"protocol": "tcp", "address": "0.0.0.0", "port": TAKEN, "process": 4242}

MODULES: dict[str, dict[str, Any]] = {
    "rdp_security_layer": {"encryption_level": "high", "prompt_for_password": True, "certificate_thumbprint": THUMBPRINT},
    "rdp_listener": {"scope": "policy", "redirections": {"drives": False, "webauthn": False}, "time_limits": {"idle": 15}},
    "rdp_access": {"deny": {"accounts": ["guests"]}, "remote_desktop_users": {"members": ["anna"]}},
    "schannel": {"protocols": {"tls_1_0": {"server": False}}, "cipher_suites_absent": ["TLS_RSA_WITH_NULL_SHA"]},
    "account_policy": {"password_history": 24, "lockout": {"threshold": 5, "duration": "15", "reset_after": 15}},
    "power_policy": {"never_sleep": True, "password_on_wake": {"ac": True}},
}
# One that changes costs two. Cipher suites are judged against the key of the certificate that is bound by then: a read more.
ROUND_TRIPS = dict.fromkeys(MODULES, 2) | {"schannel": 3}
FORMS = ("alone", "together", "for real", "again")


@dataclass(frozen=True)
class Bad:
    """says: parts of the sentence. host: where it is tried."""

    name: str
    module: str
    options: Mapping[str, Any]
    says: tuple[str, ...]
    host: str = "plain"


ORPHAN = f"{MACHINE_SID}-9999"
BAD = (
    Bad("unknown account", "rdp_access", {"allow": {"accounts": ["nobody-here"]}}, ("nobody-here",)),
    Bad("unknown member", "rdp_access", {"remote_desktop_users": {"members": ["PLAIN\\nobody-here"]}}, ("nobody-here",)),
    Bad("orphaned SID", "rdp_access", {"allow": {"accounts": [ORPHAN]}}, (ORPHAN,)),
    Bad("nobody left", "rdp_access", {"allow": {"mode": "replace", "accounts": ["guests"]}}, ("nobody",)),
    Bad("certificate missing", "rdp_security_layer", {"certificate_thumbprint": "ab" * 20}, ("AB" * 20,)),
    Bad("no thumbprint", "rdp_security_layer", {"certificate_thumbprint": "my certificate"}, ("40 hexadecimal",)),
    Bad("level under TLS", "rdp_security_layer", {"security_layer": "ssl", "encryption_level": "low"}, ("encryption_level", "ssl")),
    Bad("FIPS", "rdp_security_layer", {"fips_policy": True}, ("fips_consent",)),
    Bad("port in use", "rdp_listener", {"port": TAKEN}, (f"cannot move to port {TAKEN}", "process 4242")),
    Bad("port excluded", "rdp_listener", {"port": EXCLUDED}, (f"cannot move to port {EXCLUDED}", "excluded port range")),
    Bad("port of WinRM", "rdp_listener", {"port": 5985}, ("WinRM",)),
    Bad("port of the connection", "rdp_listener", {"port": "{{ ansible_port }}"}, ("this connection", "winrm")),
    Bad("limit too long", "rdp_listener", {"time_limits": {"idle": 99999999}}, ("time_limits", "idle is 99999999 minutes")),
    Bad(
        "lockout durations",
        "account_policy",
        {"lockout": {"threshold": 5, "duration": "10", "reset_after": 20}},
        ("lockout.reset_after (20 minutes)", "lockout.duration (10 minutes)"),
    ),
    Bad("ages", "account_policy", {"minimum_password_age": 30, "maximum_password_age": 30}, ("minimum_password_age (30 days)",)),
    Bad("domain controller", "account_policy", {"password_history": 24}, ("domain controller", "Default Domain Policy"), host="controller"),
    Bad("sleep contradicts", "power_policy", {"never_sleep": True, "sleep_after": {"ac": 5}}, ("never_sleep", "sleep_after.ac")),
    Bad("nothing spoken", "schannel", {"protocols": {"tls_1_2": {"server": False}, "tls_1_3": {"server": False}}}, ("TLS",)),
    Bad("unknown suite", "schannel", {"cipher_suites": ["TLS_NOT_A_SUITE"]}, ("TLS_NOT_A_SUITE",)),
)


@dataclass(frozen=True)
class Ran:
    """untouched: the folder of each host before the bad input and after it."""

    played: Played
    bad: Played
    untouched: Mapping[str, list[str]]


def entries() -> list[dict[str, Any]]:
    """Each module alone and inside converge in check mode, and twice for real."""
    found = []
    for module, options in MODULES.items():
        alone = {f"hardening.windows.{module}": options}
        together = {"hardening.windows.converge": {"resources": [{module: options}]}}
        found += [{"name": f"{module} alone", "check_mode": True, "diff": True, **alone}]
        found += [{"name": f"{module} together", "check_mode": True, "diff": True, **together}]
        found += [{"name": f"{module} {form}", **alone} for form in FORMS[2:]]
    return found


def bad_entries(host: str) -> dict[str, Any]:
    found = ({"name": one.name, f"hardening.windows.{one.module}": one.options, "ignore_errors": True} for one in BAD if one.host == host)
    return tasks(host, *found)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("rdp_modules")
    names = {"good": "default2022", "plain": "default2022", "controller": "domain_controller"}
    hosts = {host: build(box, folder / host, certificates=(CERTIFICATE,)) for host, box in names.items()}
    network = hosts["plain"].read_json("network")
    changed = {"sockets": [*network["sockets"], THIEF], "excluded": [[EXCLUDED - 5, EXCLUDED + 5]]}
    hosts["plain"].write_json("network", network | changed)
    untouched = {host: [documents.tree_hash(hosts[host].folder)] for host in ("plain", "controller")}
    with running(hosts, folder=folder / "lab") as lab:
        bad = play(lab, [bad_entries("plain"), bad_entries("controller")])
        for host, hashes in untouched.items():
            hashes.append(documents.tree_hash(hosts[host].folder))
        yield Ran(play(lab, [tasks("good", *entries())]), bad, untouched)


@pytest.mark.parametrize("module", MODULES)
def test_it_plans_alone_what_it_plans_inside_converge(ran: Ran, module: str) -> None:
    alone, together = (ran.played.of("good", f"{module} {form}") for form in FORMS[:2])
    parts = ("changes", "controls", "overrides", "diff", "restarts", "reboot_required")
    assert {part: alone[part] for part in parts} == {part: together[part] for part in parts}
    assert alone["changes"] != []


@pytest.mark.parametrize("module", MODULES)
def test_it_does_what_it_planned_once(ran: Ran, module: str) -> None:
    checked, real, again = (ran.played.of("good", f"{module} {form}") for form in ("alone", "for real", "again"))
    assert (real["changes"], real["round_trips"]) == (checked["changes"], ROUND_TRIPS[module])
    assert (again["changed"], again["changes"], again["journal"], again["round_trips"]) == (False, [], [], 1)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("form", [form for form in FORMS if form != "together"])
def test_it_returns_what_is_documented(ran: Ran, module: str, form: str) -> None:
    result, known = ran.played.of("good", f"{module} {form}"), documented(module)
    assert result.keys() - OF_ANSIBLE - {"changed"} == known.keys()
    assert {name: result[name] for name, entry in known.items() if not has_type(result[name], entry)} == {}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", ["changes", "controls"])
def test_entries_have_the_keys_of_the_sample(ran: Ran, module: str, name: str) -> None:
    found, sample = ran.played.of("good", f"{module} for real")[name], documented(module)[name]["sample"][0]
    assert [set(entry) for entry in found] == [set(sample)] * len(found) != []


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_bad_input_is_answered_with_a_sentence(ran: Ran, bad: Bad) -> None:
    told = ran.bad.of(bad.host, bad.name).get("msg", "")
    assert [part for part in bad.says if part not in told] == [], told
    assert told.endswith(".")
    assert "\n" not in told


@pytest.mark.parametrize("bad", [bad for bad in BAD if bad.host == "plain"], ids=lambda bad: bad.name)
def test_and_it_says_that_nothing_was_changed(ran: Ran, bad: Bad) -> None:
    assert "Nothing was changed" in ran.bad.of(bad.host, bad.name)["msg"]


@pytest.mark.parametrize("host", ["plain", "controller"])
def test_bad_input_changes_nothing(ran: Ran, host: str) -> None:
    before, after = ran.untouched[host]
    assert after == before


def test_nobody_sees_a_traceback(ran: Ran) -> None:
    printed = (ran.played.output + ran.bad.output).splitlines()
    assert [line for line in printed if "Traceback" in line] == []
