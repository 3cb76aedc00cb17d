# SPDX-License-Identifier: GPL-3.0-or-later
"""certutil.exe -store My <thumbprint>: what it says of a certificate of the computer and of its key's container (keys.json)."""

from __future__ import annotations

import sys

import host

STORE = "SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates\\"
# exit codes are the HRESULT; a process on Linux ends with its last byte
NOT_FOUND = 0x80090011
INVALID = 0x80070057

ENGLISH = {
    "store": 'My "Personal"',
    "head": "================ Certificate 0 ================",
    "hash": "Cert Hash(sha1): ",
    "container": "  Key Container = ",
    "unique": "  Unique container name: ",
    "provider": "  Provider = Microsoft Software Key Storage Provider",
    "without": "Cannot find the certificate and private key for decryption.",
    "passed": "Encryption test passed",
    "done": "CertUtil: -store command completed successfully.",
    "failed": "CertUtil: -store command FAILED: 0x80090011 (-2146893807 NTE_NOT_FOUND)\nCertUtil: Object was not found.",
}
GERMAN = {
    "store": 'My "Eigene Zertifikate"',
    "head": "================ Zertifikat 0 ================",
    "hash": "Zertifikathash(sha1): ",
    "container": "  Schlüsselcontainer = ",
    "unique": "  Eindeutiger Containername: ",
    "provider": "  Anbieter = Microsoft Software Key Storage Provider",
    "without": "Das Zertifikat und der private Schlüssel für die Entschlüsselung wurden nicht gefunden.",
    "passed": "Verschlüsselungstest wurde durchgeführt",
    "done": "CertUtil: -store-Befehl wurde erfolgreich ausgeführt.",
    "failed": "CertUtil: -store-Befehl ist fehlgeschlagen: 0x80090011 (-2146893807 NTE_NOT_FOUND)\nCertUtil: Das Objekt wurde nicht gefunden.",
}


def main(arguments: list[str]) -> int:
    words = [argument.lower().lstrip("/-") for argument in arguments]
    # without it a smart card may ask for its number in a window
    words = words[1:] if words[:1] == ["silent"] else words
    if words[:2] != ["store", "my"] or len(words) != 3:
        host.say("CertUtil: Unknown arg", "CertUtil: Unbekanntes Argument")
        return INVALID & 0xFF
    text = GERMAN if host.is_german() else ENGLISH
    thumbprint = words[2].replace(" ", "")
    host.say(text["store"])
    if host.registry_value(STORE + thumbprint, "Blob") is None:
        host.say(text["failed"])
        return NOT_FOUND & 0xFF
    host.say("\n".join([text["head"], text["hash"] + thumbprint, *key_of(thumbprint, text), text["done"]]))
    return 0


def key_of(thumbprint: str, text: dict[str, str]) -> list[str]:
    keys = {name.lower(): key for name, key in host.read_json("keys").items()}
    key = keys.get(thumbprint)
    if key is None:
        return [text["without"]]
    return [text["container"] + "lab-" + thumbprint[:8], text["unique"] + key["unique_name"], text["provider"], text["passed"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
