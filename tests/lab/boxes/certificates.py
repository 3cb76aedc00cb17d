# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates in a box's store, made as asked.

Windows keeps a certificate of LocalMachine\\My as the registry value Blob: properties one after the other, each of
them id, 1, length (little-endian) and bytes. Property 2 is CRYPT_KEY_PROV_INFO: where the private key is; 3 the
thumbprint; 32 the certificate. Source: MS-GPEF 2.2.1.2 (certificate objects), wincrypt.h.
"""

from __future__ import annotations

import hashlib
import struct
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from lab.box import Box, replace_atomically

STORE = r"SOFTWARE\Microsoft\SystemCertificates\MY\Certificates"
MACHINE_GUID = "5e0c1d4a-9f7b-4a38-8a2e-6b1f3c7d9e20"
MACHINE_KEYS = r"C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys"
CNG_KEYS = r"C:\ProgramData\Microsoft\Crypto\Keys"
PROVIDERS = {"rsa": ("Microsoft RSA SChannel Cryptographic Provider", 12), "ec": ("Microsoft Software Key Storage Provider", 0)}
MACHINE_KEYSET, KEY_EXCHANGE = 0x20, 1
# SYSTEM and Administrators; NETWORK SERVICE is who runs TermService
SDDL = "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"
SDDL_READABLE = SDDL + "(A;;FR;;;NS)"
USAGES = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
REMOTE_DESKTOP_AUTHENTICATION = ObjectIdentifier("1.3.6.1.4.1.311.54.1.2")
USAGES["remote_desktop"] = REMOTE_DESKTOP_AUTHENTICATION
SELF_SIGNED = Path("certificates") / "self-signed.pem"
_making = threading.Lock()


@dataclass(frozen=True)
class Certificate:
    """What is wanted. Days count from now: `starts` may lie before, `ends` after.

    usages: extended key usages by name, none for a certificate without that extension. key_usage: names of
    x509.KeyUsage such as `key_encipherment`, none for a certificate without it. private_key false: the store has
    the certificate only. readable: whether NETWORK SERVICE may read the key.
    """

    subject: str
    names: tuple[str, ...] = ()
    key: str = "rsa"
    bits: int = 2048
    usages: tuple[str, ...] = ("server",)
    key_usage: tuple[str, ...] = ("digital_signature", "key_encipherment")
    starts: int = -1
    ends: int = 365
    private_key: bool = True
    readable: bool = True


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    der: bytes
    pem: bytes

    @property
    def thumbprint(self) -> str:
        """40 hexadecimal digits in capitals."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()


@lru_cache
def make(wanted: Certificate) -> Made:
    """A certificate signed by its own key; the same one for the same wish."""
    key = ec.generate_private_key(ec.SECP256R1()) if wanted.key == "ec" else rsa.generate_private_key(65537, wanted.bits)
    now = datetime.now(UTC).replace(microsecond=0)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted.subject)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now + timedelta(wanted.starts)).not_valid_after(now + timedelta(wanted.ends))
    for extension, critical in _extensions(wanted):
        builder = builder.add_extension(extension, critical)
    certificate = builder.sign(key, hashes.SHA256())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    return Made(certificate.public_bytes(Encoding.DER), text)


def _extensions(wanted: Certificate) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if wanted.usages:
        found.append((x509.ExtendedKeyUsage([USAGES[usage] for usage in wanted.usages]), False))
    if wanted.key_usage:
        found.append((_key_usage(*wanted.key_usage), True))
    if wanted.names:
        found.append((x509.SubjectAlternativeName([x509.DNSName(name) for name in wanted.names]), False))
    return found


def _key_usage(*given: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in given for name in KEY_USAGES})


def install(box: Box, wanted: Certificate) -> str:
    """Puts a certificate into LocalMachine\\My of the box, its key into the key folder; returns its thumbprint."""
    made = make(wanted)
    digest = hashlib.md5(made.der, usedforsecurity=False).hexdigest()
    unique_name = f"{digest}_{MACHINE_GUID}"
    registry = box.registry
    blob = _blob(made, digest, wanted)
    registry["HKLM"][f"{STORE}\\{made.thumbprint}"] = {"Blob": {"kind": "Binary", "value": blob.hex()}}
    box.write_json("registry", registry)
    if wanted.private_key:
        folder = CNG_KEYS if wanted.key == "ec" else MACHINE_KEYS
        box.replace_file(f"{folder}\\{unique_name}", b"a key, as only the key storage reads it\n")
        entry = {"unique_name": unique_name, "sddl": SDDL_READABLE if wanted.readable else SDDL}
        box.write_json("keys", box.read_json("keys") | {made.thumbprint: entry})
    write_pem(box, f"{made.thumbprint}.pem", made)
    return made.thumbprint


def self_signed(box: Box) -> Path:
    """The listener's own certificate, made when it is first asked for: 2048 bit, six months, as Windows makes it."""
    file = box.folder / SELF_SIGNED
    with _making:  # two connections at once must see the same one
        if not file.exists():
            host = box.host
            name = ".".join([host["computer_name"], *([host["domain"]["dns"]] if "domain" in host else [])])
            key_usage = ("key_encipherment", "data_encipherment")
            write_pem(box, file.name, make(Certificate(name, key_usage=key_usage, starts=-1, ends=182)))
    return file


def write_pem(box: Box, name: str, made: Made) -> None:
    file = box.folder / "certificates" / name
    file.parent.mkdir(exist_ok=True)
    replace_atomically(file, made.pem)


def _blob(made: Made, container: str, wanted: Certificate) -> bytes:
    properties = [(3, hashlib.sha1(made.der, usedforsecurity=False).digest()), (32, made.der)]
    if wanted.private_key:
        properties.insert(0, (2, _key_place(container, *PROVIDERS[wanted.key])))
    return b"".join(struct.pack("<III", number, 1, len(content)) + content for number, content in properties)


def _key_place(container: str, provider: str, kind: int) -> bytes:
    """CRYPT_KEY_PROV_INFO as it is stored: offsets into itself instead of pointers."""
    first, second = (text.encode("utf-16-le") + b"\0\0" for text in ("{" + container + "}", provider))
    head = struct.calcsize("<7I")
    key_spec = KEY_EXCHANGE if kind else 0
    return struct.pack("<7I", head, head + len(first), kind, MACHINE_KEYSET, 0, 0, key_spec) + first + second
