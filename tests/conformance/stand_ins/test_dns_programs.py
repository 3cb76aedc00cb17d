# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-ins of dnscmd.exe and of dns.exe, which is what a start of the service runs: what they print and leave in the box."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab import boxes
from lab.box import Box
from lab.engine import WriteFault
from lab.engine_pwsh.build import StandIns
from lab.engine_pwsh.view import View

PARAMETERS = "SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters"
ZONES = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\DNS Server\\Zones"
REAL = Path(__file__).parents[4] / "shared" / "data" / "dns" / "dnscmd" / "config-serverlevelplugindll-access-denied.txt"
# the program's parent is what a crash ends, as it would be the payload's process
WRAPPED = ["/bin/sh", "-c", '"$0" "$@"; exit $?']
Program = Callable[..., tuple[int, str]]


@pytest.fixture
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    return boxes.build(getattr(request, "param", "dns_files"), tmp_path / "box")


@pytest.fixture
def program(box: Box) -> Program:
    """Runs a program of Windows on the box, without a PowerShell; gives its exit code and what it printed."""
    nothing = box.folder / "none"

    def run(*words: str, fault: WriteFault | None = None) -> tuple[int, str]:
        with View(box, StandIns(nothing, nothing, nothing), nothing, fault) as view:
            done = subprocess.run([*WRAPPED, *words], cwd=view.folder, env=view.environment(), capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def ended(program: Program, *words: str) -> tuple[int, int | None]:
    """The exit code of dnscmd.exe and the number of the status that it names."""
    code, text = program("dnscmd.exe", ".", *words)
    named = re.search(r"Status = (\d+) \(0x", text)
    return code, int(named[1]) if named else None


def stored(box: Box, name: str, key: str = PARAMETERS) -> Any:
    return box.registry["HKLM"][key].get(name, {}).get("value")


def put(box: Box, name: str, kind: str, value: Any) -> None:
    registry = box.registry
    registry["HKLM"][PARAMETERS][name] = {"kind": kind, "value": value}
    box.write_json("registry", registry)


def sockets(box: Box) -> list[tuple[str, str]]:
    return [(one["protocol"], one["address"]) for one in box.read_json("network")["sockets"] if one["port"] == 53]


def documents(box: Box) -> dict[str, Any]:
    return {name: box.read_json(name) for name in ("dns", "registry", "network", "services")}


def test_dnscmd_is_refused_in_the_words_of_the_real_one(program: Program, box: Box) -> None:
    box.write_json("dns", box.read_json("dns") | {"denied": True})
    code, text = program("dnscmd.exe", ".", "/Config", "/ServerLevelPluginDll", "x.dll")
    assert code == 5
    if not REAL.exists():
        pytest.skip(f"{REAL} is not there: what the real program printed stands beside the repository")
    assert text.split() == REAL.read_text("utf-8").split()


def test_dnscmd_in_german_has_the_same_numbers(program: Program, box: Box) -> None:
    box.write_json("host", box.host | {"language": "de-DE"})
    code, text = program("dnscmd.exe", ".", "/Config", "/SocketPoolSize", "10001")
    assert code == 9567 & 0xFF
    assert "Status = 9567 (0x0000255f)" in text
    assert "9567    0x255F" in text
    assert "Command" not in text
    assert ended(program, "/Config", "/SocketPoolSize", "0x64") == (0, None)
    assert stored(box, "SocketPoolSize") == 100


REFUSED = {
    "/Config /EnableEverything 1": 9553,
    "/Config /MaximumUdpPacketSize 1221": 9553,
    "/Config /RecursionTimeout soon": 87,
    "/Config": 87,
    "/Config gone.example /AllowUpdate 0": 9601,
    "/Config shop.example /AllowUpdate 2": 9611,
    "/Config shop.example /AllowUpdate 3": 9567,
    "/Config shop.example /Colour 1": 9553,
    "/Config 0.in-addr.arpa /AllowUpdate 1": 9603,
    "/ZoneResetSecondaries gone.example /NoXfr /NoNotify": 9601,
    "/ZoneResetSecondaries shop.example /NoXfr 10.0.0.1 /NoNotify": 87,
    "/ZoneResetSecondaries shop.example /SecureList nobody /NoNotify": 9552,
    "/ResetListenAddresses 10.20.0.20 127.0.0.1": 9552,
    "/ResetForwarders 1.2.3": 9552,
    "/WriteBackFiles gone.example": 9601,
}


def test_what_dnscmd_refuses_changes_nothing(program: Program, box: Box) -> None:
    before = documents(box)
    assert {words: ended(program, *words.split()) for words in REFUSED} == {
        words: (number & 0xFF, number) for words, number in REFUSED.items()
    }
    assert ended(program, "/Statistics") == (1, None)
    assert documents(box) == before


def test_what_dnscmd_writes(program: Program, box: Box) -> None:
    for words in (
        "/config lab.example /allowupdate 0",
        "/Config lab.example /Aging 1",
        "/Config lab.example /RefreshInterval 24",
        "/ZoneResetSecondaries lab.example /SecureList 10.0.0.9 2001:DB8::9 /NotifyList 10.0.0.9",
        "/Config /GlobalQueryBlockList WPAD proxy",
        "/Config /LogLevel 0x8101",
        "/WriteBackFiles",
    ):
        assert ended(program, *words.split()) == (0, None), words
    document = box.read_json("dns")
    zone = next(one for one in document["DnsServerZone"] if one["ZoneName"] == "lab.example")
    assert (zone["DynamicUpdate"], zone["aging"]["AgingEnabled"], zone["aging"]["RefreshInterval"]) == ("None", True, 86400)
    found = [
        stored(box, name, f"{ZONES}\\lab.example") for name in ("SecureSecondaries", "SecondaryServers", "NotifyLevel", "NotifyServers")
    ]
    assert found == [2, ["10.0.0.9", "2001:db8::9"], 2, ["10.0.0.9"]]
    assert document["DnsServerGlobalQueryBlockList"]["List"] == ["wpad", "proxy"]
    logged = document["DnsServerDiagnostics"]
    assert [logged[name] for name in ("Queries", "QuestionTransactions", "TcpPackets", "Answers")] == [True, True, True, False]


def test_a_value_that_waits_for_a_restart_is_noted_until_it_is_back(program: Program, box: Box) -> None:
    ended(program, "/Config", "/SocketPoolSize", "100")
    assert box.read_json("dns")["in_force"] == {"SocketPoolSize": 2500}
    ended(program, "/Config", "/SocketPoolSize", "2500")
    assert "in_force" not in box.read_json("dns")


@pytest.mark.parametrize(("when", "size"), [("before", 2500), ("after", 100)])
def test_a_crash_at_a_write_of_dnscmd(program: Program, box: Box, when: str, size: int) -> None:
    code, _text = program("dnscmd.exe", ".", "/Config", "/SocketPoolSize", "100", fault=WriteFault(1, when))
    assert code == -9
    assert box.read_json("dns")["DnsServerSetting"]["SocketPoolSize"] == size


def test_a_refused_write_of_dnscmd(program: Program, box: Box) -> None:
    before = documents(box)
    code, text = program("dnscmd.exe", ".", "/Config", "/SocketPoolSize", "100", fault=WriteFault(1, effect="sharing"))
    assert (code, "Status = 32 " in text) == (32, True)
    assert documents(box) == before


@pytest.mark.parametrize("box", ["dns_controller", "dns_files", "dns_secondary", "dns_forwarder", "dns_hardened"], indirect=True)
def test_a_start_of_an_untouched_host_changes_nothing(program: Program, box: Box) -> None:
    before = documents(box)
    assert program("dns.exe", "started") == (0, "")
    assert documents(box) == before


def test_a_start_takes_what_the_registry_has(program: Program, box: Box) -> None:
    put(box, "TcpReceivePacketSize", "DWord", 0xFF00)
    put(box, "MaximumUdpPacketSize", "DWord", 1)
    put(box, "EventLogLevel", "DWord", 2)
    put(box, "ListenAddresses", "MultiString", ["10.20.0.20"])
    assert program("dns.exe", "started") == (0, "")

    after = box.read_json("dns")
    assert (after["DnsServerSetting"]["TcpReceivePacketSize"], after["DnsServerSetting"]["MaximumUdpPacketSize"]) == (0xFF00, 4000)
    assert after["DnsServerDiagnostics"]["EventLogLevel"] == 2
    assert sockets(box) == [("tcp", "10.20.0.20"), ("udp", "10.20.0.20")]


@pytest.mark.parametrize("is_there", [False, True])
def test_a_plug_in_that_does_not_load_stops_the_service(program: Program, box: Box, is_there: bool) -> None:
    put(box, "ServerLevelPluginDll", "String", "C:\\Windows\\System32\\x.dll")
    if is_there:
        box.replace_file("C:\\Windows\\System32\\x.dll", b"MZ")
    assert program("dns.exe", "started") == (0, "")
    assert box.services["DNS"]["state"] == ("Running" if is_there else "Stopped")
    assert bool(sockets(box)) is is_there
