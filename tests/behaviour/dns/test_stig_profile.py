# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that the profile stig judges are those that the table of rules says it does."""

from __future__ import annotations

import re
from pathlib import Path

from behaviour.convergence import Host, python_is_enough
from behaviour.role_options import dns_resources_of
from lab import boxes
from lab.engine import Engine

TABLE = (Path(__file__).resolve().parents[3] / "docs/dns-stig.md").read_text("utf-8")


@python_is_enough(lambda _parameters: True)
def test_the_profile_judges_every_rule_but_those_that_are_named(engine: Engine, tmp_path: Path) -> None:
    (sentence,) = re.findall(r"^The profile `stig` .*?yourself\.$", TABLE, re.MULTILINE | re.DOTALL)
    result = Host(engine, boxes.build("dns_controller", tmp_path / "box")).converge(dns_resources_of("stig"), check=True)

    judged = {one for control in result["controls"] for one in control["references"] if one.startswith("V-")}

    rules = set(re.findall(r"^\| (V-\d+) \| \S+ \| (?:automated|in part|checked only) \|", TABLE, re.MULTILINE))
    left = set(re.findall(r"V-\d+", sentence))
    assert (judged, left & judged) == (rules - left, set())
    assert left <= rules
