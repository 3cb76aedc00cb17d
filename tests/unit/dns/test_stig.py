# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the STIG's rules against the benchmark itself, and against what the modules claim."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from ansible_collections.hardening.windows.plugins.plugin_utils._resources import RESOURCES

ROOT = Path(__file__).resolve().parents[3]
BENCHMARK = ROOT.parent / "shared/data/dns/misc/U_MS_Windows_Server_DNS_STIG_V1R1_Manual-xccdf.xml"
ROWS = re.findall(r"^\| (V-\d+) \| (WDNS-22-\d+) \| (\w[\w ]*) \| (.+) \|$", (ROOT / "docs/dns-stig.md").read_text("utf-8"), re.MULTILINE)
CLAIMED = {
    one for resource in RESOURCES.values() if resource.entry == "windows_dns" for control in resource.controls for one in control.references
}


def test_every_rule_has_a_row_with_a_reason() -> None:
    assert len(ROWS) == len({rule for rule, *_ in ROWS}) == 84
    assert {how for _, _, how, _ in ROWS} == {"automated", "in part", "checked only", "manual"}
    assert min(len(why) for *_, why in ROWS) > 20


@pytest.mark.skipif(not BENCHMARK.is_file(), reason=f"the benchmark is not at {BENCHMARK}")
def test_the_rules_are_the_benchmarks() -> None:
    root = ElementTree.parse(BENCHMARK).getroot()
    space = root.tag.partition("}")[0] + "}"
    rules = {(group.attrib["id"], group.findtext(f"{space}Rule/{space}version")) for group in root.iter(f"{space}Group")}
    assert {(rule, stig) for rule, stig, *_ in ROWS} == rules


def test_what_is_automated_or_checked_is_claimed_by_a_control_and_nothing_else_is() -> None:
    named = {one for rule, stig, how, _ in ROWS if how != "manual" for one in (rule, stig)}
    assert named == {one for one in CLAIMED if one.startswith(("V-259", "WDNS"))}


def test_no_result_claims_what_is_automated_in_part_and_each_of_it_can_be_left_out() -> None:
    partly = {one for rule, stig, how, _ in ROWS if how == "in part" for one in (rule, stig)}
    never = {
        one
        for resource in RESOURCES.values()
        if resource.entry == "windows_dns"
        for control in resource.controls
        for one, values in control.thresholds.items()
        if values == ()
    }
    assert never == partly
    assert partly


def test_a_module_or_control_that_is_named_is_there() -> None:
    ids = {control.id for resource in RESOURCES.values() for control in resource.controls}
    for rule, _, _, why in ROWS:
        assert set(re.findall(r"HW-DNS-\d\d", why)) <= ids, rule
        assert {name for name in re.findall(r"`(\w+)`", why) if not (ROOT / f"plugins/modules/{name}.py").exists()} == set(), rule


def test_the_counts_in_the_text() -> None:
    text = (ROOT / "docs/dns-stig.md").read_text("utf-8")
    count = {how: len([row for row in ROWS if row[2] == how]) for how in ("automated", "in part", "checked only", "manual")}
    told = (
        f"84 rules. {count['automated']} are automated, {count['in part']} is automated in part, {count['checked only']} is checked only, "
    )
    assert f"{told}{count['manual']} are manual." in " ".join(text.split())
