# SPDX-License-Identifier: GPL-3.0-or-later
"""Real DNS servers with real settings: each setting shows in the verdict that it is about, nothing is changed, and the module runs in Ansible."""

from __future__ import annotations

import abc
import json
import re
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.answers import REFUSED_PORT, UNRESOLVED, NoAnswer, Reply
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.probing import Prober, Wanted
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.transport import Target, Transport
from integration import dns_servers
from integration.ansible_process import program, settings
from integration.dns_servers import BOGUS, FOREIGN, GOOD, SECRET, SERIAL, ZONE, Server, Setting, named
from playbook_run import read_results
from unit.test_documentation import written

# Server, foreign name, and the verdicts: transfer, recursion, referral, update, version, rate limiting, EDNS, TCP.
VERDICTS: dict[str, tuple[str, str, str]] = {
    "open": ("open", FOREIGN, "fail fail fail fail fail fail fail pass"),
    "hard": ("hard", FOREIGN, "pass pass pass pass pass pass pass pass"),
    "recursion off, and the root's servers handed out": ("referral", FOREIGN, "pass pass fail pass pass - pass pass"),
    "unsigned updates taken": ("updates", FOREIGN, "pass pass pass fail pass - pass pass"),
    "signatures asked for, and Microsoft's version": ("signatures", FOREIGN, "pass pass pass pass fail - pass pass"),
    "a secondary that transfers to anyone": ("secondary", FOREIGN, "fail pass pass pass pass - pass pass"),
    "no zones, an unsigned name": ("validating", FOREIGN, "n/a fail fail n/a pass - pass pass"),
    "no zones, a signed name": ("validating", GOOD, "n/a fail fail n/a pass - pass pass"),
    "no zones, a name that does not validate": ("validating", BOGUS, "n/a inconclusive fail n/a pass - pass pass"),
}
SHORT = {"not_tested": "-", "not_applicable": "n/a"}
LIMITED = ("open", "hard")
MANY = 20000


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    with dns_servers.bed(tmp_path_factory.mktemp("dns")) as running:
        yield running


def look(port: int, foreign: str = FOREIGN, zones: tuple[str, ...] = (ZONE,), rate_limiting: bool = False, timeout: float = 10) -> Case:
    wanted = Wanted(zones, foreign, rate_limiting=rate_limiting)
    return Case(Prober(Transport(Target("127.0.0.1", port, timeout)), wanted).look(), foreign, rate_limiting)


def verdicts(case: Case) -> str:
    return " ".join(SHORT.get(one.verdict, one.verdict) for one in judge(case))


