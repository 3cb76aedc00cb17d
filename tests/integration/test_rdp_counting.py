# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role for Remote Desktop costs on the wire, counted by the lab: the numbers of the design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from integration.ansible_process import Played, host_variables, play
from integration.rdp_hosts import ROLE, build
from lab import running
from lab.ports import free_port
from site_hosts import comply

pytestmark = pytest.mark.engine("python")
KILOBYTE = 1000
HOSTS = ("compliant", "changing", "moving")
# name: payload calls and HTTP requests at most. A call is Command, Send, Receive and Signal; Create and Delete of the shell are the task's.
LIMITS = {"compliant": (1, 7), "changing": (2, 13), "moving": (3, 21)}
READ_LIMIT = 150 * KILOBYTE
# What applies brings the scripts that write, besides those that read, of every provider of the family, for they read again what they
# wrote; and all of it travels with every such request, because nothing on the host keeps it. About 200 kB are measured.
APPLY_LIMIT = 215 * KILOBYTE


@dataclass(frozen=True)
class Counted:
    """numbers: the lab's, by host. sizes: bytes of each HTTP request of a host, in order."""

    played: Played
    numbers: dict[str, dict[str, Any]]
    sizes: dict[str, list[int]]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """One run of the role on a compliant host, on a default one, and on one whose port moves."""
    folder = tmp_path_factory.mktemp("rdp_counting")
    hosts = {name: build("compliant2022" if name == "compliant" else "default2022", folder / name) for name in HOSTS}
    comply(hosts["compliant"])
    with running(hosts, folder=folder / "lab") as lab:
        host_variables(lab, "moving", {"rdp_harden_listener": {"port": free_port()}})
        played, traffic = play(lab, ROLE), lab.log.read("traffic")
        sizes = {host: [entry["received_total"] for entry in traffic if entry["host"] == host] for host in HOSTS}
        yield Counted(played, lab.log.counters()["hosts"], sizes)


def test_the_hosts_are_what_they_are_called(counted: Counted) -> None:
    assert counted.played.exit_code == 0, counted.played.output
    changes = {host: [change["target"] for change in counted.played.of(host)["changes"]] for host in HOSTS}
    assert changes["compliant"] == []
    assert [any("PortNumber" in target for target in changes[host]) for host in HOSTS] == [False, False, True]
    assert [counted.played.of(host)["changed"] for host in HOSTS] == [False, True, True]


@pytest.mark.parametrize("host", HOSTS)
def test_payload_calls(counted: Counted, host: str) -> None:
    assert counted.numbers[host]["payload_calls"] == LIMITS[host][0]


@pytest.mark.parametrize("host", HOSTS)
def test_http_requests(counted: Counted, host: str) -> None:
    assert counted.numbers[host]["requests"] <= LIMITS[host][1]


def test_a_compliant_host_is_sent_at_most_150_kilobytes(counted: Counted) -> None:
    assert counted.numbers["compliant"]["received_total"] <= READ_LIMIT


@pytest.mark.parametrize("host", HOSTS)
def test_no_request_is_larger_than_an_apply_may_be(counted: Counted, host: str) -> None:
    assert max(counted.sizes[host]) <= APPLY_LIMIT


@pytest.mark.parametrize("host", HOSTS)
def test_there_is_one_apply_less_than_payload_calls(counted: Counted, host: str) -> None:
    """Requests of that size are applies, and only they: the first call reads."""
    assert len([size for size in counted.sizes[host] if size > READ_LIMIT]) == LIMITS[host][0] - 1


@pytest.mark.parametrize("host", HOSTS)
def test_the_result_says_how_often_the_payload_was_called(counted: Counted, host: str) -> None:
    assert counted.played.of(host)["round_trips"] == counted.numbers[host]["payload_calls"]
