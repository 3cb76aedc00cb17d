# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers as bytes, written by hand from MS-RDPBCGR 2.2.1.2, and what a look at a server would have seen with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hardening.windows.plugins.module_utils._probe import answers, mcs, tls, x224
from ansible_collections.hardening.windows.plugins.module_utils._probe.judge import Case, judge
from ansible_collections.hardening.windows.plugins.module_utils._probe.observation import Observations

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

CLASSIC = "0300000b06d00000123400"
ULTIMATUM = "0300000902f0802180"
HYBRID_EX_OF_WINDOWS = "030000130ed0000012340002 1f0800 08000000".replace(" ", "")
HYBRID_OF_WINDOWS = "030000130ed0000012340002 0f0800 02000000".replace(" ", "")

CLOSED = answers.NoAnswer(answers.CLOSED, connected=True)
TIMEOUT = answers.NoAnswer(answers.TIMEOUT, connected=True)
REFUSED_TCP = answers.NoAnswer(answers.REFUSED, connected=False)


def selected(protocol: int, flags: int = 0x1F) -> bytes:
    """RDP_NEG_RSP as Windows sends it: the source reference is 1234."""
    return bytes.fromhex(f"030000130ed00000123400 02{flags:02x}0800 {protocol:02x}000000".replace(" ", ""))


def failed(code: int) -> bytes:
    return bytes.fromhex(f"030000130ed00000123400 03000800 {code:02x}000000".replace(" ", ""))


def answer(what: bytes | str | answers.NoAnswer) -> x224.Answer:
    if isinstance(what, answers.NoAnswer):
        return what
    return x224.read_confirm(bytes.fromhex(what) if isinstance(what, str) else what)


F1, F2, F3, F5, F6 = failed(1), failed(2), failed(3), failed(5), failed(6)
RDP, SSL, HYBRID, HYBRID_EX = selected(0), selected(1), selected(2), selected(8)

GOOD_TLS = {
    "1.0": tls.Attempt(tls.REFUSED, "alert protocol_version"),
    "1.1": tls.Attempt(tls.REFUSED, "alert protocol_version"),
    "1.2": tls.Attempt(tls.ACCEPTED, version="1.2", suite="ECDHE-RSA-AES256-GCM-SHA384"),
    "1.3": tls.Attempt(tls.ACCEPTED, version="1.3", suite="TLS_AES_256_GCM_SHA384"),
    "rsa_key_exchange": tls.Attempt(tls.REFUSED, "alert handshake_failure"),
}
SESSION = GOOD_TLS["1.3"]


def seen(row: tuple[Any, Any, Any, Any, Any], **more: Any) -> Observations:
    """row: the answers to no negotiation, 0, 1, 3 and 0x0b, in the order of facts and documents."""
    requests = {name: answer(what) for name, what in zip(("none", "0", "1", "3", "0x0b"), row, strict=True)}
    made = Observations(requests, **more)
    if made.tls_request is not None and "tls" not in more:
        made = Observations(requests, **more, tls=GOOD_TLS, session=SESSION)
    return made


def verdicts(observed: Observations, thumbprint: str | None = None) -> dict[str, str]:
    """The last two digits of each control's id, and its verdict."""
    return {one.control.id[-2:]: one.verdict for one in judge(Case(observed, NOW, thumbprint))}


def security(method: int, level: int) -> mcs.ServerSecurity:
    return mcs.ServerSecurity(method, level)
