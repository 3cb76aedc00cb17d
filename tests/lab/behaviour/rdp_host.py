# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that the rows of Remote Desktop start from: all of its state stands here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lab.behaviour.expectation import Expectation
from lab.behaviour.row import Row
from lab.behaviour.situation import Situation
from lab.boxes.accounts import MACHINE_SID

FACTS = "Remote Desktop on Windows Server: "
PROTOCOL = "docs/protocol.md"
COMPUTER = "BARE22"
TEMP = "C:\\Windows\\Temp"

ADMINISTRATORS, USERS, REMOTE = "S-1-5-32-544", "S-1-5-32-545", "S-1-5-32-555"
GUESTS, LOCAL_ACCOUNT, EVERYONE = "S-1-5-32-546", "S-1-5-113", "S-1-1-0"
ADMINISTRATOR, GUEST, DEPLOY, OPERATOR = (f"{MACHINE_SID}-{number}" for number in (500, 501, 1001, 1002))
OPERATORS, ORPHAN = f"{MACHINE_SID}-1100", f"{MACHINE_SID}-1999"
DOMAIN_ADMINS = "S-1-5-21-3623811015-3361044348-30300820-512"
ALLOW, DENY, NETWORK = "SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight", "SeNetworkLogonRight"

AGE = 55
LAST_SET = (datetime.now(UTC) - timedelta(days=AGE, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(name: str, sid: str, enabled: bool = True, last_set: str | None = LAST_SET, expires: bool = True) -> dict[str, Any]:
    return {"name": name, "sid": sid, "enabled": enabled, "password_last_set": last_set, "password_expires": expires}


ACCOUNTS: dict[str, Any] = {
    "users": [
        user("deploy", DEPLOY),
        user("Guest", GUEST, enabled=False, last_set=None, expires=False),
        user("operator", OPERATOR, expires=False),
        user("Administrator", ADMINISTRATOR),
    ],
    "groups": [
        {"name": "Administrators", "sid": ADMINISTRATORS},
        {"name": "Guests", "sid": GUESTS},
        {"name": "Remote Desktop Users", "sid": REMOTE},
        {"name": "Operators", "sid": OPERATORS},
    ],
    "names": {
        EVERYONE: "Everyone",
        LOCAL_ACCOUNT: "NT AUTHORITY\\Local account",
        "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
        DOMAIN_ADMINS: "CORP\\Domain Admins",
    },
}

SYSTEM_ACCESS = {
    "MinimumPasswordAge": "0",
    "MaximumPasswordAge": "42",
    "MinimumPasswordLength": "0",
    "PasswordComplexity": "1",
    "PasswordHistorySize": "0",
    "LockoutBadCount": "0",
    "RequireLogonToChangePassword": "0",
    "ForceLogoffWhenHourExpire": "0",
    "NewAdministratorName": '"Administrator"',
    "NewGuestName": '"Guest"',
    "ClearTextPassword": "0",
    "LSAAnonymousNameLookup": "0",
    "EnableAdminAccount": "1",
    "EnableGuestAccount": "0",
}
RIGHTS = {
    NETWORK: f"*{EVERYONE},*{ADMINISTRATORS},*{USERS}",
    ALLOW: f"*{REMOTE},*{ADMINISTRATORS}",
    "SeBatchLogonRight": f"*{ORPHAN}",
}
MEMBERSHIP = {
    f"*{ADMINISTRATORS}__Members": f"*{ADMINISTRATOR},*{DEPLOY},*{DOMAIN_ADMINS}",
    f"*{GUESTS}__Members": f"*{GUEST}",
    f"*{REMOTE}__Members": f"*{OPERATOR},*{ORPHAN}",
    f"*{OPERATORS}__Members": "",
}


def security_inf(access: dict[str, str | None] | None = None) -> str:
    """The policy file of the host with some of [System Access] changed; None takes a line out."""
    changed = {name: value for name, value in (SYSTEM_ACCESS | (access or {})).items() if value is not None}
    sections = {"System Access": changed, "Privilege Rights": RIGHTS, "Group Membership": MEMBERSHIP}
    lines = [line for name, values in sections.items() for line in (f"[{name}]", *(f"{key} = {values[key]}".rstrip() for key in values))]
    return "\n".join(lines) + "\n"


def host(**changes: Any) -> Situation:
    """The host with some fields changed; documents are those of the host beside the given ones."""
    if "documents" in changes:
        changes["documents"] = HOST.documents | changes["documents"]
    if "texts" in changes:
        changes["texts"] = HOST.texts | changes["texts"]
    return replace(HOST, **changes)


HOST = Situation(
    host="no_iis",
    documents={"accounts": ACCOUNTS},
    texts={"security.inf": security_inf()},
    folders=(TEMP,),
)


def row(name: str, situation: Situation, request: dict[str, Any], expect: tuple[Expectation, ...], source: str, certainty: str) -> Row:
    return Row(name, situation, request, expect, source, certainty, family="windows_rdp")
