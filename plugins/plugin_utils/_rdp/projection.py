# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reads of a batch would say once operations are done, so that a plan is judged by what it leads to.

Only rights, groups and registry keys, by which ways in are judged; every other read is handed on as it was.
"""

from __future__ import annotations

import copy
import typing as t

from .._core.observation import Observation, Observations
from .._core.operations import Operation, Read

Parameters = t.Mapping[str, t.Any]


def projected(observations: Observations, operations: t.Iterable[Operation]) -> Observations:
    """The same batch after these operations, in their order. What could not be read stays unread."""
    done = list(operations)
    reads, results = [], []
    for read, result in observations.items():
        reads.append(read)
        results.append(result if result.failure else Observation(_after(read, result.value, done)))
    return Observations(reads, results)


def _after(read: Read, value: t.Any, operations: t.Sequence[Operation]) -> t.Any:
    apply = _PROJECTIONS.get((read.provider, read.name))
    told = [one for one in operations if one.provider == read.provider]
    if apply is None or not told:
        return value
    after = copy.deepcopy(value)
    for operation in told:
        apply(read.parameters, after, operation)
    return after


def _right(read: Parameters, value: t.Any, operation: Operation) -> None:
    if operation.parameters["right"].lower() == read["right"].lower():
        value["accounts"] = _moved(value["accounts"], operation.parameters["account"], operation.name == "grant")


def _group(read: Parameters, value: t.Any, operation: Operation) -> None:
    if operation.parameters["group"] == read["group"]:
        value["members"] = _moved(value["members"], operation.parameters["member"], operation.name == "add")


def _moved(sids: t.Iterable[str], sid: str, there: bool) -> list[str]:
    return sorted({*sids, sid} if there else {one for one in sids if one != sid})


def _key(read: Parameters, value: t.Any, operation: Operation) -> None:
    given = operation.parameters
    if (given["hive"], given["key"].lower()) != (read["hive"], read["key"].lower()):
        return
    kept = {name: one for name, one in value["values"].items() if name.lower() != given["name"].lower()}
    if operation.name == "set":
        value["exists"] = True
        kept[given["name"]] = {"kind": given["kind"], "value": given["value"]}
    value["values"] = kept


_PROJECTIONS: dict[tuple[str, str], t.Callable[[Parameters, t.Any, Operation], None]] = {
    ("right", "right"): _right,
    ("group", "members"): _group,
    ("registry", "key"): _key,
}
