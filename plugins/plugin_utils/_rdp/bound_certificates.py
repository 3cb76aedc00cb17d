# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kinds of keys the certificates have that Remote Desktop, WinRM and other HTTPS listeners use.

HTTP.sys keeps what is bound below SslBindingInfo (address:port) and SslSniBindingInfo, the certificate's thumbprint in SslCertHash and its
store in SslCertStoreName (MY where there is none). Microsoft names the keys but documents no contract, so what cannot be read or found
is an unknown key, never no key. A certificate is in the value Blob of its store's key: properties one after the other (docs/protocol.md).
"""

from __future__ import annotations

import struct
import typing as t
from dataclasses import dataclass

from .._core.connection import Connection
from .._core.observation import Observations
from .._core.operations import Read
from .._core.registry import key_read
from .terminal_services import LISTENER, TERMINAL_SERVICES_POLICY

_HTTP = r"SYSTEM\CurrentControlSet\Services\HTTP\Parameters"
BINDINGS = (_HTTP + r"\SslBindingInfo", _HTTP + r"\SslSniBindingInfo")
STORE = r"SOFTWARE\Microsoft\SystemCertificates\MY\Certificates"
# A server of a hoster has hundreds; the kinds of keys show long before.
_MOST = 100

_HEADER = struct.Struct("<III")
_CERTIFICATE_PROPERTY = 32
# The algorithm of the public key, as DER: rsaEncryption (RFC 8017) and id-ecPublicKey (RFC 5480). Neither stands anywhere else in a certificate.
_KEY_KINDS = {bytes.fromhex("06092a864886f70d010101"): "RSA", bytes.fromhex("06072a8648ce3d0201"): "ECDSA"}


@dataclass(frozen=True)
class BoundCertificate:
    """What uses a certificate, and the kind of its key: V(RSA), V(ECDSA) or None where it cannot be told. way_in: this task's connection."""

    user: str
    key: str | None
    way_in: bool = False


def first_reads() -> list[Read]:
    return [key_read(key) for key in (LISTENER, TERMINAL_SERVICES_POLICY, STORE, *BINDINGS)]


def further_reads(observations: Observations) -> list[Read]:
    """Every binding and every certificate that may be bound, once their names are known."""
    return [key_read(rf"{key}\{name}") for key in (*BINDINGS, STORE) for name in _subkeys(observations, key)]


def bound_certificates(observations: Observations, connection: Connection | None) -> list[BoundCertificate]:
    """Remote Desktop's first, then every HTTPS binding's, and the connection's own where it is not among them."""
    found = [BoundCertificate("Remote Desktop", _remote_desktop_key(observations))]
    way_in = connection is not None and connection.is_winrm and bool(connection.tls)
    port = connection.port if connection and way_in else None
    for key in BINDINGS:
        if observations[key_read(key)].failure:
            found.append(BoundCertificate(f"HTTPS (HKLM\\{key} cannot be read)", None))
        found += [_bound(observations, key, name, port) for name in _subkeys(observations, key)]
    if way_in and not any(one.way_in for one in found):
        found.append(BoundCertificate(f"this task's connection (port {port})", None, way_in=True))
    return found


def _bound(observations: Observations, key: str, name: str, port: int | None) -> BoundCertificate:
    values = _values(observations, rf"{key}\{name}")
    store = str(values.get("sslcertstorename") or "MY")
    thumbprint = str(values.get("sslcerthash") or "").upper()
    kind = _key_of(observations, thumbprint) if store.upper() == "MY" else None
    return BoundCertificate(f"HTTPS on {name}", kind, way_in=port is not None and name.endswith(f":{port}"))


def _remote_desktop_key(observations: Observations) -> str | None:
    """The listener's own certificate, which it makes itself, has an RSA key; one from a template has what the template says."""
    thumbprint = _values(observations, LISTENER).get("sslcertificatesha1hash")
    if thumbprint:
        return _key_of(observations, str(thumbprint).upper())
    return None if _values(observations, TERMINAL_SERVICES_POLICY).get("certtemplatename") else "RSA"


def _key_of(observations: Observations, thumbprint: str) -> str | None:
    if thumbprint not in {name.upper() for name in _subkeys(observations, STORE)}:
        return None
    name = next(name for name in _subkeys(observations, STORE) if name.upper() == thumbprint)
    blob = _values(observations, rf"{STORE}\{name}").get("blob")
    return key_kind(bytes.fromhex(blob)) if isinstance(blob, str) else None


def key_kind(blob: bytes) -> str | None:
    """The kind of key of a certificate, out of its store's serialized form; None for another kind, or where it is not whole."""
    start = 0
    while start + _HEADER.size <= len(blob):
        number, _version, length = _HEADER.unpack_from(blob, start)
        start += _HEADER.size
        if number == _CERTIFICATE_PROPERTY:
            der = blob[start : start + length]
            return next((kind for algorithm, kind in _KEY_KINDS.items() if algorithm in der), None)
        start += length
    return None


def _subkeys(observations: Observations, key: str) -> list[str]:
    result = observations[key_read(key)]
    return list(result.value["subkeys"][:_MOST]) if result.value else []


def _values(observations: Observations, key: str) -> dict[str, t.Any]:
    """The values of a key by name in small letters; none where the key is not there, cannot be read, or came after the others were read."""
    read = key_read(key)
    value = observations[read].value if read in observations else None
    return {name.lower(): found["value"] for name, found in value["values"].items()} if value else {}
