# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `account`: local accounts, and names to SIDs and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lab.box import Box

from .errors import Refusal
from .facts import PRODUCT_OPTIONS
from .hive import value_of

DOMAIN_CONTROLLER = "LanmanNT"
BUILTIN = "S-1-5-32-"
_SID = re.compile(r"S-1-[0-9]+(-[0-9]+)+", re.IGNORECASE)
_UNREACHABLE = "The trust relationship between the primary domain and the trusted domain failed."


@dataclass(frozen=True)
class Account:
    """Somebody the host knows: domain is the first part of the name, empty where the name has none."""

    sid: str
    domain: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.domain}\\{self.name}" if self.domain else self.name


def known(box: Box) -> Iterator[Account]:
    stored, host = box.read_json("accounts"), box.host
    for entry in [*stored.get("groups", []), *stored.get("users", [])]:
        yield Account(entry["sid"], "BUILTIN" if entry["sid"].startswith(BUILTIN) else _computer(host), entry["name"])
    named = list(stored.get("names", {}).items())
    session = host.get("account") or {}
    if session.get("sid") and session.get("name"):
        named.append((session["sid"], session["name"]))
    for sid, name in named:
        domain, _, last = name.rpartition("\\")
        yield Account(sid, domain, last)


def _computer(host: dict[str, Any]) -> str:
    return host.get("computer_name") or ""


def find_sid(box: Box, sid: str) -> Account | None:
    return next((account for account in known(box) if account.sid == sid), None)


def find_name(box: Box, name: str) -> Account | None:
    """With or without its first part, without case. A name alone is well known, then the machine's, then of a domain."""
    domain, _, last = name.lower().rpartition("\\")
    found = [account for account in known(box) if account.name.lower() == last and domain in ("", account.domain.lower())]

    def rank(account: Account) -> int:
        return 0 if not account.sid.startswith("S-1-5-21-") else 1 if account.domain == _computer(box.host) else 2

    return min(found, key=rank, default=None)


def is_domain_controller(box: Box) -> bool:
    value = value_of(box.registry, "HKLM", PRODUCT_OPTIONS, "ProductType")
    return value is not None and value["value"] == DOMAIN_CONTROLLER


def read_accounts(box: Box, now: str) -> list[dict[str, Any]] | None:
    """now: the time in UTC as `2026-11-24T21:15:02Z`."""
    if is_domain_controller(box):
        return None
    users = sorted(box.read_json("accounts").get("users", []), key=lambda user: int(user["sid"].rpartition("-")[2]))
    return [_user(user, now) for user in users]


def _user(user: dict[str, Any], now: str) -> dict[str, Any]:
    last_set = user.get("password_last_set")
    return {
        "name": user["name"],
        "sid": user["sid"],
        "enabled": user["enabled"],
        "password_age_days": None if last_set is None else (_time(now) - _time(last_set)).days,
        "password_expires": user["password_expires"],
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _is_unreachable(box: Box, given: str) -> bool:
    """Whether the domain of a name or SID is one whose controllers do not answer. Windows keeps who is logged on in mind."""
    sid = (box.host.get("account") or {}).get("sid")
    domains = box.read_json("accounts").get("unreachable", {})
    if given.startswith("S-1-"):
        return given != sid and given.rpartition("-")[0] in domains.values()
    domain, _, _last = given.upper().rpartition("\\")
    return domain in {name.upper() for name in domains}


def read_resolve(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    return {given: _resolved(box, given) for given in read["names"]}


def _resolved(box: Box, given: str) -> dict[str, Any] | None:
    if given == "":
        session = box.host.get("account") or {}
        return {"sid": session.get("sid"), "name": session.get("name")}
    sid = given if given.startswith("S-1-") else None
    if sid and not _SID.fullmatch(sid):
        return {"sid": None, "name": None, "error": Refusal("lookup_failed", "Value was invalid.").as_error()}
    if _is_unreachable(box, given):
        return {"sid": sid, "name": None, "error": Refusal("lookup_failed", _UNREACHABLE).as_error()}
    if sid:
        account = find_sid(box, given)
        return {"sid": given, "name": None if account is None else account.full_name}
    account = find_name(box, given)
    return None if account is None else {"sid": account.sid, "name": account.full_name}
