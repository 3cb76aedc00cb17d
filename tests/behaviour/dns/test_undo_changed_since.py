# SPDX-License-Identifier: GPL-3.0-or-later
"""An entry that a run added and somebody gave another meaning since is theirs: taking back leaves it, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from behaviour.convergence import Host, python_is_enough
from behaviour.dns.restored import changed, journals, state, taken_back
from lab import boxes
from lab.engine import Engine


class Case(NamedTuple):
    """run: what adds the entry C(labs). noun: where the box has it. other, same: values of another and of the same meaning, where there are."""

    run: dict[str, Any]
    noun: str
    other: dict[str, Any]
    same: dict[str, Any] | None = None


def options(**given: Any) -> dict[str, Any]:
    return {"dns_server_options": given}


CASES = {
    "subnet": Case(
        options(client_subnets=[{"name": "labs", "ipv4": ["10.40.0.0/16", "10.41.0.0/16"]}]),
        "DnsServerClientSubnet",
        other={"IPv4Subnet": ["10.40.0.0/16"]},
        same={"IPv4Subnet": ["10.41.0.0/16", "10.40.0.0/16"]},
    ),
    "scope": Case(
        options(recursion={"scopes": [{"name": "labs", "forwarders": ["203.0.113.54"]}]}),
        "DnsServerRecursionScope",
        other={"EnableRecursion": False},
    ),
    "exception": Case(
        options(response_rate_limiting={"exceptions": [{"name": "labs", "fqdn": "EQ,*.a.example,*.b.example"}]}),
        "DnsServerResponseRateLimitingExceptionlist",
        other={"Fqdn": "EQ,*.a.example"},
        same={"Fqdn": "EQ,*.b.example,*.a.example."},
    ),
    "policy": Case(
        options(query_policies=[{"name": "labs", "action": "deny", "query_type": "EQ,ANY,TXT"}]),
        "DnsServerQueryResolutionPolicy",
        other={"Action": "Ignore"},
        same={"Criteria": [{"CriteriaType": "QType", "Criteria": "EQ,TXT,ANY"}], "ProcessingOrder": 2},
    ),
    "transfer policy": Case(
        options(transfer_policies=[{"name": "labs", "action": "deny", "client_subnet": "NE,guests"}]),
        "DnsServerZoneTransferPolicy",
        other={"IsEnabled": False},
        same={"Action": "DENY"},
    ),
    "root hint": Case(
        {"dns_root_hints": {"hints": [{"name": "labs", "addresses": ["10.0.0.2", "10.0.0.3", "2001:db8::3"]}]}},
        "DnsServerRootHint",
        other={"addresses": ["10.0.0.2", "10.0.0.4", "2001:db8::3"]},
        same={"addresses": ["10.0.0.3", "10.0.0.2", "2001:db8::3"]},
    ),
}


def edit(host: Host, noun: str, values: dict[str, Any]) -> None:
    dns = host.box.read_json("dns")
    (entry,) = [one for one in dns[noun] if one.get("Name", one.get("name")) in ("labs", "labs.")]
    assert set(values) <= set(entry), entry
    entry.update(values)
    host.box.write_json("dns", dns)


def start(engine: Engine, folder: Path, case: Case) -> tuple[Host, dict[str, str]]:
    """A host on which the entry was added. Gives it, and its state before."""
    host = Host(engine, boxes.build("dns_forwarder", folder / "box"))
    before = state(host.box)
    result = host.converge([case.run])
    assert "failed" not in result, result["msg"]
    return host, before


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_somebody_made_of_it_stays(engine: Engine, tmp_path: Path, case: Case) -> None:
    host, _before = start(engine, tmp_path, case)
    edit(host, case.noun, case.other)
    now = state(host.box)

    result = host.undo(journals(host)[-1])

    assert result["failed"]
    assert "Somebody changed it since" in result["msg"]
    assert "labs" in result["msg"]
    assert changed(now, state(host.box)) == {}


@python_is_enough(lambda parameters: True)
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.same])
def test_another_spelling_is_the_same(engine: Engine, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    host, before = start(engine, tmp_path, case)
    assert case.same
    edit(host, case.noun, case.same)

    taken_back(host, journals(host)[-1])

    assert changed(before, state(host.box)) == {}
