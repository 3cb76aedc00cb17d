# SPDX-License-Identifier: GPL-3.0-or-later
"""Both engines agree with hand-written expectations on every secedit, registry and firewall sample of real hosts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import rdp_parsers as parsers
from conformance.conftest import SHARED
from conformance.rdp_expected import BLOCKS, FIREWALL, NEWER, POLICY, REGISTRY, SECEDIT, TEMPLATE_KEYS, TEMPLATES
from lab import boxes
from lab.behaviour.rdp_expectation import rule_fields
from lab.behaviour.rdp_requests import POLICY as READ_POLICY
from lab.behaviour.rdp_requests import resolve, right, rules
from lab.behaviour.requests import reads
from lab.box import Box
from lab.boxes.accounts import MACHINE_SID
from lab.engine import Engine

DATA = SHARED / "data/rdp"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real samples are not at {DATA}")

FIREWALL_RULES = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return boxes.build("no_iis", tmp_path / "box")


def ask(engine: Engine, box: Box, *items: dict[str, Any]) -> list[Any]:
    return [item["value"] for item in engine.answer(box, "windows_rdp_read", reads(*items))["observations"]]


def put(box: Box, keys: parsers.Keys) -> None:
    """Keys of HKLM, instead of those that are there."""
    spelled = {key.lower() for key in keys}
    machine = {key: values for key, values in box.registry["HKLM"].items() if key.lower() not in spelled}
    box.write_json("registry", box.registry | {"HKLM": machine | keys})


def key(name: str) -> dict[str, Any]:
    return {"provider": "registry", "read": "key", "hive": "HKLM", "key": name}


def put_template(box: Box, file: Path) -> dict[str, str]:
    """The sample as the host's own policy. A bare name becomes an account of the host; returns name -> SID."""
    text = parsers.text_of(file)
    access, holders = (parsers.template_section(text, name) for name in ("System Access", "Privilege Rights"))
    given = {name: [item.strip() for item in value.split(",") if item.strip()] for name, value in holders.items()}
    names = sorted({item for items in given.values() for item in items if not item.startswith("*")})
    sids = {name: f"{MACHINE_SID}-{5000 + number}" for number, name in enumerate(names)}
    user = {"enabled": True, "password_last_set": None, "password_expires": False}
    box.write_json("accounts", {"users": [{"name": name, "sid": sid, **user} for name, sid in sids.items()], "groups": [], "names": {}})
    rights = {name: ",".join("*" + sids.get(item, item.lstrip("*")) for item in items) for name, items in given.items() if items}
    sections = {"System Access": access, "Privilege Rights": rights, "Group Membership": {}}
    lines = [line for title, body in sections.items() for line in (f"[{title}]", *(f"{name} = {value}" for name, value in body.items()))]
    (box.folder / "security.inf").write_text("\n".join(lines) + "\n", "utf-8")
    return sids


@pytest.mark.parametrize("name", SECEDIT)
def test_a_security_template_is_read_as_a_person_reads_it(engine: Engine, box: Box, name: str) -> None:
    policy, holders = SECEDIT[name]
    sids = put_template(box, DATA / "secedit" / name)

    found, *rights, resolved = ask(engine, box, READ_POLICY, *(right(one) for one in holders), resolve(*sids, *sids.values()))

    assert found == policy
    wanted = {one: sorted(sids.get(item, item) for item in items) for one, items in holders.items()}
    assert {one: value["accounts"] for one, value in zip(holders, rights, strict=True)} == wanted
    assert all(resolved[account] == resolved[sid] == {"sid": sid, "name": f"BARE22\\{account}"} for account, sid in sids.items())


@pytest.mark.parametrize("name", ["jebr_german_secpol.utf16.inf", "tsumihara_stig_secpol.utf16.inf", "aetherbreaker_secpol.utf16.inf"])
def test_the_names_in_a_sample_are_looked_up(box: Box, name: str) -> None:
    """The other samples have SIDs only, or names that no expected right has."""
    sids = put_template(box, DATA / "secedit" / name)

    listed = {item for items in SECEDIT[name][1].values() for item in items if not item.startswith("S-1-")}

    assert listed
    assert listed <= set(sids)


PARSED: dict[str, Callable[[Path], parsers.Keys]] = {
    "terminal_server_export_excerpt.reg": lambda file: parsers.registration(parsers.text_of(file)),
    "reg_query_terminal_server.txt": lambda file: parsers.query(parsers.text_of(file)),
    "get_itemproperty_policy_terminal_services.txt": lambda file: parsers.listing(parsers.text_of(file)),
    "yossidoctor_machine_registry.pol": lambda file: parsers.policy_file(file.read_bytes()),
}


