# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is who on a host: names to SIDs, SIDs to names, and which SIDs nobody has any more."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.errors import HardeningError
from .._core.observation import Failure
from .._core.well_known import DOMAIN_GROUPS, FOREST_GROUPS, NAMES, canonical, fixed_sid, is_sid, prefix
from .accounts import SESSION, LocalAccount, host_name

# What a resolve read says: given name or SID -> its SID and name, or None; with an error where it could not be looked up.
Resolved = t.Mapping[str, t.Any]


def names_to_resolve(names: t.Iterable[str]) -> list[str]:
    """The names that only the host knows, and the SIDs of which it is asked whether anybody has them."""
    return [host_name(name) for name in names if fixed_sid(name) not in NAMES and (is_sid(name) or canonical(name) not in DOMAIN_GROUPS)]


@dataclass(frozen=True)
class Directory:
    """resolved: what the host said. local: its own accounts, None on a domain controller. administrators: members of S-1-5-32-544."""

    resolved: Resolved
    local: tuple[LocalAccount, ...] | None
    administrators: frozenset[str]

    @property
    def machine(self) -> str | None:
        """The SID that the host's own accounts begin with."""
        return prefix(self.local[0].sid) if self.local else None

    @property
    def domain(self) -> str | None:
        """The SID of the host's domain; None where it does not show, or more than one could be it."""
        domains = self._domains
        return domains[0] if len(domains) == 1 else None

    @property
    def _domains(self) -> list[str]:
        """The SIDs of the domains whose Domain Admins are administrators, which a host's own are since it joined; where none are, that of
        the session's account, which may be of any domain of the forest.
        """
        session = (self.resolved.get(SESSION) or {}).get("sid") or ""
        admins = sorted(sid for sid in self.administrators if sid.endswith("-512"))
        shown, told = ([found for sid in sids if (found := prefix(sid)) and found != self.machine] for sids in (admins, [session]))
        return shown or told

    def sid(self, name: str, option: str, may_be_gone: bool = False) -> str:
        """The SID of an account in an option. Raises HardeningError for one that nobody has; may_be_gone lets a SID be one."""
        number = DOMAIN_GROUPS.get(canonical(name))
        if number is not None and not is_sid(name):
            return self._of_domain(name, number, option)
        fixed = fixed_sid(name)
        if fixed in NAMES:
            return str(fixed)
        found = self.resolved.get(host_name(name))
        if found and found.get("error"):
            return _as_given(name, option, found)
        if found is None or not found.get("sid"):
            raise HardeningError(
                f"Nothing was changed: {option} names {name}, and this host knows no such account or group. Correct the name, create the "
                "account first, or give the SID of one that is gone under absent."
            )
        if found.get("name") is None and not may_be_gone:
            raise HardeningError(
                f"Nothing was changed: {option} names {name}, and nobody has this SID any more (the account was deleted, or its domain cannot "
                "be reached). Leave it out, or put it under absent."
            )
        return str(found["sid"]).upper()

    def _of_domain(self, name: str, number: int, option: str) -> str:
        if len(self._domains) > 1:
            raise HardeningError(
                f"Nothing was changed: {option} names {name}, and the Domain Admins of more than one domain are administrators of this host "
                f"({', '.join(f'{domain}-512' for domain in self._domains)}), so it does not show which domain is its own. Give the group as "
                "DOMAIN\\name or by its SID."
            )
        if self.domain is None:
            raise HardeningError(
                f"Nothing was changed: {option} names {name}, and this host does not show which domain it belongs to. Leave it out on a host "
                "of a workgroup, or give the group as DOMAIN\\name or by its SID."
            )
        return f"{self.domain}-{number}"

    def of_local(self, sid: str) -> LocalAccount | None:
        return next((one for one in self.local or () if one.sid == sid), None)

    def is_local_group(self, sid: str) -> bool:
        """A built-in group, or one that somebody made on the host."""
        made = bool(self.machine) and prefix(sid) == self.machine and self.of_local(sid) is None and not self.is_gone(sid)
        return made or sid.startswith("S-1-5-32-")

    def is_gone(self, sid: str) -> bool:
        """Whether the host said that nobody has this SID."""
        return bool((found := self._said_of(sid)) and found.get("name") is None and not found.get("error"))

    def is_unverified(self, sid: str) -> bool:
        """Whether the host was asked who has this SID, and could not find out."""
        return bool((found := self._said_of(sid)) and found.get("error"))

    def _said_of(self, sid: str) -> t.Mapping[str, t.Any] | None:
        return next((found for found in self.resolved.values() if found and found.get("sid") == sid), None)

    def is_known(self, sid: str) -> bool:
        """Whether there is nothing left to ask about a SID."""
        return prefix(sid) is None or self.of_local(sid) is not None or self._said_of(sid) is not None or self._is_built_in(sid)

    def _is_built_in(self, sid: str) -> bool:
        """Whether every domain has this account or group: Windows makes those with numbers below 1000."""
        number = int(sid.rpartition("-")[2])
        return prefix(sid) == self.domain and number < 1000 and number not in FOREST_GROUPS

    def name(self, sid: str) -> str | None:
        """The name that a person knows an account by, where that is known."""
        if self.is_gone(sid):
            return "nobody any more"
        local, said = self.of_local(sid), self._said_of(sid)
        return NAMES.get(sid) or (local.name if local else None) or (said and said.get("name")) or None

    def label(self, sid: str) -> str:
        name = self.name(sid)
        return f"{sid} ({name})" if name else sid

    def labels(self, sids: t.Iterable[str]) -> str:
        return ", ".join(self.label(sid) for sid in sorted(sids)) or "nobody"


def _as_given(name: str, option: str, found: t.Mapping[str, t.Any]) -> str:
    """The SID of a name that could not be looked up. Raises HardeningError where it is none itself."""
    if found.get("sid"):
        return str(found["sid"]).upper()
    why = Failure.from_answer(found["error"]).describe().rstrip(".")
    raise HardeningError(
        f"Nothing was changed: {option} names {name}, and this host could not look it up: {why}. Probably no "
        "domain controller answers it. Look at its network and DNS and run again, or give the SID instead of the name."
    )
