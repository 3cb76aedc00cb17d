# SPDX-License-Identifier: GPL-3.0-or-later
"""A box finds files as Windows does, and every host of the lab is whole."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from lab import boxes
from lab.box import Box

APPLICATION_HOST = "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config"
WITHOUT_IIS = {"no_iis", "domain_controller", "under_policy", "active_sessions"} | {name for name in boxes.BOXES if name.startswith("dns_")}
SCHEMA = "C:\\Windows\\System32\\inetsrv\\config\\schema\\IIS_schema.xml"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return boxes.build("default2022", tmp_path / "box")


@pytest.mark.parametrize(
    "path",
    [
        APPLICATION_HOST,
        APPLICATION_HOST.upper(),
        APPLICATION_HOST.lower().replace("\\", "/"),
        "\\\\?\\" + APPLICATION_HOST,
        APPLICATION_HOST.replace("\\", "\\\\"),
    ],
)
def test_existing_parts_match_without_case(box: Box, path: str) -> None:
    found = box.path(path)
    assert found.is_file()
    assert box.windows_path(found) == APPLICATION_HOST


def test_new_names_keep_their_spelling(box: Box) -> None:
    assert box.path("c:\\INETPUB\\NewFolder\\A.txt") == box.folder / "C/inetpub/NewFolder/A.txt"


@pytest.mark.parametrize("path", ["inetpub\\x", "\\\\server\\share\\x", "C:\\inetpub\\..\\Windows"])
def test_a_path_outside_a_drive_is_refused(box: Box, path: str) -> None:
    with pytest.raises(ValueError, match=r"no path on a drive|leaves its folder"):
        box.path(path)


def test_a_file_is_replaced_under_its_stored_name(box: Box) -> None:
    box.replace_file(APPLICATION_HOST.upper(), b"<configuration />")
    assert box.path(APPLICATION_HOST).read_bytes() == b"<configuration />"
    assert [file.name for file in box.path(APPLICATION_HOST).parent.iterdir() if file.is_file()].count("applicationHost.config") == 1
    assert not list(box.folder.rglob("*.tmp"))


def test_denied_covers_the_folder_and_what_is_below_it_only(box: Box) -> None:
    box.write_json("host", box.host | {"denied": ["C:\\sites\\One"]})
    assert box.is_denied("c:\\SITES\\one")
    assert box.is_denied("C:\\sites\\One\\web.config")
    assert not box.is_denied("C:\\sites\\OneMore")


def test_environment_is_expanded_without_case(box: Box) -> None:
    assert box.expand("%SYSTEMDRIVE%\\inetpub\\%unknown%") == "C:\\inetpub\\%unknown%"


@pytest.mark.parametrize("name", boxes.BOXES)
def test_every_host_is_whole(name: str, tmp_path: Path) -> None:
    box = boxes.build(name, tmp_path / name)
    version = box.registry["HKLM"]["SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"]
    assert box.host["powershell"]["version"].split(".")[2] == version["CurrentBuildNumber"]["value"]
    assert {"WinRM", "HTTP", "TermService"} <= set(box.services)
    assert box.path(APPLICATION_HOST).exists() == (name not in WITHOUT_IIS) == ("W3SVC" in box.services)


@pytest.mark.parametrize("name", sorted(set(boxes.BOXES) - WITHOUT_IIS))
def test_every_registered_section_has_a_schema_but_the_add_ons(name: str, tmp_path: Path) -> None:
    box = boxes.build(name, tmp_path / name)
    root = ElementTree.parse(box.path(APPLICATION_HOST)).getroot()
    described = {section.get("name") for section in ElementTree.parse(box.path(SCHEMA)).iter("sectionSchema")}
    assert set(_sections(root.find("configSections"), "")) - described == {"example.monitoring/agent"}


def _sections(group: ElementTree.Element | None, prefix: str) -> list[str]:
    found = []
    for element in () if group is None else group:
        path = prefix + element.get("name", "")
        found += [path] if element.tag == "section" else _sections(element, path + "/")
    return found


@pytest.mark.parametrize(
    ("name", "options", "hsts", "default"),
    [
        ("default2022", {}, True, "false"),
        ("default2016", {}, False, None),
        ("default2022", {"remove_server_header": False}, True, "absent"),
    ],
)
def test_schema_follows_the_release(tmp_path: Path, name: str, options: dict[str, bool], hsts: bool, default: str | None) -> None:
    root = ElementTree.parse(boxes.build(name, tmp_path / name, **options).path(SCHEMA)).getroot()
    header = root.find(".//attribute[@name='removeServerHeader']")
    assert (root.find(".//element[@name='hsts']") is not None) == hsts
    assert ("absent" if header is None else header.get("defaultValue")) == default


def test_a_third_of_the_hosters_sites_have_a_file_of_their_own(tmp_path: Path) -> None:
    box = boxes.build("hoster", tmp_path / "hoster", sites=30)
    assert len(list(box.path("C:\\sites").rglob("index.html"))) == 30
    assert len(list(box.path("C:\\sites").rglob("web.config"))) == 10


def test_a_box_is_built_into_an_empty_folder_only(box: Box) -> None:
    with pytest.raises(FileExistsError, match="not empty"):
        boxes.build("default2022", box.folder)
    with pytest.raises(KeyError, match="default2022"):
        boxes.build("default2023", box.folder)
