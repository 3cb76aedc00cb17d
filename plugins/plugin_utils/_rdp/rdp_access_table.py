# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log on through Remote Desktop, as data: the lists that decide it, two settings of the registry, and the controls that ask for them.

Rights and groups: Win32 "Account Rights Constants" and "Well-known SIDs". Controls: CIS Microsoft Windows Server 2022 Benchmark v4.0.0 (the
Server 2025 benchmark v1.0.0 has the same ids), DISA STIGs for Windows Server 2019 V3R8, 2022 V2R8 and 2025 V1R1.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .._core.well_known import ADMINISTRATORS as ADMINISTRATORS_SID
from .._core.well_known import GUESTS, LOCAL_ACCOUNT, LOCAL_ADMINISTRATOR
from .._core.well_known import REMOTE_DESKTOP_USERS as REMOTE_DESKTOP_USERS_SID
from .setting import Setting
from .sources import CIS, NOTES, STIG


@dataclass(frozen=True)
class Holders:
    """Who has a right, on what kind of host. controller: whether it is a domain controller, None where that is not known. domain: its SID."""

    sids: frozenset[str]
    controller: bool | None
    domain: str | None


@dataclass(frozen=True)
class Named:
    """What a reference asks of the holders of a right: SIDs that are among them, or are all of them where exactly is set.

    controller: the kind of host it is for. of_domain: groups of the host's domain besides, by the last number of their SID.
    """

    controller: bool
    sids: frozenset[str]
    exactly: bool = False
    of_domain: tuple[int, ...] = ()

    def __contains__(self, held: object) -> bool:
        if not isinstance(held, Holders) or held.controller is not self.controller:
            return False
        asked = self.sids | {f"{held.domain}-{number}" for number in self.of_domain}
        return held.sids == asked if self.exactly else asked <= held.sids


def _rule(suffix: str, *vulnerabilities: str) -> tuple[str, ...]:
    """The ids of a rule in the STIGs of 2019, 2022 and 2025."""
    return (*vulnerabilities, *(f"WN{year}-{suffix}" for year, _one in zip(("19", "22", "25"), vulnerabilities, strict=False)))


_ALLOW_DC = _rule("DC-000360", "V-205666", "V-254420", "V-278167")
_DENY_DC = _rule("DC-000410", "V-205732", "V-254425", "V-278174")
_DENY_MS = _rule("MS-000120", "V-205733", "V-254439", "V-278188")
# A member of a workgroup need only deny Guests for it. That a host is none of a domain is not certain, so it is claimed for members that
# deny everybody it names; where Enterprise Admins are of another domain, the root of the forest, they are not known and it is not claimed.
_STIG_DENY = Named(False, frozenset({GUESTS, LOCAL_ACCOUNT}), of_domain=(512, 519))
_THRESHOLDS: dict[str, t.Container[t.Any]] = {
    "CIS-WS2022-2.2.9": Named(True, frozenset({ADMINISTRATORS_SID}), exactly=True),
    "CIS-WS2022-2.2.10": Named(False, frozenset({ADMINISTRATORS_SID, REMOTE_DESKTOP_USERS_SID}), exactly=True),
    **dict.fromkeys(_ALLOW_DC, Named(True, frozenset({ADMINISTRATORS_SID}), exactly=True)),
    "CIS-WS2022-2.2.26": Named(True, frozenset({GUESTS})),
    "CIS-WS2022-2.2.27": Named(False, frozenset({GUESTS, LOCAL_ACCOUNT})),
    **dict.fromkeys(_DENY_DC, Named(True, frozenset({GUESTS}))),
    **dict.fromkeys(_DENY_MS, _STIG_DENY),
    "CIS-WS2022-2.2.21": Named(True, frozenset({GUESTS})),
    "CIS-WS2022-2.2.22": Named(False, frozenset({GUESTS, LOCAL_ADMINISTRATOR})),
}


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    thresholds = {one: _THRESHOLDS[one] for one in references if one in _THRESHOLDS}
    return Control(f"HW-RDP-AC-{number}", title, reason, source, references, thresholds)


