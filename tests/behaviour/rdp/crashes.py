# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that die at every one of their writes, and are taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from behaviour.convergence import JOURNALS, Host
from behaviour.rdp.checks import changed, state
from lab.engine import Crashed, WriteFault


def assert_every_crash_can_be_undone(host: Host, resources: Sequence[Mapping[str, Any]], samples: Sequence[float] = (0.5,)) -> None:
    """A run that ends well, and one that dies before or after each write: the undo of its journal restores the box.

    samples: of the slower engine, how far through the run it dies, from 0 to 1.
    """
    pristine = host.box.folder.with_name("pristine")
    shutil.copytree(host.box.folder, pristine)
    steps = len(_whole(host, resources))
    assert steps
    cases = [(number, when) for number in range(1, steps + 1) for when in ("before", "after")]
    # each crash of the slower engine costs a new process, and says nothing new in the middle
    for number, when in cases if host.engine.name == "python" else [cases[round(share * (len(cases) - 1))] for share in samples]:
        _restore(host, pristine)
        host.fault = WriteFault(number, when)
        host.on_the_way = _dying
        assert "The connection was lost" in host.converge(resources)["msg"]
        host.fault, host.on_the_way = None, None
        before, left = _state(host, pristine), state(host.box)
        assert bool(changed(before, left)) == (number > 1 or when == "after"), (number, when)
        _undo(host)
        assert changed(before, state(host.box)) == set(), (number, when)


def _whole(host: Host, resources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    before = state(host.box)
    result = host.converge(resources)
    assert "failed" not in result, result["msg"]
    assert changed(before, state(host.box))
    steps: list[dict[str, Any]] = next(request for request in host.requests if request["operation"] == "apply")["batch"]
    _undo(host)
    assert changed(before, state(host.box)) == set()
    return steps


def _undo(host: Host) -> None:
    (journal,) = host.box.path(JOURNALS).glob("*.jsonl")
    result = host.undo(journal.stem)
    assert "failed" not in result, result["msg"]
    host.requests.clear()
    for file in host.box.path(JOURNALS).glob("*.jsonl"):
        file.unlink()


def _state(host: Host, folder: Any) -> dict[str, str]:
    return state(type(host.box)(folder))


def _restore(host: Host, pristine: Any) -> None:
    shutil.rmtree(host.box.folder)
    shutil.copytree(pristine, host.box.folder)


def _dying(request: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
    """A payload that ended in the middle looks like a lost connection."""
    try:
        return answer()
    except Crashed as crash:
        raise HardeningError("The connection was lost.") from crash
