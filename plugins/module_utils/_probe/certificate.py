# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate says. The thumbprint needs nothing; the rest needs the library cryptography."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

INSTALL = (
    "The certificate's details are not shown, because the Python library cryptography is missing on the machine that probes: "
    "install it there (python3 -m pip install cryptography, or the package python3-cryptography). Everything else was looked at."
)


@dataclass(frozen=True)
class Details:
    """key_size: bits. signature_hash: such as sha256, None where the signature has none of its own (Ed25519)."""

    subject: str
    issuer: str
    subject_alternative_names: tuple[str, ...]
    key_type: str
    key_size: int | None
    signature_hash: str | None
    not_before: datetime
    not_after: datetime
    self_signed: bool


@dataclass(frozen=True)
class Certificate:
    """thumbprint: SHA-1 over the certificate as Windows shows it, 40 capital hex digits. details: None where `unread` says why."""

    thumbprint: str
    details: Details | None
    unread: str = ""


def normal_thumbprint(given: str) -> str:
    """A thumbprint as people copy it: with blanks, colons, or the invisible mark that the console puts in front. Raises ValueError."""
    digits = re.sub(r"[\s:\-\u200e\u200f\u202a-\u202e\ufeff]", "", given).upper()
    if not re.fullmatch(r"[0-9A-F]{40}", digits):
        raise ValueError(f"certificate_thumbprint has to be 40 hexadecimal digits (SHA-1), as Windows shows a thumbprint; it is {given!r}.")
    return digits


def read_certificate(der: bytes) -> Certificate:
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    if not HAS_CRYPTOGRAPHY:
        return Certificate(thumbprint, None, INSTALL)
    try:
        return Certificate(thumbprint, _details(x509.load_der_x509_certificate(der)))
    except Exception as error:  # the library has no common error, and a stranger's certificate may hold anything
        return Certificate(thumbprint, None, f"The certificate cannot be read: {type(error).__name__}: {error}")


def _details(found: x509.Certificate) -> Details:
    key_type, key_size = _key(found)
    hashed = found.signature_hash_algorithm
    return Details(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        subject_alternative_names=_alternative_names(found),
        key_type=key_type,
        key_size=key_size,
        signature_hash=hashed.name if hashed else None,
        not_before=_utc(found, "not_valid_before"),
        not_after=_utc(found, "not_valid_after"),
        self_signed=_is_self_signed(found),
    )


def _utc(found: x509.Certificate, name: str) -> datetime:
    """Since version 42 of the library there is a form with a time zone, which replaces the other."""
    aware = getattr(found, f"{name}_utc", None)
    moment: datetime = aware if aware is not None else getattr(found, name).replace(tzinfo=UTC)
    return moment


def _alternative_names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(getattr(name, "value", name)) for name in names)


def _key(found: x509.Certificate) -> tuple[str, int | None]:
    key = found.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519", 256
    return ("Ed448", 456) if isinstance(key, ed448.Ed448PublicKey) else (type(key).__name__, None)


def _is_self_signed(found: x509.Certificate) -> bool:
    """Its issuer is its subject. The signature is not checked: SHA-1 cannot be, everywhere, and who wants to lie need not sign."""
    return found.issuer == found.subject


def is_weak_key(details: Details) -> bool:
    """NIST SP 800-131A Rev. 2: RSA and DSA from 2048 bits, curves from 224; here from 256, the smallest that TLS has in use."""
    if details.key_size is None:
        return True
    return details.key_size < (2048 if details.key_type in ("RSA", "DSA") else 256)


def is_weak_signature(details: Details) -> bool:
    return details.signature_hash in ("md5", "sha1")