ADMINISTRATORS = _control(
    "01",
    "The group Administrators may not log on through Remote Desktop",
    "Whoever guesses or steals one administrator's password has no session.",
    NOTES,
)
REMOTE_DESKTOP_USERS = _control(
    "02",
    "The group Remote Desktop Users may not log on through Remote Desktop",
    "Software and people fill this group; named users or a group of your own are looked after.",
    NOTES,
)
ALLOW = _control(
    "03",
    "Only who should may log on through Remote Desktop",
    "Every account more is one more to guess.",
    f"{CIS} 2.2.9 (domain controller), 2.2.10 (member server); {STIG} (domain controller); {NOTES}",
    "CIS-WS2022-2.2.9",
    "CIS-WS2022-2.2.10",
    *_ALLOW_DC,
)
DENY = _control(
    "04",
    "Guests, and on members local accounts, are denied to log on through Remote Desktop",
    "A deny right holds whatever somebody allows later.",
    f"{CIS} 2.2.26 (domain controller), 2.2.27 (member server); {STIG}",
    "CIS-WS2022-2.2.26",
    "CIS-WS2022-2.2.27",
    *_DENY_DC,
    *_DENY_MS,
)
MEMBERS = _control(
    "05",
    "The group Remote Desktop Users has only members that should be in it",
    "A member nobody remembers is a way in.",
    NOTES,
)
DENY_NETWORK = _control(
    "06",
    "Guests, and on members local administrators, are denied to log on over the network",
    "A stolen hash of a local administrator opens no other host.",
    f"{CIS} 2.2.21 (domain controller), 2.2.22 (member server)",
    "CIS-WS2022-2.2.21",
    "CIS-WS2022-2.2.22",
)
TOKEN_FILTER = _control(
    "07",
    "Local administrators have no administrator's rights over the network",
    "A stolen hash of a local administrator does less.",
    f"{CIS} 18.4.1 (member server); {STIG} (domain members)",
    "CIS-WS2022-18.4.1",
    *_rule("MS-000020", "V-205715", "V-254429", "V-278178"),
)
BLANK_PASSWORDS = _control(
    "08",
    "Accounts without a password log on at the console only",
    "A blank password is guessed at once.",
    f"{CIS} 2.3.1.2; {STIG}",
    "CIS-WS2022-2.3.1.2",
    *_rule("SO-000020", "V-205908", "V-254446", "V-278196"),
)
CONTROLS = (ADMINISTRATORS, REMOTE_DESKTOP_USERS, ALLOW, DENY, MEMBERS, DENY_NETWORK, TOKEN_FILTER, BLANK_PASSWORDS)


@dataclass(frozen=True)
class AccountSet:
    """A set of accounts that Windows keeps: the holders of a right, or the members of a group.

    option: where its accounts stand in the module. entries: what the option calls them. provider, subject: the right, or the group's SID.
    opens: whether being in it lets somebody in, or keeps him out.
    """

    option: str
    entries: str
    provider: str
    subject: str
    opens: bool
    control: Control

    @property
    def place(self) -> str:
        return set_place(self.provider, self.subject)

    @property
    def text(self) -> str:
        return TEXTS[self.provider]


# What it is called to be in such a set, by provider.
TEXTS = {"right": "held", "group": "member"}


def set_place(provider: str, subject: str) -> str:
    """A set as changes, journals and a person name it."""
    return f"{'user right' if provider == 'right' else 'group'} {subject}"


ALLOWED = AccountSet("allow", "accounts", "right", "SeRemoteInteractiveLogonRight", True, ALLOW)
DENIED = AccountSet("deny", "accounts", "right", "SeDenyRemoteInteractiveLogonRight", False, DENY)
GROUP = AccountSet("remote_desktop_users", "members", "group", REMOTE_DESKTOP_USERS_SID, True, MEMBERS)
NETWORK_DENIED = AccountSet("network_logon.deny", "accounts", "right", "SeDenyNetworkLogonRight", False, DENY_NETWORK)
SETS = (ALLOWED, GROUP, DENIED, NETWORK_DENIED)
NETWORK_ALLOWED_RIGHT = "SeNetworkLogonRight"

TOKEN_FILTER_PLACE = Place(r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "LocalAccountTokenFilterPolicy")
TOKEN_FILTER_SETTING = Setting(
    "local_account_token_filter_policy",
    None,
    TOKEN_FILTER_PLACE,
    "Microsoft's KB951016: 1 gives remote local administrators a full token, 0 or absent a filtered one",
    {False: 0, True: 1},
    default=0,
    controls=(TOKEN_FILTER,),
    meets=(False,),
)
BLANK_PASSWORDS_SETTING = Setting(
    "limit_blank_password_use",
    Place(r"SYSTEM\CurrentControlSet\Control\Lsa", "LimitBlankPasswordUse"),
    None,
    "Security option Accounts: Limit local account use of blank passwords to console logon only; on where nothing is set",
    {False: 0, True: 1},
    default=1,
    controls=(BLANK_PASSWORDS,),
    meets=(True,),
)
SETTINGS = (TOKEN_FILTER_SETTING, BLANK_PASSWORDS_SETTING)
