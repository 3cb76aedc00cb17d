# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log on: what accounts, groups and user rights of a box say about a user whose password is right.

Sources: Network Level Authentication is a network logon, so SeNetworkLogonRight and its denial hold first; then
SeRemoteInteractiveLogonRight and its denial. A denial wins (Account Rights Constants). Codes: ntstatus.h, MS-RDPBCGR
2.2.10.2 for the early user authorisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab import inf
from lab.box import Box

LOGON_FAILURE, ACCOUNT_DISABLED, LOGON_TYPE_NOT_GRANTED = 0xC000006D, 0xC0000072, 0xC000015B
# everyone, network, authenticated users
EVERY_NETWORK_LOGON = {"S-1-1-0", "S-1-5-2", "S-1-5-11"}
LOCAL_ACCOUNT, LOCAL_ADMINISTRATOR, ADMINISTRATORS = "S-1-5-113", "S-1-5-114", "S-1-5-32-544"
REMOTE_INTERACTIVE = {"S-1-5-14", "S-1-5-4"}


@dataclass(frozen=True)
class Verdict:
    """`status` is 0 where the network logon is granted; `authorized` whether the session itself would be."""

    status: int
    authorized: bool


def judge(box: Box, user: str) -> Verdict:
    """What Windows answers to a user, by name without case, who knows the password."""
    account = _account(box, user)
    if account is None:
        return Verdict(LOGON_FAILURE, False)
    if not account["enabled"]:
        return Verdict(ACCOUNT_DISABLED, False)
    sections = inf.read(box)
    token = _token(account["sid"], bool(account.get("local", True)), sections[inf.GROUPS])
    granted = _has(sections[inf.RIGHTS], "NetworkLogonRight", token)
    return Verdict(
        0 if granted else LOGON_TYPE_NOT_GRANTED, _has(sections[inf.RIGHTS], "RemoteInteractiveLogonRight", token | REMOTE_INTERACTIVE)
    )


def _account(box: Box, user: str) -> dict[str, Any] | None:
    """A local account, or the account of the connection where it is a domain's."""
    found = next((entry for entry in box.read_json("accounts").get("users", []) if entry["name"].lower() == user), None)
    own = box.host["account"]
    if found is None and own["name"].rpartition("\\")[2].lower() == user:
        return {"sid": own["sid"], "enabled": True, "local": own["local"]}
    return found


def _token(sid: str, local: bool, members: dict[str, str]) -> set[str]:
    """The SIDs that a logon carries: itself, the groups that name one of them, and those of every network logon."""
    token = {sid} | EVERY_NETWORK_LOGON | ({LOCAL_ACCOUNT} if local else set())
    token |= {line[1 : -len("__Members")] for line, value in members.items() if token & set(inf.sids(value))}
    return token | ({LOCAL_ADMINISTRATOR} if local and ADMINISTRATORS in token else set())


def _has(rights: dict[str, str], name: str, token: set[str]) -> bool:
    allowed, denied = (set(inf.sids(rights.get(prefix + name, ""))) for prefix in ("Se", "SeDeny"))
    return bool(allowed & token) and not denied & token
