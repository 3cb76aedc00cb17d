# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a new account policy can shut out: what is said of it, where it is not refused."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .account_policy_table import ADMINISTRATOR_KEY, COUNT, MAXIMUM_AGE_KEY, NEVER
from .accounts import ADMINISTRATOR, LocalAccount, WayIn


@dataclass(frozen=True)
class Exposure:
    """The account policy before and after, the account of the connection, and the host's accounts."""

    before: t.Mapping[str, int]
    after: t.Mapping[str, int]
    way_in: WayIn
    accounts: tuple[LocalAccount, ...]

    @property
    def locks_sooner(self) -> bool:
        """Whether fewer wrong passwords lock an account than before."""
        was, now = self.before.get(COUNT, 0), self.after.get(COUNT, 0)
        return now > 0 and (was == 0 or now < was)

    @property
    def locks_administrator(self) -> bool:
        """Whether the built-in administrator can be locked who could not, or by fewer wrong passwords."""
        if self.after.get(ADMINISTRATOR_KEY) != 1 or self.after.get(COUNT, 0) == 0:
            return False
        return self.locks_sooner or self.before.get(ADMINISTRATOR_KEY) != 1


def lockout_warnings(exposure: Exposure) -> list[str]:
    """Where the connection's own account can be locked by strangers, who could not or not so soon."""
    account = exposure.way_in.local
    if account is None:
        return []
    locked = exposure.locks_administrator if account.number == ADMINISTRATOR else exposure.locks_sooner
    if not locked:
        return []
    return [
        f"From now on whoever reaches a logon of this host can lock {exposure.way_in.name}, which this connection uses, by "
        f"{exposure.after[COUNT]} wrong passwords. Restrict from where the ports of Remote Desktop and of this connection can be reached."
    ]


def expiring_warnings(exposure: Exposure) -> list[str]:
    """The accounts whose passwords a new maximum age expires at once; that of the connection where accept_unknown_password_age let it pass."""
    names = sorted(one.name for one in exposure.accounts if _expires(one, exposure))
    if not names:
        return []
    exempt = ", unless they are exempt from expiry" if _never(exposure.before) else ""
    return [
        f"maximum_password_age {exposure.after[MAXIMUM_AGE_KEY]} expires the passwords of {', '.join(names)} at once{exempt}. Where network "
        "level authentication is required, nobody with an expired password can log on through Remote Desktop to change it. Have them changed "
        "before, or at the console."
    ]


def _never(policy: t.Mapping[str, int]) -> bool:
    """Whether no password of the host expires; then no account says whether its own is exempt."""
    return policy.get(MAXIMUM_AGE_KEY) in (NEVER, 0, None)


def _expires(account: LocalAccount, exposure: Exposure) -> bool:
    if not account.enabled or account.password_age_days is None or _never(exposure.after):
        return False
    never, most = _never(exposure.before), exposure.after[MAXIMUM_AGE_KEY]
    was_good = never or account.password_age_days < exposure.before[MAXIMUM_AGE_KEY]
    return was_good and account.password_age_days >= most and (never or account.password_expires)
