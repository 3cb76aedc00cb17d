# SPDX-License-Identifier: GPL-3.0-or-later
"""What the payload does where a program of Windows is missing, and where a service is just about to change its state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.behaviour import rdp_listener, rdp_machine
from lab.behaviour.rdp_host import DENY, GUEST, host
from lab.behaviour.rdp_requests import certificate, grant, scheme
from lab.behaviour.requests import apply, reads
from lab.behaviour.situation import JOURNALS
from lab.box import Box
from lab.engine import Engine, WriteFault
from lab.engine_pwsh import view


@pytest.fixture
def pwsh(engine_named: Callable[[str], Engine]) -> Engine:
    return engine_named("pwsh")


def without(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(view, "SCRIPTS", {name: script for name, script in view.SCRIPTS.items() if name != program})


def files(box: Box) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in box.folder.rglob("*") if path.is_file() and path.name != ".lock"}


def test_a_program_that_is_missing_is_named(pwsh: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "powercfg.exe")
    box = host(documents={"power": rdp_machine.POWER}).build(tmp_path / "box")

    [found] = pwsh.answer(box, "windows_rdp_read", reads(scheme(rdp_machine.SLEEP)))["observations"]

    assert found["error"]["kind"] == "command_missing"
    assert "powercfg.exe" in found["error"]["message"]


# for the key of a smart card certutil.exe opens a window that nobody sees, unless it is told not to
ASKING = f"""import sys
if "-silent" not in sys.argv:
    sys.exit(1)
print("Unique container name: {rdp_machine.NAMES[rdp_machine.KEYED]}")
"""


def test_certutil_may_not_ask(pwsh: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asking.py").write_text(ASKING, "utf-8")
    monkeypatch.setattr(view, "SCRIPTS", view.SCRIPTS | {"certutil.exe": str(tmp_path / "asking.py")})
    box = rdp_machine.CERTIFICATES.build(tmp_path / "box")

    [found] = pwsh.answer(box, "windows_rdp_read", reads(certificate(rdp_machine.KEYED)))["observations"]

    assert found["value"]["key"]["unique_name"] == rdp_machine.NAMES[rdp_machine.KEYED]


def test_nothing_is_written_where_the_journals_folder_cannot_be_closed_to_others(
    pwsh: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "icacls.exe")
    box = host().build(tmp_path / "box")
    before = files(box)

    answer = pwsh.answer(box, "windows_rdp", apply(grant(DENY, GUEST)))

    assert answer["failed"]
    assert answer["error"]["kind"] == "journal"
    assert "icacls.exe" in answer["error"]["message"]
    assert files(box) == before
    assert not box.path(JOURNALS).exists()


def restarted(pwsh: Engine, folder: Path, dependent: str) -> tuple[list[dict[str, Any]], Box]:
    """The first stop of TermService is refused while a service that depends on it is in this state."""
    services = {**rdp_listener.SERVICES, "UmRdpService": rdp_listener.service(dependent)}
    box = rdp_listener.serving(rdp_listener.OPEN, {"PortNumber": 3390}, services=services).build(folder / "box")
    answer = pwsh.answer(box, "windows_rdp", apply(restarts=["TermService"]), WriteFault(1, "before", "sharing"))
    return answer["restarts"], box


def states(box: Box) -> tuple[str, str]:
    return box.services["TermService"]["state"], box.services["UmRdpService"]["state"]


def test_a_service_is_asked_to_stop_again_while_one_that_depends_on_it_starts(pwsh: Engine, tmp_path: Path) -> None:
    restarts, box = restarted(pwsh, tmp_path, "StartPending")

    assert restarts == [{"service": "TermService", "error": None}]
    assert states(box) == ("Running", "Running")
    assert {socket["port"] for socket in box.read_json("network")["sockets"] if socket["process"] == rdp_listener.RDP} == {3390}


def restarted_twice(pwsh: Engine, folder: Path, **services: dict[str, int]) -> tuple[list[dict[str, Any] | None], Box]:
    """The errors of a restart of TermService, and of UmRdpService, which depends on it."""
    running = rdp_listener.SERVICES | {"UmRdpService": rdp_listener.service("Running")}
    box = host(services={name: one | services.get(name, {}) for name, one in running.items()}).build(folder / "box")
    answer = pwsh.answer(box, "windows_rdp", apply(restarts=["TermService", "UmRdpService"]))
    return [one["error"] for one in answer["restarts"]], box


def test_a_service_that_does_not_start_is_started_again_and_so_is_what_depends_on_it(pwsh: Engine, tmp_path: Path) -> None:
    [error, later], box = restarted_twice(pwsh, tmp_path, TermService={"refuses": 1})

    assert error is not None
    assert error["hresult"] == "0x8007041d"
    assert error["message"].endswith("Now it is Running.")
    assert later is None
    assert states(box) == ("Running", "Running")


def test_a_restart_starts_what_an_earlier_one_left_stopped(pwsh: Engine, tmp_path: Path) -> None:
    [error, later], box = restarted_twice(pwsh, tmp_path, UmRdpService={"refuses": 2})

    assert error is not None
    assert later is None
    assert states(box) == ("Running", "Running")


def test_a_service_that_does_not_start_at_all_is_an_error_of_each_restart(pwsh: Engine, tmp_path: Path) -> None:
    errors, box = restarted_twice(pwsh, tmp_path, TermService={"refuses": 9}, UmRdpService={"refuses": 9})

    assert [error is not None and error["message"].endswith("Now it is Stopped.") for error in errors] == [True, True]
    assert states(box) == ("Stopped", "Stopped")


def test_a_service_that_refuses_to_stop_while_nothing_is_pending_is_not_asked_again(pwsh: Engine, tmp_path: Path) -> None:
    [restart], box = restarted(pwsh, tmp_path, "Stopped")

    assert restart["error"] is not None
    assert (restart["error"]["kind"], restart["error"]["hresult"]) == ("sharing_violation", "0x80070020")
    assert {socket["port"] for socket in box.read_json("network")["sockets"] if socket["process"] == rdp_listener.RDP} == {3389}
