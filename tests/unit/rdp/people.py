# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample host with accounts, rights, groups and an account policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Failure, Observation
from ansible_collections.hardening.windows.plugins.plugin_utils._core.operations import Operation
from unit.rdp.samples import GPO, Sample, number

MACHINE = "S-1-5-21-11-22-33"
DOMAIN = "S-1-5-21-77-88-99"
ADMINISTRATOR, GUEST, DEPLOY, ANNA, BEN = (f"{MACHINE}-{last}" for last in (500, 501, 1001, 1002, 1003))
OPERATORS = f"{MACHINE}-1010"  # a local group
ORPHAN = f"{MACHINE}-1017"
DOMAIN_ADMINS, DOMAIN_DEPLOY = f"{DOMAIN}-512", f"{DOMAIN}-1104"
ADMINISTRATORS, USERS, GUESTS, REMOTE_DESKTOP_USERS = (f"S-1-5-32-{last}" for last in (544, 545, 546, 555))
ALLOW, DENY = "SeRemoteInteractiveLogonRight", "SeDenyRemoteInteractiveLogonRight"
NETWORK, DENY_NETWORK = "SeNetworkLogonRight", "SeDenyNetworkLogonRight"
LSA = r"SYSTEM\CurrentControlSet\Control\Lsa"
SAM = r"SYSTEM\CurrentControlSet\Control\SAM"
SYSTEM_POLICIES = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"


UNREACHABLE = {"kind": "lookup_failed", "message": "The trust relationship failed.", "hresult": "0x80131501", "file": None, "line": None}


def user(name: str, sid: str, enabled: bool = True, age: int | None = 20, expires: bool = True) -> dict[str, Any]:
    return {"name": name, "sid": sid, "enabled": enabled, "password_age_days": age, "password_expires": expires}


def users() -> list[dict[str, Any]]:
    return [
        user("Administrator", ADMINISTRATOR, age=170),
        user("Gast", GUEST, enabled=False, age=None, expires=False),
        user("deploy", DEPLOY, age=55, expires=False),
        user("anna", ANNA),
        user("ben", BEN, age=70),
    ]


def fresh_policy() -> dict[str, Any]:
    """The account policy of a fresh server, as secedit exports it."""
    return {
        "MinimumPasswordAge": 0,
        "MaximumPasswordAge": 42,
        "MinimumPasswordLength": 0,
        "PasswordComplexity": 0,
        "PasswordHistorySize": 0,
        "LockoutBadCount": 0,
        "AllowAdministratorLockout": 0,
        "NewGuestName": "Gast",
        "ClearTextPassword": 0,
    }


@dataclass
class People(Sample):
    """rights, groups: who is in them. users: None on a domain controller. names: what the host resolves, in small letters, to SID and name.

    policy: what secedit exports. owned_*: what the policy object GPO owns. account: what the session says of itself.
    cut_off: whether no controller of the domain answers.
    """

    rights: dict[str, set[str]] = field(
        default_factory=lambda: {ALLOW: {ADMINISTRATORS, REMOTE_DESKTOP_USERS}, NETWORK: {"S-1-1-0", ADMINISTRATORS, USERS}}
    )
    groups: dict[str, set[str]] = field(
        default_factory=lambda: {
            ADMINISTRATORS: {ADMINISTRATOR, DEPLOY},
            USERS: {"S-1-5-4", "S-1-5-11", ANNA, BEN},
            GUESTS: {GUEST},
            REMOTE_DESKTOP_USERS: set(),
            OPERATORS: set(),
        }
    )
    users: list[dict[str, Any]] | None = field(default_factory=users)
    names: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "administratoren": (ADMINISTRATORS, "VORDEFINIERT\\Administratoren"),
            "anna": (ANNA, "WEBDE\\anna"),
            "ben": (BEN, "WEBDE\\ben"),
            "gast": (GUEST, "WEBDE\\Gast"),
            "deploy": (DEPLOY, "WEBDE\\deploy"),
            "rdp-operators": (OPERATORS, "WEBDE\\RDP-Operators"),
            "corp\\remote admins": (f"{DOMAIN}-1105", "CORP\\Remote Admins"),
            "corp\\deploy": (DOMAIN_DEPLOY, "CORP\\deploy"),
        }
    )
    policy: dict[str, Any] = field(default_factory=fresh_policy)
    owned_rights: list[str] = field(default_factory=list)
    owned_groups: list[str] = field(default_factory=list)
    owned_account: list[str] = field(default_factory=list)
    session: str = DEPLOY
    cut_off: bool = False

    def answer(self, read: Mapping[str, Any]) -> Observation:
        kind = f"{read['provider']} {read['read']}"
        if kind == "account resolve":
            return Observation({name: self._resolved(name) for name in read["names"]})
        if kind == "account accounts":
            return Observation(self.users)
        if kind == "right right":
            return Observation({"accounts": sorted(self.rights.get(read["right"], set()))})
        if kind == "group members":
            return self._members(read["group"])
        if kind == "security policy":
            return Observation(dict(self.policy))
        if kind == "rsop owned" and self.known:
            return self._owned(super().answer(read))
        return super().answer(read)

    def _owned(self, of_registry: Observation) -> Observation:
        return Observation(
            {
                **of_registry.value,
                "rights": [{"right": right, "gpo": GPO} for right in self.owned_rights],
                "groups": [{"group": group, "gpo": GPO} for group in self.owned_groups],
                "account": [{"setting": setting, "gpo": GPO} for setting in self.owned_account],
            }
        )

    def _members(self, group: str) -> Observation:
        if group not in self.groups:
            return Observation(failure=Failure("account_unknown", "The specified local group does not exist."))
        return Observation({"name": "localised", "members": sorted(self.groups[group])})

    def _resolved(self, name: str) -> Any:
        if name == "":
            return {"sid": self.session, "name": "the session"}
        if name.startswith("S-1-") and not re.fullmatch(r"S-1(-[0-9]+)+", name):
            return {"sid": None, "name": None, "error": UNREACHABLE | {"message": "Value was invalid."}}
        if self.cut_off and name.lower().startswith(("corp\\", f"{DOMAIN}-".lower())):
            return {"sid": name if name.startswith("S-1-") else None, "name": None, "error": UNREACHABLE}
        if not name.startswith("S-1-"):
            found = self.names.get(name.lower())
            return {"sid": found[0], "name": found[1]} if found else None
        known = dict(self.names.values()) | {one["sid"]: one["name"] for one in self.users or ()}
        known |= dict.fromkeys(self.groups, "BUILTIN") | {DOMAIN_ADMINS: "CORP\\Domänen-Admins"}
        return {"sid": name, "name": known.get(name)}

    def perform(self, operation: Operation) -> None:
        given, name = operation.parameters, operation.name
        if operation.provider == "right":
            _move(self.rights.setdefault(given["right"], set()), given["account"], name == "grant", given["planned"]["held"])
        elif operation.provider == "group":
            _move(self.groups[given["group"]], given["member"], name == "add", given["planned"]["member"])
        elif operation.provider == "security":
            assert given["planned"]["values"] == {key: self.policy.get(key) for key in given["planned"]["values"]}
            self.policy = configured(self.policy, given["values"])
        else:
            super().perform(operation)