@pytest.mark.parametrize(("name", "foreign", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_bind(name: str, foreign: str, expected: str, servers: Mapping[str, Server]) -> None:
    server = servers[name]
    before = server.zone_files()
    found = verdicts(look(server.port, foreign, rate_limiting=name in LIMITED))
    assert found == expected
    assert server.zone_files() == before
    assert list(before) == [ZONE]


def test_a_name_that_validates_is_found_and_one_that_does_not_is_not(servers: Mapping[str, Server]) -> None:
    """What the verdicts on the validating server rest on, as another tool sees it."""
    assert servers["validating"].dig(GOOD, "A") == "192.0.2.2"
    assert servers["validating"].dig(BOGUS, "A") == ""
    assert servers["validating"].dig("+cd", BOGUS, "A") == dns_servers.FALSE_ADDRESS


def test_a_zone_that_is_not_served_spoils_nothing_and_proves_nothing(servers: Mapping[str, Server]) -> None:
    both = look(servers["hard"].port, zones=(ZONE, "missing.example"))
    assert [zone.is_served for zone in both.seen.zones] == [True, False]
    assert verdicts(both).split()[0] == "pass"
    assert verdicts(look(servers["hard"].port, zones=("missing.example",))).split()[:4] == ["n/a", "pass", "pass", "n/a"]
    assert verdicts(look(servers["open"].port, zones=("missing.example", ZONE))).split()[0] == "fail"


# The zone, and the code that the server answers its SOA with though it has the zone.
KEPT = {"a policy keeps this host out": (ZONE, "refused"), "not loaded": ("unloaded.example", "servfail")}


def test_a_zone_that_is_kept_back_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    unloaded = 'zone "unloaded.example" { type primary; file "absent"; };'
    with named(tmp_path / "named", Setting(dns_servers.AUTHORITATIVE, "type primary; allow-query { none; };", unloaded)) as server:
        looked = {reason: look(server.port, zones=(name,)) for reason, (name, _code) in KEPT.items()}
    assert {reason: case.seen.zones[0].soa.text.split()[0].lower() for reason, case in looked.items()} == {
        reason: code for reason, (_name, code) in KEPT.items()
    }
    assert {case.seen.zones[0].is_served for case in looked.values()} == {None}
    assert [verdicts(case).split()[0] for case in looked.values()] == ["inconclusive", "inconclusive"]
    assert [verdicts(case).split()[3] for case in looked.values()] == ["inconclusive", "inconclusive"]


def test_without_zones_everything_else_is_judged(servers: Mapping[str, Server]) -> None:
    assert verdicts(look(servers["hard"].port, zones=(), rate_limiting=True)) == "- pass pass - pass - pass pass"


def test_whoever_has_the_key_gets_what_a_stranger_is_refused(servers: Mapping[str, Server]) -> None:
    assert "www" in servers["signatures"].dig("-y", f"hmac-sha256:known:{SECRET}", "+noshort", ZONE, "AXFR")
    assert "www" not in servers["signatures"].dig("+noshort", ZONE, "AXFR")


# -- nothing is changed, and little is taken ------------------------------------------------------------


def test_an_update_probe_changes_nothing_where_every_update_is_taken(tmp_path: Path) -> None:
    with named(tmp_path / "named", Setting(dns_servers.UPDATES, dns_servers.TAKES_UPDATES)) as server:
        before = server.zone_files()
        zone = look(server.port).seen.zones[0]
        assert server.zone_files() == before
        assert server.dig(ZONE, "SOA").split()[2] == str(SERIAL)
        assert (zone.serial, zone.serial_after) == (SERIAL, SERIAL)
        change(server)
        assert f"{ZONE}.jnl" in server.zone_files()
        assert server.dig(ZONE, "SOA").split()[2] == str(SERIAL + 1)


def change(server: Server) -> None:
    """A real update, to see that one would have shown."""
    asked = f"server 127.0.0.1 {server.port}\nzone {ZONE}\nupdate add new.{ZONE} 60 A 10.20.0.7\nsend\n"
    subprocess.run(["nsupdate", "-v"], input=asked, text=True, check=True)


def test_one_message_of_a_transfer_is_read(tmp_path: Path) -> None:
    records = {ZONE: dns_servers.RECORDS + f"$GENERATE 1-{MANY} host$ A 10.20.0.5\n"}
    setting = Setting("recursion no; dnssec-validation no; allow-transfer { any; };", files=records)
    with named(tmp_path / "named", setting) as server:
        case = look(server.port)
    answer = case.seen.zones[0].transfer
    assert isinstance(answer, Reply)
    assert 0 < len(answer.answer) < MANY
    assert verdicts(case).split()[0] == "fail"


# -- servers that answer badly ---------------------------------------------------------------------------


def refusal(query: bytes, code: int = 5) -> bytes:
    """The question as an answer with a code and without records."""
    return query[:2] + bytes([query[2] | 0x80, code]) + query[4:6] + bytes(6) + query[12:]


class OverUdp(socketserver.BaseRequestHandler):
    """Refuses everything, over UDP only, and sends somebody else's datagram first."""

    def handle(self) -> None:
        query, channel = self.request
        stranger = bytes([query[0] ^ 1]) + query[1:]
        channel.sendto(refusal(stranger, 0), self.client_address)
        channel.sendto(refusal(query), self.client_address)


class OverTcp(socketserver.BaseRequestHandler, abc.ABC):
    """What comes for one question on one connection."""

    def handle(self) -> None:
        query = self.request.recv(65535)[2:]
        if query:
            self.send(query, len(refusal(query)).to_bytes(2, "big") + refusal(query))

    @abc.abstractmethod
    def send(self, query: bytes, framed: bytes) -> None:
        """The answer to a query, with its length before it, or what becomes of it."""


class Dribbling(OverTcp):
    """Refuses everything, a byte at a time."""

    def send(self, query: bytes, framed: bytes) -> None:
        for byte in framed:
            self.request.sendall(bytes([byte]))


class Closing(OverTcp):
    """The same, but closes the connection without a word when a transfer is asked for."""

    def send(self, query: bytes, framed: bytes) -> None:
        if query[-4:-2] != b"\x00\xfc":
            self.request.sendall(framed)


class Cutting(OverTcp):
    def send(self, query: bytes, framed: bytes) -> None:
        self.request.sendall(framed[:-1])


class Waiting(OverTcp):
    def send(self, query: bytes, framed: bytes) -> None:
        self.request.recv(1)


@contextmanager
def serving(kind: type[socketserver.BaseServer], handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with kind(("127.0.0.1", dns_servers.free_port()), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_a_server_without_tcp_is_judged_over_udp() -> None:
    with serving(socketserver.UDPServer, OverUdp) as port:
        assert verdicts(look(port)) == "no_answer pass pass inconclusive pass - inconclusive fail"


# The handler, seconds for a question, and the verdicts: transfer, recursion, referral, update, version, rate limiting, EDNS, TCP.
BAD: dict[str, tuple[type[OverTcp], float, str]] = {
    "a byte at a time": (Dribbling, 10, "inconclusive pass pass inconclusive pass - inconclusive pass"),
    "closed instead of a transfer": (Closing, 10, "inconclusive pass pass inconclusive pass - inconclusive pass"),
    "cut": (Cutting, 10, " ".join([*["inconclusive"] * 5, "-", "inconclusive", "inconclusive"])),
    "accepted, and nothing more": (Waiting, 0.05, " ".join(["no_answer"] * 8)),
}


@pytest.mark.parametrize(("handler", "timeout", "expected"), BAD.values(), ids=BAD)
def test_servers_that_answer_badly(handler: type[OverTcp], timeout: float, expected: str) -> None:
    with serving(socketserver.ThreadingTCPServer, handler) as port:
        assert verdicts(look(port, timeout=timeout)) == expected


def test_a_closed_port_is_no_answer() -> None:
    case = look(dns_servers.free_port(), rate_limiting=True)
    assert set(verdicts(case).split()) == {"no_answer"}
    assert isinstance(case.seen.udp, NoAnswer)
    assert (case.seen.tcp.text, case.seen.udp.kind) == ("no answer over TCP: the port is closed", REFUSED_PORT)


def test_a_name_without_an_address_is_no_answer() -> None:
    case = Case(Prober(Transport(Target("dc01..example")), Wanted((), FOREIGN)).look(), FOREIGN)
    assert case.seen.silence is not None
    assert case.seen.silence.kind == UNRESOLVED


# -- in Ansible -----------------------------------------------------------------------------------------


def tasks(servers: Mapping[str, Server], folder: Path) -> dict[str, dict[str, Any]]:
    """By name: the module's options, and what else the task says."""
    missing = folder / "missing"
    missing.mkdir()
    (missing / "dns.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    hard = {"port": servers["hard"].port, "zones": [ZONE], "require": ["all"]}
    loose = {"port": servers["open"].port, "zones": [ZONE, "missing.example"], "require": ["V-259403", "HW-DNS-PROBE-02"]}
    return {
        "hard": {"options": hard | {"rate_limiting": True, "require": ["all", "V-259417"]}},
        "open": {"options": loose, "check_mode": True},
        "closed": {"options": {"port": dns_servers.free_port(), "require": ["all"]}},
        "without library": {"options": hard, "environment": {"PYTHONPATH": str(missing)}},
        "wrong": {"options": hard | {"recursion_name": f"www.{ZONE}"}},
    }


@pytest.fixture(scope="module")
def results(servers: Mapping[str, Server], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each task's state and result: the module as Ansible packs it, in an interpreter of its own."""
    folder = tmp_path_factory.mktemp("ansible")
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": []}
    for name, one in tasks(servers, folder).items():
        given = {"host": "127.0.0.1", "timeout": 10, "recursion_name": FOREIGN, **one["options"]}
        further = {keyword: value for keyword, value in one.items() if keyword != "options"}
        play["tasks"].append({"name": name, "hardening.windows.dns_probe": given, "ignore_errors": True, **further})
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    file = folder / "results.jsonl"
    command = [program("ansible-playbook"), str(folder / "play.yml"), "-i", "localhost,"]
    command += ["-e", "ansible_python_interpreter={{ ansible_playbook_python }}"]
    done = subprocess.run(command, env=settings(file, folder) | {"ANSIBLE_PIPELINING": "true"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {entry["task"]: entry | entry["result"] for entry in read_results(file)}


def test_the_module_in_ansible(results: Mapping[str, Mapping[str, Any]]) -> None:
    looked = results["hard"]
    assert (looked["state"], looked["changed"]) == ("ok", False)
    assert [one["id"] for one in looked["verdicts"]] == [control.id for control in dns_controls.CONTROLS]
    assert {one["verdict"] for one in looked["verdicts"]} == {"pass"}
    assert set(written("dns_probe", "RETURN")) <= set(looked)
    assert looked["zones"][0]["serial"] == SERIAL
    assert looked["rate_limiting"]["sent"] == 60
    assert "warnings" not in looked


def test_a_demand_that_is_not_met_fails_the_task_in_check_mode_as_well(results: Mapping[str, Mapping[str, Any]]) -> None:
    found = results["open"]
    assert found["state"] == "failed"
    assert re.findall(r"HW-DNS-PROBE-\d+", found["msg"]) == ["HW-DNS-PROBE-02", "HW-DNS-PROBE-05"]
    assert "does not serve the zone missing.example" in str(found["warnings"])
    assert found["recursion"]["offered"] is True
    assert found["transports"]["udp_payload"] == 4096


def test_a_closed_port_in_ansible(results: Mapping[str, Mapping[str, Any]]) -> None:
    found = results["closed"]
    assert found["state"] == "failed"
    assert "cannot be judged: no answer over TCP: the port is closed" in found["msg"]


def test_a_missing_library_is_named_with_what_to_install(results: Mapping[str, Mapping[str, Any]]) -> None:
    found = results["without library"]
    assert found["state"] == "failed"
    assert "python3 -m pip install dnspython" in found["msg"]
    assert "Traceback" not in str(found)


def test_what_cannot_be_meant_is_refused(results: Mapping[str, Mapping[str, Any]]) -> None:
    assert results["wrong"]["state"] == "failed"
    assert f"www.{ZONE} is in {ZONE}" in results["wrong"]["msg"]
