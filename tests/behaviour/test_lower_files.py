# SPDX-License-Identifier: GPL-3.0-or-later
"""What files and locations below the server do to it: cleared lists, letters' case, accepted and reported overrides, known applications."""

from __future__ import annotations

from pathlib import Path

import pytest

from behaviour.checks import assert_converges, assert_refused
from behaviour.convergence import Host
from behaviour.role_options import resources_of
from lab import boxes
from lab.behaviour.situation import ROOT, Situation, web_config

WEB_CONFIG = ROOT + "\\web.config"
EXTENSION = [{"iis_request_filtering": {"file_extensions": {"entries": [{"extension": ".bak", "allowed": False}]}}}]
VERB = [{"iis_request_filtering": {"verbs": {"entries": [{"verb": "TRACE", "allowed": False}]}}}]


def below(host: Host, tmp_path: Path, xml: str) -> Host:
    host.box = Situation(files={WEB_CONFIG: web_config(xml)}).build(tmp_path / "below")
    return host


def test_cleared_list_takes_the_entry_away(host: Host, tmp_path: Path) -> None:
    result = assert_converges(below(host, tmp_path, "<fileExtensions>\n<clear />\n</fileExtensions>"), EXTENSION).result

    assert [(item["setting"], item["found"], item["line"]) for item in result["overrides"]] == [("fileExtensions/.bak", "removed", 7)]
    assert result["failed"] is True


def test_cleared_list_that_has_the_entry_again_is_as_wanted(host: Host, tmp_path: Path) -> None:
    xml = '<fileExtensions>\n<clear />\n<add fileExtension=".bak" allowed="false" />\n</fileExtensions>'

    result = assert_converges(below(host, tmp_path, xml), EXTENSION).result

    assert result["overrides"] == []
    assert "failed" not in result


def test_extensions_are_one_whatever_their_case(host: Host, tmp_path: Path) -> None:
    xml = '<fileExtensions>\n<add fileExtension=".BAK" allowed="false" />\n</fileExtensions>'

    assert_refused(below(host, tmp_path, xml), EXTENSION, "fileExtensions/.bak", f"{WEB_CONFIG}, line 7", "0x800700b7")


def test_verbs_differ_by_case(host: Host, tmp_path: Path) -> None:
    result = assert_converges(below(host, tmp_path, '<verbs>\n<add verb="trace" allowed="true" />\n</verbs>'), VERB).result

    assert result["overrides"] == []


def test_folder_below_another_follows_it(host: Host, tmp_path: Path) -> None:
    """The root clears the list, the folder below adds the entry again: no second entry there, but the root is overridden."""
    below(host, tmp_path, "<fileExtensions>\n<clear />\n</fileExtensions>")
    deep = web_config('<fileExtensions>\n<add fileExtension=".bak" allowed="false" />\n</fileExtensions>')
    host.box.replace_file(ROOT + "\\a\\b\\web.config", deep.encode())

    result = assert_converges(host, EXTENSION).result

    assert [(item["path"], item["found"]) for item in result["overrides"]] == [("/", "removed")]


def test_accepted_override(host: Host, tmp_path: Path) -> None:
    below(host, tmp_path, '<requestLimits maxUrl="8192" />')
    accepted = [{"site": "default web site", "path": "/", "setting": "request_limits", "reason": "the shop's long links"}]

    result = assert_converges(host, resources_of("baseline", accepted_overrides=accepted)).result

    assert [item["accepted"] for item in result["overrides"]] == ["the shop's long links"]
    assert "failed" not in result
    assert {"accepted"} == {control["status"] for control in result["controls"] if control["id"] == "HW-IIS-RF-04"}


def test_acceptance_of_another_setting_does_not_count(host: Host, tmp_path: Path) -> None:
    below(host, tmp_path, '<requestLimits maxUrl="8192" />')
    accepted = [{"site": "Default Web Site", "setting": "request_limits.max_query_string", "reason": "another"}]

    assert host.converge(resources_of("baseline", accepted_overrides=accepted))["failed"] is True


def test_override_is_only_reported_if_so_told(host: Host, tmp_path: Path) -> None:
    below(host, tmp_path, '<requestLimits maxUrl="8192" />')

    result = host.converge(resources_of("baseline", on_override="report"))

    assert "failed" not in result
    assert "requestLimits/maxUrl is 8192 instead of 4096" in result["warnings"][0]


def test_gateway_keeps_its_limits(host: Host, tmp_path: Path) -> None:
    host.box = boxes.build("gateway2019", tmp_path / "gateway")

    result = assert_converges(host, resources_of("competition")).result

    pinned = {change["target"].partition("location ")[2]: change["after"] for change in result["changes"] if "location" in change["target"]}
    limits = {"maxUrl": "4096", "maxQueryString": "2048"}
    places = ("Default Web Site/Rpc", "Default Web Site/RpcWithCert")
    assert pinned == {f"{place}: requestFiltering/requestLimits/{name}": value for place in places for name, value in limits.items()}
    assert len(result["warnings"]) == 4
    assert "failed" not in result


def test_gateway_is_refused_if_so_told(host: Host, tmp_path: Path) -> None:
    host.box = boxes.build("gateway2019", tmp_path / "gateway")

    assert_refused(
        host, resources_of("competition", known_applications="refuse"), "RD Gateway", "Default Web Site/Rpc", "maxUrl 4096", "2048"
    )


@pytest.mark.parametrize("skip", ["HW-IIS-RF-06", "CIS-IIS10-4.6"])
def test_skipped_control_is_left_alone(host: Host, skip: str) -> None:
    result = host.converge(resources_of("baseline"), skip=[skip])

    assert "verbs/TRACE" not in str(result["changes"])
    assert "verbs/OPTIONS" in str(result["changes"])


def test_only_one_control(host: Host) -> None:
    result = host.converge(resources_of("baseline"), only=["V-218756"])

    assert [change["target"] for change in result["changes"]] == ["applicationHost.config, server: requestFiltering/allowHighBitCharacters"]
