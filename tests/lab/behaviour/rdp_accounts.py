# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows: accounts, user rights and members of local groups, all by SID."""

from __future__ import annotations

from typing import Any

from lab.behaviour.expectation import InAnswer, Part, ReadError, Steps
from lab.behaviour.rdp_expectation import Inf, LookupFailed, Whole
from lab.behaviour.rdp_host import (
    ACCOUNTS,
    ADMINISTRATOR,
    ADMINISTRATORS,
    AGE,
    ALLOW,
    COMPUTER,
    DENY,
    DEPLOY,
    DOMAIN_ADMINS,
    EVERYONE,
    GUEST,
    HOST,
    LOCAL_ACCOUNT,
    NETWORK,
    OPERATOR,
    OPERATORS,
    ORPHAN,
    PROTOCOL,
    REMOTE,
    USERS,
    host,
    row,
)
from lab.behaviour.rdp_requests import ACCOUNTS as READ_ACCOUNTS
from lab.behaviour.rdp_requests import add_member, grant, members, remove_member, resolve, revoke, right
from lab.behaviour.requests import apply, reads
from lab.behaviour.row import Row

LSA = "LsaEnumerateAccountsWithUserRight, LsaAddAccountRights, LsaRemoveAccountRights, learn.microsoft.com"
NET = "NetLocalGroupGetMembers, NetLocalGroupAddMembers, NetLocalGroupDelMembers, learn.microsoft.com"
LOOKUP = "LookupAccountName, LookupAccountSid, learn.microsoft.com"
LOCAL_USER = "Get-LocalUser, learn.microsoft.com"
RIGHTS, MEMBERSHIP = "Privilege Rights", "Group Membership"
PRODUCT = r"SYSTEM\CurrentControlSet\Control\ProductOptions"
NOWHERE = "S-1-5-32-999"
FAR_AWAY = ACCOUNTS | {"unreachable": {"CORP": DOMAIN_ADMINS.rpartition("-")[0]}}
GERMAN = ACCOUNTS | {"groups": [{"name": "Remotedesktopbenutzer", "sid": REMOTE}]}


def account(name: str, sid: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "sid": sid, "enabled": True, "password_age_days": AGE, "password_expires": True} | changes


def resolved(sid: str, name: str | None) -> dict[str, Any]:
    return {"sid": sid, "name": name}


ACCOUNT = (
    row(
        "account: the local ones by the last number of the SID",
        HOST,
        reads(READ_ACCOUNTS),
        (
            Whole(
                [
                    account("Administrator", ADMINISTRATOR),
                    account("Guest", GUEST, enabled=False, password_age_days=None, password_expires=False),
                    account("deploy", DEPLOY),
                    account("operator", OPERATOR, password_expires=False),
                ],
            ),
        ),
        LOCAL_USER,
        "D",
    ),
    row(
        "account: a domain controller has no local ones",
        host(registry={PRODUCT: {"ProductType": {"kind": "String", "value": "LanmanNT"}}}),
        reads(READ_ACCOUNTS),
        (Whole(None),),
        PROTOCOL,
        "P",
    ),
    row(
        "account: names with and without their first part, without case",
        HOST,
        reads(resolve("deploy", f"{COMPUTER}\\Deploy".lower(), "remote desktop users", "BUILTIN\\Administrators", "Operators")),
        (
            Whole(
                {
                    "deploy": resolved(DEPLOY, f"{COMPUTER}\\deploy"),
                    f"{COMPUTER}\\Deploy".lower(): resolved(DEPLOY, f"{COMPUTER}\\deploy"),
                    "remote desktop users": resolved(REMOTE, "BUILTIN\\Remote Desktop Users"),
                    "BUILTIN\\Administrators": resolved(ADMINISTRATORS, "BUILTIN\\Administrators"),
                    "Operators": resolved(OPERATORS, f"{COMPUTER}\\Operators"),
                },
            ),
        ),
        LOOKUP,
        "D",
    ),
    row(
        "account: well-known names and those of a domain",
        HOST,
        reads(resolve("Everyone", "NT AUTHORITY\\NETWORK SERVICE", "CORP\\Domain Admins", "CORP\\deploy", "nobody")),
        (
            Whole(
                {
                    "Everyone": resolved(EVERYONE, "Everyone"),
                    "NT AUTHORITY\\NETWORK SERVICE": resolved("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"),
                    "CORP\\Domain Admins": resolved(DOMAIN_ADMINS, "CORP\\Domain Admins"),
                    "CORP\\deploy": None,
                    "nobody": None,
                },
            ),
        ),
        LOOKUP,
        "D",
    ),
    row(
        "account: each name has its own answer, also where only the case differs",
        HOST,
        reads(resolve("Deploy", "deploy", "NOBODY", "nobody")),
        (
            Whole(
                {
                    "Deploy": resolved(DEPLOY, f"{COMPUTER}\\deploy"),
                    "deploy": resolved(DEPLOY, f"{COMPUTER}\\deploy"),
                    "NOBODY": None,
                    "nobody": None,
                },
            ),
        ),
        PROTOCOL,
        "P",
    ),
    row(
        "account: SIDs, also of those who are gone",
        HOST,
        reads(resolve(LOCAL_ACCOUNT, OPERATOR, ORPHAN)),
        (
            Whole(
                {
                    LOCAL_ACCOUNT: resolved(LOCAL_ACCOUNT, "NT AUTHORITY\\Local account"),
                    OPERATOR: resolved(OPERATOR, f"{COMPUTER}\\operator"),
                    ORPHAN: resolved(ORPHAN, None),
                },
            ),
        ),
        LOOKUP,
        "D",
    ),
    row(
        "account: the empty name is the session's own",
        HOST,
        reads(resolve("")),
        (Whole({"": resolved(DEPLOY, f"{COMPUTER}\\deploy")}),),
        PROTOCOL,
        "P",
    ),
    row(
        "account: a domain whose controllers do not answer hides its own names only",
        host(documents={"accounts": FAR_AWAY}),
        reads(resolve("deploy", "corp\\Domain Admins", "CORP\\nobody", DOMAIN_ADMINS, "nobody", ORPHAN, "")),
        (
            Part("deploy", resolved(DEPLOY, f"{COMPUTER}\\deploy")),
            LookupFailed("corp\\Domain Admins", None),
            LookupFailed("CORP\\nobody", None),
            LookupFailed(DOMAIN_ADMINS, DOMAIN_ADMINS),
            Part("nobody", None),
            Part(ORPHAN, resolved(ORPHAN, None)),
            Part("", {"": resolved(DEPLOY, f"{COMPUTER}\\deploy")}),
        ),
        LOOKUP + ": ERROR_TRUSTED_DOMAIN_FAILURE; NTAccount.Translate throws for it what is no IdentityNotMappedException",
        "I",
    ),
    row(
        "account: a text that begins as a SID and is none hides no other",
        HOST,
        reads(resolve("S-1-5-twenty", "deploy")),
        (LookupFailed("S-1-5-twenty", None), Part("deploy", resolved(DEPLOY, f"{COMPUTER}\\deploy"))),
        "SecurityIdentifier(String), learn.microsoft.com: ArgumentException",
        "D",
    ),
    row("account: no name asked for", HOST, reads(resolve()), (Whole({}),), PROTOCOL, "P"),
)

