# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's tools judge the lab's Remote Desktop front, before and after a host is hardened.

The tools are Debian's nmap, sslscan and FreeRDP (tests/apt.txt). A front that only the project's own probe believes
in would prove nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration import rdp_servers
from lab import boxes, inf
from lab.box import Box
from lab.boxes import Certificate
from lab.boxes.windows import PASSWORD
from lab.front import RdpFront
from lab.ports import free_port

# old versions of TLS are what is tested
pytestmark = pytest.mark.filterwarnings("ignore:ssl.* deprecated:DeprecationWarning")
TERMINAL_SERVER = r"SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = TERMINAL_SERVER + r"\WinStations\RDP-Tcp"
POLICY = r"SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
SUITES = r"SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002"
FORWARD_SECRET = "TLS_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
# what FreeRDP's client ends with
LET_IN, LOGON_FAILURE = 0, 134


def tool(name: str, package: str) -> str:
    """Where the program is. Without it a test is skipped, but not where everything has to run."""
    found = shutil.which(name)
    if found is not None:
        return found
    sentence = f"{name} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@dataclass
class Host:
    """A box with its front."""

    box: Box
    front: RdpFront

    @property
    def address(self) -> str:
        assert self.front.port is not None, self.front.problem
        return f"127.0.0.1:{self.front.port}"

    def set(self, key: str, **values: Any) -> None:
        registry = self.box.registry
        kinds = {int: "DWord", str: "String", bytes: "Binary"}
        stored = registry["HKLM"].setdefault(key, {})
        for name, value in values.items():
            stored[name] = {"kind": kinds[type(value)], "value": value.hex() if isinstance(value, bytes) else value}
        self.box.write_json("registry", registry)

    def grant(self, right: str, *accounts: str) -> None:
        sections = inf.read(self.box)
        sections[inf.RIGHTS][right] = inf.listed(list(accounts))
        inf.write(self.box, sections)


@pytest.fixture
def host(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Host]:
    """Server 2019, or the box that the test is parametrised with."""
    name = getattr(request, "param", "default2019")
    box = boxes.build(name, tmp_path / "box", rdp_port=free_port(), certificates=[Certificate("rdp.example")])
    front = RdpFront(box)
    front.follow()
    yield Host(box, front)
    front.close()


def nmap(host: Host, script: str) -> str:
    """The script's own lines; it runs on a port that nmap knows nothing of only with a plus sign."""
    _, port = host.address.split(":")
    command = [tool("nmap", "nmap"), "-Pn", "-n", "-p", port, "--script", f"+{script}", "127.0.0.1"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return "\n".join(line.lstrip("|_ ") for line in ran.stdout.splitlines() if line.startswith("|"))


def accepted(text: str) -> set[str]:
    return set(re.findall(r"^(.*): SUCCESS$", text, re.MULTILINE))


NEGOTIATED = {"CredSSP (NLA)", "CredSSP with Early User Auth", "RDSTLS"}


@pytest.mark.parametrize(
    ("layer", "nla", "level", "layers", "methods", "named"),
    [
        (2, 1, 3, NEGOTIATED, set(), None),
        (2, 0, 3, NEGOTIATED | {"SSL"}, set(), None),
        (1, 0, 2, NEGOTIATED | {"SSL", "Native RDP"}, {"40-bit RC4", "56-bit RC4", "128-bit RC4", "FIPS 140-1"}, "Client Compatible"),
        (0, 0, 1, {"Native RDP"}, {"40-bit RC4", "56-bit RC4", "128-bit RC4", "FIPS 140-1"}, "Low"),
        (0, 0, 3, {"Native RDP"}, {"128-bit RC4", "FIPS 140-1"}, "High"),
        (0, 0, 4, {"Native RDP"}, {"FIPS 140-1"}, "FIPS Compliant"),
    ],
)
def test_nmap_finds_the_security_layers(
    host: Host, layer: int, nla: int, level: int, layers: set[str], methods: set[str], named: str | None
) -> None:
    host.set(LISTENER, SecurityLayer=layer, UserAuthentication=nla, MinEncryptionLevel=level)
    found = nmap(host, "rdp-enum-encryption")
    assert accepted(found) == layers | methods
    assert (re.findall(r"RDP Encryption level: (.+)", found) or [None]) == [named]
    # its own rule for the version: only over TLS without NLA, or without TLS
    assert ("RDP Protocol Version:  RDP 10.6 server" in found) == ("SSL" in layers or "Native RDP" in layers)


def test_nmap_sees_that_a_policy_wins(host: Host) -> None:
    host.set(POLICY, SecurityLayer=1, UserAuthentication=0)
    assert "Native RDP" in accepted(nmap(host, "rdp-enum-encryption"))
    host.set(POLICY, SecurityLayer=2, UserAuthentication=1)
    assert accepted(nmap(host, "rdp-enum-encryption")) == NEGOTIATED


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("default2019", ["Target_Name: WEB19", "DNS_Computer_Name: WEB19", "Product_Version: 10.0.17763"]),
        ("default2025", ["Target_Name: WEB25", "Product_Version: 10.0.26100"]),
        ("under_policy", ["Target_Name: CORP", "DNS_Computer_Name: MEMBER22.corp.example", "DNS_Tree_Name: corp.example"]),
    ],
    indirect=["host"],
)
def test_nmap_reads_the_names_out_of_ntlm(host: Host, expected: list[str]) -> None:
    found = nmap(host, "rdp-ntlm-info").splitlines()
    assert set(expected) <= set(found)


