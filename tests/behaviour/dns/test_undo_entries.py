# SPDX-License-Identifier: GPL-3.0-or-later
"""Root hints that a server may have and nobody can add, and trust anchors that the server itself replaces: what taking back makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.restored import changed, dying, journals, state, taken_back
from lab import boxes
from lab.engine import Engine, WriteFault

B = {"name": "b.root-servers.net.", "addresses": ["199.9.14.201"]}
BARE = {"name": "bare.example.", "addresses": []}
NEW = {"name": "new.example", "addresses": ["10.0.0.2"]}
KSK_2017 = {"key_tag": 20326, "digest": "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"}
KSK_2024 = {"key_tag": 38696, "digest": "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"}


def server(engine: Engine, folder: Path, **lists: Any) -> Host:
    """A server without recursion, whose lists are these."""
    host = Host(engine, boxes.build("dns_files", folder / "box"))
    dns = host.box.read_json("dns")
    dns["DnsServerRecursion"]["Enable"] = False
    host.box.write_json("dns", dns | lists)
    return host


def hints(host: Host) -> list[Any]:
    return [one for one in host.box.read_json("dns")["DnsServerRootHint"] if one["name"] in (B["name"], BARE["name"], "new.example.")]


def done(host: Host, **resource: Any) -> str:
    result = host.converge([resource])
    assert "failed" not in result, result["msg"]
    assert result["changed"]
    return journals(host)[-1]


def absent(hint: dict[str, Any]) -> dict[str, Any]:
    return {"hints": [{"name": hint["name"], "state": "absent"}]}


def test_a_hint_that_stood_twice_comes_back_once(engine: Engine, tmp_path: Path) -> None:
    host = server(engine, tmp_path, DnsServerRootHint=[B, B])
    journal = done(host, dns_root_hints=absent(B))
    assert hints(host) == []

    taken_back(host, journal)

    assert hints(host) == [B]


@python_is_enough(lambda parameters: True)
def test_one_that_stands_twice_no_more_is_not_taken_away(engine: Engine, tmp_path: Path) -> None:
    """Somebody healed it between the look and the write."""
    host = server(engine, tmp_path, DnsServerRootHint=[B, B])

    def healed(request: dict[str, Any], answer: Any) -> Any:
        if request["operation"] == "apply":
            host.box.write_json("dns", host.box.read_json("dns") | {"DnsServerRootHint": [B]})
        return answer()

    host.on_the_way = healed
    result = host.converge([{"dns_root_hints": absent(B)}])
    assert "no longer the one that was planned on" in result["msg"]
    assert hints(host) == [B]


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize(("when", "left"), [("before", [B, B]), ("after", [B])])
def test_a_run_that_died_there_is_taken_back(engine: Engine, tmp_path: Path, when: str, left: list[Any]) -> None:
    host = server(engine, tmp_path, DnsServerRootHint=[B, B])
    host.fault, host.on_the_way = WriteFault(1, when), dying
    assert "The connection was lost" in host.converge([{"dns_root_hints": absent(B)}])["msg"]
    host.fault, host.on_the_way = None, None

    assert "failed" not in host.undo(journals(host)[-1])

    assert hints(host) == left


@python_is_enough(lambda parameters: True)
def test_one_without_an_address_stays_away_and_the_rest_comes_back(engine: Engine, tmp_path: Path) -> None:
    host = server(engine, tmp_path, DnsServerRootHint=[B, BARE])
    journal = done(host, dns_root_hints={"hints": [NEW], "mode": "replace"})

    taken_back(host, journal)

    assert hints(host) == [B]


@python_is_enough(lambda parameters: True)
def test_emptied_hints_come_back(engine: Engine, tmp_path: Path) -> None:
    host = server(engine, tmp_path, DnsServerRootHint=[B])
    before = state(host.box)
    journal = done(host, dns_root_hints={"hints": [], "mode": "replace"})
    assert hints(host) == []

    taken_back(host, journal)

    assert changed(before, state(host.box)) == {}


# -- trust anchors ------------------------------------------------------------------------------------------


def anchored(engine: Engine, folder: Path) -> tuple[Host, str]:
    host = server(engine, folder)
    return host, done(host, dns_server_options={"dnssec": {"trust_anchors": [KSK_2017, KSK_2024]}})


@python_is_enough(lambda parameters: True)
def test_of_two_anchors_the_one_that_is_left_goes(engine: Engine, tmp_path: Path) -> None:
    host, journal = anchored(engine, tmp_path)
    dns = host.box.read_json("dns")
    dns["DnsServerTrustAnchor"] = [one for one in dns["DnsServerTrustAnchor"] if one["TrustAnchorData"]["KeyTag"] != KSK_2017["key_tag"]]
    host.box.write_json("dns", dns)

    taken_back(host, journal)

    assert host.box.read_json("dns")["DnsServerTrustAnchor"] == []


@python_is_enough(lambda parameters: True)
def test_an_anchor_that_became_the_key_is_not_left_in_silence(engine: Engine, tmp_path: Path) -> None:
    host, journal = anchored(engine, tmp_path)
    dns = host.box.read_json("dns")
    (signer,) = [one for one in dns["DnsServerTrustAnchor"] if one["TrustAnchorData"]["KeyTag"] == KSK_2017["key_tag"]]
    signer["TrustAnchorType"] = "DnsKey"
    host.box.write_json("dns", dns)

    result = host.undo(journal)

    assert "TrustAnchor" in result["msg"]
    assert "Somebody changed it since" in result["msg"]
