# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever comes back, cut or random: every answer is read, and every control has a verdict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.module_utils._probe import ber, credssp, mcs, tls, x224
from ansible_collections.hardening.windows.plugins.module_utils._probe.answers import SILENCES, Disconnected, NoAnswer, Unreadable
from ansible_collections.hardening.windows.plugins.module_utils._probe.control import SEVERITY
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import CHECKS, Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.observation import REQUESTS, Observations
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result
from unit.probe.samples import CLASSIC, HYBRID_EX_OF_WINDOWS, NOW, ULTIMATUM
from unit.probe.test_certificate import made
from unit.probe.test_messages import CLOCK, CORE, NAMES, NETWORK, SECURITY, challenge, response

WHOLE = {
    "classic": (bytes.fromhex(CLASSIC), x224.read_confirm, x224.Classic),
    "selected": (bytes.fromhex(HYBRID_EX_OF_WINDOWS), x224.read_confirm, x224.Selected),
    "ultimatum": (bytes.fromhex(ULTIMATUM), x224.read_confirm, Disconnected),
    "mcs": (response(CORE + NETWORK + SECURITY), mcs.read_response, mcs.ServerSecurity),
    "credssp": (challenge(NAMES + CLOCK), credssp.read_answer, credssp.Challenge),
}


@pytest.mark.parametrize(("whole", "read", "expected"), WHOLE.values(), ids=WHOLE)
def test_an_answer_cut_anywhere_cannot_be_read(whole: bytes, read: Any, expected: type) -> None:
    assert isinstance(read(whole), expected)
    found = {type(read(whole[:length])) for length in range(len(whole))}
    assert found == {Unreadable}


RANDOM = st.binary(max_size=64)
# What begins right gets further.
NEARLY = st.one_of(
    RANDOM,
    st.binary(max_size=32).map(lambda data: x224.tpkt(bytes((6 + len(data), 0xD0, 0, 0, 0x12, 0x34, 0)) + data)),
    st.binary(max_size=64).map(x224.data_unit),
    st.binary(max_size=64).map(response),
    st.binary(max_size=64).map(challenge),
    st.tuples(
        st.sampled_from([whole for whole, _read, _kind in WHOLE.values()]), st.integers(0, 400), st.binary(min_size=1, max_size=4)
    ).map(lambda broken: broken[0][: broken[1]] + broken[2] + broken[0][broken[1] + len(broken[2]) :]),
)


@settings(max_examples=400, deadline=None)
@given(NEARLY)
def test_any_bytes_are_read(received: bytes) -> None:
    for read in (x224.read_confirm, mcs.read_response, credssp.read_answer):
        assert read(received).text
    assert 0 <= x224.missing(received) <= 65535
    assert 0 <= credssp.missing(received) <= 65536 + 6
    assert sum(1 for _one in ber.read_elements(received)) <= len(received)


@settings(max_examples=60, deadline=None)
@given(RANDOM)
def test_any_bytes_end_a_handshake_or_leave_it_open(received: bytes) -> None:
    client = tls.client("1.2", tls.EVERY_SUITE, None)
    assert isinstance(client, tls.Client)
    client.advance(received)
    assert not client.done
    assert client.attempt().state in (tls.UNCLEAR, tls.REFUSED)


SILENCE = st.builds(NoAnswer, st.sampled_from(sorted(SILENCES)), st.booleans())
ATTEMPT = st.builds(
    tls.Attempt,
    st.sampled_from([tls.ACCEPTED, tls.REFUSED, tls.CLOSED, tls.NO_ANSWER, tls.UNCLEAR, tls.NOT_TESTED]),
    suite=st.sampled_from([None, "AES256-SHA", "ECDHE-RSA-AES256-SHA"]),
)
ANSWER = st.one_of(SILENCE, NEARLY.map(x224.read_confirm), st.sampled_from([x224.Selected(n, 0x1F) for n in (0, 1, 2, 8)]))
MCS = st.one_of(SILENCE, NEARLY.map(mcs.read_response), st.builds(mcs.ServerSecurity, st.integers(0, 32), st.integers(0, 5)))
SEEN = st.builds(
    Observations,
    st.fixed_dictionaries(dict.fromkeys(REQUESTS, ANSWER)),
    classic=st.dictionaries(st.sampled_from(["none", "0"]), MCS),
    methods=st.dictionaries(st.sampled_from(sorted(mcs.METHODS)), MCS),
    tls=st.fixed_dictionaries(dict.fromkeys((*tls.VERSIONS, "rsa_key_exchange"), ATTEMPT)),
    session=st.one_of(st.none(), ATTEMPT),
    certificate=st.one_of(st.none(), RANDOM, st.just(made())),
    credssp=st.one_of(st.none(), SILENCE, NEARLY.map(credssp.read_answer)),
)


@settings(max_examples=300, deadline=None)
@given(SEEN, st.sampled_from([None, "0" * 40]))
def test_any_observations_are_judged(seen: Observations, thumbprint: str | None) -> None:
    case = Case(seen, NOW, thumbprint)
    verdicts = judge(case)
    assert [one.control for one in verdicts] == list(CHECKS)
    assert all(one.verdict in SEVERITY and one.evidence for one in verdicts)
    assert [one["request"] for one in result(case, verdicts)["protocols"]["requests"]] == list(REQUESTS)


@settings(max_examples=200, deadline=None)
@given(SEEN)
def test_nothing_that_was_not_answered_passes(seen: Observations) -> None:
    """NLA, native RDP security and TLS rest on answers to requests 0, 1 and 3."""
    silent = {name: NoAnswer("closed", connected=True) if name in ("0", "1", "3") else answer for name, answer in seen.requests.items()}
    verdicts = judge(Case(Observations(silent, classic=seen.classic, tls=seen.tls), NOW))
    assert all(one.verdict != "pass" for one in verdicts if one.control.id[-2:] in ("01", "02", "03"))
