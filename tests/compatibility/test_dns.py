# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets of the module DnsServer, which are called by name and splatted, so that the scan cannot see what they are given."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from compatibility.check import Commands
from compatibility.conftest import ROOT, SHARED

RECORDED = SHARED / "data/powershell51/dnsserver-cmdlets.json"
FILES = ("_Dns.psm1", "_DnsCall.psm1", "_DnsWrite.psm1")
TEXT = "\n".join((ROOT / "plugins/module_utils" / name).read_text("utf-8") for name in FILES)

Cmdlets = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def cmdlets() -> Cmdlets:
    if not RECORDED.exists():
        pytest.skip(f"the cmdlets of the module DnsServer are not at {RECORDED}")
    return json.loads(RECORDED.read_text("utf-8"))


def nouns() -> list[str]:
    """What may be written, as the payload's list says."""
    (listed,) = re.findall(r"\$script:nouns = ((?:'[A-Za-z|]+'[\s+]*)+)", TEXT)
    return "".join(re.findall(r"'([^']+)'", listed)).split("|")


def protocol_nouns() -> list[str]:
    text = (ROOT / "docs/protocol.md").read_text("utf-8")
    return re.findall(r"\w+", text.partition("Nouns of `call`:")[2].partition(".")[0])


def test_the_nouns_are_those_of_the_protocol() -> None:
    assert sorted(f"DnsServer{noun}" for noun in nouns()) == sorted(protocol_nouns())


def test_every_noun_has_a_getter_and_something_that_writes(cmdlets: Cmdlets) -> None:
    for noun in nouns():
        written = [verb for verb in ("Set", "Add", "Remove") if f"{verb}-DnsServer{noun}" in cmdlets]
        # Get-DnsServerZone reads them.
        getter = "Zone" if noun == "PrimaryZone" else noun
        assert written, noun
        assert f"Get-DnsServer{getter}" in cmdlets, noun


def test_whatever_writes_can_be_confirmed(cmdlets: Cmdlets) -> None:
    """-Confirm:$false is given to each."""
    writers = [f"{verb}-DnsServer{noun}" for noun in [*nouns(), "Setting"] for verb in ("Set", "Add", "Remove")]
    assert all(cmdlets[name]["supports_should_process"] for name in writers if name in cmdlets)


def test_what_is_named_in_the_payload_is_there_with_these_parameters(cmdlets: Cmdlets) -> None:
    named = re.findall(r"Invoke-DnsCmdlet ([A-Z]\w+-DnsServer\w+) @\{ ?(?:(\w+) = [^}]*)?\}", TEXT)
    named += [(f"Get-{noun}", parameter) for noun, parameter in re.findall(r"Get-DnsObject '(\w+)' @\{ (\w+) =", TEXT)]

    assert {name for name, _parameter in named} == {
        "Get-DnsServerZone", "Get-DnsServerSetting", "Set-DnsServerSetting", "Get-DnsServerZoneAging",
    }  # fmt: skip
    assert {parameter for _name, parameter in named} == {"", "All", "InputObject", "Name"}
    assert all(parameter in ("", *cmdlets[name]["parameters"]) for name, parameter in named)


def test_the_spans_of_time_are_of_that_very_type(cmdlets: Cmdlets) -> None:
    """A number of seconds becomes a TimeSpan where the parameter's type is called so."""
    types = {found["type"] for cmdlet in cmdlets.values() for found in cmdlet["parameters"].values()}

    assert {name for name in types if "time" in name.lower()} <= {"timespan", "datetime"}


def test_what_the_resolver_is_given(commands: Commands) -> None:
    (given,) = re.findall(r"\$given = @\{ (Name = [^}]*) \}", TEXT)
    splatted = {name.lower() for name in re.findall(r"(\w+) = ", given)}

    assert {"dnsonly", "nohostsfile", "server"} < splatted
    assert splatted <= {"erroraction", *(commands.parameters["resolve-dnsname"] or ())}
