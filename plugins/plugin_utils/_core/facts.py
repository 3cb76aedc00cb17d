# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts a plan needs of the host and of the session that reads and writes there."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .errors import HardeningError


@dataclass(frozen=True)
class Account:
    """The account the payload ran as: name as Windows writes it, SID, whether it is local, SIDs of its groups."""

    name: str
    sid: str
    local: bool | None
    groups: tuple[str, ...]


@dataclass(frozen=True)
class UnfinishedJournal:
    """The journal of a run that never said how it ended."""

    id: str
    file: str
    started: str
    account: str


@dataclass(frozen=True)
class HostFacts:
    """Facts of docs/protocol.md; a fact the host could not tell is None.

    build: 14393 is Server 2016, 17763 is 2019, 20348 is 2022, 26100 is 2025.
    process_bits: 32 or 64, of the session. elevated: a member of Administrators with its rights in force.
    """

    computer_name: str | None
    build: int | None
    product: str | None
    installation: str | None
    product_type: str | None
    language: str | None
    process_bits: int | None
    elevated: bool | None
    powershell_version: str | None
    powershell_edition: str | None
    language_mode: str | None
    reboot_pending: tuple[str, ...]
    account: Account | None
    unfinished_journals: tuple[UnfinishedJournal, ...]

    @classmethod
    def from_answer(cls, facts: t.Mapping[str, t.Any]) -> HostFacts:
        """Reads the payload's facts; unknown keys are left aside."""
        powershell = facts.get("powershell") or {}
        plain = ("computer_name", "build", "product", "installation", "product_type", "language", "process_bits", "elevated")
        return cls(
            **{name: facts.get(name) for name in plain},
            powershell_version=powershell.get("version"),
            powershell_edition=powershell.get("edition"),
            language_mode=powershell.get("language_mode"),
            reboot_pending=tuple(facts.get("reboot_pending") or ()),
            account=_account(facts.get("account")),
            unfinished_journals=tuple(
                UnfinishedJournal(**{name: str(item.get(name) or "") for name in ("id", "file", "started", "account")})
                for item in facts.get("unfinished_journals") or ()
            ),
        )


def _account(account: t.Mapping[str, t.Any] | None) -> Account | None:
    if not account:
        return None
    return Account(
        name=str(account.get("name")),
        sid=str(account.get("sid")),
        local=account.get("local"),
        groups=tuple(account.get("groups") or ()),
    )


@dataclass(frozen=True)
class SessionNeeds:
    """What a resource needs of the session: each need with the reason a person is given when it is not met."""

    windows_powershell: str | None = None
    bits_64: str | None = None
    elevated: str | None = None


def administrators_session(why: str) -> SessionNeeds:
    """What everything needs that keeps a journal. why: the reason that a person without an administrator's rights is given."""
    return SessionNeeds(bits_64="a 32-bit process keeps its journal elsewhere and is shown other system programs", elevated=why)


def check_session(facts: HostFacts, needs: SessionNeeds) -> None:
    """Raises HardeningError with every need the session does not meet. An unknown fact is not held against it."""
    problems = []
    if needs.windows_powershell and facts.powershell_edition == "Core":
        problems.append(
            f"the session is PowerShell {facts.powershell_version}, and {needs.windows_powershell}. Connect to Windows PowerShell 5.1 "
            "(the default endpoint of winrm, psrp and ssh; unset ansible_pwsh_interpreter and ansible_psrp_configuration_name)"
        )
    if needs.bits_64 and facts.process_bits == 32:
        problems.append(f"the session is a 32-bit process, and {needs.bits_64}. Connect to the 64-bit PowerShell")
    if needs.elevated and facts.elevated is False:
        name = facts.account.name if facts.account else "the account"
        problems.append(
            f"{name} has no administrator's rights in this session, and {needs.elevated}. Use an account that is a member of "
            "Administrators (for a local account also LocalAccountTokenFilterPolicy, or become with runas)"
        )
    if problems:
        raise HardeningError("Nothing was changed: " + "; and ".join(problems) + ".")
