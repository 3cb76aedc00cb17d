# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider `certificate`: one certificate of the machine's own store, and its private key's file."""

from __future__ import annotations

import struct
from typing import Any

from lab.box import Box

from .hive import value_of

STORE = "SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates\\"
# Property ids of a serialized certificate. Source: wincrypt.h, CERT_KEY_PROV_INFO_PROP_ID and the certificate's own entry.
KEY_PROPERTY, CERTIFICATE_PROPERTY = 2, 32
HEADER = struct.Struct("<III")
KEY_FOLDERS = ("%ProgramData%\\Microsoft\\Crypto\\RSA\\MachineKeys", "%ProgramData%\\Microsoft\\Crypto\\Keys")
NO_KEY = {"unique_name": None, "file": None, "sddl": None}


def properties(blob: bytes) -> dict[int, bytes]:
    """id -> bytes of each property of a serialized certificate."""
    found, start = {}, 0
    while start + HEADER.size <= len(blob):
        identity, _, length = HEADER.unpack_from(blob, start)
        start += HEADER.size
        found[identity] = blob[start : start + length]
        start += length
    return found


def read_certificate(box: Box, read: dict[str, Any]) -> dict[str, Any]:
    thumbprint = read["thumbprint"].upper()
    value = value_of(box.registry, "HKLM", STORE + thumbprint, "Blob")
    if value is None:
        return {"exists": False}
    found = properties(bytes.fromhex(value["value"]))
    present = KEY_PROPERTY in found
    key = _key(box, thumbprint) if present else NO_KEY
    der = found.get(CERTIFICATE_PROPERTY)
    return {"exists": True, "der": None if der is None else der.hex(), "key": {"present": present, **key}}


def _key(box: Box, thumbprint: str) -> dict[str, Any]:
    stored = box.read_json("keys").get(thumbprint)
    if stored is None:
        return NO_KEY
    name = stored["unique_name"]
    places = (f"{box.expand(folder)}\\{name}" for folder in KEY_FOLDERS)
    file = next((place for place in places if box.path(place).exists()), None)
    return {"unique_name": name, "file": file, "sddl": None if file is None else stored["sddl"]}
