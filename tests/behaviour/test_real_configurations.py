# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers and real web.config files: for each, what the role's profiles make of it, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import assert_converges, assert_refused
from behaviour.convergence import Host, python_is_enough
from behaviour.real_boxes import APPLICATION_HOST, CONFIG, DATA, MISSING, SERVERS, data, server_box
from behaviour.real_web_configs import RUNS, WEB_CONFIGS, WebConfig
from behaviour.role_options import resources_of, variable
from lab.box import Box

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=MISSING)
HostOf = Callable[[Box], Host]

HIGH_BIT, LIMIT = "allowHighBitCharacters", "requestLimits/maxAllowedContentLength"
URL, QUERY = "requestLimits/maxUrl", "requestLimits/maxQueryString"
TRACE, OPTIONS, UNLISTED = "verbs/TRACE", "verbs/OPTIONS", "fileExtensions/allowUnlisted"
NEW_EXTENSIONS = {f"fileExtensions/{name}" for name in (".bak", ".old", ".sql", ".zip", ".bat", ".cmd", ".exe", ".ps1")}


def resources(run: str) -> list[dict[str, Any]]:
    return resources_of("baseline", target="all_sites") if run == "all_sites" else resources_of(run)


@dataclass(frozen=True)
class RealServer:
    """What differs from server to server.

    sites: their number. aspnet: ASP.NET's segments are there already. compliant: what baseline finds right. inert: no removeServerHeader
    with effect (its build is older than 1709).
    """

    name: str
    sites: int
    aspnet: bool = True
    compliant: frozenset[str] = field(default_factory=frozenset)
    inert: bool = False


# c1982 denies TRACE, HEAD and OPTIONS already; all others leave the verbs empty and write no limits (facts: their own files).
REAL_SERVERS = (
    RealServer("apachecoz", 15),
    RealServer("c1982", 4, compliant=frozenset({TRACE, OPTIONS}), inert=True),
    RealServer("dalawton", 2),
    RealServer("dorik84", 2),
    RealServer("mattgillard", 1, aspnet=False),
    RealServer("mlbakerak", 1, aspnet=False),
    RealServer("redhatse", 1),
    RealServer("v-junish", 1, aspnet=False),
)


def expected_changes(server: RealServer, run: str) -> set[str]:
    """The settings that a run changes; every sample leaves double escaping off and the lengths at their defaults."""
    changes = {HIGH_BIT, LIMIT, TRACE} | (set() if run == "cis" else {OPTIONS})
    if run == "competition":
        changes |= {URL, QUERY, *NEW_EXTENSIONS, "hiddenSegments/.git", "hiddenSegments/.svn"}
        changes |= set() if server.aspnet else {"hiddenSegments/bin", "hiddenSegments/App_Data"}
    if run == "cis":
        changes |= {UNLISTED, *(f"fileExtensions/{name}" for name in variable("allowed_extensions"))}
    if run in ("competition", "cis") and not server.inert:
        changes |= {"removeServerHeader"}
    return changes - server.compliant


# Both engines read every real server (tests/conformance/test_real_files.py). On both is the run that writes most, and one for all sites.
@python_is_enough(
    lambda parameters: parameters["run"] != "competition" and (parameters["server"].name, parameters["run"]) != ("dalawton", "all_sites")
)
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("server", REAL_SERVERS, ids=lambda server: server.name)
def test_server_converges(host_of: HostOf, tmp_path: Path, server: RealServer, run: str) -> None:
    host = host_of(server_box(server.name, tmp_path / "box"))

    result = assert_converges(host, resources(run)).result

    times = server.sites if run == "all_sites" else 1
    changed = [change["target"].partition("requestFiltering/")[2] for change in result["changes"]]
    assert sorted(changed) == sorted([*expected_changes(server, run)] * times)
    assert "msg" not in result
    assert result["overrides"] == []
    unsettled = {control["id"] for control in result["controls"] if control["status"] == "no_effect"}
    assert unsettled == ({"HW-IIS-RF-10"} if server.inert and run in ("competition", "cis") else set())


def test_every_real_server_is_in_the_table() -> None:
    found = {file.name for file in (DATA / "apphost").glob("*applicationHost.config")}

    assert found == {SERVERS[name].file for name in ["know-it-peru", *(server.name for server in REAL_SERVERS)]}


GATEWAY = ("Default Web Site/Rpc", "Default Web Site/RpcWithCert")
GATEWAY_PINS = {"baseline": [], "all_sites": [], "competition": [URL, QUERY], "cis": [UNLISTED]}


