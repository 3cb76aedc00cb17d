# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates as Windows stores them, and what is bound to them, for samples."""

from __future__ import annotations

from ansible_collections.hardening.windows.plugins.plugin_utils._rdp.bound_certificates import BINDINGS, STORE
from lab.boxes.certificates import Certificate, Made, make
from unit.rdp.samples import Stored, binary, text


def made(kind: str) -> Made:
    """kind: V(rsa) or V(ec)."""
    return make(Certificate(f"{kind}.example.test", key=kind))


def blob(kind: str) -> bytes:
    """A property in front of the certificate, as Windows has several."""
    der = made(kind).der
    return b"".join(
        number.to_bytes(4, "little") + b"\1\0\0\0" + len(one).to_bytes(4, "little") + one for number, one in ((3, b"x" * 20), (32, der))
    )


def stored(*kinds: str) -> dict[str, dict[str, Stored]]:
    return {f"{STORE}\\{made(kind).thumbprint}": {"Blob": binary(blob(kind).hex())} for kind in kinds}


def binding(name: str, kind: str, store: str = "MY", sni: bool = False) -> dict[str, dict[str, Stored]]:
    return {f"{BINDINGS[sni]}\\{name}": {"SslCertHash": binary(made(kind).thumbprint.lower()), "SslCertStoreName": text(store)}}
