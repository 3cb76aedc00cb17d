# SPDX-License-Identifier: GPL-3.0-or-later
"""Sleep and its kin as data: settings of the power scheme, their policy values, and the controls.

GUIDs and policy values: Power.admx (keys named by the setting's GUID, ACSettingIndex and DCSettingIndex, seconds or 0 and 1). CIS Windows
Server 2022 v4.0.0 (2025 v1.0.0 has the same ids); DISA STIGs for Windows Server 2019 V3R8, 2022 V2R8, 2025 V1R1.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._core.controls import Control
from .._core.registry import Place
from .sources import CIS, NOTES, STIG

SUBGROUP = "238c9fa8-0aad-41ed-83f4-97be242c8f20"
POLICY = r"SOFTWARE\Policies\Microsoft\Power\PowerSettings"
POLICY_NAMES = {"ac": "ACSettingIndex", "dc": "DCSettingIndex"}
SOURCES = {"ac": "on mains", "dc": "on battery"}
# How changes name the scheme and what stands outside it.
PLACE = "power scheme"
HIBERNATION = "hibernation"
HIBERNATES = {True: "on", False: "off"}
# A number of seconds must fit a DWORD; powercfg itself takes minutes up to it.
MOST_MINUTES = 0xFFFFFFFF // 60


def _control(number: str, title: str, reason: str, source: str, *references: str) -> Control:
    return Control(f"HW-RDP-PW-{number}", title, reason, source, references)


_ASLEEP = "A server that sleeps is not there, for its users and for whoever must look after it."
SLEEP = _control("01", "The server does not go to sleep", _ASLEEP, NOTES)
HIBERNATE = _control("02", "The server does not hibernate", "A hibernated server is off, and its memory lies on the disk.", NOTES)
UNATTENDED = _control(
    "03", "The server does not go back to sleep after it was woken", "Two minutes are not enough to repair anything.", NOTES
)
HYBRID = _control("04", "Hybrid sleep is off", "It writes the memory to the disk.", NOTES)
_WAKE_REASON = "Whoever stands in front of the machine must not get the session of somebody else."
WAKE_DC = _control(
    "05",
    "A password is asked for after waking, on battery",
    _WAKE_REASON,
    f"{CIS} 18.9.33.6.3; {STIG}",
    "CIS-WS2022-18.9.33.6.3",
    "V-205867",
    "V-254349",
    "V-278096",
    "WN19-CC-000180",
    "WN22-CC-000180",
    "WN25-CC-000180",
)
WAKE_AC = _control(
    "06",
    "A password is asked for after waking, on mains",
    _WAKE_REASON,
    f"{CIS} 18.9.33.6.4; {STIG}",
    "CIS-WS2022-18.9.33.6.4",
    "V-205868",
    "V-254350",
    "V-278097",
    "WN19-CC-000190",
    "WN22-CC-000190",
    "WN25-CC-000190",
)
_NETWORK_REASON = "A machine in standby that stays on the network can be reached, and nobody looks after it."
NETWORK_DC = _control("07", "No network in standby, on battery", _NETWORK_REASON, f"{CIS} 18.9.33.6.1, level 2", "CIS-WS2022-18.9.33.6.1")
NETWORK_AC = _control("08", "No network in standby, on mains", _NETWORK_REASON, f"{CIS} 18.9.33.6.2, level 2", "CIS-WS2022-18.9.33.6.2")

CONTROLS = (SLEEP, HIBERNATE, UNATTENDED, HYBRID, WAKE_DC, WAKE_AC, NETWORK_DC, NETWORK_AC)


@dataclass(frozen=True)
class PowerSetting:
    """One setting.

    guid: as Power.admx spells it. minutes: whether the option is a time in minutes (0 is never), stored in seconds; else yes or no, 1 or 0.
    in_scheme: whether it stands in the scheme's subgroup for sleep, too. meets: the value that the controls ask for; by source.
    """

    option: str
    guid: str
    minutes: bool
    in_scheme: bool
    meets: int | bool
    ac: Control
    dc: Control

    def target(self, source: str) -> str:
        """As changes name it."""
        return f"{self.option} {SOURCES[source]}"

    def place(self, source: str) -> Place:
        """The policy value of a source (V(ac), V(dc))."""
        return Place(f"{POLICY}\\{self.guid}", POLICY_NAMES[source])

    def controls(self, source: str, value: int | bool) -> tuple[Control, ...]:
        """The controls that this value satisfies."""
        return (getattr(self, source),) if value == self.meets else ()

    def stored(self, value: int | bool) -> int:
        return int(value) * 60 if self.minutes else int(value)

    def text(self, stored: int | None) -> str:
        """A stored value as a person reads it."""
        if stored is None:
            return "not known"
        if not self.minutes:
            return f"{stored} ({'yes' if stored else 'no'})"
        return "never" if stored == 0 else f"{stored} s"


SETTINGS = (
    PowerSetting("sleep_after", "29F6C1DB-86DA-48C5-9FDB-F2B67B1F44DA", True, True, 0, SLEEP, SLEEP),
    PowerSetting("hibernate_after", "9D7815A6-7EE4-497E-8888-515A05F02364", True, True, 0, HIBERNATE, HIBERNATE),
    PowerSetting("unattended_sleep_after", "7bc4a2f9-d8fc-4469-b07b-33eb785aaca0", True, True, 0, UNATTENDED, UNATTENDED),
    PowerSetting("hybrid_sleep", "94ac6d29-73ce-41a6-809f-6363ba21b47e", False, True, False, HYBRID, HYBRID),
    PowerSetting("password_on_wake", "0e796bdb-100d-47d6-a2d5-f7d2daa51f51", False, False, True, WAKE_AC, WAKE_DC),
    PowerSetting("network_in_standby", "f15576e8-98b7-4186-b944-eafa664402d9", False, False, False, NETWORK_AC, NETWORK_DC),
)
# What O(never_sleep) stands for.
NEVER = ("sleep_after", "hibernate_after", "unattended_sleep_after")
