# SPDX-License-Identifier: GPL-3.0-or-later
"""Canaries: passwords of the inventory and of the host, searched for wherever a run leaves something.

Ansible itself prints of its connection's variables the user and the port (-vvv), never the password; so nothing is excepted here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from integration.ansible_process import APPLICATION_HOST, JOURNALS, ROLE, Played, host_variables, play, tasks
from lab import Lab, running
from lab.box import Box
from lab.boxes import build
from lab.engine import WriteFault
from lab.engine_python import PythonEngine

pytestmark = pytest.mark.engine("python")
HOST = "keeper"
LOGIN, POOL, SHARE, APPLICATION = CANARIES = ("Canary-Login-1", "Canary-Pool-2", "Canary-Share-3", "Canary-Application-4")
WEB_CONFIG = f"""<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <connectionStrings>
    <add name="shop" connectionString="Server=db;User Id=shop;Password={APPLICATION}" />
  </connectionStrings>
  <system.webServer>
    <security><requestFiltering><requestLimits maxUrl="2000" /></requestFiltering></security>
  </system.webServer>
</configuration>
"""

_SECTIONS = ("system.applicationHost/sites", "system.applicationHost/applicationPools", "system.webServer/security/requestFiltering")
_READS = [
    {"provider": "iis", "read": "server"},
    *({"provider": "iis", "read": "section", "section": name, "locations": [], "directory_limit": 20000} for name in _SECTIONS),
    {"provider": "journal", "read": "journals"},
]
# a task that asks for everything that could hold a password
EVERYTHING = {"hardening.windows.windows_iis": {"protocol": 1, "operation": "read", "batch": _READS}}


@dataclass
class Watching:
    """The Python engine, which keeps its answers and looks at the process list while Ansible waits for one."""

    name: str = "python"
    answers: list[str] = field(default_factory=list)
    command_lines: set[str] = field(default_factory=set)

    def answer(self, box: Box, entry: str, arguments: dict[str, Any], fault: WriteFault | None = None) -> dict[str, Any]:
        self.command_lines |= set(process_list())
        answer = PythonEngine().answer(box, entry, arguments, fault)
        self.answers.append(json.dumps(answer))
        return answer


def process_list() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            pass  # it has ended meanwhile


@dataclass(frozen=True)
class Ran:
    lab: Lab
    played: Played
    engine: Watching


def keeper(folder: Path) -> Box:
    """A host whose configuration holds passwords: of a pool, where the schema encrypts, and of a share, in clear."""
    box = build("aspnet2022", folder)
    box.write_json("host", box.host | {"users": {"deploy": LOGIN}})
    text = box.path(APPLICATION_HOST).read_text("utf-8")
    pool = f'<add name="DefaultAppPool"><processModel identityType="SpecificUser" userName="CORP\\web" password="{POOL}" /></add>'
    share = f'<virtualDirectory path="/files" physicalPath="C:\\files" userName="CORP\\files" password="{SHARE}" />'
    for place, secret in ('<add name="DefaultAppPool" />', pool), ("</application>", share + "</application>"):
        assert text.count(place) == 1
        text = text.replace(place, secret)
    box.replace_file(APPLICATION_HOST, text.encode())
    box.replace_file(r"C:\inetpub\wwwroot\web.config", WEB_CONFIG.encode())
    box.path(r"C:\files").mkdir()
    return box


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The role, then everything that the payload can be asked about, with all that Ansible can be made to print."""
    folder, engine = tmp_path_factory.mktemp("secrets"), Watching()
    with running({HOST: keeper(folder / "box")}, engine, folder / "lab") as lab:
        host_variables(lab, HOST, {"iis_harden_profile": "competition", "iis_harden_on_override": "report"})
        yield Ran(lab, play(lab, [*ROLE, tasks(HOST, EVERYTHING)], "-vvvv", "--diff"), engine)


def test_the_run_writes_and_reads_everything(ran: Ran) -> None:
    assert ran.played.exit_code == 0, ran.played.output
    assert [json.loads(answer)["changed"] for answer in ran.engine.answers] == [False, True, False]
    assert [("error" in result) for result in json.loads(ran.engine.answers[-1])["observations"]] == [False] * 5


@pytest.mark.parametrize("secret", CANARIES)
def test_the_canary_is_where_it_was_put(ran: Ran, secret: str) -> None:
    files = [file for file in ran.lab.boxes[HOST].folder.rglob("*") if file.is_file() and secret in file.read_text("utf-8")]
    assert len(files) == 1


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_not_printed_at_the_highest_verbosity(ran: Ran, secret: str) -> None:
    assert [line for line in ran.played.output.splitlines() if secret in line] == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_result_and_no_diff(ran: Ran, secret: str) -> None:
    assert secret not in json.dumps(ran.played.results, default=str)


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_journal(ran: Ran, secret: str) -> None:
    [journal] = ran.lab.boxes[HOST].path(JOURNALS).iterdir()
    assert secret not in journal.read_text("utf-8")


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_in_no_answer_of_the_payload(ran: Ran, secret: str) -> None:
    assert [number for number, answer in enumerate(ran.engine.answers) if secret in answer] == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_sent_to_the_host_in_no_command(ran: Ran, secret: str) -> None:
    assert ran.lab.log.find(secret) == []


@pytest.mark.parametrize("secret", CANARIES)
def test_it_is_not_in_the_process_list(ran: Ran, secret: str) -> None:
    assert any("ansible-playbook" in line for line in ran.engine.command_lines)
    assert [line for line in ran.engine.command_lines if secret in line] == []
