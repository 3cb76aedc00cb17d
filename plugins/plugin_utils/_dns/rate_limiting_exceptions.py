# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions from response rate limiting. One that differs is removed and added again: no cmdlet takes a criterion away."""

from __future__ import annotations

import typing as t

from .._core.plan import Change
from .criteria import check_criteria, plain
from .named_entries import EntryKind, Wanted, check_names
from .requests import Record

_CRITERIA = {"client_subnet": "ClientSubnet", "fqdn": "Fqdn", "server_interface": "ServerInterfaceIP"}


class RateLimitingExceptions(EntryKind):
    option = "response_rate_limiting.exceptions"
    noun = "DnsServerResponseRateLimitingExceptionlist"

    def texts(self, wish: Wanted) -> dict[str, str]:
        return {"Condition": wish["condition"], **{name: plain(wish.get(option)) for option, name in _CRITERIA.items()}}

    def found_texts(self, found: Record) -> dict[str, str]:
        condition = str(found.get("Condition") or "and").lower()
        return {"Condition": condition, **{name: plain(found.get(name)) for name in _CRITERIA.values()}}

    def described(self, texts: t.Mapping[str, str]) -> str:
        return super().described({name: text for name, text in texts.items() if text})

    def parameters(self, wish: Wanted) -> dict[str, t.Any]:
        return {"Condition": wish["condition"].upper(), **{name: wish[option] for option, name in _CRITERIA.items() if option in wish}}

    def restored(self, found: Record) -> dict[str, t.Any]:
        given = {name: found[name] for name in _CRITERIA.values() if found.get(name)}
        return {"Condition": str(found.get("Condition") or "and").upper(), **given}

    def changed(self, wish: Wanted, found: Record) -> list[Change]:
        return [self.removing(found), self.adding(wish)]


def check_exceptions(wishes: t.Sequence[Wanted]) -> None:
    """Raises HardeningError for one that no server takes."""
    check_names(RateLimitingExceptions.option, wishes)
    for wish in wishes:
        check_criteria(wish, _CRITERIA, f"{RateLimitingExceptions.option}, {wish['name']}")