RIGHT = (
    row(
        "right: who holds it, sorted as text, also who is gone",
        HOST,
        reads(right(ALLOW), right(NETWORK), right("SeBatchLogonRight")),
        (
            Whole({"accounts": [ADMINISTRATORS, REMOTE]}),
            Whole({"accounts": [EVERYONE, ADMINISTRATORS, USERS]}, number=1),
            Whole({"accounts": [ORPHAN]}, number=2),
        ),
        LSA,
        "D",
    ),
    row(
        "right: nobody holds it (STATUS_NO_MORE_ENTRIES)",
        HOST,
        reads(right(DENY)),
        (Whole({"accounts": []}),),
        LSA,
        "D",
    ),
    row(
        "right: there is none of this name (0xC0000060), and the next read is answered",
        HOST,
        reads(right("SeNothingRight"), right(ALLOW)),
        (ReadError("right_unknown"), Part("accounts", [ADMINISTRATORS, REMOTE], number=1)),
        LSA,
        "D",
    ),
    row(
        "right: given to an account and to a group",
        HOST,
        apply(grant(DENY, LOCAL_ACCOUNT), grant(DENY, GUEST), grant(ALLOW, OPERATORS), read=(right(DENY), right(ALLOW))),
        (
            Steps(("done", "done", "done")),
            Part("accounts", [LOCAL_ACCOUNT, GUEST]),
            Part("accounts", sorted([ADMINISTRATORS, REMOTE, OPERATORS]), number=1),
            Inf(RIGHTS, DENY, f"*{LOCAL_ACCOUNT},*{GUEST}"),
            Inf(RIGHTS, NETWORK, f"*{EVERYONE},*{ADMINISTRATORS},*{USERS}"),
            InAnswer("changed", True),
        ),
        LSA,
        "D",
    ),
    row(
        "right: taken from one, and from the last, who may be gone",
        HOST,
        apply(revoke(ALLOW, REMOTE), revoke("SeBatchLogonRight", ORPHAN), read=(right(ALLOW), right("SeBatchLogonRight"))),
        (
            Steps(("done", "done")),
            Part("accounts", [ADMINISTRATORS]),
            Part("accounts", [], number=1),
            Inf(RIGHTS, ALLOW, f"*{ADMINISTRATORS}"),
            Inf(RIGHTS, "SeBatchLogonRight", None),
        ),
        LSA,
        "D",
    ),
    row(
        "right: whoever loses one keeps every other",
        HOST,
        apply(revoke(ALLOW, ADMINISTRATORS), read=(right(ALLOW), right(NETWORK))),
        (
            Steps(("done",)),
            Part("accounts", [REMOTE]),
            Part("accounts", sorted([EVERYONE, ADMINISTRATORS, USERS]), number=1),
        ),
        LSA,
        "D",
    ),
    row(
        "right: held already, though planned as not held",
        HOST,
        apply(grant(ALLOW, REMOTE), grant(DENY, GUEST)),
        (Steps(("failed:changed_meanwhile", "not_attempted")), Inf(RIGHTS, DENY, None), InAnswer("changed", False)),
        PROTOCOL,
        "P",
    ),
    row(
        "right: not held, though planned as held",
        HOST,
        apply(grant(DENY, GUEST), revoke(ALLOW, OPERATOR)),
        (Steps(("not_attempted", "failed:changed_meanwhile")), Inf(RIGHTS, DENY, None)),
        PROTOCOL,
        "P",
    ),
    row(
        "right: one of no such name is not given",
        HOST,
        apply(grant("SeNothingRight", GUEST)),
        (Steps(("failed:right_unknown",)),),
        LSA,
        "D",
    ),
)

