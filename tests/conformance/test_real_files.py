# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration files of real servers, read by both engines: no answer may differ, and none may be wrong by itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from conformance.agreement import answers_differ
from conformance.conftest import SHARED
from conformance.remembered import Remembered
from lab import boxes
from lab.behaviour import iis_documented
from lab.behaviour.requests import SERVER, reads, section
from lab.behaviour.situation import APPLICATION_HOST
from lab.box import Box
from lab.engine import Engine

DATA = SHARED / "data/iis"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real configuration files are not at {DATA}")

SCHEMA_FOLDER = "C:\\Windows\\System32\\inetsrv\\config\\schema"
REQUEST_FILTERING = "system.webServer/security/requestFiltering"
SECTIONS = (
    REQUEST_FILTERING,
    "system.webServer/handlers",
    "system.webServer/modules",
    "system.webServer/httpErrors",
    "system.webServer/httpProtocol",
    "system.webServer/staticContent",
    "system.webServer/directoryBrowse",
    "system.webServer/security/access",
    "system.webServer/security/authorization",
    "system.webServer/security/isapiCgiRestriction",
    "system.applicationHost/sites",
    "system.applicationHost/log",
)
# Files of Windows Server 2012 R2 need the schema of IIS 8.5.
OLD = ("c1982", "know-it-peru")
# What the FTP service's own schema file adds to siteDefaults; that file is not among the data.
SITE_DEFAULTS = b'<element name="siteDefaults" isCollectionDefault="true">'
FTP_SERVER = b"""<element name="ftpServer"><element name="security"><element name="ssl">
  <attribute name="serverCertStoreName" type="string" defaultValue="MY" />
  <attribute name="ssl128" type="bool" defaultValue="false" />
  <attribute name="controlChannelPolicy" type="enum" defaultValue="SslRequire"><enum name="SslAllow" value="0" /><enum name="SslRequire" value="1" />
  </attribute>
  <attribute name="dataChannelPolicy" type="enum" defaultValue="SslRequire"><enum name="SslAllow" value="0" /><enum name="SslRequire" value="1" />
  </attribute>
</element></element></element>
"""
APPLICATION_HOSTS = sorted((DATA / "apphost").glob("*applicationHost.config")) if DATA.is_dir() else []
WEB_CONFIGS = sorted((DATA / "webconfig").glob("*.config")) if DATA.is_dir() else []
FOLDERS = ("C:\\inetpub\\wwwroot", "C:\\inetpub\\wwwroot\\sub")


def box_of(application_host: Path, folder: Path) -> Box:
    """One of the lab's hosts with the configuration and the schema of a real one."""
    box = boxes.build("aspnet2022", folder)
    old = application_host.name.startswith(OLD)
    schema = DATA / ("schema/IIS_schema-8.5.xml" if old else "IIS_schema.xml")
    text = schema.read_bytes()
    if b"<ftpServer>" in application_host.read_bytes():
        assert SITE_DEFAULTS in text
        text = text.replace(SITE_DEFAULTS, SITE_DEFAULTS + FTP_SERVER)
    box.replace_file(f"{SCHEMA_FOLDER}\\IIS_schema.xml", text)
    box.replace_file(APPLICATION_HOST, application_host.read_bytes())
    return box


def ask(engine: Engine, box: Box, *items: dict[str, Any]) -> list[dict[str, Any]]:
    return engine.answer(box, "windows_iis", reads(*items))["observations"]


def every_section() -> list[dict[str, Any]]:
    return [SERVER, *(section(name, limit=500) for name in SECTIONS)]


def every_section_of(engine: Engine, file: Path, remembered: Remembered) -> dict[str, Any]:
    return remembered.of(engine, file.name, lambda folder: box_of(file, folder), "windows_iis", reads(*every_section())).answer


