# SPDX-License-Identifier: GPL-3.0-or-later
"""The listener's certificate: the thumbprint as people give it, and what forbids a certificate."""

from __future__ import annotations

import datetime
import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hardening.windows.plugins.plugin_utils._core.errors import HardeningError
from ansible_collections.hardening.windows.plugins.plugin_utils._core.observation import Observation, Observations
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp import certificate
from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.certificate import ListenerCertificate, certificate_read, normalised
from lab.boxes.certificates import SDDL, SDDL_READABLE, Certificate, make

NOW = datetime.datetime.now(datetime.UTC)
GOOD = Certificate("listener.example.test")
THUMBPRINT = "0123456789ABCDEF0123456789abcdef01234567"


def found(wanted: Certificate = GOOD, sddl: str | None = SDDL_READABLE, now: datetime.datetime = NOW, **more: Any) -> ListenerCertificate:
    made = make(wanted)
    key = {"present": wanted.private_key, "unique_name": None, "file": None, "sddl": sddl}
    value = {"exists": True, "der": made.der.hex(), "key": key} | more
    read = certificate_read(made.thumbprint)
    return ListenerCertificate.observed(Observations([read], [Observation(value)]), made.thumbprint, now)


def test_a_good_certificate() -> None:
    assert found() == ListenerCertificate(None)


FINE = {
    "CNG": Certificate("cng.example.test", key="ec"),
    "no extended key usage": Certificate("plain.example.test", usages=()),
    "no key usage": Certificate("plain.example.test", key_usage=()),
    "several usages": Certificate("two.example.test", usages=("client", "server")),
    "Remote Desktop Authentication": Certificate("rd.example.test", usages=("remote_desktop",)),
    "digital signature only": Certificate("one.example.test", key_usage=("digital_signature",)),
    "key encipherment only": Certificate("one.example.test", key_usage=("key_encipherment",)),
}


@pytest.mark.parametrize("case", FINE)
def test_certificates_that_can_be_used(case: str) -> None:
    assert found(FINE[case]) == ListenerCertificate(None)


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "not there": ({"exists": False}, "not in the store LocalMachine\\My"),
    "no key": ({"wanted": Certificate("x.example.test", private_key=False)}, "private key is not on the host"),
    "not for servers": ({"wanted": Certificate("x.example.test", usages=("client",))}, "Server Authentication"),
    "key usage": ({"wanted": Certificate("x.example.test", key_usage=("key_cert_sign",))}, "digitalSignature"),
    "expired": ({"wanted": Certificate("x.example.test", starts=-20, ends=-1)}, "it expired"),
    "not yet": ({"wanted": Certificate("x.example.test", starts=2)}, "valid only from"),
    "key not readable": ({"sddl": SDDL}, "NETWORK SERVICE (S-1-5-20)"),
    "another one": ({"der": make(Certificate("y.example.test")).der.hex()}, "store is damaged"),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_each_problem_has_its_own_words(case: str) -> None:
    given, said = PROBLEMS[case]
    problem = found(**given).problem
    assert problem is not None
    others = [text for name, (_given, text) in PROBLEMS.items() if name != case]
    assert said in problem
    assert not [text for text in others if text in problem]


def test_the_clock_is_the_controllers_and_is_said_so() -> None:
    late = found(now=NOW + datetime.timedelta(400)).problem
    assert late is not None
    assert "controller's clock" in late
    assert "not known" in late
    assert found(now=NOW + datetime.timedelta(300)).problem is None


@pytest.mark.parametrize("sddl", [None, "O:SYG:SY"])
def test_a_key_that_cannot_be_looked_at_is_a_warning(sddl: str | None) -> None:
    result = found(sddl=sddl)
    assert result.problem is None
    assert "could not be told" in result.warnings[0]


@pytest.mark.parametrize("der", [b"", b"0\x03\x02\x01\x01", make(GOOD).der[:-9]])
def test_what_is_no_certificate_is_a_problem(der: bytes) -> None:
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    value = {"exists": True, "der": der.hex(), "key": {"present": True, "sddl": SDDL_READABLE}}
    seen = Observations([certificate_read(thumbprint)], [Observation(value)])
    assert "cannot be read as a certificate" in str(ListenerCertificate.observed(seen, thumbprint, NOW).problem)


def test_an_answer_that_is_cut_short_is_told() -> None:
    with pytest.raises(HardeningError, match="not whole"):
        found(key=None)


def test_older_cryptography_has_times_without_zone() -> None:
    moment = datetime.datetime(2026, 1, 2, 3, 4)
    old = SimpleNamespace(not_valid_after=moment)
    assert certificate._moment(old, "not_valid_after") == moment.replace(tzinfo=datetime.UTC)


# -- thumbprints ----------------------------------------------------------------------------------------

DIRT = st.sampled_from(["", " ", ":", "\u200e", "\t", "\u00a0", "\ufeff"])


@given(st.lists(DIRT, min_size=41, max_size=41))
def test_blanks_colons_and_invisible_characters_are_taken_out(dirt: list[str]) -> None:
    dirty = "".join(f"{letter}{digit}" for letter, digit in zip(dirt, THUMBPRINT, strict=False)) + dirt[-1]
    assert normalised(dirty) == THUMBPRINT.upper()


@pytest.mark.parametrize(
    "given_text",
    [
        "",
        THUMBPRINT[:-1],
        THUMBPRINT + "0",
        THUMBPRINT.replace("0", "g"),
        THUMBPRINT.replace("0", "O"),
        "-".join(THUMBPRINT),
        "0x" + THUMBPRINT[:38],
        THUMBPRINT[:-1] + "\uff11",
        THUMBPRINT[:-1] + "\u0661",
    ],
)
def test_nothing_else_is(given_text: str) -> None:
    with pytest.raises(HardeningError, match="40 hexadecimal digits"):
        normalised(given_text)


def test_a_sha256_fingerprint_is_recognised() -> None:
    with pytest.raises(HardeningError, match="SHA-256"):
        normalised("ab" * 32)