@python_is_enough(lambda parameters: parameters["run"] not in ("competition", "all_sites"))
@pytest.mark.parametrize("run", RUNS)
def test_gateway_keeps_its_values(host_of: HostOf, tmp_path: Path, run: str) -> None:
    """know-it-peru is an RD Gateway: what its two applications need is accepted or pinned at their locations."""
    box = server_box("know-it-peru", tmp_path / "box")
    box.replace_file(CONFIG + "\\schema\\FTP_schema.xml", Path(__file__).with_name("FTP_schema.xml").read_bytes())

    result = assert_converges(host_of(box), resources(run)).result

    pinned = {change["target"] for change in result["changes"] if "/Rpc" in change["target"]}
    assert pinned == {
        f"applicationHost.config, location {place}: requestFiltering/{name}" for place in GATEWAY for name in GATEWAY_PINS[run]
    }
    overrides = [(item["site"] + item["path"], item["setting"], item["found"], item["line"]) for item in result["overrides"]]
    assert overrides == [(GATEWAY[0], LIMIT, "2147483648", 1026), (GATEWAY[1], LIMIT, "2147483648", 1058)]
    assert all("RD Gateway" in item["accepted"] for item in result["overrides"])
    assert "msg" not in result


@python_is_enough(lambda parameters: parameters["run"] != "baseline")
@pytest.mark.parametrize("run", RUNS)
def test_server_with_an_element_that_no_schema_has(host_of: HostOf, tmp_path: Path, run: str) -> None:
    """Without the FTP service's schema the same file is one that IIS itself cannot read: refused, with the line."""
    box = server_box("know-it-peru", tmp_path / "box")

    assert_refused(host_of(box), resources(run), "Nothing was changed", "applicationHost.config, line 217", "ftpServer", "cannot be read")


def web_config_cases() -> list[Any]:
    """Every file at a site's root in every run, and once in a folder below it."""
    places = [(run, "/") for run in RUNS] + [("competition", "/app")]
    return [
        pytest.param(file, run, path, id=f"{Path(file.file).name}-{run}{path.rstrip('/')}") for file in WEB_CONFIGS for run, path in places
    ]


# As for the servers: on both engines is the run that writes most.
@python_is_enough(
    lambda parameters: parameters["path"] == "/app" or parameters["run"] != "competition" or not parameters["file"].expects("competition")
)
@pytest.mark.parametrize(("file", "run", "path"), web_config_cases())
def test_web_config(host_of: HostOf, tmp_path: Path, file: WebConfig, run: str, path: str) -> None:
    box = server_box("redhatse", tmp_path / "box")
    place = "C:\\inetpub\\wwwroot" + path.rstrip("/").replace("/", "\\") + "\\web.config"
    box.replace_file(place, file.content(data(f"webconfig/{file.file}")))
    host = host_of(box)
    if file.refused:
        setting, line = file.refused
        assert_refused(host, resources(run), f"adding {setting} would take Default Web Site{path} down", f"{place}, line {line}", "500.19")
        return

    result = assert_converges(host, resources(run)).result

    expected = file.overridden.get(run, {})
    assert {item["setting"]: item["line"] for item in result["overrides"]} == expected, file.reason
    assert {(item["site"], item["path"], item["file"].lower()) for item in result["overrides"]} <= {
        ("Default Web Site", path, place.lower())
    }
    assert result.get("msg", "").startswith("Overridden: ") == bool(expected)
    assert len(result["changes"]) == len(expected_changes(RealServer("redhatse", 1), run))


@pytest.mark.parametrize("file", [file for file in WEB_CONFIGS if file.wrap], ids=lambda file: Path(file.file).name)
def test_sample_that_is_no_whole_document(host_of: HostOf, tmp_path: Path, file: WebConfig) -> None:
    """As it stands it is no configuration file: its site is down, is left out, and the task says where."""
    box = server_box("redhatse", tmp_path / "box")
    place = "C:\\inetpub\\wwwroot\\web.config"
    box.replace_file(place, data(f"webconfig/{file.file}"))
    before = box.path(APPLICATION_HOST).read_bytes()

    result = host_of(box).converge(resources("all_sites"))

    assert (result["changed"], result["failed"]) == (False, True)
    assert f"Default Web Site/ is down already, its configuration cannot be read: {place}, line 1" in result["msg"]
    assert box.path(APPLICATION_HOST).read_bytes() == before


def test_every_real_web_config_is_in_the_table() -> None:
    found = {str(file.relative_to(DATA / "webconfig")) for file in (DATA / "webconfig").rglob("*.*") if file.is_file()}

    assert found == {file.file for file in WEB_CONFIGS}
