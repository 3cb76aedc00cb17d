# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a probe: what was seen, as plain data with fixed keys. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._probe.control import FAIL, NO_ANSWER, NOT_APPLICABLE, PASS, Verdict
from .answers import Answer, NoAnswer, Reply
from .judge import Case, recursion, version_strings, zone_transfer, zone_update
from .observation import VERSION_NAMES, Burst, Zone

UNSEEN = "not_tested"


def result(case: Case, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    seen = case.seen
    return {
        "verdicts": [verdict.as_result() for verdict in verdicts],
        "transports": {"tcp": answer(seen.tcp), "udp": answer(seen.udp), "udp_payload": _payload(seen.edns)},
        "zones": [_zone(zone) for zone in seen.zones],
        "recursion": _recursion(case),
        "version": {"told": version_strings(seen), "answers": {name: answer(seen.versions.get(name)) for name in VERSION_NAMES}},
        "rate_limiting": _burst(seen.burst),
    }


def unserved(case: Case) -> list[str]:
    """Zones that the server was asked about and does not have."""
    judged = {zone.name: (zone_transfer(zone)[0], zone_update(zone)[0]) for zone in case.seen.zones}
    return [name for name, verdicts in judged.items() if NOT_APPLICABLE in verdicts]


def answer(found: Answer | None) -> dict[str, Any]:
    """kind: the code of a reply in small letters, no_answer, unreadable or not_tested."""
    if found is None:
        return {"kind": UNSEEN, "text": "not asked"}
    kind = found.rcode.lower() if isinstance(found, Reply) else NO_ANSWER if isinstance(found, NoAnswer) else "unreadable"
    return {"kind": kind, "text": found.text}


def _payload(found: Answer) -> int | None:
    return found.payload if isinstance(found, Reply) else None


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "name": zone.name,
        "served": zone.is_served,
        "serial": zone.serial,
        "serial_after": zone.serial_after,
        "transfer": {"verdict": zone_transfer(zone)[0], **answer(zone.transfer)},
        "update": {"verdict": zone_update(zone)[0], **answer(zone.update if zone.deletion is None else zone.deletion)},
    }


def _recursion(case: Case) -> dict[str, Any]:
    """offered: null where that could not be told."""
    verdict = NO_ANSWER if case.seen.silence is not None else recursion(case)[0]
    return {
        "name": case.recursion_name,
        "offered": {FAIL: True, PASS: False}.get(verdict),
        "with_recursion": answer(case.seen.recursion),
        "without_recursion": answer(case.seen.referral),
        "root": answer(case.seen.root),
    }


def _burst(burst: Burst | None) -> dict[str, Any] | None:
    if burst is None:
        return None
    counts = {name: getattr(burst, name) for name in ("sent", "whole", "truncated", "other", "missing", "tcp_answered")}
    return {"name": burst.name, **counts}
