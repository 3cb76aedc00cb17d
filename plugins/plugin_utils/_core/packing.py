# SPDX-License-Identifier: GPL-3.0-or-later
"""How reads travel: the registry keys of a batch, of which there can be dozens, as one read, because each request is sent twice encoded."""

from __future__ import annotations

import collections
import typing as t

from .errors import whole
from .operations import Read

_KEY = ("registry", "key")
# So many keys below one parent are worth a read of their own, which names the parent once.
_WORTH = 3


def packed(reads: t.Sequence[Read]) -> list[dict[str, t.Any]]:
    """The reads as a request holds them: those that are not for a registry key, in order, and then one for the keys below each parent."""
    single = [read.as_request() for read in reads if not _is_key(read)]
    return single + [
        {"provider": "registry", "read": "keys", "hive": hive, "below": parent, "keys": [key.removeprefix(parent) for key in keys]}
        for (hive, parent), keys in _groups(reads).items()
    ]


def unpacked(reads: t.Sequence[Read], results: t.Sequence[t.Mapping[str, t.Any]]) -> list[t.Mapping[str, t.Any]]:
    """One result for each read, in order. Fewer where the answer was cut short."""
    single = [read for read in reads if not _is_key(read)]
    if len(results) != len(packed(reads)):
        return list(results)
    found = {read.identity: result for read, result in zip(single, results, strict=False)}
    with whole("a list of registry keys"):
        for ((hive, _parent), keys), result in zip(_groups(reads).items(), results[len(single) :], strict=True):
            # One that is refused as a whole says so for each of its keys.
            for key, one in zip(keys, result["value"] if "value" in result else [result] * len(keys), strict=True):
                found[Read(*_KEY, {"hive": hive, "key": key}).identity] = one
    return [found[read.identity] for read in reads]


def _is_key(read: Read) -> bool:
    return (read.provider, read.name) == _KEY


def _groups(reads: t.Iterable[Read]) -> dict[tuple[str, str], list[str]]:
    """Whole keys by hive and by the beginning that the request leaves out of them, which ends with a backslash or is empty."""
    keys = [(read.parameters["hive"], read.parameters["key"]) for read in reads if _is_key(read)]
    beginnings = collections.Counter((hive, _parent(key)) for hive, key in keys)
    found: dict[tuple[str, str], list[str]] = {}
    for hive, key in keys:
        parent = _parent(key) if beginnings[hive, _parent(key)] >= _WORTH else ""
        found.setdefault((hive, parent), []).append(key)
    return found


def _parent(key: str) -> str:
    """The first six parts of a key, or all but its last, with the backslash: what the keys of one subsystem share."""
    parts = key.split("\\")
    return "".join(f"{part}\\" for part in parts[: min(6, len(parts) - 1)])
