# SPDX-License-Identifier: GPL-3.0-or-later
"""After each profile the server's file is the one that a person wrote down beforehand.

expected/*.xml hold request filtering as it must be, written by hand; everything else must be as it was installed. The order of the
elements inside requestFiltering means nothing to IIS and is not compared; that of collection entries is.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from behaviour.checks import APPLICATION_HOST, assert_settled
from behaviour.convergence import Host, python_is_enough
from behaviour.documents import canonical, parse
from behaviour.role_options import resources_of
from lab import boxes

EXPECTED = Path(__file__).with_name("expected")
SECTION = "./system.webServer/security/requestFiltering"
CASES = {
    "baseline": ("baseline", {}),
    "cis": ("cis", {}),
    "stig": ("stig", {}),
    "competition": ("competition", {}),
    "competition_with_rule": ("competition", {"sql_injection_sites": ["Default Web Site"]}),
}


def normal(root: Any) -> bytes:
    """Comparable text: without comments (the fixtures have their own), requestFiltering's elements by name."""
    root = copy.deepcopy(root)
    etree.strip_tags(root, etree.Comment)
    for section in root.iter("requestFiltering", "filteringRule"):
        section[:] = sorted(section, key=lambda element: str(element.tag))
    return canonical(root)


def grafted(installed: bytes, expected: Any) -> Any:
    """The installed file with what the fixture says in the place of its own request filtering and its own empty location."""
    root = parse(installed)
    old = root.find(SECTION)
    old.getparent().replace(old, copy.deepcopy(expected.find(SECTION)))
    for location in expected.iterfind("location"):
        # an installation leaves an empty one for its site, which is the one that is filled
        (empty,) = root.findall(f"location[@path='{location.get('path')}']")
        assert not len(empty)
        root.replace(empty, copy.deepcopy(location))
    return root


@pytest.mark.parametrize("case", CASES)
def test_file_is_the_expected_one(host: Host, case: str) -> None:
    profile, given = CASES[case]
    file = host.box.path(APPLICATION_HOST)
    expected = grafted(file.read_bytes(), parse(EXPECTED / f"{case}.xml"))

    host.outcome(resources_of(profile, **given))

    assert normal(parse(file)) == normal(expected)


@pytest.mark.parametrize("case", CASES)
def test_expected_file_is_compliant(host: Host, case: str) -> None:
    """The other way round: on a server that has the expected file, the profile finds nothing to do."""
    profile, given = CASES[case]
    file = host.box.path(APPLICATION_HOST)
    expected = grafted(file.read_bytes(), parse(EXPECTED / f"{case}.xml"))
    host.box.replace_file(APPLICATION_HOST, etree.tostring(expected, encoding="UTF-8", xml_declaration=True))

    assert_settled(host, resources_of(profile, **given))


@python_is_enough(lambda parameters: parameters["case"] != "cis")
@pytest.mark.parametrize("release", ["2016", "2019", "2025"])
@pytest.mark.parametrize("case", ["baseline", "cis"])
def test_other_releases(host: Host, tmp_path: Path, release: str, case: str) -> None:
    """The same on every release, but Server 2016 is not given removeServerHeader, which has no effect there."""
    host.box = boxes.build(f"default{release}", tmp_path / "other")
    file = host.box.path(APPLICATION_HOST)
    expected = grafted(file.read_bytes(), parse(EXPECTED / f"{case}.xml"))
    if release == "2016":
        expected.find(SECTION).attrib.pop("removeServerHeader", None)

    host.outcome(resources_of(case))

    assert normal(parse(file)) == normal(expected)
