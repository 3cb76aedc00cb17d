# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a run back by the journal its result names: the box is what it was, compared by lxml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from integration.ansible_process import APPLICATION_HOST, ROLE, Played, canonical, host_variables, journals, meaning, play, tasks
from lab import Lab, running
from lab.engine import WriteFault
from lab.faults import Fault

pytestmark = pytest.mark.engine("python")
HOSTS = ("whole", "crashed", "closed", "changed_since")
# what Ansible does once more, after the run: the id is the file's name without its ending
UNDO = [tasks("windows", {"hardening.windows.undo": {"journal": "{{ journal_id }}", "state": "{{ state | default(omit) }}"}})]


@dataclass(frozen=True)
class Ran:
    """The lab after everything; each host's applicationHost.config before, after the role, and after the undo."""

    lab: Lab
    role: Played
    undone: Played
    again: Played
    after: Played
    files: dict[str, list[str]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    with running([f"{host}=aspnet2022" for host in HOSTS], folder=tmp_path_factory.mktemp("undo")) as lab:
        for host in HOSTS:
            sites = {"iis_harden_sql_injection_sites": ["Default Web Site"]}
            host_variables(lab, host, {"iis_harden_profile": "competition"} | sites)
        for host in ("crashed", "closed"):
            lab.faults.add(Fault(host, "write", number=2, write=WriteFault(1, "after")))
        files = {host: [canonical(lab, host)] for host in HOSTS}
        role = play(lab, ROLE)
        for host in HOSTS:
            files[host].append(canonical(lab, host))
            state = {"state": "closed"} if host == "closed" else {}
            host_variables(lab, host, {"journal_id": named_journal(lab, role, host), **state})
        change_by_hand(lab, "changed_since")
        undone = play(lab, UNDO)
        for host in HOSTS:
            files[host].append(canonical(lab, host))
        yield Ran(lab, role, undone, play(lab, UNDO), play(lab, ROLE, "--check"), files)


def named_journal(lab: Lab, role: Played, host: str) -> str:
    """The id a person takes from the result; a run that crashed names it in its message, as the journal on the host does."""
    result = role.of(host)
    if result["journal"]:
        return result["journal"][0].rpartition("\\")[2].removesuffix(".jsonl")
    [journal] = journals(lab, host)
    assert journal[0]["id"] in result["msg"]
    return journal[0]["id"]


def change_by_hand(lab: Lab, host: str) -> None:
    box = lab.boxes[host]
    text = box.path(APPLICATION_HOST).read_text("utf-8")
    assert 'maxUrl="2048"' in text
    box.replace_file(APPLICATION_HOST, text.replace('maxUrl="2048"', 'maxUrl="777"').encode())


def test_the_run_changed_every_host(ran: Ran) -> None:
    assert [host for host in HOSTS if ran.files[host][0] == ran.files[host][1]] == []


@pytest.mark.parametrize("host", ["whole", "crashed"])
def test_undo_gives_back_what_was_there(ran: Ran, host: str) -> None:
    assert ran.undone.of(host)["changed"] is True
    assert meaning(ran.files[host][2]) == meaning(ran.files[host][0])


@pytest.mark.parametrize("host", ["whole", "crashed"])
def test_undo_once_more_changes_nothing(ran: Ran, host: str) -> None:
    result = ran.again.of(host)
    assert (result["changed"], result["changes"], result["journal"]) == (False, [], [])


def test_closing_a_journal_leaves_everything_as_it_is(ran: Ran) -> None:
    assert ran.files["closed"][2] == ran.files["closed"][1]


@pytest.mark.parametrize("host", ["crashed", "closed"])
def test_an_unfinished_journal_is_finished_afterwards(ran: Ran, host: str) -> None:
    [journal] = [journal for journal in journals(ran.lab, host) if journal[0]["id"] in ran.role.of(host)["msg"]]
    assert [line["finished"] for line in journal if "finished" in line] == [{"crashed": "undone", "closed": "superseded"}[host]]


@pytest.mark.parametrize("host", ["crashed", "closed"])
def test_and_no_longer_reported(ran: Ran, host: str) -> None:
    assert "is not finished" in " ".join(map(str, ran.undone.of(host)["warnings"]))
    assert ran.after.of(host).get("warnings", []) == []


def test_closing_twice_changes_nothing(ran: Ran) -> None:
    assert ran.again.of("closed")["changed"] is False


def test_what_somebody_changed_since_is_refused(ran: Ran) -> None:
    assert ran.undone.state("changed_since") == "failed"
    message = ran.undone.of("changed_since")["msg"]
    assert "Nothing was changed" in message
    assert "maxUrl" in message
    assert ran.files["changed_since"][2] == ran.files["changed_since"][1].replace('maxUrl="2048"', 'maxUrl="777"')


def test_a_journal_that_is_not_there_is_named(ran: Ran) -> None:
    missing = "20200101T000000Z-00000000"
    played = play(ran.lab, [tasks("whole", {"hardening.windows.undo": {"journal": missing}})])
    assert (played.state("whole"), missing in played.of("whole")["msg"]) == ("failed", True)