def _move(found: set[str], sid: str, add: bool, planned: bool) -> None:
    assert planned == (sid in found)
    assert add != planned
    found ^= {sid}


def configured(policy: dict[str, Any], values: Mapping[str, int]) -> dict[str, Any]:
    """What Windows makes of a template (facts of the Local Security Policy): the times of a lockout are only there while there is one."""
    after = {**policy, **values}
    assert set(values) <= set(policy) | {"LockoutDuration", "ResetLockoutCount"}, "a name that this host does not know"
    times = {"LockoutDuration", "ResetLockoutCount"}
    if after["LockoutBadCount"] == 0:
        assert not times & set(values), "87: the parameter is incorrect"
        return {key: value for key, value in after.items() if key not in times}
    after = {"LockoutDuration": 30, "ResetLockoutCount": 30, **after}
    assert after["LockoutDuration"] == -1 or after["ResetLockoutCount"] <= after["LockoutDuration"], "87: the parameter is incorrect"
    return after


def standalone(**fields: Any) -> People:
    """A German server of a workgroup, where Remote Desktop's group is still empty."""
    host = People(facts={"computer_name": "WEBDE", "build": 20348, "account": session(DEPLOY), "language": "de-DE"}, **fields)
    host.registry.setdefault(LSA, {"LimitBlankPasswordUse": number(0)})
    host.registry.setdefault(SYSTEM_POLICIES, {"LocalAccountTokenFilterPolicy": number(1)})
    return host


def member(**fields: Any) -> People:
    """The same in a domain, whose administrators are the host's."""
    host = standalone(**fields)
    host.groups[ADMINISTRATORS].add(DOMAIN_ADMINS)
    return host


def controller(**fields: Any) -> People:
    host = People(users=None, session=DOMAIN_DEPLOY, **fields)
    host.facts |= {"product_type": "LanmanNT", "build": 20348, "account": session(DOMAIN_DEPLOY, local=False)}
    host.rights[ALLOW] = {ADMINISTRATORS}
    host.groups |= {ADMINISTRATORS: {f"{DOMAIN}-500", DOMAIN_ADMINS}, USERS: {"S-1-5-11"}, GUESTS: {f"{DOMAIN}-514"}}
    return host


def session(sid: str, local: bool = True) -> dict[str, Any]:
    groups = [ADMINISTRATORS, USERS, "S-1-5-2", "S-1-5-11", *(["S-1-5-113", "S-1-5-114"] if local else [DOMAIN_ADMINS])]
    return {"name": "WEBDE\\deploy" if local else "CORP\\deploy", "sid": sid, "local": local, "groups": groups}
