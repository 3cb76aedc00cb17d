# SPDX-License-Identifier: GPL-3.0-or-later
"""Root hints are edited, healed and copied on servers that have them, and the last one stays where it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from behaviour.convergence import Host, python_is_enough, refused_by_the_controller
from behaviour.dns.zone_checks import assert_converges, assert_refused, change_dns, effective, taken_back
from lab import boxes
from lab.box import Box

A, B, M = "a.root-servers.net.", "b.root-servers.net.", "m.root-servers.net."
A4, A6 = "198.41.0.4", "2001:503:ba3e::2:30"
B4, B6 = "170.247.170.2", "2801:1b8:10::b"
OTHER = "192.0.2.53"
MakeHost = Callable[..., Host]


@pytest.fixture
def make(engine: Any, tmp_path: Path) -> MakeHost:
    return lambda name, **options: Host(engine, boxes.build(name, tmp_path / name, **options))


def hints(box: Box) -> dict[str, list[str]]:
    return {hint["name"]: hint["addresses"] for hint in box.read_json("dns")["DnsServerRootHint"]}


def set_hints(host: Host, **named: list[str]) -> None:
    change_dns(host.box, DnsServerRootHint=[{"name": f"{name}.example.", "addresses": addresses} for name, addresses in named.items()])


def wish(**options: Any) -> list[dict[str, Any]]:
    return [{"dns_root_hints": options}]


def there(name: str, *addresses: str) -> dict[str, Any]:
    return {"name": name, "addresses": list(addresses)}


def absent(name: str) -> dict[str, Any]:
    return {"name": name, "state": "absent"}


def statuses(result: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"].removeprefix("HW-DNS-"): one["status"] for one in result["controls"]}


def know(host: Host, *records: list[Any]) -> None:
    """What another server answers."""
    network = host.box.read_json("network")
    network["name_servers"] = {OTHER: list(records)}
    host.box.write_json("network", network)


# -- the edits -------------------------------------------------------------------------------------------------


def test_a_hint_with_an_old_address_is_edited_and_what_stands_twice_is_healed(make: MakeHost) -> None:
    host = make("dns_files")
    assert hints(host.box)[A] == [A4, A4, A6]
    result = assert_converges(host, wish(hints=[there("B.root-servers.net", B4, B6)], heal_duplicates=True, compare_with_internet=True))
    assert hints(host.box)[A] == [A4, A6]
    assert hints(host.box)[B] == [B4, B6]
    assert len(hints(host.box)) == 13
    assert statuses(result) == {"61": "changed", "62": "changed"}
    taken_back(host)
    # an address that stood twice comes back once
    assert sorted(hints(host.box)[A]) == [A4, A6]
    assert sorted(hints(host.box)[B]) == ["199.9.14.201", "2001:500:200::b"]


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("edit", ["added", "edited", "removed", "replaced"])
def test_an_edit_is_made_and_taken_back(make: MakeHost, edit: str) -> None:
    host = make("dns_controller")
    before = effective(host.box)
    own = there("root.corp.example", "10.20.0.53", "2001:db8::53")
    options: dict[str, Any] = {
        "added": {"hints": [own]},
        "edited": {"hints": [there(A, "10.20.0.53", A6)]},
        "removed": {"hints": [absent(M)]},
        "replaced": {"hints": [own, there(A, A4, A6)], "mode": "replace"},
    }[edit]
    result = assert_converges(host, wish(**options))
    found = hints(host.box)
    assert ("root.corp.example." in found) is (edit in ("added", "replaced"))
    assert (M in found) is (edit in ("added", "edited"))
    assert set(found[A]) == ({"10.20.0.53", A6} if edit == "edited" else {A4, A6})
    assert len(found) == {"added": 14, "edited": 13, "removed": 12, "replaced": 2}[edit]
    assert statuses(result) == ({"60": "changed"} if edit == "replaced" else {})
    taken_back(host)
    assert effective(host.box) == before


@python_is_enough(lambda parameters: True)
def test_the_whole_list_goes_where_forwarders_answer_for_everything(make: MakeHost) -> None:
    host = make("dns_forwarder")
    assert_refused(host, wish(mode="replace", hints=[]), "no root hint would be left")
    change_dns(host.box, DnsServerForwarder={"UseRootHint": False})
    result = assert_converges(host, wish(mode="replace", hints=[]))
    assert hints(host.box) == {}
    (control,) = result["controls"]
    assert control["references"] == []
    assert "CACHE.DNS" in control["evidence"][0]
    taken_back(host)
    assert len(hints(host.box)) == 13


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("letter", ["a", "m"])
def test_turning_one_hint_is_seen_as_that_hint(make: MakeHost, letter: str) -> None:
    host = make("dns_controller")
    wanted = wish(mode="replace", hints=[there(name, *addresses) for name, addresses in hints(host.box).items()])
    assert_converges(host, wanted)
    turned = {**hints(host.box), f"{letter}.root-servers.net.": ["10.9.9.9"]}
    change_dns(host.box, DnsServerRootHint=[{"name": name, "addresses": addresses} for name, addresses in turned.items()])
    changes = host.converge(wanted, check=True)["changes"]
    assert [change["target"] for change in changes] == [f"DNS root hints: {letter}.root-servers.net."] * 2


# -- copying ---------------------------------------------------------------------------------------------------


def test_hints_are_copied_from_another_server(make: MakeHost) -> None:
    host = make("dns_files")
    set_hints(host, own=["10.1.1.1"], root1=["10.20.0.51"])
    know(
        host,
        [".", 3600, "NS", "root1.example."],
        [".", 3600, "NS", "root2.example."],
        ["root1.example.", 3600, "A", "10.20.0.51"],
        ["root1.example.", 3600, "AAAA", "2001:db8::51"],
        ["root2.example.", 3600, "A", "10.20.0.52"],
    )
    before = effective(host.box)
    # root2 has no IPv6 address, for which it is asked again
    assert_converges(host, wish(copy_from=OTHER), reads=2)
    assert {name: set(found) for name, found in hints(host.box).items()} == {
        "own.example.": {"10.1.1.1"},
        "root1.example.": {"10.20.0.51", "2001:db8::51"},
        "root2.example.": {"10.20.0.52"},
    }
    taken_back(host)
    assert effective(host.box) == before


@python_is_enough(lambda parameters: True)
def test_a_server_that_does_not_answer(make: MakeHost) -> None:
    host = make("dns_files")
    assert_refused(host, wish(copy_from="192.0.2.99"), "192.0.2.99", "did not tell its root servers")
    know(host, ["example.", 3600, "A", "10.1.1.1"])
    assert_refused(host, wish(copy_from=OTHER), OTHER)


# -- where they stand in the directory ---------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
def test_only_the_writer_writes_the_hints_of_domain_controllers(make: MakeHost) -> None:
    host = make("dns_controller")
    wanted = {"hints": [absent(M)], "heal_duplicates": True}
    result = assert_converges(host, wish(**wanted, directory_writer="DC99.corp.example"))
    assert result["changed"] is False
    assert any("DC99" in warning and M in warning for warning in result["warnings"])
    own = host.box.read_json("host")["computer_name"]
    assert assert_converges(host, wish(**wanted, directory_writer=own))["changed"] is True


@python_is_enough(lambda parameters: True)
def test_a_read_only_controller_is_refused(make: MakeHost) -> None:
    host = make("dns_controller")
    change_dns(host.box, DnsServerSetting={"IsReadOnlyDC": True})
    assert_refused(host, wish(hints=[absent(M)]), M, "read-only domain controller")


# -- compared -------------------------------------------------------------------------------------------------------


@python_is_enough(lambda parameters: True)
def test_an_old_address_is_told_and_left(make: MakeHost) -> None:
    host = make("dns_files")
    result = assert_converges(host, wish(compare_with_internet=True))
    assert result["changed"] is False
    assert statuses(result) == {"61": "non_compliant"}
    assert any("199.9.14.201" in warning and B4 in warning for warning in result["warnings"])
    assert any("stand twice" in warning for warning in result["warnings"])
    assert statuses(assert_converges(make("dns_controller"), wish(compare_with_internet=True))) == {"61": "compliant"}


# -- bad input --------------------------------------------------------------------------------------------------------


@python_is_enough(refused_by_the_controller)
@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"hints": [there("a..b", A4)]}, ("'a..b'",)),
        ({"hints": [there(A)]}, (A, "no addresses")),
        ({"hints": [there(A, "198.41")]}, ("'198.41'",)),
        ({"mode": "replace"}, ("needs hints",)),
        ({"mode": "replace", "hints": []}, ("no root hint would be left",)),
        ({"copy_from": "dns.example"}, ("'dns.example'",)),
    ],
)
def test_bad_input_changes_nothing(make: MakeHost, options: dict[str, Any], parts: tuple[str, ...]) -> None:
    assert_refused(make("dns_files"), wish(**options), *parts)


@python_is_enough(lambda parameters: True)
def test_the_last_of_all_hints_stays_where_it_is_needed(make: MakeHost) -> None:
    host = make("dns_files")
    set_hints(host, root=["10.20.0.53"])
    assert_refused(host, wish(hints=[absent("root.example")]), "no root hint would be left", "recursion is on")


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize(
    ("change", "part"),
    [({"tools": False}, "RSAT-DNS-Server"), ({"denied": True}, "may not administer")],
)
def test_a_server_that_cannot_be_asked_is_not_changed(make: MakeHost, change: dict[str, Any], part: str) -> None:
    host = make("dns_files")
    change_dns(host.box, **change)
    assert_refused(host, wish(heal_duplicates=True), part)


@python_is_enough(lambda parameters: True)
def test_what_changed_meanwhile_is_not_written(make: MakeHost) -> None:
    host = make("dns_files")

    def interfere(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        if request["operation"] == "apply":
            turned = {**hints(host.box), B: ["10.9.9.9"]}
            change_dns(host.box, DnsServerRootHint=[{"name": name, "addresses": addresses} for name, addresses in turned.items()])
        return answer()

    host.on_the_way = interfere
    result = host.converge(wish(hints=[there(B, B4, B6)]))
    assert result["failed"] is True
    assert "something else changed it meanwhile" in result["msg"]
    assert hints(host.box)[B] == ["10.9.9.9"]
