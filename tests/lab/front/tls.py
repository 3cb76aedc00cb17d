# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as the box's Schannel would offer it, by Python's ssl: versions, cipher suites, certificate; no sockets.

A suite that OpenSSL lacks here (RC4, 3DES, NULL) is not offered. Source of the default list: "TLS Cipher Suites in
Windows Server 2022" (elliptic curves first, RSA key exchange at the end).
"""

from __future__ import annotations

import re
import ssl
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from spnego.tls import get_certificate_public_key

from .settings import Settings

VERSIONS = {
    "TLS 1.0": ssl.OP_NO_TLSv1,
    "TLS 1.1": ssl.OP_NO_TLSv1_1,
    "TLS 1.2": ssl.OP_NO_TLSv1_2,
    "TLS 1.3": ssl.OP_NO_TLSv1_3,
}
DEFAULT_SUITES = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
)
SUITE = re.compile(r"TLS_(?:(?P<exchange>\w+)_)?WITH_(?P<cipher>AES_(?:128|256))_(?P<mode>GCM|CBC)_(?P<hash>SHA\d*)(?:_P\d+)?")
# a suite of TLS 1.3 names no key exchange
SUITE_1_3 = re.compile(r"TLS_(?:AES|CHACHA20)_\w+")


class NoTls(Exception):
    """The listener cannot begin TLS: no version is on, no suite is common, or its key cannot be read."""


def openssl_name(suite: str) -> str | None:
    """`TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384` as OpenSSL names it; None where it has no such suite of TLS 1.2 or before."""
    match = SUITE.fullmatch(suite)
    if match is None:
        return None
    exchange = "" if match["exchange"] == "RSA" else match["exchange"].replace("_", "-") + "-"
    mode = "GCM-" if match["mode"] == "GCM" else ""
    name = f"{exchange}{match['cipher'].replace('_', '')}-{mode}{match['hash']}"
    return name if name in _known() else None


@cache
def _known() -> frozenset[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    return frozenset(cipher["name"] for cipher in context.get_ciphers())


def context(settings: Settings) -> ssl.SSLContext:
    """Raises NoTls."""
    if settings.certificate is None:
        raise NoTls("the key of the certificate cannot be read")
    suites = DEFAULT_SUITES if settings.suites is None else settings.suites
    older = [name for name in map(openssl_name, suites) if name]
    on = {name for name in settings.tls if any(map(SUITE_1_3.fullmatch, suites)) or name != "TLS 1.3"}
    on -= set() if older else set(VERSIONS) - {"TLS 1.3"}
    if not on:
        raise NoTls("no TLS version is on")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    for name in set(VERSIONS) - on:
        made.options |= VERSIONS[name]
    made.set_ciphers(":".join([*older, "@SECLEVEL=0"]) if older else "ALL:@SECLEVEL=0")
    made.load_cert_chain(settings.certificate)
    return made


def public_key(settings: Settings) -> bytes:
    """The key in the form that CredSSP binds itself to."""
    if settings.certificate is None:
        raise NoTls("the key of the certificate cannot be read")
    certificate = x509.load_pem_x509_certificate(settings.certificate.read_bytes())
    return bytes(get_certificate_public_key(certificate.public_bytes(Encoding.DER)))
