# SPDX-License-Identifier: GPL-3.0-or-later
"""The access list of the DNS service in the directory: its rules, what a task wants of it, and the changes that make it so.

Sources: MS-DNSP 3.1.6.1 (who is let in, and by which rights); Active Directory's rights as System.DirectoryServices numbers them.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .accounts import DOMAIN_GROUPS, ENTERPRISE_DOMAIN_CONTROLLERS, SYSTEM

NO_GUID = "00000000-0000-0000-0000-000000000000"

# ActiveDirectoryRights: what the console's boxes of the same name stand for.
ACCESS: dict[str, int] = {
    "full_control": 0xF01FF,
    "read": 0x20094,
    "write": 0x20028,
    "create_children": 0x1,
    "delete_children": 0x2,
}
WRITE_DACL = 0x40000
FULL_CONTROL = ACCESS["full_control"]
APPLIES_TO = {"this_and_below": "All", "this_only": "None"}

DOMAIN_ADMINS, ENTERPRISE_ADMINS = DOMAIN_GROUPS["domain_admins"], DOMAIN_GROUPS["enterprise_admins"]


@dataclass(frozen=True)
class Rule:
    """One entry (ACE): rights as a number, kind V(Allow) or V(Deny), inheritance as ActiveDirectorySecurityInheritance names it."""

    sid: str
    rights: int
    kind: str = "Allow"
    object_type: str = NO_GUID
    inherited_object_type: str = NO_GUID
    inheritance: str = "All"
    inherited: bool = False

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> Rule:
        return cls(
            sid=value["sid"],
            rights=value["rights"],
            kind=value["type"],
            object_type=value["object_type"],
            inherited_object_type=value["inherited_object_type"],
            inheritance=value["inheritance"],
            inherited=value["inherited"],
        )

    @property
    def plain(self) -> bool:
        """Whether it allows something on objects of every class: what a task's entries are made of."""
        return self.kind == "Allow" and self.object_type == self.inherited_object_type == NO_GUID

    @property
    def here(self) -> bool:
        """Whether it counts for the container itself, which is what the DNS service looks at."""
        return self.inheritance in ("None", "All", "SelfAndChildren") and self.object_type == NO_GUID

    def as_value(self) -> dict[str, t.Any]:
        return {
            "sid": self.sid,
            "rights": self.rights,
            "type": self.kind,
            "object_type": self.object_type,
            "inherited_object_type": self.inherited_object_type,
            "inheritance": self.inheritance,
            "inherited": self.inherited,
        }

    def text(self) -> str:
        """As a person reads it: what is allowed or denied, and below what."""
        words = [name for name, number in ACCESS.items() if self.rights & number == number and name != "full_control"]
        known = 0
        for name in words:
            known |= ACCESS[name]
        rest = self.rights & ~known
        shown = "full control" if self.rights == FULL_CONTROL else ", ".join([*words, *([f"{rest:#x}"] if rest else [])])
        kind = "denied " if self.kind == "Deny" else ""
        where = {"None": ", this object only", "All": ""}.get(self.inheritance, f", {self.inheritance}")
        of_class = "" if self.object_type == self.inherited_object_type == NO_GUID else ", for one class"
        return f"{kind}{shown}{where}{of_class}"


@dataclass(frozen=True)
class Entry:
    """What an account is to have: rights as a number, and below what they count."""

    sid: str
    rights: int
    inheritance: str

    @property
    def rule(self) -> Rule:
        return Rule(self.sid, self.rights, inheritance=self.inheritance)


@dataclass(frozen=True)
class AccessList:
    """owner: SID. rules: all, inherited ones too. names: SID to name, where somebody has it. admins: members of DnsAdmins, None without that group.

    admins_sid: the SID of that group.
    """

    distinguished_name: str
    owner: str
    rules: tuple[Rule, ...]
    names: t.Mapping[str, str | None]
    admins: tuple[str, ...] | None
    admins_sid: str | None = None

    @classmethod
    def from_value(cls, value: t.Mapping[str, t.Any]) -> AccessList:
        admins = value["admins"]
        return cls(
            distinguished_name=value["distinguished_name"],
            owner=value["owner"],
            rules=tuple(Rule.from_value(rule) for rule in value["rules"]),
            names=value["names"],
            admins=None if admins is None else tuple(one.get("name") or one["sid"] for one in admins["members"]),
            admins_sid=None if admins is None else admins["sid"],
        )

    @property
    def explicit(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not rule.inherited)

    @property
    def domain(self) -> str | None:
        """The SID of the domain: DnsAdmins is a local group of it.

        Without that group it is the one whose Domain Admins have a rule of their own, else that of the first account. In a child domain
        accounts of the forest's root stand in the list as well.
        """
        own = [rule.sid for rule in self.explicit if rule.sid.endswith(f"-{DOMAIN_ADMINS}")]
        known = (*([self.admins_sid] if self.admins_sid else []), *own, *(rule.sid for rule in self.rules), self.owner)
        return next((sid.rpartition("-")[0] for sid in known if sid.startswith("S-1-5-21-")), None)

    def group(self, number: int) -> str | None:
        """The SID of one of the domain's own groups. Enterprise Admins are of the forest's root, which only a rule of theirs tells."""
        if number == ENTERPRISE_ADMINS:
            told = next((rule.sid for rule in self.rules if rule.sid.endswith(f"-{number}")), None)
            if told:
                return told
        return f"{self.domain}-{number}" if self.domain else None

    def label(self, sid: str) -> str:
        name = self.names.get(sid)
        return f"{sid} ({name})" if name else sid

    def protected(self) -> frozenset[str]:
        """Without these nobody in the domain, or not the service itself, could look after it."""
        domain = self.domain
        return frozenset({SYSTEM, ENTERPRISE_DOMAIN_CONTROLLERS, *([f"{domain}-{DOMAIN_ADMINS}"] if domain else [])})


def allowed(rules: t.Iterable[Rule], sids: frozenset[str]) -> int:
    """The rights on the container itself that these SIDs together have."""
    granted = denied = 0
    for rule in rules:
        if rule.here and rule.sid in sids:
            granted, denied = (granted | rule.rights, denied) if rule.kind == "Allow" else (granted, denied | rule.rights)
    return granted & ~denied


def controls(rules: t.Iterable[Rule], owner: str, sids: frozenset[str]) -> bool:
    """Whether these SIDs may change the list: by a rule, or as its owner (an owner always has WRITE_DAC)."""
    return owner in sids or bool(allowed(rules, sids) & WRITE_DACL)
