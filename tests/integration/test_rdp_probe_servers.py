# SPDX-License-Identifier: GPL-3.0-or-later
"""Real RDP servers with real settings: each setting shows in the verdict that it is about, and the module runs in Ansible."""

from __future__ import annotations

import hashlib
import json
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hardening.windows.plugins.module_utils._probe import probing, x224
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result
from integration import rdp_servers
from integration.ansible_process import program, settings
from integration.rdp_servers import Files
from unit.test_documentation import written

LEGACY = {"ssl_protocols": "TLSv1, TLSv1.1, TLSv1.2", "tls_ciphers": "ALL:@SECLEVEL=0"}
FORWARD_SECRET = {"ssl_protocols": "TLSv1.2", "tls_ciphers": "ECDHE+AESGCM"}

# xrdp's settings, and the verdicts: hardened, NLA, native refused, encryption level, TLS versions, forward secrecy.
XRDP: dict[str, tuple[dict[str, str], str]] = {
    "negotiate, high": ({"security_layer": "negotiate", "crypt_level": "high"}, "fail fail fail pass pass fail"),
    "negotiate, low": ({"security_layer": "negotiate", "crypt_level": "low"}, "fail fail fail fail pass fail"),
    "tls": ({"security_layer": "tls"}, "fail fail pass not_observable pass fail"),
    "tls, forward secret": ({"security_layer": "tls", **FORWARD_SECRET}, "fail fail pass not_observable pass pass"),
    "tls, legacy": ({"security_layer": "tls", **LEGACY}, "fail fail pass not_observable fail fail"),
    "tls, RSA key exchange": (
        {"security_layer": "tls", "ssl_protocols": "TLSv1.2", "tls_ciphers": "kRSA"},
        "fail fail pass not_observable pass fail",
    ),
    "rdp, low": ({"security_layer": "rdp", "crypt_level": "low"}, "fail fail fail fail not_observable not_observable"),
    "rdp, medium": ({"security_layer": "rdp", "crypt_level": "medium"}, "fail fail fail fail not_observable not_observable"),
    "rdp, high": ({"security_layer": "rdp", "crypt_level": "high"}, "fail fail fail pass not_observable not_observable"),
    "rdp, fips": ({"security_layer": "rdp", "crypt_level": "fips"}, "fail fail fail pass not_observable not_observable"),
    "rdp, none": ({"security_layer": "rdp", "crypt_level": "none"}, "fail fail fail fail not_observable not_observable"),
}
SHADOW = {
    "/sec:rdp": "fail fail fail fail not_observable not_observable",
    "/sec:tls": "fail fail pass not_observable pass fail",
    "/sec:nla": "pass pass pass not_observable pass fail",
}
VERSIONS = {
    "negotiate, high": {"1.0": False, "1.1": False, "1.2": True, "1.3": True},
    "tls, forward secret": {"1.0": False, "1.1": False, "1.2": True, "1.3": False},
    "tls, legacy": {"1.0": True, "1.1": True, "1.2": True, "1.3": False},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return rdp_servers.make_files(tmp_path_factory.mktemp("rdp"))


@pytest.fixture(scope="module")
def screen(files: Files) -> Iterator[str]:
    with rdp_servers.display(files.folder / "xvfb.out") as number:
        yield number


def look(port: int, thumbprint: str | None = None) -> Case:
    target = probing.Target("127.0.0.1", port, timeout=10, pause=0)
    return Case(probing.Prober(target).look(), datetime.now(UTC), thumbprint)


def verdicts(case: Case) -> list[str]:
    return [one.verdict for one in judge(case)]


@pytest.mark.parametrize("name", XRDP)
def test_xrdp(name: str, files: Files) -> None:
    configured, expected = XRDP[name]
    with rdp_servers.xrdp(files, **configured) as port:
        case = look(port)
    assert verdicts(case)[:6] == expected.split()
    if name in VERSIONS:
        found = {one["version"]: one["state"] == "accepted" for one in result(case, ())["tls"]["versions"]}
        assert found == VERSIONS[name]


def test_the_certificate_of_xrdp_is_the_configured_one(files: Files) -> None:
    shown = hashlib.sha1(ssl.PEM_cert_to_DER_cert(files.certificate.read_text())).hexdigest().upper()
    with rdp_servers.xrdp(files, security_layer="tls") as port:
        assert verdicts(look(port, shown))[6:] == ["pass", "pass", "fail", "pass"]
        assert verdicts(look(port, "0" * 40))[9] == "fail"


@pytest.mark.parametrize("option", SHADOW)
def test_shadow(option: str, files: Files, screen: str) -> None:
    with rdp_servers.shadow(files, screen, option) as port:
        case = look(port)
        assert isinstance(probing.handshake("127.0.0.1", port, 10), probing.Handshake)
    assert verdicts(case)[:6] == SHADOW[option].split()
    told = result(case, ())["credssp"]
    assert (told["state"], told["os_version"]) == (("challenge", "6.1.7601") if option == "/sec:nla" else ("not_observable", None))
    if option == "/sec:nla":
        clock = datetime.fromisoformat(told["clock"])
        assert abs((datetime.now(UTC) - clock).total_seconds()) < 60


def test_weston(files: Files) -> None:
    with rdp_servers.weston(files) as port:
        case = look(port)
    assert verdicts(case)[:5] == "fail fail fail fail pass".split()
    assert case.seen.requests["0"] == x224.Selected(x224.RDP, 1)


# -- in Ansible -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    failed: bool
    result: dict[str, Any]


def run_module(folder: Path, port: int, arguments: Mapping[str, Any], *flags: str) -> Run:
    """rdp_probe as Ansible runs it on this machine: packed, and started in an interpreter of its own."""
    given = {"host": "127.0.0.1", "port": port, "timeout": 10, **arguments}
    command = [program("ansible"), "localhost", "-i", "localhost,", "-c", "local", "-m", "hardening.windows.rdp_probe", *flags]
    environment = settings(folder / "results.jsonl", folder) | {
        "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline",
    }
    done = subprocess.run(
        [*command, "-e", "ansible_python_interpreter={{ ansible_playbook_python }}", "-a", json.dumps(given)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    _host, _arrow, rest = done.stdout.partition("=>")
    assert rest, done.stdout + done.stderr
    return Run(done.returncode != 0, json.loads(rest))


@contextmanager
def nla(files: Files, screen: str) -> Iterator[int]:
    with rdp_servers.shadow(files, screen, "/sec:nla") as port:
        yield port


def test_the_module_in_ansible(files: Files, screen: str, tmp_path: Path) -> None:
    with nla(files, screen) as port:
        looked = run_module(tmp_path, port, {"require": ["HW-RDP-PROBE-01"], "skip": ["HW-RDP-PROBE-10"]})
        checked = run_module(tmp_path, port, {"require": ["HW-RDP-PROBE-01"], "skip": ["HW-RDP-PROBE-10"]}, "--check")
        demanded = run_module(tmp_path, port, {"require": ["all"]})
    assert not looked.failed
    assert looked.result["changed"] is False
    assert set(written("rdp_probe", "RETURN")) <= set(looked.result)
    assert [one["id"][-2:] for one in looked.result["verdicts"]] == ["01", "02", "03", "04", "05", "06", "07", "08", "09"]
    assert without_clock(checked.result) == without_clock(looked.result)
    assert demanded.failed
    assert "HW-RDP-PROBE-09" in demanded.result["msg"]
    assert "HW-RDP-PROBE-10" not in demanded.result["msg"]
    assert demanded.result["credssp"]["state"] == "challenge"


def without_clock(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"credssp": found["credssp"] | {"clock": None}}


def test_the_module_on_a_closed_port(tmp_path: Path) -> None:
    port = rdp_servers.free_port()
    looked, demanded = run_module(tmp_path, port, {}), run_module(tmp_path, port, {"require": ["all"]})
    assert not looked.failed
    assert {one["verdict"] for one in looked.result["verdicts"]} == {"no_answer"}
    assert demanded.failed
    assert f"127.0.0.1 port {port} cannot be judged: no answer: the TCP connection was refused" in demanded.result["msg"]


def test_the_module_refuses_what_cannot_be_meant(tmp_path: Path) -> None:
    refused = run_module(tmp_path, 3389, {"certificate_thumbprint": "0F1E"})
    assert refused.failed
    assert "40 hexadecimal digits" in refused.result["msg"]
