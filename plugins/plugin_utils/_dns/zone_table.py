# SPDX-License-Identifier: GPL-3.0-or-later
"""Security of zones as data: what each mode is called by the cmdlets, in the registry and by dnscmd, and the controls.

Numbers and switches: MS-DNSP 2.2.5.1 (fSecureSecondaries, fNotifyLevel), Set-DnsServerPrimaryZone, dnscmd /ZoneResetSecondaries. Rules: DISA
"Microsoft Windows Server DNS STIG" V1R1, 18 January 2024.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._core.controls import Control

_STIG = "DISA Microsoft Windows Server DNS STIG V1R1"
_NOTES = "the administrator's hardening notes this collection comes from"


@dataclass(frozen=True)
class Mode:
    """One mode.

    option: this collection's word. cmdlet: the cmdlets' word. number: in the registry. switch: dnscmd's. text: for a person.
    strictness: the more, the fewer are served; None where that is no question of security.
    """

    option: str
    cmdlet: str
    number: int
    switch: str
    text: str
    strictness: int | None = None


@dataclass(frozen=True)
class Reach:
    """Whom a server serves with something of a zone: nobody, some, or everybody.

    option: its name in the module. mode, servers: properties and parameters of the cmdlets. level, addresses: values of the registry.
    """

    option: str
    mode: str
    servers: str
    level: str
    addresses: str
    modes: tuple[Mode, ...]

    def by_option(self, option: str) -> Mode:
        return next(mode for mode in self.modes if mode.option == option)

    def by_cmdlet(self, value: t.Any) -> Mode | None:
        """None for a word that no version is known to give. Words compare without case."""
        return next((mode for mode in self.modes if mode.cmdlet.lower() == str(value).lower()), None)

    def by_number(self, number: t.Any) -> Mode | None:
        return next((mode for mode in self.modes if mode.number == number), None)


LISTED = "listed"

TRANSFERS = Reach(
    option="transfers",
    mode="SecureSecondaries",
    servers="SecondaryServers",
    level="SecureSecondaries",
    addresses="SecondaryServers",
    modes=(
        Mode("none", "NoTransfer", 3, "/NoXfr", "to nobody", 3),
        Mode("any", "TransferAnyServer", 0, "/NonSecure", "to anybody", 0),
        Mode("name_servers", "TransferToZoneNameServer", 1, "/SecureNs", "to the zone's name servers", 1),
        Mode(LISTED, "TransferToSecureServers", 2, "/SecureList", "to", 2),
    ),
)
NOTIFY = Reach(
    option="notify",
    mode="Notify",
    servers="NotifyServers",
    level="NotifyLevel",
    addresses="NotifyServers",
    modes=(
        Mode("none", "NoNotify", 0, "/NoNotify", "nobody"),
        Mode("name_servers", "Notify", 1, "/Notify", "the zone's name servers"),
        Mode(LISTED, "NotifyServers", 2, "/NotifyList", ""),
    ),
)
REACHES = (TRANSFERS, NOTIFY)

# Option to the cmdlet's word. It gives NonsecureAndSecure and takes NonSecureAndSecure; neither looks at the case.
UPDATES = {"none": "None", "secure": "Secure", "nonsecure_and_secure": "NonsecureAndSecure"}
# From whom the fewest updates are taken, to whom the most.
STRICTEST_UPDATES = ("none", "secure", "nonsecure_and_secure")

# Option to the property that Get-DnsServerZoneAging gives and the parameter that Set-DnsServerZoneAging takes.
AGING = {
    "enabled": ("AgingEnabled", "Aging"),
    "refresh_interval": ("RefreshInterval", "RefreshInterval"),
    "no_refresh_interval": ("NoRefreshInterval", "NoRefreshInterval"),
    "scavenge_servers": ("ScavengeServers", "ScavengeServers"),
}
# MS-DNSP 3.1.1.2.1: whole hours, at most a year.
HOUR, MOST_HOURS = 3600, 8760


def _control(number: int, title: str, reason: str, source: str, *references: str, **thresholds: t.Any) -> Control:
    return Control(f"HW-DNS-{number}", title, reason, source, references, thresholds.get("thresholds", {}))


# The rule for both titles asks for secure updates, and for nothing else (V-259334, V-259362): a zone that takes none is not what it looks for.
_SECURE_RULES = ("V-259334", "V-259362", "WDNS-22-000001", "WDNS-22-000034")

PRIMARY_TRANSFERS = _control(
    40,
    "A primary zone is handed to known servers only",
    "Whoever may transfer a zone reads every name in it, which is a map of the network.",
    _STIG,
    "V-259354",
    "V-259365",
    "WDNS-22-000024",
    "WDNS-22-000037",
)
SECONDARY_TRANSFERS = _control(
    41,
    "A secondary zone is handed on to known servers only",
    "A secondary server that serves its copy to anybody undoes what the primary server refuses.",
    _NOTES,
)
DIRECTORY_UPDATES = _control(
    42,
    "A zone of the directory takes secure dynamic updates, or none",
    "With nonsecure updates anybody on the network may write names, the names of other hosts among them.",
    _STIG,
    *_SECURE_RULES,
    thresholds=dict.fromkeys(_SECURE_RULES, ("secure",)),
)
FILE_UPDATES = _control(
    43,
    "A zone in a file takes no dynamic updates",
    "Such a zone cannot tell who sends an update, so anybody may.",
    "MS-DNSP 3.1.4.1: secure updates are for zones of the directory only",
)
NOTIFIED = _control(
    44,
    "Secondary servers are notified of changes",
    "Secondary servers that are not notified ask all the time, or serve what is old.",
    _STIG,
    "V-259396",
    "WDNS-22-000068",
)
AGED = _control(
    45,
    "Records that nobody renews grow old",
    "A record that outlives its host hands the host's name to whoever gets its address next.",
    _NOTES,
)
WINS = _control(
    46,
    "No zone looks names up in WINS",
    "WINS answers with whatever a host on the network called itself. This is checked and never changed.",
    _STIG,
    "V-259377",
    "WDNS-22-000049",
)

CONTROLS = (PRIMARY_TRANSFERS, SECONDARY_TRANSFERS, DIRECTORY_UPDATES, FILE_UPDATES, NOTIFIED, AGED, WINS)
# What V1R1 asks of every zone: a result claims no such rule while one of them was not judged. By control: the setting, and what a zone is
# that the control is for.
EVERY_ZONE: dict[str, tuple[str, tuple[str, ...]]] = {
    PRIMARY_TRANSFERS.id: ("transfers", ("primary",)),
    DIRECTORY_UPDATES.id: ("dynamic_update", ("primary", "directory")),
    NOTIFIED.id: ("notify", ()),
}
# What a task selects a setting by, whatever its value.
SETTING_CONTROLS: dict[str, tuple[Control, ...]] = {
    "transfers": (PRIMARY_TRANSFERS, SECONDARY_TRANSFERS),
    "notify": (NOTIFIED,),
    "dynamic_update": (DIRECTORY_UPDATES, FILE_UPDATES),
    "aging": (AGED,),
}