GROUP = (
    row(
        "group: members, also those whose account is gone",
        HOST,
        reads(members(REMOTE), members(ADMINISTRATORS), members(OPERATORS)),
        (
            Whole({"name": "Remote Desktop Users", "members": [OPERATOR, ORPHAN]}),
            Whole({"name": "Administrators", "members": sorted([ADMINISTRATOR, DEPLOY, DOMAIN_ADMINS])}, number=1),
            Whole({"name": "Operators", "members": []}, number=2),
        ),
        NET,
        "D",
    ),
    row(
        "group: its name is the language's own",
        host(documents={"accounts": GERMAN}),
        reads(members(REMOTE)),
        (Part("name", "Remotedesktopbenutzer"),),
        NET,
        "D",
    ),
    row(
        "group: there is none with this SID, and the next read is answered",
        HOST,
        reads(members(NOWHERE), members(OPERATORS)),
        (ReadError("account_unknown"), Part("members", [], number=1)),
        PROTOCOL,
        "P",
    ),
    row(
        "group: whether there is one cannot be known while its domain does not answer, and the next read is answered",
        host(documents={"accounts": FAR_AWAY}),
        reads(members(DOMAIN_ADMINS), members(OPERATORS)),
        (ReadError("lookup_failed"), Part("members", [], number=1)),
        LOOKUP + ": ERROR_TRUSTED_DOMAIN_FAILURE",
        "I",
    ),
    row(
        "group: an account and a domain's group become members",
        HOST,
        apply(add_member(OPERATORS, DEPLOY), add_member(REMOTE, DOMAIN_ADMINS), read=(members(OPERATORS), members(REMOTE))),
        (
            Steps(("done", "done")),
            Part("members", [DEPLOY]),
            Part("members", sorted([OPERATOR, ORPHAN, DOMAIN_ADMINS]), number=1),
            Inf(MEMBERSHIP, f"*{OPERATORS}__Members", f"*{DEPLOY}"),
        ),
        NET,
        "D",
    ),
    row(
        "group: the last members go, also one whose account is gone",
        HOST,
        apply(remove_member(REMOTE, ORPHAN), remove_member(REMOTE, OPERATOR), read=(members(REMOTE),)),
        (Steps(("done", "done")), Part("members", []), Inf(MEMBERSHIP, f"*{REMOTE}__Members", "")),
        NET,
        "D",
    ),
    row(
        "group: a member already, though planned as none",
        HOST,
        apply(add_member(REMOTE, OPERATOR), add_member(OPERATORS, DEPLOY)),
        (Steps(("failed:changed_meanwhile", "not_attempted")), Inf(MEMBERSHIP, f"*{OPERATORS}__Members", "")),
        PROTOCOL,
        "P",
    ),
    row(
        "group: no member, though planned as one",
        HOST,
        apply(remove_member(OPERATORS, DEPLOY)),
        (Steps(("failed:changed_meanwhile",)),),
        PROTOCOL,
        "P",
    ),
    row(
        "group: a member for a group that is not there",
        HOST,
        apply(add_member(NOWHERE, DEPLOY)),
        (Steps(("failed:account_unknown",)),),
        PROTOCOL,
        "P",
    ),
    Row(
        "group: an account of this host that is not there becomes no member (ERROR_NO_SUCH_MEMBER)",
        HOST,
        apply(add_member(OPERATORS, ORPHAN)),
        (Steps(("failed:account_unknown",)), Inf(MEMBERSHIP, f"*{OPERATORS}__Members", "")),
        NET + ": 1387; whether level 0 looks a SID up is not said",
        "?",
        variants=((Steps(("done",)), Inf(MEMBERSHIP, f"*{OPERATORS}__Members", f"*{ORPHAN}")),),
        family="windows_rdp",
    ),
)

ROWS = ACCOUNT + RIGHT + GROUP
