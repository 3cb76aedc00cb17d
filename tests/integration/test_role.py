# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of the role reaches its option: one host for each row, all in one run, judged by the file on the host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from integration.ansible_process import APPLICATION_HOST, ROLE, Played, host_variables, play, stored, tasks
from integration.role_cases import CASES, SHARED, Case
from lab import Lab, running
from lab.box import Box
from playbook_run import ROOT

pytestmark = pytest.mark.engine("python")
WEB_ROOT = r"C:\inetpub\wwwroot\web.config"
REDIRECTION = r"C:\Windows\System32\inetsrv\config\redirection.config"
SHARE = r"\\files01.corp.example\iis\config"
GROUPS = ("by_group_iis", "by_group_all")


def share_locally(box: Box) -> None:
    """Moves the configuration of a farm's box into a folder that the box itself has."""
    box.replace_file(SHARED, box.path(APPLICATION_HOST).read_bytes())
    redirection = box.path(REDIRECTION).read_text("utf-8")
    box.replace_file(REDIRECTION, redirection.replace(SHARE, SHARED.rpartition("\\")[0]).encode())


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, Played]]:
    with running([f"{case.host}={case.box}" for case in CASES], folder=tmp_path_factory.mktemp("role")) as lab:
        for case in CASES:
            host_variables(lab, case.host, case.variables)
            if case.file == SHARED:
                share_locally(lab.boxes[case.host])
            if case.web_config:
                lab.boxes[case.host].replace_file(WEB_ROOT, case.web_config.encode())
        yield lab, play(lab, ROLE, "--forks", "4")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_the_host_holds_what_its_variables_ask_for(ran: tuple[Lab, Played], case: Case) -> None:
    lab, played = ran
    told = played.of(case.host).get("msg")
    assert {path: stored(lab, case.host, path, case.location, case.file) for path in case.expected} == case.expected, told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.host)
def test_it_fails_where_the_policy_says_so_and_only_there(ran: tuple[Lab, Played], case: Case) -> None:
    told = ran[1].of(case.host).get("msg", "")
    assert ran[1].state(case.host) == ("failed" if case.fails else "ok"), told
    assert (case.fails or "") in told


def test_every_variable_of_the_role_has_a_row() -> None:
    specification = yaml.safe_load((ROOT / "roles/iis_harden/meta/argument_specs.yml").read_text("utf-8"))
    variables = specification["argument_specs"]["main"]["options"].keys()
    assert variables - {name for case in CASES for name in case.variables} == set()


def test_an_accepted_override_is_reported_with_its_reason(ran: tuple[Lab, Played]) -> None:
    [override] = ran[1].of("accepted_overrides")["overrides"]
    assert (override["site"], override["accepted"]) == ("Default Web Site", "the shop's long links")


def test_options_can_be_given_once_for_the_action_group(tmp_path_factory: pytest.TempPathFactory) -> None:
    resource = {"hardening.windows.iis_request_filtering": {"request_limits": {"max_url": 1024}}}
    plays = [
        tasks(host, resource, module_defaults={f"group/hardening.windows.{host.rpartition('_')[2]}": {"allow_high_bit_characters": False}})
        for host in GROUPS
    ]
    with running([f"{host}=default2022" for host in GROUPS], folder=tmp_path_factory.mktemp("groups")) as lab:
        played = play(lab, plays)
        assert played.exit_code == 0, played.output
        found = [[stored(lab, host, path) for path in ("@allowHighBitCharacters", "requestLimits/@maxUrl")] for host in GROUPS]
        assert found == [[["false"], ["1024"]]] * 2
