# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate says, and the verdicts on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from ansible_collections.hardening.windows.plugins.module_utils._probe import certificate, tls
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case
from ansible_collections.hardening.windows.plugins.module_utils._probe.report import result
from unit.probe.samples import CLOSED, F5, HYBRID, HYBRID_EX, NOW, seen, verdicts

HARD = (CLOSED, F5, F5, HYBRID, HYBRID_EX)
RSA_2048 = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA_1024 = rsa.generate_private_key(public_exponent=65537, key_size=1024)
ISSUER = ec.generate_private_key(ec.SECP256R1())


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def made(key: Any = RSA_2048, issuer: str = "Issuing CA 1", begins: int = -1, ends: int = 365, names: tuple[str, ...] = ()) -> bytes:
    """begins and ends: days from NOW."""
    builder = x509.CertificateBuilder().subject_name(name("web01.corp.example")).issuer_name(name(issuer)).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(at(begins)).not_valid_after(at(ends))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
    signed = builder.sign(ISSUER, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def at(days: int) -> datetime:
    return NOW.replace(tzinfo=None) + timedelta(days=days)


def judged(der: bytes | None, thumbprint: str | None = None) -> list[str]:
    """Dates, strength, issuer, configured."""
    found = verdicts(seen(HARD, certificate=der, tls={}, session=None) if der is None else seen(HARD, certificate=der), thumbprint)
    return [found[number] for number in ("07", "08", "09", "10")]


def with_sha1() -> bytes:
    """The signature's algorithm is in the certificate twice, as ecdsa-with-SHA256; the same with SHA1 is one byte shorter each."""
    sha256, sha1 = bytes.fromhex("300a06082a8648ce3d040302"), bytes.fromhex("300906072a8648ce3d0401")
    der = made()
    assert der.count(sha256) == 2
    outer, inner = der[4:], der.index(b"\x30\x82", 4)
    assert inner == 4
    shorter = outer.replace(sha256, sha1)
    body = (int.from_bytes(der[6:8], "big") - 1).to_bytes(2, "big")
    whole = (int.from_bytes(der[2:4], "big") - 2).to_bytes(2, "big")
    return b"\x30\x82" + whole + b"\x30\x82" + body + shorter[4:]


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "good": (made, "pass pass pass not_tested"),
    "expired": (lambda: made(begins=-365, ends=-1), "fail pass pass not_tested"),
    "not yet": (lambda: made(begins=1), "fail pass pass not_tested"),
    "self-signed": (lambda: made(issuer="web01.corp.example"), "pass pass fail not_tested"),
    "RSA with 1024 bits": (lambda: made(RSA_1024), "pass fail pass not_tested"),
    "a curve of 256 bits": (lambda: made(ISSUER), "pass pass pass not_tested"),
    "a curve of 192 bits": (lambda: made(ec.generate_private_key(ec.SECP192R1())), "pass fail pass not_tested"),
    "Ed25519": (lambda: made(ed25519.Ed25519PrivateKey.generate()), "pass pass pass not_tested"),
    "signed with SHA-1": (with_sha1, "pass fail pass not_tested"),
    "no certificate at all": (lambda: b"0\x03abc", "inconclusive inconclusive inconclusive not_tested"),
}


@pytest.mark.parametrize(("build", "expected"), CASES.values(), ids=CASES)
def test_verdicts_on_certificates(build: Callable[[], bytes], expected: str) -> None:
    assert judged(build()) == expected.split()


def test_the_thumbprint_is_compared() -> None:
    der = made()
    shown = hashlib.sha1(der).hexdigest().upper()
    assert judged(der, shown)[3] == "pass"
    assert judged(der, "0" * 40)[3] == "fail"


def test_without_tls_there_is_no_certificate_to_judge() -> None:
    found = verdicts(seen(HARD, tls={name: tls.Attempt(tls.NO_ANSWER) for name in (*tls.VERSIONS, "rsa_key_exchange")}), "0" * 40)
    assert [found[number] for number in ("07", "08", "09", "10")] == ["inconclusive"] * 4
    silent = tls.Attempt(tls.NO_ANSWER, "no answer")
    attempts = dict.fromkeys((*tls.VERSIONS, "rsa_key_exchange"), silent)
    found = verdicts(seen(HARD, tls=attempts, session=silent), "0" * 40)
    assert [found[number] for number in ("07", "08", "09", "10")] == ["no_answer"] * 4


def test_without_the_library_the_rest_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "HAS_CRYPTOGRAPHY", False)
    der = made()
    shown = hashlib.sha1(der).hexdigest().upper()
    assert judged(der, shown) == ["not_tested", "not_tested", "not_tested", "pass"]
    found = result(Case(seen(HARD, certificate=der), NOW, shown), ())["certificate"]
    assert (found["thumbprint"], found["configured"], found["subject"]) == (shown, True, None)
    assert "pip install cryptography" in found["unread"]


def test_details() -> None:
    found = result(Case(seen(HARD, certificate=made(names=("web01.corp.example", "web01"))), NOW), ())["certificate"]
    del found["thumbprint"]
    assert found == {
        "configured": None,
        "subject": "CN=web01.corp.example",
        "issuer": "CN=Issuing CA 1",
        "subject_alternative_names": ["web01.corp.example", "web01"],
        "key_type": "RSA",
        "key_size": 2048,
        "signature_hash": "sha256",
        "self_signed": False,
        "not_before": "2026-11-24T12:00:00Z",
        "not_after": "2027-11-25T12:00:00Z",
        "unread": None,
    }


THUMBPRINT = "0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C"


@pytest.mark.parametrize(
    "given",
    [THUMBPRINT, THUMBPRINT.lower(), "\u200e" + THUMBPRINT, ":".join(THUMBPRINT[i : i + 2] for i in range(0, 40, 2)), " ".join(THUMBPRINT)],
)
def test_thumbprints_as_people_copy_them(given: str) -> None:
    assert certificate.normal_thumbprint(given) == THUMBPRINT


@pytest.mark.parametrize("given", ["", "0F1E", THUMBPRINT + "00", "G" * 40])
def test_what_is_no_thumbprint_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="40 hexadecimal digits"):
        certificate.normal_thumbprint(given)
