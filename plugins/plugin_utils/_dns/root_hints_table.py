# SPDX-License-Identifier: GPL-3.0-or-later
"""Root hints as data: the root servers of the Internet, and the controls.

Addresses: IANA's root hints file (named.root) of 18 April 2024, the last change being b.root-servers.net's of 27 November 2023. Rules: DISA
"Microsoft Windows Server DNS STIG" V1R1, 18 January 2024.
"""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.controls import Control

SOURCE = "IANA's list of 18 April 2024"

# Name to IPv4 and IPv6 address.
INTERNET: dict[str, tuple[str, str]] = {
    "a.root-servers.net.": ("198.41.0.4", "2001:503:ba3e::2:30"),
    "b.root-servers.net.": ("170.247.170.2", "2801:1b8:10::b"),
    "c.root-servers.net.": ("192.33.4.12", "2001:500:2::c"),
    "d.root-servers.net.": ("199.7.91.13", "2001:500:2d::d"),
    "e.root-servers.net.": ("192.203.230.10", "2001:500:a8::e"),
    "f.root-servers.net.": ("192.5.5.241", "2001:500:2f::f"),
    "g.root-servers.net.": ("192.112.36.4", "2001:500:12::d0d"),
    "h.root-servers.net.": ("198.97.190.53", "2001:500:1::53"),
    "i.root-servers.net.": ("192.36.148.17", "2001:7fe::53"),
    "j.root-servers.net.": ("192.58.128.30", "2001:503:c27::2:30"),
    "k.root-servers.net.": ("193.0.14.129", "2001:7fd::1"),
    "l.root-servers.net.": ("199.7.83.42", "2001:500:9f::42"),
    "m.root-servers.net.": ("202.12.27.33", "2001:dc3::35"),
}

# V-259357 asks for hints that are gone, or that name the servers of an internal root alone, in the console, in CACHE.DNS and in the directory.
# The running server's list is what is looked at, and it may fill again from the other two: the rule selects the control, and no result claims it.
_CHOSEN_RULES = ("V-259357", "WDNS-22-000027")
_IN_PART = "V-259357 in part: the running list, not CACHE.DNS"

CHOSEN = Control(
    "HW-DNS-60",
    "Root hints are the servers that were chosen, and no others",
    "A server that asks a root nobody meant it to ask takes its answers from strangers.",
    f"DISA Microsoft Windows Server DNS STIG V1R1 {_IN_PART}",
    _CHOSEN_RULES,
    dict.fromkeys(_CHOSEN_RULES, ()),
)
CURRENT = Control(
    "HW-DNS-61",
    "Root hints are the root servers of the Internet as they are today",
    "An address that a root server gave up may belong to anybody. This is compared and not changed by itself.",
    SOURCE,
)
ONCE = Control(
    "HW-DNS-62",
    "No root hint stands twice",
    "Hints that were copied, imported and replicated pile up, and an old address hides behind a new one.",
    "the administrator's hardening notes this collection comes from",
)

CONTROLS = (CHOSEN, CURRENT, ONCE)

Addresses = frozenset[str]
Hints = t.Mapping[str, Addresses]


def rule_evidence(hints: Hints) -> str:
    """What a list that the rule would let pass says of it; empty for any other list."""
    if not _leads_inside(hints):
        return ""
    return "; the running list is as V-259357 wants it, and whether CACHE.DNS and the directory are was not looked at"


def _leads_inside(hints: Hints) -> bool:
    """Whether hints lead nowhere, or inside: that is what has private addresses alone, because nothing else tells it."""
    private = all(ipaddress.ip_address(address).is_private for addresses in hints.values() for address in addresses)
    return private and not set(hints) & set(INTERNET)


def differences(hints: Hints) -> list[str]:
    """How hints differ from the Internet's, a clause each: names that are missing or unknown, addresses that are not the server's.

    A server that is named with one of its addresses alone is as good as with both.
    """
    found = [f"{name} is missing" for name in INTERNET if not hints.get(name)]
    for name, addresses in hints.items():
        wrong = sorted(addresses - set(INTERNET.get(name, ())))
        if name not in INTERNET:
            found.append(f"{name} is none of the Internet's root servers")
        elif wrong:
            found.append(f"{name} has {', '.join(wrong)}, which is not {' or '.join(INTERNET[name])}")
    return found
