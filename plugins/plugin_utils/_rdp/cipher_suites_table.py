# SPDX-License-Identifier: GPL-3.0-or-later
"""Cipher suites of Schannel by release: which there are, and in which order they are on by default.

Sources: Microsoft's win32 documentation, one page for each release: "TLS Cipher Suites in Windows 10 v1607" (names Server 2016), "... in
Windows 10 v1809" (Server 2019 is the same build), "... in Windows Server 2022", "... in Windows Server 2025 and later". The pages
list the PSK suites behind the others; a program gets them only where it asks for them.
"""

from __future__ import annotations

import typing as t

_TLS_1_3 = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
_ECDHE_GCM = (
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
)
_DHE_GCM = ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
_ECDHE_CBC = (
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
)
_DHE_CBC = ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA")
_RSA = (
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
)
_3DES = ("TLS_RSA_WITH_3DES_EDE_CBC_SHA",)
_DSS = (
    "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256",
    "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256",
    "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",
    "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
    "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
)
_RC4 = ("TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC4_128_MD5")
_NULL = ("TLS_RSA_WITH_NULL_SHA256", "TLS_RSA_WITH_NULL_SHA")
_OLD = (
    "TLS_RSA_WITH_DES_CBC_SHA",
    "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
    "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
    "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
    "TLS_RSA_WITH_NULL_MD5",
    "TLS_DHE_DSS_WITH_DES_CBC_SHA",
    "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA",
)
_PSK = (
    "TLS_PSK_WITH_AES_256_GCM_SHA384",
    "TLS_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_PSK_WITH_AES_256_CBC_SHA384",
    "TLS_PSK_WITH_AES_128_CBC_SHA256",
    "TLS_PSK_WITH_NULL_SHA384",
    "TLS_PSK_WITH_NULL_SHA256",
)
_CHACHA = ("TLS_CHACHA20_POLY1305_SHA256",)

# release -> the suites that are on, in their order.
DEFAULTS: t.Mapping[str, tuple[str, ...]] = {
    "2016": (*_ECDHE_GCM, *_DHE_GCM, *_ECDHE_CBC, *_DHE_CBC, *_RSA, *_3DES, *_DSS, *_RC4, *_NULL, *_PSK),
    "2019": (*_ECDHE_GCM, *_DHE_GCM, *_ECDHE_CBC, *_RSA, *_3DES, *_NULL, *_PSK),
    "2022": (*_TLS_1_3, *_ECDHE_GCM, *_DHE_GCM, *_ECDHE_CBC, *_RSA, *_3DES, *_NULL, *_PSK),
    "2025": (*_TLS_1_3, *_ECDHE_GCM, *_ECDHE_CBC, *_RSA, *_NULL, *_PSK),
}

_BEFORE_2022 = frozenset((*_ECDHE_GCM, *_DHE_GCM, *_ECDHE_CBC, *_DHE_CBC, *_RSA, *_3DES, *_DSS, *_RC4, *_NULL, *_OLD, *_PSK))
# first build -> every suite there is, on or off by default.
KNOWN: t.Mapping[int, frozenset[str]] = {14393: _BEFORE_2022, 20348: _BEFORE_2022 | {*_TLS_1_3, *_CHACHA}}
ALL = frozenset(name for names in KNOWN.values() for name in names)

# SSL Cipher Suite Order takes no longer text (win32, "Prioritizing Schannel cipher suites").
MAX_LENGTH = 1023

_BROKEN = ("_NULL_", "_DES_", "_3DES_", "_RC4_", "_EXPORT")
# The beginning of a suite's name for what its certificate's key must be; TLS 1.3 suites take any.
SIGNED_BY: t.Mapping[str, tuple[str, ...]] = {"RSA": ("TLS_ECDHE_RSA_", "TLS_DHE_RSA_"), "ECDSA": ("TLS_ECDHE_ECDSA_",)}
# What to add where there is none.
ADVICE = {"RSA": _ECDHE_GCM[2], "ECDSA": _ECDHE_GCM[0]}


def known_suites(build: int | None) -> frozenset[str]:
    """The suites that a build has; every one there is where the build is not known."""
    first = max((one for one in KNOWN if one <= (build or 0)), default=None)
    return ALL if first is None else KNOWN[first]


def has_forward_secrecy(suite: str) -> bool:
    return suite in _TLS_1_3 or suite in _CHACHA or suite.startswith(("TLS_ECDHE_", "TLS_DHE_"))


def is_broken(suite: str) -> bool:
    return any(part in suite for part in _BROKEN)


def serves(suites: t.Iterable[str], key: str) -> bool:
    """Whether a certificate with this kind of key has a suite with forward secrecy for TLS 1.2; Schannel has no broken one among them."""
    return any(suite.startswith(SIGNED_BY[key]) for suite in suites)
