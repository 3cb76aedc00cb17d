# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every converge, whatever it is about, judged from the box's own files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.result import task_result
from behaviour import documents
from behaviour.convergence import Host
from lab.boxes import CONFIG

APPLICATION_HOST = CONFIG + "\\applicationHost.config"
Resources = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Converged:
    """The result of the run, and what it changed in applicationHost.config."""

    result: dict[str, Any]
    places: set[documents.Place]


def is_subsequence(part: Iterable[bytes], whole: Iterable[bytes]) -> bool:
    """Whether all of `part` stands in `whole`, in this order."""
    remaining = iter(whole)
    return all(any(line == other for other in remaining) for line in part)


def assert_converges(host: Host, resources: Resources) -> Converged:
    """Check mode, run, second run: they say the same, the file changed where the plan says and nowhere else."""
    file = host.box.path(APPLICATION_HOST)
    before, others = file.read_bytes(), documents.other_files(host.box.folder, file.name)
    untouched = documents.tree_hash(host.box.folder)
    checked = host.outcome(resources, check=True)
    assert documents.tree_hash(host.box.folder) == untouched, "check mode wrote something"
    assert checked.round_trips == 1, "check mode asked for a write"

    outcome = host.outcome(resources)

    expected = task_result(checked, check=True, diff=True)
    result = task_result(outcome, check=False, diff=True)
    assert result["diff"] == expected["diff"]
    assert result["changed"] == expected["changed"]
    assert result["overrides"] == expected["overrides"]
    places = assert_only_planned(before, file.read_bytes(), outcome.plan.changes)
    assert documents.other_files(host.box.folder, file.name) == others, "another file was touched"
    assert_settled(host, resources)
    return Converged(result, places)


def assert_only_planned(before: bytes, after: bytes, changes: Any) -> set[documents.Place]:
    old, new = documents.parse(before), documents.parse(after)
    places = documents.changed_places(old, new)
    assert places == documents.planned_places(changes)
    rest = [documents.canonical(documents.pruned(documents.without(root, places))) for root in (old, new)]
    assert rest[0] == rest[1], "something outside the planned places changed"
    assert not documents.element_names(old) - documents.element_names(new), "an element is gone"
    outside = [[line for line in documents.lines_outside(content) if line.strip()] for content in (before, after)]
    assert is_subsequence(*outside), "bytes outside request filtering changed"
    return places


def assert_settled(host: Host, resources: Resources) -> None:
    content = documents.tree_hash(host.box.folder)
    again = host.outcome(resources)
    assert again.plan.empty
    assert again.round_trips == 1
    assert documents.tree_hash(host.box.folder) == content


def assert_refused(host: Host, resources: Resources, *parts: str, **settings: Any) -> str:
    """The task fails with a sentence that has all of `parts`, and the box is as it was, the journals' folder included."""
    untouched = documents.tree_hash(host.box.folder)
    try:
        host.outcome(resources, **settings)
    except HardeningError as problem:
        sentence = str(problem)
    else:
        raise AssertionError("the task was not refused")
    missing = [part for part in parts if part not in sentence]
    assert not missing, f"{missing} not in: {sentence}"
    assert "Traceback" not in sentence
    # what Ansible itself says about an option comes without a full stop
    assert sentence.endswith(".") or "of resources (" in sentence, sentence
    assert documents.tree_hash(host.box.folder) == untouched, "something was written"
    return sentence
