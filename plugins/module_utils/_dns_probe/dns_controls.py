# SPDX-License-Identifier: GPL-3.0-or-later
"""The controls of a DNS server that can be proved from outside.

V- and WDNS-22-: "Microsoft Windows Server DNS STIG" V1R1, 18 January 2024. What is only a sign of what a rule asks for claims nothing of it.
"""

from __future__ import annotations

from .._probe.control import Control

_STIG = "DISA Microsoft Windows Server DNS STIG V1R1"

TRANSFER = Control(
    "HW-DNS-PROBE-01",
    "Zones are not transferred to strangers",
    "A transfer is a list of every host and service that the zone knows.",
    f"{_STIG}: transfers go to a list of secondaries at most",
    ("V-259354", "V-259365", "WDNS-22-000024", "WDNS-22-000037"),
)
RECURSION = Control(
    "HW-DNS-PROBE-02",
    "Recursion is not offered to strangers",
    "Whoever may ask for anything can poison the cache, and can turn the answers on somebody else.",
    f"{_STIG}: an authoritative server without forwarders does not recurse",
    ("V-259341", "WDNS-22-000009"),
)
REFERRAL = Control(
    "HW-DNS-PROBE-03",
    "Questions about foreign names are not answered with the root's servers",
    "A short question with a forged sender becomes a long answer to its victim.",
    f"{_STIG} V-259357 asks for root hints to internal servers only; a referral is the sign of others",
)
UPDATE = Control(
    "HW-DNS-PROBE-04",
    "Zones take no updates without proof of who sends them",
    "Whoever can write a zone can be any host in it.",
    f"{_STIG} V-259334 and V-259362 ask for secure updates; a zone that takes none refuses the same",
)
VERSION = Control(
    "HW-DNS-PROBE-05",
    "The server does not tell its version",
    "A version tells a stranger which holes to try.",
    f"{_STIG}: questions for the version are refused",
    ("V-259403", "WDNS-22-000075"),
)
RATE_LIMITING = Control(
    "HW-DNS-PROBE-06",
    "Identical answers are limited",
    "Without a limit the server is an amplifier for floods with forged senders.",
    f"{_STIG}: response rate limiting is enabled",
    ("V-259417", "WDNS-22-000120"),
)
EDNS = Control(
    "HW-DNS-PROBE-07",
    "Answers over UDP have 1232 bytes at most",
    "Larger ones are split on the way, where fragments can be forged, and amplify more.",
    "DNS flag day 2020; Microsoft ADV200013 (1221 bytes)",
)
TCP = Control(
    "HW-DNS-PROBE-08",
    "Questions over TCP are answered",
    "Answers that are truncated or limited over UDP are fetched over TCP; without it they are lost.",
    "RFC 7766 5",
)

CONTROLS = (TRANSFER, RECURSION, REFERRAL, UPDATE, VERSION, RATE_LIMITING, EDNS, TCP)