@pytest.mark.parametrize("name", REGISTRY)
def test_registry_values_of_a_real_host(engine: Engine, box: Box, name: str) -> None:
    put(box, PARSED[name](DATA / "registry" / name))

    found = ask(engine, box, *(key(one) for one in REGISTRY[name]))

    for value, (count, wanted) in zip(found, REGISTRY[name].values(), strict=True):
        assert value["exists"]
        assert len(value["values"]) == count
        assert {one: value["values"].get(one) for one in wanted} == wanted


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_policy_writes(engine: Engine, box: Box, name: str) -> None:
    """What each policy writes first (enabled, or its first choice) is put into the box and read."""
    policies = parsers.administrative_template((DATA / "registry" / name).read_bytes())
    wanted = TEMPLATES[name]
    places = {policy: TEMPLATE_KEYS.get(policy, POLICY) for policy in wanted}

    assert {policy: policies[policy][0].lower() for policy in wanted} == {policy: place.lower() for policy, place in places.items()}
    assert {policy: policies[policy][1][value] for policy, (value, _) in wanted.items()} == {
        policy: data for policy, (_, data) in wanted.items()
    }
    keys: parsers.Keys = {}
    for place, written in (policies[policy] for policy in wanted):
        keys.setdefault(place, {}).update({value: {"kind": "DWord", "value": data[0]} for value, data in written.items()})
    put(box, keys)
    found = ask(engine, box, *(key(place) for place in places.values()))
    for value, (name_of_value, data) in zip(found, wanted.values(), strict=True):
        assert value["values"][name_of_value] == {"kind": "DWord", "value": data[0]}


def test_a_policy_of_a_newer_windows_is_not_in_the_older_template() -> None:
    older = parsers.administrative_template((DATA / "registry/jozefizso_win10_1903_TerminalServer.admx").read_bytes())

    assert NEWER & set(older) == set()


def stored_rules(file: Path) -> dict[str, str]:
    """Name -> text of every rule in a sample."""
    text = parsers.text_of(file)
    if file.suffix == ".reg":
        return {name: value["value"] for name, value in parsers.registration(text)[FIREWALL_RULES].items()}
    if "netsh" in file.name:
        return numbered([(block["Rule Name"], parsers.netsh_rule(block)) for block in parsers.blocks(text, "Rule Name")])
    if "get_netfirewallrule" in file.name:
        return numbered([(block["DisplayName"], parsers.cmdlet_rule(block)) for block in parsers.blocks(text, "DisplayName")])
    lines = text.split("\n")
    return dict(zip(lines[0:-1:2], lines[1:-1:2], strict=False))


def numbered(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Displayed names are not unique: the second of a name gets a number."""
    found: dict[str, str] = {}
    for name, text in pairs:
        found[name if name not in found else f"{name} #{len(found)}"] = text
    return found


@pytest.mark.parametrize("name", FIREWALL)
def test_firewall_rules_of_a_real_host(engine: Engine, box: Box, name: str) -> None:
    count, group, wanted = FIREWALL[name]
    texts = stored_rules(DATA / "firewall" / name)
    put(box, {FIREWALL_RULES: {one: {"kind": "String", "value": text} for one, text in texts.items()}})

    [found] = ask(engine, box, rules(groups=(group,)))

    assert len(texts) == count
    own = {one: text for one, text in found["local"].items() if "Action=Block" not in text}
    assert {one: rule_fields(text) for one, text in own.items()} == wanted
    assert set(found["local"]) - set(own) == BLOCKS.get(name, set())
    assert found["policy"] == {}


@pytest.mark.parametrize("name", [name for name, (_, _, wanted) in FIREWALL.items() if wanted])
def test_a_rule_is_found_by_its_name(engine: Engine, box: Box, name: str) -> None:
    wanted = FIREWALL[name][2]
    texts = stored_rules(DATA / "firewall" / name)
    put(box, {FIREWALL_RULES: {one: {"kind": "String", "value": text} for one, text in texts.items()}})
    first = next(iter(wanted))

    [found] = ask(engine, box, rules(names=(first.upper(),)))

    assert found["local"] == {one: texts[one] for one in {first} | BLOCKS.get(name, set())}


def test_every_sample_has_its_expectation() -> None:
    listed = {folder: {file.name for file in (DATA / folder).iterdir()} for folder in ("secedit", "registry", "firewall")}

    assert listed == {"secedit": set(SECEDIT), "registry": {*REGISTRY, *TEMPLATES}, "firewall": set(FIREWALL)}