@pytest.mark.parametrize("file", APPLICATION_HOSTS, ids=lambda file: file.name)
def test_every_section_of_a_real_server_is_read(engine: Engine, file: Path, remembered: Remembered) -> None:
    observations = every_section_of(engine, file, remembered)["observations"]

    assert [item["error"] for item in observations if "error" in item] == []
    server = observations[0]["value"]
    tree = etree.fromstring(file.read_bytes())
    assert [site["name"] for site in server["sites"]] == tree.xpath("//sites/site/@name")
    assert server["modules"] == tree.xpath("/configuration/system.webServer/globalModules/add/@name")
    for item in observations[1:]:
        assert "tree" in item["value"]["levels"][0], item["value"]["levels"][0]


@pytest.mark.parametrize("file", APPLICATION_HOSTS, ids=lambda file: file.name)
def test_request_filtering_of_a_real_server_as_lxml_sees_it(engine: Engine, file: Path, tmp_path: Path) -> None:
    value = ask(engine, box_of(file, tmp_path / "box"), section())[0]["value"]

    root = etree.fromstring(file.read_bytes()).find("system.webServer/security/requestFiltering")
    node = value["trees"][value["levels"][0]["tree"]]
    for element in root:
        found = node["elements"].get(element.tag, {})
        keys = [next(iter(add.attrib.values())) for add in element.iter("add")]
        assert [next(iter(entry["attributes"].values())) for entry in found.get("entries", [])] == keys


@pytest.mark.parametrize("file", APPLICATION_HOSTS, ids=lambda file: file.name)
def test_both_engines_read_a_real_server_alike(engines: list[Engine], file: Path, remembered: Remembered) -> None:
    assert answers_differ(*[every_section_of(engine, file, remembered) for engine in engines]) == []


@pytest.mark.parametrize("place", FOLDERS)
@pytest.mark.parametrize("file", WEB_CONFIGS, ids=lambda file: file.name)
def test_both_engines_read_a_real_web_config_alike(engines: list[Engine], file: Path, place: str, tmp_path: Path) -> None:
    def make(folder: Path) -> Box:
        box = boxes.build("aspnet2022", folder)
        box.replace_file(place + "\\web.config", file.read_bytes())
        return box

    items = [section(name) for name in (REQUEST_FILTERING, "system.webServer/httpProtocol", "system.webServer/handlers")]
    answers = [engine.answer(make(tmp_path / engine.name), "windows_iis", reads(*items)) for engine in engines]
    assert answers_differ(*answers) == []


@pytest.mark.parametrize("file", WEB_CONFIGS, ids=lambda file: file.name)
def test_a_real_web_config_is_found(engine: Engine, file: Path, tmp_path: Path) -> None:
    box = boxes.build("aspnet2022", tmp_path / "box")
    box.replace_file(FOLDERS[1] + "\\web.config", file.read_bytes())

    value = ask(engine, box, section())[0]["value"]

    has_section = bool(etree.fromstring(file.read_bytes()).xpath("//*[local-name()='requestFiltering']"))
    assert [item["path"] for item in value["files"]] == (["/sub"] if has_section else [])
    assert [item for item in value["files"] if item["error"]] == []


@pytest.mark.parametrize("pair", iis_documented.PAIRS, ids=lambda pair: pair.sample)
def test_operations_lead_to_what_the_documentation_shows(engine: Engine, pair: iis_documented.Pair, tmp_path: Path) -> None:
    shown = etree.fromstring((DATA / "webconfig/iis-docs" / pair.sample).read_bytes())
    name = pair.section.rsplit("/", 1)[-1]
    element = shown if shown.tag == name else shown.find(f".//{name}")
    box = iis_documented.EMPTY.build(tmp_path / "box")

    answer = engine.answer(box, "windows_iis", iis_documented.apply(*pair.steps))

    assert [step["state"] for step in answer["steps"]] == ["done"] * len(pair.steps)
    written = etree.fromstring(box.path(APPLICATION_HOST).read_bytes()).find(pair.section)
    assert plain(written) == plain(element)
    shutil.rmtree(box.folder)


def plain(element: etree._Element) -> Any:
    """An element without what says nothing: clear in a new element, empty elements, the order of different children."""
    children = [plain(child) for child in element if isinstance(child.tag, str) and child.tag != "clear"]
    kept = [child for child in children if child[1] or child[2]]
    return element.tag, dict(element.attrib), sorted(kept, key=lambda child: child[0])
