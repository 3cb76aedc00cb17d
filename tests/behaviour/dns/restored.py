# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a DNS Server's box holds, so that a run which was taken back is seen to have left nothing; and runs that die midway.

What counts as the same, each because Windows cannot tell it apart: a value of the registry that says what holds without it, and one that is
not there; an empty list and none; the order of zones, hints, rules and named entries, except policies' own numbers; an address that stood
twice in a root hint and one that stands once; servers to hand a zone to, or to notify, where the mode looks at no list.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour.convergence import JOURNALS, Host
from lab import dns_values
from lab.box import Box
from lab.engine import Crashed, WriteFault

Resources = Sequence[Mapping[str, Any]]
PARAMETERS, ZONES = dns_values.PARAMETERS.lower(), dns_values.ZONES.lower()
ANY, NAME_SERVERS, LISTED, NOBODY = range(4)
MOST_CRASHES = 20


def state(box: Box) -> dict[str, str]:
    """Every value of dns.json and of the registry, and the sockets; place -> text."""
    dns = box.read_json("dns")
    return {**_service(dns), **_registry(box.read_json("registry")["HKLM"], dns), "sockets": _text(_sockets(box))}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    return {place: (before.get(place), after.get(place)) for place in {*before, *after} if before.get(place) != after.get(place)}


def _service(dns: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for noun, value in dns.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        found |= {f"{noun}.{name}": _text(part) for name, part in parts}
    return found


def _text(value: Any) -> str:
    return json.dumps(_settled(value), sort_keys=True)


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted(set(one)) if name == "addresses" else _settled(one) for name, one in value.items()}
    if isinstance(value, list):
        settled = [_settled(one) for one in value]
        named = any(isinstance(one, dict) for one in settled)
        return (sorted(settled, key=lambda one: json.dumps(one, sort_keys=True)) if named else settled) or None
    return value


def _registry(machine: Mapping[str, Any], dns: Mapping[str, Any]) -> dict[str, str]:
    build = dns["DnsServerSetting"]["BuildNumber"]
    directory = {f"{ZONES}\\{zone['ZoneName']}".lower(): zone["IsDsIntegrated"] for zone in dns["DnsServerZone"]}
    found = {}
    for key, values in machine.items():
        plain = {name: one["value"] for name, one in values.items()}
        if key.lower() == PARAMETERS:
            plain = {name: value for name, value in plain.items() if value != _default(name, build)}
        elif key.lower() in directory:
            plain = _reached(plain, directory[key.lower()])
        found |= {f"{key.lower()}: {name}": json.dumps(value) for name, value in plain.items()}
    return found


def _default(name: str, build: int) -> Any:
    known = dns_values.BY_NAME.get(name.lower())
    if known is None:
        return 0 if name == dns_values.LOG_LEVEL else None
    return known.stored(dns_values.default(known, build))["value"]


def _reached(values: Mapping[str, Any], directory: bool) -> dict[str, Any]:
    """What is not there is what Windows does without it; a list that the mode does not look at is none."""
    found = {"SecureSecondaries": NOBODY if directory else NAME_SERVERS, "NotifyLevel": 2 if directory else 1} | values
    unread = {"SecondaryServers": found["SecureSecondaries"], "NotifyServers": found["NotifyLevel"]}
    return {name: value for name, value in found.items() if value != [] and unread.get(name, LISTED) == LISTED}


def _sockets(box: Box) -> list[str]:
    return sorted(f"{one['protocol']} {one['address']}" for one in box.read_json("network")["sockets"] if one["port"] == 53)


# -- runs, and back -----------------------------------------------------------------------------------------


def journals(host: Host) -> list[str]:
    folder = host.box.path(JOURNALS)
    return sorted(file.stem for file in folder.glob("*.jsonl")) if folder.is_dir() else []


def taken_back(host: Host, journal: str, **options: Any) -> dict[str, Any]:
    """Undoes a run: check mode says what the undo does, and once more there is nothing left."""
    checked = host.undo(journal, check=True, **options)
    undone = host.undo(journal, **options)
    assert "failed" not in undone, undone["msg"]
    assert undone["diff"] == checked["diff"]
    again = host.undo(journal, **options)
    assert (again["changed"], again.get("msg")) == (False, None)
    return undone


def assert_taken_back(host: Host, resources: Resources, **options: Any) -> dict[str, Any]:
    """A whole run that changes something, and back. Gives the undo's result."""
    before = state(host.box)
    result = host.converge(resources)
    assert "failed" not in result, result["msg"]
    assert changed(before, state(host.box))
    undone = taken_back(host, journals(host)[-1], **options)
    assert changed(before, state(host.box)) == {}
    return undone


def assert_every_crash_is_taken_back(host: Host, resources: Resources, samples: Sequence[float] = (0.5,), **options: Any) -> int:
    """A run that dies before or after any of its writes, and back; of a long run, whose writes are much alike, at every third of these.

    samples: of the slower engine, how far through the run it dies. Gives how many writes there are.
    """
    pristine = host.box.folder.with_name("pristine")
    shutil.copytree(host.box.folder, pristine)
    before = state(host.box)
    result = host.converge(resources)
    assert "failed" not in result, result["msg"]
    writes = len(next(request for request in host.requests if request["operation"] == "apply")["batch"])
    cases = [(number, when) for number in range(1, writes + 1) for when in ("before", "after")]
    cases = cases[:: 1 if len(cases) <= MOST_CRASHES else 3]
    # each crash of the slower engine costs a new process, and says nothing new in the middle
    for number, when in cases if host.engine.name == "python" else [cases[round(share * (len(cases) - 1))] for share in samples]:
        _again(host, pristine)
        host.fault, host.on_the_way = WriteFault(number, when), dying
        assert "The connection was lost" in host.converge(resources)["msg"]
        host.fault, host.on_the_way = None, None
        assert bool(changed(before, state(host.box))) == (number > 1 or when == "after"), (number, when)
        (journal,) = journals(host)
        undone = host.undo(journal, **options)
        assert "failed" not in undone, (number, when, undone["msg"])
        assert changed(before, state(host.box)) == {}, (number, when)
        assert host.undo(journal, **options)["changed"] is False
    return writes


def _again(host: Host, pristine: Any) -> None:
    shutil.rmtree(host.box.folder)
    shutil.copytree(pristine, host.box.folder)


def dying(_request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    """A payload that ended in the middle looks like a lost connection."""
    try:
        return answer()
    except Crashed as crash:
        raise HardeningError("The connection was lost.") from crash
