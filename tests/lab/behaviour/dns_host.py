# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that the rows of the DNS Server start from."""

from __future__ import annotations

from typing import Any

from lab import boxes
from lab.behaviour.dns_expectation import Refusal, Unchanged
from lab.behaviour.dns_requests import Read
from lab.behaviour.expectation import Expectation, InAnswer, Steps
from lab.behaviour.requests import Step, apply, reads
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation
from lab.boxes import dns, windows
from lab.dns_values import PARAMETERS, ZONES

PROTOCOL = "docs/protocol.md"
SPEC = "[MS-DNSP] 3.1.1.1.1 DNS Server Integer Properties"
OPERATION = "[MS-DNSP] 3.1.4.1 R_DnssrvOperation"
REAL = "Get-DnsServer* of Windows Server 2016 domain controllers (PSWinDocumentation.DNS, ADEssentials)"
REPORT = "AsBuiltReport.Microsoft.AD, samples of servers of 2019, 2022 and 2025"
STARTS = "The service reads its registry values when it starts, KB4569509 and ADV200013 ask for a restart"
ZONE_JSON = "Get-DnsServerZone | ConvertTo-Json of a real server (d-strobel/gowindows)"
MOF = "DnsServerPSProvider, learn.microsoft.com"
PAGES = "the cmdlets' pages, learn.microsoft.com"

FILES, CONTROLLER, SECONDARY, FORWARDER = "dns_files", "dns_controller", "dns_secondary", "dns_forwarder"
SHOP, LAB = "shop.example", "lab.example"


def _server(name: str) -> tuple[dns.DnsServer, int]:
    host = boxes.BOXES[name]()
    assert host.dns is not None
    return host.dns, windows.RELEASES[host.release].build


def document(name: str, **changed: Any) -> dict[str, Any]:
    """dns.json of a host; an object in `changed` is laid over the one that is there, anything else stands instead of it."""
    found = dns.document(*_server(name))
    for key, value in changed.items():
        found[key] = {**found[key], **value} if isinstance(value, dict) and isinstance(found.get(key), dict) else value
    return found


def many(name: str, zones: int, keys: dict[str, Any] | None = None) -> Situation:
    """A host with so many more zones, `zone-001.example` and so on. keys: zone -> values of its registry key."""
    return Situation(host=name, options={"zones": zones}, registry={f"{ZONES}\\{zone}": values for zone, values in (keys or {}).items()})


def host(name: str = FILES, parameters: dict[str, Any] | None = None, keys: dict[str, Any] | None = None, **changed: Any) -> Situation:
    """parameters: over the service's registry values. keys: zone -> values of its key. changed: see `document`; services, facts."""
    more: dict[str, Any] = {name: changed.pop(name) for name in ("services", "facts", "files") if name in changed}
    if "network" in changed:
        more.setdefault("documents", {})["network"] = changed.pop("network")
    registry = dns.registry(*_server(name))
    own = {PARAMETERS: {**registry[PARAMETERS], **(parameters or {})}} if parameters else {}
    own |= {f"{ZONES}\\{zone}": values for zone, values in (keys or {}).items()}
    documents = more.pop("documents", {}) | ({"dns": document(name, **changed)} if changed else {})
    return Situation(host=name, registry=own, documents=documents, **more)


def stopped(name: str = FILES) -> Situation:
    return host(name, services={"DNS": {**dns.SERVICE, "state": "Stopped"}})


def row(
    name: str,
    situation: Situation,
    request: dict[str, Any],
    expect: tuple[Expectation, ...],
    source: str,
    certainty: str,
    variants: tuple[tuple[Expectation, ...], ...] = (),
) -> Row:
    return Row("dns: " + name, situation, request, expect, source, certainty, variants, family="windows_dns")


def reading(name: str, situation: Situation, read: Read | tuple[Read, ...], *expect: Expectation, source: str, certainty: str) -> Row:
    return row(name, situation, reads(*((read,) if isinstance(read, dict) else read)), expect, source, certainty)


def writing(
    name: str,
    situation: Situation,
    steps: Step | tuple[Step, ...],
    *expect: Expectation,
    source: str,
    certainty: str,
    read: tuple[Read, ...] = (),
    restart: bool = False,
    variants: tuple[tuple[Expectation, ...], ...] = (),
) -> Row:
    """Every step is done."""
    listed = (steps,) if isinstance(steps, dict) else steps
    done = Steps(("done",) * len(listed))
    request = apply(*listed, read=read, restarts=["DNS"] if restart else [])
    return row(name, situation, request, (done, *expect), source, certainty, tuple((done, *one) for one in variants))


def refused(
    name: str,
    step: Step,
    kind: str,
    number: int | None,
    source: str,
    certainty: str,
    situation: Situation | None = None,
    kinds: tuple[str, ...] = (),
) -> Row:
    """The step fails and the server is what it was. kinds: others that cannot be ruled out."""
    start = situation or host()
    before = start.documents.get("dns") or document(start.host)

    def expected(wanted: str, known: int | None) -> tuple[Expectation, ...]:
        return (Steps((f"failed:{wanted}",)), Refusal(wanted, known), Unchanged(before), InAnswer("changed", False))

    return row(
        "refused, " + name, start, apply(step), expected(kind, number), source, certainty, tuple(expected(one, None) for one in kinds)
    )
