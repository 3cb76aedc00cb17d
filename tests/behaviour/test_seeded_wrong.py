# SPDX-License-Identifier: GPL-3.0-or-later
"""Each requirement of the role starts from the wrong value: at the server, in a site's web.config, and in a location.

A test that starts from a right default proves nothing, so every seed differs from what the profile wants, and that is asserted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from behaviour.checks import APPLICATION_HOST, assert_converges
from behaviour.convergence import Host, python_is_enough
from behaviour.documents import parse, said, sections
from behaviour.role_options import PROFILES, resources_of
from lab.behaviour.situation import ROOT, Situation, location
from lab.box import Box

SITE = "Default Web Site"
WEB_CONFIG = ROOT + "\\web.config"


@dataclass(frozen=True)
class Requirement:
    """wrong: the section's content that is wrong, on one line of its own. control: HW-IIS-RF-... or none.

    undone: what only a lower file can do to an entry, where its own wrong value would be there twice.
    """

    setting: str
    wrong: str
    profiles: tuple[str, ...]
    control: str = ""
    undone: str = ""

    def section(self, content: str) -> str:
        if content.startswith("@"):
            return f"<requestFiltering\n{content[1:]}>\n</requestFiltering>"
        return f"<requestFiltering>\n{content}\n</requestFiltering>"


ALL = PROFILES
LISTED = ("cis", "stig")
EXTENSIONS = (".bak", ".old", ".sql", ".zip", ".bat", ".cmd", ".exe", ".ps1")
FURTHER = {f"fileExtensions/{name}" for name in (*EXTENSIONS[1:], ".htm", ".aspx", ".svc")}
SEGMENTS = ("web.config", "bin", "App_Data", ".git", ".svn")


def _entry(element: str, key: str, name: str, profiles: tuple[str, ...], control: str) -> Requirement:
    wrong = f'<{element}><add {key}="{name}" allowed="true" /></{element}>'
    undone = f'<{element}><remove {key}="{name}" /><add {key}="{name}" allowed="true" /></{element}>'
    return Requirement(f"{element}/{name}", wrong, profiles, control, undone)


def _segment(name: str) -> Requirement:
    """A hidden segment has no wrong value; wrong is that it is missing, or taken out below."""
    undone = f'<hiddenSegments><remove segment="{name}" /></hiddenSegments>'
    return Requirement(f"hiddenSegments/{name}", "<hiddenSegments />", ("competition",), "12", undone)


def _allowed(name: str) -> Requirement:
    wrong = f'<fileExtensions><add fileExtension="{name}" allowed="false" /></fileExtensions>'
    undone = f'<fileExtensions><remove fileExtension="{name}" /><add fileExtension="{name}" allowed="false" /></fileExtensions>'
    return Requirement(f"fileExtensions/{name}", wrong, LISTED, "", undone)


REQUIREMENTS = (
    Requirement("allowDoubleEscaping", '@allowDoubleEscaping="true"', ALL, "01"),
    Requirement("allowHighBitCharacters", '@allowHighBitCharacters="true"', ALL, "02"),
    Requirement("removeServerHeader", '@removeServerHeader="false"', ("cis", "competition"), "10"),
    Requirement("requestLimits/maxAllowedContentLength", '<requestLimits maxAllowedContentLength="4294967295" />', ALL, "03"),
    Requirement("requestLimits/maxUrl", '<requestLimits maxUrl="65535" />', ALL, "04"),
    Requirement("requestLimits/maxQueryString", '<requestLimits maxQueryString="65535" />', ALL, "05"),
    Requirement("fileExtensions/allowUnlisted", '<fileExtensions allowUnlisted="true" />', LISTED, "08"),
    _entry("verbs", "verb", "TRACE", ALL, "06"),
    _entry("verbs", "verb", "OPTIONS", ("baseline", "competition"), "07"),
    *(_entry("fileExtensions", "fileExtension", name, ("competition",), "09") for name in EXTENSIONS),
    *(_segment(name) for name in SEGMENTS),
    *(_allowed(name) for name in (".", ".htm", ".aspx", ".svc")),
)
CASES = [pytest.param(one, profile, id=f"{profile}-{one.setting}") for one in REQUIREMENTS for profile in one.profiles]


def seen_elsewhere(parameters: Mapping[str, Any]) -> bool:
    """The same requirement in a second profile, and the further file extensions of one list."""
    requirement = parameters["requirement"]
    return parameters["profile"] != requirement.profiles[0] or requirement.setting in FURTHER


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {control["id"].rpartition("-")[2]: control["status"] for control in result["controls"]}


def changed_settings(result: dict[str, Any], place: str = "server") -> list[str]:
    start = f"applicationHost.config, {place}: requestFiltering/"
    return [change["target"].removeprefix(start) for change in result["changes"] if change["target"].startswith(start)]


def situated(tmp_path: Path, **situation: Any) -> Box:
    return Situation(**situation).build(tmp_path / "seeded")


@python_is_enough(seen_elsewhere)
@python_is_enough(lambda parameters: parameters["profile"] != "baseline")
@pytest.mark.parametrize(("requirement", "profile"), CASES)
def test_wrong_at_the_server(host: Host, tmp_path: Path, requirement: Requirement, profile: str) -> None:
    host.box = situated(tmp_path, request_filtering=requirement.section(requirement.wrong))

    result = assert_converges(host, resources_of(profile)).result

    assert changed_settings(result).count(requirement.setting) == 1
    if requirement.control:
        assert statuses(result)[requirement.control] == "changed"
    assert "failed" not in result
    place = [text for one, text in said(parse(host.box.path(APPLICATION_HOST))).items() if _names(one, requirement.setting)]
    assert place
    assert requirement.wrong not in host.box.path(APPLICATION_HOST).read_text("utf-8")


def _names(place: Any, setting: str) -> bool:
    return setting.lower() in ("/".join([*place.element, *([place.attribute] if place.attribute else [])])).lower().replace(
        "[", ""
    ).replace("]", "")


@python_is_enough(seen_elsewhere)
@python_is_enough(lambda parameters: parameters["profile"] != "baseline")
@pytest.mark.parametrize(("requirement", "profile"), CASES)
def test_wrong_in_a_web_config(host: Host, tmp_path: Path, requirement: Requirement, profile: str) -> None:
    """The server is hardened, the override is reported with file and line, the file is left alone, and the task fails."""
    section = requirement.section(requirement.undone or requirement.wrong)
    text = f"<configuration>\n<system.webServer>\n<security>\n{section}\n</security>\n</system.webServer>\n</configuration>\n"
    host.box = situated(tmp_path, files={WEB_CONFIG: text})

    result = assert_converges(host, resources_of(profile)).result

    assert_overridden(result, requirement, WEB_CONFIG, "/", line_of(text, requirement))
    assert host.box.path(WEB_CONFIG).read_text("utf-8") == text


@python_is_enough(seen_elsewhere)
@python_is_enough(lambda parameters: parameters["profile"] != "baseline")
@pytest.mark.parametrize(("requirement", "profile"), CASES)
def test_wrong_in_a_location(host: Host, tmp_path: Path, requirement: Requirement, profile: str) -> None:
    section = requirement.section(requirement.undone or requirement.wrong)
    place = f"{SITE}/admin"
    text = location(place, "").replace("<requestFiltering>\n\n</requestFiltering>", section)
    host.box = situated(tmp_path, locations=text)
    content = host.box.path(APPLICATION_HOST).read_text("utf-8")

    result = assert_converges(host, resources_of(profile)).result

    assert_overridden(result, requirement, APPLICATION_HOST, "/admin", None)
    assert result["overrides"][0]["line"] in lines_of_location(content)
    after = dict(sections(parse(host.box.path(APPLICATION_HOST))))
    assert place in after


def assert_overridden(result: dict[str, Any], requirement: Requirement, file: str, path: str, line: int | None) -> None:
    assert [item["setting"] for item in result["overrides"]] == [requirement.setting]
    (override,) = result["overrides"]
    assert (override["site"], override["path"], override["file"], override["accepted"]) == (SITE, path, file, None)
    assert line is None or override["line"] == line
    assert result["failed"] is True
    assert all(
        part in result["msg"] for part in ("Overridden", requirement.setting, file, f"line {override['line']}", "accepted_overrides")
    )
    if requirement.control:
        assert statuses(result)[requirement.control] == "overridden"


def line_of(text: str, requirement: Requirement) -> int:
    """The line of the element that says the wrong thing: an attribute's element begins one line above the attribute."""
    wrong = requirement.undone or requirement.wrong
    lines = text.splitlines()
    number = lines.index(wrong[1:] + ">" if wrong.startswith("@") else wrong) + 1
    return number - 1 if wrong.startswith("@") else number


def lines_of_location(content: str) -> range:
    lines = content.splitlines()
    start = next(number for number, line in enumerate(lines, start=1) if f'path="{SITE}/admin"' in line)
    return range(start, len(lines))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_requirement_of_the_profile_is_seeded(host: Host, tmp_path: Path, profile: str) -> None:
    """What the profile changes on a server with nothing right is what the table names (allowed extensions: a sample of them)."""
    wrong = "".join(one.wrong for one in REQUIREMENTS if one.wrong.startswith("@"))
    attributes = " ".join(part for part in wrong.split("@") if part)
    everything = (
        f'<requestFiltering {attributes}><requestLimits maxAllowedContentLength="1" maxUrl="1" maxQueryString="1" /></requestFiltering>'
    )
    host.box = situated(tmp_path, request_filtering=everything)

    changed = set(changed_settings(host.converge(resources_of(profile), check=True)))

    named = {one.setting for one in REQUIREMENTS if profile in one.profiles}
    extra = changed - named
    assert named <= changed
    assert all(profile in LISTED and name.startswith("fileExtensions/.") for name in extra)
