# SPDX-License-Identifier: GPL-3.0-or-later
"""How reads travel: the registry keys of a batch, of which there can be dozens, as one read, because each request is sent twice encoded."""

from __future__ import annotations

import typing as t

from .errors import whole
from .operations import Read

_KEY = ("registry", "key")


def packed(reads: t.Sequence[Read]) -> list[dict[str, t.Any]]:
    """The reads as a request holds them: those that are not for a registry key, in order, and then one for the keys of each hive."""
    return [read.as_request() for read in reads if not _is_key(read)] + [
        {"provider": "registry", "read": "keys", "hive": hive, "keys": keys} for hive, keys in _keys(reads).items()
    ]


def unpacked(reads: t.Sequence[Read], results: t.Sequence[t.Mapping[str, t.Any]]) -> list[t.Mapping[str, t.Any]]:
    """One result for each read, in order. Fewer where the answer was cut short."""
    single = [read for read in reads if not _is_key(read)]
    if len(results) != len(packed(reads)):
        return list(results)
    found = {read.identity: result for read, result in zip(single, results, strict=False)}
    with whole("a list of registry keys"):
        for (hive, keys), result in zip(_keys(reads).items(), results[len(single) :], strict=True):
            # One that is refused as a whole says so for each of its keys.
            for key, one in zip(keys, result["value"] if "value" in result else [result] * len(keys), strict=True):
                found[Read(*_KEY, {"hive": hive, "key": key}).identity] = one
    return [found[read.identity] for read in reads]


def _is_key(read: Read) -> bool:
    return (read.provider, read.name) == _KEY


def _keys(reads: t.Iterable[Read]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for read in reads:
        if _is_key(read):
            found.setdefault(read.parameters["hive"], []).append(read.parameters["key"])
    return found
