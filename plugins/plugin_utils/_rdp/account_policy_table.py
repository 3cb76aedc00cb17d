# SPDX-License-Identifier: GPL-3.0-or-later
"""The account policy as data: options, the names secedit has for them, what Windows takes, and the controls that ask for them.

Names and ranges: the sections [System Access] of security templates (MS-GPSB, "Password Policies" and "Account Lockout Policies") and the
help texts of the Local Security Policy. Controls: CIS Microsoft Windows Server 2022 Benchmark v4.0.0 (the Server 2025 benchmark v1.0.0
has the same ids), DISA STIGs for Windows Server 2019 V3R8, 2022 V2R8 and 2025 V1R1.
"""

from __future__ import annotations

import sys
import typing as t
from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .sources import CIS, NOTES, STIG

# The section's own words for "never": a maximum age that has none, a lockout that only an administrator ends.
NEVER = -1
UNTIL_UNLOCKED = "until_unlocked"
# How changes name it.
PLACE = "account policy"


class AtLeast:
    """The numbers from a least one on; until_unlocked is longer than any."""

    def __init__(self, least: int) -> None:
        self._least = least

    def __contains__(self, number: object) -> bool:
        return number == NEVER or (isinstance(number, int) and number >= self._least)


# What each benchmark asks of the stored number, by the control's number: CIS, and the STIGs.
_AGES, _ON, _OFF = range(1, 366), (1,), (0,)
_THRESHOLDS: dict[str, tuple[t.Container[int], t.Container[int]]] = {
    "01": (range(24, 25), range(24, 25)),
    "02": (_AGES, range(1, 61)),
    "03": (range(1, 999), range(1, 999)),
    "04": (range(14, 129), range(14, 129)),
    "05": (_ON, _ON),
    "06": (_ON, _ON),
    "07": (_OFF, _OFF),
    "08": (AtLeast(15), AtLeast(15)),
    "09": (range(1, 6), range(1, 4)),
    "10": (_ON, _ON),
    "11": (range(15, 100_000), range(15, 100_000)),
}


def _control(number: str, title: str, reason: str, cis: str, rule: str = "", vulnerabilities: str = "", notes: bool = False) -> Control:
    """rule: the STIG's number behind WN22-AC-, and vulnerabilities the numbers behind V- for 2019, 2022 and 2025."""
    stig = [f"V-{one}" for one in vulnerabilities.split()]
    stig += [f"WN{year}-AC-{rule}" for year, _one in zip(("19", "22", "25"), vulnerabilities.split(), strict=False)]
    sources = [f"{CIS} {cis}", *([STIG] if rule else []), *([NOTES] if notes else [])]
    by_cis, by_stig = _THRESHOLDS[number]
    thresholds = {f"CIS-WS2022-{cis}": by_cis, **dict.fromkeys(stig, by_stig)}
    return Control(f"HW-RDP-AP-{number}", title, reason, "; ".join(sources), tuple(thresholds), thresholds)


HISTORY = _control(
    "01", "Old passwords are not taken again", "A password that leaked stays useless.", "1.1.1", "000040", "205660 254288 278036"
)
MAXIMUM_AGE = _control("02", "Passwords expire", "A stolen password is not good for ever.", "1.1.2", "000050", "205659 254289 278037")
MINIMUM_AGE = _control(
    "03",
    "A new password is kept for a while",
    "Nobody runs through the history to have an old one back.",
    "1.1.3",
    "000060",
    "205656 254290 278038",
)
LENGTH = _control(
    "04", "Passwords are long", "A port that strangers reach is guessed at day and night.", "1.1.4", "000070", "205662 254291", notes=True
)
COMPLEXITY = _control(
    "05", "Passwords have several kinds of characters", "Guessing begins with words.", "1.1.5", "000080", "205652 254292 278039"
)
RELAX = _control("06", "Passwords may be asked to be longer than 14 characters", "Phrases are better than words.", "1.1.6")
REVERSIBLE = _control(
    "07", "Passwords are not stored so that they can be read", "It is the same as clear text.", "1.1.7", "000090", "205653 254293 278040"
)
DURATION = _control(
    "08", "An account stays locked for a while", "It slows guessing down to nothing.", "1.2.1", "000010", "205795 254285 278033"
)
THRESHOLD = _control(
    "09", "Accounts are locked after a few wrong passwords", "Without it guessing has no end.", "1.2.2", "000020", "205629 254286 278034"
)
ADMINISTRATOR = _control(
    "10", "The built-in administrator can be locked as well", "It is the account that everybody guesses at first.", "1.2.3"
)
RESET = _control(
    "11", "Wrong passwords are remembered for a while", "A patient guesser is seen.", "1.2.4", "000030", "205630 254287 278035"
)

