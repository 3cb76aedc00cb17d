# SPDX-License-Identifier: GPL-3.0-or-later
"""Canaries for Remote Desktop: passwords of the connection and of the host's users, an automatic logon's, a private key; searched for
wherever a run leaves something, also one that reads every account, right and group.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.ansible_process import JOURNALS, host_variables, play, tasks
from integration.rdp_hosts import ROLE, build
from integration.test_secrets import Ran, Watching
from lab import running
from lab.behaviour import rdp_requests
from lab.box import Box
from lab.boxes.certificates import Certificate, make
from lab.ports import free_port

pytestmark = pytest.mark.engine("python")
HOST = "keeper"
LOGIN, ANNA, AUTOMATIC, KEY = CANARIES = ("Canary-Login-1", "Canary-Anna-2", "Canary-Automatic-3", "Canary-Key-4")
CERTIFICATE = Certificate("rdp.example", ends=30)
THUMBPRINT = make(CERTIFICATE).thumbprint
WINLOGON = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
LISTENER = r"SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"
RIGHTS = ("SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight", "SeNetworkLogonRight", "SeDenyNetworkLogonRight")

# a read of each provider that the family has, and all that tell about accounts
READS: list[dict[str, Any]] = [
    {"provider": "registry", "read": "key", "hive": "HKLM", "key": LISTENER},
    {"provider": "service", "read": "service", "name": "TermService"},
    {"provider": "journal", "read": "journals"},
    rdp_requests.ACCOUNTS,
    rdp_requests.resolve("", "anna", "S-1-5-32-544"),
    *(rdp_requests.right(name) for name in RIGHTS),
    *(rdp_requests.members(f"S-1-5-32-{number}") for number in (544, 545, 555)),
    rdp_requests.POLICY,
    rdp_requests.rules(),
    rdp_requests.listeners(),
    rdp_requests.SESSIONS,
    rdp_requests.scheme("238c9fa8-0aad-41ed-83f4-97be242c8f20"),
    rdp_requests.certificate(THUMBPRINT),
    rdp_requests.task(r"\hardening.windows\remote-desktop-port"),
    rdp_requests.owned(LISTENER),
]
EVERYTHING = {
    "name": "everything",
    "hardening.windows.windows_rdp_read": {"protocol": 1, "operation": "read", "batch": READS},
}
VARIABLES = {
    "rdp_harden_profile": "competition",
    "rdp_harden_users": ["anna"],
    "rdp_harden_access": {"deny": {"accounts": ["guests"]}},
    "rdp_harden_security_layer": {"certificate_thumbprint": THUMBPRINT},
}


def keeper(folder: Path, **options: Any) -> Box:
    """A host with secrets where Windows keeps them."""
    box = build("default2022", folder, certificates=(CERTIFICATE,), **options)
    box.write_json("host", box.host | {"users": {"deploy": LOGIN, "anna": ANNA}})
    registry = box.registry
    registry["HKLM"].setdefault(WINLOGON, {})["DefaultPassword"] = {"kind": "String", "value": AUTOMATIC}
    box.write_json("registry", registry)
    [key] = box.path(r"C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys").iterdir()
    key.write_text(KEY, "utf-8")
    return box


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The role with a move of the port, then everything that the payload can be asked about, with all that Ansible can be made to print."""
    folder, engine = tmp_path_factory.mktemp("rdp_secrets"), Watching()
    with running({HOST: keeper(folder / "box")}, engine, folder / "lab") as lab:
        host_variables(lab, HOST, VARIABLES | {"rdp_harden_listener": {"port": free_port()}, "rdp_harden_probe_from": "localhost"})
        yield Ran(lab, play(lab, [*ROLE, tasks(HOST, EVERYTHING)], "-vvvv", "--diff"), engine)


def test_the_run_writes_and_reads_everything(ran: Ran) -> None:
    assert ran.played.exit_code == 0, ran.played.output
    answers = [json.loads(answer) for answer in ran.engine.answers]
    assert [answer["changed"] for answer in answers][-2:] == [True, False]
    assert [answer for answer in answers[-1]["observations"] if "error" in answer] == []
    assert len(answers[-1]["observations"]) == len(READS)


def test_accounts_and_rights_are_in_what_was_read(ran: Ran) -> None:
    """So a password would be, if the payload gave one."""
    told = json.dumps(ran.played.of(HOST, "everything"))
    assert all(name in told for name in ("anna", "deploy", "password_age_days", "S-1-5-32-555", THUMBPRINT.lower()[:8]))


@pytest.mark.parametrize("secret", CANARIES)
def test_the_canary_is_where_it_was_put(ran: Ran, secret: str) -> None:
    texts = [file.read_bytes() for file in ran.lab.boxes[HOST].folder.rglob("*") if file.is_file()]
    assert len([text for text in texts if secret.encode() in text]) == 1


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_not_printed_at_the_highest_verbosity(ran: Ran, secret: str) -> None:
    assert [line for line in ran.played.output.splitlines() if secret in line] == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_result_and_no_diff(ran: Ran, secret: str) -> None:
    assert secret not in json.dumps(ran.played.results, default=str)


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_journal(ran: Ran, secret: str) -> None:
    texts = [file.read_text("utf-8") for file in ran.lab.boxes[HOST].path(JOURNALS).iterdir()]
    assert [text for text in texts if secret in text] == []
    assert len(texts) == 2


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_answer_of_the_payload(ran: Ran, secret: str) -> None:
    assert [number for number, answer in enumerate(ran.engine.answers) if secret in answer] == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_sent_to_the_host_in_no_command(ran: Ran, secret: str) -> None:
    assert ran.lab.log.read("commands") != []
    assert ran.lab.log.find(secret) == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_not_in_the_process_list(ran: Ran, secret: str) -> None:
    assert any("ansible-playbook" in line for line in ran.engine.command_lines)
    assert [line for line in ran.engine.command_lines if secret in line] == []
