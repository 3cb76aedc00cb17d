# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger's view of a DNS Server before and after the role: by dig and nsupdate, and by dns_probe in the collection's own playbook.

A front that only the project's own probe believes in would prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from behaviour.dns.options_host import turn
from integration import dns_tools
from integration.ansible_process import host_variables, play
from integration.dns_hosts import PROBE, ROLE
from integration.dns_tools import FOREIGN, Seen
from lab import Lab, boxes, running
from lab.box import Box
from site_hosts import verdicts

pytestmark = pytest.mark.engine("python")
LOOK = [{"import_playbook": "hardening.windows.probe"}]
ZONES = {"files": "lab.example", "controller": "zone-001.example", "secondary": "corp.example"}
VARIABLES: Mapping[str, Mapping[str, Any]] = {
    "files": {
        "dns_harden_profile": "competition",
        "dns_harden_zone_security": {"zones": [{"name": "lab.example", "dynamic_update": "none"}]},
        # the host asks itself, which is what the word is for
        "dns_harden_server_options": {"recursion": {"enabled": False}, "allow_recursion_loss": True},
    },
    "controller": {"dns_harden_secondaries": ["10.20.0.12"]},
    "secondary": {"dns_harden_profile": "stig"},
}
# Once nobody recurses, the root's servers are all that is left to say about a foreign name.
EMPTIED = {"dns_harden_root_hints": {"mode": "replace", "hints": []}}
TRANSFER, RECURSION, REFERRAL, UPDATE, VERSION, LIMITING, SIZE, TCP = (f"HW-DNS-PROBE-0{number}" for number in range(1, 9))


@dataclass(frozen=True)
class Looked:
    """By host: what the tools saw, and the probe's verdicts."""

    seen: Mapping[str, Seen]
    verdicts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Story:
    """before, after: the role. emptied: after the root hints of `files` are gone, too. probed: the role's own look at `controller`."""

    before: Looked
    after: Looked
    emptied: Looked
    probed: Mapping[str, Any]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    dns_tools.required()
    folder = tmp_path_factory.mktemp("dns_front")
    hosts = {name: boxes.build(f"dns_{name}", folder / name, **({"zones": 1} if name == "controller" else {})) for name in ZONES}
    telling(hosts["files"])
    with running(hosts, folder=folder / "lab") as lab:
        describe(lab, {})
        before = look(lab)
        ran = play(lab, ROLE)
        assert ran.exit_code == 0, ran.output
        after = look(lab)
        describe(lab, {"files": EMPTIED})
        emptied = play(lab, ROLE, "--limit", "files")
        assert emptied.exit_code == 0, emptied.output
        yield Story(before, after, look(lab, "files"), ran.of("controller", PROBE))


def telling(box: Box) -> None:
    """A server that says which one it is."""
    turn(box, ("DnsServerSetting", "EnableVersionQuery", 1))


def describe(lab: Lab, more: Mapping[str, Mapping[str, Any]]) -> None:
    for name, variables in VARIABLES.items():
        own = {"dns_harden_probe_zones": [ZONES[name]], "dns_harden_probe_recursion_name": FOREIGN, "dns_harden_probe_rate_limiting": True}
        looking = {"dns_harden_probe_from": "localhost"} if name == "controller" else {}
        host_variables(lab, name, {**own, **looking, **variables, **more.get(name, {})})


def look(lab: Lab, *names: str) -> Looked:
    chosen = names or tuple(ZONES)
    seen = {name: dns_tools.look(port(lab, name), ZONES[name]) for name in chosen}
    probed = play(lab, LOOK, "--limit", ",".join(["localhost", *chosen]), "-e", "rdp_harden_probe_port=1")
    found = {name: of_dns(verdicts(probed.results, name)) for name in chosen}
    assert all(TRANSFER in one for one in found.values()), probed.output
    return Looked(seen, found)


def of_dns(found: Mapping[str, str]) -> dict[str, str]:
    return {control: verdict for control, verdict in found.items() if control.startswith("HW-DNS-")}


def port(lab: Lab, name: str) -> int:
    found = lab.dns_fronts[name].port
    assert found is not None
    return found


# what the tools see: host -> before and after
SEEN: dict[str, tuple[Seen, Seen]] = {
    "files": (
        Seen(4, "Microsoft DNS 10.0.17763 (45630000)", (True, 1), 0, 4000, "", limited=False),
        Seen(0, "SERVFAIL", (False, 0), 13, 1221, "REFUSED", limited=True),
    ),
    "controller": (
        Seen(0, "SERVFAIL", (True, 1), 0, 4000, "", limited=False),
        Seen(0, "SERVFAIL", (True, 1), 0, 4000, "REFUSED", limited=False),
    ),
    "secondary": (
        Seen(4, "SERVFAIL", (True, 1), 0, 4000, "NOTAUTH", limited=False),
        Seen(0, "SERVFAIL", (True, 1), 0, 4000, "NOTAUTH", limited=True),
    ),
}
# the probe's verdicts that the role turns, and those that it leaves on purpose
TURNED: dict[str, dict[str, tuple[str, str]]] = {
    "files": {
        TRANSFER: ("fail", "pass"),
        RECURSION: ("fail", "pass"),
        REFERRAL: ("pass", "fail"),
        UPDATE: ("fail", "pass"),
        VERSION: ("fail", "pass"),
        LIMITING: ("fail", "pass"),
        SIZE: ("fail", "pass"),
        TCP: ("pass", "pass"),
    },
    "controller": {
        TRANSFER: ("pass", "pass"),
        RECURSION: ("fail", "fail"),
        UPDATE: ("fail", "pass"),
        VERSION: ("pass", "pass"),
        LIMITING: ("fail", "fail"),
        SIZE: ("fail", "fail"),
    },
    "secondary": {TRANSFER: ("fail", "pass"), RECURSION: ("fail", "fail"), LIMITING: ("fail", "pass")},
}


@pytest.mark.parametrize("name", SEEN)
def test_what_other_tools_see(story: Story, name: str) -> None:
    assert (story.before.seen[name], story.after.seen[name]) == SEEN[name]


@pytest.mark.parametrize("name", TURNED)
def test_what_the_probe_says(story: Story, name: str) -> None:
    before, after = story.before.verdicts[name], story.after.verdicts[name]
    assert {control: (before[control], after[control]) for control in TURNED[name]} == TURNED[name]


def test_without_root_hints_nothing_points_upwards(story: Story) -> None:
    assert (story.emptied.seen["files"].upward, story.emptied.seen["files"].recursion) == (0, (False, 0))
    assert set(story.emptied.verdicts["files"].values()) == {"pass"}


def test_the_role_looks_by_itself_where_it_is_told_to(story: Story) -> None:
    found = {one["id"]: one["verdict"] for one in story.probed["verdicts"]}
    assert found == story.after.verdicts["controller"]