CONTROLS = (HISTORY, MAXIMUM_AGE, MINIMUM_AGE, LENGTH, COMPLEXITY, RELAX, REVERSIBLE, DURATION, THRESHOLD, ADMINISTRATOR, RESET)


@dataclass(frozen=True)
class PolicySetting:
    """One value of [System Access].

    option: its name in the module, with the group before a dot. key: secedit's name. type: the option's. low, high: the numbers it takes.
    words: option's value to stored number where they differ. optional: not every host has it. bound: V(least) or V(most) where more, or
    less, than what is asked for is stricter. meets: the stored numbers that do what the control asks for; None where every number does.
    """

    option: str
    key: str
    type: str
    control: Control
    low: int = 0
    high: int = 1
    words: tuple[tuple[t.Any, int], ...] = ()
    optional: bool = False
    bound: str = ""
    meets: t.Container[int] | None = None

    def served(self, number: int) -> tuple[Control, ...]:
        """The control, where this number satisfies it, with the references it meets: who asks for what it forbids is not compliant with it."""
        return (self.control.met_by(number),) if self.meets is None or number in self.meets else ()

    def is_stricter(self, now: int | None, wanted: int) -> bool:
        """Whether what is there asks more than what is wanted. A limit that is switched off, on either side, is none that could be compared."""
        if now is None or not self.bound or (self.bound == "most" and (now < 1 or wanted < 1)):
            return False
        # until_unlocked is the longest there is
        now, wanted = (sys.maxsize if number == NEVER else number for number in (now, wanted))
        return now > wanted if self.bound == "least" else now < wanted

    def text(self, number: int | None) -> str:
        """The stored number, and the option's word for it."""
        words = ((False, 0), (True, 1)) if self.type == "bool" else self.words
        word = next((word for word, stored in words if stored == number), None)
        if word is None:
            return str(number)
        return f"{number} ({'never' if word == 0 and self.words else str(word).lower()})"


COUNT, LOCK_MINUTES, RESET_MINUTES = "LockoutBadCount", "LockoutDuration", "ResetLockoutCount"
LENGTH_KEY, MINIMUM_AGE_KEY, MAXIMUM_AGE_KEY, ADMINISTRATOR_KEY = (
    "MinimumPasswordLength",
    "MinimumPasswordAge",
    "MaximumPasswordAge",
    "AllowAdministratorLockout",
)
SETTINGS = (
    PolicySetting("password_history", "PasswordHistorySize", "int", HISTORY, high=24, bound="least", meets=(24,)),
    PolicySetting(
        "maximum_password_age", MAXIMUM_AGE_KEY, "int", MAXIMUM_AGE, high=999, words=((0, NEVER),), bound="most", meets=range(1, 366)
    ),
    PolicySetting("minimum_password_age", MINIMUM_AGE_KEY, "int", MINIMUM_AGE, high=998, bound="least", meets=range(1, 999)),
    PolicySetting("minimum_password_length", LENGTH_KEY, "int", LENGTH, high=128, bound="least", meets=range(1, 129)),
    PolicySetting("password_complexity", "PasswordComplexity", "bool", COMPLEXITY, meets=(1,)),
    PolicySetting("reversible_encryption", "ClearTextPassword", "bool", REVERSIBLE, meets=(0,)),
    PolicySetting("lockout.threshold", COUNT, "int", THRESHOLD, high=999, bound="most", meets=range(1, 6)),
    PolicySetting("lockout.duration", LOCK_MINUTES, "str", DURATION, low=1, high=99999, words=((UNTIL_UNLOCKED, NEVER),), bound="least"),
    PolicySetting("lockout.reset_after", RESET_MINUTES, "int", RESET, low=1, high=99999, bound="least"),
    PolicySetting("administrator_lockout", ADMINISTRATOR_KEY, "bool", ADMINISTRATOR, optional=True, meets=(1,)),
)
BY_KEY = {setting.key: setting for setting in SETTINGS}

# Longer minimum lengths than this need the registry value, which Windows enforces from version 2004 on (support.microsoft.com, 4557232).
LEGACY_LENGTH = 14
RELAX_BUILD = 19041
RELAX_PLACE = Place(r"SYSTEM\CurrentControlSet\Control\SAM", "RelaxMinimumPasswordLengthLimits")
