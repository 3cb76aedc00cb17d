# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a server that answers as told: in which order, what is left out, and that nothing asks for a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import dns.opcode
import dns.rdatatype
import pytest

from ansible_collections.hardening.windows.plugins.module_utils._dns_probe import dns_controls as controls
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.answers import UDP, Answer, NoAnswer, Reply
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.messages import Query
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.observation import Burst, Observations
from ansible_collections.hardening.windows.plugins.module_utils._dns_probe.probing import Prober, Wanted
from unit.dns_probe.samples import NAME, NOERROR, REFUSED, REFUSED_PORT, SILENT_UDP, SOA, TIMEOUT, ZONE, reply


def label(query: Query) -> str:
    """A question in a word: its kind, its name, and RD where that is set."""
    if query.message.opcode() == dns.opcode.UPDATE:
        return "deletion" if query.message.sections[2] else "empty update"
    (asked,) = query.message.question
    desired = " RD" if query.message.flags & 0x0100 else ""
    return f"{dns.rdatatype.to_text(asked.rdtype)} {asked.name.to_text(omit_final_dot=True)}{desired}"


@dataclass
class Scripted:
    """answers: what the server says to a label; to everything else it says REFUSED."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    udp_answer: Answer = REFUSED
    limit: int = 60

    def ask(self, query: Query) -> Answer:
        return self._answer("ask", query)

    def tcp(self, query: Query) -> Answer:
        return self._answer("tcp", query)

    def udp(self, query: Query) -> Answer:
        self.asked.append(("udp", label(query)))
        return self.udp_answer

    def burst(self, queries: Sequence[Query]) -> list[Reply]:
        self.asked.append(("burst", label(queries[0])))
        return [SOA] * self.limit + [reply(flags="tc")] * (2 if self.limit < 60 else 0)

    def series(self, queries: Sequence[Query]) -> list[Reply]:
        self.asked.append(("series", label(queries[0])))
        return [SOA] * len(queries)

    def _answer(self, way: str, query: Query) -> Answer:
        self.asked.append((way, label(query)))
        return self.answers.get(label(query), REFUSED)


SERVED: dict[str, Answer] = {f"SOA {ZONE}": SOA}


def look(channel: Scripted, zones: tuple[str, ...] = (ZONE,), **more: object) -> Observations:
    return Prober(channel, Wanted(zones, NAME, **more)).look()  # type: ignore[arg-type]


def test_everything_is_asked_in_its_order() -> None:
    channel = Scripted({**SERVED, "empty update": NOERROR})
    look(channel, rate_limiting=True)
    assert channel.asked == [
        ("tcp", f"SOA {ZONE}"),
        ("udp", f"SOA {ZONE}"),
        ("ask", f"SOA {ZONE}"),
        ("tcp", f"AXFR {ZONE}"),
        ("ask", "empty update"),
        ("ask", "deletion"),
        ("ask", f"SOA {ZONE}"),
        ("ask", "TXT version.bind"),
        ("ask", "TXT version.server"),
        ("ask", f"A {NAME}"),
        ("ask", "NS ."),
        ("ask", f"A {NAME} RD"),
        ("series", f"SOA {ZONE}"),
        ("burst", f"SOA {ZONE}"),
    ]


@pytest.mark.parametrize("answer", [REFUSED, reply("NOTIMP"), reply("NOTAUTH"), TIMEOUT], ids=lambda answer: answer.text[:9])
def test_a_refused_update_is_not_followed_by_another(answer: Answer) -> None:
    channel = Scripted({**SERVED, "empty update": answer})
    assert look(channel).zones[0].deletion is None
    assert ("ask", "deletion") not in channel.asked


def test_a_server_that_looks_at_prerequisites_before_the_sender_passes() -> None:
    """What a zone with secure updates only may do: nothing but the deletion shows that it refuses."""
    found = look(Scripted({**SERVED, "empty update": NOERROR, "deletion": REFUSED}))
    assert judge(Case(found, NAME))[3].verdict == "pass"


SKIPPED: dict[str, tuple[controls.Control, Callable[[str], bool]]] = {
    "transfers": (controls.TRANSFER, lambda asked: asked.startswith("AXFR")),
    "updates": (controls.UPDATE, lambda asked: asked in ("empty update", "deletion")),
    "version": (controls.VERSION, lambda asked: asked.startswith("TXT")),
}


@pytest.mark.parametrize(("skipped", "is_about"), SKIPPED.values(), ids=SKIPPED)
def test_what_is_skipped_is_not_asked(skipped: controls.Control, is_about: Callable[[str], bool]) -> None:
    everything, without = Scripted(SERVED), Scripted(SERVED)
    look(everything)
    look(without, controls=[control for control in controls.CONTROLS if control != skipped])
    assert any(is_about(asked) for _way, asked in everything.asked)
    assert without.asked == [(way, asked) for way, asked in everything.asked if not is_about(asked)]


@pytest.mark.parametrize(("left_out", "expected"), [((controls.RECURSION,), True), ((controls.RECURSION, controls.REFERRAL), False)])
def test_foreign_names_are_asked_for_as_long_as_a_control_needs_them(left_out: tuple[controls.Control, ...], expected: bool) -> None:
    channel = Scripted(SERVED)
    look(channel, controls=[control for control in controls.CONTROLS if control not in left_out])
    assert (("ask", "NS .") in channel.asked) == expected


@pytest.mark.parametrize("wanted", [{"rate_limiting": False}, {"rate_limiting": True, "controls": (controls.EDNS,)}])
def test_a_burst_is_sent_on_request_only(wanted: dict[str, object]) -> None:
    channel = Scripted(SERVED)
    assert look(channel, **wanted).burst is None
    assert not {way for way, _asked in channel.asked} & {"burst", "series"}


def test_a_burst_needs_a_zone_that_is_served() -> None:
    channel = Scripted({"SOA second.example": SOA})
    assert look(channel, ("missing.example",), rate_limiting=True).burst is None
    assert look(channel, ("missing.example", "second.example"), rate_limiting=True).burst is not None
    assert channel.asked[-1] == ("burst", "SOA second.example")


def test_a_burst_is_counted() -> None:
    assert look(Scripted(SERVED, limit=5), rate_limiting=True).burst == Burst(ZONE, 60, 5, 2, 0, 60)
    assert look(Scripted(SERVED), rate_limiting=True).burst == Burst(ZONE, 60, 60, 0, 0, 60)


def test_without_zones_the_root_is_asked_for_first() -> None:
    channel = Scripted()
    assert look(channel, ()).zones == ()
    assert channel.asked[:2] == [("tcp", "NS ."), ("udp", "NS .")]


def test_where_nothing_is_there_nothing_more_is_asked() -> None:
    channel = Scripted({f"SOA {ZONE}": REFUSED_PORT}, udp_answer=SILENT_UDP)
    assert look(channel).silence == REFUSED_PORT
    assert len(channel.asked) == 2


def test_a_first_question_that_is_dropped_is_not_the_last() -> None:
    """A policy of Windows drops questions and leaves the connection."""
    channel = Scripted({f"SOA {ZONE}": TIMEOUT}, udp_answer=SILENT_UDP)
    found = look(channel)
    assert found.silence is None
    assert found.recursion == REFUSED


@pytest.mark.parametrize(("udp", "asked"), [(REFUSED, 1), (NoAnswer(UDP, "timeout"), 2)])
def test_edns_is_asked_for_over_tcp_where_udp_is_silent(udp: Answer, asked: int) -> None:
    channel = Scripted(SERVED, udp_answer=udp)
    found = look(channel)
    assert found.edns == (udp if isinstance(udp, Reply) else SOA)
    assert channel.asked.count(("tcp", f"SOA {ZONE}")) == asked
