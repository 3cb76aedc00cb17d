# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role for the DNS Server costs on the wire, counted by the lab: the numbers of the design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from integration.ansible_process import Played, host_variables, play
from integration.dns_hosts import ROLE
from lab import boxes, running

pytestmark = pytest.mark.engine("python")
KILOBYTE = 1000
# name: (box, options of the box, variables of the host)
HOSTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "compliant": ("dns_hardened", {}, {}),
    "changing": ("dns_files", {}, {"dns_harden_profile": "competition"}),
    "controller": ("dns_controller", {"zones": 20}, {"dns_harden_secondaries": ["10.20.0.12"]}),
    "many": ("dns_hardened", {"zones": 500}, {}),
}
# name: payload calls and HTTP requests at most. A call is Command, Send, Receive and Signal; Create and Delete of the shell are the task's.
LIMITS = {"compliant": (1, 7), "changing": (2, 13), "controller": (2, 13), "many": (1, 7)}
READ_LIMIT = 150 * KILOBYTE
# As in test_rdp_counting: the scripts that write travel with each apply. 173 kB are measured, and 183 with twenty zones to change.
APPLY_LIMIT = 215 * KILOBYTE


@dataclass(frozen=True)
class Counted:
    """numbers: the lab's, by host. sizes: bytes of each HTTP request of a host, in order."""

    played: Played
    numbers: dict[str, dict[str, Any]]
    sizes: dict[str, list[int]]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """One run of the role on all of them."""
    folder = tmp_path_factory.mktemp("dns_counting")
    hosts = {name: boxes.build(box, folder / name, **options) for name, (box, options, _variables) in HOSTS.items()}
    with running(hosts, folder=folder / "lab") as lab:
        for name, (_box, _options, variables) in HOSTS.items():
            host_variables(lab, name, variables)
        played, traffic = play(lab, ROLE), lab.log.read("traffic")
        sizes = {host: [entry["received_total"] for entry in traffic if entry["host"] == host] for host in HOSTS}
        yield Counted(played, lab.log.counters()["hosts"], sizes)


def test_the_hosts_are_what_they_are_called(counted: Counted) -> None:
    assert counted.played.exit_code == 0, counted.played.output
    assert {host: counted.played.of(host)["changed"] for host in HOSTS} == {host: LIMITS[host][0] > 1 for host in HOSTS}
    assert {host: bool(counted.played.of(host)["restarts"]) for host in HOSTS} == {host: host == "changing" for host in HOSTS}


@pytest.mark.parametrize("host", HOSTS)
def test_payload_calls(counted: Counted, host: str) -> None:
    assert counted.numbers[host]["payload_calls"] == counted.played.of(host)["round_trips"] == LIMITS[host][0]


@pytest.mark.parametrize("host", HOSTS)
def test_http_requests(counted: Counted, host: str) -> None:
    assert counted.numbers[host]["requests"] <= LIMITS[host][1]


@pytest.mark.parametrize("host", HOSTS)
def test_what_is_sent(counted: Counted, host: str) -> None:
    applies = LIMITS[host][0] - 1
    assert len([size for size in counted.sizes[host] if size > READ_LIMIT]) == applies
    assert max(counted.sizes[host]) <= (APPLY_LIMIT if applies else READ_LIMIT)
    if not applies:
        assert counted.numbers[host]["received_total"] <= READ_LIMIT
