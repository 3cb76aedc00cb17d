# SPDX-License-Identifier: GPL-3.0-or-later
"""Criteria of policies and exceptions: C(EQ,a,b;NE,c), compared by meaning, not by letters."""

from __future__ import annotations

import typing as t

from .._core.errors import HardeningError
from .addresses import normal

Meaning = frozenset[tuple[str, frozenset[str]]]


def meaning(text: t.Any) -> Meaning:
    """Neither order nor case counts, nor the dot at the end of a name, nor how an address is spelled."""
    return frozenset(_statement(part) for part in str(text or "").split(";") if part.strip())


def _statement(part: str) -> tuple[str, frozenset[str]]:
    word, *items = (item.strip() for item in part.split(","))
    return word.upper(), frozenset(normal(item.lower().rstrip(".")) for item in items if item)


def plain(text: t.Any) -> str:
    """One spelling for all texts of the same meaning."""
    return ";".join(f"{word},{','.join(sorted(items))}" for word, items in sorted(meaning(text), key=lambda one: (one[0], sorted(one[1]))))


def scope_weights(text: t.Any) -> list[str]:
    """The scopes of a zone that a policy answers from, each with its weight, which is 1 where none is given: C(internal,1)."""
    parts = [part.partition(",") for part in str(text).split(";")]
    return [f"{name.strip()},{weight.strip() if comma else 1}" for name, comma, weight in parts]


def are_weighted(scopes: t.Iterable[str]) -> bool:
    """Whether each has a name, and a weight of one at least."""
    parts = [scope.partition(",") for scope in scopes]
    return all(name and weight.isdecimal() and int(weight) for name, _comma, weight in parts)


def check_criteria(given: t.Mapping[str, t.Any], names: t.Iterable[str], where: str) -> None:
    """Raises HardeningError for what the server could not take apart, or where there is none at all."""
    found = {name: given[name] for name in names if name in given}
    if not found:
        raise HardeningError(
            f"Nothing was changed: {where} has no criterion, so it would be for everybody. Give one of {', '.join(sorted(names))}."
        )
    for name, text in found.items():
        if not meaning(text) or any(word not in ("EQ", "NE") or not items for word, items in meaning(text)):
            raise HardeningError(
                f"Nothing was changed: {where}: {name} is {text!r}; a criterion is EQ or NE with its values, such as EQ,a,b or EQ,a;NE,b."
            )
