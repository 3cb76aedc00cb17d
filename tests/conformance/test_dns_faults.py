# SPDX-License-Identifier: GPL-3.0-or-later
"""One apply with every kind of operation on a DNS Server: a fault at one of its writes leaves both engines' boxes alike, and both say so alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.agreement import answers_differ, differences, stored
from lab.behaviour.dns_access import OWN, READER
from lab.behaviour.dns_host import CONTROLLER, host
from lab.behaviour.dns_requests import acl, call, config, none, one, setting
from lab.behaviour.requests import apply, registry_set
from lab.behaviour.situation import Situation
from lab.box import Box
from lab.dns_values import PARAMETERS
from lab.engine import Crashed, Engine, WriteFault

ANCHOR, HINT, ZONE = "DnsServerTrustAnchor", "DnsServerRootHint", "corp.example"
TAGS = (20326, 38696)
OLD = {"TrustAnchorType": "DS", "TrustAnchorData.KeyTag": TAGS[0]}
STEPS = (
    config("NoRecursion", "1"),
    setting("AllowReadOnlyZoneTransfer", True, one("DnsServerSetting", {"AllowReadOnlyZoneTransfer": False}, All=True)),
    call("Set-DnsServerPrimaryZone", one("DnsServerZone", {}, Name=ZONE), Name=ZONE, DynamicUpdate="None", SecureSecondaries="NoTransfer"),
    call(
        "Add-" + HINT, none(HINT, {"NameServer.RecordData.NameServer": "new.example."}), NameServer="new.example.", IPAddress=["10.0.0.2"]
    ),
    # one of two that only the object itself tells apart
    call("Remove-" + ANCHOR, one(ANCHOR, {}, OLD, Name="."), InputObject=True),
    registry_set(PARAMETERS, "MaximumUdpPacketSize", "DWord", 1221, {"exists": False}),
    acl([READER], [], OWN),
)
REQUEST = apply(*STEPS, restarts=["DNS"])
# the restart is the last write
WRITES = range(1, len(STEPS) + 2)


def situation() -> Situation:
    """A domain controller with two trust anchors of the root."""
    data = ({"KeyTag": tag, "CryptoAlgorithm": "RsaSha256", "DigestType": "Sha256", "Digest": f"{tag % 10}" * 64} for tag in TAGS)
    anchors = [{"TrustAnchorName": ".", "TrustAnchorType": "DS", "TrustAnchorState": "Valid", "TrustAnchorData": one} for one in data]
    return host(CONTROLLER, DnsServerTrustAnchor=anchors)


@pytest.fixture
def hosts(engines: list[Engine], tmp_path: Path) -> list[Box]:
    return [situation().build(tmp_path / engine.name / "box") for engine in engines]


def answers(engines: list[Engine], hosts: list[Box], fault: WriteFault | None = None) -> list[dict[str, Any]]:
    return [engine.answer(box, "windows_dns", REQUEST, fault) for engine, box in zip(engines, hosts, strict=True)]


def test_every_step_is_done(engines: list[Engine], hosts: list[Box]) -> None:
    python, pwsh = answers(engines, hosts)

    assert python["steps"] == [{"state": "done", "error": None}] * len(STEPS)
    assert answers_differ(python, pwsh) == []
    assert differences(*[stored(box) for box in hosts]) == []
    for box in hosts:
        assert [one["TrustAnchorData"]["KeyTag"] for one in box.read_json("dns")[ANCHOR]] == [TAGS[1]]


# Each ends a process of the slower engine; what is between them says nothing new.
@pytest.mark.parametrize("number", [2, 5, 7])
def test_a_crash_after_a_write(engines: list[Engine], hosts: list[Box], number: int) -> None:
    for engine, box in zip(engines, hosts, strict=True):
        with pytest.raises(Crashed):
            engine.answer(box, "windows_dns", REQUEST, WriteFault(number, "after"))

    assert differences(*[stored(box) for box in hosts]) == []


def test_a_crash_before_the_restart(engines: list[Engine], hosts: list[Box]) -> None:
    """After it they differ: it is one write of the Python engine, and a stop and a start of the payload's."""
    for engine, box in zip(engines, hosts, strict=True):
        with pytest.raises(Crashed):
            engine.answer(box, "windows_dns", REQUEST, WriteFault(WRITES[-1], "before"))

    assert differences(*[stored(box) for box in hosts]) == []
