# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers, and what a look at a server would have seen with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import answers
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.answers import TCP, UDP, NoAnswer, Record, Reply, Unreadable
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.observation import Burst, Observations, Zone

NAME = "example.com"
ZONE = "corp.example"

TIMEOUT = NoAnswer(TCP, answers.TIMEOUT, connected=True)
CLOSED = NoAnswer(TCP, answers.CLOSED, connected=True)
REFUSED_PORT = NoAnswer(TCP, answers.REFUSED_PORT)
SILENT_UDP = NoAnswer(UDP, answers.TIMEOUT)
GARBAGE = Unreadable(TCP, 9, "it ends in the middle")

SOA_RECORD = Record(f"{ZONE}.", "SOA", serial=42)
A_RECORD = Record(f"{NAME}.", "A")
ROOT_RECORD = Record(".", "NS")


def reply(rcode: str = "NOERROR", flags: str = "", answer: Any = (), authority: Any = (), over: str = TCP, **more: Any) -> Reply:
    """flags: of aa, tc, ra."""
    return Reply(over, rcode, "aa" in flags, "tc" in flags, "ra" in flags, tuple(answer), tuple(authority), **more)


def txt(text: str) -> Reply:
    return reply(flags="aa", answer=[Record("version.bind.", "TXT", (text,))])


REFUSED, NOTAUTH, NOTIMP, SERVFAIL = reply("REFUSED"), reply("NOTAUTH"), reply("NOTIMP"), reply("SERVFAIL")
NOERROR, NXDOMAIN, FORMERR = reply(), reply("NXDOMAIN"), reply("FORMERR")
SOA = reply(flags="aa", answer=[SOA_RECORD])
ROOT_REFERRAL = reply(authority=[ROOT_RECORD])
FULL = reply(flags="aa", answer=[SOA_RECORD, A_RECORD])

GOOD_ZONE = Zone(ZONE, SOA, transfer=REFUSED, update=REFUSED)
GOOD_BURST = Burst(ZONE, 60, 5, 28, 0, 60)
HARD = Observations(
    tcp=SOA,
    udp=replace(SOA, transport=UDP, payload=1232),
    edns=replace(SOA, transport=UDP, payload=1232),
    zones=(GOOD_ZONE,),
    versions={"version.bind": REFUSED, "version.server": REFUSED},
    referral=REFUSED,
    recursion=REFUSED,
    root=REFUSED,
    burst=GOOD_BURST,
)
SILENT = Observations(REFUSED_PORT, SILENT_UDP, SILENT_UDP)


def seen(**changed: Any) -> Observations:
    return replace(HARD, **changed)


def zone(**changed: Any) -> tuple[Zone, ...]:
    return (replace(GOOD_ZONE, **changed),)


def verdicts(observed: Observations, rate_limiting: bool = True) -> dict[str, str]:
    """The last two digits of each control's id, and its verdict."""
    return {one.control.id[-2:]: one.verdict for one in judge(Case(observed, NAME, rate_limiting))}