def test_nmap_reads_no_names_where_there_is_no_tls(host: Host) -> None:
    host.set(LISTENER, SecurityLayer=0, UserAuthentication=0)
    assert nmap(host, "rdp-ntlm-info") == ""


def test_nmap_finds_a_moved_listener_and_not_the_old_one(host: Host) -> None:
    old, new = host.address, free_port()
    network = host.box.read_json("network")
    for entry in network["sockets"]:
        if entry["process"] == host.box.services["TermService"]["process"]:
            entry["port"] = new
    host.box.write_json("network", network)
    host.front.follow()
    assert host.address == f"127.0.0.1:{new}"
    assert accepted(nmap(host, "rdp-enum-encryption")) == NEGOTIATED
    command = [tool("nmap", "nmap"), "-Pn", "-n", "-p", old.split(":")[1], "127.0.0.1"]
    assert " closed " in subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@dataclass(frozen=True)
class Scan:
    """What sslscan found."""

    versions: set[str]
    ciphers: set[str]
    subject: str


def sslscan(host: Host) -> Scan:
    command = [tool("sslscan", "sslscan"), "--rdp", "--xml=-", host.address]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    root = ElementTree.fromstring(ran.stdout)
    on = {f"{row.get('type', '')} {row.get('version')}".upper() for row in root.iter("protocol") if row.get("enabled") == "1"}
    subject = root.find(".//certificate/subject")
    return Scan(on, {row.get("cipher", "") for row in root.iter("cipher")}, "" if subject is None else subject.text or "")


def test_sslscan_sees_old_versions_go(host: Host) -> None:
    assert sslscan(host).versions == {"TLS 1.0", "TLS 1.1", "TLS 1.2"}
    for name in ("TLS 1.0", "TLS 1.1"):
        host.set(rf"{PROTOCOLS}\{name}\Server", Enabled=0, DisabledByDefault=1)
    assert sslscan(host).versions == {"TLS 1.2"}


@pytest.mark.parametrize("host", ["default2022", "default2025"], indirect=True)
def test_sslscan_finds_tls_1_3_where_a_release_has_it(host: Host) -> None:
    assert "TLS 1.3" in sslscan(host).versions


def test_sslscan_sees_suites_without_forward_secrecy_go(host: Host) -> None:
    before = sslscan(host).ciphers
    assert {"AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"} <= before
    host.set(SUITES, Functions=FORWARD_SECRET)
    assert sslscan(host).ciphers == {"ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"}


def test_sslscan_sees_the_bound_certificate(host: Host) -> None:
    assert sslscan(host).subject == "WEB19"
    [thumbprint] = host.box.read_json("keys")
    host.set(LISTENER, SSLCertificateSHA1Hash=bytes.fromhex(thumbprint))
    assert sslscan(host).subject == "rdp.example"


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """FreeRDP's client wants a display, though it shows nothing."""
    with rdp_servers.display(tmp_path_factory.mktemp("screen") / "xvfb.out") as screen:
        yield screen


@dataclass(frozen=True)
class Client:
    """FreeRDP's client with a home of its own, because it remembers certificates."""

    display: str
    home: Path

    def log_on(self, host: Host, password: str, *options: str, user: str = "deploy") -> tuple[int, str]:
        """(exit code, what it said)"""
        command = [tool("xfreerdp", "freerdp2-x11"), f"/v:{host.address}", f"/u:{user}", f"/p:{password}", "/cert:ignore", "+auth-only"]
        environment = {"PATH": os.environ["PATH"], "DISPLAY": self.display, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        ran = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, env=environment, check=False)
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def client(display: str, tmp_path: Path) -> Client:
    tool("xfreerdp", "freerdp2-x11")
    return Client(display, tmp_path)


def test_freerdp_tells_a_right_password_from_a_wrong_one(host: Host, client: Client) -> None:
    code, said = client.log_on(host, PASSWORD)
    assert code == LET_IN, said
    code, said = client.log_on(host, "wrong")
    assert code == LOGON_FAILURE, said
    assert "STATUS_LOGON_FAILURE" in said


def test_freerdp_is_told_of_a_right_that_is_missing(host: Host, client: Client) -> None:
    host.grant("SeDenyNetworkLogonRight", "S-1-5-114")
    code, said = client.log_on(host, PASSWORD)
    assert code != LET_IN
    assert "STATUS_LOGON_TYPE_NOT_GRANTED" in said


@pytest.mark.parametrize(
    ("layer", "nla", "option", "let_in"),
    [
        (2, 1, "/sec:nla", True),
        (2, 1, "/sec:tls", False),
        (2, 1, "/sec:rdp", False),
        (2, 0, "/sec:tls", True),
        (1, 0, "/sec:tls", True),
        (0, 0, "/sec:tls", False),
    ],
)
def test_freerdp_gets_in_only_by_what_the_host_accepts(host: Host, client: Client, layer: int, nla: int, option: str, let_in: bool) -> None:
    host.set(LISTENER, SecurityLayer=layer, UserAuthentication=nla)
    code, said = client.log_on(host, PASSWORD, option)
    assert (code == LET_IN) == let_in, said
